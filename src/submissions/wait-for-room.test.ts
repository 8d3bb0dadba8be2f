// How a submission waits for a place in a full queue.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../errors.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { submitWhenThereIsRoom } from './wait-for-room.ts';

const TASK = {} as ExecutionTask;
const signal = new AbortController().signal;

/** A queue that is full for the first `tries` submissions. */
function fullFor(tries: number) {
  const queue = {
    submitted: 0,
    submit: async () => {
      queue.submitted += 1;
      if (queue.submitted <= tries) throw new ServiceError('queue_full', 'The queue is full');
      return 'an-id';
    },
  };
  return queue;
}

test('a submission waits for a place as long as it may', async () => {
  const queue = fullFor(2);
  assert.equal(await submitWhenThereIsRoom(queue, TASK, { signal, waitForRoomMs: 60_000 }), 'an-id');
  assert.equal(queue.submitted, 3);
});

test('a submission that may not wait is rejected at once', async () => {
  const queue = fullFor(1);
  await assert.rejects(submitWhenThereIsRoom(queue, TASK, { signal }), { code: 'queue_full' });
  assert.equal(queue.submitted, 1);
});

test('a client that is gone waits no longer', async () => {
  const controller = new AbortController();
  const waiting = submitWhenThereIsRoom(fullFor(1000), TASK, {
    signal: controller.signal,
    waitForRoomMs: 60_000,
  });
  controller.abort();
  await assert.rejects(waiting, { code: 'queue_full' });
});

test('another failure is not waited out', async () => {
  const queue = {
    submit: async () => {
      throw new ServiceError('shutting_down', 'stop');
    },
  };
  await assert.rejects(submitWhenThereIsRoom(queue, TASK, { signal, waitForRoomMs: 60_000 }), {
    code: 'shutting_down',
  });
});
