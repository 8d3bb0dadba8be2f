// How an execution ends whose task cannot be read: a damaged one, or one of another version of the service.

import { maximaOf } from '../execution/measurements.ts';
import type { ExecutionEnding } from '../execution/record.ts';
import type { TaskOutline } from '../execution/task.ts';

export function endingWithoutTask(id: string, outline: TaskOutline): ExecutionEnding {
  return {
    execution_id: id,
    status: 'internal_error',
    language: outline.languageId,
    version: outline.version,
    summary: { total: 0, passed: 0, failed: 0, skipped: 0, score: 0 },
    ...maximaOf([]),
    queue_time_ms: 0,
    total_time_ms: 0,
    sandbox: 'none',
    timings: { validation_ms: null },
    warnings: [...outline.warnings],
    created_at: outline.createdAt,
    finished_at: new Date().toISOString(),
    message:
      'What was submitted cannot be read any more: it is damaged, or another version of the service wrote it.',
  };
}
