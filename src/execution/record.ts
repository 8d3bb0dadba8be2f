// What runs of tasks hand on inside the service: the record that the result is made from, and the events on the way to
// it. All are plain values, as they cross the queue.

import type { ExecutionResult, ExecutionTask, TestResult } from './execution.ts';
import type { CompileResult } from './result-fields.ts';

/** The exact bytes of an output that is not UTF-8, or was cut within a character: text alone would lose them. */
interface ExactOutput {
  readonly stdoutBase64?: string;
  readonly stderrBase64?: string;
}
export type TestRecord = TestResult & ExactOutput;
/** Without `output`, which is made of the others when the result is presented. */
export type CompileRecord = Omit<CompileResult, 'output'> & ExactOutput;

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
