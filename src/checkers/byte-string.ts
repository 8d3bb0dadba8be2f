// Byte strings and the text they stand for. A byte that is not part of valid UTF-8 becomes a lone surrogate, which valid
// UTF-8 never has, so that different bytes are always different text.

import { isUtf8 } from 'node:buffer';
import type { ByteString } from './checker.ts';

/** The lone surrogate of byte 0; bytes that are not UTF-8 are U+DC80 to U+DCFF. */
const FIRST_SURROGATE = 0xdc00;

/** A bounded run of characters as UTF-8 writes them: unbounded, V8 would need memory for each. */
const CHARACTERS =
  '(?:[\\x00-\\x7f]|[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}' +
  '|\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|[\\xf1-\\xf3][\\x80-\\xbf]{3}' +
  '|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}){1,4096}';
const PIECES = new RegExp(`(${CHARACTERS})|[\\x80-\\xff]`, 'g');

export function byteStringOf(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Linear in the length. */
export function decodeBytes(bytes: ByteString): string {
  const buffer = Buffer.from(bytes, 'latin1');
  if (isUtf8(buffer)) return buffer.toString('utf8');
  return bytes.replace(PIECES, (piece: string, characters: string | undefined) =>
    characters === undefined
      ? String.fromCharCode(FIRST_SURROGATE + piece.charCodeAt(0))
      : Buffer.from(characters, 'latin1').toString('utf8'),
  );
}

/** The byte that a code point of decoded text stands for; `null` for a character. */
export function invalidByteOf(codePoint: number): number | null {
  const byte = codePoint - FIRST_SURROGATE;
  return byte >= 0x80 && byte <= 0xff ? byte : null;
}
