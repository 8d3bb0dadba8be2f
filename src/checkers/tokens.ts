// The checker `tokens`: the pieces between white space are the same in the same order, however they are laid out, or laid
// out in the same way if the request asks for it.

import { caseRule } from './case.ts';
import type { Comparison, TextOptions } from './checker.ts';
import { compareTokenwise } from './tokenwise.ts';

export function createTokensComparison(options: TextOptions): Comparison {
  const { same, differAt } = caseRule(options);
  return compareTokenwise(same, { differAt }, options);
}
