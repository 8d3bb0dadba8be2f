// Keys as settings write them: plain, or as a name and a digest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, keysFromSetting, ORDINARY_SCOPES } from './key.ts';
import { createKeyRing } from './key-ring.ts';

const DIGEST = digestOf('the secret').toString('hex');
const options = { name: 'key', scopes: ORDINARY_SCOPES };

test('a plain key goes by its place, and a digest by the name before it', () => {
  const keys = keysFromSetting(['plain', `grader:sha256:${DIGEST}`], options);
  assert.deepEqual(
    keys.map(({ name }) => name),
    ['key-1', 'grader'],
  );
  assert.deepEqual(keys[1]?.digest, digestOf('the secret'));
});

test('what only looks like a digest is a plain key', () => {
  for (const entry of [`a:sha256:${DIGEST.slice(1)}`, `:sha256:${DIGEST}`, `a:md5:${DIGEST}`, 'a=b:c==']) {
    const [key] = keysFromSetting([entry], options);
    assert.equal(key?.name, 'key-1');
    assert.deepEqual(key?.digest, digestOf(entry));
  }
});

test('a digest is no key: only the text that it was made from is', () => {
  const ring = createKeyRing({ apiKeys: [`grader:sha256:${DIGEST}`], adminApiKeys: [] });
  assert.equal(ring.find(['the secret'])?.name, 'grader');
  assert.equal(ring.find([DIGEST]), null);
  assert.equal(ring.find([`grader:sha256:${DIGEST}`]), null);
  assert.equal(ring.find([]), null);
});

test('a key that is given twice has the rights of the administrator', () => {
  const ring = createKeyRing({ apiKeys: ['same'], adminApiKeys: ['same'] });
  assert.deepEqual(ring.find(['same'])?.scopes, ['execute', 'metrics', 'admin']);
});
