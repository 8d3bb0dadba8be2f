// The pool of containers: which one a submission gets, what is kept, and that nothing is left behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestLog } from '../../log-fixture.ts';
import { SandboxError } from '../../sandbox/sandbox.ts';
import { MIB } from '../../units.ts';
import { createContainerPool } from './container-pool.ts';
import { createStarts, type ScriptedContainer, spec, until } from './pool-fixture.ts';

const ONE = spec('one');
const TWO = spec('two');
const closedError = (error: unknown) => error instanceof SandboxError && !error.retryable;

function createParts(size: number, { atOnce = true } = {}) {
  const starts = createStarts({ atOnce });
  const pool = createContainerPool({ size, start: starts.start, log: createTestLog() });
  return { starts, pool };
}

test('the first submission of a kind has a container started, the next finds the one that replaced it', async () => {
  const { starts, pool } = createParts(2);
  const first = await pool.take(ONE);
  assert.deepEqual(pool.state(), { idle: 0, hits: 0, misses: 1 });
  await until(() => pool.state().idle === 1);
  const second = await pool.take(ONE);
  assert.notEqual(second, first);
  assert.deepEqual(pool.state(), { idle: 0, hits: 1, misses: 1 });
  await until(() => pool.state().idle === 1);
  assert.equal(starts.started.length, 3);
  await pool.close();
});

test('what is taken once is not replaced', async () => {
  const { starts, pool } = createParts(2);
  await pool.takeOnce(ONE);
  pool.warm(TWO);
  await until(() => pool.state().idle === 1);
  assert.deepEqual(starts.asked, ['one', 'two']);
  await pool.close();
});

test('one kind is warmed once', async () => {
  const { starts, pool } = createParts(4);
  pool.warm(ONE);
  pool.warm(ONE);
  await until(() => pool.state().idle === 1);
  pool.warm(ONE);
  pool.warm(TWO);
  await until(() => pool.state().idle === 2);
  assert.deepEqual(starts.asked, ['one', 'two']);
  await pool.close();
});

test('a kind whose only container has ended is warmed again', async () => {
  const { starts, pool } = createParts(4);
  pool.warm(ONE);
  await until(() => pool.state().idle === 1);
  starts.started[0]?.end();
  assert.equal(pool.state().idle, 0, 'one that ended is not ready');
  pool.warm(ONE);
  await until(() => pool.state().idle === 1);
  await pool.close();
  assert.ok(starts.started.every(({ wasRemoved }) => wasRemoved));
});

test('containers that ended while they were idle are passed over and removed', async () => {
  const { starts, pool } = createParts(3);
  for (const kind of [ONE, spec('one', { memoryBytes: 80 * MIB })]) {
    pool.warm(kind);
    await until(() => starts.started.length === starts.asked.length && pool.state().idle > 0);
  }
  await until(() => pool.state().idle === 2);
  const [ended, alive] = starts.started as [ScriptedContainer, ScriptedContainer];
  ended.end();
  assert.equal(await pool.takeOnce(ONE), alive);
  await until(() => ended.wasRemoved);
  assert.deepEqual(alive.limits(), ONE.limits);
  await pool.close();
});

test('containers that do not answer are passed over and removed, and one that does is found among them', async () => {
  const { starts, pool } = createParts(4);
  for (let count = 1; count <= 3; count++) {
    pool.warm(spec('one', { processes: count }));
    await until(() => pool.state().idle === count);
  }
  const [first, second, third] = starts.started as [ScriptedContainer, ScriptedContainer, ScriptedContainer];
  for (const frozen of [first, second]) frozen.freeze();
  assert.equal(await pool.takeOnce(spec('one', { processes: 1 })), third);
  assert.deepEqual(pool.state(), { idle: 0, hits: 1, misses: 0 });
  await until(() => first.wasRemoved && second.wasRemoved);
  assert.equal(third.wasRemoved, false);
  await pool.close();
});

test('where none that is ready answers, another is started', async () => {
  const { starts, pool } = createParts(4);
  for (const image of ['one', 'two']) {
    pool.warm(spec(image));
    await until(() => starts.started.some((each) => each.spec.image === image));
  }
  await until(() => pool.state().idle === 2);
  for (const frozen of starts.started) frozen.freeze();
  const taken = await pool.takeOnce(ONE);
  assert.equal(taken, starts.started[2]);
  assert.deepEqual(pool.state(), { idle: 0, hits: 0, misses: 1 });
  await until(() => starts.started.slice(0, 2).every(({ wasRemoved }) => wasRemoved));
  await pool.close();
});

test('a submission does not begin a start when one of its kind is under way', async () => {
  const { starts, pool } = createParts(2, { atOnce: false });
  pool.warm(ONE);
  await until(() => starts.pending.length === 1);
  const taking = pool.take(ONE);
  const container = starts.pending[0]?.succeed();
  assert.equal(await taking, container);
  assert.deepEqual(pool.state(), { idle: 0, hits: 0, misses: 1 });
  await until(() => starts.pending.length === 1); // its replacement
  starts.pending[0]?.succeed();
  await pool.close();
});

test('a container of the same image serves with other limits, which are changed where they are not near', async () => {
  const { starts, pool } = createParts(4);
  const wanted = spec('one', { memoryBytes: 40 * MIB, processes: 9, cpuQuota: 0.5 });
  pool.warm(ONE);
  await until(() => pool.state().idle === 1);
  const container = await pool.takeOnce(wanted);
  assert.equal(container, starts.started[0]);
  assert.deepEqual(container.limits(), wanted.limits);
  await pool.close();
});

test('a little more memory than was asked for is left as it is, less is not', async () => {
  const { pool } = createParts(4);
  for (const [askedMib, isLeft] of [
    [63, true],
    [62, true],
    [61, false],
    [65, false],
  ] as const) {
    pool.warm(ONE);
    await until(() => pool.state().idle === 1);
    const wanted = spec('one', { memoryBytes: askedMib * MIB });
    const container = await pool.takeOnce(wanted);
    assert.equal(container.limits().memoryBytes, isLeft ? 64 * MIB : askedMib * MIB, `${askedMib} MiB`);
    pool.release(container);
  }
  await pool.close();
});

test('a container of another image or another size of disk does not serve', async () => {
  const { starts, pool } = createParts(4);
  pool.warm(ONE);
  await until(() => pool.state().idle === 1);
  await pool.takeOnce(TWO);
  await pool.takeOnce(spec('one', {}, 16 * MIB));
  assert.equal(starts.started.length, 3);
  assert.deepEqual(pool.state(), { idle: 1, hits: 0, misses: 2 });
  await pool.close();
});

test('of more than there is room for, the kinds longest not asked for give way', async () => {
  const { starts, pool } = createParts(2);
  for (const image of ['a', 'b']) {
    pool.warm(spec(image));
    await until(() => starts.started.some((each) => each.spec.image === image));
  }
  await until(() => pool.state().idle === 2);
  pool.release(await pool.take(spec('a'))); // replaced: `b` is now the longest not asked for
  await until(() => pool.state().idle === 2);
  pool.warm(spec('c'));
  await until(() => starts.started.some((each) => each.spec.image === 'c'));
  await until(() => starts.started.some((each) => each.spec.image === 'b' && each.wasRemoved));
  assert.equal(pool.state().idle, 2);
  assert.ok(starts.started.every((each) => each.spec.image !== 'c' || !each.wasRemoved));
  await pool.close();
});

test('a container that is given back is removed, never given out again', async () => {
  const { pool } = createParts(0);
  const container = (await pool.take(ONE)) as ScriptedContainer;
  pool.release(container);
  assert.equal(container.wasRemoved, true);
  assert.notEqual(await pool.take(ONE), container);
  await pool.close();
});

test('a submission waits while many containers are being removed', async () => {
  const { promise: removed, resolve: endRemovals } = Promise.withResolvers<void>();
  const starts = createStarts({ atOnce: true });
  const start = async (wanted: typeof ONE) => ({
    ...(await starts.start(wanted)),
    remove: () => removed,
  });
  const pool = createContainerPool({ size: 0, start, log: createTestLog() });
  for (let count = 0; count < 4; count += 1) pool.release(await pool.takeOnce(ONE));
  const waiting = pool.takeOnce(ONE);
  await sleep(20);
  assert.equal(starts.started.length, 4);
  endRemovals();
  await waiting;
  assert.equal(starts.started.length, 5);
  await pool.close();
});

test('a container that cannot be given the limits is removed, and the submission told', async () => {
  const { starts, pool } = createParts(1, { atOnce: false });
  pool.warm(ONE);
  await until(() => starts.pending.length === 1);
  const taking = pool.takeOnce(ONE);
  const container = starts.pending[0]?.succeed() as ScriptedContainer;
  assert.equal(await taking, container);
  const failing = { ...container, setLimits: () => Promise.reject(new Error('no')) };
  const another = createContainerPool({ size: 1, start: async () => failing, log: createTestLog() });
  await assert.rejects(another.takeOnce(spec('one', { processes: 3 })), /^Error: no$/);
  assert.equal(container.wasRemoved, true);
  await Promise.all([pool.close(), another.close()]);
});

test('a pool that is closed removes what is idle, what is taken and what is being started, and gives out nothing', async () => {
  const { starts, pool } = createParts(2, { atOnce: false });
  const taking = pool.takeOnce(ONE);
  const taken = starts.pending[0]?.succeed();
  await taking;
  pool.warm(ONE);
  await until(() => starts.pending.length === 1);
  starts.pending[0]?.succeed();
  await until(() => pool.state().idle === 1);
  pool.warm(TWO);
  await until(() => starts.pending.length === 1);
  const late = assert.rejects(pool.takeOnce(spec('three')), closedError);
  let isClosed = false;
  const closed = pool.close().then(() => {
    isClosed = true;
  });
  await assert.rejects(pool.take(ONE), closedError);
  const [refilling, claimed] = [...starts.pending];
  refilling?.succeed();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isClosed, false, 'one is being started');
  claimed?.succeed();
  await closed;
  await late;
  assert.equal(taken?.wasRemoved, true);
  assert.equal(starts.started.length, 4);
  assert.deepEqual(
    starts.started.filter(({ wasRemoved }) => !wasRemoved),
    [],
  );
});
