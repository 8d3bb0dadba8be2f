// Judges what a program wrote: compares it with what is expected, and makes what the answer shows of it. A plain value in
// and out, so that large outputs can be judged in another thread.

import { bytesOfText, type TextEncoding } from '../api/text-encoding.ts';
import { type CheckerOptions, createChecker } from '../checkers/catalog.ts';
import type { CheckResult } from '../checkers/checker.ts';
import { beginningOf, outputOf } from './output.ts';
import type { Output } from './record.ts';

export interface JudgementTask {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly stdoutTruncated: boolean;
  readonly stderrTruncated: boolean;
  /** Bytes of JSON that each stream takes at most in the answer. */
  readonly shownBytes: number;
  /** `null` when stdout does not decide. */
  readonly comparison: Comparison | null;
}

interface Comparison {
  readonly checker: CheckerOptions;
  readonly expectedOutput: string;
  readonly encoding: TextEncoding;
}

export interface Judgement {
  /** `null` when nothing was compared. */
  readonly check: CheckResult | null;
  readonly shown: {
    readonly stdout: Output;
    readonly stderr: Output;
    readonly stdout_truncated: boolean;
    readonly stderr_truncated: boolean;
  };
}

/** The checker reads all of the output; the answer may show less. */
export function judge(task: JudgementTask): Judgement {
  const stdout = beginningOf(task.stdout, task.shownBytes);
  const stderr = beginningOf(task.stderr, task.shownBytes);
  const stdoutTruncated = task.stdoutTruncated || stdout.length < task.stdout.length;
  const stderrTruncated = task.stderrTruncated || stderr.length < task.stderr.length;
  return {
    check: task.comparison === null ? null : check(task.stdout, task.comparison),
    shown: {
      stdout: outputOf(stdout, stdoutTruncated),
      stderr: outputOf(stderr, stderrTruncated),
      stdout_truncated: stdoutTruncated,
      stderr_truncated: stderrTruncated,
    },
  };
}

function check(stdout: Uint8Array, { checker, expectedOutput, encoding }: Comparison): CheckResult {
  return createChecker(checker)(bytesOfText(expectedOutput, encoding), stdout);
}

/** How much there is to judge, in bytes or what takes as long as a byte. */
export function sizeOf({ stdout, stderr, comparison }: JudgementTask): number {
  return stdout.length + stderr.length + (comparison?.expectedOutput.length ?? 0);
}
