// Keeps blobs in memory that were read lately: the tests of a problem are read again for every submission.

import { MIB } from '../units.ts';
import type { ProblemStore } from './problem-store.ts';

const MAX_BYTES = 64 * MIB;
/** A larger blob would take the place of too many. */
const MAX_BLOB_BYTES = MAX_BYTES / 4;

type ReadBlob = ProblemStore['readBlob'];

/** Reads as `read` does. */
export function cacheBlobs(read: ReadBlob, maxBytes: number = MAX_BYTES): ReadBlob {
  // In the order of their last use.
  const kept = new Map<string, Buffer>();
  let bytes = 0;
  return async (owner, sha256) => {
    const key = `${owner} ${sha256}`;
    const known = kept.get(key);
    if (known !== undefined) {
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const content = await read(owner, sha256);
    if (content === null || content.length > MAX_BLOB_BYTES || kept.has(key)) return content;
    kept.set(key, content);
    bytes += content.length;
    for (const [oldest, { length }] of kept) {
      if (bytes <= maxBytes) break;
      kept.delete(oldest);
      bytes -= length;
    }
    return content;
  };
}
