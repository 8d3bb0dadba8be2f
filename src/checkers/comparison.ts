// Compares two sequences of lines or tokens piece by piece and words the first difference for the learner. It knows
// nothing of how the pieces were cut or when two of them are the same.

import type { CheckResult } from './checker.ts';
import { firstDifference } from './text.ts';

/** UTF-16 code units of an excerpt, and how many of them stand before the difference. */
const EXCERPT_LENGTH = 60;
const EXCERPT_LEAD = 20;

export const PASSED: CheckResult = { passed: true, message: null };

export function failed(message: string): CheckResult {
  return { passed: false, message };
}

/** Compares pieces in order; `same` decides about two of them. Linear in the length of both. */
export function compareInOrder(
  unit: 'Line' | 'Token',
  expected: Generator<string, undefined>,
  output: Generator<string, undefined>,
  same: (expected: string, output: string) => boolean,
): CheckResult {
  for (let number = 1; ; number += 1) {
    const wanted = expected.next().value;
    const got = output.next().value;
    if (wanted === undefined && got === undefined) return PASSED;
    if (wanted === undefined || got === undefined || !same(wanted, got)) {
      return failed(describeDifference(unit, number, wanted, got));
    }
  }
}

function describeDifference(
  unit: 'Line' | 'Token',
  number: number,
  wanted: string | undefined,
  got: string | undefined,
): string {
  if (got === undefined) return `${unit} ${number} is missing: expected ${excerpt(wanted ?? '', 0)}.`;
  if (wanted === undefined) return `${unit} ${number} is one too many: got ${excerpt(got, 0)}.`;
  const position = firstDifference(wanted, got);
  return `${unit} ${number} differs: expected ${excerpt(wanted, position)}, got ${excerpt(got, position)}.`;
}

/** The part of a text around a position, quoted, with control characters escaped and of bounded length. */
export function excerpt(text: string, position: number): string {
  const start = position > EXCERPT_LENGTH - EXCERPT_LEAD ? position - EXCERPT_LEAD : 0;
  const end = start + EXCERPT_LENGTH;
  const part = JSON.stringify(text.slice(start, end).toWellFormed());
  return `${start > 0 ? '…' : ''}${part}${end < text.length ? '…' : ''}`;
}
