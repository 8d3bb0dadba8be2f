// The metrics store of a service without Redis: passes each call to the database thread. A thread that ended is replaced
// at the next call.

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EmbeddedAnswer, EmbeddedCall } from './embedded-worker.ts';
import type { MetricsStore } from './metrics.ts';

const FILE_NAME = 'metrics.sqlite';
/** Longer than the database waits for another process's lock. */
const CALL_TIMEOUT_MS = 5000;

interface Call {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly calls: Map<number, Call>;
}

/** Keeps metrics in a file in `directory`, which must exist. */
export function createEmbeddedStore(directory: string, options: { maxUsers?: number } = {}): MetricsStore {
  let thread: Thread | null = null;
  let latest = 0;

  const current = () => {
    thread ??= startThread({ path: join(directory, FILE_NAME), ...options }, () => {
      thread = null;
    });
    return thread;
  };
  const call = async <T>(method: EmbeddedCall['method'], ...args: readonly unknown[]): Promise<T> => {
    const { worker, calls } = current();
    latest += 1;
    const number = latest;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    calls.set(number, { resolve, reject });
    const late = () => reject(new Error(`the database does not answer within ${CALL_TIMEOUT_MS} ms`));
    const timer = setTimeout(late, CALL_TIMEOUT_MS);
    worker.postMessage({ number, method, args } satisfies EmbeddedCall);
    try {
      return (await promise) as T;
    } finally {
      clearTimeout(timer);
      calls.delete(number);
    }
  };
  return {
    add: (batch) => call('add', batch),
    read: (window, series) => call('read', window, series),
    readUser: (userId, window, series) => call('readUser', userId, window, series),
    readTopUsers: (window, limit) => call('readTopUsers', window, limit),
    readFaults: (fromMs, limit) => call('readFaults', fromMs, limit),
    close: async () => {
      if (thread === null) return;
      const { worker } = thread;
      await call('close').catch(() => {});
      await worker.terminate();
    },
  };
}

function startThread(workerData: object, onEnd: () => void): Thread {
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData });
  const calls: Thread['calls'] = new Map();
  let reason = 'the thread of the database ended';
  worker.unref();
  worker.on('message', ({ number, result, problem }: EmbeddedAnswer) => {
    if (problem === undefined) calls.get(number)?.resolve(result);
    else calls.get(number)?.reject(new Error(problem));
  });
  worker.on('error', (error: Error) => {
    reason = error.message;
  });
  worker.on('exit', () => {
    onEnd();
    for (const { reject } of calls.values()) reject(new Error(reason));
  });
  return { worker, calls };
}
