// The list of checkers by the name that a request gives them.

import { checkCaseInsensitive } from './case-insensitive.ts';
import type { Checker } from './checker.ts';
import { checkExact } from './exact.ts';
import { createFloatChecker, type Tolerance } from './float.ts';
import { checkTokens } from './tokens.ts';
import { checkTrimmed } from './trim.ts';
import { checkUnorderedLines } from './unordered-lines.ts';

export const CHECKER_TYPES = [
  'exact',
  'trim',
  'tokens',
  'float',
  'unordered_lines',
  'case_insensitive',
] as const;
export type CheckerType = (typeof CHECKER_TYPES)[number];

const CHECKERS: Readonly<Record<CheckerType, (tolerance: Tolerance) => Checker>> = {
  exact: () => checkExact,
  trim: () => checkTrimmed,
  tokens: () => checkTokens,
  float: createFloatChecker,
  unordered_lines: () => checkUnorderedLines,
  case_insensitive: () => checkCaseInsensitive,
};

/** Makes the checker that a request chose; the tolerance is used by `float` only. */
export function createChecker(choice: { readonly type: CheckerType } & Tolerance): Checker {
  return CHECKERS[choice.type](choice);
}
