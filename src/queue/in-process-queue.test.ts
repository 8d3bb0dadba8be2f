// The in-process queue: its bound, cancelling, and how it closes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceError } from '../errors.ts';
import type { ExecutionTask } from '../execution/execution.ts';
import type { ExecutionRecord } from '../execution/record.ts';
import { createInProcessQueue } from './in-process-queue.ts';

const never = new AbortController().signal;
const task = {} as ExecutionTask;
const record = (status: string) => ({ status }) as ExecutionRecord;

/** Executions that end when told to, or as cancelled when their signal is aborted. */
function createControlledQueue(options: { slots: number; queueSize: number }) {
  const ends: (() => void)[] = [];
  const queue = createInProcessQueue((_task, signal) => {
    const { promise, resolve } = Promise.withResolvers<ExecutionRecord>();
    ends.push(() => resolve(record('completed')));
    if (signal.aborted) resolve(record('cancelled'));
    signal.addEventListener('abort', () => resolve(record('cancelled')), { once: true });
    return promise;
  }, options);
  return { queue, endOne: () => ends.shift()?.() };
}

test('what fits is run, and what does not is refused with a time to come back', async () => {
  const { queue, endOne } = createControlledQueue({ slots: 1, queueSize: 1 });
  const first = queue.submit(task, never);
  const second = queue.submit(task, never);
  assert.deepEqual(queue.depth(), { active: 2, capacity: 2 });
  await assert.rejects(queue.submit(task, never), (error: ServiceError) => {
    assert.equal(error.code, 'queue_full');
    assert.match(error.message, /2 of at most 2/);
    assert.ok(Number.isInteger(error.retryAfterSeconds) && (error.retryAfterSeconds ?? 0) >= 1);
    return true;
  });
  endOne();
  assert.equal((await first).status, 'completed');
  const third = queue.submit(task, never);
  endOne();
  endOne();
  await Promise.all([second, third]);
  assert.deepEqual(queue.depth(), { active: 0, capacity: 2 });
});

test('one user who fills the queue leaves room for others, who are bounded too', async () => {
  const { queue, endOne } = createControlledQueue({ slots: 2, queueSize: 8 });
  const taskOf = (userId: string | null, clientId = 'client') => ({ clientId, userId }) as ExecutionTask;
  const ends: Promise<unknown>[] = [];
  const submit = (...owner: Parameters<typeof taskOf>) => ends.push(queue.submit(taskOf(...owner), never));
  for (let count = 0; count < 10; count += 1) submit('hog');
  await assert.rejects(queue.submit(taskOf('hog'), never), { code: 'queue_full' });
  submit('other');
  await assert.rejects(queue.submit(taskOf('hog'), never), { code: 'queue_full' });
  submit('hog', 'another client');
  await assert.rejects(queue.submit(taskOf('third'), never), { code: 'queue_full' });
  for (let count = 0; count < 3; count += 1) endOne();
  await Promise.all(ends.slice(0, 3));
  await assert.doesNotReject(async () => submit('hog'));
  for (let count = 0; count < 10; count += 1) endOne();
  await Promise.all(ends);
  assert.equal(queue.depth().active, 0);
});

test('in a full queue one who has his share already is refused', async () => {
  const { queue, endOne } = createControlledQueue({ slots: 1, queueSize: 8 });
  const submit = (userId: string) => queue.submit({ clientId: 'client', userId } as ExecutionTask, never);
  const ends = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b', 'b'].map(submit);
  await assert.rejects(submit('b'), { code: 'queue_full' });
  ends.push(submit('a'));
  await assert.rejects(submit('a'), { code: 'queue_full' });
  for (const _end of ends) endOne();
  await Promise.all(ends);
});

test('an execution that throws leaves its place', async () => {
  const queue = createInProcessQueue(() => Promise.reject(new Error('no')), { slots: 1, queueSize: 0 });
  await assert.rejects(queue.submit(task, never), /no/);
  await assert.rejects(queue.submit(task, never), /no/);
  assert.equal(queue.depth().active, 0);
});

test('an aborted signal cancels its execution only', async () => {
  const { queue, endOne } = createControlledQueue({ slots: 2, queueSize: 0 });
  const controller = new AbortController();
  const kept = queue.submit(task, never);
  const cancelled = queue.submit(task, controller.signal);
  controller.abort();
  assert.equal((await cancelled).status, 'cancelled');
  endOne();
  assert.equal((await kept).status, 'completed');
  assert.equal((await queue.submit(task, AbortSignal.abort())).status, 'cancelled');
});

test('a soft close waits for what runs and takes nothing more', async () => {
  const { queue, endOne } = createControlledQueue({ slots: 1, queueSize: 0 });
  const running = queue.submit(task, never);
  const closed = queue.close({ graceMs: 60_000 });
  await assert.rejects(queue.submit(task, never), { code: 'shutting_down', retryAfterSeconds: 10 });
  endOne();
  await closed;
  assert.equal((await running).status, 'completed');
});

test('a close cancels what still runs after its grace', async () => {
  const { queue } = createControlledQueue({ slots: 2, queueSize: 0 });
  const running = [queue.submit(task, never), queue.submit(task, never)];
  const start = performance.now();
  await queue.close({ graceMs: 20 });
  assert.ok(performance.now() - start >= 15);
  for (const end of running) assert.equal((await end).status, 'cancelled');
  await queue.close({ graceMs: 0 });
});

test('a second close that is less patient is heard', async () => {
  const { queue } = createControlledQueue({ slots: 1, queueSize: 0 });
  const running = queue.submit(task, never);
  const patient = queue.close({ graceMs: 60_000 });
  await sleep(1);
  await queue.close({ graceMs: 0 });
  await patient;
  assert.equal((await running).status, 'cancelled');
});

test('events of the execution reach the one who submitted it', async () => {
  const queue = createInProcessQueue(
    async (_task, _signal, onEvent) => {
      onEvent?.({ type: 'status', status: 'running' });
      return record('completed');
    },
    { slots: 1, queueSize: 0 },
  );
  const events: string[] = [];
  await queue.submit(task, never, (event) => events.push(event.type));
  assert.deepEqual(events, ['status']);
});
