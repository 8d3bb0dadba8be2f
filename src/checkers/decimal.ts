// Decimal numbers of any length, compared exactly and in linear time: nothing is rounded, and an exponent of any size
// takes no memory. Numbers are written as C, Python and Java print them, in no locale: no hexadecimal, no separators.

export interface Decimal {
  readonly isNegative: boolean;
  /** Without the point and without zeros at either end; empty for zero. */
  readonly digits: string;
  /** Power of ten of the last digit; a `bigint` only where the exponent that was read is beyond exact doubles. */
  readonly exponent: number | bigint;
}

/** Digits of an exponent that a double counts exactly, with as many digits of the number as there may be. */
const MAX_DOUBLE_EXPONENT_DIGITS = 14;
/** Digits of an exponent that are counted at all: a `bigint` of this size is read in microseconds. */
const MAX_EXPONENT_DIGITS = 4000;
const ZERO: Decimal = { isNegative: false, digits: '', exponent: 0 };

/** `null` for what is no decimal number, or one whose exponent is beyond counting. */
export function parseDecimal(token: string): Decimal | null {
  const start = token[0] === '+' || token[0] === '-' ? 1 : 0;
  const pointOrEnd = endOfDigits(token, start);
  const hasPoint = token[pointOrEnd] === '.';
  const end = hasPoint ? endOfDigits(token, pointOrEnd + 1) : pointOrEnd;
  const whole = token.slice(start, pointOrEnd);
  const fraction = hasPoint ? token.slice(pointOrEnd + 1, end) : '';
  if (whole === '' && fraction === '') return null;
  const exponent = parseExponent(token, end);
  if (exponent === null) return null;
  return normalized(token[0] === '-', whole + fraction, plus(exponent, -fraction.length));
}

function endOfDigits(token: string, start: number): number {
  let end = start;
  while (isDigit(token.charCodeAt(end))) end += 1;
  return end;
}

function isDigit(codeUnit: number): boolean {
  return codeUnit >= 0x30 && codeUnit <= 0x39;
}

/** From the `e`, or the end of the token; minus infinity for what is smaller than anything that is counted. */
function parseExponent(token: string, position: number): number | bigint | null {
  if (position === token.length) return 0;
  if (token[position] !== 'e' && token[position] !== 'E') return null;
  const sign = token[position + 1] === '+' || token[position + 1] === '-' ? 1 : 0;
  const start = position + 1 + sign;
  const end = endOfDigits(token, start);
  if (end === start || end < token.length) return null;
  let first = start;
  while (first < end && token[first] === '0') first += 1;
  const isSmall = token[position + 1] === '-';
  if (end - first > MAX_EXPONENT_DIGITS) return isSmall ? -Infinity : null;
  const digits = token.slice(first, end) || '0';
  const size = end - first > MAX_DOUBLE_EXPONENT_DIGITS ? BigInt(digits) : Number(digits);
  return isSmall ? -size : size;
}

function plus(exponent: number | bigint, shift: number): number | bigint {
  return typeof exponent === 'bigint' ? exponent + BigInt(shift) : exponent + shift;
}

function normalized(isNegative: boolean, digits: string, exponent: number | bigint): Decimal {
  let start = 0;
  while (start < digits.length && digits[start] === '0') start += 1;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end -= 1;
  if (start === end || exponent === -Infinity) return ZERO;
  return { isNegative, digits: digits.slice(start, end), exponent: plus(exponent, digits.length - end) };
}

/** A decimal times a small whole number and a power of ten, one of the terms of a sum. */
interface Term {
  readonly coefficient: number;
  readonly digits: string;
  readonly exponent: number;
}

/** Digits of numbers that are taken at a time, and their base. */
const LIMB_DIGITS = 7;
const BASE = 10 ** LIMB_DIGITS;
/** Digits of a factor taken at a time: the coefficients of a sum stay below the base together, and products exact. */
const FACTOR_DIGITS = 5;

/** True when |wanted - got| is at most `absolute`, or at most `relative` times |wanted|. */
export function isWithin(wanted: Decimal, got: Decimal, absolute: Decimal, relative: Decimal): boolean {
  return isWithinCounted(...counted([wanted, got, absolute], relative));
}

/** A decimal whose exponent, or what is left of it, is an exact double. */
interface CountedDecimal extends Decimal {
  readonly exponent: number;
}

/** Below the largest of some numbers by this power of ten, a number matters by its sign only. */
const FAR_BELOW = 1e14;

/**
 * With exponents beyond doubles, numbers are moved together until the largest is near 1. What is far below it is moved
 * nearer: of three sizes, only one is left when the others cancel, and its sign is all that counts then.
 */
function counted(
  numbers: readonly [Decimal, Decimal, Decimal],
  relative: Decimal,
): [wanted: CountedDecimal, got: CountedDecimal, absolute: CountedDecimal, relative: CountedDecimal] {
  const all = [...numbers, relative] as const;
  if (all.every(isCounted))
    return [...all] as [CountedDecimal, CountedDecimal, CountedDecimal, CountedDecimal];
  const exponents = numbers.flatMap(({ digits, exponent }) => (digits === '' ? [] : [BigInt(exponent)]));
  const highest = exponents.toSorted((one, other) => (one > other ? -1 : 1))[0] ?? 0n;
  const [wanted, got, absolute] = numbers.map((number) => {
    const below = BigInt(number.exponent) - highest;
    return { ...number, exponent: below < -FAR_BELOW ? -FAR_BELOW : Number(below) };
  }) as [CountedDecimal, CountedDecimal, CountedDecimal];
  return [wanted, got, absolute, relative as CountedDecimal];
}

function isCounted(number: Decimal): number is CountedDecimal {
  return typeof number.exponent === 'number';
}

function isWithinCounted(
  wanted: CountedDecimal,
  got: CountedDecimal,
  absolute: CountedDecimal,
  relative: CountedDecimal,
): boolean {
  const difference = [termOf(wanted, 1), termOf(got, -1)];
  const bounds = [[termOf(absolute, -1)], productTerms(relative, wanted)];
  return bounds.some((bound) =>
    [1, -1].every((sign) => {
      const signed = difference.map((term) => ({ ...term, coefficient: term.coefficient * sign }));
      return signOfSum([...signed, ...bound]) <= 0;
    }),
  );
}

function termOf({ isNegative, digits, exponent }: CountedDecimal, sign: 1 | -1): Term {
  return { coefficient: isNegative ? -sign : sign, digits, exponent };
}

/** Minus `factor` times |number|, part by part of the factor. */
function productTerms(factor: CountedDecimal, { digits, exponent }: CountedDecimal): Term[] {
  const terms: Term[] = [];
  for (let end = factor.digits.length; end > 0; end -= FACTOR_DIGITS) {
    const part = Number(factor.digits.slice(Math.max(0, end - FACTOR_DIGITS), end));
    const shift = factor.exponent + factor.digits.length - end;
    terms.push({ coefficient: -part, digits, exponent: exponent + shift });
  }
  return terms;
}

/**
 * Adds from the highest limb down. What is below a limb adds less than one unit of it for each unit of the coefficients,
 * so a sum that is larger decides, and no more than a few small numbers are ever kept.
 */
function signOfSum(terms: readonly Term[]): number {
  const counted = terms.filter(({ digits, coefficient }) => digits !== '' && coefficient !== 0);
  const decisive = counted.reduce((sum, { coefficient }) => sum + Math.abs(coefficient), 0);
  let sum = 0;
  let position = nextLimb(counted, Infinity);
  while (position > -Infinity) {
    for (const term of counted) sum += term.coefficient * limbAt(term, position);
    if (Math.abs(sum) > decisive) return Math.sign(sum);
    const next = nextLimb(counted, position);
    // A sum that is not zero outgrows what can still come at the next limb, or after a gap of any width.
    if (sum !== 0 && next < position - LIMB_DIGITS) return Math.sign(sum);
    sum *= BASE;
    position = next;
  }
  return Math.sign(sum);
}

/** The position of the highest limb below another that has digits of a term; minus infinity without any. */
function nextLimb(terms: readonly Term[], above: number): number {
  let next = -Infinity;
  for (const { digits, exponent } of terms) {
    const highest = Math.floor((exponent + digits.length - 1) / LIMB_DIGITS) * LIMB_DIGITS;
    const lowest = Math.floor(exponent / LIMB_DIGITS) * LIMB_DIGITS;
    const candidate = Math.min(highest, above - LIMB_DIGITS);
    if (candidate >= lowest) next = Math.max(next, candidate);
  }
  return next;
}

/** The digits of a term from a power of ten up, as many as a limb has. */
function limbAt({ digits, exponent }: Term, position: number): number {
  const end = digits.length - (position - exponent);
  const start = end - LIMB_DIGITS;
  if (end <= 0 || start >= digits.length) return 0;
  const present = Math.min(end, digits.length);
  return Number(digits.slice(Math.max(0, start), present)) * 10 ** (end - present);
}
