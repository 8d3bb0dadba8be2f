// Takes observations, adds them up into batches and writes those to a store in the background. Recording never waits
// and never throws: while the store fails, batches are kept and retried within a bound; what exceeds the bound is
// dropped, counted and logged.

import { createIdentifier } from '../identifier.ts';
import type { Log } from '../log.ts';
import { countsOf } from './counts.ts';
import {
  type Batch,
  type Fault,
  HOUR_MS,
  MAX_FAULTS,
  type MetricsStore,
  type Observation,
} from './metrics.ts';
import { stepStart } from './window.ts';

const FLUSH_INTERVAL_MS = 1000;
/** Hours of users in a batch: the bound of what is kept while the store fails. An observation that needs more is dropped. */
const MAX_USER_HOURS = 10_000;
/** Steps of five minutes in a batch: what a store that fails for a day needs. */
const MAX_PERIODS = 300;
/** A batch that the store has refused for this long is dropped, so that it cannot block all later ones. */
export const GIVE_UP_MS = 24 * HOUR_MS;
/** How long the last flush may take when the service stops. */
const CLOSE_TIMEOUT_MS = 3000;

interface RecorderState {
  /** Observations that are not in the store yet. */
  readonly pending: number;
  /** Observations dropped since the start. */
  readonly dropped: number;
}

export interface Recorder {
  record(observation: Observation): void;
  /** Writes what was recorded before the call. Resolves even if the store fails. */
  flush(): Promise<void>;
  state(): RecorderState;
  /** Writes what is left, within a bounded time. */
  close(): Promise<void>;
}

interface Draft {
  observations: number;
  readonly periods: Map<number, { counts: Map<string, number>; users: Set<string> }>;
  readonly users: Map<string, Mutable<Batch['users'][number]> & { counts: Map<string, number> }>;
  /** The latest. */
  readonly faults: Fault[];
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface State {
  readonly store: MetricsStore;
  readonly log: Log;
  draft: Draft;
  /** The batch that is being written or retried. */
  sealed: { readonly batch: Batch; readonly observations: number; readonly sinceMs: number } | null;
  writing: Promise<void> | null;
  dropped: number;
  isFailing: boolean;
  /** Whether the current failure of the store was logged, and whether the first dropped observation was. */
  hasLoggedDropped: boolean;
  hasLoggedUsers: boolean;
}

export function createRecorder(store: MetricsStore, log: Log): Recorder {
  const state: State = {
    store,
    log,
    draft: emptyDraft(),
    sealed: null,
    writing: null,
    dropped: 0,
    isFailing: false,
    hasLoggedDropped: false,
    hasLoggedUsers: false,
  };
  const timer = setInterval(() => void write(state), FLUSH_INTERVAL_MS).unref();
  return {
    record: (observation) => record(state, observation),
    flush: () => flush(state),
    state: () => ({
      pending: state.draft.observations + (state.sealed?.observations ?? 0),
      dropped: state.dropped,
    }),
    close: async () => {
      clearInterval(timer);
      await close(state);
    },
  };
}

function emptyDraft(): Draft {
  return { observations: 0, periods: new Map(), users: new Map(), faults: [] };
}

function record(state: State, observation: Observation): void {
  if (!addTo(state.draft, observation)) drop(state, 1);
}

function drop(state: State, observations: number): void {
  state.dropped += observations;
  if (!state.hasLoggedDropped)
    state.log.error('metrics are dropped: more than can be kept wait for the store');
  state.hasLoggedDropped = true;
}

/** False if there is no room for it. */
function addTo(draft: Draft, observation: Observation): boolean {
  const { atMs, userId } = observation;
  const periodMs = stepStart('fine', atMs);
  const hourMs = stepStart('hour', atMs);
  const key = `${hourMs} ${userId}`;
  const period = draft.periods.get(periodMs) ?? { counts: new Map(), users: new Set() };
  const isNewUser = userId !== null && !draft.users.has(key);
  if (isNewUser && draft.users.size >= MAX_USER_HOURS) return false;
  if (draft.periods.size >= MAX_PERIODS && !draft.periods.has(periodMs)) return false;
  draft.observations += 1;
  draft.periods.set(periodMs, period);
  const counts = countsOf(observation);
  addUp(period.counts, counts);
  addFault(draft, observation);
  if (userId === null) return true;
  period.users.add(userId);
  const user = draft.users.get(key) ?? {
    userId,
    startMs: hourMs,
    counts: new Map(),
    seenAtMs: atMs,
    lastExecutionAtMs: null,
  };
  draft.users.set(key, user);
  addUp(user.counts, counts);
  user.seenAtMs = Math.max(user.seenAtMs, atMs);
  if (observation.kind === 'execution') user.lastExecutionAtMs = Math.max(user.lastExecutionAtMs ?? 0, atMs);
  return true;
}

function addFault({ faults }: Draft, observation: Observation): void {
  if (observation.kind !== 'execution' || observation.fault === undefined) return;
  const { atMs, language, api = 'v1', fault } = observation;
  faults.push({ atMs, language, api, ...fault });
  if (faults.length > MAX_FAULTS) faults.shift();
}

function addUp(sums: Map<string, number>, counts: ReturnType<typeof countsOf>): void {
  for (const [name, amount] of counts) sums.set(name, (sums.get(name) ?? 0) + amount);
}

/** Two writes: the batch of one under way was sealed before the latest observations. */
async function flush(state: State): Promise<void> {
  await write(state);
  if (!state.isFailing) await write(state);
}

/** Writes one batch. Batches are written one at a time, in order, and retried until written or expired. */
function write(state: State): Promise<void> {
  state.writing ??= writeOnce(state).finally(() => {
    state.writing = null;
  });
  return state.writing;
}

async function writeOnce(state: State): Promise<void> {
  if (state.sealed === null && state.draft.observations === 0) return;
  state.sealed ??= seal(state);
  try {
    logUsersNotKept(state, await state.store.add(state.sealed.batch));
    state.sealed = null;
    if (state.isFailing) state.log.info('metrics are stored again');
    state.isFailing = false;
    state.hasLoggedDropped = false;
  } catch (error) {
    // Log the message only: a Redis error carries the command, which names users.
    const reason = error instanceof Error ? error.message : String(error);
    if (!state.isFailing) state.log.warn({ reason }, 'metrics cannot be stored, they are kept for later');
    state.isFailing = true;
    giveUpInTime(state);
  }
}

function giveUpInTime(state: State): void {
  if (state.sealed === null || Date.now() - state.sealed.sinceMs < GIVE_UP_MS) return;
  drop(state, state.sealed.observations);
  state.sealed = null;
}

function seal(state: State): NonNullable<State['sealed']> {
  const { observations, periods, users, faults } = state.draft;
  state.draft = emptyDraft();
  const batch: Batch = {
    id: createIdentifier(),
    periods: [...periods].map(([startMs, { counts, users }]) => ({ startMs, counts, users: [...users] })),
    users: [...users.values()],
    faults,
  };
  return { batch, observations, sinceMs: Date.now() };
}

function logUsersNotKept(state: State, usersNotKept: number): void {
  if (usersNotKept === 0 || state.hasLoggedUsers) return;
  state.log.warn('there are more users than metrics are kept of, further ones are in the totals only');
  state.hasLoggedUsers = true;
}

async function close(state: State): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref());
  await Promise.race([flush(state), late]);
  const lost = state.draft.observations + (state.sealed?.observations ?? 0);
  if (lost > 0) state.log.error({ observations: lost }, 'metrics are lost: the store does not take them');
}
