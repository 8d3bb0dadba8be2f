// The threads in which large outputs are judged, so that the event loop is free meanwhile. A thread that fails, takes too
// long, or works for an execution that was cancelled is ended and replaced when the next one is needed.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Judgement, JudgementTask } from './judgement.ts';

const MAX_THREADS = 4;
/** Of the heap of a thread: what counting 10 MB of short lines takes, and as much again. */
const MAX_HEAP_MB = 1024;
/** Many times what the worst outputs take, on a machine that is busy with other things. */
const JUDGE_TIMEOUT_MS = 120_000;

/** The service could not judge an output; the program is not at fault. */
export class JudgeError extends Error {
  override readonly name = 'JudgeError';
}

export interface JudgeThreads {
  /** Rejects with a `JudgeError` when judging failed, and with the signal's reason when it is aborted. */
  judge(task: JudgementTask, signal: AbortSignal): Promise<Judgement>;
  /** Ends all threads; what they were doing fails. */
  close(): Promise<void>;
}

interface Options {
  readonly threads?: number;
  readonly timeoutMs?: number;
  readonly script?: URL;
}

interface Pool {
  readonly script: URL;
  readonly timeoutMs: number;
  readonly threads: Set<Worker>;
  readonly idle: Worker[];
  /** Those who wait for a thread, first come, first served. */
  readonly waiting: Set<() => void>;
  free: number;
  isClosed: boolean;
}

export function createJudgeThreads(options: Options = {}): JudgeThreads {
  const pool: Pool = {
    script: options.script ?? new URL('./judge-thread.ts', import.meta.url),
    timeoutMs: options.timeoutMs ?? JUDGE_TIMEOUT_MS,
    threads: new Set(),
    idle: [],
    waiting: new Set(),
    free: options.threads ?? Math.min(availableParallelism(), MAX_THREADS),
    isClosed: false,
  };
  return {
    judge: async (task, signal) => {
      await takePlace(pool, signal);
      try {
        return await judgeInThread(pool, task, signal);
      } finally {
        givePlaceBack(pool);
      }
    },
    close: async () => {
      pool.isClosed = true;
      await Promise.all([...pool.threads].map((thread) => thread.terminate()));
    },
  };
}

async function takePlace(pool: Pool, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (pool.free > 0) {
    pool.free -= 1;
    return;
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = () => {
    pool.waiting.delete(resolve);
    reject(signal.reason);
  };
  pool.waiting.add(resolve);
  signal.addEventListener('abort', leave, { once: true });
  await promise.finally(() => signal.removeEventListener('abort', leave));
}

function givePlaceBack(pool: Pool): void {
  const [next] = pool.waiting;
  if (next === undefined) {
    pool.free += 1;
    return;
  }
  pool.waiting.delete(next);
  next();
}

async function judgeInThread(pool: Pool, task: JudgementTask, signal: AbortSignal): Promise<Judgement> {
  signal.throwIfAborted();
  if (pool.isClosed) throw new JudgeError('the service is shutting down');
  const thread = pool.idle.pop() ?? startThread(pool);
  thread.ref();
  try {
    const judgement = await answerOf(pool, thread, task, signal);
    thread.unref();
    pool.idle.push(thread);
    return judgement;
  } catch (error) {
    await thread.terminate();
    throw error;
  }
}

function startThread({ script, threads, idle }: Pool): Worker {
  const thread = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
  threads.add(thread);
  // An error is reported to the judgement under way; without a listener here, one that comes after it would end the service.
  thread.on('error', () => {});
  thread.on('exit', () => {
    threads.delete(thread);
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
  });
  return thread;
}

async function answerOf(
  { timeoutMs }: Pool,
  thread: Worker,
  task: JudgementTask,
  signal: AbortSignal,
): Promise<Judgement> {
  const { promise, resolve, reject } = Promise.withResolvers<Judgement>();
  const fail = (cause: unknown) => reject(new JudgeError('the thread that judges outputs failed', { cause }));
  const end = () => reject(new JudgeError('the thread that judges outputs ended'));
  const cancel = () => reject(signal.reason);
  const late = () => reject(new JudgeError(`an output was not judged within ${timeoutMs} ms`));
  const timer = setTimeout(late, timeoutMs);
  thread.once('message', resolve).once('error', fail).once('exit', end);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    // Copied once: what is sent would otherwise bring all of the memory that it is a part of.
    const [stdout, stderr] = [Uint8Array.from(task.stdout), Uint8Array.from(task.stderr)];
    thread.postMessage({ ...task, stdout, stderr }, [stdout.buffer, stderr.buffer]);
    return await promise;
  } finally {
    clearTimeout(timer);
    thread.off('message', resolve).off('error', fail).off('exit', end);
    signal.removeEventListener('abort', cancel);
  }
}
