// Measures what recording costs: one observation, an execution with and without metrics in the same run (by a sandbox
// that runs nothing, so that all the rest shows), and what the stores do in the background and when they are read.
//   npm run bench:metrics

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createEmbeddedStore } from '../src/metrics/embedded-store.ts';
import { HOUR_MS, type MetricsStore } from '../src/metrics/metrics.ts';
import { execution } from '../src/metrics/metrics-contract.ts';
import { PARTS, SILENT } from '../src/metrics/metrics-fixture.ts';
import { createPrometheus } from '../src/metrics/prometheus.ts';
import { createRecorder } from '../src/metrics/recorder.ts';
import { createRedisStore } from '../src/metrics/redis-store.ts';
import { createReports } from '../src/metrics/reports.ts';
import { createServiceMetrics, type ServiceMetrics } from '../src/metrics/service-metrics.ts';
import { createInProcessQueue } from '../src/queue/in-process-queue.ts';
import { startRedis } from '../src/redis/redis-fixture.ts';
import { createAudit } from '../src/submissions/audit.ts';
import { createServiceForTests } from '../src/submissions/service-fixture.ts';
import { createSubmit } from '../src/submissions/submit.ts';
import { compare, printTable, SHARE } from './measure.ts';

const OBSERVATIONS = 200_000 * SHARE;
const USERS = 1000;
/** Executions of a round: more than two seconds of them, in which metrics are written twice. */
const EXECUTIONS = 2000 * SHARE;
const ROUNDS = 5;

const depth = () => ({ active: 0, capacity: 1 });
const CONTEXT = {
  onEvent: () => {},
  signal: new AbortController().signal,
  encoding: 'utf8',
  requestId: '',
  keyName: null,
  clientId: '',
  include: [],
  api: 'v1',
  trace: null,
} as const;

function observation(index: number) {
  const status = index % 4 === 0 ? 'wrong_answer' : 'accepted';
  const executionTimeMs = 1 + ((index * 7919) % 3000);
  return execution({ atMs: Date.now(), userId: `user-${index % USERS}`, status, executionTimeMs });
}

/** Microseconds of each call. */
function timed(name: string, call: (index: number) => void): void {
  for (let index = 0; index < OBSERVATIONS / 10; index++) call(index);
  const start = performance.now();
  for (let index = 0; index < OBSERVATIONS; index++) call(index);
  const microseconds = ((performance.now() - start) * 1000) / OBSERVATIONS;
  console.log(`${name.padEnd(34)}${microseconds.toFixed(2).padStart(9)}`);
}

function benchObservations(): void {
  console.log('\none observation, us');
  const idle = { add: async () => 0 } as unknown as MetricsStore;
  const recorder = createRecorder(idle, SILENT);
  const prometheus = createPrometheus({ ...PARTS, recorder: recorder.state });
  const observations = Array.from({ length: 10_000 }, (_, index) => observation(index));
  const at = (index: number) => observations[index % observations.length] ?? observation(0);
  timed('added up for a store', (index) => recorder.record(at(index)));
  timed('counted for Prometheus', (index) => prometheus.observe(at(index)));
}

interface Contestant {
  readonly name: string;
  readonly run: () => Promise<void>;
  readonly values: number[];
}

function contestant(name: string, metrics: ServiceMetrics | null): Contestant {
  const service = createServiceForTests({ slots: 4 });
  const answer = createSubmit({
    accept: service.accept,
    outputs: service.outputs,
    queue: createInProcessQueue(service.executeTask, { slots: 4, queueSize: 4 }),
    audit: createAudit(SILENT),
    log: SILENT,
    languageId: () => null,
    metrics,
  });
  let count = 0;
  const run = async () => {
    count += 1;
    await answer({ language: 'script', code: 'x', user_id: `user-${count % USERS}` }, CONTEXT);
    service.sandbox.opened.length = 0;
    service.sandbox.runs.length = 0;
  };
  return { name, run, values: [] };
}

/** CPU time of all threads, so that what else the machine does counts less, and what is written in between counts too. */
async function benchExecutions(stores: readonly (readonly [string, MetricsStore])[]): Promise<void> {
  const counting = stores.map(([name, store]) => [name, createServiceMetrics({ ...PARTS, store })] as const);
  const contestants = [
    contestant('without metrics', null),
    ...counting.map(([name, metrics]) => contestant(`metrics in ${name}`, metrics)),
  ];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { run, values } of contestants) {
      const before = process.cpuUsage();
      for (let index = 0; index < EXECUTIONS; index++) {
        await run();
        // A thousand a second, as many as no sandbox of such a machine runs.
        if (index % 10 === 0) await sleep(10);
      }
      const { user, system } = process.cpuUsage(before);
      if (round > 0) values.push((user + system) / EXECUTIONS);
    }
  }
  console.log('\nan execution that runs nothing, CPU us of the process: median, least');
  for (const { name, values } of contestants) {
    const sorted = values.sort((one, other) => one - other);
    const shown = [sorted[ROUNDS >> 1], sorted[0]].map((value = 0) => value.toFixed(1).padStart(9));
    console.log(`${name.padEnd(34)}${shown.join(' ')}`);
  }
  for (const [, metrics] of counting) await metrics.close();
}

/** A batch of all users, and reports over a store that has thirty full days. */
async function benchStore(name: string, store: MetricsStore): Promise<void> {
  const recorder = createRecorder(store, SILENT);
  const reports = createReports({ store, recorder, depth, present: PARTS });
  for (let hour = 0; hour < 720; hour++) {
    for (let index = 0; index < 50; index++) {
      recorder.record({ ...observation(index * 31 + hour), atMs: Date.now() - hour * HOUR_MS });
    }
    if (hour % 60 === 0) await recorder.flush();
  }
  await recorder.flush();
  const write = async () => {
    for (let index = 0; index < USERS; index++) recorder.record(observation(index));
    await recorder.flush();
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const rows = await compare(
    [
      { name: `a batch of ${USERS} users`, run: write },
      { name: 'a report on 24 hours', run: async () => void (await reports.all(24)) },
      { name: 'a report on 720 hours', run: async () => void (await reports.all(720)) },
      { name: 'of a user on 720 hours', run: async () => void (await reports.user('user-1', 720)) },
    ],
    { runs: 60, gapMs: 5 },
  );
  delay.disable();
  printTable(`${name}, in the background or when asked`, rows);
  console.log(`longest delay of the event loop meanwhile: ${(delay.max / 1e6).toFixed(1)} ms`);
  await recorder.close();
}

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
await using redis = await startRedis(['--appendonly', 'no']);
const client = new Redis({ host: '127.0.0.1', port: redis.port });
const stores = [
  ['a file', createEmbeddedStore(directory)],
  ['Redis', createRedisStore(client, { prefix: 'bench' })],
] as const;
benchObservations();
await benchExecutions(stores);
for (const [name, store] of stores) await benchStore(name, store);
for (const [, store] of stores) await store.close();
client.disconnect();
rmSync(directory, { recursive: true });
