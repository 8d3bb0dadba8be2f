// Waits for turns: each execution that begins to wait leaves one in a list, and Redis hands each to one of the processes that
// wait for it. A turn names no execution: whoever has one asks for the next, so a lost one costs a moment and no execution.

import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RedisConnection } from '../../redis/redis-connection.ts';

/** Languages become ready, and turns may be lost with a process. */
const LONGEST_WAIT_SECONDS = 1;
const AFTER_FAILURE_MS = 1000;

export interface Turns {
  /** Resolves with a turn, and after a moment without one. */
  next(): Promise<void>;
  close(): void;
}

export function createTurns(connection: RedisConnection, key: string): Turns {
  let blocking: Redis | null = null;
  return {
    next: async () => {
      blocking ??= connection.openPatient();
      try {
        await blocking.blpop(key, LONGEST_WAIT_SECONDS);
      } catch {
        await delay(AFTER_FAILURE_MS, undefined, { ref: false });
      }
    },
    close: () => blocking?.disconnect(),
  };
}
