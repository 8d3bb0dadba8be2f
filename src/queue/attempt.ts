// One attempt to run a stored execution: its events go to the store soon after they come, and its end goes there until the store
// has it. An attempt that lost its claim stops.

import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionEvent, ExecutionRecord, TestRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { endingOf } from '../execution/without-run.ts';
import type { Claim, ExecutionStore } from '../store/store.ts';

/** Before a store that cannot write is tried again; twice as long each time, up to the most. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5000;
/** Events wait this long for others and for the end, which a store takes in one step. */
const GATHER_MS = 10;

/** Whoever follows an attempt, such as its trace. Of attempts that do not count, the end is not reported. */
interface Follower {
  /** `atMs`: milliseconds since 1970, with a fraction. */
  onEvent(event: ExecutionEvent, atMs: number): void;
  ended(record: ExecutionRecord): void;
}

export interface Attempt {
  readonly claim: Claim;
  readonly follower: Follower | null;
  /** Aborted when it must end: it is cancelled, interrupted, or another attempt counts. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: ExecutionEvent) => void;
  cancel(): void;
  isCancelled(): boolean;
  /** It will be given back. */
  interrupt(): void;
  isInterrupted(): boolean;
  giveBack(options: { readonly delayMs: number; readonly counts: boolean }): Promise<boolean>;
  /** Events that were not stored yet, once those on their way are. */
  takeUnsaved(): Promise<readonly ExecutionEvent[]>;
  /** Results of the tests that had an event. */
  reported(): readonly TestRecord[];
  finish(
    events: readonly ExecutionEvent[],
    record: ExecutionRecord,
    message: string | null,
  ): Promise<boolean>;
}

export interface AttemptParts {
  readonly store: ExecutionStore;
  /** Called for each attempt at an execution that nobody waits for. */
  readonly follow?: ((task: ExecutionTask) => Follower | null) | undefined;
}

export function startAttempt({ store, follow }: AttemptParts, claim: Claim): Attempt {
  const { fence, task } = claim;
  const follower = claim.isAwaited ? null : (follow?.(task) ?? null);
  const { executionId: id } = task;
  const controller = new AbortController();
  let unsaved: ExecutionEvent[] = [];
  let saving: Promise<void> | null = null;
  let endGathering = () => {};
  const gather = () =>
    new Promise<void>((resolve) => {
      endGathering = resolve;
      setTimeout(resolve, GATHER_MS).unref();
    });
  const reported: TestRecord[] = [];
  let isInterrupted = false;
  let isCancelled = false;
  let isEnding = false;
  const save = async () => {
    await gather();
    while (unsaved.length > 0 && !isEnding) {
      const events = unsaved;
      unsaved = [];
      const isOurs = await store.append(id, fence, events).catch(() => null);
      if (isOurs === false) controller.abort(new Error('another attempt counts'));
      if (isOurs !== null) continue;
      // They go with the end, or with what comes next.
      unsaved = [...events, ...unsaved];
      return;
    }
  };
  return {
    claim,
    follower,
    signal: controller.signal,
    onEvent: (event) => {
      unsaved.push(event);
      follower?.onEvent(event, performance.timeOrigin + performance.now());
      if (event.type === 'test') reported.push(event.test);
      saving ??= save().finally(() => {
        saving = null;
      });
    },
    cancel: () => {
      isCancelled = true;
      controller.abort(new Error('the execution was cancelled'));
    },
    isCancelled: () => isCancelled,
    interrupt: () => {
      isInterrupted = true;
      controller.abort(new Error('the service is shutting down'));
    },
    isInterrupted: () => isInterrupted,
    giveBack: (options) => persist(() => store.giveBack(id, fence, options)),
    takeUnsaved: async () => {
      isEnding = true;
      endGathering();
      await saving;
      return unsaved;
    },
    reported: () => reported,
    finish: (events, record, message) =>
      persist(() => store.finish(id, fence, events, endingOf(record, message))),
  };
}

/** Stores the end of an attempt, with the results that no event reported. False if another attempt counts. */
export async function finishAttempt(
  attempt: Attempt,
  record: ExecutionRecord,
  message: string | null,
): Promise<boolean> {
  const unsaved = await attempt.takeUnsaved();
  const unreported = record.results.slice(attempt.reported().length);
  const tests = unreported.map((test) => ({ type: 'test' as const, test }));
  return attempt.finish([...unsaved, ...tests], record, message);
}

/** A store whose disk is full comes back; a result that is lost does not. */
async function persist(store: () => Promise<boolean>): Promise<boolean> {
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(MAX_DELAY_MS, delayMs * 2)) {
    try {
      return await store();
    } catch {
      await delay(delayMs, undefined, { ref: false });
    }
  }
}
