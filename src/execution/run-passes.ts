// Runs the solution for one test and has the programs of the problem decide on it, if there are any: once, or pass after
// pass while one of them leaves the input of a next one.

import { randomUUID } from 'node:crypto';
import { bytesOfText } from '../api/text-encoding.ts';
import type { Decision } from '../checkers/program-end.ts';
import {
  type BoxCommand,
  type BoxLimits,
  type BoxOutcome,
  CANCELLED,
  type OnOutput,
} from '../sandbox/sandbox.ts';
import { type Checked, type Checking, checkOutput, NO_FEEDBACK, uncompiled } from './check-output.ts';
import { testCommand } from './execution.ts';
import { interact } from './interact.ts';
import { type Measurements, maximaOf, measurementsOf, NOTHING_MEASURED } from './measurements.ts';
import { harvested, harvesting, harvestLimits, type OutputFile } from './output-files.ts';
import type { OpenProgram } from './problem-program.ts';
import { readOutcome } from './read-outcome.ts';
import { withOneRetry } from './retry.ts';
import type { Verdict } from './status.ts';
import { endVerdictOf } from './test-result.ts';
import type { TestRun } from './test-run.ts';
import type { Transcript } from './transcript.ts';

export interface FinishedRun {
  /** Of the last pass. */
  readonly outcome: BoxOutcome;
  readonly measured: Measurements;
  /** Of a program of the problem; `null` leaves it to the solution's end or its output. */
  readonly decision: Decision | null;
  /** What decides whatever the solution's own end was. */
  readonly verdict: Decision | Verdict | null;
  readonly transcript: Transcript;
  /** That the program left and the request asked for. */
  readonly files: readonly OutputFile[];
}

interface Pass extends Omit<FinishedRun, 'measured'>, Pick<Checking, 'nextInput' | 'feedback'> {}

type Played = Omit<Checked, 'output'>;

const NOTHING_SAID = { verdict: null, transcript: [] } as const;
const LAST = { nextInput: null, feedback: NO_FEEDBACK } as const;

/** Resolves with `null` when it was cancelled while it was judged. Throws a `SandboxError`. */
export async function runPasses(run: TestRun): Promise<FinishedRun | null> {
  const { checker, interactor, test } = run;
  const answer = bytesOfText(test.expectedOutput ?? '', test.encoding);
  let input: Uint8Array = bytesOfText(test.input, test.encoding);
  let feedback: Checking['feedback'] = NO_FEEDBACK;
  let measured: Measurements = NOTHING_MEASURED;
  const passes = (interactor ?? checker)?.program.passes ?? 1;
  for (let passesLeft = passes - 1; ; passesLeft -= 1) {
    const played = { input, answer, weight: test.weight, args: test.checkerArgs ?? [], feedback, passesLeft };
    const pass = await (interactor === null ? runAlone(run, played) : runTogether(run, interactor, played));
    if (pass === null) return null;
    measured = maximaOf([measured, measurementsOf(pass.outcome)]);
    if (pass.nextInput === null) return { ...pass, measured };
    input = pass.nextInput;
    feedback = pass.feedback;
  }
}

async function runAlone(run: TestRun, played: Played): Promise<Pass | null> {
  const { execution, checker, test, limits, signal } = run;
  const { outcome, files } = await runSolution(run, played.input);
  const hasEndedWell = endVerdictOf({ test, limits, ...readOutcome(execution, outcome) }) === null;
  if (checker === null || !hasEndedWell) return { outcome, files, decision: null, ...NOTHING_SAID, ...LAST };
  const checking = await checkOutput(execution, checker, { ...played, output: outcome.stdout }, signal);
  return checking && { outcome, files, ...NOTHING_SAID, ...checking };
}

async function runSolution(testRun: TestRun, input: Uint8Array) {
  const { execution, workspace, test, limits, signal } = testRun;
  const command = testCommand(execution, test);
  const { outputFiles: patterns = [] } = execution.task;
  const run = (box: BoxCommand, most: BoxLimits, hasLiveOutput: boolean) =>
    withOneRetry(execution, signal, () =>
      workspace.run(box, input, most, signal, hasLiveOutput ? liveOutputOf(testRun) : undefined),
    );
  if (patterns.length === 0) return { outcome: await run(command, limits, true), files: [] };
  const harvest = { patterns, marker: randomUUID() };
  const outcome = await run(harvesting(command, harvest), harvestLimits(limits), false);
  return harvested(outcome, harvest, limits);
}

/** Nothing of a hidden test, nor of a run that is not the only one of its test. */
function liveOutputOf({ execution, checker, index, test }: TestRun): OnOutput | undefined {
  const { parts, task } = execution;
  if (test.isHidden || (checker?.program.passes ?? 1) > 1) return undefined;
  return parts.outputs?.sink(task.executionId, index);
}

/** What a program under unit tests printed: its stdout has messages to the tests besides. */
function withPrinted(outcome: BoxOutcome): BoxOutcome {
  const lines = Buffer.from(outcome.stdout).toString('utf8').split('\n');
  return { ...outcome, stdout: Buffer.from(lines.map(printedIn).join('')) };
}

function printedIn(line: string): string {
  if (!line.startsWith('["print"')) return '';
  try {
    const [, text] = JSON.parse(line) as readonly unknown[];
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}

/** Where the interactor accepts, a checker program judges what the interactor wrote for it. */
async function runTogether(run: TestRun, interactor: OpenProgram, played: Played): Promise<Pass | null> {
  const { execution, checker, signal } = run;
  if (interactor.problem !== null) {
    const { decision } = uncompiled(interactor, interactor.problem);
    return { outcome: CANCELLED, files: [], decision, verdict: decision, transcript: [], ...LAST };
  }
  const talked = await interact(run, interactor, played);
  if (talked === null) return null;
  const { decided, transcript, tout } = talked;
  const outcome = execution.task.unitTests ? withPrinted(talked.outcome) : talked.outcome;
  const common = { outcome, transcript, files: [], ...LAST };
  if (decided === null) return { ...common, decision: null, verdict: null };
  if ('verdict' in decided) return { ...common, decision: null, verdict: decided.verdict };
  const { decision } = decided;
  const { nextInput, feedback } = talked;
  if (decision.status !== 'accepted' || checker === null)
    return { ...common, decision, verdict: decision, nextInput, feedback };
  const checking = await checkOutput(execution, checker, { ...played, output: tout }, signal);
  return checking && { ...common, decision: checking.decision, verdict: checking.decision };
}
