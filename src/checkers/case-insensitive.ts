// The checker `case_insensitive`: as `trim`, and upper and lower case are the same, in any script. Bytes that are not
// UTF-8 have no case.

import { decodeBytes } from './byte-string.ts';
import type { Comparison } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { trimmedLines } from './text.ts';

export const compareWithoutCase: Comparison = (expected, output) =>
  compareInOrder(
    'Line',
    trimmedLines(decodeBytes(expected)),
    trimmedLines(decodeBytes(output)),
    (wanted, got) => wanted === got || fold(wanted) === fold(got),
    { decode: (line) => line, differAt: differWithoutCaseAt },
  );

/** Upper case first: it makes `ß` and `ss`, or the two small sigmas, the same. Independent of the locale. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** Character by character: where `ß` answers `ss`, it is that place, though the difference may come later. */
function differWithoutCaseAt(wanted: string, got: string): number {
  let position = 0;
  while (position < Math.min(wanted.length, got.length)) {
    const one = String.fromCodePoint(wanted.codePointAt(position) ?? 0);
    const other = String.fromCodePoint(got.codePointAt(position) ?? 0);
    if (one.length !== other.length || fold(one) !== fold(other)) break;
    position += one.length;
  }
  return position;
}
