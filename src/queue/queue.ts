// The contract of a queue: it takes accepted tasks, bounds how many there are, and hands out by its id what becomes of
// each. Only plain values cross it. It knows nothing of languages, boxes or HTTP.

import type { ExecutionEvent, ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';

interface QueueDepth {
  /** Executions taken and not yet finished. */
  readonly active: number;
  /** How many of them the queue takes at most. */
  readonly capacity: number;
}

export interface QueueEvent {
  /** Counts up from 1 for each execution, without gaps. */
  readonly id: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly atMs: number;
  readonly event: ExecutionEvent;
}

/**
 * An execution is known by its id from `submit` until its result was collected; an uncollected result is kept for a
 * bounded time. `result` and `events` of an id that is not known reject with a `ServiceError` `not_found`.
 */
export interface ExecutionQueue {
  /** Resolves with the task's id once the queue has it. Rejects with a `ServiceError`: `queue_full`, `shutting_down`. */
  submit(task: ExecutionTask): Promise<string>;
  /** Waits for the end. Rejects with what the execution failed with. */
  result(id: string): Promise<ExecutionRecord>;
  /** The events with an id over `after`, those of the past first. Ends with the execution, and never rejects for its failure. */
  events(id: string, after?: number): AsyncIterable<QueueEvent>;
  /** Ends an execution with the status `cancelled`. Resolves with false for one that is not known or has ended. */
  cancel(id: string): Promise<boolean>;
  depth(): QueueDepth;
  /** Takes nothing more, lets what is active finish for `graceMs`, then cancels it. Resolves when all has ended. */
  close(options: { readonly graceMs: number }): Promise<void>;
}
