// The text for Prometheus: which figures there are, and what they say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB } from '../units.ts';
import { execution } from './metrics-contract.ts';
import { PARTS } from './metrics-fixture.ts';
import { createPrometheus } from './prometheus.ts';

const GAUGES = { ...PARTS, recorder: () => ({ pending: 3, dropped: 7 }) };

function lineOf(text: string, start: string): string | undefined {
  return text.split('\n').find((line) => line.startsWith(start));
}

test('executions are counted and measured in seconds and bytes', async () => {
  const prometheus = createPrometheus(GAUGES);
  for (const status of ['accepted', 'accepted', 'wrong_answer'] as const) {
    prometheus.observe(
      execution({ status, executionTimeMs: 200, queueTimeMs: 1, compileTimeMs: 40, memoryKb: 1024 }),
    );
  }
  prometheus.observe(
    execution({ status: 'internal_error', executionTimeMs: null, queueTimeMs: null, memoryKb: null }),
  );
  prometheus.observe({ kind: 'rejection', atMs: 0, userId: 'ada', language: null, code: 'queue_full' });
  const text = await prometheus.text();
  const labels = 'language="python"';
  for (const line of [
    `ces_executions_total{${labels},status="accepted",sandbox="native",api="v1"} 2`,
    `ces_executions_total{${labels},status="wrong_answer",sandbox="native",api="v1"} 1`,
    `ces_executions_total{${labels},status="internal_error",sandbox="native",api="v1"} 1`,
    'ces_rejections_total{code="queue_full"} 1',
    `ces_execution_duration_seconds_bucket{le="0.1",${labels}} 0`,
    `ces_execution_duration_seconds_bucket{le="0.25",${labels}} 3`,
    `ces_execution_duration_seconds_count{${labels}} 3`,
    `ces_queue_wait_seconds_sum{${labels}} 0.003`,
    `ces_compile_duration_seconds_sum{${labels}} 0.12`,
    `ces_execution_memory_bytes_sum{${labels}} ${3 * MIB}`,
  ]) {
    assert.ok(text.includes(`${line}\n`), `${line}\n${lineOf(text, line.split(' ')[0] ?? '')}`);
  }
  assert.doesNotMatch(text, /ada/);
});

test('requests, sandbox failures, gauges and the process are reported', async () => {
  const prometheus = createPrometheus({
    ...GAUGES,
    redis: () => false,
    pool: () => ({ idle: 2, hits: 5, misses: 1 }),
    sharedBuilds: () => ({ found: 5, missed: 2, kept: 1 }),
    warm: async () => ({ waiting: 3, memoryBytes: 4096, hits: 8, misses: 4, deaths: 1 }),
  });
  prometheus.observeRequest({
    method: 'GET',
    route: '/api/v1/languages',
    api: 'v1',
    status: 200,
    durationMs: 3,
  });
  prometheus.observeRequest({ method: 'GET', route: null, api: null, status: 404, durationMs: 1 });
  prometheus.observeRequest({
    method: 'POST',
    route: '/api/v1/execute',
    api: 'v1',
    status: null,
    durationMs: 1,
  });
  prometheus.countSandboxFailure('native', 'open');
  await prometheus.text();
  const text = await prometheus.text();
  for (const line of [
    'ces_http_requests_total{method="GET",route="/api/v1/languages",api="v1",status="200"} 1',
    'ces_http_requests_total{method="GET",route="none",api="none",status="404"} 1',
    'ces_http_requests_total{method="POST",route="/api/v1/execute",api="v1",status="none"} 1',
    'ces_http_request_duration_seconds_sum{method="GET",route="/api/v1/languages",api="v1"} 0.003',
    'ces_sandbox_failures_total{sandbox="native",operation="open"} 1',
    'ces_queue_active 1',
    'ces_queue_capacity 10',
    'ces_slots 2',
    'ces_slots_held 1',
    'ces_slots_waiting 0',
    'ces_metrics_pending 3',
    'ces_metrics_dropped_total 7',
    'ces_pool_idle 2',
    'ces_pool_hits_total 5',
    'ces_pool_misses_total 1',
    ...[
      'ces_shared_builds_found_total 5',
      'ces_shared_builds_missed_total 2',
      'ces_shared_builds_kept_total 1',
    ],
    ...['ces_warm_waiting 3', 'ces_warm_memory_bytes 4096'],
    ...['ces_warm_hits_total 8', 'ces_warm_misses_total 4', 'ces_warm_deaths_total 1'],
    'ces_redis_up 0',
    'ces_build_info{version="0.1.0"} 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), `${line}\n${lineOf(text, line.split(' ')[0] ?? '')}`);
  }
  assert.match(text, /^process_resident_memory_bytes \d/m);
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds \d/m);
});

test('problems that are kept are counted, once for all figures of a scrape', async () => {
  let reads = 0;
  const problems = async () => {
    reads += 1;
    if (reads > 1) throw new Error('the store is lost');
    return { problems: 2, blobs: 5, bytes: 2048 };
  };
  const prometheus = createPrometheus({ ...GAUGES, problems });
  for (const text of [await prometheus.text(), await prometheus.text()]) {
    const shown = [...text.matchAll(/^ces_problem\w* \d+$/gm)].map(([line]) => line);
    assert.deepEqual(shown, ['ces_problems 2', 'ces_problem_blobs 5', 'ces_problem_bytes 2048']);
  }
  assert.equal(reads, 2);
});

test('two services in one process have their own figures', async () => {
  const [one, other] = [createPrometheus(GAUGES), createPrometheus(GAUGES)];
  one.observe(execution());
  assert.match(await one.text(), /^ces_executions_total\{/m);
  assert.doesNotMatch(await other.text(), /^ces_executions_total\{/m);
});

test('only counters have names that end in _total', async () => {
  const text = await createPrometheus(GAUGES).text();
  const wrong = [...text.matchAll(/^# TYPE (\w+_total) (?!counter)/gm)].map(([, name]) => name);
  assert.deepEqual(wrong, []);
  assert.match(text, /^# TYPE nodejs_active_handles gauge$/m);
});
