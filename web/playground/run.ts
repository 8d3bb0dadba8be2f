// Running what the person wrote: sends it, follows its events through lost connections and restarts, cancels it.

import { signal } from '@preact/signals';
import type { ExecuteRequest, TestResult } from '../../src/api/execution.ts';
import { RefusedError, UnreachableError } from '../shared/api.ts';
import { backoffMs, waitFor } from '../shared/backoff.ts';
import { readJson, removeStored, writeStored } from '../shared/browser-storage.ts';
import { counted } from '../shared/format.ts';
import { currentDraft } from './draft.ts';
import { cancel, follow, othersWaiting, type Position, submit } from './execution-client.ts';
import { requestOf } from './request.ts';
import type { RunEvent } from './run-event.ts';
import { changeRun, isActive, NO_RUN, run } from './run-state.ts';

const UNREACHABLE = 'Cannot reach the service. Your code is kept; trying again.';
const LOST = 'That run was lost when the service restarted. Run again.';
const STORED_RUN = 'running';
const COUNT_OTHERS_MS = 2000;
/** Characters of output that are shown while a test runs. */
const LIVE_OUTPUT_LENGTH = 16_384;

/** True while the service asks for a key, or rejects the one that it was given. */
export const isKeyNeeded = signal(false);
/** What goes on when the key has been entered. */
let heldBack: (() => Promise<void>) | null = null;
let controller = new AbortController();

/** Of the running execution: enough to follow it after a reload. */
interface StoredRun {
  readonly id: string;
  readonly request: ExecuteRequest;
  readonly startedAt: number;
}

export async function startRun(request = requestOf(currentDraft())): Promise<void> {
  await stopFollowing();
  const { signal } = controller;
  run.value = { ...NO_RUN, phase: 'sending', request };
  try {
    const id = await submitUntilTaken(request, signal);
    const stored: StoredRun = { id, request, startedAt: Date.now() };
    writeStored(STORED_RUN, JSON.stringify(stored), 'session');
    changeRun({ executionId: id, phase: 'queued' });
    await followToEnd(id, signal);
  } catch (error) {
    endWith(error, signal, () => startRun(request));
  }
}

/** Goes on with the run that this tab had started before it was reloaded. */
export async function resumeRun(): Promise<void> {
  const stored = readJson<StoredRun>(STORED_RUN, 'session');
  if (stored === null) return;
  const { signal } = controller;
  const seconds = Math.round((Date.now() - stored.startedAt) / 1000);
  const notice = `Reconnected to the run that you started ${counted(seconds, 'second')} ago.`;
  run.value = { ...NO_RUN, phase: 'queued', request: stored.request, executionId: stored.id, notice };
  await followToEnd(stored.id, signal).catch((error) => endWith(error, signal, resumeRun));
}

export function goOnWithKey(): void {
  isKeyNeeded.value = false;
  const goOn = heldBack;
  heldBack = null;
  void goOn?.();
}

export async function cancelRun(): Promise<void> {
  if (!isActive.value) return;
  const { executionId } = run.value;
  if (executionId === null) {
    await stopFollowing();
    run.value = { ...NO_RUN, notice: 'Cancelled before it was sent.' };
    return;
  }
  changeRun({ waiting: 'Cancelling…' });
  // Its events say how it ended, also when it had ended already.
  await cancel(executionId).catch(() => changeRun({ waiting: UNREACHABLE }));
}

async function stopFollowing(): Promise<void> {
  controller.abort(new DOMException('another run', 'AbortError'));
  controller = new AbortController();
}

/** Tries until the service takes the request, or refuses it for good. */
async function submitUntilTaken(request: ExecuteRequest, signal: AbortSignal): Promise<string> {
  const idempotencyKey = randomKey();
  for (let attempt = 0; ; attempt += 1) {
    try {
      const id = await submit(request, idempotencyKey, signal);
      changeRun({ waiting: null });
      return id;
    } catch (error) {
      await waitAfter(error, attempt, signal);
    }
  }
}

async function followToEnd(id: string, signal: AbortSignal): Promise<void> {
  const position: Position = { lastEventId: null };
  const apply = createApplier(signal);
  void countOthers(id, signal);
  for (let attempt = 0; run.value.result === null; attempt += 1) {
    const before = position.lastEventId;
    // What runs is shown from its beginning again.
    changeRun({ output: [] });
    try {
      await follow(id, position, apply.event, signal);
      apply.now();
      if (run.value.result !== null) break;
      await waitFor(backoffMs(0), signal);
    } catch (error) {
      apply.now();
      await waitAfter(error, attempt, signal);
    }
    if (position.lastEventId !== before) attempt = 0;
  }
  removeStored(STORED_RUN, 'session');
}

/** While the run is queued, it says how many others are. It is not needed for the run, so nothing is tried again. */
async function countOthers(id: string, signal: AbortSignal): Promise<void> {
  try {
    while (run.value.phase === 'queued') {
      changeRun({ othersWaiting: await othersWaiting(id, signal) });
      await waitFor(COUNT_OTHERS_MS, signal);
    }
  } catch {
    // The run itself says what is wrong.
  }
}

/** Waits before another try; throws what no further try would change. */
async function waitAfter(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw error;
  if (error instanceof RefusedError) {
    const { status } = error.problem;
    if (status !== 429 && status !== 503) throw error;
    const seconds = error.retryAfterSeconds ?? Math.ceil(backoffMs(attempt) / 1000);
    await countDown(seconds, error.problem.detail, signal);
    return;
  }
  if (error instanceof TypeError || error instanceof UnreachableError) {
    changeRun({ waiting: UNREACHABLE });
    await waitFor(backoffMs(attempt), signal);
    return;
  }
  throw error;
}

async function countDown(seconds: number, detail: string, signal: AbortSignal): Promise<void> {
  for (let left = seconds; left > 0; left -= 1) {
    changeRun({ waiting: `The service is busy: ${detail}. Trying again in ${left} s.` });
    await waitFor(1000, signal);
  }
  changeRun({ waiting: null });
}

function endWith(error: unknown, signal: AbortSignal, again: () => Promise<void>): void {
  if (signal.aborted) return;
  const isKeyMissing = error instanceof RefusedError && error.problem.status === 401;
  if (!isKeyMissing) removeStored(STORED_RUN, 'session');
  if (!(error instanceof RefusedError)) {
    changeRun({ phase: 'idle', waiting: null, notice: `The page failed: ${String(error)}` });
    return;
  }
  const { problem } = error;
  if (isKeyMissing) {
    heldBack = again;
    isKeyNeeded.value = true;
    run.value = { ...NO_RUN, notice: problem.detail };
  } else if (problem.status === 404) run.value = { ...NO_RUN, notice: LOST };
  else changeRun({ phase: 'refused', problem, waiting: null });
}

/** Applies events once in a frame, each once: a test's second report replaces the first. */
function createApplier(signal: AbortSignal) {
  let pending: RunEvent[] = [];
  const now = () => {
    const events = pending;
    pending = [];
    if (events.length > 0 && !signal.aborted) applyAll(events);
  };
  return {
    now,
    event: (event: RunEvent) => {
      if (pending.length === 0) requestAnimationFrame(now);
      pending.push(event);
    },
  };
}

function applyAll(events: readonly RunEvent[]): void {
  let next = { ...run.value, waiting: null };
  const tests: (TestResult | undefined)[] = [...next.tests];
  const output = [...next.output];
  for (const event of events) {
    // After an interruption of the service, it begins again.
    if (event.type === 'status' && event.status === 'queued') tests.length = output.length = 0;
    if (event.type === 'status') next = { ...next, ...phaseOf(event.status) };
    else if (event.type === 'compile') next = { ...next, compile: event.compile };
    else if (event.type === 'test') tests[event.test.index] = event.test;
    else if (event.type === 'output') output[event.testIndex] = endOf(output[event.testIndex], event.text);
    else next = { ...next, phase: 'done', result: event.result, compile: event.result.compile };
  }
  const { result } = next;
  run.value = { ...next, output, tests: result === null ? tests : result.results };
}

function endOf(text = '', more = ''): string {
  return `${text}${more}`.slice(-LIVE_OUTPUT_LENGTH);
}

function phaseOf(status: string) {
  return status === 'queued' || status === 'compiling' || status === 'running'
    ? ({ phase: status } as const)
    : {};
}

/** Not `randomUUID`, which browsers offer on secure origins only. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
