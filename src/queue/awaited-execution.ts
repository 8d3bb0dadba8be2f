// A stored execution that somebody waits for: its events as they come, and its record once it has ended.

import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '../errors.ts';
import type { CompileRecord, ExecutionEnding, ExecutionRecord, TestRecord } from '../execution/record.ts';
import type { BroughtEnd, ExecutionStore, StoredEvent } from '../store/store.ts';
import type { QueueEvent } from './queue.ts';

const PAGE_BYTES = 1024 * 1024;
/** A store that is lost for a moment is asked again this often. */
const MAX_FAILURES = 8;
const AFTER_FAILURE_MS = 500;

type FollowedStore = Pick<ExecutionStore, 'events' | 'find' | 'watch'>;

export interface AwaitedExecution {
  readonly result: Promise<ExecutionRecord>;
  /** Those with an id over `after`, until it has ended. */
  events(after: number): AsyncGenerator<QueueEvent>;
}

/** Call it as soon as the execution is on its way into the store, so that no change is missed; `added` says that it is there. */
export function followExecution(store: FollowedStore, id: string, added: Promise<void>): AwaitedExecution {
  const events: QueueEvent[] = [];
  let hasEnded = false;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  const follow = async (): Promise<ExecutionRecord> => {
    let compile: CompileRecord | null = null;
    let results: TestRecord[] = [];
    for await (const { atMs, event, ending } of storedEvents(store, id, added)) {
      if (event.type === 'done') return recordOf(ending, compile, results);
      if (event.type === 'status' && event.status === 'queued') {
        // The attempt before was lost, and nothing of it counts.
        [compile, results] = [null, []];
        continue;
      }
      if (event.type === 'compile') compile = event.compile;
      if (event.type === 'test') results.push(event.test);
      events.push({ id: events.length + 1, atMs, event });
      wake();
    }
    throw new ServiceError('unavailable', 'The store of executions lost the execution');
  };
  const result = follow().finally(() => {
    hasEnded = true;
    wake();
  });
  // Whether anyone waits for it or not, a failure is an answer, not a crash.
  result.catch(() => {});
  return {
    result,
    async *events(after) {
      for (let next = after; ; ) {
        for (let event = events[next]; event !== undefined; event = events[next]) {
          yield event;
          next = event.id;
        }
        if (hasEnded) return;
        await new Promise<void>((resume) => waiting.push(resume));
      }
    },
  };
}

type FollowedEvent = StoredEvent & { readonly ending: ExecutionEnding | null };

/** All of them but the first, which says that it was accepted. The last one brings the ending. */
async function* storedEvents(
  store: FollowedStore,
  id: string,
  added: Promise<void>,
): AsyncGenerator<FollowedEvent> {
  let change = Promise.withResolvers<void>();
  let hasEnded = false;
  let brought: BroughtEnd | undefined;
  using _watch = store.watch(({ kind, end }) => {
    if (kind === 'output' || kind === 'added') return;
    hasEnded ||= kind === 'ended';
    brought ??= end;
    change.resolve();
  }, id);
  await added;
  for (let next = 1; ; ) {
    await change.promise;
    change = Promise.withResolvers<void>();
    if (brought?.after === next) {
      for (const event of brought.events) yield { ...event, ending: brought.ending };
      return;
    }
    // Asked for at the same time, as somebody waits for it.
    const find = () => patiently(() => store.find(id));
    const [page, found] = await Promise.all([
      patiently(() => store.events(id, next, PAGE_BYTES)),
      hasEnded ? find() : undefined,
    ]);
    for (const event of page) {
      const ended = event.event.type === 'done' ? (found ?? (await find())) : null;
      yield { ...event, ending: ended?.ending ?? null };
      next = event.id;
    }
    if (page.length > 0) change.resolve();
    else if (found === null) return;
  }
}

function recordOf(
  stored: ExecutionEnding | null,
  compile: CompileRecord | null,
  results: readonly TestRecord[],
): ExecutionRecord {
  if (stored === null) {
    throw new ServiceError('unavailable', 'The store of executions lost the execution');
  }
  const { message: _message, ...ending } = stored;
  return { ...ending, compile, results };
}

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (failures === MAX_FAILURES) throw error;
      await delay(AFTER_FAILURE_MS);
    }
  }
}
