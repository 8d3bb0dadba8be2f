// What the results of tests in groups amount to: points and a status for each group, and the score of all. It knows
// nothing of how tests are run.

import type { ExecutionResult, ExecutionStatus } from '../api/execution.ts';
import type { TestRecord } from './record.ts';
import type { TaskGroup, TaskTest } from './task.ts';

type GroupResult = NonNullable<ExecutionResult['groups']>[number];
/** What scores depend on. */
export interface GroupedTask {
  readonly tests: readonly Pick<TaskTest, 'weight' | 'group'>[];
  readonly groups?: readonly TaskGroup[] | undefined;
}

/** True when there is nothing but accepted tests. */
export function acceptsAll(results: readonly TestRecord[]): boolean {
  return results.every(({ status }) => status === 'accepted');
}

export function groupResults(task: GroupedTask, results: readonly TestRecord[]): readonly GroupResult[] {
  return (task.groups ?? []).map((group) => {
    const own = results.filter(({ index }) => task.tests[index]?.group === group.name);
    const share = SCORINGS[group.scoring](own, weightsOf(task, own));
    const status = statusOfScored(own, share);
    return { name: group.name, status, score: share * group.points, points: group.points };
  });
}

const SCORINGS: Readonly<
  Record<TaskGroup['scoring'], (results: readonly TestRecord[], weights: readonly number[]) => number>
> = {
  min: (results) => Math.min(1, ...results.map(({ score }) => score)),
  max: (results) => Math.max(0, ...results.map(({ score }) => score)),
  sum: weightedMean,
};

/** Where nothing weighs, whether all is accepted. */
function weightedMean(results: readonly TestRecord[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return acceptsAll(results) ? 1 : 0;
  const gained = results.reduce((sum, { score }, position) => sum + score * (weights[position] ?? 0), 0);
  return gained / total;
}

function weightsOf({ tests }: GroupedTask, results: readonly TestRecord[]): readonly number[] {
  return results.map(({ index }) => tests[index]?.weight ?? 0);
}

/** `accepted` if all is, else `partially_accepted` with any score, else the status of the first failure. */
export function statusOfScored(results: readonly TestRecord[], score: number): ExecutionStatus {
  if (acceptsAll(results)) return 'accepted';
  const failed = results.filter(({ passed }) => !passed);
  if (failed.some(({ status }) => status === 'cancelled')) return 'cancelled';
  if (score > 0) return 'partially_accepted';
  return (failed.find(({ status }) => status !== 'skipped') ?? failed[0])?.status ?? 'accepted';
}

/** Points gained over all points. A test without a group is worth its weight. */
export function scoreOfGroups(task: GroupedTask, results: readonly TestRecord[]): number {
  const groups = groupResults(task, results);
  const single = results.filter(({ index }) => task.tests[index]?.group === undefined);
  const weights = weightsOf(task, single);
  const points = [...groups.map((group) => group.points), ...weights].reduce((sum, each) => sum + each, 0);
  if (points === 0) return acceptsAll(results) ? 1 : 0;
  const gained = groups.reduce((sum, { score }) => sum + score, 0);
  return single.reduce((sum, { score }, position) => sum + score * (weights[position] ?? 0), gained) / points;
}
