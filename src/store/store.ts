// The contract of the store: executions that outlive a request, their events and results, and which of them runs next.
// Only plain values cross it. It knows nothing of HTTP, languages or boxes.

import type { CompileRecord, ExecutionEnding, ExecutionEvent, TestRecord } from '../execution/record.ts';
import type { ExecutionTask, TaskOutline } from '../execution/task.ts';
import type { StoredWebhooks, WebhookState } from './stored-webhooks.ts';

/** An accepted request on its way into the store. */
export interface NewExecution {
  readonly task: ExecutionTask;
  /** Who may see it: no one else learns that it exists. */
  readonly owner: string;
  readonly origin: Origin;
  readonly batchId: string | null;
  readonly webhookUrl: string | null;
  /** The same key of the same owner means the same execution, if the digest of the request is the same too. */
  readonly idempotency: { readonly owner: string; readonly key: string; readonly digest: string } | null;
  /** Somebody waits for it: it goes before what was only stored, is in no list, and is kept this long after its end. */
  readonly keepMs?: number;
}

/** The request that it came with, for the log. */
export interface Origin {
  readonly requestId: string;
  readonly keyName: string | null;
}

/** What became of a `NewExecution`. */
export type Admission =
  | { readonly kind: 'added'; readonly execution: StoredExecution }
  /** The store has it already, under this id. */
  | { readonly kind: 'known'; readonly id: string }
  /** The key was used for another request. */
  | { readonly kind: 'conflict' }
  /** There is no room for it. */
  | { readonly kind: 'full'; readonly reason: string };

/** All that is known of an execution but its events and results. */
export interface StoredExecution {
  readonly id: string;
  readonly owner: string;
  readonly origin: Origin;
  readonly batchId: string | null;
  readonly outline: TaskOutline;
  /** `null` until it has ended. */
  readonly ending: ExecutionEnding | null;
  /** The last of `status` events, or that of the ending. */
  readonly status: ExecutionEnding['status'];
  /** Times that it was begun, those aside that do not count. */
  readonly attempts: number;
  /** The last event's id. Ids count up from 1 without gaps, unless the machine lost power. */
  readonly lastEventId: number;
  /** `null` without a `webhook_url`. */
  readonly webhook: WebhookState | null;
}

/** An execution's event as it is stored. The first is always `queued`, the last `done`. */
export interface StoredEvent {
  readonly id: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly atMs: number;
  readonly event:
    | ExecutionEvent
    | { readonly type: 'status'; readonly status: 'queued' }
    | { readonly type: 'done' };
}

/** The right to run an execution, until the same is claimed again. */
export interface Claim {
  readonly task: ExecutionTask;
  /** Grows with each claim of the execution. What comes with an earlier one is dropped. */
  readonly fence: number;
  /** Times that it was begun, this one included, those aside that do not count. */
  readonly attempt: number;
  readonly origin: Origin;
  /** It is to be cancelled, not run. */
  readonly isCancelled: boolean;
  /** An attempt of it was lost: nothing else may be lost with the next, so nothing runs beside it. */
  readonly isAlone: boolean;
  /** Whoever waits for it reports its end. */
  readonly isAwaited?: boolean;
}

export type Cancellation =
  | { readonly kind: 'unknown' | 'ended' }
  /** Whoever runs it learns of it. */
  | { readonly kind: 'running' }
  /** Nobody runs it: the caller finishes it. */
  | { readonly kind: 'claimed'; readonly claim: Claim };

export interface ListQuery {
  readonly owner: string;
  /** `undefined`: any. */
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly batchId?: string | undefined;
  readonly status?: string | undefined;
  readonly limit: number;
  /** Of a previous page. */
  readonly cursor?: string | undefined;
}

export interface StoreState {
  /** Whether it is open, and the last write succeeded. */
  readonly isAvailable: boolean;
  /** Executions that wait, that run, and of both together the most. */
  readonly waiting: number;
  readonly running: number;
  readonly capacity: number;
  /** Of the tasks of both. */
  readonly taskBytes: number;
  readonly maxTaskBytes: number;
  /** When the oldest of those that wait was accepted, in milliseconds since 1970; `null` without any. */
  readonly oldestAcceptedAtMs: number | null;
  /** On disk, results included. */
  readonly storedBytes: number;
}

/** Something of an execution is in the store that was not there before. */
export interface Change {
  readonly id: string;
  /**
   * `lost`: this process ran it and gave no sign of life for too long, so that another may run it. `followed`: this process
   * runs it and another asks for its output. `output`: another process runs it, and has passed on more of that.
   */
  readonly kind: 'added' | 'events' | 'ended' | 'cancelling' | 'waiting' | 'lost' | 'followed' | 'output';
  /** May come with `ended` to the process that added an execution and waits for it, so that it need not be read. */
  readonly end?: BroughtEnd;
}

export interface BroughtEnd {
  /** All events with an id over this one; the last is `done`. */
  readonly after: number;
  readonly events: readonly StoredEvent[];
  readonly ending: ExecutionEnding;
}

/** Methods reject with a `ServiceError` `unavailable` while the store cannot write or be reached. */
export interface ExecutionStore {
  /** What a resolved `add` or `finish` survives, in words for people. */
  readonly promise: string;
  /** Resolves once what was added cannot be lost. Each succeeds or fails alone. */
  add(executions: readonly NewExecution[]): Promise<readonly Admission[]>;
  /** What a key was used for in the last 24 hours. */
  findKey(owner: string, key: string): Promise<{ readonly id: string; readonly digest: string } | null>;
  find(id: string): Promise<StoredExecution | null>;
  /** Of the latest attempt, as far as they are known, in the order of the tests. */
  results(id: string): Promise<StoredResults>;
  /**
   * The newest first. A page may be short, or even empty, although another follows: it looks at a bounded number. A cursor
   * that is not one rejects with `invalid_request`.
   */
  list(
    query: ListQuery,
  ): Promise<{ readonly executions: readonly StoredExecution[]; readonly nextCursor: string | null }>;
  /** Events with an id over `after`, at least one if there is any, and about as many as fit into `maxBytes`. */
  events(id: string, after: number, maxBytes: number): Promise<readonly StoredEvent[]>;
  /**
   * The next execution by turns of clients, users and priorities, in none of these languages. One whose attempt was lost
   * is handed out only to a worker that runs nothing else, and others wait for it.
   */
  claim(worker: { readonly isIdle: boolean; readonly except: readonly string[] }): Promise<Claim | null>;
  /** False, and nothing is stored, if the execution was claimed again or has ended. */
  append(id: string, fence: number, events: readonly ExecutionEvent[]): Promise<boolean>;
  /** Stores the one result: the events of the attempt, these included, and the ending. False as for `append`. */
  finish(
    id: string,
    fence: number,
    events: readonly ExecutionEvent[],
    ending: ExecutionEnding,
  ): Promise<boolean>;
  /** Lets an execution wait again for `delayMs`. An attempt that does not count is not counted. */
  giveBack(
    id: string,
    fence: number,
    options: { readonly delayMs: number; readonly counts: boolean },
  ): Promise<boolean>;
  /** Cancels what waits or runs. With `force`, what runs is taken from whoever runs it. */
  cancel(id: string, options?: { readonly force?: boolean }): Promise<Cancellation>;
  /**
   * Calls until it is disposed: with an `id` for each change of it, whoever made it; without one for those made in this
   * process, those that concern what it runs, and ends that have a webhook.
   */
  watch(onChange: (change: Change) => void, id?: string): Disposable;
  state(): StoreState;
  /** Removes some of what ended too long ago or is too much, and old idempotency keys. Call it until nothing is left. */
  removeExpired(): Promise<{ readonly executions: number; readonly bytes: number }>;
  readonly webhooks: StoredWebhooks;
  close(): Promise<void>;
}

export interface StoredResults {
  readonly compile: CompileRecord | null;
  readonly results: readonly TestRecord[];
}
