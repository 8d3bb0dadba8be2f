// What the checker `exact` refuses, and where it says the outputs differ.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChecker } from './catalog.ts';

const checker = createChecker({ type: 'exact' });
const check = (expected: string, output: string) => checker(Buffer.from(expected), Buffer.from(output));

test('the same text passes', () => {
  assert.deepEqual(check('a\n b \n', 'a\n b \n'), { passed: true, message: null });
});

test('a line feed more at the end fails and is shown', () => {
  assert.deepEqual(check('5', '5\n'), {
    passed: false,
    message:
      'Line 1 differs at column 2: expected "5", got "5\\n". ' +
      'Only white space differs: there is one newline too many at the end.',
  });
});

test('a line feed that is missing at the end is named', () => {
  assert.equal(
    check('a\n5\n', 'a\n5').message,
    'Line 2 differs at column 2: expected "5\\n", got "5". Only white space differs: the last newline is missing.',
  );
});

test('CRLF is not LF', () => {
  assert.equal(
    check('a\nb\n', 'a\r\nb\r\n').message,
    'Line 1 differs at column 2: expected "a\\n", got "a\\r\\n". ' +
      'There, U+000A (line feed) is expected, not U+000D (carriage return). Only white space differs: CRLF is not LF.',
  );
});

test('other tokens are no matter of white space', () => {
  assert.doesNotMatch(check('a b', 'a c').message ?? '', /white space/);
  assert.match(check('a b', 'a  b').message ?? '', / Only white space differs\.$/);
});

test('the place is that of the first difference', () => {
  assert.match(check('one\ntwo\nthree', 'one\ntwo\nthrew').message ?? '', /^Line 3 differs at column 5:/);
  assert.match(check('one\n\ntwo', 'one\n\n\ntwo').message ?? '', /^Line 3 differs at column 1:/);
  assert.match(check('héé1', 'héé2').message ?? '', /^Line 1 differs at column 4:/);
  assert.match(check('😀😀', '😀😁').message ?? '', /^Line 1 differs at column 2:/);
});

test('a difference far along a line is what the message shows, and the message stays short', () => {
  const same = 'x'.repeat(100_000);
  const { message } = check(`${same}A${same}`, `${same}B${same}`);
  assert.match(message ?? '', /^Line 1 differs at column 100001: expected …"x{20}Ax+"…, got …"x{20}Bx+"…/);
  assert.ok((message ?? '').length < 300);
});

test('a byte order mark counts', () => {
  assert.equal(check('5', '\ufeff5').passed, false);
});
