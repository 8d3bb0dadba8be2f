// The beginning of a text, as results show it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginningOfText } from './text-encoding.ts';

test('the beginning of a text has whole characters and at most the given number of bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, bytes) => {
      const beginning = beginningOfText(text, 'utf8', bytes);
      assert.ok(text.startsWith(beginning) && beginning.isWellFormed());
      assert.ok(Buffer.byteLength(beginning) <= bytes);
      const next = [...text.slice(beginning.length)][0];
      assert.ok(next === undefined || Buffer.byteLength(beginning + next) > bytes);
    }),
  );
});

test('the beginning of Base64 is Base64', () => {
  assert.equal(beginningOfText('YWJjYWJj', 'base64', 7), 'YWJj');
  assert.equal(beginningOfText('YWJj', 'base64', 64), 'YWJj');
});
