// What the checker `float` takes for a number, and how close is close.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFloatChecker, type Tolerance } from './float.ts';

const passes = (expectedOutput: string, output: string, tolerance: Tolerance = {}) =>
  createFloatChecker(tolerance)({ input: '', expectedOutput, output }).passed;

test('numbers that are close pass, by the absolute or by the relative error', () => {
  assert.equal(passes('3.14159265', '3.1415927'), true);
  assert.equal(passes('0', '0.0000009'), true);
  assert.equal(passes('1000000000', '1000000900'), true);
  assert.equal(passes('1000000000', '1000002000'), false);
  assert.equal(passes('3.14', '3.15'), false);
});

test('an error that is named alone stands alone', () => {
  assert.equal(passes('1000000000', '1000000001', { absolute: 0.5 }), false);
  assert.equal(passes('1000000000', '1000000001', { absolute: 1 }), true);
  assert.equal(passes('0', '0.0000001', { relative: 0.1 }), false);
  assert.equal(passes('100', '109', { relative: 0.1 }), true);
  assert.equal(passes('100', '111', { absolute: 1, relative: 0.1 }), false);
});

test('an allowed error of zero asks for the same number, however it is written', () => {
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
  const { message } = createFloatChecker({})({ input: '', expectedOutput: '1.0 2.0', output: '1.0 2.5' });
  assert.equal(message, 'Token 2 differs: expected "2.0", got "2.5".');
});

test('any finite number answers itself, and the rule is the one documented', () => {
  const number = fc.double({ noDefaultInfinity: true, noNaN: true });
  const tolerance = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(number, number, tolerance, tolerance, (wanted, got, absolute, relative) => {
      assert.equal(passes(String(wanted), String(wanted), { absolute, relative }), true);
      const error = Math.abs(wanted - got);
      const isClose = error <= absolute || error <= relative * Math.abs(wanted);
      assert.equal(passes(String(wanted), String(got), { absolute, relative }), isClose);
    }),
  );
});
