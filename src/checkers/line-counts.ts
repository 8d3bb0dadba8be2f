// Counts lines of a byte string in a hash table of numbers: a few bytes for each line, whatever the lines are. The hash
// is a polynomial with a secret base, so that a client cannot choose lines that collide.

import { randomInt } from 'node:crypto';
import type { ByteString } from './checker.ts';
import { trimmedLineRanges } from './text.ts';

/** A prime; products of a hash and a base are below 2^53. */
const MODULUS = 2 ** 31 - 1;
const BASE = randomInt(2 ** 20, 2 ** 21);

export interface LineCounts {
  /** Takes a line of another text away once; returns how many there were, `null` for none ever. */
  take(text: ByteString, start: number, end: number): number | null;
  /** Where the first line that was not taken as often as it is there stands. */
  firstLeft(): { readonly start: number; readonly end: number } | null;
}

/** Lines without their trailing white space; blank lines are not counted. */
export function countLines(text: ByteString): LineCounts {
  const lines = countLineFeeds(text) + 1;
  const size = 2 ** Math.ceil(Math.log2(2 * lines));
  /** The line in each place of the table, counted from 1. */
  const table = new Int32Array(size);
  const starts = new Int32Array(lines);
  const ends = new Int32Array(lines);
  const counts = new Int32Array(lines);
  let known = 0;

  /** The place of a line, or the empty one where it would be. */
  const placeOf = (other: ByteString, start: number, end: number): number => {
    let place = hashOf(other, start, end) & (size - 1);
    for (;;) {
      const line = (table[place] ?? 0) - 1;
      if (line < 0 || isSame(text, starts[line] ?? 0, ends[line] ?? 0, other, start, end)) return place;
      place = (place + 1) & (size - 1);
    }
  };
  trimmedLineRanges(text, (start, end) => {
    if (start === end) return true;
    const place = placeOf(text, start, end);
    if (table[place] === 0) {
      starts[known] = start;
      ends[known] = end;
      known += 1;
      table[place] = known;
    }
    const line = (table[place] ?? 0) - 1;
    counts[line] = (counts[line] ?? 0) + 1;
    return true;
  });
  return {
    take: (other, start, end) => {
      const line = (table[placeOf(other, start, end)] ?? 0) - 1;
      if (line < 0) return null;
      const count = counts[line] ?? 0;
      if (count > 0) counts[line] = count - 1;
      return count;
    },
    firstLeft: () => {
      const line = counts.findIndex((count) => count > 0);
      return line === -1 ? null : { start: starts[line] ?? 0, end: ends[line] ?? 0 };
    },
  };
}

function countLineFeeds(text: ByteString): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function hashOf(text: ByteString, start: number, end: number): number {
  let hash = 1;
  for (let position = start; position < end; position += 1) {
    const product = hash * BASE + text.charCodeAt(position);
    const high = Math.floor(product / 2 ** 31);
    hash = product - high * 2 ** 31 + high;
    if (hash >= MODULUS) hash -= MODULUS;
  }
  return hash;
}

function isSame(
  one: ByteString,
  oneStart: number,
  oneEnd: number,
  other: ByteString,
  start: number,
  end: number,
): boolean {
  if (oneEnd - oneStart !== end - start) return false;
  for (let offset = 0; offset < end - start; offset += 1) {
    if (one.charCodeAt(oneStart + offset) !== other.charCodeAt(start + offset)) return false;
  }
  return true;
}
