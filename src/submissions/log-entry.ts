// What the log contains of an execution: who, what, how it ended, how long and how large. Never source, inputs, outputs or
// names that a client chose for them.

import { ServiceError } from '../errors.ts';
import { bytesInOutput } from '../execution/output.ts';
import type { ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';

/** What the log has of an execution, whichever line it is in. */
export type ExecutionEntry = (ReturnType<typeof endedEntry> | ReturnType<typeof failedEntry>) & {
  readonly api: string | null;
  readonly queue_depth: number;
};

/** The entry of an execution that ended, with any status. */
export function endedEntry(task: ExecutionTask, record: ExecutionRecord) {
  return {
    ...taskEntry(task),
    status: record.status,
    passed: record.summary.passed,
    skipped: record.summary.skipped,
    sandbox: record.sandbox,
    queue_time_ms: record.queue_time_ms,
    compile_time_ms: record.compile?.wall_time_ms ?? null,
    compile_cached: record.compile?.cached ?? null,
    cpu_time_ms: record.cpu_time_ms,
    wall_time_ms: record.wall_time_ms,
    total_time_ms: record.total_time_ms,
    memory_kb: record.memory_kb,
    output_bytes: outputBytes(record),
  };
}

/** For an execution that the service rejected or failed after accepting it; the error itself is logged elsewhere. */
export function failedEntry(task: ExecutionTask, error: unknown) {
  return {
    ...taskEntry(task),
    status: null,
    code: error instanceof ServiceError ? error.code : ('internal_error' as const),
  };
}

function taskEntry(task: ExecutionTask) {
  return {
    execution_id: task.executionId,
    user_id: task.userId,
    language: task.languageId,
    version: task.version,
    priority: task.priority,
    checker: task.checker.type,
    tests: task.tests.length,
    files: task.files.length,
    source_bytes: sum(task.files, ({ contentBase64 }) => Buffer.byteLength(contentBase64, 'base64')),
    input_bytes: sum(task.tests, ({ input }) => Buffer.byteLength(input)),
  };
}

/** Of the outputs in the record, which has none of hidden tests. */
function outputBytes({ compile, results }: ExecutionRecord): number {
  const streams = [...(compile ? [compile] : []), ...results].flatMap(({ stdout, stderr }) => [
    stdout,
    stderr,
  ]);
  return sum(streams, (output) => bytesInOutput(output ?? ''));
}

function sum<T>(values: readonly T[], sizeOf: (value: T) => number): number {
  return values.reduce((total, value) => total + sizeOf(value), 0);
}
