// The record of an execution, from which its result is made, and the events on the way to it. All are plain values, as
// they cross the queue.

import type { ExecutionResult, TestResult } from '../api/execution.ts';
import type { CompileResult } from '../api/result-fields.ts';
import type { ExecutionTask } from './task.ts';

/** Exactly what a program wrote, as far as it is kept: a text, or bytes that are not the UTF-8 of any. */
export type Output = string | { readonly base64: string; readonly isTruncated: boolean };

export type TestRecord = Omit<TestResult, 'stdout' | 'stderr'> & {
  readonly stdout: Output | null;
  readonly stderr: Output | null;
};

/** Without `output`, which is made of the others when the result is presented. */
export type CompileRecord = Omit<CompileResult, 'stdout' | 'stderr' | 'output'> & {
  readonly stdout: Output;
  readonly stderr: Output;
};

/** `presentResult` makes the result from it, in either encoding. `analysis` is absent if validation is off. */
export type ExecutionRecord = Omit<ExecutionResult, 'results' | 'compile'> & {
  readonly results: readonly TestRecord[];
  readonly compile: CompileRecord | null;
};

/** Format of stored records and events: raise it when a reader must know the difference. */
export const RECORD_FORMAT = 1;

/** A record without what its events say: those of the compile and of each test. */
export type ExecutionEnding = Omit<ExecutionRecord, 'results' | 'compile'> & {
  /** Why the service could not run it; `null` otherwise. */
  readonly message: string | null;
};

/** Events of a running execution; tests come in their order. Hidden tests are redacted here too. */
export type ExecutionEvent =
  | { readonly type: 'status'; readonly status: 'compiling' | 'running' }
  | { readonly type: 'compile'; readonly compile: CompileRecord }
  | { readonly type: 'test'; readonly test: TestRecord };

/**
 * Runs a task to its end. Rejects with a `ServiceError` when the service, not the program, fails. An aborted signal
 * ends it with the status `cancelled`. `onEvent` must not throw.
 */
export type Execute = (
  task: ExecutionTask,
  signal: AbortSignal,
  onEvent?: (event: ExecutionEvent) => void,
) => Promise<ExecutionRecord>;
