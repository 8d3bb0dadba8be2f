// What runs of tasks hand on inside the service: the record that the result is made from, and the events on the way to
// it. All are plain values, as they cross the queue.

import type { ExecutionResult, ExecutionTask, TestResult } from './execution.ts';
import type { CompileResult } from './result-fields.ts';

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

/** What `execute` answers and the queue carries: the result, from which `presentResult` makes either encoding. */
export type ExecutionRecord = Omit<ExecutionResult, 'results' | 'compile'> & {
  readonly results: readonly TestRecord[];
  readonly compile: CompileRecord | null;
};

/** What is told while an execution runs; tests come in their order. Hidden tests are redacted here too. */
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
