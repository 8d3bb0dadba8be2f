// The contract of a queue: it takes accepted tasks, bounds how many there are, and answers with their results. It knows
// nothing of languages, boxes or HTTP.

import type { Execute } from '../execution/record.ts';

interface QueueDepth {
  /** Executions taken and not yet finished. */
  readonly active: number;
  /** How many of them the queue takes at most. */
  readonly capacity: number;
}

export interface ExecutionQueue {
  /**
   * Runs a task when it is its turn. Rejects with a `ServiceError`: `queue_full` or `shutting_down` at once, or what
   * the execution itself failed with. An aborted signal ends it with the status `cancelled`.
   */
  readonly submit: Execute;
  depth(): QueueDepth;
  /** Takes nothing more, lets what is active finish for `graceMs`, then cancels it. Resolves when all has ended. */
  close(options: { readonly graceMs: number }): Promise<void>;
}
