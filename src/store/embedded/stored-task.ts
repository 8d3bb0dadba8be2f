// Reads the task of a stored execution. One that cannot be read ends its execution and holds up nothing else.

import { maximaOf } from '../../execution/measurements.ts';
import type { ExecutionEnding } from '../../execution/record.ts';
import { type ExecutionTask, TASK_FORMAT, type TaskOutline } from '../../execution/task.ts';
import type { OpenedStore } from './opened-store.ts';
import type { ExecutionRow } from './reading.ts';

interface TaskRow {
  readonly format: number;
  readonly body: string | null;
  readonly file: string | null;
}

/** `null` for one of a later format, and for one that is damaged. */
export function readTask({ sql, bodies }: OpenedStore, seq: number): ExecutionTask | null {
  const row = sql.findTask.get(seq) as TaskRow | undefined;
  if (row === undefined || row.format > TASK_FORMAT) return null;
  try {
    return JSON.parse(bodies.read(row)) as ExecutionTask;
  } catch {
    return null;
  }
}

/** Of an execution whose task cannot be read. */
export function endingWithoutTask({
  id,
  outline: text,
}: Pick<ExecutionRow, 'id' | 'outline'>): ExecutionEnding {
  const outline = JSON.parse(text) as TaskOutline;
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
