// The checker `unordered_lines`: the same lines as often, in any order. Trailing white space is ignored as in `trim`,
// and so are blank lines, since a blank line moved to the end would be trailing white space.

import type { Checker, CheckResult } from './checker.ts';
import { excerpt, failed, PASSED } from './comparison.ts';
import { trimmedLines } from './text.ts';

export const checkUnorderedLines: Checker = ({ expectedOutput, output }) => {
  const missing = countLines(expectedOutput);
  return findSurplusLine(missing, output) ?? findMissingLine(missing) ?? PASSED;
};

function countLines(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of trimmedLines(text)) {
    if (line !== '') counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

/** Takes the lines of the output away from the expected ones; what is left in `missing` was not printed. */
function findSurplusLine(missing: Map<string, number>, output: string): CheckResult | null {
  let number = 0;
  for (const line of trimmedLines(output)) {
    number += 1;
    if (line === '') continue;
    const count = missing.get(line);
    if (count === undefined) return failed(`Line ${number} is not expected: got ${excerpt(line, 0)}.`);
    if (count === 0) return failed(`Line ${number} is there too often: got ${excerpt(line, 0)}.`);
    missing.set(line, count - 1);
  }
  return null;
}

function findMissingLine(missing: ReadonlyMap<string, number>): CheckResult | null {
  for (const [line, count] of missing) {
    if (count > 0) return failed(`A line is missing: expected ${excerpt(line, 0)}.`);
  }
  return null;
}
