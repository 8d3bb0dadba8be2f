// Byte strings and the text they stand for. A byte that is not part of valid UTF-8 becomes a lone surrogate, which valid
// UTF-8 never has, so that different bytes are always different text.

import { isUtf8 } from 'node:buffer';
import type { ByteString } from './checker.ts';

/** The lone surrogate of byte 0; bytes that are not UTF-8 are U+DC80 to U+DCFF. */
const FIRST_SURROGATE = 0xdc00;
/** Code points from here on are two units of UTF-16. */
const FIRST_ASTRAL = 0x1_0000;

export function byteStringOf(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Linear in the length, with two bytes of memory for each. */
export function decodeBytes(bytes: ByteString): string {
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : decodeMixed(buffer);
}

/** The byte that a code point of decoded text stands for; `null` for a character. */
export function invalidByteOf(codePoint: number): number | null {
  const byte = codePoint - FIRST_SURROGATE;
  return byte >= 0x80 && byte <= 0xff ? byte : null;
}

function decodeMixed(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let count = 0;
  let position = 0;
  while (position < bytes.length) {
    const length = characterLength(bytes, position);
    const codePoint =
      length === 0 ? FIRST_SURROGATE + (bytes[position] ?? 0) : codePointAt(bytes, position, length);
    if (codePoint < FIRST_ASTRAL) {
      units[count++] = codePoint;
    } else {
      units[count++] = 0xd800 + ((codePoint - FIRST_ASTRAL) >> 10);
      units[count++] = 0xdc00 + ((codePoint - FIRST_ASTRAL) & 0x3ff);
    }
    position += Math.max(1, length);
  }
  return Buffer.from(units.buffer, 0, 2 * count).toString('utf16le');
}

/** How many bytes the character at a position has; 0 when there is none in valid UTF-8 (Unicode, table 3-7). */
function characterLength(bytes: Uint8Array, position: number): number {
  const first = bytes[position] ?? 0;
  const second = bytes[position + 1] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let next = position + 2; next < position + length; next += 1) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function codePointAt(bytes: Uint8Array, position: number, length: number): number {
  const first = bytes[position] ?? 0;
  if (length === 1) return first;
  let codePoint = first & (0xff >> (length + 1));
  for (let next = position + 1; next < position + length; next += 1) {
    codePoint = (codePoint << 6) | ((bytes[next] ?? 0) & 0x3f);
  }
  return codePoint;
}
