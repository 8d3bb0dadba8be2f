// Takes executions into the embedded store: once for each idempotency key, and no more than there is room for. Runs
// within a transaction, one savepoint an execution.

import { outlineOf, TASK_FORMAT } from '../../execution/task.ts';
import type { Admission, NewExecution } from '../store.ts';
import { countUnfinished, type Effects, type OpenedStore } from './opened-store.ts';
import { executionAt } from './reading.ts';

/** The share of the places that is added for owners who have less than their share. */
const RESERVE = 1 / 4;
/** How long a key is known. */
export const KEY_TTL_MS = 24 * 3_600_000;

export function addExecution(store: OpenedStore, added: NewExecution, effects: Effects): Admission {
  const { task, idempotency } = added;
  if (idempotency !== null) {
    const known = findKey(store, idempotency.owner, idempotency.key);
    if (known !== null) {
      return known.digest === idempotency.digest ? { kind: 'known', id: known.id } : { kind: 'conflict' };
    }
  }
  const text = JSON.stringify(task);
  const bytes = Buffer.byteLength(text);
  const reason = reasonToRefuse(store, added, bytes);
  if (reason !== null) return { kind: 'full', reason };
  const seq = insert(store, added, text, bytes, effects);
  if (idempotency !== null) {
    const { owner, key, digest } = idempotency;
    store.sql.insertKey.run(owner, key, digest, task.executionId, store.now());
  }
  enqueueAdded(store, added, bytes, effects);
  return { kind: 'added', execution: executionAt(store, seq) };
}

export function findKey({ sql, now }: OpenedStore, owner: string, key: string) {
  const row = sql.findKey.get(owner, key, now() - KEY_TTL_MS) as
    | { digest: string; execution: string }
    | undefined;
  return row === undefined ? null : { id: row.execution, digest: row.digest };
}

function insert(
  store: OpenedStore,
  added: NewExecution,
  text: string,
  bytes: number,
  effects: Effects,
): number {
  const { task, owner, origin, batchId, webhookUrl } = added;
  const { executionId: id, clientId, userId } = task;
  const body = store.bodies.write(`${id}-task`, text);
  if (body.file !== null) {
    const { file } = body;
    effects.undo(() => store.bodies.remove(file));
  }
  const { lastInsertRowid } = store.sql.insertExecution.run(
    id,
    owner,
    clientId,
    userId,
    batchId,
    bytes,
    bytes,
    JSON.stringify(origin),
    JSON.stringify(outlineOf(task)),
    webhookUrl,
    webhookUrl === null ? null : 'waiting',
  );
  store.sql.insertTask.run(lastInsertRowid, TASK_FORMAT, body.body, body.file);
  return Number(lastInsertRowid);
}

/** Counted at once, so that the next of the same transaction finds less room; in line once it is committed. */
function enqueueAdded(store: OpenedStore, { task }: NewExecution, bytes: number, effects: Effects): void {
  const { load } = store;
  const { executionId: id, clientId, userId, priority, languageId, acceptedAtMs } = task;
  const waiting = { id, clientId, userId, priority, languageId, acceptedAtMs };
  const count = (change: 1 | -1) => {
    load.storedBytes += change * bytes;
    countUnfinished(load, waiting, bytes, change);
  };
  count(1);
  store.line.add(waiting);
  effects.undo(() => {
    count(-1);
    store.line.remove(id);
  });
  effects.after(() => store.onChange({ id, kind: 'added' }));
}

function reasonToRefuse(store: OpenedStore, { task }: NewExecution, bytes: number): string | null {
  const { load, limits } = store;
  if (!hasRoom(load.unfinished, limits.maxExecutions, 1, store, task)) {
    return `${load.unfinished} of at most ${limits.maxExecutions} executions wait or run`;
  }
  if (!hasRoom(load.taskBytes, limits.maxTaskBytes, bytes, store, task)) {
    return `executions that wait or run may have ${limits.maxTaskBytes} bytes together; they have ${load.taskBytes}, and this one has ${bytes}`;
  }
  return null;
}

/** Beyond what there is room for, there is a reserve for owners with less than their share. */
function hasRoom(
  used: number,
  room: number,
  more: number,
  { load, limits }: OpenedStore,
  { clientId, userId }: NewExecution['task'],
): boolean {
  if (used + more <= room) return true;
  const own = load.byOwner.get(JSON.stringify([clientId, userId])) ?? 0;
  const owners = load.byOwner.size + (own === 0 ? 1 : 0);
  const isBelowShare = owners > 1 && own < limits.maxExecutions / owners;
  return isBelowShare && used + more <= room + Math.ceil(room * RESERVE);
}
