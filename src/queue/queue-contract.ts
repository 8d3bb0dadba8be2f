// The cases that every queue passes: ids, results, events, cancelling, its bound, who finds room in it, how it closes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../errors.ts';
import type { Execute, ExecutionEvent, ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ExecutionQueue } from './queue.ts';

/** Opens a queue that runs its tasks with `execute`, of which `slots` run while `queueSize` may wait. */
export type OpenQueue = (
  execute: Execute,
  options: { readonly slots: number; readonly queueSize: number },
) => Promise<ExecutionQueue>;

export interface Owner {
  readonly userId?: string | null;
  readonly clientId?: string;
}

let tasks = 0;

/** A task with an id of its own, and nothing that a queue does not need. */
export function taskOf({ userId = null, clientId = 'client' }: Owner = {}): ExecutionTask {
  tasks += 1;
  return { executionId: `execution-${tasks}`, clientId, userId } as ExecutionTask;
}

export const recordOf = (status: string) => ({ status }) as ExecutionRecord;
const RUNNING: ExecutionEvent = { type: 'status', status: 'running' };
const COMPILING: ExecutionEvent = { type: 'status', status: 'compiling' };

/** A queue whose executions end when `endOne` is called, or as cancelled when their signal is aborted. */
async function openControlled(open: OpenQueue, options: { slots: number; queueSize: number }) {
  const ends: (() => void)[] = [];
  const queue = await open((_task, signal) => {
    const { promise, resolve } = Promise.withResolvers<ExecutionRecord>();
    ends.push(() => resolve(recordOf('completed')));
    if (signal.aborted) resolve(recordOf('cancelled'));
    signal.addEventListener('abort', () => resolve(recordOf('cancelled')), { once: true });
    return promise;
  }, options);
  const run = async (owner?: Owner) => queue.result(await queue.submit(taskOf(owner)));
  return { queue, run, endOne: () => ends.shift()?.() };
}

/** Submits a task that must be refused. */
function assertFull(queue: ExecutionQueue, owner?: Owner) {
  return assert.rejects(queue.submit(taskOf(owner)), { code: 'queue_full' });
}

async function statusOf(result: Promise<ExecutionRecord>): Promise<string> {
  return (await result).status;
}

export function testQueueContract(open: OpenQueue): void {
  testResults(open);
  testEvents(open);
  testCancelling(open);
  testBounds(open);
  testClosing(open);
}

function testResults(open: OpenQueue): void {
  test('a task is known by its id, and everyone who waits gets its result', async () => {
    const { queue, endOne } = await openControlled(open, { slots: 1, queueSize: 0 });
    const task = taskOf();
    const id = await queue.submit(task);
    assert.equal(id, task.executionId);
    const waiting = [queue.result(id), queue.result(id)];
    endOne();
    assert.deepEqual(await Promise.all(waiting.map(statusOf)), ['completed', 'completed']);
  });

  test('a result that comes before anyone waits for it is kept', async () => {
    const queue = await open(async () => recordOf('completed'), { slots: 1, queueSize: 0 });
    const id = await queue.submit(taskOf());
    while (queue.depth().active > 0) await sleep(1);
    assert.equal(await statusOf(queue.result(id)), 'completed');
  });

  test('an id that was never submitted is not found', async () => {
    const queue = await open(async () => recordOf('completed'), { slots: 1, queueSize: 0 });
    await assert.rejects(queue.result('nothing'), { code: 'not_found' });
    await assert.rejects(async () => queue.events('nothing')[Symbol.asyncIterator]().next(), {
      code: 'not_found',
    });
    assert.equal(await queue.cancel('nothing'), false);
  });

  test('an execution that throws frees its place, and its error is the result', async () => {
    const failure = new ServiceError('unavailable', 'no sandbox');
    const queue = await open(() => Promise.reject(failure), { slots: 1, queueSize: 0 });
    for (let count = 0; count < 2; count += 1) {
      const id = await queue.submit(taskOf());
      await assert.rejects(queue.result(id), { code: 'unavailable', message: 'no sandbox' });
    }
    assert.equal(queue.depth().active, 0);
  });

  test('a failure without a waiter is harmless', async () => {
    const queue = await open(() => Promise.reject(new Error('no')), { slots: 1, queueSize: 0 });
    await queue.submit(taskOf());
    while (queue.depth().active > 0) await sleep(1);
    await sleep(1);
    assert.equal(queue.depth().active, 0);
  });
}

function testEvents(open: OpenQueue): void {
  const reporting =
    (...events: readonly ExecutionEvent[]): Execute =>
    async (_task, _signal, onEvent) => {
      for (const event of events) {
        await sleep(1);
        onEvent?.(event);
      }
      return recordOf('completed');
    };

  test('events come in their order, numbered from 1, and end with the execution', async () => {
    const queue = await open(reporting(COMPILING, RUNNING), { slots: 1, queueSize: 0 });
    const before = Date.now() - 1;
    const id = await queue.submit(taskOf());
    const events = await Array.fromAsync(queue.events(id));
    assert.deepEqual(
      events.map(({ id, event }) => [id, event]),
      [
        [1, COMPILING],
        [2, RUNNING],
      ],
    );
    for (const { atMs } of events) assert.ok(atMs >= before && atMs <= Date.now() + 1, `${atMs}`);
  });

  test('a late reader receives the past events first, or those after an id', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const queue = await open(
      async (_task, _signal, onEvent) => {
        onEvent?.(COMPILING);
        await promise;
        onEvent?.(RUNNING);
        return recordOf('completed');
      },
      { slots: 1, queueSize: 0 },
    );
    const id = await queue.submit(taskOf());
    await sleep(1);
    const all = Array.fromAsync(queue.events(id));
    const rest = Array.fromAsync(queue.events(id, 1));
    await sleep(1);
    resolve();
    assert.deepEqual(
      (await all).map((each) => each.id),
      [1, 2],
    );
    assert.deepEqual(
      (await rest).map((each) => each.id),
      [2],
    );
  });

  test('the events of an execution that fails end without an error', async () => {
    const queue = await open(
      async (_task, _signal, onEvent) => {
        onEvent?.(RUNNING);
        await sleep(1);
        throw new Error('no');
      },
      { slots: 1, queueSize: 0 },
    );
    const id = await queue.submit(taskOf());
    assert.equal((await Array.fromAsync(queue.events(id))).length, 1);
  });
}

function testCancelling(open: OpenQueue): void {
  test('cancelling an id cancels only its execution, once', async () => {
    const { queue, endOne } = await openControlled(open, { slots: 2, queueSize: 0 });
    const kept = queue.result(await queue.submit(taskOf()));
    const id = await queue.submit(taskOf());
    const cancelled = queue.result(id);
    assert.equal(await queue.cancel(id), true);
    assert.equal(await statusOf(cancelled), 'cancelled');
    assert.equal(await queue.cancel(id), false);
    endOne();
    assert.equal(await statusOf(kept), 'completed');
  });
}

function testBounds(open: OpenQueue): void {
  test('what fits runs, and what does not is rejected with a time to try again', async () => {
    const { queue, run, endOne } = await openControlled(open, { slots: 1, queueSize: 1 });
    const first = run();
    const second = run();
    await sleep(1);
    assert.deepEqual(queue.depth(), { active: 2, capacity: 2 });
    await assert.rejects(queue.submit(taskOf()), (error: ServiceError) => {
      assert.equal(error.code, 'queue_full');
      assert.match(error.message, /2 of at most 2/);
      assert.ok(Number.isInteger(error.retryAfterSeconds) && (error.retryAfterSeconds ?? 0) >= 1);
      return true;
    });
    endOne();
    assert.equal(await statusOf(first), 'completed');
    const third = run();
    await sleep(1);
    endOne();
    endOne();
    await Promise.all([second, third]);
    assert.deepEqual(queue.depth(), { active: 0, capacity: 2 });
  });

  test('a user who fills the queue leaves room for others, who are bounded too', async () => {
    const { queue, run, endOne } = await openControlled(open, { slots: 2, queueSize: 8 });
    const ends = Array.from({ length: 10 }, () => run({ userId: 'hog' }));
    await sleep(1);
    await assertFull(queue, { userId: 'hog' });
    ends.push(run({ userId: 'other' }));
    await assertFull(queue, { userId: 'hog' });
    ends.push(run({ userId: 'hog', clientId: 'another client' }));
    await sleep(1);
    await assertFull(queue, { userId: 'third' });
    for (let count = 0; count < 3; count += 1) endOne();
    await Promise.all(ends.slice(0, 3));
    ends.push(run({ userId: 'hog' }));
    await sleep(1);
    for (let count = 0; count < 10; count += 1) endOne();
    await Promise.all(ends);
    assert.equal(queue.depth().active, 0);
  });

  test('a full queue rejects an owner with a full share', async () => {
    const { queue, run, endOne } = await openControlled(open, { slots: 1, queueSize: 8 });
    const ends = [...'aaaabbbbb'].map((userId) => run({ userId }));
    await sleep(1);
    await assertFull(queue, { userId: 'b' });
    ends.push(run({ userId: 'a' }));
    await sleep(1);
    await assertFull(queue, { userId: 'a' });
    for (const _end of ends) endOne();
    await Promise.all(ends);
  });
}

function testClosing(open: OpenQueue): void {
  test('a soft close waits for running executions and accepts no others', async () => {
    const { queue, run, endOne } = await openControlled(open, { slots: 1, queueSize: 0 });
    const running = run();
    await sleep(1);
    const closed = queue.close({ graceMs: 60_000 });
    await assert.rejects(queue.submit(taskOf()), { code: 'shutting_down', retryAfterSeconds: 10 });
    endOne();
    await closed;
    assert.equal(await statusOf(running), 'completed');
  });

  test('a close cancels what still runs after its grace period', async () => {
    const { queue, run } = await openControlled(open, { slots: 2, queueSize: 0 });
    const running = [run(), run()];
    await sleep(1);
    const start = performance.now();
    await queue.close({ graceMs: 20 });
    assert.ok(performance.now() - start >= 15);
    assert.deepEqual(await Promise.all(running.map(statusOf)), ['cancelled', 'cancelled']);
    await queue.close({ graceMs: 0 });
  });

  test('a second close with a shorter grace period takes effect', async () => {
    const { queue, run } = await openControlled(open, { slots: 1, queueSize: 0 });
    const running = run();
    await sleep(1);
    const patient = queue.close({ graceMs: 60_000 });
    await sleep(1);
    await queue.close({ graceMs: 0 });
    await patient;
    assert.equal(await statusOf(running), 'cancelled');
  });
}
