// 300 requests over HTTP from 15 users at once, of every outcome, against each store: what the clients were answered is
// what the metrics say, to the last one, in all and for each user.

import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ExecuteRequest } from '../api/execution.ts';
import type { MetricsStore } from '../metrics/metrics.ts';
import { createStoreForTests, PARTS, SILENT } from '../metrics/metrics-fixture.ts';
import { createRedisStore } from '../metrics/redis-store.ts';
import type { MetricsReport, UserMetricsReport } from '../metrics/report.ts';
import { createServiceMetrics } from '../metrics/service-metrics.ts';
import { createInProcessQueue } from '../queue/in-process-queue.ts';
import { REDIS_MISSING, startRedis } from '../redis/redis-fixture.ts';
import { SandboxError } from '../sandbox/sandbox.ts';
import { createAudit } from '../submissions/audit.ts';
import { createServiceForTests, languageCatalog } from '../submissions/service-fixture.ts';
import { createSubmit } from '../submissions/submit.ts';
import { createTestServer } from './server-fixture.ts';

const USERS = 15;
const REQUESTS_OF_EACH = 20;
/** Fewer than there are users, so that the queue is full now and then. */
const [SLOTS, QUEUE_SIZE] = [4, 10];

const ENDS: Readonly<Record<string, () => object>> = {
  right: () => ({ stdout: 'right' }),
  wrong: () => ({ stdout: 'something else' }),
  fails: () => ({ exitCode: 1 }),
  breaks: () => {
    throw new SandboxError('no box', { retryable: false });
  },
};
const INPUTS = Object.keys(ENDS);

/** The requests of a user, by turns: most are executions, some are refused before they become one. */
function requestOf(user: number, index: number): Partial<ExecuteRequest> {
  const input = INPUTS[index % INPUTS.length] ?? '';
  const test = { input, expected_output: 'right', is_hidden: index % 3 === 0 };
  const request = { user_id: `user-${user}`, language: 'script', code: 'x', test_cases: [test] };
  if (index % 10 === 7) return { ...request, language: 'none' };
  if (index % 10 === 8) return { ...request, time_limit: 0 };
  if (index % 10 === 9) return { ...request, language: 'compiled' };
  if (index % 10 === 6) return { user_id: `user-${user}`, language: 'sc', code: 'x', stdin: 'right' };
  return request;
}

async function startServer(t: TestContext, store: MetricsStore) {
  const run = async ({ stdin }: { stdin: string }) => {
    await delay(1);
    return ENDS[stdin]?.() ?? {};
  };
  const service = createServiceForTests({ slots: SLOTS, run });
  const queue = createInProcessQueue(service.executeTask, { slots: SLOTS, queueSize: QUEUE_SIZE });
  const metrics = createServiceMetrics({ ...PARTS, store, queue: queue.depth });
  t.after(() => metrics.close());
  const submit = createSubmit({
    accept: service.accept,
    outputs: service.outputs,
    queue,
    audit: createAudit(SILENT),
    log: SILENT,
    languageId: (name) => languageCatalog.find(name)?.id ?? null,
    metrics,
  });
  const server = await createTestServer(t, { submit, metrics });
  await server.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

/** What one client received. A 503 is an execution that was accepted and that the service failed. */
function createTally() {
  const byStatus: Record<string, number> = {};
  let rejected = 0;
  return {
    byStatus,
    rejected: () => rejected,
    add: async (answer: Response) => {
      const { status } = (await answer.json()) as { status: string };
      if ([400, 422, 429].includes(answer.status)) {
        rejected += 1;
        return;
      }
      assert.equal(answer.status, 200);
      byStatus[status] = (byStatus[status] ?? 0) + 1;
    },
  };
}

function assertSame(
  report: MetricsReport | UserMetricsReport,
  tallies: readonly ReturnType<typeof createTally>[],
): void {
  const expected: Record<string, number> = {};
  for (const { byStatus } of tallies) {
    for (const [status, count] of Object.entries(byStatus))
      expected[status] = (expected[status] ?? 0) + count;
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const executions = sum(Object.values(expected));
  const accepted = (expected.accepted ?? 0) + (expected.completed ?? 0);
  const rejected = sum(tallies.map((tally) => tally.rejected()));
  assert.deepEqual(sorted(report.by_status), sorted(expected));
  assert.deepEqual(report.totals, { executions, accepted, failed: executions - accepted, rejected });
  assert.equal(report.execution_time_ms.count, executions);
  assert.equal(sum(report.series.map((each) => each.executions)), executions);
  assert.equal(sum(Object.values(report.by_language).map((each) => each.executions)), executions);
}

function sorted(counts: Readonly<Record<string, number>>) {
  return Object.entries(counts).sort();
}

async function load(url: string): Promise<ReturnType<typeof createTally>[]> {
  const clients = Array.from({ length: USERS }, async (_, user) => {
    const tally = createTally();
    for (let index = 0; index < REQUESTS_OF_EACH; index += 1) {
      const body = JSON.stringify(requestOf(user, index));
      const headers = { 'content-type': 'application/json' };
      await tally.add(await fetch(`${url}/api/v1/execute`, { method: 'POST', headers, body }));
    }
    return tally;
  });
  return Promise.all(clients);
}

async function loadAndCompare(url: string): Promise<void> {
  const tallies = await load(url);
  const get = async <T>(path: string) => (await (await fetch(url + path)).json()) as T;
  const report = await get<MetricsReport>('/api/v1/metrics?hours=1');
  assertSame(report, tallies);
  assert.equal(report.totals.executions + report.totals.rejected, USERS * REQUESTS_OF_EACH);
  assert.equal(report.active_users, USERS);
  for (const status of ['accepted', 'completed', 'wrong_answer', 'runtime_error', 'internal_error']) {
    assert.ok((report.by_status[status] ?? 0) > 0, `there are executions that are ${status}`);
  }
  assertSame(await get<MetricsReport>('/api/v1/metrics?hours=720'), tallies);
  for (const [user, tally] of tallies.entries()) {
    assertSame(await get<UserMetricsReport>(`/api/v1/metrics/user/user-${user}?hours=2`), [tally]);
  }
  const text = await (await fetch(`${url}/metrics`)).text();
  const counted = [...text.matchAll(/^ces_executions_total\{.*\} (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  assert.equal(
    counted.reduce((sum, each) => sum + each, 0),
    report.totals.executions,
  );
  assert.doesNotMatch(text, /user-\d/);
}

suite('what many users are answered is what the metrics say', () => {
  test('kept in a file', async (t) => {
    await loadAndCompare(await startServer(t, createStoreForTests(t)));
  });

  test('kept in Redis', { skip: REDIS_MISSING }, async (t) => {
    const redis = await startRedis();
    const client = new Redis({ host: '127.0.0.1', port: redis.port });
    t.after(async () => {
      client.disconnect();
      await redis[Symbol.asyncDispose]();
    });
    await loadAndCompare(await startServer(t, createRedisStore(client, { prefix: 'ces' })));
  });
});
