// Makes an observation from an execution: its outcome and its figures, none of its content.

import type { ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ExecutionObservation } from './metrics.ts';

export type ObservedTask = Pick<ExecutionTask, 'languageId' | 'userId' | 'api'> &
  Partial<Pick<ExecutionTask, 'executionId'>>;
export type ObservedRecord = Pick<
  ExecutionRecord,
  'status' | 'sandbox' | 'results' | 'compile' | 'memory_kb' | 'queue_time_ms' | 'total_time_ms'
>;

export interface ObservedAt {
  readonly atMs: number;
  /** Of the request that the execution came with. */
  readonly requestId?: string | undefined;
}

export function observationOf(
  task: ObservedTask,
  record: ObservedRecord,
  { atMs, requestId }: ObservedAt,
): ExecutionObservation {
  const { compile, results } = record;
  const hasRun = results.some(({ wall_time_ms }) => wall_time_ms > 0);
  return {
    kind: 'execution',
    atMs,
    userId: task.userId,
    language: task.languageId,
    ...(task.api !== undefined && { api: task.api }),
    status: record.status,
    sandbox: record.sandbox,
    executionTimeMs: Math.max(0, record.total_time_ms - record.queue_time_ms),
    queueTimeMs: record.queue_time_ms,
    compileTimeMs: compile === null || compile.cached ? null : compile.wall_time_ms,
    memoryKb: hasRun ? record.memory_kb : null,
    ...(record.status === 'internal_error' && faultOf(task, requestId, 'internal_error')),
  };
}

/** The observation of an accepted execution that the service, not the program, failed. */
export function failedObservation(
  task: ObservedTask,
  { sandbox, code }: { readonly sandbox: string; readonly code: string },
  { atMs, requestId }: ObservedAt,
): ExecutionObservation {
  return {
    kind: 'execution',
    atMs,
    userId: task.userId,
    language: task.languageId,
    ...(task.api !== undefined && { api: task.api }),
    status: 'internal_error',
    sandbox,
    executionTimeMs: null,
    queueTimeMs: null,
    compileTimeMs: null,
    memoryKb: null,
    ...faultOf(task, requestId, code),
  };
}

function faultOf({ executionId }: ObservedTask, requestId: string | undefined, code: string) {
  return executionId !== undefined && requestId !== undefined && { fault: { requestId, executionId, code } };
}
