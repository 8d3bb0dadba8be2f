// What an attempt to run a stored execution came to: a record, a failure of the service, or an interruption.

import type { Execute, ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { recordWithoutRun } from '../execution/without-run.ts';
import type { Log } from '../log.ts';
import type { Attempt } from './attempt.ts';

export interface OutcomeParts {
  readonly execute: Execute;
  readonly sandboxName: string;
  readonly maxAttempts: number;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

export type Outcome =
  | { readonly kind: 'record'; readonly record: ExecutionRecord; readonly message: string | null }
  | { readonly kind: 'failure'; readonly message: string }
  | { readonly kind: 'interrupted' };

/** Runs it, unless it is cancelled or was begun too often. */
export async function outcomeOf(parts: OutcomeParts, attempt: Attempt): Promise<Outcome> {
  const { claim } = attempt;
  if (claim.isCancelled) return { kind: 'record', record: cancelledRecord(parts, claim.task), message: null };
  if (claim.attempt > parts.maxAttempts) {
    return {
      kind: 'failure',
      message: `The service was interrupted in each of ${parts.maxAttempts} attempts`,
    };
  }
  try {
    const record = await parts.execute(claim.task, attempt.signal, attempt.onEvent);
    if (attempt.isInterrupted()) return { kind: 'interrupted' };
    const isCut = attempt.isCancelled() && record.results.some(({ status }) => status === 'cancelled');
    if (isCut) return { kind: 'record', record: { ...record, status: 'cancelled' }, message: null };
    if (record.status !== 'internal_error') return { kind: 'record', record, message: null };
    const message = 'The service failed in some of its tests; each says why';
    const isLast = claim.attempt >= parts.maxAttempts;
    return isLast ? { kind: 'record', record, message } : { kind: 'failure', message };
  } catch (error) {
    if (attempt.isInterrupted()) return { kind: 'interrupted' };
    parts.log.warn(
      { err: error, execution_id: claim.task.executionId, attempt: claim.attempt },
      'an attempt failed',
    );
    return { kind: 'failure', message: messageOf(error) };
  }
}

export function cancelledRecord(
  { sandboxName: sandbox }: Pick<OutcomeParts, 'sandboxName'>,
  task: ExecutionTask,
): ExecutionRecord {
  return recordWithoutRun(task, { status: 'cancelled', message: 'The execution was cancelled.', sandbox });
}

/** Errors of the service are for clients, others are not. */
function messageOf(error: unknown): string {
  return error instanceof Error && error.name === 'ServiceError' ? error.message : 'The service failed';
}

/** Whether any program can be run at all. */
export function canRun(probe: () => Promise<unknown>): Promise<boolean> {
  return probe().then(
    () => true,
    () => false,
  );
}
