// The checker `trim`, the default: trailing white space of each line and of the whole is ignored, everything else
// counts. It decides as Judge0 does, and takes CRLF and LF for the same.

import type { Comparison } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { trimmedLines } from './text.ts';

export const compareTrimmed: Comparison = (expected, output) =>
  compareInOrder('Line', trimmedLines(expected), trimmedLines(output), (wanted, got) => wanted === got);
