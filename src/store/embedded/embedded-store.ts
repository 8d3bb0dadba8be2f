// The store of a service without Redis: a SQLite file and its thread, to which each call is passed. A thread that ended is
// replaced at a later call; until then the store is unavailable.

import { Worker } from 'node:worker_threads';
import { type ErrorCode, ServiceError } from '../../errors.ts';
import type { Change, ExecutionStore, StoreState } from '../store.ts';
import type { StoreAnswer, StoreCall, StoreMethod } from './group-commit.ts';
import type { StoreLimits } from './opened-store.ts';
import type { ThreadData, ThreadMessage } from './store-thread.ts';

/** Of calls that a request waits for. What they wrote may be stored all the same. */
const CALL_TIMEOUT_MS = 30_000;
/** A claim must not get lost: whoever makes one waits for it. */
const PATIENT: readonly StoreMethod[] = ['claim', 'append', 'finish', 'giveBack', 'cancel'];
const RESTART_AFTER_MS = 1000;
const RETRY_AFTER_SECONDS = 5;

const PROMISES = {
  full: 'an accepted execution survives the end of every process and the loss of power',
  normal: 'an accepted execution survives the end of every process, but not the loss of power',
} as const;

export interface EmbeddedStoreOptions extends StoreLimits {
  readonly directory: string;
  /** `full`: a 202 waits for the disk. `normal`: for the operating system. */
  readonly sync: 'full' | 'normal';
  readonly log: {
    warn(details: object, message: string): void;
    error(details: object, message: string): void;
  };
}

const NOTHING_YET: Omit<StoreState, 'capacity' | 'maxTaskBytes'> = {
  isAvailable: false,
  waiting: 0,
  running: 0,
  taskBytes: 0,
  oldestAcceptedAtMs: null,
  storedBytes: 0,
};

interface Thread {
  readonly worker: Worker;
  readonly calls: Map<number, { resolve(result: unknown): void; reject(error: Error): void }>;
  /** Rejects if it ends before it has opened the store. */
  readonly opened: Promise<void>;
  readonly ended: Promise<unknown>;
}

interface State {
  readonly options: EmbeddedStoreOptions;
  readonly watchers: Set<(change: Change) => void>;
  thread: Thread | null;
  endedAtMs: number;
  isClosed: boolean;
  calls: number;
  latest: StoreState;
}

/** Rejects if the store cannot be opened, unless another process has it: then it is taken over when that one ends. */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<ExecutionStore> {
  const { maxExecutions: capacity, maxTaskBytes } = options;
  const state: State = {
    options,
    watchers: new Set(),
    thread: null,
    endedAtMs: Number.NEGATIVE_INFINITY,
    isClosed: false,
    calls: 0,
    latest: { ...NOTHING_YET, capacity, maxTaskBytes },
  };
  await currentThread(state).opened.catch((error: Error) => {
    if (!isLocked(error)) throw new Error(`the store of executions cannot be opened: ${error.message}`);
    options.log.warn({}, 'another process uses the executions in DATA_DIR: until it ends, none are accepted');
  });
  return createFace(state);
}

function isLocked(error: Error): boolean {
  return error.message.includes('database is locked');
}

function createFace(state: State): ExecutionStore {
  const calling = <Result>(method: StoreMethod, ...args: readonly unknown[]) =>
    call(state, method, args) as Promise<Result>;
  return {
    promise: PROMISES[state.options.sync],
    add: (executions) => calling('add', executions),
    findKey: (owner, key) => calling('findKey', owner, key),
    find: (id) => calling('find', id),
    results: (id) => calling('results', id),
    list: (query) => calling('list', query),
    events: (id, after, maxBytes) => calling('events', id, after, maxBytes),
    claim: (worker) => calling('claim', worker),
    append: (id, fence, events) => calling('append', id, fence, events),
    finish: (id, fence, events, ending) => calling('finish', id, fence, events, ending),
    giveBack: (id, fence, options) => calling('giveBack', id, fence, options),
    cancel: (id, options = {}) => calling('cancel', id, options),
    removeExpired: () => calling('removeExpired'),
    webhooks: {
      due: (limit, except) => calling('dueWebhooks', limit, except),
      nextDueMs: () => calling('nextWebhookMs'),
      backlog: () => calling('webhookBacklog'),
      record: (id, delivery, next) => calling('recordDelivery', id, delivery, next),
      redeliver: (id) => calling('redeliver', id),
    },
    watch: (onChange, id) => {
      const watcher = (change: Change) => {
        if (id === undefined || change.id === id) onChange(change);
      };
      state.watchers.add(watcher);
      return { [Symbol.dispose]: () => state.watchers.delete(watcher) };
    },
    state: () => state.latest,
    close: async () => {
      const { thread } = state;
      state.isClosed = true;
      if (thread === null) return;
      thread.worker.postMessage(null);
      await thread.ended;
    },
  };
}

async function call(state: State, method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
  const thread = currentThread(state);
  state.calls += 1;
  const number = state.calls;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  thread.calls.set(number, { resolve, reject });
  const late = () => reject(unavailable('The store of executions does not answer'));
  const timer = PATIENT.includes(method) ? undefined : setTimeout(late, CALL_TIMEOUT_MS);
  thread.worker.postMessage({ number, method, args } satisfies StoreCall);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    thread.calls.delete(number);
  }
}

function currentThread(state: State): Thread {
  if (state.thread !== null) return state.thread;
  if (state.isClosed || performance.now() - state.endedAtMs < RESTART_AFTER_MS) {
    throw unavailable('The store of executions is temporarily unavailable');
  }
  state.thread = startThread(state);
  return state.thread;
}

function unavailable(message: string, cause?: unknown): ServiceError {
  return new ServiceError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

function startThread(state: State): Thread {
  const { directory, sync, maxExecutions, maxTaskBytes, maxStoredBytes, resultTtlMs } = state.options;
  const limits = { maxExecutions, maxTaskBytes, maxStoredBytes, resultTtlMs };
  const workerData: ThreadData = { directory, limits, isFlushing: sync === 'full' };
  const worker = new Worker(new URL('./store-thread.ts', import.meta.url), { workerData });
  const calls: Thread['calls'] = new Map();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let reason = new Error('its thread ended');
  worker.on('message', (message: ThreadMessage) => {
    opened.resolve();
    receive(state, calls, message);
  });
  worker.on('error', (error: Error) => {
    reason = error;
    if (!isLocked(error)) state.options.log.error({ err: error }, 'the thread of the store failed');
  });
  worker.on('exit', () => {
    state.thread = null;
    state.endedAtMs = performance.now();
    state.latest = { ...state.latest, isAvailable: false };
    opened.reject(reason);
    ended.resolve();
    for (const { reject } of calls.values()) {
      reject(unavailable('The store of executions is temporarily unavailable', reason));
    }
  });
  // Whoever opens the store waits for it; later threads are waited for by their calls.
  opened.promise.catch(() => {});
  return { worker, calls, opened: opened.promise, ended: ended.promise };
}

function receive(
  state: State,
  calls: Thread['calls'],
  { answers, changes, state: latest }: ThreadMessage,
): void {
  // Reads succeed on a full disk, too.
  const hasFailed = answers.some(({ failure }) => failure?.code === 'unavailable');
  const hasWritten = answers.some(({ isWrite, failure }) => isWrite && failure === undefined);
  state.latest = {
    ...latest,
    isAvailable: !hasFailed && (hasWritten || state.latest.isAvailable || answers.length === 0),
  };
  for (const answer of answers) settle(state, calls, answer);
  for (const change of changes) for (const onChange of state.watchers) onChange(change);
}

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  unavailable: 'The store of executions cannot write: its disk is full or fails',
};

function settle(state: State, calls: Thread['calls'], { number, result, failure }: StoreAnswer): void {
  const waiting = calls.get(number);
  if (failure === undefined) {
    waiting?.resolve(result);
    return;
  }
  const { code, message, path } = failure;
  if (code === 'unavailable' || code === 'internal_error')
    state.options.log.error({ reason: message }, 'the store failed');
  const shown = MESSAGES[code] ?? message;
  waiting?.reject(
    new ServiceError(code, shown, {
      ...(path !== undefined && { errors: [{ path, message }] }),
      ...(code === 'unavailable' && { retryAfterSeconds: RETRY_AFTER_SECONDS }),
    }),
  );
}
