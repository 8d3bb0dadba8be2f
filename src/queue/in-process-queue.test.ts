// The in-process queue passes the contract of queues, and bounds what nobody collects.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInProcessQueue } from './in-process-queue.ts';
import { recordOf, taskOf, testQueueContract } from './queue-contract.ts';

testQueueContract(async (execute, options) => createInProcessQueue(execute, options));

test('uncollected results are bounded in number, and the oldest go first', async () => {
  const queue = createInProcessQueue(async () => recordOf('completed'), { slots: 1, queueSize: 200 });
  const ids: string[] = [];
  for (let count = 0; count < 101; count += 1) ids.push(await queue.submit(taskOf()));
  while (queue.depth().active > 0) await sleep(1);
  const [first = '', second = ''] = ids;
  await assert.rejects(queue.result(first), { code: 'not_found' });
  assert.equal((await queue.result(second)).status, 'completed');
});

test('uncollected results expire', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const queue = createInProcessQueue(async () => recordOf('completed'), { slots: 1, queueSize: 0 });
  const id = await queue.submit(taskOf());
  while (queue.depth().active > 0) await Promise.resolve();
  t.mock.timers.tick(29_999);
  queue.events(id);
  t.mock.timers.tick(1);
  await assert.rejects(queue.result(id), { code: 'not_found' });
});

test('a collected result is removed', async () => {
  const queue = createInProcessQueue(async () => recordOf('completed'), { slots: 1, queueSize: 0 });
  const id = await queue.submit(taskOf());
  await queue.result(id);
  await assert.rejects(queue.result(id), { code: 'not_found' });
});
