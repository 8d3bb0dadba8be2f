// What happened, in words: a status, a sentence of what it means here, and one of what to try.

import type { ExecutionResult, ExecutionStatus, TestResult } from '../../src/api/execution.ts';
import { counted, formatKib, formatMs, formatSeconds } from '../shared/format.ts';

type Tone = 'good' | 'bad' | 'limit' | 'muted' | 'fault';

interface StatusWords {
  readonly icon: string;
  readonly word: string;
  readonly tone: Tone;
}

const WORDS: Partial<Record<ExecutionStatus, StatusWords>> = {
  queued: { icon: '…', word: 'Queued', tone: 'muted' },
  compiling: { icon: '…', word: 'Compiling', tone: 'muted' },
  running: { icon: '…', word: 'Running', tone: 'muted' },
  accepted: { icon: '✓', word: 'Accepted', tone: 'good' },
  completed: { icon: '✓', word: 'Completed', tone: 'good' },
  partially_accepted: { icon: '◐', word: 'Partially accepted', tone: 'limit' },
  wrong_answer: { icon: '✗', word: 'Wrong answer', tone: 'bad' },
  compilation_error: { icon: '✗', word: 'Compilation error', tone: 'bad' },
  runtime_error: { icon: '✗', word: 'Runtime error', tone: 'bad' },
  time_limit_exceeded: { icon: '◷', word: 'Time limit exceeded', tone: 'limit' },
  memory_limit_exceeded: { icon: '▤', word: 'Memory limit exceeded', tone: 'limit' },
  output_limit_exceeded: { icon: '▤', word: 'Output limit exceeded', tone: 'limit' },
  security_violation: { icon: '⊘', word: 'Not permitted', tone: 'bad' },
  checker_error: { icon: '!', word: 'Checker failed', tone: 'fault' },
  internal_error: { icon: '!', word: 'Our fault', tone: 'fault' },
  skipped: { icon: '–', word: 'Skipped', tone: 'muted' },
  cancelled: { icon: '–', word: 'Cancelled', tone: 'muted' },
};

export function statusWords(status: string): StatusWords {
  return WORDS[status as ExecutionStatus] ?? { icon: '•', word: status.replaceAll('_', ' '), tone: 'muted' };
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGSEGV: "Segmentation fault (SIGSEGV): memory was used that is not the program's.",
  SIGABRT: 'Aborted (SIGABRT): the program or its runtime ended itself.',
  SIGFPE: 'Arithmetic error (SIGFPE), such as a division by zero.',
  SIGBUS: 'Bus error (SIGBUS): memory was used that is not there.',
  SIGILL: 'Illegal instruction (SIGILL).',
  SIGKILL: 'Killed (SIGKILL).',
  SIGTERM: 'Ended by SIGTERM.',
  SIGPIPE: 'Wrote to something that was closed (SIGPIPE).',
};

/** The limits of this run, as far as sentences name them. */
export interface LimitsInWords {
  readonly timeSeconds: number;
  readonly memoryMb: number;
  readonly outputKb: number;
}

export interface Explanation {
  readonly sentence: string;
  readonly advice: string;
}

export function explainTest(test: TestResult, limits: LimitsInWords): Explanation {
  const { status } = test;
  if (status === 'runtime_error') return { sentence: endInWords(test), advice: lastLine(test.stderr) };
  if (status === 'time_limit_exceeded') return explainTime(test, limits);
  if (status === 'memory_limit_exceeded')
    return {
      sentence: `Needed more than ${limits.memoryMb} MB.`,
      advice: 'Keep less at once, or raise the limit.',
    };
  if (status === 'output_limit_exceeded')
    return {
      sentence: `Printed more than ${formatKib(limits.outputKb)}.`,
      advice: 'Is there a print in an endless loop?',
    };
  return { sentence: SENTENCES[status] ?? '', advice: ADVICE[status] ?? '' };
}

const SENTENCES: Partial<Record<ExecutionStatus, string>> = {
  completed: 'Ended with exit code 0.',
  security_violation: 'Stopped: it made a system call that the sandbox does not permit.',
  checker_error: 'The checker failed, not your program.',
  internal_error: 'We failed; your program was not judged.',
  skipped: 'Not run, after the first failure.',
  cancelled: 'You cancelled it.',
};

const ADVICE: Partial<Record<ExecutionStatus, string>> = {
  completed: 'Add an expected output to have it checked.',
  checker_error: 'Tell the author of the problem.',
  internal_error: 'Run again.',
};

function explainTime({ limit, wall_time_ms: wallMs, cpu_time_ms: cpuMs }: TestResult, limits: LimitsInWords) {
  if (limit === 'wall')
    return {
      sentence: `No progress for ${formatMs(wallMs)}: was it waiting for input?`,
      advice: 'Does it read more than it is given, or sleep?',
    };
  const allowed = formatSeconds(limits.timeSeconds);
  return {
    sentence: `Used ${formatSeconds(Math.max(cpuMs / 1000, limits.timeSeconds))} of ${allowed} of processor time.`,
    advice: 'Look for an endless loop, a faster algorithm, or raise the limit.',
  };
}

/** How a program ended. */
export function endInWords({ exit_code: code, signal }: Pick<TestResult, 'exit_code' | 'signal'>): string {
  if (signal !== null) return SIGNALS[signal] ?? `Ended by the signal ${signal}.`;
  return code === null ? 'It did not end by itself.' : `Exit code ${code}.`;
}

function lastLine(stderr: string | null): string {
  const lines = (stderr ?? '').trimEnd().split('\n');
  return (lines.at(-1) ?? '').slice(0, 300);
}

/** The result in a line: `Wrong answer, 7 of 10 passed`. */
export function summaryLine({ status, summary, compile, results }: ExecutionResult): string {
  const { word } = statusWords(status);
  if (status === 'compilation_error' && compile !== null) return word;
  const isSingle = summary.total <= 1 && results[0]?.expected_output === null;
  if (isSingle || status === 'completed') return word;
  return `${word}, ${summary.passed} of ${summary.total} passed`;
}

/** `null` if every test weighs the same. */
export function pointsLine(score: number, weights: readonly number[]): string | null {
  if (new Set(weights).size <= 1) return null;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return `${Math.round(score * total * 100) / 100} of ${counted(total, 'point')}`;
}

export function groupPoints(groups: NonNullable<ExecutionResult['groups']>): string {
  const sum = (name: 'score' | 'points') => groups.reduce((all, group) => all + group[name], 0);
  return `${Math.round(sum('score') * 100) / 100} of ${counted(sum('points'), 'point')}`;
}
