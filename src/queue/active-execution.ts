// One execution that a queue in this process has taken: its events so far, those who wait for the next, and its result.

import type { Execute, ExecutionEvent, ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { QueueEvent } from './queue.ts';

export interface ActiveExecution {
  readonly result: Promise<ExecutionRecord>;
  hasEnded(): boolean;
  cancel(reason: Error): void;
  /** Those with an id over `after`, until the execution ends. */
  events(after: number): AsyncGenerator<QueueEvent>;
}

/** Starts it at once. */
export function startExecution(execute: Execute, task: ExecutionTask): ActiveExecution {
  const controller = new AbortController();
  const events: QueueEvent[] = [];
  let waiting: (() => void)[] = [];
  let ended = false;
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  const onEvent = (event: ExecutionEvent) => {
    events.push({ id: events.length + 1, atMs: performance.timeOrigin + performance.now(), event });
    wake();
  };
  const result = execute(task, controller.signal, onEvent).finally(() => {
    ended = true;
    wake();
  });
  // Whether anyone waits for it or not, a failure is an answer, not a crash.
  result.catch(() => {});
  return {
    result,
    hasEnded: () => ended,
    cancel: (reason) => controller.abort(reason),
    async *events(after) {
      for (let next = after; ; ) {
        for (let event = events[next]; event !== undefined; event = events[next]) {
          yield event;
          next = event.id;
        }
        if (ended) return;
        await new Promise<void>((resume) => waiting.push(resume));
      }
    },
  };
}
