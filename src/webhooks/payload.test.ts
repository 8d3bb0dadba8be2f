// The body of a webhook, and how it is made to fit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestResult } from '../api/execution.ts';
import { type ReportedExecution, webhookBody } from './payload.ts';

const TEST: TestResult = {
  index: 0,
  name: null,
  status: 'accepted',
  passed: true,
  score: 1,
  is_hidden: false,
  input: '',
  input_truncated: false,
  expected_output: null,
  stdout: '5\n',
  stderr: '',
  exit_code: 0,
  signal: null,
  cpu_time_ms: 1,
  wall_time_ms: 1,
  memory_kb: 1,
  stdout_truncated: false,
  stderr_truncated: false,
  message: null,
};

function resultWith(results: readonly TestResult[]): ReportedExecution {
  return {
    execution_id: '01J',
    status: 'completed',
    language: 'python',
    version: '3.11.2',
    compile: null,
    results: [...results],
    summary: { total: 1, passed: 1, failed: 0, skipped: 0, score: 1 },
    cpu_time_ms: 1,
    wall_time_ms: 1,
    memory_kb: 1,
    queue_time_ms: 1,
    total_time_ms: 1,
    sandbox: 'native',
    timings: { validation_ms: 0, compile_ms: 0, run_ms: 1 },
    warnings: [],
    created_at: '2030-01-01T00:00:00.000Z',
    finished_at: '2030-01-01T00:00:01.000Z',
  } as unknown as ReportedExecution;
}

test('a small result is sent whole, in the envelope of Standard Webhooks', () => {
  const result = resultWith([TEST]);
  assert.deepEqual(JSON.parse(webhookBody(result)), {
    type: 'execution.completed',
    timestamp: '2030-01-01T00:00:01.000Z',
    truncated: false,
    data: result,
  });
});

test('long texts are cut until the body is at most 256 KiB, in characters that JSON allows', () => {
  const long = { ...TEST, stdout: '😀'.repeat(200_000), stderr: '\0'.repeat(100_000), input: 'short' };
  const body = webhookBody(resultWith([long, TEST]));
  assert.ok(Buffer.byteLength(body) <= 262_144);
  const { truncated, data } = JSON.parse(body);
  const [first, second] = data.results;
  assert.ok(truncated && first.stdout_truncated && first.stderr_truncated);
  assert.deepEqual([first.input, first.input_truncated], ['short', false]);
  assert.ok(first.stdout.length > 100 && first.stdout.isWellFormed());
  assert.deepEqual(second, TEST);
});

test('a hidden test stays without its texts, and a thousand tests leave only the figures', () => {
  const hidden = { ...TEST, is_hidden: true, input: null, stdout: null, stderr: null };
  const large = { ...TEST, stdout: 'x'.repeat(300_000) };
  const [, shown] = JSON.parse(webhookBody(resultWith([large, hidden]))).data.results;
  assert.deepEqual([shown.stdout, shown.stdout_truncated], [null, false]);
  const { data, truncated } = JSON.parse(webhookBody(resultWith(Array.from({ length: 1000 }, () => large))));
  assert.deepEqual([data.results, data.summary.total, truncated], [[], 1, true]);
});
