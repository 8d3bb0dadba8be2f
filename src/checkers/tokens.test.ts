// What the checker `tokens` takes for the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChecker } from './catalog.ts';

const checker = createChecker({ type: 'tokens' });
const check = (expected: string, output: string) => checker(Buffer.from(expected), Buffer.from(output));

test('layout does not matter', () => {
  assert.equal(check('1 2\n3', '  1\n\n2\t3 \r\n').passed, true);
  assert.equal(check('', ' \n').passed, true);
});

test('the first token that differs, is missing or is too many is named', () => {
  assert.equal(check('1 2 3', '1 5 3').message, 'Token 2 differs: expected "2", got "5".');
  assert.equal(check('1 2 3', '1 2').message, 'Token 3 is missing: expected "3".');
  assert.equal(check('1 2', '1 2 3').message, 'Token 3 is one too many: got "3".');
});

test('joined tokens are not the same as separate ones', () => {
  assert.equal(check('1 2', '12').passed, false);
});

test('the verdict is that of splitting at white space', () => {
  const split = (text: string) => text.split(/[\t-\r ]+/).filter((token) => token !== '');
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (expected, output) => {
      const same = JSON.stringify(split(expected)) === JSON.stringify(split(output));
      assert.equal(check(expected, output).passed, same);
    }),
  );
});
