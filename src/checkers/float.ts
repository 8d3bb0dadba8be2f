// The checker `float`: token by token, numbers may differ by an absolute or a relative error, everything else is
// compared as text. Numbers are decimal as C, Python and Java print them, in no locale: no hexadecimal, no separators.

import type { Checker } from './checker.ts';
import { compareInOrder } from './comparison.ts';
import { tokens } from './text.ts';

/** Allowed errors; a number passes when either is kept. The relative one is that of the expected number. */
export interface Tolerance {
  readonly absolute?: number | undefined;
  readonly relative?: number | undefined;
}

/** Used when a request names neither error; one that is named alone stands alone. */
export const DEFAULT_TOLERANCE = { absolute: 1e-6, relative: 1e-6 } as const;

/** Each part can match in one way only, so the time is linear even for a token of many megabytes. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const INFINITY = /^[+-]?inf(?:inity)?$/i;

export function createFloatChecker(tolerance: Tolerance): Checker {
  const isNamed = tolerance.absolute !== undefined || tolerance.relative !== undefined;
  const { absolute = 0, relative = 0 } = isNamed ? tolerance : DEFAULT_TOLERANCE;
  const same = (wanted: string, got: string) =>
    wanted === got || areClose(parseNumber(wanted), parseNumber(got), absolute, relative);
  return ({ expectedOutput, output }) =>
    compareInOrder('Token', tokens(expectedOutput), tokens(output), same);
}

function areClose(wanted: number | null, got: number | null, absolute: number, relative: number): boolean {
  if (wanted === null || got === null) return false;
  if (Number.isNaN(wanted) || Number.isNaN(got)) return Number.isNaN(wanted) && Number.isNaN(got);
  // An infinite expected number would make every relative error allowed.
  if (!Number.isFinite(wanted) || !Number.isFinite(got)) return wanted === got;
  const error = Math.abs(wanted - got);
  return error <= absolute || error <= relative * Math.abs(wanted);
}

function parseNumber(token: string): number | null {
  if (DECIMAL.test(token)) return Number(token);
  if (NOT_A_NUMBER.test(token)) return Number.NaN;
  if (INFINITY.test(token)) return token.startsWith('-') ? -Infinity : Infinity;
  return null;
}
