// The checker `unordered_lines`: the same lines as often, in any order. Trailing white space is ignored as in `trim`,
// and so are blank lines, since a blank line moved to the end would be trailing white space.

import { decodeBytes } from './byte-string.ts';
import type { ByteString, CheckResult, Comparison } from './checker.ts';
import { failed, PASSED } from './comparison.ts';
import { excerpt } from './excerpt.ts';
import { trimmedLines } from './text.ts';

export const compareUnordered: Comparison = (expected, output) => {
  const missing = countLines(expected);
  return findSurplusLine(missing, output) ?? findMissingLine(missing) ?? PASSED;
};

/**
 * Counts lines by names that are no numbers: V8 gives a string that is a number a hash that anyone can compute, and
 * lines chosen for their hashes would take time in the square of their number.
 */
function countLines(text: ByteString): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of trimmedLines(text)) {
    if (line !== '') counts.set(nameOf(line), (counts.get(nameOf(line)) ?? 0) + 1);
  }
  return counts;
}

function nameOf(line: ByteString): string {
  return `=${line}`;
}

/** Takes the lines of the output away from the expected ones; what is left in `missing` was not printed. */
function findSurplusLine(missing: Map<string, number>, output: ByteString): CheckResult | null {
  let number = 0;
  for (const line of trimmedLines(output)) {
    number += 1;
    if (line === '') continue;
    const name = nameOf(line);
    const count = missing.get(name);
    if (count === undefined) return failed(`Line ${number} is not expected: got ${shown(line)}.`);
    if (count === 0) return failed(`Line ${number} is there too often: got ${shown(line)}.`);
    missing.set(name, count - 1);
  }
  return null;
}

function findMissingLine(missing: ReadonlyMap<string, number>): CheckResult | null {
  for (const [name, count] of missing) {
    if (count > 0) return failed(`A line is missing: expected ${shown(name.slice(nameOf('').length))}.`);
  }
  return null;
}

function shown(line: ByteString): string {
  return excerpt(decodeBytes(line), 0);
}
