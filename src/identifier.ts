// Identifiers that sort by time and cannot be guessed (ULID). Random bytes are drawn in blocks: drawing them for each
// character would cost more than the rest of an identifier.

import { randomFillSync } from 'node:crypto';
import { ulid } from 'ulid';

const pool = new Uint8Array(4096);
let used = pool.length;

/** A number in [0, 1) with 8 random bits, enough for one of the 32 characters of a ULID. */
function random(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const byte = pool[used] as number;
  used += 1;
  return byte / 256;
}

let latestMs = 0;

/** Its time never goes back, though the machine's clock may. */
export function createIdentifier(): string {
  latestMs = Math.max(latestMs, Date.now());
  return ulid(latestMs, random);
}
