// Whose an execution is, where what there is must be shared fairly.

import type { ExecutionTask } from './task.ts';

/** From the outside in: the client, and the user within it. Those without a user are one user of their client. */
export function ownerOf({ clientId, userId }: Pick<ExecutionTask, 'clientId' | 'userId'>): [string, string] {
  return [clientId, userId ?? ''];
}
