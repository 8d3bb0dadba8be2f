// How many containers are kept between programs, and which are let go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeeping } from './keeping.ts';

/** `leave` for containers by name, and the names of those that were let go. */
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

test('as many are kept as may be', async () => {
  const { left, leave } = createContainers();
  const keeping = createKeeping(3);
  for (const name of ['a', 'b', 'c', 'a', 'b']) assert.equal(await keeping.use(leave(name), atOnce), 1);
  assert.deepEqual(left, []);
});

test('of more, those that ran last are let go, as they are the last to run again', async () => {
  const { left, leave } = createContainers();
  const keeping = createKeeping(3);
  for (const name of ['a', 'b', 'c', 'd', 'e']) await keeping.use(leave(name), atOnce);
  assert.deepEqual(left, ['c', 'd']);
});

test('none is let go while its program runs', async () => {
  const { left, leave } = createContainers();
  const keeping = createKeeping(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const runs = ['a', 'b', 'c'].map((name) => keeping.use(leave(name), () => promise));
  await keeping.use(leave('d'), atOnce);
  assert.deepEqual(left, ['d']);
  resolve();
  await Promise.all(runs);
  assert.equal(left.length, 3);
});

test('one whose program failed is kept too: its workspace knows whether there is anything to keep', async () => {
  const { left, leave } = createContainers();
  const keeping = createKeeping(1);
  await assert.rejects(
    keeping.use(leave('a'), () => Promise.reject(new Error('lost'))),
    /lost/,
  );
  await keeping.use(leave('b'), atOnce);
  assert.deepEqual(left, ['a']);
});

test('one that is forgotten is not let go, and leaves room', async () => {
  const { left, leave } = createContainers();
  const keeping = createKeeping(2);
  for (const name of ['a', 'b']) await keeping.use(leave(name), atOnce);
  keeping.forget(leave('b'));
  await keeping.use(leave('c'), atOnce);
  assert.deepEqual(left, []);
});
