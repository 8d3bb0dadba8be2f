// What the checker `unordered_lines` takes for the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChecker } from './catalog.ts';

const checker = createChecker({ type: 'unordered_lines' });
const check = (expected: string, output: string) => checker(Buffer.from(expected), Buffer.from(output));

test('order, trailing white space and blank lines do not matter', () => {
  assert.equal(check('a\nb\nc', 'c \n\na\r\nb\n').passed, true);
});

test('how often a line is there matters', () => {
  assert.equal(check('a\na\nb', 'a\nb\nb').message, 'Line 3 is there too often: got "b".');
  assert.equal(check('a\na', 'a').message, 'A line is missing: expected "a".');
  assert.equal(check('a', 'a\nb').message, 'Line 2 is not expected: got "b".');
});

test('names of an object are lines like any other', () => {
  assert.equal(check('__proto__', 'constructor').passed, false);
  assert.equal(check('__proto__', '__proto__').passed, true);
});

test('any order of the lines has the same verdict', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 3 });
  const reordered = fc
    .array(line)
    .chain((lines) => fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })));
  fc.assert(
    fc.property(reordered, fc.array(line), ([lines, shuffled], others) => {
      assert.equal(check(lines.join('\n'), shuffled.join('\n')).passed, true);
      const verdict = check(others.join('\n'), lines.join('\n')).passed;
      assert.equal(check(others.join('\n'), shuffled.join('\n')).passed, verdict);
    }),
  );
});
