// Whether an owner has room for more problems and blobs. Every store counts what it holds and asks here.

import { ServiceError } from '../errors.ts';
import { MIB } from '../units.ts';
import type { StoreBounds } from './problem-store.ts';

export interface Held {
  readonly problems: number;
  readonly blobs: number;
  readonly bytes: number;
}

/** Throws `too_large` if `more` exceeds a bound. */
export function assertRoom(held: Held, more: Partial<Held>, bounds: StoreBounds): void {
  const { problems = 0, blobs = 0, bytes = 0 } = more;
  if (held.problems + problems > bounds.maxProblems) {
    throw full(`at most ${bounds.maxProblems} problems`, `it has ${held.problems}: delete one first`);
  }
  if (held.blobs + blobs > bounds.maxBlobs) {
    throw full(`at most ${bounds.maxBlobs} blobs`, `it has ${held.blobs}`);
  }
  if (held.bytes + bytes > bounds.maxBytes) {
    const most = `${Math.floor(bounds.maxBytes / MIB)} MB of problems and blobs`;
    throw full(most, `it has ${held.bytes} bytes, and this adds ${bytes}`);
  }
}

function full(most: string, has: string): ServiceError {
  return new ServiceError('too_large', `A key may keep ${most}; ${has}`);
}
