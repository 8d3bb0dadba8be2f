// The contract of executions that outlive their request: submit, look at, follow, list and cancel them. Every front door
// calls it. It knows nothing of HTTP, nor of how they are stored or run.

import type { TestResult } from '../api/execution.ts';
import type { CompileResult } from '../api/result-fields.ts';
import type { Execution, ExecutionSummary, SubmitRequest } from '../api/stored-execution.ts';
import type { ServiceError } from '../errors.ts';
import type { OutputEncoding } from '../execution/output.ts';
import type { ApiName, ResultPart, SubmissionContext } from './submission.ts';

/** The owner of what is submitted without a key: who knows an id may see it, but lists show each client its own. */
export const ANYONE = 'anyone';

/** Who asks. Executions of another owner do not exist. */
export interface Caller {
  /** The key that it is seen by, or `ANYONE`. */
  readonly owner: string;
  /** See `clientIdOf`. */
  readonly clientId: string;
}

export interface SubmittedBy extends Caller {
  readonly requestId: string;
  /** Name of the API key that came with the request. */
  readonly keyName: string | null;
  /** The API that the request came through. */
  readonly api: ApiName;
  /** What happens to code that breaks a rule, if it differs from the settings. */
  readonly codeValidation?: SubmissionContext['codeValidation'];
  readonly wallTimeLimitSeconds?: SubmissionContext['wallTimeLimitSeconds'];
  readonly runChoices?: SubmissionContext['runChoices'];
  /** Of the request, for its executions. */
  readonly traceparent?: string | undefined;
  /** Output is kept while it runs, for those who follow it with `output`. */
  readonly liveOutput?: boolean;
  /** A text that is kept with the execution, for `note`. */
  readonly note?: string;
}

/** Makes a submission that is repeated the same execution: its key, and a digest of all that was sent. */
export interface Idempotency {
  readonly key: string;
  readonly digest: string;
}

/** How an execution is shown. */
export interface View {
  readonly encoding: OutputEncoding;
  readonly include: readonly ResultPart[];
}

/** What a program wrote. It is not stored, so it has no id. */
export interface OutputEvent {
  readonly id: null;
  readonly type: 'output';
  readonly data: {
    readonly test_index: number;
    readonly stream: 'stdout' | 'stderr';
    readonly data: string;
    readonly encoding: OutputEncoding;
    /** Of the stream, just before `data`, that this reader missed. */
    readonly dropped_bytes: number;
  };
}

/** An event as clients see it. Ids count up from 1 for each execution. */
export type ClientEvent = { readonly id: number } & (
  | { readonly type: 'status'; readonly data: { readonly status: 'queued' | 'compiling' | 'running' } }
  | { readonly type: 'compile'; readonly data: CompileResult }
  | { readonly type: 'test'; readonly data: TestResult }
  /** The last one, with the whole execution. */
  | { readonly type: 'done'; readonly data: Execution }
);

export interface Submitted {
  readonly execution: Execution;
  /** It was there already. */
  readonly isRepeated: boolean;
}

export interface EndedExecution {
  /** What it was submitted with as a note. */
  readonly note: string | null;
  show(view?: Partial<View>): Promise<Execution>;
}

interface ListRequest {
  readonly userId?: string | undefined;
  readonly batchId?: string | undefined;
  readonly status?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** All methods reject with a `ServiceError`: `not_found` for an execution of another owner, `unavailable` without a store. */
export interface Executions {
  /**
   * Resolves once the execution cannot be lost. Rejects as `Submit` does, with `queue_full` if there is no room, and with
   * `conflict` if the key was used for another request.
   */
  submit(request: SubmitRequest, by: SubmittedBy, idempotency?: Idempotency): Promise<Submitted>;
  /** Each request succeeds or fails alone. One that is an error already keeps its place. */
  submitAll(
    requests: readonly (SubmitRequest | ServiceError)[],
    by: SubmittedBy,
    idempotency?: Idempotency,
  ): Promise<{ readonly batchId: string; readonly executions: readonly (Submitted | ServiceError)[] }>;
  /** At whatever stage it is, after waiting for its end for at most `waitMs`. */
  get(
    id: string,
    caller: Caller,
    options?: Partial<View> & { readonly waitMs?: number; readonly signal?: AbortSignal },
  ): Promise<Execution>;
  /** What it was submitted with as a note; `null` without one. */
  note(id: string, caller: Caller): Promise<string | null>;
  /** The newest first. */
  list(
    caller: Caller,
    request: ListRequest,
  ): Promise<{ readonly executions: readonly ExecutionSummary[]; readonly nextCursor: string | null }>;
  /** Resolves when it is cancelled. Rejects with `conflict` if it has ended. */
  cancel(id: string, caller: Caller): Promise<Execution>;
  /**
   * Events with an id over `after`, those of the past first. Ends after `done`, and when the signal is
   * aborted or the service stops. `null` if it has ended and none follows. With `output`, that of each shown test comes
   * before its `test`: live if it began while somebody followed or was submitted with `liveOutput`.
   */
  events(
    id: string,
    caller: Caller,
    options: {
      readonly after: number;
      readonly signal: AbortSignal;
      readonly output?: boolean;
    } & Partial<View>,
  ): Promise<AsyncIterable<ClientEvent | OutputEvent> | null>;
  /** An ended execution for its webhook, without regard to who asks; `null` if it is not there any more. */
  ended(id: string): Promise<EndedExecution | null>;
}
