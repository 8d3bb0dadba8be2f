// What the checker `case_insensitive` takes for the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCaseInsensitive } from './case-insensitive.ts';

const check = (expectedOutput: string, output: string) =>
  checkCaseInsensitive({ input: '', expectedOutput, output });

test('upper and lower case are the same, in any script', () => {
  assert.equal(check('YES\nno', 'yes \nNO\n').passed, true);
  assert.equal(check('Straße', 'STRASSE').passed, true);
  assert.equal(check('ΟΔΟΣ', 'οδος').passed, true);
  assert.equal(check('οδοσ', 'οδος').passed, true);
  assert.equal(check('Ж', 'ж').passed, true);
});

test('everything else counts as in trim, and the message shows what was written', () => {
  assert.equal(check('YES', 'No').message, 'Line 1 differs: expected "YES", got "No".');
  assert.equal(check('a b', 'A  B').passed, false);
});
