// What the parts of the store in Redis share.

import type { ExecutionStore } from '../store.ts';
import type { Changes } from './changes.ts';
import type { Held } from './held.ts';
import type { LeaseParts } from './lease.ts';
import type { Scripts } from './scripts.ts';

export interface RedisStoreOptions {
  readonly prefix: string;
  /** Executions that wait or run. */
  readonly maxExecutions: number;
  /** Bytes of their tasks, before they are compressed. */
  readonly maxTaskBytes: number;
  /** Bytes of everything, before it is compressed. */
  readonly maxStoredBytes: number;
  readonly resultTtlMs: number;
  /** Without a sign of life for this long, a process counts as dead. */
  readonly leaseMs: number;
  /** See `ExecutionStore.promise`. */
  readonly promise: () => string;
  /** What this process says of itself and the kinds that it can run, `LANGUAGE VERSION`; `null` if it runs nothing. */
  readonly announce?: LeaseParts['announce'];
  readonly log: { error(details: object, message: string): void };
  /** Kinds that it may claim; if it is not given, any. */
  readonly kinds?: () => readonly string[];
}

export interface StoreParts {
  readonly options: RedisStoreOptions;
  readonly scripts: Scripts;
  readonly changes: Changes;
  readonly held: Held;
  readonly find: ExecutionStore['find'];
  /** Unfinished executions that this process added: their changes are published to it. */
  readonly own: Set<string>;
}
