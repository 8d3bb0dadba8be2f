// What the checker `exact` refuses, and where it says the texts differ.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExact } from './exact.ts';

const check = (expectedOutput: string, output: string) => checkExact({ input: '', expectedOutput, output });

test('the same text passes', () => {
  assert.deepEqual(check('a\n b \n', 'a\n b \n'), { passed: true, message: null });
});

test('a line feed more at the end fails and is shown', () => {
  assert.deepEqual(check('5', '5\n'), {
    passed: false,
    message: 'Line 1 differs at column 2: expected "5", got "5\\n".',
  });
});

test('CRLF is not LF', () => {
  assert.equal(check('a\n', 'a\r\n').passed, false);
});

test('the place is that of the first difference', () => {
  assert.match(check('one\ntwo\nthree', 'one\ntwo\nthrew').message ?? '', /^Line 3 differs at column 5:/);
  assert.match(check('one\n\ntwo', 'one\n\n\ntwo').message ?? '', /^Line 3 differs at column 1:/);
});

test('a difference far along a line is what the message shows, and the message stays short', () => {
  const same = 'x'.repeat(100_000);
  const { message } = check(`${same}A${same}`, `${same}B${same}`);
  assert.match(message ?? '', /expected …"x{20}Ax+"…, got …"x{20}Bx+"…/);
  assert.ok((message ?? '').length < 300);
});

test('a byte order mark counts', () => {
  assert.equal(check('5', '\ufeff5').passed, false);
});
