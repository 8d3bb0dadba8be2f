// Reads the task of a stored execution, if it can be read.

import { type ExecutionTask, TASK_FORMAT } from '../../execution/task.ts';
import type { OpenedStore } from './opened-store.ts';

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
