// What the options `case_sensitive` and `space_change_sensitive` change, in each checker that uses them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHECKER_TYPES, type CheckerOptions, createChecker, OPTIONS_USED } from './catalog.ts';

const check = (options: CheckerOptions, expected: string, output: string) =>
  createChecker(options)(Buffer.from(expected), Buffer.from(output));

type Row = readonly [CheckerOptions, expected: string, output: string, passed: boolean];

const NO_CASE = { case_sensitive: false } as const;
const SPACES = { space_change_sensitive: true } as const;

const ROWS: readonly Row[] = [
  [{ type: 'tokens', ...NO_CASE }, 'YES a', 'yes A', true],
  [{ type: 'tokens', ...NO_CASE }, 'YES', 'yet', false],
  [{ type: 'tokens', ...NO_CASE }, 'É', 'é', false],
  [{ type: 'tokens', ...NO_CASE }, '[', '{', false],
  [{ type: 'tokens', case_sensitive: true }, 'YES', 'yes', false],
  [{ type: 'float', ...NO_CASE }, 'Area 1.5', 'AREA 1.5000001', true],
  [{ type: 'float' }, 'Area 1.5', 'AREA 1.5', false],
  [{ type: 'trim', ...NO_CASE }, 'Yes\nNo', 'YES \nNO\n', true],
  [{ type: 'trim', ...NO_CASE }, 'a b', 'A  B', false],
  [{ type: 'trim', ...NO_CASE }, 'straße', 'STRASSE', false],
  [{ type: 'case_insensitive' }, 'straße', 'STRASSE', true],
  [{ type: 'lines', ...NO_CASE }, 'a b\nc', 'A   B\n\nC', true],
  [{ type: 'unordered_lines', ...NO_CASE }, 'a\nB', 'b\nA', true],
  [{ type: 'unordered_lines', ...NO_CASE }, 'a\nA', 'A', false],
  [{ type: 'exact', ...NO_CASE }, 'a', 'A', false],
  [{ type: 'tokens', ...SPACES }, '1 2\n', '1 2\n', true],
  [{ type: 'tokens', ...SPACES }, '1 2\n', '1  2\n', false],
  [{ type: 'tokens', ...SPACES }, '1 2', '1\n2', false],
  [{ type: 'tokens', ...SPACES }, '1 2\n', '1 2', false],
  [{ type: 'tokens', ...SPACES }, '1', ' 1', false],
  [{ type: 'tokens', ...SPACES }, '1\n2', '1\r\n2', false],
  [{ type: 'tokens', ...SPACES, ...NO_CASE }, 'a b', 'A B', true],
  [{ type: 'float', ...SPACES }, '1.0 2.0\n', '1 2.0000001\n', true],
  [{ type: 'float', ...SPACES }, '1.0 2.0\n', '1.0  2.0\n', false],
];

for (const [options, expected, output, passed] of ROWS) {
  test(`${JSON.stringify(options)}: ${JSON.stringify([expected, output])} ${passed ? 'is the same' : 'differs'}`, () => {
    assert.equal(check(options, expected, output).passed, passed);
  });
}

/** The edges of numbers, as the deciders of other judges have them or as ours differs on purpose. */
const FLOATS: readonly (readonly [expected: string, output: string, tolerance: object, passed: boolean])[] = [
  ['1', '0.999999', { absolute: 1e-6 }, true],
  ['1', '1.000001', { relative: 1e-6 }, true],
  ['1', '0.9999989', { absolute: 1e-6 }, false],
  ['inf', 'Infinity', {}, true],
  ['inf', '-inf', {}, false],
  ['NaN', 'nan', {}, true],
  ['nan', '0', {}, false],
  ['1', '0x1', {}, false],
  ['1', '1e', {}, false],
  ['1e308', '1e309', {}, false],
  ['1', '1.0', {}, true],
  ['1', '1.0', { absolute: 0 }, true],
  ['0', '-0.0', { relative: 0 }, true],
];

for (const [expected, output, tolerance, passed] of FLOATS) {
  test(`float ${JSON.stringify(tolerance)}: ${output} is ${passed ? 'right' : 'wrong'} for ${expected}`, () => {
    assert.equal(check({ type: 'float', ...tolerance }, expected, output).passed, passed);
  });
}

test('a refusal of white space shows where it differs', () => {
  assert.equal(
    check({ type: 'tokens', ...SPACES }, '1 2\n', '1 2').message,
    'The white space before token 3 differs: expected "\\n", got "". Only white space differs: the last newline is missing.',
  );
});

test('a message names the place that differs in more than case, in the letters that were printed', () => {
  assert.equal(
    check({ type: 'trim', ...NO_CASE }, 'Yes No', 'YES NOT').message,
    'Line 1 differs: expected "Yes No", got "YES NOT".',
  );
});

test('no option makes any checker reject its own answer, or accept less without case', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '1', ' ', '\n'), maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...CHECKER_TYPES), text, text, (type, expected, output) => {
      assert.equal(check({ type, ...NO_CASE, ...SPACES }, expected, expected).passed, true);
      const isRight = check({ type }, expected, output).passed;
      assert.ok(!isRight || check({ type, ...NO_CASE }, expected, output).passed);
      assert.ok(isRight || !check({ type, ...SPACES }, expected, output).passed);
    }),
  );
});

test('an option that a type does not use changes nothing in it', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'A', ' ', '\n'), maxLength: 6 });
  const options = { case_sensitive: false, space_change_sensitive: true };
  for (const type of CHECKER_TYPES) {
    const unused = Object.entries(options).filter(([name]) => !OPTIONS_USED[type].includes(name as never));
    fc.assert(
      fc.property(text, text, (expected, output) => {
        const chosen = check({ type, ...Object.fromEntries(unused) }, expected, output);
        assert.deepEqual(chosen, check({ type }, expected, output));
      }),
    );
  }
});
