// Runs the solution for one test and has its output decided on by a checker program, if the problem has one: once, or pass
// after pass while the checker leaves the input of a next one.

import { bytesOfText } from '../api/text-encoding.ts';
import type { Decision } from '../checkers/program-end.ts';
import type { BoxLimits, BoxOutcome, Workspace } from '../sandbox/sandbox.ts';
import { type Checking, checkOutput } from './check-output.ts';
import { type Execution, testCommand } from './execution.ts';
import { type Measurements, maximaOf, measurementsOf, NOTHING_MEASURED } from './measurements.ts';
import type { OpenProgram } from './problem-program.ts';
import { readOutcome } from './read-outcome.ts';
import { withOneRetry } from './retry.ts';
import type { TaskTest } from './task.ts';
import { endVerdictOf } from './test-result.ts';

export interface TestRun {
  readonly execution: Execution;
  readonly workspace: Workspace;
  readonly checker: OpenProgram | null;
  readonly test: TaskTest;
  readonly limits: BoxLimits;
  readonly signal: AbortSignal;
}

export interface FinishedRun {
  /** Of the last pass. */
  readonly outcome: BoxOutcome;
  readonly measured: Measurements;
  readonly decision: Decision | null;
}

/** Resolves with `null` when the checker was cancelled. Throws a `SandboxError`. */
export async function runPasses(run: TestRun): Promise<FinishedRun | null> {
  const { execution, checker, test, signal } = run;
  const answer = bytesOfText(test.expectedOutput ?? '', test.encoding);
  let input: Uint8Array = bytesOfText(test.input, test.encoding);
  let feedback: Checking['feedback'] = new Map();
  let measured: Measurements = NOTHING_MEASURED;
  for (let passesLeft = (checker?.program.passes ?? 1) - 1; ; passesLeft -= 1) {
    const outcome = await runSolution(run, input);
    measured = maximaOf([measured, measurementsOf(outcome)]);
    if (checker === null || !hasEndedWell(run, outcome)) return { outcome, measured, decision: null };
    const checked = { input, output: outcome.stdout, answer, weight: test.weight, feedback, passesLeft };
    const checking = await checkOutput(execution, checker, checked, signal);
    if (checking === null) return null;
    if (checking.nextInput === null) return { outcome, measured, decision: checking.decision };
    input = checking.nextInput;
    feedback = checking.feedback;
  }
}

function runSolution({ execution, workspace, test, limits, signal }: TestRun, input: Uint8Array) {
  const command = testCommand(execution, test);
  return withOneRetry(execution, signal, () => workspace.run(command, input, limits, signal));
}

function hasEndedWell({ execution, test, limits }: TestRun, outcome: BoxOutcome): boolean {
  return endVerdictOf({ test, limits, ...readOutcome(execution, outcome) }) === null;
}
