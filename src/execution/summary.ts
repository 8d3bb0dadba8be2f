// What the results of an execution's tests amount to: its status, its counts and its score.

import type { ExecutionResult, ExecutionStatus } from '../api/execution.ts';
import type { CompileRecord, TestRecord } from './record.ts';
import type { ExecutionTask, TaskTest } from './task.ts';

/** The status of the first test, in order, that did not pass; that of the compile or a good end otherwise. */
export function overallStatus(
  task: Pick<ExecutionTask, 'judged'>,
  compile: CompileRecord | null,
  results: readonly TestRecord[],
): ExecutionStatus {
  if (compile?.status === 'compilation_error') return 'compilation_error';
  const firstFailure = results.find(({ passed }) => !passed);
  return firstFailure?.status ?? (task.judged ? 'accepted' : 'completed');
}

/** The score is the mean of the tests' scores by their weights, and where nothing weighs, whether all passed. */
export function summaryOf(
  task: { readonly tests: readonly Pick<TaskTest, 'weight'>[] },
  results: readonly TestRecord[],
): ExecutionResult['summary'] {
  const total = results.length;
  const passed = results.filter((result) => result.passed).length;
  const skipped = results.filter(({ status }) => status === 'skipped').length;
  const weightOf = ({ index }: TestRecord) => task.tests[index]?.weight ?? 0;
  const allWeight = sum(results.map(weightOf));
  const gained = sum(results.map((result) => result.score * weightOf(result)));
  const scoreWithoutWeights = total > 0 && passed === total ? 1 : 0;
  return {
    total,
    passed,
    failed: total - passed - skipped,
    skipped,
    score: allWeight > 0 ? gained / allWeight : scoreWithoutWeights,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
