// Compares two sequences of lines or tokens piece by piece and words the first difference for the learner. It knows
// nothing of how the pieces were cut or when two of them are the same.

import { decodeBytes } from './byte-string.ts';
import type { ByteString, CheckResult } from './checker.ts';
import { characterAt, codePointsOf, excerpt, isCutBefore, startOfCharacter } from './excerpt.ts';
import { firstDifference } from './text.ts';

export const PASSED: CheckResult = { passed: true, message: null };

export function failed(message: string): CheckResult {
  return { passed: false, message };
}

type Unit = 'Line' | 'Token';

export interface Wording {
  /** The text that a piece stands for. */
  readonly decode?: (piece: string) => string;
  /** Where two decoded pieces that are not the same first differ. */
  readonly differAt?: (wanted: string, got: string) => number;
}

/** Compares pieces in order; `same` decides about two of them. Linear in the length of both. */
export function compareInOrder(
  unit: Unit,
  expected: Generator<string, undefined>,
  output: Generator<string, undefined>,
  same: (expected: string, output: string) => boolean,
  { decode = decodeBytes, differAt = firstDifference }: Wording = {},
): CheckResult {
  for (let number = 1; ; number += 1) {
    const wanted = expected.next().value;
    const got = output.next().value;
    if (wanted === undefined && got === undefined) return PASSED;
    if (got === undefined) {
      return failed(`${unit} ${number} is missing: expected ${excerpt(decode(wanted ?? ''), 0)}.`);
    }
    if (wanted === undefined) {
      return failed(`${unit} ${number} is one too many: got ${excerpt(decode(got), 0)}.`);
    }
    if (!same(wanted, got)) {
      const place = { unit, number, isExact: false, differAt };
      return failed(describeDifference(place, decode(wanted), decode(got)));
    }
  }
}

interface Place {
  readonly unit: Unit;
  readonly number: number;
  /** True when the column is always part of the message. */
  readonly isExact: boolean;
  readonly differAt: (wanted: string, got: string) => number;
}

/** Compares two lines that are not the same bytes, their line ends included. */
export function describeLine(number: number, wanted: ByteString, got: ByteString): string {
  const place: Place = { unit: 'Line', number, isExact: true, differAt: firstDifference };
  return describeDifference(place, decodeBytes(wanted), decodeBytes(got));
}

function describeDifference({ unit, number, isExact, differAt }: Place, wanted: string, got: string): string {
  const position = startOfCharacter(wanted, startOfCharacter(got, differAt(wanted, got)));
  const note = hiddenDifference(unit, characterAt(wanted, position), characterAt(got, position));
  const isLocated = isExact || note !== '' || isCutBefore(position);
  const column = countCharacters(wanted.slice(0, position)) + 1;
  const location = isLocated ? ` at ${unit === 'Line' ? 'column' : 'character'} ${column}` : '';
  const excerpts = `expected ${excerpt(wanted, position)}, got ${excerpt(got, position)}`;
  return `${unit} ${number} differs${location}: ${excerpts}.${note}`;
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

/** Names the code points of two characters of which one may not be seen for what it is. */
function hiddenDifference(unit: Unit, wanted: string, got: string): string {
  if (isPlain(wanted) && isPlain(got)) return '';
  const named = (character: string) =>
    character === '' ? `the end of the ${unit.toLowerCase()}` : codePointsOf(character);
  const isSame = wanted !== '' && wanted.normalize('NFKC') === got.normalize('NFKC');
  const forms = isSame ? ' They are forms of the same character in Unicode.' : '';
  return ` There, ${named(wanted)} is expected, not ${named(got)}.${forms}`;
}

/** What a keyboard of English has, the end of a line, or nothing. */
function isPlain(character: string): boolean {
  return /^[\n -~]?$/.test(character);
}
