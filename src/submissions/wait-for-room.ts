// Submits a task to a queue that may be full: tries again until there is a place, as long as the front door says.

import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '../errors.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ExecutionQueue } from '../queue/queue.ts';

/** Between two tries. */
const RETRY_MS = { minimum: 50, maximum: 500 };

/** Resolves with the execution's id. Rejects with `queue_full` when the time is over or the client is gone. */
export async function submitWhenThereIsRoom(
  queue: Pick<ExecutionQueue, 'submit'>,
  task: ExecutionTask,
  {
    signal,
    waitForRoomMs = 0,
  }: { readonly signal: AbortSignal; readonly waitForRoomMs?: number | undefined },
): Promise<string> {
  const deadlineMs = performance.now() + waitForRoomMs;
  for (let waitMs = RETRY_MS.minimum; ; waitMs = Math.min(2 * waitMs, RETRY_MS.maximum)) {
    try {
      return await queue.submit(task);
    } catch (error) {
      const pauseMs = waitMs * (0.5 + Math.random());
      const isFull = error instanceof ServiceError && error.code === 'queue_full';
      if (!isFull || signal.aborted || performance.now() + pauseMs > deadlineMs) throw error;
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}
