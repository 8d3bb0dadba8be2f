// The list of checkers by the name that a request gives them.

import { byteStringOf } from './byte-string.ts';
import { compareWithoutCase } from './case-insensitive.ts';
import type { ByteString, Checker, Comparison, TextOptions } from './checker.ts';
import { failed, PASSED } from './comparison.ts';
import { compareExactly } from './exact.ts';
import { createFloatComparison, type Tolerance } from './float.ts';
import { createLinesComparison } from './lines.ts';
import { haveSameTokens } from './text.ts';
import { createTokensComparison } from './tokens.ts';
import { createTrimComparison } from './trim.ts';
import { createUnorderedComparison } from './unordered-lines.ts';

export const CHECKER_TYPES = [
  'exact',
  'trim',
  'tokens',
  'float',
  'unordered_lines',
  'case_insensitive',
  'lines',
] as const;
type CheckerType = (typeof CHECKER_TYPES)[number];

/** Each type uses those that `OPTIONS_USED` lists for it, and ignores the others. */
export type CheckerOptions = { readonly type: CheckerType } & TextOptions & Tolerance;

export const OPTIONS_USED: Readonly<Record<CheckerType, readonly (keyof (TextOptions & Tolerance))[]>> = {
  exact: [],
  trim: ['case_sensitive'],
  tokens: ['case_sensitive', 'space_change_sensitive'],
  float: ['absolute', 'relative', 'case_sensitive', 'space_change_sensitive'],
  unordered_lines: ['case_sensitive'],
  case_insensitive: [],
  lines: ['case_sensitive'],
};

const COMPARISONS: Readonly<Record<CheckerType, (options: CheckerOptions) => Comparison>> = {
  exact: () => compareExactly,
  trim: createTrimComparison,
  tokens: createTokensComparison,
  float: createFloatComparison,
  unordered_lines: createUnorderedComparison,
  case_insensitive: () => compareWithoutCase,
  lines: createLinesComparison,
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
