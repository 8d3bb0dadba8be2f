// The health of a fleet, in words: its workers, what waits, and what no worker can run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkWorkers } from './fleet-checks.ts';

const worker = { slots: 2, running: 1, kinds: ['python 3.11.2', 'c 12.2.0'] };
const check = async (
  workers: readonly (typeof worker)[],
  oldestAtMs: readonly (readonly [string, number])[],
) => checkWorkers(() => ({ workers, oldestAtMs: new Map(oldestAtMs) }))();

test('a fleet whose workers can run all that waits is healthy, and says since when the oldest waits', async () => {
  assert.deepEqual(await check([worker, worker], []), {
    status: 'healthy',
    detail: '2 workers with 4 slots have 2 executions; nothing waits',
  });
  const now = Date.now();
  const { status, detail } = await check(
    [worker],
    [
      ['c 12.2.0', now - 1000],
      ['python 3.11.2', now - 90_000],
    ],
  );
  assert.equal(status, 'healthy');
  assert.match(detail ?? '', /the oldest that waits was accepted 9\d s ago$/);
});

test('without a worker, or without one for what waits, a fleet is degraded', async () => {
  assert.deepEqual(await check([], []), {
    status: 'degraded',
    detail: 'no worker is there; what is accepted waits; nothing waits',
  });
  const stranded = await check([worker], [['java 17.0.1', Date.now()]]);
  assert.equal(stranded.status, 'degraded');
  assert.match(stranded.detail ?? '', /no worker is there for what waits in java 17\.0\.1$/);
});
