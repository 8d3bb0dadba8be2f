// Analyzes code in separate processes: started when code waits for them, killed if a source is too much for them, and ended
// when none has come for a while. It does not know how the analysis is used.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ServiceError } from '../../errors.ts';
import { KIB, MIB } from '../../units.ts';
import type { AnalysisReply, AnalysisRequest } from './analysis-request.ts';
import type { FileAnalysis } from './analyze.ts';
import { type Usage, usageOf } from './process-usage.ts';

const PROGRAM = fileURLToPath(new URL('./analyzer-process.ts', import.meta.url));
const WATCH_MS = 25;
/** After a process that did not start, the next one starts no sooner. */
const RESTART_MS = 1000;
const STOPPING_RETRY_SECONDS = 10;

export interface AnalyzerLimits {
  readonly cpuTimeMs: number;
  readonly cpuTimeMsPerKb: number;
  readonly wallTimeMs: number;
  readonly memoryBytes: number;
  readonly waiting: number;
  /** How long a process without work is kept; each holds about 70 MB. */
  readonly idleMs: number;
}

/** `exhausted` is caused by the source, `unavailable` by the service. */
export type AnalysisOutcome =
  | { readonly type: 'done'; readonly files: readonly FileAnalysis[] }
  | { readonly type: 'exhausted'; readonly reason: string }
  | { readonly type: 'unavailable'; readonly reason: string };

export interface Analyzer {
  /** Rejects with `queue_full` when too many wait, and with `shutting_down` once it is closed. */
  analyze(request: AnalysisRequest): Promise<AnalysisOutcome>;
  /** Whether the first process has started, or failed to: until then, code waits for it. */
  isWarm(): boolean;
  close(): Promise<void>;
}

interface Job {
  readonly request: AnalysisRequest;
  readonly resolve: (outcome: AnalysisOutcome) => void;
  readonly reject: (error: ServiceError) => void;
  /** Processes that died while reading it without being killed. */
  deaths: number;
}

interface Worker {
  readonly child: ChildProcess;
  job: Job | null;
  isReady: boolean;
  /** Why it is being killed. */
  verdict: AnalysisOutcome | null;
  /** Ends it when it has been idle for long; set while it is. */
  idleTimer: NodeJS.Timeout | undefined;
  isRetired: boolean;
}

interface State {
  readonly limits: AnalyzerLimits;
  /** The most processes at a time. */
  readonly processes: number;
  readonly workers: Set<Worker>;
  readonly waiting: Job[];
  /** A process did not start, and none is started for a while. */
  isResting: boolean;
  isWarm: boolean;
  isClosed: boolean;
}

export function createAnalyzer(options: {
  readonly processes: number;
  readonly limits: AnalyzerLimits;
}): Analyzer {
  const state: State = {
    ...options,
    workers: new Set(),
    waiting: [],
    isResting: false,
    isWarm: false,
    isClosed: false,
  };
  startWorker(state);
  return {
    analyze: (request) => submit(state, request),
    isWarm: () => state.isWarm,
    close: () => close(state),
  };
}

function submit(state: State, request: AnalysisRequest): Promise<AnalysisOutcome> {
  if (state.isClosed) return Promise.reject(stopping());
  if (state.waiting.length >= state.limits.waiting) {
    const message = `The code cannot be checked now: ${state.waiting.length} submissions wait for it`;
    return Promise.reject(new ServiceError('queue_full', message));
  }
  return new Promise((resolve, reject) => {
    state.waiting.push({ request, resolve, reject, deaths: 0 });
    assign(state);
  });
}

function assign(state: State): void {
  for (const worker of state.workers) {
    if (!worker.isReady || worker.isRetired || worker.job !== null || worker.verdict !== null) continue;
    const job = state.waiting.shift();
    if (job === undefined) retireLater(state, worker);
    else give(state, worker, job);
  }
  startWorkers(state);
}

function give(state: State, worker: Worker, job: Job): void {
  clearTimeout(worker.idleTimer);
  worker.idleTimer = undefined;
  worker.job = job;
  worker.child.send(job.request, (error) => {
    if (error) worker.child.kill('SIGKILL');
  });
  watch(state, worker, job);
}

function retireLater(state: State, worker: Worker): void {
  worker.idleTimer ??= setTimeout(() => {
    worker.isRetired = true;
    worker.child.kill('SIGKILL');
  }, state.limits.idleMs).unref();
}

/** As many as code waits for beside those that are starting. */
function startWorkers(state: State): void {
  const starting = [...state.workers].filter(({ isReady }) => !isReady).length;
  const wanted = Math.min(state.waiting.length - starting, state.processes - state.workers.size);
  if (state.isClosed || state.isResting) return;
  for (let count = 0; count < wanted; count += 1) startWorker(state);
}

function startWorker(state: State): void {
  const child = fork(PROGRAM, [], {
    env: {},
    cwd: '/',
    execArgv: ['--expose-gc', '--max-old-space-size=256', '--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const worker: Worker = {
    ...{ child, job: null, isReady: false, verdict: null },
    ...{ idleTimer: undefined, isRetired: false },
  };
  state.workers.add(worker);
  child.on('message', (reply: AnalysisReply) => receive(state, worker, reply));
  child.on('error', () => child.kill('SIGKILL'));
  child.once('exit', (code, signal) => replace(state, worker, signal ?? `exit code ${code}`));
}

function receive(state: State, worker: Worker, reply: AnalysisReply): void {
  if (reply.type === 'ready') {
    worker.isReady = true;
    state.isWarm = true;
  } else {
    const { job } = worker;
    worker.job = null;
    job?.resolve(reply.type === 'done' ? reply : { type: 'unavailable', reason: reply.error });
  }
  assign(state);
}

/** Another process takes its source, which is only to blame when it happens twice. */
function replace(state: State, worker: Worker, how: string): void {
  state.workers.delete(worker);
  const { job, verdict } = worker;
  clearTimeout(worker.idleTimer);
  state.isWarm = true;
  if (state.isClosed) {
    job?.reject(stopping());
    return;
  }
  if (job !== null && verdict === null && job.deaths === 0) state.waiting.unshift({ ...job, deaths: 1 });
  else job?.resolve(verdict ?? { type: 'exhausted', reason: `reading it ended with ${how}` });
  if (!worker.isReady) rest(state, `the analyzer does not start: ${how}`);
  assign(state);
}

function rest(state: State, reason: string): void {
  for (const waiting of state.waiting.splice(0)) waiting.resolve({ type: 'unavailable', reason });
  state.isResting = true;
  setTimeout(() => {
    state.isResting = false;
    startWorkers(state);
  }, RESTART_MS).unref();
}

/** CPU time and memory are the source's; time on the clock alone is that of a busy machine. */
function watch(state: State, worker: Worker, job: Job): void {
  const started = performance.now();
  const before = usageOf(worker.child.pid ?? 0);
  const timer = setInterval(() => {
    const now = worker.job === job ? usageOf(worker.child.pid ?? 0) : null;
    if (now === null || before === null) {
      clearInterval(timer);
      return;
    }
    worker.verdict = excess(state.limits, job, now, { before, wallTimeMs: performance.now() - started });
    if (worker.verdict === null) return;
    clearInterval(timer);
    worker.child.kill('SIGKILL');
  }, WATCH_MS);
}

function excess(
  limits: AnalyzerLimits,
  { request }: Job,
  now: Usage,
  { before, wallTimeMs }: { before: Usage; wallTimeMs: number },
): AnalysisOutcome | null {
  const characters = request.sources.reduce((sum, source) => sum + source.length, 0);
  const cpuTimeMs = Math.round(limits.cpuTimeMs + (characters / KIB) * limits.cpuTimeMsPerKb);
  if (now.cpuTimeMs - before.cpuTimeMs > cpuTimeMs)
    return { type: 'exhausted', reason: `it takes more than ${cpuTimeMs} ms to read` };
  if (now.memoryBytes > limits.memoryBytes)
    return { type: 'exhausted', reason: `it takes more than ${limits.memoryBytes / MIB} MB to read` };
  if (wallTimeMs > limits.wallTimeMs) return { type: 'unavailable', reason: 'the machine was too busy' };
  return null;
}

/** Code that was not analyzed is in no queue: nothing of it ran, and another service can take it. */
function stopping(): ServiceError {
  const options = { retryAfterSeconds: STOPPING_RETRY_SECONDS };
  return new ServiceError(
    'shutting_down',
    'The service is shutting down and takes no more executions',
    options,
  );
}

async function close(state: State): Promise<void> {
  state.isClosed = true;
  for (const job of state.waiting.splice(0)) job.reject(stopping());
  const exits = [...state.workers].map(
    ({ child }) =>
      new Promise<void>((resolve) =>
        (child.exitCode ?? child.signalCode) === null ? child.once('exit', () => resolve()) : resolve(),
      ),
  );
  for (const { child } of state.workers) child.kill('SIGKILL');
  await Promise.all(exits);
}
