// The record of an execution that is not run: it was cancelled before, or the service could not run it.

import { maximaOf, nowMs, roundedMs } from './measurements.ts';
import type { ExecutionEnding, ExecutionRecord, TestRecord } from './record.ts';
import { summaryOf } from './summary.ts';
import type { ExecutionTask } from './task.ts';
import { resultWithoutRun } from './test-result.ts';

/** `message` says why, in each result but the first `known` ones; those of hidden tests say nothing. */
export function recordWithoutRun(
  task: ExecutionTask,
  { status, message, sandbox }: { status: 'cancelled' | 'internal_error'; message: string; sandbox: string },
  known: readonly TestRecord[] = [],
): ExecutionRecord {
  const results = task.tests.map(
    (test, index) => known[index] ?? resultWithoutRun(index, test, { status, message }),
  );
  const finishedAtMs = Math.max(nowMs(), task.acceptedAtMs);
  return {
    execution_id: task.executionId,
    status,
    language: task.languageId,
    version: task.version,
    ...(task.problem !== undefined && { problem: task.problem }),
    compile: null,
    results,
    summary: summaryOf(task, results),
    ...maximaOf(results),
    queue_time_ms: roundedMs(finishedAtMs - task.queuedAtMs),
    total_time_ms: roundedMs(finishedAtMs - task.acceptedAtMs),
    sandbox,
    timings: { validation_ms: task.validation && roundedMs(task.validation.timeMs) },
    warnings: [...task.warnings],
    ...(task.validation && { analysis: task.validation.analysis }),
    created_at: task.createdAt,
    finished_at: new Date(finishedAtMs).toISOString(),
  };
}

/** What of a record its events do not say. */
export function endingOf(record: ExecutionRecord, message: string | null = null): ExecutionEnding {
  const { results: _results, compile: _compile, ...ending } = record;
  return { ...ending, message };
}
