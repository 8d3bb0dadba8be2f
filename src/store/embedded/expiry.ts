// What the embedded store removes: what ended too long ago, what exceeds its size, and old idempotency keys. It never
// touches what has not ended.

import { KEY_TTL_MS } from './admission.ts';
import { type Effects, keepClock, type OpenedStore } from './opened-store.ts';
import { placesOf } from './reading.ts';

/** Most executions removed in one transaction, so that others wait only a moment for it. */
const REMOVED_AT_ONCE = 200;

interface Removable {
  readonly seq: number;
  readonly stored_bytes: number;
}

/** Call it again while it removes as many as it may. */
export function removeExpired(store: OpenedStore, effects: Effects): { executions: number; bytes: number } {
  const { sql, limits } = store;
  keepClock(store);
  sql.removeKeys.run(store.now() - KEY_TTL_MS);
  const expired = sql.findExpired.all(
    store.now() - limits.resultTtlMs,
    REMOVED_AT_ONCE,
  ) as unknown as Removable[];
  const removed = expired.length > 0 ? expired : tooMuch(store);
  for (const { seq, stored_bytes: bytes } of removed) removeExecution(store, seq, bytes, effects);
  return {
    executions: removed.length,
    bytes: removed.reduce((sum, { stored_bytes: bytes }) => sum + bytes, 0),
  };
}

/** The oldest of the client that has most, as many as exceed the bound. */
function tooMuch({ sql, load, limits }: OpenedStore): Removable[] {
  let excess = load.storedBytes - limits.maxStoredBytes;
  if (excess <= 0) return [];
  const { client = '' } = (sql.findLargestClient.get() ?? {}) as { client?: string };
  const oldest = sql.findOldestOf.all(client, REMOVED_AT_ONCE) as unknown as Removable[];
  return oldest.filter(({ stored_bytes: bytes }) => {
    const isNeeded = excess > 0;
    excess -= bytes;
    return isNeeded;
  });
}

/** Removes an execution with all that belongs to it. */
function removeExecution(store: OpenedStore, seq: number, bytes: number, effects: Effects): void {
  const files = store.sql.findFilesOf.all(seq, ...placesOf(seq)) as { file: string }[];
  store.sql.removeTask.run(seq);
  store.sql.removeEvents.run(...placesOf(seq));
  store.sql.removeExecution.run(seq);
  store.load.storedBytes -= bytes;
  effects.undo(() => {
    store.load.storedBytes += bytes;
  });
  effects.after(() => {
    for (const { file } of files) store.bodies.remove(file);
  });
}
