// Which files are kept, and for how long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSourceCache, filesKey } from './source-cache.ts';

const KIB = 1024;
const file = (path: string, bytes = 0) => ({ path, content: Buffer.alloc(bytes) });

function createRecorded(capacityBytes: number, store: (artifact: number) => Promise<void> = async () => {}) {
  const stored: number[] = [];
  const dropped: number[] = [];
  const cache = createSourceCache({
    capacityBytes,
    store: () => {
      const artifact = stored.push(stored.length + 1);
      return { artifact, stored: store(artifact) };
    },
    drop: (artifact) => void dropped.push(artifact),
  });
  const hold = (name: string, bytes = 0) => cache.hold(name, [file(name, bytes)]);
  return { cache, stored, dropped, hold };
}

test('the same files are stored once, and stay after their release', () => {
  const { hold, stored, dropped } = createRecorded(64 * KIB);
  const [first, second] = [hold('a'), hold('a')];
  assert.equal(first.artifact, second.artifact);
  first.release();
  second.release();
  assert.equal(hold('a').artifact, first.artifact);
  assert.deepEqual([stored, dropped], [[1], []]);
});

test('beyond the capacity, the least recently used without a holder go', () => {
  const { hold, dropped } = createRecorded(90 * KIB);
  const kept = hold('held', 20 * KIB);
  hold('old', 20 * KIB).release();
  hold('used', 5 * KIB).release();
  hold('old').release();
  hold('new', 20 * KIB).release();
  assert.deepEqual(dropped, [3]);
  kept.release();
});

test('a release counts once', () => {
  const { hold, dropped } = createRecorded(0);
  const [first, second] = [hold('a'), hold('a')];
  first.release();
  first.release();
  assert.deepEqual(dropped, []);
  second.release();
  assert.deepEqual(dropped, [1]);
});

test('files that could not be stored are stored anew', async () => {
  const { hold, stored, dropped } = createRecorded(64 * KIB, (artifact) =>
    artifact === 1 ? Promise.reject(new Error('full')) : Promise.resolve(),
  );
  const failed = hold('a');
  assert.equal(failed.hasFailed(), false);
  await assert.rejects(failed.stored, /full/);
  assert.equal(failed.hasFailed(), true);
  failed.release();
  assert.equal(hold('a').artifact, 2);
  assert.deepEqual([stored, dropped], [[1, 2], []]);
});

test('a clean-up drops what has no holder, and reports its bytes', () => {
  const { cache, hold, dropped } = createRecorded(64 * KIB);
  hold('a', KIB).release();
  const held = hold('b', KIB);
  assert.ok(cache.clear() >= KIB);
  assert.deepEqual(dropped, [1]);
  held.release();
});

test('names, contents and where one ends make the key', () => {
  const key = (...files: [string, string][]) =>
    filesKey(files.map(([path, content]) => ({ path, content: Buffer.from(content) })));
  const keys = [
    ...[key(), key(['a', '']), key(['a', 'b']), key(['ab', '']), key(['a', ''], ['b', ''])],
    ...[key(['b', ''], ['a', '']), key(['a', '\0b\x000\0'])],
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(key(['a', 'b']), key(['a', 'b']));
});
