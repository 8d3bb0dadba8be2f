// The checker `unordered_lines`: the same lines as often, in any order. Trailing white space is ignored as in `trim`,
// and so are blank lines, since a blank line moved to the end would be trailing white space.

import { decodeBytes } from './byte-string.ts';
import { caseRule } from './case.ts';
import type { ByteString, CheckResult, Comparison, TextOptions } from './checker.ts';
import { failed, PASSED } from './comparison.ts';
import { excerpt } from './excerpt.ts';
import { countLines, type LineCounts } from './line-counts.ts';
import { trimmedLineRanges } from './text.ts';

export function createUnorderedComparison(options: TextOptions): Comparison {
  const { fold } = caseRule(options);
  return (expected, output) => {
    const missing = countLines(fold(expected));
    return findSurplusLine(missing, output, fold(output)) ?? findMissingLine(missing, expected) ?? PASSED;
  };
}

/** Takes the lines of the output away from the expected ones; what is left in `missing` was not printed. */
function findSurplusLine(missing: LineCounts, output: ByteString, folded: ByteString): CheckResult | null {
  let number = 0;
  let surplus: CheckResult | null = null;
  trimmedLineRanges(folded, (start, end) => {
    number += 1;
    if (start === end) return true;
    const count = missing.take(folded, start, end);
    if (count !== null && count > 0) return true;
    const what = count === null ? 'is not expected' : 'is there too often';
    surplus = failed(`Line ${number} ${what}: got ${shown(output.slice(start, end))}.`);
    return false;
  });
  return surplus;
}

function findMissingLine(missing: LineCounts, expected: ByteString): CheckResult | null {
  const line = missing.firstLeft();
  if (line === null) return null;
  return failed(`A line is missing: expected ${shown(expected.slice(line.start, line.end))}.`);
}

function shown(line: ByteString): string {
  return excerpt(decodeBytes(line), 0);
}
