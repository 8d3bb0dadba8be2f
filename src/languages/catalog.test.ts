// Which languages a service offers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES, offerLanguages } from './catalog.ts';

test('every language is offered unless some are named', () => {
  assert.deepEqual(offerLanguages([]).all, LANGUAGES);
});

test('named languages are offered in the order of the catalog, by all their names, and no others', () => {
  const { all, find } = offerLanguages(['C++', 'py', 'python']);
  assert.deepEqual(
    all.map(({ id }) => id),
    ['python', 'cpp'],
  );
  assert.equal(find('python3')?.id, 'python');
  assert.equal(find('java'), null);
  assert.equal(find('abap'), null);
});
