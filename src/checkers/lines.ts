// The checker `lines`: the same tokens on the same lines, and blank lines do not count. It is what most judges mean by
// ignoring white space.

import { caseRule } from './case.ts';
import type { Comparison, TextOptions } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { tokenLines } from './text.ts';

export function createLinesComparison(options: TextOptions): Comparison {
  const { same, differAt } = caseRule(options);
  return (expected, output) =>
    compareInOrder('Line', tokenLines(expected), tokenLines(output), same, { differAt });
}
