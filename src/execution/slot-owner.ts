// The client and user that an execution is counted against when slots and the queue are shared.

import type { ExecutionTask } from './task.ts';

/** The client, then the user within it. Executions without a user count as one user of their client. */
export function ownerOf({ clientId, userId }: Pick<ExecutionTask, 'clientId' | 'userId'>): [string, string] {
  return [clientId, userId ?? ''];
}
