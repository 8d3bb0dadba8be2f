// Shows a part of an output to the learner: quoted, of bounded length, with escapes for what cannot be seen. Code points
// name what looks like something else.

import { invalidByteOf } from './byte-string.ts';

/** Characters of an excerpt, and how many of them stand before the difference. */
const EXCERPT_LENGTH = 60;
const EXCERPT_LEAD = 20;
/** Code units of an excerpt, whose escapes are longer than the characters. */
const MAX_EXCERPT_UNITS = 240;
/** Code points of one character that are named: it may have any number of marks. */
const MAX_NAMED = 4;

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};
/** Controls, formats, what is not assigned, white space but the space, fillers and a Braille pattern without dots. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

const NAMES: Readonly<Record<number, string>> = {
  9: 'tab',
  10: 'line feed',
  13: 'carriage return',
  32: 'space',
  160: 'no-break space',
  8203: 'zero width space',
  65279: 'byte order mark',
};

/** The part of a decoded text around a position. */
export function excerpt(text: string, position: number): string {
  const start =
    position > EXCERPT_LENGTH - EXCERPT_LEAD ? startOfCharacter(text, position - EXCERPT_LEAD) : 0;
  let shown = '';
  let end = start;
  for (const character of text.slice(start, start + EXCERPT_LENGTH + 1)) {
    const written = escaped(character);
    const isFull = end + character.length - start > EXCERPT_LENGTH;
    if (isFull || shown.length + written.length > MAX_EXCERPT_UNITS) break;
    shown += written;
    end += character.length;
  }
  return `${start > 0 ? '…' : ''}"${shown}"${end < text.length ? '…' : ''}`;
}

/** True when an excerpt around this position does not begin with the text. */
export function isCutBefore(position: number): boolean {
  return position > EXCERPT_LENGTH - EXCERPT_LEAD;
}

/** The position itself, or that of the surrogate pair that it is within. */
export function startOfCharacter(text: string, position: number): number {
  const isWithin = (text.codePointAt(position - 1) ?? 0) > 0xffff;
  return position > 0 && isWithin ? position - 1 : position;
}

function escaped(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  const codePoint = character.codePointAt(0) ?? 0;
  const byte = invalidByteOf(codePoint);
  if (byte !== null) return `\\x${hexadecimal(byte, 2)}`;
  if (character === ' ' || !INVISIBLE.test(character)) return character;
  return codePoint > 0xffff ? `\\u{${codePoint.toString(16)}}` : `\\u${hexadecimal(codePoint, 4)}`;
}

/** The character at a position with the marks on it; empty at the end. */
export function characterAt(text: string, position: number): string {
  const [first = '', ...others] = text.slice(position, position + 2 * MAX_NAMED);
  const marks = others.findIndex((other) => !/\p{M}/u.test(other));
  return [first, ...others.slice(0, marks === -1 ? others.length : marks)].slice(0, MAX_NAMED).join('');
}

/** `U+00A0 (no-break space)`, `the byte FF`. */
export function codePointsOf(character: string): string {
  return Array.from(character, (each) => {
    const codePoint = each.codePointAt(0) ?? 0;
    const byte = invalidByteOf(codePoint);
    if (byte !== null) return `the byte ${hexadecimal(byte, 2).toUpperCase()}`;
    const name = NAMES[codePoint];
    return `U+${hexadecimal(codePoint, 4).toUpperCase()}${name === undefined ? '' : ` (${name})`}`;
  }).join(' ');
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
