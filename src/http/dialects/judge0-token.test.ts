// Tokens and the ids that they stand for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdentifier } from '../../identifier.ts';
import { executionIdOf, tokenOf } from './judge0-token.ts';

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a token is a UUID of version 4 and leads back to its id', () => {
  for (let time = 0; time < 500; time += 1) {
    const id = createIdentifier();
    assert.match(tokenOf(id), UUID4);
    assert.equal(executionIdOf(tokenOf(id)), id);
    assert.equal(executionIdOf(tokenOf(id).toUpperCase()), id);
  }
});

test('ids keep their bits at both ends', () => {
  for (const id of ['00000000000000000000000001', '03ZZZZZZZZZZZZZZZZZZZZZZZZ']) {
    assert.equal(executionIdOf(tokenOf(id)), id);
  }
});

test('other texts are no tokens, and other ids have none', () => {
  for (const text of [
    '',
    'x',
    '1',
    '6c768b23-7161-1323-a20f-70cf6ec4daa3',
    `${tokenOf(createIdentifier())}0`,
  ]) {
    assert.equal(executionIdOf(text), null);
  }
  for (const id of ['', '04000000000000000000000000', 'not-an-id'])
    assert.throws(() => tokenOf(id), RangeError);
});
