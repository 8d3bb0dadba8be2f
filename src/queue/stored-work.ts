// Runs the executions of a store: takes them in turn, a bounded number at a time, stores their events and results, tries
// again what the service failed, and gives back what a stop interrupts. It knows nothing of who submitted them.

import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionRecord } from '../execution/record.ts';
import { recordWithoutRun } from '../execution/without-run.ts';
import type { Claim } from '../store/store.ts';
import { type Attempt, type AttemptParts, finishAttempt, startAttempt } from './attempt.ts';
import { cancelledRecord, canRun, type Outcome, type OutcomeParts, outcomeOf } from './attempt-outcome.ts';
import { createThroughput, type Throughput } from './throughput.ts';
import { followTurns } from './turn-follower.ts';

/** Executions that are begun for each slot: one that waits must be there when a slot is freed. */
const BEGUN_PER_SLOT = 2;
/** How often the store is asked although nothing was heard: languages become ready, a store comes back. */
const ASK_EVERY_MS = 1000;
/** How long what runs may take to notice that it is cancelled. */
const CANCEL_MS = 700;
/** Before the second attempt; four times as long before each further one. */
const FIRST_RETRY_MS = 1000;
const RETRY_FACTOR = 4;
/** While the sandbox does not work, it is asked this often. */
const OUTAGE_MS = 2000;

type AttemptOutcome = 'finished' | 'retried' | 'given_back' | 'dropped';

export interface StoredWorkParts extends OutcomeParts, AttemptParts {
  readonly slots: number;
  readonly firstRetryMs?: number;
  readonly outageMs?: number;
  /** Languages that are not ready yet, so that their executions wait. */
  readonly waitingLanguages: () => readonly string[];
  /** Rejects while no program can be run at all. */
  readonly probe: () => Promise<unknown>;
  /** Called once for each execution that ended, by whoever ended it. */
  readonly onEnd: (claim: Claim, record: ExecutionRecord) => void;
  readonly onAttempt: (outcome: AttemptOutcome) => void;
  /** Resolves when the store should be asked. Without it, changes of the store say so. */
  readonly nextTurn?: (() => Promise<void>) | undefined;
}

export interface StoredWork {
  /** Resolves when it has ended, within about a second; with what it was otherwise. */
  cancel(id: string): Promise<'unknown' | 'ended' | 'cancelled'>;
  /** Whole seconds in which about this many executions end. */
  secondsFor(executions: number): number;
  /** Begins nothing more, lets what runs finish for `graceMs`, then gives it back. Resolves when nothing runs. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

interface State {
  readonly parts: StoredWorkParts;
  readonly active: Map<string, Attempt>;
  readonly throughput: Throughput;
  /** The question to the store that is under way. */
  asking: Promise<void> | null;
  askAgain: boolean;
  /** The sandbox does not work: nothing is begun. */
  isPaused: boolean;
  isClosing: boolean;
  /** Resolved and replaced whenever one has ended. */
  ended: PromiseWithResolvers<void>;
}

/** Begins at once. */
export function startStoredWork(parts: StoredWorkParts): StoredWork {
  const state: State = {
    parts,
    active: new Map(),
    throughput: createThroughput(),
    asking: null,
    askAgain: false,
    isPaused: false,
    isClosing: false,
    ended: Promise.withResolvers(),
  };
  const watch = parts.store.watch(({ id, kind }) => {
    if (kind === 'cancelling') state.active.get(id)?.cancel();
    // Whoever runs it now has the claim that counts: this one is given up.
    if (kind === 'lost') state.active.get(id)?.interrupt();
    if ((kind === 'added' && parts.nextTurn === undefined) || kind === 'waiting') takeMore(state);
  });
  if (parts.nextTurn !== undefined && parts.slots > 0) {
    void followTurns({
      nextTurn: parts.nextTurn,
      hasRoom: () => hasRoom(state),
      whenOneEnds: () => state.ended.promise,
      isClosing: () => state.isClosing,
      onTurn: async () => {
        takeMore(state);
        await state.asking;
      },
    });
  }
  const timer = setInterval(() => takeMore(state), ASK_EVERY_MS);
  takeMore(state);
  return {
    cancel: (id) => cancel(state, id),
    secondsFor: state.throughput.secondsFor,
    close: async ({ graceMs }) => {
      clearInterval(timer);
      watch[Symbol.dispose]();
      await close(state, graceMs);
    },
  };
}

/** One question to the store at a time. */
function takeMore(state: State): void {
  state.askAgain = true;
  state.asking ??= takeAll(state);
}

async function takeAll(state: State): Promise<void> {
  // Whoever asks for it has its promise before it can end.
  await null;
  try {
    while (state.askAgain && hasRoom(state)) {
      state.askAgain = false;
      if (await takeNext(state)) state.askAgain = true;
    }
  } catch {
    // The store is unavailable, which it logs itself; it is asked again soon.
  } finally {
    state.asking = null;
  }
}

function hasRoom({ parts, active, isPaused, isClosing }: State): boolean {
  if (isPaused || isClosing || active.size >= parts.slots * BEGUN_PER_SLOT) return false;
  return ![...active.values()].some(({ claim }) => claim.isAlone);
}

/** As far as the store's latest answer says; what begins to wait later is announced. */
const hasMore = ({ parts }: State): boolean => parts.store.state().waiting > 0;

async function takeNext(state: State): Promise<boolean> {
  const { store, waitingLanguages } = state.parts;
  const claim = await store.claim({ isIdle: state.active.size === 0, except: waitingLanguages() });
  if (claim === null) return false;
  void run(state, claim);
  return hasMore(state);
}

async function run(state: State, claim: Claim): Promise<void> {
  const { parts, active } = state;
  const { executionId: id } = claim.task;
  const attempt = startAttempt(parts, claim);
  active.set(id, attempt);
  if (state.isClosing) attempt.interrupt();
  try {
    await settle(state, attempt, await outcomeOf(parts, attempt));
  } catch (error) {
    parts.log.error({ err: error, execution_id: id }, 'an attempt could not be finished');
  } finally {
    active.delete(id);
    const { resolve } = state.ended;
    state.ended = Promise.withResolvers();
    resolve();
    if (hasMore(state)) takeMore(state);
  }
}

async function settle(state: State, attempt: Attempt, outcome: Outcome): Promise<void> {
  const { parts } = state;
  const { claim } = attempt;
  if (outcome.kind === 'interrupted') {
    await attempt.giveBack({ delayMs: 0, counts: false });
    return parts.onAttempt('given_back');
  }
  if (outcome.kind === 'failure') {
    if (claim.attempt < parts.maxAttempts) return tryAgain(state, attempt);
    const record = recordWithoutRun(
      claim.task,
      { status: 'internal_error', message: `${outcome.message}.`, sandbox: parts.sandboxName },
      attempt.reported(),
    );
    const message = `${outcome.message}; it was given up after ${parts.maxAttempts} attempts.`;
    return end(state, attempt, record, message);
  }
  return end(state, attempt, outcome.record, outcome.message);
}

/** While nothing can be run at all, it is not the execution's fault. */
async function tryAgain(state: State, attempt: Attempt): Promise<void> {
  const { parts } = state;
  const works = await canRun(parts.probe);
  if (!works) void pause(state);
  const { firstRetryMs = FIRST_RETRY_MS } = parts;
  const delayMs = works ? firstRetryMs * RETRY_FACTOR ** (attempt.claim.attempt - 1) : 0;
  await attempt.giveBack({ delayMs, counts: works });
  parts.onAttempt('retried');
}

/** Begins nothing until a program can be run again. */
async function pause(state: State): Promise<void> {
  if (state.isPaused) return;
  state.isPaused = true;
  do await delay(state.parts.outageMs ?? OUTAGE_MS, undefined, { ref: false });
  while (!state.isClosing && !(await canRun(state.parts.probe)));
  state.isPaused = false;
  takeMore(state);
}

async function end(
  { parts, throughput }: State,
  attempt: Attempt,
  record: ExecutionRecord,
  message: string | null,
): Promise<void> {
  const isOurs = await finishAttempt(attempt, record, message);
  parts.onAttempt(isOurs ? 'finished' : 'dropped');
  if (!isOurs) return;
  throughput.countOne();
  attempt.follower?.ended(record);
  parts.onEnd(attempt.claim, record);
}

async function cancel(state: State, id: string): Promise<'unknown' | 'ended' | 'cancelled'> {
  const { store } = state.parts;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  using _watch = store.watch((change) => {
    if (change.id === id && change.kind === 'ended') resolve();
  });
  const first = await store.cancel(id);
  if (first.kind === 'claimed') return finishCancelled(state, first.claim);
  if (first.kind !== 'running') return first.kind;
  const timer = setTimeout(resolve, CANCEL_MS);
  await ended;
  clearTimeout(timer);
  // Taken from whoever runs it and does not notice; one that has ended has ended.
  const second = await store.cancel(id, { force: true });
  return second.kind === 'claimed' ? finishCancelled(state, second.claim) : 'cancelled';
}

async function finishCancelled(state: State, claim: Claim): Promise<'cancelled'> {
  const attempt = startAttempt(state.parts, claim);
  await end(state, attempt, cancelledRecord(state.parts, claim.task), null);
  return 'cancelled';
}

async function close(state: State, graceMs: number): Promise<void> {
  state.isClosing = true;
  await state.asking;
  const timer = setTimeout(() => {
    for (const attempt of state.active.values()) attempt.interrupt();
  }, graceMs);
  while (state.active.size > 0) await state.ended.promise;
  clearTimeout(timer);
}
