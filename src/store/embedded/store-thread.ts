// The thread of the embedded store: no request waits for the disk. While it commits, calls gather, and all of them share
// the next commit.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Change, StoreState } from '../store.ts';
import { runGroup, type StoreAnswer, type StoreCall, takeUp } from './group-commit.ts';
import { type OpenedStore, openStore, type StoreLimits } from './opened-store.ts';

export interface ThreadData {
  readonly directory: string;
  readonly limits: StoreLimits;
  /** Whether commits wait until the disk has what they wrote. */
  readonly isFlushing: boolean;
}

export interface ThreadMessage {
  readonly answers: readonly StoreAnswer[];
  readonly changes: readonly Change[];
  readonly state: Omit<StoreState, 'isAvailable'>;
}

/** Most calls of one commit: it stays short, and memory bounded. */
const MAX_GROUP = 200;

const { directory, limits, isFlushing } = workerData as ThreadData;
let changes: Change[] = [];
let hasPosted = false;
/** Held while the thread lives; the system gives it up for a process that dies. */
const lock = takeLock();
const store = openStore(directory, limits, (change) => {
  changes.push(change);
  if (changes.length === 1) setImmediate(() => post([]));
});
takeUp(store);
post([]);

parentPort?.on('message', (first: StoreCall | null) => {
  const group = gather(first);
  if (group.calls.length > 0) post(runGroup(store, group.calls, isFlushing));
  if (group.isLast) close();
});

/** All calls that have come by now; `null` is the last. */
function gather(first: StoreCall | null): { calls: StoreCall[]; isLast: boolean } {
  const calls: StoreCall[] = [];
  for (let next: StoreCall | null | undefined = first; next !== undefined; next = received()) {
    if (next === null) return { calls, isLast: true };
    calls.push(next);
    if (calls.length === MAX_GROUP) break;
  }
  return { calls, isLast: false };
}

function received(): StoreCall | null | undefined {
  return parentPort === null ? undefined : receiveMessageOnPort(parentPort)?.message;
}

/** What waits for a delay reports later, with no answer. */
function post(answers: readonly StoreAnswer[]): void {
  if (answers.length === 0 && changes.length === 0 && hasPosted) return;
  const message: ThreadMessage = { answers, changes, state: stateOf(store) };
  changes = [];
  hasPosted = true;
  parentPort?.postMessage(message);
}

function stateOf({ load, line, suspects }: OpenedStore): ThreadMessage['state'] {
  const inLine = line.oldestAtMs() ?? Number.POSITIVE_INFINITY;
  const oldest = Math.min(inLine, ...[...suspects.values()].map(({ acceptedAtMs }) => acceptedAtMs));
  return {
    waiting: load.unfinished - load.running,
    running: load.running,
    capacity: limits.maxExecutions,
    taskBytes: load.taskBytes,
    maxTaskBytes: limits.maxTaskBytes,
    oldestAcceptedAtMs: Number.isFinite(oldest) ? oldest : null,
    storedBytes: load.storedBytes,
  };
}

/** One process at a time: what runs in another must not be taken for lost. Throws if another has the store. */
function takeLock(): DatabaseSync {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(directory, 'lock'));
  database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  return database;
}

function close(): void {
  store.database.close();
  lock.close();
  parentPort?.close();
}
