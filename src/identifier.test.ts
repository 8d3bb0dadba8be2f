// Identifiers: their form, their order and that none comes twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdentifier } from './identifier.ts';

test('identifiers are ULIDs, and no two of many are the same', () => {
  const many = Array.from({ length: 20_000 }, createIdentifier);
  for (const identifier of many) assert.match(identifier, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.equal(new Set(many).size, many.length);
});

test('every character is used in every random place', () => {
  const many = Array.from({ length: 2000 }, createIdentifier);
  for (let place = 10; place < 26; place += 1)
    assert.equal(new Set(many.map((identifier) => identifier[place])).size, 32);
});

test('a later identifier sorts behind an earlier one', async () => {
  const earlier = createIdentifier();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(createIdentifier() > earlier);
});

test('the order holds while the clock of the machine is set back', (t) => {
  const later = Date.now() + 60_000;
  const clock = t.mock.method(Date, 'now', () => later);
  const first = createIdentifier();
  clock.mock.mockImplementation(() => later - 3_600_000);
  assert.ok(createIdentifier().slice(0, 10) >= first.slice(0, 10));
  clock.mock.restore();
});
