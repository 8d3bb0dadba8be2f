// Runs the tests of an execution, each in a box of its own. When the sandbox fails twice, that test is
// `internal_error`, and its cause is in the log: it is never a verdict on the program.

import { shownBytesFor } from '../limits.ts';
import { SandboxError } from '../sandbox/sandbox.ts';
import { KIB } from '../units.ts';
import { type Execution, testLimits } from './execution.ts';
import { JudgeError } from './judge-threads.ts';
import { judge, sizeOf } from './judgement.ts';
import { readOutcome } from './read-outcome.ts';
import type { TestRecord } from './record.ts';
import { type OrderedWork, runInOrder } from './run-in-order.ts';
import { type FinishedRun, runPasses } from './run-passes.ts';
import type { ExecutionTask, TaskTest } from './task.ts';
import { DataError, withData } from './test-data.ts';
import { resultOf, resultWithoutRun, toJudge, type UnjudgedTest } from './test-result.ts';
import type { Bench } from './test-run.ts';

/** Bytes of outputs and of what is expected that are judged at once: a matter of milliseconds at worst. */
const MAX_JUDGED_AT_ONCE = 64 * KIB;

const LEFT_OUT_MESSAGES = { skipped: null, cancelled: 'The execution was cancelled.' } as const;

export function runTests(execution: Execution, bench: Bench): Promise<readonly TestRecord[]> {
  const { task } = execution;
  const groups = shownBeforeHidden(task.tests);
  const first = groups[0]?.[0];
  const runs = orderedRuns(
    execution,
    bench,
    [...task.tests.keys()],
    ({ passed, status }) => task.stopOnFailure && !passed && status !== 'cancelled',
  );
  return runInOrder<TestRecord>({
    ...runs,
    groups,
    run: (index, signal) => {
      if (index === first) execution.emit({ type: 'status', status: 'running' });
      return runs.run(index, signal);
    },
    onResult: (test) => execution.emit({ type: 'test', test }),
  });
}

/** The tests with these indices as work of which each has its place in the list as number; nothing is reported. */
export function orderedRuns(
  execution: Execution,
  bench: Bench,
  indices: readonly number[],
  endsAll: (result: TestRecord) => boolean,
): OrderedWork<TestRecord> {
  const { task, parts, signal } = execution;
  const indexOf = (place: number) => indices[place] ?? -1;
  return {
    groups: [[...indices.keys()]],
    // Twice as many as may run: the share must be waiting when a slot is freed, or its weight counts for nothing.
    parallel: parts.sandbox.slotsOfWorkspace * 2,
    signal,
    acquire: (waiting) => (task.interactor ? execution.acquirePair(waiting) : execution.acquire(waiting)),
    run: (place, testSignal) => runTest(execution, bench, indexOf(place), testSignal),
    endsAll,
    leaveOut: (place, status) => leaveOutTest(task, indexOf(place), status),
    onResult: () => {},
  };
}

/**
 * Indices of the tests in groups that run one after the other. A program that reads a hidden input runs only when nothing
 * that is shown can come of it any more: whatever way there may be from one box to another leads nowhere.
 */
function shownBeforeHidden(tests: readonly TaskTest[]): readonly (readonly number[])[] {
  const indices = [...tests.keys()];
  const isHidden = (index: number) => tests[index]?.isHidden === true;
  return [indices.filter((index) => !isHidden(index)), indices.filter(isHidden)].filter(
    (group) => group.length > 0,
  );
}

/** The results of tests none of which is run. */
export function leaveOutTests(task: ExecutionTask, status: 'skipped' | 'cancelled'): readonly TestRecord[] {
  return task.tests.map((_test, index) => leaveOutTest(task, index, status));
}

export function leaveOutTest(
  task: ExecutionTask,
  index: number,
  status: 'skipped' | 'cancelled',
): TestRecord {
  return resultWithoutRun(index, testAt(task, index), { status, message: LEFT_OUT_MESSAGES[status] });
}

async function runTest(
  execution: Execution,
  bench: Bench,
  index: number,
  signal: AbortSignal,
): Promise<() => TestRecord> {
  const { task } = execution;
  const known = testAt(task, index);
  const test = await readData(execution, known, index);
  if (test === null) {
    const message =
      'The data of the test could not be read: the service failed. The program is not at fault.';
    return () => resultWithoutRun(index, known, { status: 'internal_error', message });
  }
  const limits = testLimits(execution, test);
  const run = await runInBoxes(execution, bench, { index, test }, signal);
  if (run === null) return () => leaveOutTest(task, index, 'cancelled');
  if (run instanceof SandboxError) {
    const message = messageOf(run);
    return () => resultWithoutRun(index, test, { status: 'internal_error', message });
  }
  const finished = { index, test, limits, ...run, ...readOutcome(execution, run.outcome) };
  return judgeTest(execution, toJudge(finished, task, shownBytesFor(task.tests.length)), signal);
}

/**
 * A small output is judged when the slot was given back. A large one is judged in another thread while the slot is held:
 * so whose output it is pays for it, and no more of them wait than there are slots.
 */
async function judgeTest(
  execution: Execution,
  unjudged: UnjudgedTest,
  signal: AbortSignal,
): Promise<() => TestRecord> {
  const { task, parts } = execution;
  const { index, test, judgement } = unjudged;
  if (sizeOf(judgement) <= MAX_JUDGED_AT_ONCE) return () => resultOf(unjudged, task, judge(judgement));
  try {
    const judged = await parts.judges.judge(judgement, signal);
    return () => resultOf(unjudged, task, judged);
  } catch (error) {
    if (signal.aborted) return () => leaveOutTest(task, index, 'cancelled');
    if (!(error instanceof JudgeError)) throw error;
    parts.log.error(
      { err: error, execution_id: task.executionId, test: index },
      'a test could not be judged',
    );
    const message = 'The output could not be judged: the service failed. The program is not at fault.';
    return () => resultWithoutRun(index, test, { status: 'internal_error', message });
  }
}

/** Resolves with `null` if it cannot be read, which is in the log. */
async function readData({ task, parts }: Execution, test: TaskTest, index: number): Promise<TaskTest | null> {
  try {
    return await withData(task, test, parts.data);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const details = { err: error, execution_id: task.executionId, test: index };
    parts.log.error(details, 'the data of a test could not be read');
    return null;
  }
}

function messageOf({ busy }: SandboxError): string {
  return busy
    ? 'The test could not be run: the machine is too busy. The program is not at fault.'
    : 'The test could not be run: the sandbox failed. The program is not at fault.';
}

/** Resolves with the error when the sandbox failed. */
async function runInBoxes(
  execution: Execution,
  bench: Bench,
  { index, test }: { index: number; test: TaskTest },
  signal: AbortSignal,
): Promise<FinishedRun | SandboxError | null> {
  try {
    return await runPasses({ execution, ...bench, index, test, limits: testLimits(execution, test), signal });
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const details = { err: error, execution_id: execution.task.executionId, test: index };
    execution.parts.log.error(details, 'a test could not be run');
    return error;
  }
}

function testAt(task: ExecutionTask, index: number): TaskTest {
  const test = task.tests[index];
  if (test === undefined) throw new RangeError(`test ${index} of ${task.tests.length}`);
  return test;
}
