// The checker `float`: token by token, numbers may differ by an absolute or a relative error, everything else is
// compared as text. Errors are those of the decimal numbers as they are written, not of the doubles nearest to them.

import { caseRule } from './case.ts';
import type { Comparison, TextOptions } from './checker.ts';
import { type Decimal, isWithin, parseDecimal } from './decimal.ts';
import { compareTokenwise } from './tokenwise.ts';

/** Allowed errors; a number passes when either is kept. The relative one is that of the expected number. */
export interface Tolerance {
  readonly absolute?: number | undefined;
  readonly relative?: number | undefined;
}

/** Used when a request names neither error; one that is named alone stands alone. */
export const DEFAULT_TOLERANCE = { absolute: 1e-6, relative: 1e-6 } as const;

const NOT_A_NUMBER = /^[+-]?nan$/i;
const INFINITY = /^[+-]?inf(?:inity)?$/i;
/** Of the longest spelling of an infinity. */
const MAX_SPECIAL_LENGTH = 9;

/** Doubles between these are as exact as doubles are: neither infinite nor denormal. */
const MIN_EXACT = 1e-290;
const MAX_EXACT = 1e290;
/** More than all roundings of numbers, error and bound together, relative to the numbers. */
const ROUNDING = 2 ** -48;

interface Bounds {
  readonly absolute: number;
  readonly relative: number;
  readonly absoluteDecimal: Decimal;
  readonly relativeDecimal: Decimal;
}

export function createFloatComparison(options: Tolerance & TextOptions): Comparison {
  const bounds = boundsOf(options);
  const { same: sameText, differAt } = caseRule(options);
  const same = (wanted: string, got: string) => sameText(wanted, got) || isAnswer(wanted, got, bounds);
  return compareTokenwise(same, { differAt }, options);
}

function boundsOf(tolerance: Tolerance): Bounds {
  const isNamed = tolerance.absolute !== undefined || tolerance.relative !== undefined;
  const { absolute = 0, relative = 0 } = isNamed ? tolerance : DEFAULT_TOLERANCE;
  return {
    absolute,
    relative,
    absoluteDecimal: decimalOf(absolute),
    relativeDecimal: decimalOf(relative),
  };
}

/** The shortest decimal that is read as this number: what the request says. */
function decimalOf(number: number): Decimal {
  const decimal = parseDecimal(String(number));
  if (decimal === null) throw new RangeError(`a tolerance must be a finite number, got ${number}`);
  return decimal;
}

function isAnswer(wanted: string, got: string, bounds: Bounds): boolean {
  const wantedDecimal = parseDecimal(wanted);
  if (wantedDecimal === null) return isSameSpecial(wanted, got);
  const gotDecimal = parseDecimal(got);
  if (gotDecimal === null) return false;
  return (
    isWithinForSure(Number(wanted), Number(got), bounds) ??
    isWithin(wantedDecimal, gotDecimal, bounds.absoluteDecimal, bounds.relativeDecimal)
  );
}

/** What doubles can decide; `null` when the error is near its bound, or a number is near the ends of their range. */
function isWithinForSure(wanted: number, got: number, { absolute, relative }: Bounds): boolean | null {
  const sizes = [Math.abs(wanted), Math.abs(got)] as const;
  if (!sizes.every((size) => size === 0 || (size > MIN_EXACT && size < MAX_EXACT))) return null;
  const error = Math.abs(wanted - got);
  const bound = Math.max(absolute, relative * sizes[0]);
  const uncertainty = (sizes[0] + sizes[1] + bound) * ROUNDING;
  if (error + uncertainty < bound) return true;
  return error - uncertainty > bound ? false : null;
}

/** Infinities of the same sign, and what is not a number, in the spelling of any language. */
function isSameSpecial(wanted: string, got: string): boolean {
  if (wanted.length > MAX_SPECIAL_LENGTH || got.length > MAX_SPECIAL_LENGTH) return false;
  if (NOT_A_NUMBER.test(wanted)) return NOT_A_NUMBER.test(got);
  return INFINITY.test(wanted) && INFINITY.test(got) && (wanted[0] === '-') === (got[0] === '-');
}
