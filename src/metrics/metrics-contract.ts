// The cases that every metrics store passes, through the recorder and the reports that use it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Batch,
  type ExecutionObservation,
  HOUR_MS,
  type MetricsStore,
  type RejectionObservation,
} from './metrics.ts';
import { PARTS, SILENT } from './metrics-fixture.ts';
import { createRecorder } from './recorder.ts';
import type { MetricsReport } from './report.ts';
import { createReports } from './reports.ts';

/** Opens stores. All that are opened with the same `place` share what they keep. */
export type OpenStore = (place: string, options?: { maxUsers?: number }) => Promise<MetricsStore>;

/** Half past an hour, so that a few minutes more or less stay within it. */
export const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS / 2;

export function execution(change: Partial<ExecutionObservation> = {}): ExecutionObservation {
  return {
    kind: 'execution',
    atMs: NOW,
    userId: null,
    language: 'python',
    status: 'accepted',
    sandbox: 'native',
    executionTimeMs: 12.5,
    queueTimeMs: 0.5,
    compileTimeMs: null,
    memoryKb: 9000,
    ...change,
  };
}

function rejection(change: Partial<RejectionObservation> = {}): RejectionObservation {
  return { kind: 'rejection', atMs: NOW, userId: null, language: null, code: 'invalid_request', ...change };
}

function using(store: MetricsStore, nowMs = NOW) {
  const recorder = createRecorder(store, SILENT);
  const depth = () => ({ active: 1, capacity: 4 });
  const reports = createReports({ store, recorder, depth, present: PARTS, now: () => nowMs });
  const record = (...observations: Parameters<typeof recorder.record>[0][]) => {
    for (const observation of observations) recorder.record(observation);
  };
  return { recorder, reports, record, close: () => recorder.close() };
}

/** What must hold of every report, whatever was counted. */
function assertAddsUp(report: Omit<MetricsReport, 'queue' | 'active_users' | 'pool' | 'workers'>): void {
  const { executions, accepted, failed } = report.totals;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  assert.equal(accepted + failed, executions);
  assert.equal(sum(Object.values(report.by_status)), executions);
  assert.equal(sum(Object.values(report.by_language).map((each) => each.executions)), executions);
  assert.equal(sum(Object.values(report.by_language).map((each) => each.failed)), failed);
  assert.equal(sum(report.series.map((each) => each.executions)), executions);
  assert.equal(sum(report.series.map((each) => each.failures)), failed);
  for (const { histogram, count } of [report.execution_time_ms, report.memory_kb]) {
    assert.deepEqual(histogram.at(-1), { le: null, count });
    assert.ok(histogram.every((each, index) => each.count >= (histogram[index - 1]?.count ?? 0)));
  }
}

export function testMetricsStore(open: OpenStore): void {
  test('reports nothing when nothing was recorded', async () => {
    const { reports, close } = using(await open('nothing'));
    const report = await reports.all(24);
    assert.deepEqual(report.totals, { executions: 0, accepted: 0, failed: 0, rejected: 0 });
    assert.equal(report.success_rate, 0);
    assert.deepEqual(report.by_language, {});
    assert.deepEqual(report.by_status, {});
    assert.equal(report.execution_time_ms.p99, 0);
    assert.equal(report.active_users, 0);
    assert.deepEqual(report.queue, { active: 1, capacity: 4, wait_ms: report.queue.wait_ms });
    assertAddsUp(report);
    assert.equal(await reports.user('ada', 720), null);
    await close();
  });

  test('reports what was recorded, by language, status and user', async () => {
    const { record, reports, close } = using(await open('recorded'));
    record(
      execution({ userId: 'ada' }),
      execution({ userId: 'ada', status: 'wrong_answer', executionTimeMs: 37.5 }),
      execution({ userId: 'bob@example.org', language: 'java', status: 'completed', memoryKb: 60_000 }),
      execution({ language: 'java', status: 'compilation_error', memoryKb: null }),
      execution({
        language: 'go',
        status: 'internal_error',
        executionTimeMs: null,
        queueTimeMs: null,
        memoryKb: null,
      }),
      rejection({ userId: 'ada', language: 'java' }),
      rejection(),
    );
    const report = await reports.all(24);
    assert.deepEqual(report.totals, { executions: 5, accepted: 2, failed: 3, rejected: 2 });
    assert.equal(report.success_rate, 0.4);
    assert.deepEqual(report.by_status, {
      accepted: 1,
      wrong_answer: 1,
      completed: 1,
      compilation_error: 1,
      internal_error: 1,
    });
    assert.deepEqual(report.by_language.python, {
      executions: 2,
      accepted: 1,
      failed: 1,
      rejected: 0,
      success_rate: 0.5,
      mean_execution_time_ms: 25,
      p95_execution_time_ms: 37.55,
      by_status: { accepted: 1, wrong_answer: 1 },
    });
    assert.equal(report.by_language.java?.rejected, 1);
    assert.equal(report.by_language.go?.mean_execution_time_ms, 0);
    assert.equal(report.execution_time_ms.count, 4);
    assert.equal(report.memory_kb.count, 3);
    assert.equal(report.memory_kb.mean, 26_000);
    assert.equal(report.queue.wait_ms.count, 4);
    assert.equal(report.active_users, 2);
    assertAddsUp(report);

    const ada = await reports.user('ada', 24);
    assert.ok(ada);
    assert.equal(ada.user_id, 'ada');
    assert.deepEqual(ada.totals, { executions: 2, accepted: 1, failed: 1, rejected: 1 });
    assert.deepEqual(ada.by_status, { accepted: 1, wrong_answer: 1 });
    assert.equal(ada.last_execution_at, new Date(NOW).toISOString());
    assert.equal(ada.execution_time_ms.mean, 25);
    assertAddsUp(ada);
    assert.equal(await reports.user('ad', 24), null);
    await close();
  });

  test('ranks users by their executions in the hours of a window', async () => {
    const { record, reports, close } = using(await open('ranks'));
    const times = (count: number, userId: string | null, atMs = NOW) =>
      Array.from({ length: count }, () => execution({ userId, atMs }));
    record(...times(3, 'ada'), ...times(1, 'bob'), ...times(2, 'cyd'), ...times(4, null));
    record(...times(9, 'eve', NOW - 30 * HOUR_MS), rejection({ userId: 'dan' }));
    const { users } = await reports.topUsers(24, 2);
    assert.deepEqual(users, [
      { user_id: 'ada', executions: 3, share: 0.3, last_execution_at: new Date(NOW).toISOString() },
      { user_id: 'cyd', executions: 2, share: 0.2, last_execution_at: new Date(NOW).toISOString() },
    ]);
    const all = (await reports.topUsers(48, 10)).users;
    assert.deepEqual(
      all.map(({ user_id: id }) => id),
      ['eve', 'ada', 'cyd', 'bob'],
    );
    await close();
  });

  test('names the latest failures of the service by their requests', async () => {
    const { record, reports, close } = using(await open('faults'));
    const fault = (requestId: string, atMs: number) =>
      execution({
        atMs,
        status: 'internal_error',
        api: 'piston',
        fault: { requestId, executionId: `of ${requestId}`, code: 'sandbox_unavailable' },
      });
    record(
      execution(),
      fault('old', NOW - 3 * HOUR_MS),
      fault('new', NOW),
      execution({ status: 'runtime_error' }),
    );
    const { failures } = await reports.failures(1, 10);
    assert.deepEqual(failures, [
      {
        at: new Date(NOW).toISOString(),
        request_id: 'new',
        execution_id: 'of new',
        language: 'python',
        api: 'piston',
        code: 'sandbox_unavailable',
      },
    ]);
    record(...Array.from({ length: 120 }, (_, index) => fault(`${index}`, NOW + index)));
    const many = (await reports.failures(24, 100)).failures;
    assert.deepEqual([many.length, many[0]?.request_id], [100, '119']);
    await close();
  });

  test('percentiles are within 2.5 % of the exact ones, and histograms exact', async () => {
    const { record, reports, close } = using(await open('percentiles'));
    const times = Array.from({ length: 1000 }, (_, index) => 0.3 * 1.01 ** index);
    for (const executionTimeMs of times)
      record(execution({ executionTimeMs, memoryKb: executionTimeMs * 100 }));
    const { execution_time_ms: reported } = await reports.all(1);
    for (const [share, value] of [
      [500, reported.p50],
      [950, reported.p95],
      [990, reported.p99],
    ] as const) {
      const exact = Math.round((times[share - 1] as number) * 10) / 10;
      assert.ok(Math.abs(value - exact) <= exact * 0.025 + 0.1, `${value} is not near ${exact}`);
    }
    for (const { le, count } of reported.histogram) {
      const upTo = times.filter((time) => le === null || Math.round(time * 10) / 10 <= le).length;
      assert.equal(count, upTo, `at most ${le}`);
    }
    await close();
  });

  test('counts of the past are in the windows that reach them', async () => {
    const { record, reports, close } = using(await open('windows'));
    for (const hours of [0, 0.5, 3, 23, 25, 300, 719]) {
      record(execution({ userId: `after ${hours}`, atMs: NOW - hours * HOUR_MS }));
    }
    for (const [hours, executions] of [
      [1, 2],
      [6, 3],
      [24, 4],
      [48, 5],
      [720, 7],
    ] as const) {
      const report = await reports.all(hours);
      assert.equal(report.totals.executions, executions, `in ${hours} hours`);
      assert.equal(report.active_users, executions);
      assertAddsUp(report);
    }
    const user = await reports.user('after 300', 24);
    assert.equal(user?.totals.executions, 0);
    assert.equal(user?.last_execution_at, new Date(NOW - 300 * HOUR_MS).toISOString());
    assert.equal((await reports.user('after 300', 720))?.totals.executions, 1);
    await close();
  });

  test('a series has every step, of five minutes up to six hours, of an hour for more', async () => {
    const { record, reports, close } = using(await open('series'));
    record(execution(), execution({ status: 'runtime_error', atMs: NOW - 2 * HOUR_MS }));
    const short = await reports.all(6);
    assert.equal(short.bucket_s, 300);
    assert.equal(short.series.length, 6 * 12 + 1);
    assert.deepEqual(short.series.at(-1), {
      bucket: new Date(NOW).toISOString(),
      executions: 1,
      failures: 0,
      p50_ms: 12.3,
      p95_ms: 12.3,
      p99_ms: 12.3,
    });
    assert.equal(short.series.at(-25)?.failures, 1);
    const long = await reports.all(720);
    assert.equal(long.bucket_s, 3600);
    assert.equal(long.series.length, 721);
    assert.deepEqual(
      long.series.filter((each) => each.executions > 0).map((each) => each.failures),
      [1, 0],
    );
    await close();
  });

  test('two processes add to the same counts', async () => {
    const one = using(await open('two'));
    const other = using(await open('two'));
    for (let index = 0; index < 50; index += 1) {
      one.record(execution({ userId: `user-${index % 10}`, executionTimeMs: 10 }));
      other.record(
        execution({ userId: `user-${index % 15}`, executionTimeMs: 1000, status: 'runtime_error' }),
      );
    }
    await Promise.all([one.recorder.flush(), other.recorder.flush()]);
    const [first, second] = [await one.reports.all(24), await other.reports.all(24)];
    assert.deepEqual(first, second);
    assert.equal(first.totals.executions, 100);
    assert.equal(first.active_users, 15);
    assert.ok(Math.abs(first.execution_time_ms.p50 - 10) < 0.5);
    assert.ok(Math.abs(first.execution_time_ms.p95 - 1000) < 50);
    assert.deepEqual(await one.reports.user('user-3', 24), await other.reports.user('user-3', 24));
    await one.close();
    await other.close();
  });

  const batch = (id: string, userIds: readonly string[]): Batch => ({
    id,
    periods: [{ startMs: NOW - (NOW % 300_000), counts: new Map([['n', userIds.length]]), users: userIds }],
    users: userIds.map((userId) => ({
      userId,
      startMs: NOW - (NOW % HOUR_MS),
      counts: new Map([['n', 1]]),
      seenAtMs: NOW,
      lastExecutionAtMs: NOW,
    })),
    faults: [],
  });

  test('a batch that comes twice is added once', async () => {
    const store = await open('twice');
    const users = Array.from({ length: 450 }, (_, index) => `user-${index}`);
    for (const _ of [1, 2]) await store.add(batch('one', users));
    await store.add(batch('two', ['user-449']));
    const { reports, close } = using(store);
    assert.equal((await reports.all(1)).totals.executions, 451);
    assert.equal((await reports.user('user-448', 1))?.totals.executions, 1);
    assert.equal((await reports.user('user-449', 1))?.totals.executions, 2);
    await close();
  });

  test('users beyond the bound are in the totals only', async () => {
    const store = await open('bound', { maxUsers: 3 });
    assert.equal(await store.add(batch('one', ['a', 'b'])), 0);
    assert.equal(await store.add(batch('two', ['b', 'c', 'd', 'e'])), 2);
    const { reports, close } = using(store);
    const report = await reports.all(1);
    assert.equal(report.totals.executions, 6);
    assert.equal(report.active_users, 5);
    assert.equal((await reports.user('b', 1))?.totals.executions, 2);
    assert.equal((await reports.user('c', 1))?.totals.executions, 1);
    assert.equal(await reports.user('d', 1), null);
    await close();
  });

  test('names that mean something elsewhere are users like others', async () => {
    const { record, reports, close } = using(await open('names'));
    const names = ['__proto__', 'constructor', 'a:b', '.', '..', '@', '-', "'", '{x}'];
    for (const userId of names) record(execution({ userId }));
    assert.equal((await reports.all(1)).active_users, names.length);
    for (const userId of names) assert.equal((await reports.user(userId, 1))?.totals.executions, 1, userId);
    assert.equal(await reports.user('toString', 1), null);
    await close();
  });
}
