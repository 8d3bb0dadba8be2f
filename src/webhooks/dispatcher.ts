// Delivers the webhooks that the store has: takes what is due, within bounds for all, for a host and for a client, makes one
// attempt, and writes down what came of it. It may be killed anywhere: what is not written down is attempted again.

import { setTimeout as delay } from 'node:timers/promises';
import type { DueWebhook, StoredWebhooks } from '../store/stored-webhooks.ts';
import type { Attempt } from './attempt.ts';

const MAX_UNDER_WAY = 32;
export const MAX_UNDER_WAY_PER_HOST = 4;
/** A place is left for what others send to the same host. */
const MAX_UNDER_WAY_PER_HOST_OF_CLIENT = 3;
/** One client's receivers, however many and slow, leave half of the places to others. */
const MAX_UNDER_WAY_PER_CLIENT = 16;
/** The store is asked at least this often, in case nobody wakes the dispatcher. */
const LOOK_EVERY_MS = 2000;
/** After the store failed, and before what could not be written down is attempted again. */
const PAUSE_MS = 30_000;
/** Attempts that are under way when the service stops may take this long. */
const STOP_MS = 3000;

export interface DispatcherParts {
  readonly store: Pick<StoredWebhooks, 'due' | 'nextDueMs'>;
  readonly attempt: Attempt;
  readonly log: { error(details: object, message: string): void };
}

export interface Dispatcher extends AsyncDisposable {
  /** Something may be due. */
  wake(): void;
  /** Attempts that are being made. */
  underWay(): number;
}

interface UnderWay {
  readonly host: string;
  readonly client: string;
  /** Client and host together. */
  readonly pair: string;
  readonly ended: Promise<void>;
}

interface State {
  /** By execution. */
  readonly underWay: Map<string, UnderWay>;
  readonly stop: AbortController;
  /** Aborts the attempts that are under way. */
  readonly hardStop: AbortController;
  alarm: AbortController;
}

/** Begins at once. Disposing lets attempts end for a moment and leaves the rest in the store. */
export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const state: State = {
    underWay: new Map(),
    stop: new AbortController(),
    hardStop: new AbortController(),
    alarm: new AbortController(),
  };
  const ended = dispatch(parts, state);
  return {
    wake: () => state.alarm.abort(),
    underWay: () => state.underWay.size,
    [Symbol.asyncDispose]: async () => {
      state.stop.abort();
      state.alarm.abort();
      const timer = setTimeout(() => state.hardStop.abort(), STOP_MS);
      await ended;
      await Promise.all([...state.underWay.values()].map((each) => each.ended));
      clearTimeout(timer);
    },
  };
}

async function dispatch(parts: DispatcherParts, state: State): Promise<void> {
  let isFailing = false;
  while (!state.stop.signal.aborted) {
    try {
      if (await startDue(parts, state)) continue;
      await rest(state, await untilNext(parts, state));
      isFailing = false;
    } catch (error) {
      if (!isFailing) parts.log.error({ err: error }, 'webhooks cannot be read from the store');
      isFailing = true;
      await rest(state, LOOK_EVERY_MS);
    }
  }
}

/** What is due now waits for an attempt to end, which wakes the dispatcher. */
async function untilNext({ store }: DispatcherParts, { underWay }: State): Promise<number> {
  if (underWay.size >= MAX_UNDER_WAY) return LOOK_EVERY_MS;
  const nextMs = await store.nextDueMs();
  return nextMs === null || nextMs === 0 ? LOOK_EVERY_MS : Math.min(nextMs, LOOK_EVERY_MS);
}

/** A call of `wake` in between is not lost. */
async function rest(state: State, ms: number): Promise<void> {
  await delay(ms, undefined, { signal: state.alarm.signal, ref: false }).catch(() => {});
  if (!state.stop.signal.aborted) state.alarm = new AbortController();
}

/** Whether there may be more to start. Of what the store returns, some may exceed the bounds together. */
async function startDue(parts: DispatcherParts, state: State): Promise<boolean> {
  const { underWay } = state;
  const free = MAX_UNDER_WAY - underWay.size;
  if (free === 0) return false;
  const due = await parts.store.due(free, {
    executionIds: [...underWay.keys()],
    hosts: busy(state, 'host', MAX_UNDER_WAY_PER_HOST),
    clients: busy(state, 'client', MAX_UNDER_WAY_PER_CLIENT),
  });
  if (state.stop.signal.aborted) return false;
  const before = underWay.size;
  for (const webhook of due) {
    const { executionId, client } = webhook;
    const host = URL.parse(webhook.url)?.hostname ?? '';
    if (busy(state, 'host', MAX_UNDER_WAY_PER_HOST).includes(host)) continue;
    if (busy(state, 'client', MAX_UNDER_WAY_PER_CLIENT).includes(client)) continue;
    const pair = `${client} ${host}`;
    if (busy(state, 'pair', MAX_UNDER_WAY_PER_HOST_OF_CLIENT).includes(pair)) continue;
    underWay.set(executionId, { host, client, pair, ended: run(parts, state, webhook) });
  }
  return underWay.size > before;
}

/** The hosts or clients with this many attempts under way. */
function busy({ underWay }: State, field: 'host' | 'client' | 'pair', most: number): string[] {
  const counts = Map.groupBy(underWay.values(), (each) => each[field]);
  return [...counts].filter(([, each]) => each.length >= most).map(([value]) => value);
}

/** An attempt that could not be written down keeps its place for a while, as it would be repeated at once. */
async function run({ attempt, log }: DispatcherParts, state: State, webhook: DueWebhook): Promise<void> {
  const { executionId } = webhook;
  try {
    await attempt(webhook, state.hardStop.signal);
  } catch (error) {
    log.error({ err: error, execution_id: executionId }, 'the attempt of a webhook could not be stored');
    await delay(PAUSE_MS, undefined, { signal: state.stop.signal }).catch(() => {});
  }
  state.underWay.delete(executionId);
  state.alarm.abort();
}
