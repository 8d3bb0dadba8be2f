// What the checker `case_insensitive` takes for the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChecker } from './catalog.ts';

const checker = createChecker({ type: 'case_insensitive' });
const check = (expected: string | Uint8Array, output: string | Uint8Array) =>
  checker(Buffer.from(expected), Buffer.from(output));

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

test('the place of a difference is not that of another case', () => {
  const same = 'x'.repeat(100);
  const { message } = check(`${same}Ж1`, `${same.toUpperCase()}ж2`);
  assert.match(message ?? '', /^Line 1 differs at column 102: expected …"x{19}Ж1", got …"X{19}ж2"\.$/);
});

test('bytes beside letters have no case, and letters beside such bytes have', () => {
  assert.equal(check(Buffer.from('A\xff', 'latin1'), Buffer.from('a\xff', 'latin1')).passed, true);
  assert.equal(check(Buffer.from('a\xc0', 'latin1'), Buffer.from('a\xe0', 'latin1')).passed, false);
});
