// The checker `trim`, the default: trailing white space of each line and of the whole is ignored, everything else
// counts. It decides as Judge0 does, and takes CRLF and LF for the same.

import { caseRule } from './case.ts';
import type { Comparison, TextOptions } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { trimmedLines } from './text.ts';

export function createTrimComparison(options: TextOptions): Comparison {
  const { same, differAt } = caseRule(options);
  return (expected, output) =>
    compareInOrder('Line', trimmedLines(expected), trimmedLines(output), same, { differAt });
}
