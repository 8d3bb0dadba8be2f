// When tests start, end early and are reported, without boxes or verdicts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OrderedWork, runInOrder } from './run-in-order.ts';
import { createSlotScheduler } from './slot-scheduler.ts';

function createWork(overrides: Partial<OrderedWork<string>>): OrderedWork<string> & { reported: string[] } {
  const share = createSlotScheduler(2).share(1);
  const reported: string[] = [];
  return {
    reported,
    groups: [[0, 1, 2]],
    parallel: 2,
    signal: new AbortController().signal,
    acquire: (signal) => share.acquire(signal),
    run: async (index) => () => `ran ${index}`,
    endsAll: () => false,
    leaveOut: (index, status) => `${status} ${index}`,
    onResult: (result) => void reported.push(result),
    ...overrides,
  };
}

test('nothing to do is done at once', async () => {
  assert.deepEqual(await runInOrder(createWork({ groups: [] })), []);
});

test('the end does not wait for a slot that is no longer needed', async () => {
  const scheduler = createSlotScheduler(2);
  await scheduler.share(1).acquire(new AbortController().signal);
  const share = scheduler.share(1);
  const results = await runInOrder(createWork({ acquire: (signal) => share.acquire(signal) }));
  assert.deepEqual(results, ['ran 0', 'ran 1', 'ran 2']);
  assert.deepEqual(scheduler.state(), { slots: 2, held: 1, waiting: 0 });
});

test('a result is made after the slot was given back', async () => {
  const scheduler = createSlotScheduler(1);
  const share = scheduler.share(1);
  const held: number[] = [];
  await runInOrder(
    createWork({
      parallel: 1,
      acquire: (signal) => share.acquire(signal),
      run: async () => () => {
        held.push(scheduler.state().held);
        return '';
      },
    }),
  );
  assert.deepEqual(held, [0, 0, 0]);
});

test('results are reported as soon as all before them are known', async () => {
  const work = createWork({
    parallel: 2,
    run: async (index) => {
      if (index === 0) await sleep(10);
      if (index === 2) assert.deepEqual(work.reported, []);
      return () => `ran ${index}`;
    },
  });
  await runInOrder(work);
  assert.deepEqual(work.reported, ['ran 0', 'ran 1', 'ran 2']);
});

test('an earlier failure that is known later moves the end to the front', async () => {
  const work = createWork({
    run: async (index) => {
      if (index === 0) await sleep(10);
      return () => `failed ${index}`;
    },
    endsAll: (result) => result.startsWith('failed'),
  });
  assert.deepEqual(await runInOrder(work), ['failed 0', 'skipped 1', 'skipped 2']);
  assert.deepEqual(work.reported, ['failed 0', 'skipped 1', 'skipped 2']);
});

test('an error of the scheduler is thrown', async () => {
  const work = createWork({ acquire: () => Promise.reject(new Error('no scheduler')) });
  await assert.rejects(runInOrder(work), /no scheduler/);
});

test('as many as there are run, also when slots are granted at the same moment', async () => {
  let given = 0;
  let returned = 0;
  const started: number[] = [];
  const work = createWork({
    acquire: async () => {
      given += 1;
      return {
        [Symbol.dispose]: () => {
          returned += 1;
        },
      };
    },
    run: async (index) => {
      started.push(index);
      return () => `ran ${index}`;
    },
  });
  assert.deepEqual(await runInOrder(work), ['ran 0', 'ran 1', 'ran 2']);
  assert.deepEqual(started, [0, 1, 2]);
  assert.equal(returned, given);
});
