// The contract of traces: what a request, and the execution it asks for, tell of themselves while they last. It knows no
// library.

import type { ErrorCode } from '../errors.ts';
import type { ExecutionTask } from '../execution/execution.ts';
import type { ExecutionEvent, ExecutionRecord } from '../execution/record.ts';

export interface Traces {
  /** Continues the trace that the headers name, or begins one. */
  startRequest(request: TracedRequest): RequestTrace;
  /** Sends what is left, for a bounded time. */
  close(): Promise<void>;
}

export interface TracedRequest {
  readonly method: string;
  /** The route's pattern, `null` where there is no route. */
  readonly route: string | null;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface RequestTrace {
  /** For lines of the log. */
  readonly ids: { readonly trace_id: string; readonly span_id: string };
  /** Follows an execution that the request asked for. */
  follow(task: ExecutionTask): ExecutionTrace;
  /** `status` is `null` when the client went away before its answer. */
  end(answer: { readonly status: number | null; readonly code: ErrorCode | null }): void;
}

/** Either `ended` or `failed` is called, once. */
export interface ExecutionTrace {
  /** `atMs`: milliseconds since 1970, with a fraction. */
  readonly onEvent: (event: ExecutionEvent, atMs: number) => void;
  ended(record: ExecutionRecord): void;
  failed(code: ErrorCode): void;
}
