// The checker `case_insensitive`: as `trim`, and upper and lower case are the same.

import type { Checker } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { trimmedLines } from './text.ts';

export const checkCaseInsensitive: Checker = ({ expectedOutput, output }) =>
  compareInOrder(
    'Line',
    trimmedLines(expectedOutput),
    trimmedLines(output),
    (wanted, got) => wanted === got || fold(wanted) === fold(got),
  );

/** Upper case first: it makes `ß` and `ss`, or the two small sigmas, the same. Independent of the locale. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}
