// Where bytes stop being UTF-8, and what they are instead, as far as their beginning shows.

import { isUtf8 } from 'node:buffer';
import { KIB } from '../units.ts';

const CHUNK_BYTES = 64 * KIB;
/** A character has at most three bytes after its first. */
const MAX_FOLLOWING_BYTES = 3;

/** A sentence about the first byte that is wrong; `null` for UTF-8. Overlong forms and surrogates are not UTF-8. */
export function utf8Fault(bytes: Buffer): string | null {
  if (isUtf8(bytes)) return null;
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return 'The body is UTF-16, it must be UTF-8';
  const position = firstWrongByte(bytes);
  const shown = (bytes[position] ?? 0).toString(16).padStart(2, '0').toUpperCase();
  return `The body must be UTF-8, the byte at position ${position} (0x${shown}) is not: is it in another encoding, such as Latin-1?`;
}

/** Counts from 0: where the character begins that is wrong. */
function firstWrongByte(bytes: Buffer): number {
  let begin = 0;
  while (begin < bytes.length) {
    const end = characterStart(bytes, Math.min(begin + CHUNK_BYTES, bytes.length));
    if (!isUtf8(bytes.subarray(begin, end))) return firstWrongIn(bytes, begin, end);
    begin = end;
  }
  return begin;
}

/** The given position or one at most three bytes before it, at which a character begins. */
function characterStart(bytes: Buffer, position: number): number {
  if (position === bytes.length) return position;
  for (let back = 0; back <= MAX_FOLLOWING_BYTES; back += 1)
    if (((bytes[position - back] ?? 0) & 0xc0) !== 0x80) return position - back;
  return position;
}

function firstWrongIn(bytes: Buffer, begin: number, end: number): number {
  let position = begin;
  while (position < end) {
    const length = lengthOfCharacter(bytes[position] ?? 0);
    if (length === 0 || !isUtf8(bytes.subarray(position, position + length))) return position;
    position += length;
  }
  return position;
}

/** By its first byte; 0 for one that begins none. */
function lengthOfCharacter(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
