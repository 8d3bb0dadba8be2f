// What the service's own readiness depends on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServiceHealth } from './service-health.ts';

test('the service is starting until code can be validated without a wait', async () => {
  let isWarm = false;
  const health = createServiceHealth({
    config: { dataDirectory: '/tmp', executionTimeoutSeconds: 10, cpuLimit: 0.5 },
    version: '1.0.0',
    sandbox: { name: 'native', probe: async () => 1 },
    reason: 'a test',
    docker: null,
    redis: null,
    scheduler: { share: () => ({ acquire: async () => ({ [Symbol.dispose]: () => {} }) }) },
    queue: { depth: () => ({ active: 0, capacity: 1 }) },
    webhooks: async () => ({ pending: 0, overdueMs: 0 }),
    store: { promise: '', state: () => ({ isAvailable: true, waiting: 0, running: 0, capacity: 1 }) },
    languages: () => [{ id: 'python', status: 'ready' } as never],
    validation: { isWarm: () => isWarm },
    log: { error: () => {}, info: () => {} } as never,
  });
  assert.equal(await health.readiness(), 'starting');
  isWarm = true;
  assert.equal(await health.readiness(), 'ready');
});
