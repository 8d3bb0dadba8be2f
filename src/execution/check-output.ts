// Has a checker program decide on the output of one run of the solution: gives it the files of its protocol in a box of
// its own, and reads its decision.

import { decideIcpc } from '../checkers/icpc-protocol.ts';
import { checkerError, type Decision, messageFrom, type ProgramEnd } from '../checkers/program-end.ts';
import { decideTestlib } from '../checkers/testlib-protocol.ts';
import type { BoxOutcome } from '../sandbox/sandbox.ts';
import type { Execution } from './execution.ts';
import {
  FEEDBACK_DIRECTORY,
  type Files,
  feedbackFiles,
  feedbackOf,
  readArchive,
  withDirectory,
} from './judge-directory.ts';
import { DATA, filesOfRun, type OpenProgram, programCommand, readProgramEnd } from './problem-program.ts';
import { withOneRetry } from './retry.ts';

/** What a checker program judges. */
export interface Checked {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Empty when the test expects nothing. */
  readonly answer: Uint8Array;
  /** Of the test, after those of the checker. */
  readonly args: readonly string[];
  /** What the test is worth. */
  readonly weight: number;
  /** Of earlier passes. */
  readonly feedback: Files;
  /** How many passes may follow. */
  readonly passesLeft: number;
}

export interface Checking {
  readonly decision: Decision;
  /** The input of a further pass; `null` when there is none. */
  readonly nextInput: Uint8Array | null;
  readonly feedback: Files;
}

const NOTHING = new Uint8Array();
export const NO_FEEDBACK: Files = new Map();

/** Resolves with `null` when it was cancelled. Throws a `SandboxError`. */
export async function checkOutput(
  execution: Execution,
  checker: OpenProgram,
  checked: Checked,
  signal: AbortSignal,
): Promise<Checking | null> {
  if (checker.problem !== null) return uncompiled(checker, checker.problem);
  const run = checker.program.protocol === 'testlib' ? runTestlib : runIcpc;
  const outcome = await withOneRetry(execution, signal, () => run(checker, checked, signal));
  if (outcome.cancelled) return null;
  return checker.program.protocol === 'testlib'
    ? readTestlib(checker, checked, outcome)
    : readIcpc(checker, checked, outcome);
}

/** `problem` is what the compiler wrote. */
export function uncompiled({ subject }: OpenProgram, problem: string): Checking {
  return faulty(`${subject} does not compile: ${messageFrom(problem) ?? ''}`);
}

function faulty(message: string): Checking {
  return { decision: checkerError(message), nextInput: null, feedback: NO_FEEDBACK };
}

export const pathOf = (name: string) => `/code/${DATA}/${name}`;

function runTestlib(checker: OpenProgram, { input, output, answer, args }: Checked, signal: AbortSignal) {
  const command = programCommand(checker, ['input', 'output', 'answer'].map(pathOf), args);
  const files = filesOfRun(checker, { input, output, answer });
  return checker.workspace.run(command, NOTHING, checker.limits, signal, undefined, files);
}

function readTestlib(checker: OpenProgram, { weight }: Checked, outcome: BoxOutcome): Checking {
  const { fault, ...end } = readProgramEnd(checker, outcome);
  if (fault !== null) return faulty(withWords(fault, end.stderr));
  const decision = decideTestlib({ ...end, feedback: NO_FEEDBACK }, weight);
  return { decision, nextInput: null, feedback: NO_FEEDBACK };
}

/** The output is on stdin, as in a run of the solution and the validator in one pipe. */
function runIcpc(checker: OpenProgram, checked: Checked, signal: AbortSignal) {
  const { input, output, answer, feedback } = checked;
  const args = [pathOf('input'), pathOf('answer'), FEEDBACK_DIRECTORY];
  const command = withDirectory(programCommand(checker, args, checked.args), 'stdout');
  const files = filesOfRun(checker, { input, answer, ...feedbackFiles(feedback) });
  return checker.workspace.run(command, output, checker.limits, signal, undefined, files);
}

async function readIcpc(
  checker: OpenProgram,
  { weight, passesLeft }: Checked,
  outcome: BoxOutcome,
): Promise<Checking> {
  const { fault, ...end } = readProgramEnd(checker, outcome);
  if (fault !== null) return faulty(withWords(fault, end.stderr));
  const files = await readArchive(outcome.stdout);
  if (files === null) return faulty(`${checker.subject} left a feedback directory that cannot be read.`);
  return decidedByIcpc({ ...end, feedback: feedbackOf(files) }, weight, passesLeft);
}

/** The decision, with the directory as the next pass finds it. */
export function decidedByIcpc(end: ProgramEnd, weight: number, passesLeft: number): Checking {
  const { nextInput, ...decision } = decideIcpc(end, weight, passesLeft);
  const feedback = new Map([...end.feedback].filter(([path]) => path !== 'nextpass.in'));
  return { decision, nextInput, feedback };
}

export function withWords(fault: string, stderr: string): string {
  const said = messageFrom(stderr);
  return said === null ? fault : `${fault} It wrote: ${said}`;
}
