// What the checker `float` takes for a number, and how close is close.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChecker } from './catalog.ts';
import type { Tolerance } from './float.ts';

const check = (expected: string, output: string, tolerance: Tolerance = {}) =>
  createChecker({ type: 'float', ...tolerance })(Buffer.from(expected), Buffer.from(output));
const passes = (...args: Parameters<typeof check>) => check(...args).passed;

test('numbers that are close pass, by the absolute or by the relative error', () => {
  assert.equal(passes('3.14159265', '3.1415927'), true);
  assert.equal(passes('0', '0.0000009'), true);
  assert.equal(passes('1000000000', '1000000900'), true);
  assert.equal(passes('1000000000', '1000002000'), false);
  assert.equal(passes('3.14', '3.15'), false);
});

test('the error that is allowed when none is named is a millionth, of the number or at all', () => {
  assert.equal(passes('0', '0.00000099'), true);
  assert.equal(passes('0', '0.00000101'), false);
  assert.equal(passes('0', '-0.00000101'), false);
  assert.equal(passes('1000', '1000.00099'), true);
  assert.equal(passes('1000', '1000.00101'), false);
});

test('an error that is named alone stands alone', () => {
  assert.equal(passes('1000000000', '1000000001', { absolute: 0.5 }), false);
  assert.equal(passes('1000000000', '1000000001', { absolute: 1 }), true);
  assert.equal(passes('0', '0.0000001', { relative: 0.1 }), false);
  assert.equal(passes('100', '109', { relative: 0.1 }), true);
  assert.equal(passes('100', '111', { absolute: 1, relative: 0.1 }), false);
});

test('an allowed error of zero requires the same number, however it is written', () => {
  assert.equal(passes('1.50', '+1.5e0', { absolute: 0 }), true);
  assert.equal(passes('0', '-0.0', { absolute: 0 }), true);
  assert.equal(passes('.5', '0.5', { absolute: 0 }), true);
  assert.equal(passes('1.', '1', { absolute: 0 }), true);
  assert.equal(passes('1', '1.0000001', { absolute: 0 }), false);
});

test('what is not a decimal number is compared as text', () => {
  for (const token of ['0x10', '1_000', '1,000', '1e', '--1', '1.2.3', '١', '.', 'e5', '1f', '']) {
    assert.equal(passes(`x ${token}`, `x ${token}`), true, token);
  }
  assert.equal(passes('16', '0x10'), false);
  assert.equal(passes('1000', '1_000'), false);
  assert.equal(passes('yes 1', 'yes 1.0'), true);
  assert.equal(passes('yes 1', 'no 1.0'), false);
});

test('not a number answers not a number, in the spelling of any language', () => {
  assert.equal(passes('nan', '-nan'), true);
  assert.equal(passes('NaN', 'nan'), true);
  assert.equal(passes('nan', '1'), false);
  assert.equal(passes('1', 'nan'), false);
});

test('infinity answers infinity of the same sign only', () => {
  assert.equal(passes('inf', 'Infinity'), true);
  assert.equal(passes('-inf', '-Infinity'), true);
  assert.equal(passes('inf', '-inf'), false);
  assert.equal(passes('inf', '1e308', { relative: 1 }), false);
  assert.equal(passes('1e308', 'inf', { relative: 1 }), false);
});

test('the message names the token', () => {
  assert.equal(check('1.0 2.0', '1.0 2.5').message, 'Token 2 differs: expected "2.0", got "2.5".');
});

test('a number that is right in decimal passes, whatever its double is', () => {
  assert.equal(passes('1', '0.999999', { absolute: 1e-6 }), true);
  assert.equal(passes('0.100000000', '0.100001000', { absolute: 1e-6 }), true);
  assert.equal(passes('0.100000000', '0.1000010001', { absolute: 1e-6 }), false);
  assert.equal(passes('3', '3.3', { relative: 0.1 }), true);
  assert.equal(passes('3', '3.3000000000000000001', { relative: 0.1 }), false);
  assert.equal(passes('-3', '-2.7', { relative: 0.1 }), true);
  assert.equal(passes('-3', '2.7', { relative: 0.1 }), false);
});

test('whole numbers beyond the exact doubles are compared digit by digit', () => {
  const exact = { absolute: 0, relative: 0 };
  assert.equal(passes('9007199254740992', '9007199254740993', exact), false);
  assert.equal(passes('9007199254740993', '+009007199254740993.000', exact), true);
  assert.equal(passes('9007199254740993', '9007199254740992', { absolute: 1 }), true);
  assert.equal(passes('9007199254740993', '9007199254740992', { absolute: 0.5 }), false);
  const long = '1234567890'.repeat(1000);
  assert.equal(passes(`${long}1`, `${long}2`, exact), false);
  assert.equal(passes(`${long}1`, `${long}2`, { absolute: 0.5 }), false);
  assert.equal(passes(`${long}1`, `${long}2`, { absolute: 1 }), true);
  assert.equal(passes(`${long}1`, `${long}2`), true);
});

test('numbers beyond the range of doubles keep their size', () => {
  assert.equal(passes('1e400', '1e999'), false);
  assert.equal(passes('1e400', '1e+400'), true);
  assert.equal(passes('1e400', '10e399', { absolute: 0 }), true);
  assert.equal(passes('1e400', '1.0000009e400'), true);
  assert.equal(passes('1e400', '1.0000011e400'), false);
  assert.equal(passes('inf', '1e400'), false);
  assert.equal(passes('1e400', 'inf'), false);
  assert.equal(passes('1e-400', '2e-400', { relative: 0.5 }), false);
  assert.equal(passes('1e-400', '1.5e-400', { relative: 0.5 }), true);
  assert.equal(passes('1e-400', '2e-400', { absolute: 0 }), false);
  assert.equal(passes('0', '1e-400', { absolute: 0 }), false);
  assert.equal(passes('0', '1e-400'), true);
  assert.equal(passes('5e-324', '3e-324', { absolute: 0 }), false);
  assert.equal(passes('1e308', '1e309'), false);
});

test('an exponent of any length takes no memory', () => {
  assert.equal(passes('1e999999999', '1e999999998'), false);
  assert.equal(passes('1e999999999', '10e999999998', { absolute: 0 }), true);
  assert.equal(passes('1e-999999999', '0'), true);
  assert.equal(passes('1', '1e-999999999'), false);
  assert.equal(passes('1e999999999', '1', { relative: 1 }), true);
  assert.equal(passes('0e999999999', '0', { absolute: 0 }), true);
  assert.equal(passes('1e00000000000000000000002', '100', { absolute: 0 }), true);
  assert.equal(passes(`1e${'9'.repeat(100)}`, `1e${'9'.repeat(99)}`), false);
  assert.equal(passes('0', `1e-${'9'.repeat(100)}`), true);
});

test('exponents beyond exact doubles are counted', () => {
  const exact = { absolute: 0, relative: 0 };
  assert.equal(passes('10e999999999999999', '1e1000000000000000'), true);
  assert.equal(passes('10e99999999999999', '1e100000000000000', exact), true);
  assert.equal(passes('1e100000000000000', '10e99999999999999', exact), true);
  assert.equal(passes('1e1000000000000000', '1e1000000000000001'), false);
  assert.equal(passes('1e1000000000000000', '1.0000009e1000000000000000'), true);
  assert.equal(passes('1e1000000000000000', '1.0000011e1000000000000000'), false);
  assert.equal(passes('-1e1000000000000000', '1e1000000000000000', { relative: 1 }), false);
  assert.equal(passes('1e1000000000000000', '3', { relative: 1 }), true);
  assert.equal(passes('1e1000000000000000', '-3', { relative: 1 }), false);
  assert.equal(passes('1e-1000000000000000', '0'), true);
  assert.equal(passes('1e-1000000000000000', '0', exact), false);
  assert.equal(passes('1e-1000000000000000', '0.1e-999999999999999', exact), true);
  assert.equal(passes('1e-1000000000000000', '1e-5'), false);
  assert.equal(passes('1e-1000000000000000', '1e-6', { absolute: 1e-6 }), true);
  assert.equal(passes('-1e-1000000000000000', '1e-6', { absolute: 1e-6 }), false);
  assert.equal(passes('-1e-1000000000000000', '1e-7', { absolute: 1e-6 }), true);
  assert.equal(passes('0e1000000000000000', '0', exact), true);
  const [long, longer] = [`1e1${'0'.repeat(3000)}`, `10e${'9'.repeat(3000)}`];
  assert.equal(passes(long, longer, exact), true);
});

interface Rational {
  readonly numerator: bigint;
  /** Power of ten. */
  readonly denominator: bigint;
}

/** Reads a number as a fraction, in another way than the checker does. */
function rationalOf(text: string): Rational {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? assert.fail(text);
  const shift = BigInt(exponent) - BigInt(fraction.length);
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  return {
    numerator: digits * (shift > 0n ? 10n ** shift : 1n),
    denominator: shift < 0n ? 10n ** -shift : 1n,
  };
}

const size = (number: bigint) => (number < 0n ? -number : number);

function isClose(wanted: string, got: string, { absolute = 0, relative = 0 }: Tolerance): boolean {
  const [w, g, a, r] = [wanted, got, String(absolute), String(relative)].map(rationalOf) as [
    Rational,
    Rational,
    Rational,
    Rational,
  ];
  const error = size(w.numerator * g.denominator - g.numerator * w.denominator);
  const denominator = w.denominator * g.denominator;
  return (
    error * a.denominator <= a.numerator * denominator ||
    error * r.denominator * w.denominator <= r.numerator * size(w.numerator) * denominator
  );
}

const digit = fc.constantFrom('0', '1', '4', '5', '9');
const digits = (minLength: number) => fc.string({ unit: digit, minLength, maxLength: 25 });
const decimal = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.oneof(
      fc.tuple(digits(1), digits(0)).map(([whole, fraction]) => `${whole}.${fraction}`),
      digits(1).map((fraction) => `.${fraction}`),
      digits(1),
    ),
    fc.oneof(
      fc.constant(''),
      fc.integer({ min: -420, max: 420 }).map((exponent) => `e${exponent}`),
    ),
  )
  .map((parts) => parts.join(''));
const tolerance = fc.record({
  absolute: fc.oneof(fc.constantFrom(0, 1e-6, 0.1, 1, 1e300), fc.double({ min: 0, max: 10, noNaN: true })),
  relative: fc.oneof(fc.constantFrom(0, 1e-9, 0.1, 1, 2), fc.double({ min: 0, max: 10, noNaN: true })),
});

test('numbers that have nothing to do with each other are judged as fractions are', () => {
  fc.assert(
    fc.property(decimal, decimal, tolerance, (wanted, got, allowed) => {
      assert.equal(passes(wanted, got, allowed), isClose(wanted, got, allowed));
      assert.equal(passes(wanted, wanted, allowed), true);
    }),
    { numRuns: 3000 },
  );
});

test('numbers whose error is at its bound, or one digit beside it, are judged as fractions are', () => {
  const places = fc.integer({ min: 0, max: 40 });
  const near = fc.integer({ min: -1, max: 1 });
  const number = fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n });
  const shortTolerance = fc.record({
    absolute: fc.constantFrom(0, 1e-6, 0.1, 1, 5e-324, 1e21, 0.30000000000000004),
    relative: fc.constantFrom(0, 1e-9, 0.1, 1, 123456.7890123, 1e-300),
  });
  fc.assert(
    fc.property(
      number,
      places,
      near,
      fc.boolean(),
      shortTolerance,
      (units, scale, beside, isOver, allowed) => {
        const wanted = `${units}e-${scale}`;
        const bound = boundOf(units, scale, allowed);
        const got = `${units * 10n ** 400n + (isOver ? bound : -bound) + BigInt(beside)}e-${scale + 400}`;
        assert.equal(passes(wanted, got, allowed), isClose(wanted, got, allowed));
      },
    ),
    { numRuns: 3000 },
  );
});

/** The allowed error of `units`e-`scale` in units of 10^-(scale + 400), rounded down. */
function boundOf(units: bigint, scale: number, allowed: Required<Tolerance>): bigint {
  const absolute = rationalOf(String(allowed.absolute));
  const relative = rationalOf(String(allowed.relative));
  const ofAbsolute = (absolute.numerator * 10n ** BigInt(scale + 400)) / absolute.denominator;
  const ofRelative = (relative.numerator * size(units) * 10n ** 400n) / relative.denominator;
  return ofAbsolute > ofRelative ? ofAbsolute : ofRelative;
}
