// The life of a stored execution: it is claimed, gets events, is finished, given back or cancelled. A fence decides which
// claim counts. Runs within a transaction.

import { type ExecutionEnding, type ExecutionEvent, RECORD_FORMAT } from '../../execution/record.ts';
import type { TaskOutline } from '../../execution/task.ts';
import type { Waiting } from '../fair-line.ts';
import type { Cancellation, Claim, Origin, StoredEvent } from '../store.ts';
import { endingWithoutTask } from '../unreadable-task.ts';
import { countUnfinished, type Effects, type OpenedStore } from './opened-store.ts';
import { EVENTS_PER_EXECUTION, type ExecutionRow, rowOf } from './reading.ts';
import { readTask } from './stored-task.ts';

export function claim(
  store: OpenedStore,
  { isIdle, except }: { readonly isIdle: boolean; readonly except: readonly string[] },
  effects: Effects,
): Claim | null {
  for (;;) {
    const waiting = takeNext(store, isIdle, except, effects);
    if (waiting === null) return null;
    const row = rowOf(store, waiting.id);
    const claimed = row === null ? null : begin(store, row, true, effects);
    if (claimed !== null) return claimed;
  }
}

/** Who was in the last attempt of a worker that died runs alone: no one else is lost with it a second time. */
function takeNext(
  store: OpenedStore,
  isIdle: boolean,
  except: readonly string[],
  effects: Effects,
): Waiting | null {
  const { suspects, line } = store;
  for (const suspect of suspects.values()) {
    if (except.includes(suspect.languageId)) continue;
    if (!isIdle) return null;
    suspects.delete(suspect.id);
    effects.undo(() => suspects.set(suspect.id, suspect));
    return suspect;
  }
  const next = line.take(except) ?? null;
  if (next !== null) effects.undo(() => line.add(next));
  return next;
}

/** `null` for an execution that this ends, as its task cannot be read. */
function begin(store: OpenedStore, row: ExecutionRow, counts: boolean, effects: Effects): Claim | null {
  store.sql.begin.run(counts ? 0 : 1, row.seq);
  if (row.state === 'waiting') {
    store.load.running += 1;
    effects.undo(() => {
      store.load.running -= 1;
    });
  }
  const fence = row.fence + 1;
  const task = readTask(store, row.seq);
  if (task === null) {
    finish(
      store,
      row.id,
      fence,
      [],
      endingWithoutTask(row.id, JSON.parse(row.outline) as TaskOutline),
      effects,
    );
    return null;
  }
  return {
    task,
    fence,
    attempt: row.fence - row.uncounted + (counts ? 1 : 0),
    origin: JSON.parse(row.origin) as Origin,
    isCancelled: row.cancelling === 1,
    isAlone: row.lost > 0,
  };
}

export function append(
  store: OpenedStore,
  id: string,
  fence: number,
  events: readonly ExecutionEvent[],
  effects: Effects,
): boolean {
  const row = heldRow(store, id, fence);
  if (row === null) return false;
  appendEvents(store, row, events, effects);
  effects.after(() => store.onChange({ id, kind: 'events' }));
  return true;
}

function heldRow(store: OpenedStore, id: string, fence: number): ExecutionRow | null {
  const row = rowOf(store, id);
  return row?.state === 'running' && row.fence === fence ? row : null;
}

/** Adds events to an execution, and makes the last status among them its own. */
export function appendEvents(
  store: OpenedStore,
  row: ExecutionRow,
  events: readonly StoredEvent['event'][],
  effects: Effects,
): void {
  let { last_event: last, status } = row;
  let bytes = 0;
  for (const event of events) {
    last += 1;
    if (last >= EVENTS_PER_EXECUTION) throw new Error(`${row.id} has too many events`);
    const text = event.type === 'done' ? '' : JSON.stringify(event);
    const body = store.bodies.write(`${row.id}-${last}`, text);
    const { file } = body;
    if (file !== null) effects.undo(() => store.bodies.remove(file));
    const place = row.seq * EVENTS_PER_EXECUTION + last;
    store.sql.insertEvent.run(
      place,
      row.fence,
      store.now(),
      event.type,
      RECORD_FORMAT,
      body.bytes,
      body.body,
      file,
    );
    bytes += body.bytes;
    if (event.type === 'status') status = event.status;
  }
  store.sql.setProgress.run(status, last, bytes, row.seq);
  store.load.storedBytes += bytes;
  effects.undo(() => {
    store.load.storedBytes -= bytes;
  });
}

export function finish(
  store: OpenedStore,
  id: string,
  fence: number,
  events: readonly ExecutionEvent[],
  ending: ExecutionEnding,
  effects: Effects,
): boolean {
  const row = heldRow(store, id, fence);
  if (row === null) return false;
  appendEvents(store, row, [...events, { type: 'done' }], effects);
  const endedAt = store.now();
  store.sql.setEnded.run(ending.status, JSON.stringify(ending), endedAt, endedAt, row.seq);
  removeTask(store, row, effects);
  const { load } = store;
  const count = (change: 1 | -1) => {
    load.running += change;
    load.storedBytes += change * row.task_bytes;
    countUnfinished(load, waitingOf(row), row.task_bytes, change);
  };
  count(-1);
  effects.undo(() => count(1));
  effects.after(() => store.onChange({ id, kind: 'ended' }));
  return true;
}

/** With it go the inputs of hidden tests. */
function removeTask(store: OpenedStore, { seq }: ExecutionRow, effects: Effects): void {
  const task = store.sql.findTask.get(seq) as { file: string | null } | undefined;
  store.sql.removeTask.run(seq);
  const file = task?.file ?? null;
  if (file !== null) effects.after(() => store.bodies.remove(file));
}

export function giveBack(
  store: OpenedStore,
  id: string,
  fence: number,
  { delayMs, counts }: { readonly delayMs: number; readonly counts: boolean },
  effects: Effects,
): boolean {
  const row = heldRow(store, id, fence);
  if (row === null) return false;
  store.sql.setWaiting.run(counts ? 1 : 0, counts ? 0 : 1, row.seq);
  appendEvents(store, row, [{ type: 'status', status: 'queued' }], effects);
  const { load } = store;
  load.running -= 1;
  effects.undo(() => {
    load.running += 1;
  });
  const waiting = waitingOf(row);
  const wait = () => {
    // Meanwhile it may have been cancelled.
    if (rowOf(store, id)?.state !== 'waiting') return;
    if (counts || row.lost > 0) store.suspects.set(id, waiting);
    else store.line.add(waiting);
    store.onChange({ id, kind: 'waiting' });
  };
  effects.after(() => {
    store.onChange({ id, kind: 'events' });
    if (delayMs > 0) setTimeout(wait, delayMs).unref();
    else wait();
  });
  return true;
}

export function cancel(
  store: OpenedStore,
  id: string,
  options: { readonly force?: boolean },
  effects: Effects,
): Cancellation {
  const row = rowOf(store, id);
  if (row === null) return { kind: 'unknown' };
  if (row.state === 'ended') return { kind: 'ended' };
  store.sql.setCancelling.run(row.seq);
  if (row.state === 'running' && options.force !== true) {
    effects.after(() => store.onChange({ id, kind: 'cancelling' }));
    return { kind: 'running' };
  }
  takeOut(store, id, effects);
  const claimed = begin(store, row, false, effects);
  return claimed === null ? { kind: 'ended' } : { kind: 'claimed', claim: { ...claimed, isCancelled: true } };
}

function takeOut(store: OpenedStore, id: string, effects: Effects): void {
  const { line, suspects } = store;
  const suspect = suspects.get(id);
  suspects.delete(id);
  const waiting = line.remove(id);
  effects.undo(() => {
    if (suspect !== undefined) suspects.set(id, suspect);
    if (waiting !== undefined) line.add(waiting);
  });
}

export function waitingOf(row: Pick<ExecutionRow, 'id' | 'outline'>): Waiting {
  const outline = JSON.parse(row.outline) as TaskOutline;
  const { clientId, userId, priority, languageId, acceptedAtMs } = outline;
  return { id: row.id, clientId, userId, priority, languageId, acceptedAtMs };
}
