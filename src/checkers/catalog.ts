// The list of checkers by the name that a request gives them.

import { byteStringOf } from './byte-string.ts';
import { compareWithoutCase } from './case-insensitive.ts';
import type { ByteString, Checker, Comparison } from './checker.ts';
import { failed, PASSED } from './comparison.ts';
import { compareExactly } from './exact.ts';
import { createFloatComparison, type Tolerance } from './float.ts';
import { haveSameTokens } from './text.ts';
import { compareTokens } from './tokens.ts';
import { compareTrimmed } from './trim.ts';
import { compareUnordered } from './unordered-lines.ts';

export const CHECKER_TYPES = [
  'exact',
  'trim',
  'tokens',
  'float',
  'unordered_lines',
  'case_insensitive',
] as const;
type CheckerType = (typeof CHECKER_TYPES)[number];

/** The tolerance is used by `float` only. */
export type CheckerOptions = { readonly type: CheckerType } & Tolerance;

const COMPARISONS: Readonly<Record<CheckerType, (tolerance: Tolerance) => Comparison>> = {
  exact: () => compareExactly,
  trim: () => compareTrimmed,
  tokens: () => compareTokens,
  float: createFloatComparison,
  unordered_lines: () => compareUnordered,
  case_insensitive: () => compareWithoutCase,
};

/** Makes the checker that a request chose. Every one accepts the expected output itself, byte for byte. */
export function createChecker(choice: CheckerOptions): Checker {
  const compare = COMPARISONS[choice.type](choice);
  return (expectedOutput, output) => {
    if (Buffer.compare(expectedOutput, output) === 0) return PASSED;
    const expected = byteStringOf(expectedOutput);
    const got = byteStringOf(output);
    const { passed, message } = compare(expected, got);
    if (passed) return PASSED;
    return failed(`${message}${whiteSpaceNote(expected, got)}`);
  };
}

/** What to say of two outputs that have the same tokens; nothing of others. */
function whiteSpaceNote(expected: ByteString, output: ByteString): string {
  if (!haveSameTokens(expected, output)) return '';
  if (expected === `${output}\n`) return ' Only white space differs: the last newline is missing.';
  if (output === `${expected}\n`)
    return ' Only white space differs: there is one newline too many at the end.';
  const isLineEnds = expected.replaceAll('\r\n', '\n') === output.replaceAll('\r\n', '\n');
  return isLineEnds ? ' Only white space differs: CRLF is not LF.' : ' Only white space differs.';
}
