// How an offered key is found: by the whole of its digest, in constant time.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { type ApiKey, digestOf, ORDINARY_SCOPES } from './key.ts';
import { createKeyRing } from './key-ring.ts';

function ringOf(...digests: readonly Buffer[]) {
  const keys = digests.map(
    (digest, index): ApiKey => ({ name: `key-${index}`, digest, scopes: ORDINARY_SCOPES, expiresAtMs: null }),
  );
  return createKeyRing({
    apiKeys: [],
    adminApiKeys: [],
    watched: { keys: () => keys, areRequired: () => true },
  });
}

test('a key whose digest differs in one byte, wherever it is, is not found', () => {
  const digest = digestOf('a key');
  assert.equal(ringOf(digest).find(['a key'])?.name, 'key-0');
  for (const index of digest.keys()) {
    const other = Buffer.from(digest);
    other[index] = (other[index] ?? 0) ^ 1;
    assert.equal(ringOf(other).find(['a key']), null, `byte ${index}`);
  }
});

test('every key is compared with every offer in constant time, also after one that matches', (t) => {
  const compare = t.mock.method(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
  t.after(() => {
    compare.mock.restore();
    syncBuiltinESMExports();
  });
  const ring = ringOf(digestOf('first'), digestOf('second'), digestOf('third'));
  assert.equal(ring.find(['first', 'neither'])?.name, 'key-0');
  const lengths = compare.mock.calls.map(({ arguments: [one, other] }) => [one.byteLength, other.byteLength]);
  assert.deepEqual(lengths, Array(6).fill([32, 32]));
});
