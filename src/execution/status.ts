// How a program's end becomes a verdict, with a sentence for the person who wrote the program. It knows how programs
// end and what limits they had; it knows nothing of test cases, checkers or how boxes are made.

import type { ExecutionStatus } from '../api/execution.ts';
import type { Language } from '../languages/language.ts';
import type { BoxLimits, BoxOutcome, LimitReached } from '../sandbox/sandbox.ts';
import { KIB, MIB } from '../units.ts';

export interface Verdict {
  readonly status: ExecutionStatus;
  /** With `time_limit_exceeded`: which limit. */
  readonly limit?: 'cpu' | 'wall';
  readonly message: string | null;
}

/** All that is known about one end. */
export interface ProgramEnd {
  /** Who ended, at the beginning of a sentence. */
  readonly subject: 'The program' | 'The compiler' | 'The checker' | 'The interactor';
  readonly outcome: BoxOutcome;
  /** What it wrote to stderr; a verdict depends only on its end. */
  readonly stderr: string;
  readonly limits: BoxLimits;
  /** The requested memory limit, in MB. */
  readonly memoryLimitMb: number;
  /** Knows how a program ends if its runtime refused memory. */
  readonly language: Pick<Language, 'ranOutOfMemory'>;
}

/**
 * Characters of stderr, the last ones, that patterns look at. A program writes there what it likes, and as much as its
 * output limit allows; a runtime says why it ends at the end.
 */
const LAST_WORDS = 16_384;

/** In the order in which they decide: what ended the program comes before how its end looked. */
const RULES: readonly ((end: ProgramEnd) => Verdict | null)[] = [
  cancelled,
  forbiddenSystemCall,
  outOfMemory,
  limitReached,
  outputCut,
  killedBySignal,
  failingExitCode,
];

/** The verdict on a program that did not end well; `null` when it did, and its output decides. */
export function verdictOfEnd(program: ProgramEnd): Verdict | null {
  const end = { ...program, stderr: program.stderr.slice(-LAST_WORDS) };
  for (const rule of RULES) {
    const verdict = rule(end);
    if (verdict !== null) return verdict;
  }
  return null;
}

function cancelled({ outcome }: ProgramEnd): Verdict | null {
  return outcome.cancelled ? { status: 'cancelled', message: 'The execution was cancelled.' } : null;
}

function forbiddenSystemCall({ outcome, subject }: ProgramEnd): Verdict | null {
  if (!outcome.forbiddenSystemCall) return null;
  return {
    status: 'security_violation',
    message: `${subject} was killed for a system call that the sandbox forbids.`,
  };
}

function outOfMemory(end: ProgramEnd): Verdict | null {
  return end.outcome.outOfMemory || runtimeRefusedMemory(end) ? LIMIT_VERDICTS.memory(end) : null;
}

function runtimeRefusedMemory({ outcome: { exitCode, signal }, language, stderr }: ProgramEnd): boolean {
  if (exitCode === 0 && signal === null) return false;
  return language.ranOutOfMemory?.({ exitCode, signal, stderr }) ?? false;
}

function limitReached(end: ProgramEnd): Verdict | null {
  const limit = end.outcome.limitReached;
  return limit === null ? null : LIMIT_VERDICTS[limit](end);
}

function outputCut(end: ProgramEnd): Verdict | null {
  const { stdoutTruncated, stderrTruncated } = end.outcome;
  return stdoutTruncated || stderrTruncated ? LIMIT_VERDICTS.output(end) : null;
}

const LIMIT_VERDICTS: Readonly<Record<NonNullable<LimitReached>, (end: ProgramEnd) => Verdict>> = {
  cpu: ({ subject, limits }) => ({
    status: 'time_limit_exceeded',
    limit: 'cpu',
    message: `${subject} exceeded the CPU time limit of ${limits.cpuTimeMs / 1000} s.`,
  }),
  wall: ({ subject, limits }) => ({
    status: 'time_limit_exceeded',
    limit: 'wall',
    message: `${subject} exceeded the wall-clock time limit of ${limits.wallTimeMs / 1000} s.`,
  }),
  // Only sessions have this limit; a test is never idle.
  idle: ({ subject }) => ({
    status: 'time_limit_exceeded',
    limit: 'wall',
    message: `${subject} was ended because nothing was written to it or by it for too long.`,
  }),
  memory: ({ subject, memoryLimitMb }) => ({
    status: 'memory_limit_exceeded',
    message: `${subject} exceeded the memory limit of ${memoryLimitMb} MB.`,
  }),
  output: ({ subject, limits, outcome }) => ({
    status: 'output_limit_exceeded',
    message:
      `${subject} wrote more than the output limit of ${limits.outputBytes / KIB} KB ` +
      `to ${outcome.stderrTruncated && !outcome.stdoutTruncated ? 'stderr' : 'stdout'}.`,
  }),
};

const SIGNAL_MEANINGS: Readonly<Record<string, string>> = {
  SIGABRT: 'it aborted itself, as after a failed assertion or an uncaught exception',
  SIGBUS: 'invalid memory access',
  SIGFPE: 'arithmetic error, such as a division by zero',
  SIGILL: 'illegal instruction',
  SIGPIPE: 'it wrote to a pipe that nobody reads',
  SIGSEGV: 'invalid memory access, or a stack that grew too large',
  SIGTRAP: 'a trap, as for a failed check of the compiler',
};

function killedBySignal(end: ProgramEnd): Verdict | null {
  const { signal } = end.outcome;
  if (signal === null) return null;
  const meaning = signal === 'SIGXFSZ' ? fileTooLarge(end) : SIGNAL_MEANINGS[signal];
  const explanation = meaning === undefined ? '' : ` (${meaning})`;
  return { status: 'runtime_error', message: `${end.subject} was killed by ${signal}${explanation}.` };
}

/** What the C library and the languages' runtimes print for errors caused by one of the limits. */
const FAILED_WRITES: readonly { readonly said: RegExp; readonly meaning: (end: ProgramEnd) => string }[] = [
  { said: /No space left on device|ENOSPC/, meaning: diskFull },
  { said: /File too large|EFBIG/, meaning: fileTooLarge },
];

function failingExitCode(end: ProgramEnd): Verdict | null {
  const { exitCode } = end.outcome;
  if (exitCode === 0) return null;
  const meaning = FAILED_WRITES.find(({ said }) => said.test(end.stderr))?.meaning(end);
  const explanation = meaning === undefined ? '' : ` (${meaning})`;
  return { status: 'runtime_error', message: `${end.subject} exited with code ${exitCode}${explanation}.` };
}

function diskFull({ limits }: ProgramEnd): string {
  return `its files are over the limit of ${roundedMb(limits.diskBytes)} MB together`;
}

function fileTooLarge({ limits }: ProgramEnd): string {
  return `it wrote a file over the limit of ${roundedMb(limits.fileSizeBytes)} MB`;
}

function roundedMb(bytes: number): number {
  return Math.round(bytes / MIB);
}
