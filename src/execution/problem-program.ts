// A program of the problem: compiled once for an execution, then run in boxes of its own with files that the solution
// never sees. Whatever it does wrong is its own fault, never the solution's.

import type { Subject } from '../checkers/program-end.ts';
import { testlibHeader } from '../checkers/testlib-header.ts';
import { diskBytesFor, PROGRAM_LIMITS, stackBytesFor, wallTimeLimitMs } from '../limits.ts';
import type { BoxCommand, BoxFile, BoxLimits, BoxOutcome, Workspace } from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';
import { compile } from './compile.ts';
import type { ExecuteParts, Execution } from './execution.ts';
import { lastWordsOf, presentCompile } from './output.ts';
import { readOutcome } from './read-outcome.ts';
import { withOneRetry } from './retry.ts';
import { compileCommand, readSource, runCommand, type Source } from './source.ts';
import { verdictOfEnd } from './status.ts';
import type { ProblemProgram } from './task.ts';

/** Where the files of a run are; a program's own files are beside it. */
export const DATA = '.judge';

const STATIC = '-static';
/** What a linker says where static libraries are not installed. */
const MISSING_LIBRARY = /cannot find -l/;

export interface OpenProgram extends AsyncDisposable {
  readonly subject: Subject;
  readonly program: ProblemProgram;
  readonly source: Source;
  readonly limits: BoxLimits;
  readonly workspace: Workspace;
  /** Why it cannot be run: what its compiler wrote. */
  readonly problem: string | null;
}

/** Opens a workspace for the program and compiles it. Throws a `SandboxError` or a `ServiceError`. */
export async function openProgram(
  execution: Execution,
  subject: Subject,
  program: ProblemProgram,
): Promise<OpenProgram> {
  const { parts, signal } = execution;
  const source = readSource(parts, program);
  const workspace = await withOneRetry(execution, signal, () =>
    parts.sandbox.open(source.toolchain.root, filesToCompile(program, source)),
  );
  try {
    const problem = await compileProgram(execution, source, workspace);
    const close = () => workspace[Symbol.asyncDispose]();
    return {
      subject,
      program,
      source,
      limits: limitsOf(parts, program, source),
      workspace,
      problem,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await workspace[Symbol.asyncDispose]();
    throw error;
  }
}

/** With the header of testlib, unless the program brings a file of that name. */
function filesToCompile({ protocol }: ProblemProgram, { language, files }: Source): readonly BoxFile[] {
  const readsHeaders = language.sourceExtensions?.includes('.h') === true;
  if (protocol !== 'testlib' || !readsHeaders) return files;
  const header = testlibHeader();
  return files.some(({ path }) => path === header.path) ? files : [...files, header];
}

async function compileProgram(
  execution: Execution,
  source: Source,
  workspace: Workspace,
): Promise<string | null> {
  if (source.language.compile === undefined) return null;
  const problem = await problemOf(execution, linkedStatically(source), workspace);
  return problem !== null && MISSING_LIBRARY.test(problem)
    ? problemOf(execution, source, workspace)
    : problem;
}

/** It is started once for each test, which takes a fraction of the time without shared libraries to bind. */
function linkedStatically(source: Source): Source {
  const { compileOptions = [], language } = source;
  const isOffered = language.compileOptions?.some(({ shown }) => shown === STATIC) === true;
  return isOffered ? { ...source, compileOptions: [...compileOptions, STATIC] } : source;
}

/** What the compiler wrote; `null` if the program is compiled. */
async function problemOf(execution: Execution, source: Source, workspace: Workspace): Promise<string | null> {
  const command = compileCommand(source);
  if (command === null) return null;
  const compiled = await compile(execution, source.language, command, workspace);
  return compiled.status === 'completed' ? null : presentCompile(compiled, 'utf8').output;
}

function limitsOf(parts: ExecuteParts, program: ProblemProgram, { language }: Source): BoxLimits {
  const memoryBytes = Math.floor((program.memoryLimitMb + language.memoryAllowanceMb) * MIB);
  return {
    cpuTimeMs: Math.round(program.timeLimitSeconds * 1000),
    wallTimeMs: wallTimeLimitMs(program.timeLimitSeconds, parts.executionTimeoutSeconds),
    memoryBytes,
    diskBytes: diskBytesFor(memoryBytes),
    stackBytes: stackBytesFor(Math.floor(program.memoryLimitMb * MIB)),
    cpuQuota: parts.cpuLimit,
    ...PROGRAM_LIMITS,
  };
}

/** The command with the program's own arguments behind those of its protocol, and then those of the test. */
export function programCommand(
  { program, source }: OpenProgram,
  args: readonly string[],
  ofTest: readonly string[],
): BoxCommand {
  const command = runCommand(source, Math.floor(program.memoryLimitMb * MIB));
  return { ...command, argv: [...command.argv, ...args, ...program.args, ...ofTest] };
}

/** The files of one run: the program's own, and data by the names under `DATA`. */
export function filesOfRun(
  { source }: OpenProgram,
  data: Readonly<Record<string, Uint8Array>>,
): readonly BoxFile[] {
  const files = Object.entries(data).map(([name, content]) => ({ path: `${DATA}/${name}`, content }));
  return [...source.files, ...files];
}

export interface ReadEnd {
  readonly subject: Subject;
  /** What it did wrong, as a sentence; `null` when its exit code decides. */
  readonly fault: string | null;
  readonly exitCode: number;
  readonly stderr: string;
}

/** How the program ended. An exit that its language reports an uncaught error with is a fault. */
export function readProgramEnd(open: OpenProgram, boxOutcome: BoxOutcome): ReadEnd {
  const { source, limits, program, subject } = open;
  const { outcome, language } = readOutcome(source, boxOutcome);
  const stderr = lastWordsOf(outcome.stderr);
  const { memoryLimitMb } = program;
  const verdict = verdictOfEnd({ subject, outcome, stderr, limits, memoryLimitMb, language });
  const isExit = verdict?.status === 'runtime_error' && outcome.signal === null;
  const crash = source.language.uncaughtError?.test(stderr) === true && outcome.exitCode !== 0;
  const fault =
    isExit && crash ? `${subject} failed with an uncaught error.` : isExit ? null : verdict?.message;
  return { subject, fault: fault ?? null, exitCode: outcome.exitCode ?? -1, stderr };
}
