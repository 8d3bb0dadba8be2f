// Runs the tests of an execution over the slots, group after group: those of a group in parallel, started in their order.
// Hands the results out in the order of the tests, and stops early when asked to. It knows nothing of boxes or verdicts.

import type { Slot } from './slot-scheduler.ts';

export interface OrderedWork<Result> {
  /** All indices from 0 on, ascending in each group. No work of a group starts before all of the one before has ended. */
  readonly groups: readonly (readonly number[])[];
  /** Most that wait for a slot or run at the same time. */
  readonly parallel: number;
  /** Aborted when the whole execution is cancelled. */
  readonly signal: AbortSignal;
  acquire(signal: AbortSignal): Promise<Slot>;
  /**
   * Runs one while a slot is held; it ends soon after the signal is aborted. The function that it resolves with makes
   * the result when the slot was given back.
   */
  run(index: number, signal: AbortSignal): Promise<() => Result>;
  /** True when what comes after this result is to be left out. */
  endsAll(result: Result): boolean;
  /** The result of one that is left out, or that was kept from running by the signal. */
  leaveOut(index: number, status: 'skipped' | 'cancelled'): Result;
  /** Told every result in order, as soon as all before it are known. */
  onResult(result: Result): void;
}

/** Given to `abort`, which otherwise makes an error with a stack each time. */
const STOPPED = 'nothing more is to be started';

interface Progress<Result> {
  readonly work: OrderedWork<Result>;
  readonly results: (Result | undefined)[];
  readonly running: Map<number, AbortController>;
  /** Indices of the group under way that were not started yet. */
  waiting: readonly number[];
  /** Aborted when no more of the group will start, so that none waits for a slot in vain. */
  startNoMore: AbortController;
  /** Index of the next result to hand out. */
  reported: number;
  /** Index of the last that counts: that of the first result that ends all. */
  last: number;
}

/** Resolves with one result for each index. Rejects with the first error thrown, after everything has ended. */
export async function runInOrder<Result>(work: OrderedWork<Result>): Promise<readonly Result[]> {
  const progress: Progress<Result> = {
    work,
    results: [],
    running: new Map(),
    waiting: [],
    startNoMore: new AbortController(),
    reported: 0,
    last: work.groups.flat().length - 1,
  };
  const cancel = () => stopAfter(progress, -1);
  work.signal.addEventListener('abort', cancel, { once: true });
  try {
    for (const group of work.groups) {
      if (!work.signal.aborted) await runGroup(progress, group);
    }
  } finally {
    work.signal.removeEventListener('abort', cancel);
  }
  return completeResults(progress);
}

async function runGroup<Result>(progress: Progress<Result>, group: readonly number[]): Promise<void> {
  progress.waiting = group.filter((index) => index <= progress.last);
  progress.startNoMore = new AbortController();
  const count = Math.min(progress.work.parallel, progress.waiting.length);
  const workers = Array.from({ length: count }, () => runSome(progress));
  const ends = await Promise.allSettled(workers);
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function runSome<Result>(progress: Progress<Result>): Promise<void> {
  try {
    while (!progress.startNoMore.signal.aborted) await runNext(progress);
  } catch (error) {
    stopAfter(progress, -1);
    throw error;
  }
}

async function runNext<Result>(progress: Progress<Result>): Promise<void> {
  const slot = await acquireOrStop(progress);
  if (slot === null) return;
  let started: { index: number; finish: () => Result };
  try {
    // Taken here and not before: another that got its slot at the same moment may have taken the last index.
    const [index, ...others] = progress.waiting;
    if (index === undefined) return;
    progress.waiting = others;
    if (others.length === 0) progress.startNoMore.abort(STOPPED);
    started = await runInSlot(progress, index);
  } finally {
    slot[Symbol.dispose]();
  }
  recordResult(progress, started.index, started.finish());
}

async function acquireOrStop<Result>(progress: Progress<Result>): Promise<Slot | null> {
  const { signal } = progress.startNoMore;
  try {
    return await progress.work.acquire(signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** The index is chosen once a slot is held, so that tests start in their order. */
async function runInSlot<Result>(progress: Progress<Result>, index: number) {
  const controller = new AbortController();
  progress.running.set(index, controller);
  try {
    return { index, finish: await progress.work.run(index, controller.signal) };
  } finally {
    progress.running.delete(index);
  }
}

function recordResult<Result>(progress: Progress<Result>, index: number, result: Result): void {
  const { work, results } = progress;
  results[index] = result;
  if (index < progress.last && work.endsAll(result)) {
    progress.last = index;
    stopAfter(progress, index);
  }
  for (; progress.reported <= progress.last; progress.reported += 1) {
    const known = results[progress.reported];
    if (known === undefined) return;
    work.onResult(known);
  }
}

/** Starts nothing more of the group, and stops what runs with an index over this one. */
function stopAfter<Result>(progress: Progress<Result>, index: number): void {
  progress.waiting = [];
  progress.startNoMore.abort(STOPPED);
  for (const [running, controller] of progress.running) {
    if (running > index) controller.abort(STOPPED);
  }
}

/** What ran although it is after the last that counts is left out too: the answer does not depend on the timing. */
function completeResults<Result>({ work, results, last, reported }: Progress<Result>): readonly Result[] {
  const complete = Array.from({ length: work.groups.flat().length }, (_, index) =>
    index > last ? work.leaveOut(index, 'skipped') : (results[index] ?? work.leaveOut(index, 'cancelled')),
  );
  for (const result of complete.slice(reported)) work.onResult(result);
  return complete;
}
