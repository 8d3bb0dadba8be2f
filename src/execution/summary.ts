// What the results of an execution's tests amount to: its status, its counts and its score.

import type { ExecutionResult, ExecutionStatus } from '../api/execution.ts';
import { type GroupedTask, scoreOfGroups, statusOfScored } from './group-scores.ts';
import type { CompileRecord, TestRecord } from './record.ts';
import type { ExecutionTask } from './task.ts';

/** The status of the first test, in order, that did not pass; that of the compile or a good end otherwise. */
export function overallStatus(
  task: Pick<ExecutionTask, 'judged'> & GroupedTask,
  compile: CompileRecord | null,
  results: readonly TestRecord[],
): ExecutionStatus {
  if (compile?.status === 'compilation_error') return 'compilation_error';
  if (task.groups !== undefined) return statusOfScored(results, scoreOfGroups(task, results));
  const firstFailure = results.find(({ passed }) => !passed);
  return firstFailure?.status ?? (task.judged ? 'accepted' : 'completed');
}

/** The score is the mean of the tests' scores by their weights, and where nothing weighs, whether all passed. */
export function summaryOf(task: GroupedTask, results: readonly TestRecord[]): ExecutionResult['summary'] {
  const total = results.length;
  const passed = results.filter((result) => result.passed).length;
  const skipped = results.filter(({ status }) => status === 'skipped').length;
  const score = task.groups === undefined ? scoreOf(task, results) : scoreOfGroups(task, results);
  return { total, passed, failed: total - passed - skipped, skipped, score };
}

function scoreOf(task: GroupedTask, results: readonly TestRecord[]): number {
  const weightOf = ({ index }: TestRecord) => task.tests[index]?.weight ?? 0;
  const allWeight = sum(results.map(weightOf));
  const gained = sum(results.map((result) => result.score * weightOf(result)));
  const scoreWithoutWeights = results.length > 0 && results.every(({ passed }) => passed) ? 1 : 0;
  return allWeight > 0 ? gained / allWeight : scoreWithoutWeights;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
