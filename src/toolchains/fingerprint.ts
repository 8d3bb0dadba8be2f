// Fingerprints of what programs see. Two that are equal stand for equal content.

import { createHash } from 'node:crypto';

/** 32 hexadecimal digits of a hash over plain values. */
export function fingerprint(...values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 32);
}
