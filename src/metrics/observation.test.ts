// What metrics take from an execution, and that nothing of its content is among it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedObservation, type ObservedRecord, observationOf } from './observation.ts';

const task = { languageId: 'c', userId: 'ada' };
const secret = { input: 'SECRET', stdout: 'SECRET', message: 'SECRET', wall_time_ms: 4 };
const record = {
  status: 'wrong_answer',
  sandbox: 'native',
  results: [secret],
  compile: { stdout: 'SECRET', wall_time_ms: 30, cached: false },
  memory_kb: 900,
  queue_time_ms: 2,
  total_time_ms: 50,
} as unknown as ObservedRecord;

test('an execution is its outcome and its figures', () => {
  const observation = observationOf(task, record, { atMs: 1000, requestId: 'R1' });
  assert.deepEqual(observation, {
    kind: 'execution',
    atMs: 1000,
    userId: 'ada',
    language: 'c',
    status: 'wrong_answer',
    sandbox: 'native',
    executionTimeMs: 48,
    queueTimeMs: 2,
    compileTimeMs: 30,
    memoryKb: 900,
  });
  assert.doesNotMatch(JSON.stringify(observation), /SECRET/);
});

test('a build that was known, and a program that did not run, have no figures', () => {
  const known = { ...record.compile, cached: true } as ObservedRecord['compile'];
  assert.equal(observationOf(task, { ...record, compile: known }, { atMs: 0 }).compileTimeMs, null);
  assert.equal(observationOf(task, { ...record, compile: null }, { atMs: 0 }).compileTimeMs, null);
  assert.equal(observationOf(task, { ...record, results: [] }, { atMs: 0 }).memoryKb, null);
});

test('an execution that the service failed is an internal error without figures', () => {
  const { status, executionTimeMs, queueTimeMs, memoryKb } = failedObservation(
    task,
    { sandbox: 'native', code: 'internal_error' },
    { atMs: 0 },
  );
  assert.deepEqual([status, executionTimeMs, queueTimeMs, memoryKb], ['internal_error', null, null, null]);
});
