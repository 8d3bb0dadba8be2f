// Metrics for tests: the embedded store in a temporary directory that is removed after the test.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createLog } from '../log.ts';
import { createEmbeddedStore } from './embedded-store.ts';
import type { MetricsStore } from './metrics.ts';
import type { Worker } from './report.ts';
import { createServiceMetrics, type MetricsParts, type ServiceMetrics } from './service-metrics.ts';

export const SILENT = createLog({ logLevel: 'CRITICAL', debug: false }, { write: () => {} });

const WORKER: Worker = {
  host: 'one',
  version: '0.1.0',
  sandbox: 'native',
  slots: 2,
  running: 1,
  languages: ['python 3.11.2'],
  installing: [],
};

export const PARTS: Omit<MetricsParts, 'store'> = {
  sandbox: 'native',
  version: '0.1.0',
  log: SILENT,
  queue: () => ({ active: 1, capacity: 10 }),
  slots: () => ({ slots: 2, held: 1, waiting: 0 }),
  interactive: () => ({ active: 1, capacity: 4 }),
  pool: null,
  workers: () => [WORKER],
  fleet: null,
  warm: null,
  sharedBuilds: null,
  redis: null,
  problems: async () => ({ problems: 0, blobs: 0, bytes: 0 }),
  webhooks: async () => ({ pending: 0, overdueMs: 0 }),
  stored: () => ({ waiting: 0, running: 0, capacity: 10, oldestAcceptedAtMs: null, storedBytes: 0 }),
};

/** A store that is closed and removed after the test. */
export function createStoreForTests(t: TestContext): MetricsStore {
  const directory = mkdtempSync(join(tmpdir(), 'metrics-test-'));
  const store = createEmbeddedStore(directory);
  t.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return store;
}

export function createMetricsForTests(t: TestContext): ServiceMetrics {
  const metrics = createServiceMetrics({ ...PARTS, store: createStoreForTests(t) });
  t.after(() => metrics.close());
  return metrics;
}
