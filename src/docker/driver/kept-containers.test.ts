// How many containers are kept between programs, and which are released.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeptContainers } from './kept-containers.ts';

/** `leave` for containers by name, and the names of those that were released. */
function createContainers() {
  const left: string[] = [];
  const known = new Map<string, () => void>();
  const leave = (name: string) => {
    const found = known.get(name) ?? (() => void left.push(name));
    known.set(name, found);
    return found;
  };
  return { left, leave };
}

const atOnce = async () => 1;

test('containers are kept up to the bound', async () => {
  const { left, leave } = createContainers();
  const kept = createKeptContainers(3);
  for (const name of ['a', 'b', 'c', 'a', 'b']) assert.equal(await kept.use(leave(name), atOnce), 1);
  assert.deepEqual(left, []);
});

test('beyond the bound those that ran last are released, as they run again last', async () => {
  const { left, leave } = createContainers();
  const kept = createKeptContainers(3);
  for (const name of ['a', 'b', 'c', 'd', 'e']) await kept.use(leave(name), atOnce);
  assert.deepEqual(left, ['c', 'd']);
});

test('no container is released while its program runs', async () => {
  const { left, leave } = createContainers();
  const kept = createKeptContainers(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const runs = ['a', 'b', 'c'].map((name) => kept.use(leave(name), () => promise));
  await kept.use(leave('d'), atOnce);
  assert.deepEqual(left, ['d']);
  resolve();
  await Promise.all(runs);
  assert.equal(left.length, 3);
});

test('a container whose program failed is kept, as its workspace decides whether it is usable', async () => {
  const { left, leave } = createContainers();
  const kept = createKeptContainers(1);
  await assert.rejects(
    kept.use(leave('a'), () => Promise.reject(new Error('lost'))),
    /lost/,
  );
  await kept.use(leave('b'), atOnce);
  assert.deepEqual(left, ['a']);
});

test('a container that is gone is not released, and makes room', async () => {
  const { left, leave } = createContainers();
  const kept = createKeptContainers(2);
  for (const name of ['a', 'b']) await kept.use(leave(name), atOnce);
  kept.forget(leave('b'));
  await kept.use(leave('c'), atOnce);
  assert.deepEqual(left, []);
});
