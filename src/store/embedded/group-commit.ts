// Runs calls of the embedded store in groups: those that write share one transaction and one flush to the disk, each in a
// savepoint of its own; those that read come after. A call is answered when what it wrote is committed.

import { ServiceError } from '../../errors.ts';
import type { NewExecution } from '../store.ts';
import { addExecution, findKey } from './admission.ts';
import { removeExpired } from './expiry.ts';
import type { Effects, OpenedStore } from './opened-store.ts';
import { events, find, list, results } from './reading.ts';
import { recover } from './recovery.ts';
import { append, cancel, claim, finish, giveBack } from './turns.ts';
import { dueWebhooks, nextWebhookMs, recordDelivery, redeliver, webhookBacklog } from './webhook-rows.ts';

type Work = (store: OpenedStore, ...args: readonly unknown[]) => unknown;

/** `isFlushed`: the answer promises that it survives the loss of power. */
const WRITES = {
  add: { isFlushed: true, run: addAll },
  finish: { isFlushed: true, run: finish },
  cancel: { isFlushed: true, run: cancel },
  claim: { isFlushed: false, run: claim },
  append: { isFlushed: false, run: append },
  giveBack: { isFlushed: false, run: giveBack },
  removeExpired: { isFlushed: false, run: removeExpired },
  recordDelivery: { isFlushed: false, run: recordDelivery },
  redeliver: { isFlushed: true, run: redeliver },
} as const;
const READS = { find, findKey, list, events, results, dueWebhooks, nextWebhookMs, webhookBacklog } as const;

type Write = keyof typeof WRITES;
type ReadName = keyof typeof READS;
export type StoreMethod = Write | ReadName;

export interface StoreCall {
  readonly number: number;
  readonly method: StoreMethod;
  readonly args: readonly unknown[];
}

export interface StoreAnswer {
  readonly number: number;
  readonly isWrite: boolean;
  readonly result?: unknown;
  /** Why the call failed. */
  readonly failure?: Failure;
}

interface Failure {
  readonly code: ServiceError['code'];
  readonly message: string;
  readonly path?: string | undefined;
}

/** Runs a group of calls and returns their answers. Never throws for what a call or the disk does. */
export function runGroup(
  store: OpenedStore,
  calls: readonly StoreCall[],
  isFlushing: boolean,
): StoreAnswer[] {
  const writes = calls.filter(({ method }) => method in WRITES);
  const reads = calls.filter(({ method }) => method in READS);
  const written = writes.length === 0 ? [] : commit(store, writes, isFlushing);
  return [...written, ...reads.map((call) => answerTo(call, () => read(store, call)))];
}

/** Takes up what the process before left. Call it once, before any group. Throws if the disk fails. */
export function takeUp(store: OpenedStore): void {
  const effects = createEffects();
  store.database.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
  recover(store, effects);
  store.database.exec('COMMIT');
  effects.apply();
}

function commit(store: OpenedStore, writes: readonly StoreCall[], isFlushing: boolean): StoreAnswer[] {
  const { database } = store;
  const group = createEffects();
  try {
    const mustFlush = isFlushing && writes.some(({ method }) => WRITES[method as Write].isFlushed);
    database.exec(`PRAGMA synchronous = ${mustFlush ? 'FULL' : 'NORMAL'}; BEGIN IMMEDIATE`);
    const answers = writes.map((call) => answerTo(call, () => write(store, call, group)));
    database.exec('COMMIT');
    group.apply();
    return answers;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    group.revert();
    return writes.map(({ number }) => ({ number, isWrite: true, failure: failureOf(error) }));
  }
}

function write(store: OpenedStore, { method, args }: StoreCall, group: EffectsOfGroup): unknown {
  const run = WRITES[method as Write].run as Work;
  return inSavepoint(store, group, (effects) => run(store, ...args, effects));
}

function addAll(store: OpenedStore, executions: readonly NewExecution[], effects: Effects): unknown[] {
  return executions.map((execution) =>
    inSavepoint(store, effects as EffectsOfGroup, (own) => addExecution(store, execution, own)),
  );
}

function inSavepoint<T>(
  { database }: OpenedStore,
  group: EffectsOfGroup,
  work: (effects: EffectsOfGroup) => T,
): T {
  const own = createEffects();
  database.exec('SAVEPOINT one');
  try {
    const result = work(own);
    database.exec('RELEASE one');
    group.include(own);
    return result;
  } catch (error) {
    own.revert();
    if (error instanceof LostTransaction) throw error;
    // A full disk may have ended the whole transaction.
    if (!database.isTransaction) throw new LostTransaction(error);
    database.exec('ROLLBACK TO one; RELEASE one');
    throw error;
  }
}

/** Nothing of the group was written. */
class LostTransaction extends Error {
  constructor(cause: unknown) {
    super('the transaction was rolled back', { cause });
  }
}

interface EffectsOfGroup extends Effects {
  include(other: EffectsOfGroup): void;
  readonly undos: (() => void)[];
  readonly afters: (() => void)[];
  apply(): void;
  revert(): void;
}

function createEffects(): EffectsOfGroup {
  const undos: (() => void)[] = [];
  const afters: (() => void)[] = [];
  return {
    undos,
    afters,
    undo: (action) => undos.push(action),
    after: (action) => afters.push(action),
    include: (other) => {
      undos.push(...other.undos);
      afters.push(...other.afters);
    },
    apply: () => {
      for (const action of afters) action();
    },
    revert: () => {
      for (const action of undos.toReversed()) action();
    },
  };
}

function read(store: OpenedStore, { method, args }: StoreCall): unknown {
  return (READS[method as ReadName] as Work)(store, ...args);
}

function answerTo({ number, method }: StoreCall, work: () => unknown): StoreAnswer {
  const isWrite = method in WRITES;
  try {
    return { number, isWrite, result: work() };
  } catch (error) {
    if (error instanceof LostTransaction) throw error.cause;
    return { number, isWrite, failure: failureOf(error) };
  }
}

/** SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_BUSY. */
const DISK_CODES = [13, 10, 8, 14, 5];
const FILE_CODES = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];

function failureOf(error: unknown): Failure {
  const { errcode = 0, code = '', message } = error as { errcode?: number; code?: string; message: string };
  if (error instanceof ServiceError) return { code: error.code, message, path: error.errors?.[0]?.path };
  const isDisk = DISK_CODES.includes(errcode & 0xff) || FILE_CODES.includes(code);
  return { code: isDisk ? 'unavailable' : 'internal_error', message: `${code} ${message}` };
}
