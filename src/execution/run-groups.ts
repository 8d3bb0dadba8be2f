// Runs tests that are in groups: a group after those that it depends on, the rest of a group not at all after a failure.
// Which test is skipped depends on results alone, never on the timing.

import type { Execution } from './execution.ts';
import { acceptsAll } from './group-scores.ts';
import type { TestRecord } from './record.ts';
import { runInOrder } from './run-in-order.ts';
import { leaveOutTest, orderedRuns } from './run-tests.ts';
import type { ExecutionTask, TaskGroup } from './task.ts';
import type { Bench } from './test-run.ts';

/** Tests that are run and left out together. Those without a group are one unit. */
interface Unit {
  readonly group: TaskGroup | null;
  readonly indices: readonly number[];
  /** Parts that are still to run: the tests that are shown, then the hidden ones. */
  readonly parts: (readonly number[])[];
  isFinished: boolean;
}

interface Progress {
  readonly execution: Execution;
  readonly bench: Bench;
  readonly units: readonly Unit[];
  readonly results: (TestRecord | undefined)[];
  /** Index of the next result to report. */
  reported: number;
}

/**
 * Resolves with one result for each test. What is shown of any group runs before what is hidden of any, unless a group
 * that is shown depends on one that is hidden.
 */
export async function runGroups(execution: Execution, bench: Bench): Promise<readonly TestRecord[]> {
  const { task, signal } = execution;
  const progress: Progress = { execution, bench, units: unitsOf(task), results: [], reported: 0 };
  execution.emit({ type: 'status', status: 'running' });
  for (let unit = nextUnit(progress); unit !== null; unit = nextUnit(progress)) {
    if (signal.aborted) leaveOut(progress, unit, 'cancelled');
    else if (!dependenciesAreMet(progress, unit)) leaveOut(progress, unit, 'skipped');
    else await runPart(progress, unit);
    if (unit.parts.length === 0) finish(progress, unit);
  }
  return progress.results as readonly TestRecord[];
}

function unitsOf({ tests, groups = [] }: ExecutionTask): readonly Unit[] {
  return [null, ...groups].map((group) => {
    const indices = [...tests.keys()].filter((index) => tests[index]?.group === group?.name);
    const isHidden = (index: number) => tests[index]?.isHidden === true;
    const parts = [indices.filter((index) => !isHidden(index)), indices.filter(isHidden)];
    return {
      group,
      indices,
      parts: parts.filter((part) => part.length > 0),
      isFinished: indices.length === 0,
    };
  });
}

/** Of the units whose dependencies are finished, the first with a part that is shown, else the first. */
function nextUnit({ units, execution }: Progress): Unit | null {
  const ready = units.filter(
    (unit) => !unit.isFinished && dependenciesOf(units, unit).every(({ isFinished }) => isFinished),
  );
  const isShown = ({ parts }: Unit) => execution.task.tests[parts[0]?.[0] ?? -1]?.isHidden === false;
  return ready.find(isShown) ?? ready[0] ?? null;
}

function dependenciesOf(units: readonly Unit[], { group }: Unit): readonly Unit[] {
  return units.filter((other) => other.group !== null && group?.dependsOn.includes(other.group.name));
}

function dependenciesAreMet({ units, results }: Progress, unit: Unit): boolean {
  return dependenciesOf(units, unit).every(({ indices }) =>
    acceptsAll(indices.flatMap((index) => results[index] ?? [])),
  );
}

function leaveOut({ execution, results }: Progress, unit: Unit, status: 'skipped' | 'cancelled'): void {
  for (const index of unit.indices) results[index] ??= leaveOutTest(execution.task, index, status);
  unit.parts.length = 0;
}

async function runPart(progress: Progress, unit: Unit): Promise<void> {
  const { execution, bench, results } = progress;
  const last = lastOf(progress, unit);
  const part = (unit.parts.shift() ?? []).filter((index) => index <= last);
  const endsAll = (result: TestRecord) => endsUnit(progress, unit, result);
  const done = await runInOrder<TestRecord>(orderedRuns(execution, bench, part, endsAll));
  for (const result of done) results[result.index] = result;
}

/** True when what comes after this result in the unit is left out. */
function endsUnit({ execution }: Progress, { group }: Unit, { passed, score, status }: TestRecord): boolean {
  if (status === 'cancelled') return false;
  return group === null ? execution.task.stopOnFailure && !passed : group.stopOnFailure && score === 0;
}

/** The index of the last test of the unit that counts, as far as is known. */
function lastOf(progress: Progress, unit: Unit): number {
  const ends = (index: number) => {
    const result = progress.results[index];
    return result !== undefined && endsUnit(progress, unit, result);
  };
  return unit.indices.find(ends) ?? Number.POSITIVE_INFINITY;
}

/** A hidden test may have failed before one that is shown and ran earlier: that one is left out too. */
function finish(progress: Progress, unit: Unit): void {
  const { execution, results } = progress;
  const last = lastOf(progress, unit);
  for (const index of unit.indices) {
    if (index > last) results[index] = leaveOutTest(execution.task, index, 'skipped');
  }
  unit.isFinished = true;
  for (; ; progress.reported += 1) {
    const test = results[progress.reported];
    const isFinal = progress.units.some(
      ({ indices, isFinished }) => isFinished && indices.includes(progress.reported),
    );
    if (test === undefined || !isFinal) return;
    execution.emit({ type: 'test', test });
  }
}
