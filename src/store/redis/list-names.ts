// The lists in which an execution is found: of its owner, and of the owner's users, clients and batches.

import type { ListQuery, NewExecution } from '../store.ts';

type Part = 'user' | 'client' | 'batch';

function nameOf(owner: string, part?: Part, value = ''): string {
  const name = encodeURIComponent(owner);
  return part === undefined ? name : `${name}|${part}|${encodeURIComponent(value)}`;
}

/** All lists of an execution; none for one that is kept only as long as its request. */
export function listNamesOf({ owner, batchId, task, keepMs }: NewExecution): readonly string[] {
  if (keepMs !== undefined) return [];
  return [
    nameOf(owner),
    nameOf(owner, 'client', task.clientId),
    ...(task.userId === null ? [] : [nameOf(owner, 'user', task.userId)]),
    ...(batchId === null ? [] : [nameOf(owner, 'batch', batchId)]),
  ];
}

/** The list with the fewest executions in which all are that match. */
export function listName({ owner, batchId, userId, clientId }: ListQuery): string {
  if (batchId !== undefined) return nameOf(owner, 'batch', batchId);
  if (userId !== undefined) return nameOf(owner, 'user', userId);
  return clientId === undefined ? nameOf(owner) : nameOf(owner, 'client', clientId);
}
