// The task: an accepted request as a plain value, with every default filled in. It crosses the queue, and holds nothing
// but what JSON can.

import type { CodeAnalysis } from '../api/code-analysis.ts';
import type { TextEncoding } from '../api/text-encoding.ts';
import type { CheckerOptions } from '../checkers/catalog.ts';
import type { Protocol } from '../checkers/program-end.ts';

/** Format of stored tasks: raise it when a reader must know the difference. */
export const TASK_FORMAT = 1;

/** Data of a test that is kept as blobs of its owner, by their SHA-256. */
export interface TestData {
  readonly input?: string;
  readonly expectedOutput?: string;
}

/** One test as it will be run: every default filled in. */
export interface TaskTest {
  readonly name: string | null;
  /** How `input` and `expectedOutput` are written; `bytesOfText` gives their bytes. */
  readonly encoding: TextEncoding;
  /** What of `input` and `expectedOutput` is read when the test is run, and empty before. */
  readonly data?: TestData;
  readonly input: string;
  readonly expectedOutput: string | null;
  readonly isHidden: boolean;
  readonly weight: number;
  readonly args: readonly string[];
  readonly timeLimitSeconds: number;
  readonly memoryLimitMb: number;
  /** Name of one of the task's `groups`. */
  readonly group?: string;
  /** Of the program of the problem that judges it, after the program's own. */
  readonly checkerArgs?: readonly string[];
}

/** Tests that are scored together. */
export interface TaskGroup {
  readonly name: string;
  readonly points: number;
  readonly scoring: 'min' | 'sum' | 'max';
  /** Names of groups of which every test must be accepted. There is no cycle. */
  readonly dependsOn: readonly string[];
  readonly stopOnFailure: boolean;
}

/** A program that comes with the problem, such as a checker. It is as untrusted as the solution. */
export interface ProblemProgram {
  readonly protocol: Protocol;
  readonly languageId: string;
  readonly version: string;
  readonly standard?: string;
  readonly sourceFile: string;
  readonly files: readonly { readonly path: string; readonly contentBase64: string }[];
  readonly args: readonly string[];
  readonly timeLimitSeconds: number;
  readonly memoryLimitMb: number;
  /** Runs of the solution for one test, at most. */
  readonly passes: number;
}

/** What clients of other services' APIs choose of a run, which no request of our own does. */
export interface RunChoices {
  /** Never more than a run may have otherwise. */
  readonly processes?: number;
  /** Of one file that the program writes; the work directory's size remains. */
  readonly fileSizeBytes?: number;
  /** Arguments of what runs the program, before the program. */
  readonly interpreterArguments?: readonly string[];
}

/** An accepted request: all is resolved and bounded, `clientId` is the key or address that `userId` is a user of. */
export interface ExecutionTask {
  readonly executionId: string;
  readonly createdAt: string;
  /** The same moment as milliseconds since 1970, with a fraction. */
  readonly acceptedAtMs: number;
  /** When it was ready for the queue, after validation. */
  readonly queuedAtMs: number;
  readonly languageId: string;
  /** Full version of the toolchain that will serve it. */
  readonly version: string;
  /** The standard that the request names, as the language's compiler calls it: `gnu++20`. */
  readonly standard?: string;
  /** The problem that it was completed by: `ID@VERSION`. */
  readonly problem?: string;
  readonly compileOptions?: readonly string[];
  /** Name of the main source file, the first of `files`. */
  readonly sourceFile: string;
  readonly files: readonly { readonly path: string; readonly contentBase64: string }[];
  /** The main source may have a syntax error, which the language itself decides. */
  readonly isBroken?: boolean;
  /** False when the request had no `test_cases`: one run whose good end is `completed`. */
  readonly judged: boolean;
  readonly tests: readonly TaskTest[];
  /** Each has a test. */
  readonly groups?: readonly TaskGroup[];
  readonly checker: CheckerOptions | { readonly type: 'program' };
  /** With the checker `program`. */
  readonly checkerProgram?: ProblemProgram;
  /** Talks to the solution; with the protocol `testlib`, a checker program judges what it writes. */
  readonly interactor?: ProblemProgram;
  /** The interactor runs unit tests of the program, which serves its modules instead of starting `mainFile`. */
  readonly unitTests?: { readonly mainFile: string };
  /** Results of tests that are shown have what the two said. */
  readonly interaction?: boolean;
  /** Patterns of files of the work directory that results have. */
  readonly outputFiles?: readonly string[];
  /** Output of shown tests is delivered while they run, whether anybody listens yet or not. */
  readonly liveOutput?: boolean;
  readonly stopOnFailure: boolean;
  readonly outputLimitBytes: number;
  readonly clientId: string;
  /** The API that the request came through; `v1` if absent. */
  readonly api?: string;
  /** Of each run, instead of the one that goes with its CPU time limit. */
  readonly wallTimeLimitSeconds?: number;
  readonly runChoices?: RunChoices;
  /** What the front door keeps with the execution for itself. */
  readonly note?: string;
  /** Of the request that it came with, as W3C Trace Context writes it. */
  readonly traceparent?: string;
  readonly userId: string | null;
  readonly priority: 'low' | 'normal' | 'high';
  readonly warnings: readonly string[];
  /** `null` if validation is off. */
  readonly validation: { readonly timeMs: number; readonly analysis: CodeAnalysis } | null;
}

/** What of a task an answer shows or needs, whether it has ended or not: no code, no inputs. */
export type TaskOutline = Pick<
  ExecutionTask,
  | 'createdAt'
  | 'acceptedAtMs'
  | 'queuedAtMs'
  | 'languageId'
  | 'version'
  | 'problem'
  | 'judged'
  | 'clientId'
  | 'userId'
  | 'priority'
  | 'warnings'
  | 'note'
> & {
  readonly tests: readonly Pick<TaskTest, 'weight' | 'encoding'>[];
};

export function outlineOf(task: ExecutionTask): TaskOutline {
  return {
    createdAt: task.createdAt,
    acceptedAtMs: task.acceptedAtMs,
    queuedAtMs: task.queuedAtMs,
    languageId: task.languageId,
    version: task.version,
    ...(task.problem !== undefined && { problem: task.problem }),
    judged: task.judged,
    clientId: task.clientId,
    userId: task.userId,
    priority: task.priority,
    warnings: task.warnings,
    ...(task.note !== undefined && { note: task.note }),
    tests: task.tests.map(({ weight, encoding }) => ({ weight, encoding })),
  };
}
