// Runs the solution of an interactive problem with its interactor, each in a box of its own, and decides who is right.

import { checkerError, type Decision } from '../checkers/program-end.ts';
import { decideTestlib } from '../checkers/testlib-protocol.ts';
import type { BoxCommand, BoxOutcome, Session } from '../sandbox/sandbox.ts';
import {
  type Checked,
  type Checking,
  decidedByIcpc,
  NO_FEEDBACK,
  pathOf,
  withWords,
} from './check-output.ts';
import { type ConversationEnd, converse } from './conversation.ts';
import { testCommand } from './execution.ts';
import { type Decided, decideInteraction } from './interaction-verdict.ts';
import {
  FEEDBACK_DIRECTORY,
  feedbackFiles,
  feedbackOf,
  readArchive,
  TOUT,
  withDirectory,
} from './judge-directory.ts';
import { filesOfRun, type OpenProgram, programCommand, readProgramEnd } from './problem-program.ts';
import { readOutcome } from './read-outcome.ts';
import { withOneRetry } from './retry.ts';
import { endVerdictOf } from './test-result.ts';
import type { TestRun } from './test-run.ts';
import type { Speaker, Transcript } from './transcript.ts';

/** Milliseconds that the interactor may outlive the program's wall-clock limit by: the program's is to strike first. */
const HEAD_START_MS = 2000;

/** Where an interactor may write what nobody reads. */
const UNREAD_TOUT = '/tmp/tout';

export interface Interacted extends Pick<Checking, 'nextInput' | 'feedback'> {
  /** Of the solution. */
  readonly outcome: BoxOutcome;
  readonly decided: Decided;
  /** What the interactor wrote for a checker. */
  readonly tout: Uint8Array;
  readonly transcript: Transcript;
}

type Played = Pick<Checked, 'input' | 'answer' | 'args' | 'feedback' | 'passesLeft'>;

/** Resolves with `null` when it was cancelled. Throws a `SandboxError`. */
export async function interact(
  run: TestRun,
  interactor: OpenProgram,
  played: Played,
): Promise<Interacted | null> {
  const { execution, signal } = run;
  const end = await withOneRetry(execution, signal, () => talk(run, interactor, played));
  if (signal.aborted) return null;
  const outcome = { ...end.program, stdout: end.programStdout, stderr: end.programStderr };
  const { checking, fault, tout } = await readInteractor(interactor, run, played, end);
  const limits = limitsOfPair(run, interactor);
  const endVerdict = endVerdictOf({
    test: run.test,
    limits: limits.program,
    ...readOutcome(execution, outcome),
  });
  const { first, isDeadlocked, transcript } = end;
  const decided = decideInteraction({ endVerdict, fault, decision: checking.decision, first, isDeadlocked });
  return { outcome, decided, tout, transcript, nextInput: checking.nextInput, feedback: checking.feedback };
}

/** The limits of each: the wall clock of the program also runs while the interactor computes. */
function limitsOfPair({ limits }: TestRun, interactor: OpenProgram) {
  const wallTimeMs = limits.wallTimeMs + interactor.limits.cpuTimeMs;
  return {
    program: { ...limits, wallTimeMs },
    interactor: { ...interactor.limits, wallTimeMs: wallTimeMs + HEAD_START_MS },
  };
}

async function talk(run: TestRun, interactor: OpenProgram, played: Played): Promise<ConversationEnd> {
  const { execution, workspace, test, signal } = run;
  const limits = limitsOfPair(run, interactor);
  const stops = { program: new AbortController(), interactor: new AbortController() };
  const signalOf = (speaker: Speaker) => AbortSignal.any([signal, stops[speaker].signal]);
  const stop = (speaker: Speaker) => stops[speaker].abort();
  const starts = [
    workspace.start(testCommand(execution, test), limits.program, signalOf('program')),
    interactor.workspace.start(
      commandOf(run, interactor, played.args),
      limits.interactor,
      signalOf('interactor'),
      {
        code: filesOfRun(interactor, {
          input: played.input,
          answer: played.answer,
          ...feedbackFiles(played.feedback),
        }),
      },
    ),
  ] as const;
  try {
    const [program, other] = await Promise.all(starts);
    const lives = async (outcome: BoxOutcome) => mayGoOn(interactor, outcome);
    return await converse({ program, interactor: other, stop, lives });
  } catch (error) {
    stop('program');
    stop('interactor');
    await Promise.allSettled(starts.map((start) => start.then(untilEnd)));
    throw error;
  }
}

function untilEnd({ stdout, stderr, ended }: Session): Promise<BoxOutcome> {
  stdout.resume();
  stderr.resume();
  return ended;
}

/** Without a directory to bring back, nothing stands between the box and the interactor. */
function commandOf(run: TestRun, interactor: OpenProgram, ofTest: readonly string[]): BoxCommand {
  const { protocol } = interactor.program;
  const hasDirectory = leavesDirectory(run, interactor);
  const args = {
    testlib: [pathOf('input'), hasDirectory ? TOUT : UNREAD_TOUT, pathOf('answer')],
    icpc: [pathOf('input'), pathOf('answer'), FEEDBACK_DIRECTORY],
  };
  const command = programCommand(interactor, args[protocol], ofTest);
  return hasDirectory ? withDirectory(command, 'stderr') : { ...command, hasGate: false };
}

/** Whether anybody reads files that the interactor writes: its protocol, or the checker behind it. */
function leavesDirectory({ checker }: TestRun, { program }: OpenProgram): boolean {
  return program.protocol === 'icpc' || checker !== null;
}

/** True for the ends that may be an acceptance, or a part of one. */
function mayGoOn({ program }: OpenProgram, { exitCode, limitReached }: BoxOutcome): boolean {
  const accepting = { testlib: [0, 7], icpc: [42] }[program.protocol];
  return limitReached === null && exitCode !== null && accepting.includes(exitCode);
}

async function readInteractor(
  interactor: OpenProgram,
  run: TestRun,
  { passesLeft }: Played,
  { interactor: outcome, interactorStderr }: ConversationEnd,
): Promise<{ checking: Checking; fault: string | null; tout: Uint8Array }> {
  const { test } = run;
  const files = leavesDirectory(run, interactor)
    ? await readArchive(interactorStderr)
    : new Map([['stderr', interactorStderr]]);
  const said = files?.get('stderr') ?? new Uint8Array();
  const { fault, ...end } = readProgramEnd(interactor, {
    ...outcome,
    stdout: new Uint8Array(),
    stderr: said,
  });
  const missing =
    files === null && fault === null ? `${interactor.subject} left nothing that can be read.` : null;
  const shownFault = fault === null ? missing : withWords(fault, end.stderr);
  const tout = files?.get('tout') ?? new Uint8Array();
  if (shownFault !== null)
    return { checking: nothingDecided(checkerError(shownFault)), fault: shownFault, tout };
  const feedback = feedbackOf(files ?? new Map());
  const checking =
    interactor.program.protocol === 'testlib'
      ? nothingDecided(decideTestlib({ ...end, feedback }, test.weight))
      : decidedByIcpc({ ...end, feedback }, test.weight, passesLeft);
  return { checking, fault: null, tout };
}

function nothingDecided(decision: Decision): Checking {
  return { decision, nextInput: null, feedback: NO_FEEDBACK };
}
