// The contract of traces: how requests and executions report what happens to them. It knows no library.

import type { ErrorCode } from '../errors.ts';
import type { ExecutionEvent, ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';

export interface Traces {
  /** Continues the trace that the headers name, or starts a new one. */
  startRequest(request: TracedRequest): RequestTrace;
  /** Follows an execution that outlives its request, in the request's trace; `null` without one. */
  followStored(task: ExecutionTask): ExecutionTrace | null;
  /** Sends what is left, for a bounded time. */
  close(): Promise<void>;
}

export interface TracedRequest {
  readonly method: string;
  /** The route's pattern; `null` for a path without a route. */
  readonly route: string | null;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface RequestTrace {
  /** For log lines. */
  readonly ids: { readonly trace_id: string; readonly span_id: string };
  /** For executions that outlive the request. */
  readonly traceparent: string;
  /** Follows an execution of the request. */
  follow(task: ExecutionTask): ExecutionTrace;
  /** `status` is `null` if the client disconnected before the answer. */
  end(answer: { readonly status: number | null; readonly code: ErrorCode | null }): void;
}

/** Either `ended` or `failed` is called, once. */
export interface ExecutionTrace {
  /** `atMs`: milliseconds since 1970, with a fraction. */
  readonly onEvent: (event: ExecutionEvent, atMs: number) => void;
  ended(record: ExecutionRecord): void;
  failed(code: ErrorCode): void;
}
