// The open embedded store within its thread: its file, what waits in line, and how much there is. What is in memory
// follows the file: it is put back when a transaction is rolled back, and read anew at each start.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFairLine, type FairLine, type Waiting } from '../fair-line.ts';
import type { Change } from '../store.ts';
import { type Bodies, openBodies } from './bodies.ts';
import { openStoreFile, type StoreFile } from './schema.ts';

export interface StoreLimits {
  /** Executions that wait or run. */
  readonly maxExecutions: number;
  /** Bytes of their tasks. */
  readonly maxTaskBytes: number;
  /** Bytes of everything. Beyond it, ended executions of the client with most are removed, the oldest first. */
  readonly maxStoredBytes: number;
  readonly resultTtlMs: number;
}

/** What waits or runs, as far as admission needs it. */
export interface Load {
  /** That wait, for a turn or for a delay, or run. */
  unfinished: number;
  running: number;
  taskBytes: number;
  storedBytes: number;
  readonly byOwner: Map<string, number>;
}

export interface OpenedStore extends StoreFile {
  readonly limits: StoreLimits;
  readonly bodies: Bodies;
  readonly line: FairLine;
  /** Those whose attempt was lost: each may be what ended a worker. */
  readonly suspects: Map<string, Waiting>;
  readonly load: Load;
  /** Called by id when something else has to happen first: a delay that ends. */
  readonly onChange: (change: Change) => void;
  /** Milliseconds since 1970 that never go back, also not over restarts. */
  now(): number;
}

/** The part of a transaction that is not in the file. */
export interface Effects {
  /** Puts memory back if the transaction fails. */
  undo(action: () => void): void;
  /** Happens once the transaction is committed. */
  after(action: () => void): void;
}

/** Clears what a crash left behind. The directory must be held by this process alone. */
export function openStore(
  directory: string,
  limits: StoreLimits,
  onChange: OpenedStore['onChange'],
): OpenedStore {
  const bodies = openBodies(join(directory, 'bodies'));
  const file = openStoreFile(join(directory, 'executions.sqlite'));
  const { bytes } = file.sql.sumStored.get() as { bytes: number };
  const store: OpenedStore = {
    ...file,
    limits,
    bodies,
    line: createFairLine(),
    suspects: new Map(),
    load: { unfinished: 0, running: 0, taskBytes: 0, storedBytes: bytes, byOwner: new Map() },
    onChange,
    now: createClock(file),
  };
  const files = file.sql.findFiles.all() as { file: string }[];
  bodies.keepOnly(new Set(files.map((each) => each.file)));
  return store;
}

const CLOCK_FACT = 'clock';

/** Starts where the clock of the process before stopped, if the machine's is behind that. */
function createClock({ sql }: StoreFile): () => number {
  const kept = sql.findFact.get(CLOCK_FACT) as { value: string } | undefined;
  const startedAtMs = Math.max(Date.now(), Number(kept?.value ?? 0));
  const start = performance.now();
  return () => startedAtMs + performance.now() - start;
}

/** Within a transaction. */
export function keepClock({ sql, now }: OpenedStore): void {
  sql.setFact.run(CLOCK_FACT, String(now()));
}

const BOOT_FACT = 'boot';

/** True if the machine was started anew since the last call: what was not flushed then may be lost. Within a transaction. */
export function isFirstOfBoot({ sql }: StoreFile): boolean {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const kept = sql.findFact.get(BOOT_FACT) as { value: string } | undefined;
  sql.setFact.run(BOOT_FACT, boot);
  return kept !== undefined && kept.value !== boot;
}

/** Counts an unfinished execution in or out. */
export function countUnfinished(
  load: Load,
  { clientId, userId }: Pick<Waiting, 'clientId' | 'userId'>,
  taskBytes: number,
  change: 1 | -1,
): void {
  const owner = JSON.stringify([clientId, userId]);
  const count = (load.byOwner.get(owner) ?? 0) + change;
  if (count > 0) load.byOwner.set(owner, count);
  else load.byOwner.delete(owner);
  load.unfinished += change;
  load.taskBytes += change * taskBytes;
}
