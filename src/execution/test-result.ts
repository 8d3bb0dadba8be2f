// Makes the result of one test: its verdict, and what may be told of it. A hidden test's input, expected output,
// outputs and message leave this file as `null`, so that nothing later can reveal them.

import type { Checker } from '../checkers/checker.ts';
import type { Language } from '../languages/language.ts';
import type { BoxLimits, BoxOutcome } from '../sandbox/sandbox.ts';
import type { TaskTest } from './execution.ts';
import { measurementsOf, NOTHING_MEASURED } from './measurements.ts';
import { beginningOf, decodeOutput, outputFields } from './output.ts';
import type { TestRecord } from './record.ts';
import { type Verdict, verdictOfEnd } from './status.ts';
import { bytesOfText } from './text-encoding.ts';

export interface FinishedTest {
  readonly index: number;
  readonly test: TaskTest;
  readonly outcome: BoxOutcome;
  readonly limits: BoxLimits;
  readonly language: Pick<Language, 'ranOutOfMemory'>;
  readonly checker: Checker;
  readonly isJudged: boolean;
  /** Bytes of each stream that the answer shows at most. */
  readonly shownBytes: number;
}

/** The result of a test whose program ran. The verdict looks at all of its output; the answer may show less. */
export function resultOf(finished: FinishedTest): TestRecord {
  const { index, test, outcome } = finished;
  const verdict = endVerdict(finished) ?? outputVerdict(finished);
  return redacted(test, {
    ...blankResult(index, test, verdict),
    ...shownOutput(finished),
    ...measurementsOf(outcome),
    exit_code: outcome.signal === null ? outcome.exitCode : null,
    signal: outcome.signal,
  });
}

function shownOutput({ outcome, shownBytes }: FinishedTest) {
  const stdoutTruncated = outcome.stdoutTruncated || outcome.stdout.length > shownBytes;
  const stderrTruncated = outcome.stderrTruncated || outcome.stderr.length > shownBytes;
  return {
    ...outputFields(
      decodeOutput(beginningOf(outcome.stdout, shownBytes), stdoutTruncated),
      decodeOutput(beginningOf(outcome.stderr, shownBytes), stderrTruncated),
    ),
    stdout_truncated: stdoutTruncated,
    stderr_truncated: stderrTruncated,
  };
}

/** The result of a test whose program did not run: skipped, cancelled, or kept from running by our own failure. */
export function resultWithoutRun(index: number, test: TaskTest, verdict: Verdict): TestRecord {
  return redacted(test, blankResult(index, test, verdict));
}

function blankResult(index: number, test: TaskTest, verdict: Verdict): TestRecord {
  return {
    index,
    name: test.name,
    status: verdict.status,
    ...(verdict.limit !== undefined && { limit: verdict.limit }),
    passed: isPass(verdict),
    is_hidden: test.isHidden,
    input: test.input,
    input_truncated: false,
    expected_output: test.expectedOutput,
    stdout: '',
    stderr: '',
    exit_code: null,
    signal: null,
    ...NOTHING_MEASURED,
    stdout_truncated: false,
    stderr_truncated: false,
    message: verdict.message,
  };
}

function isPass({ status }: Pick<Verdict, 'status'>): boolean {
  return status === 'accepted' || status === 'completed';
}

function endVerdict({ test, outcome, limits, language }: FinishedTest): Verdict | null {
  const stderr = decodeOutput(outcome.stderr, outcome.stderrTruncated).text;
  const { memoryLimitMb } = test;
  return verdictOfEnd({ subject: 'The program', outcome, stderr, limits, memoryLimitMb, language });
}

function outputVerdict({ test, outcome, checker, isJudged }: FinishedTest): Verdict {
  if (!isJudged) return { status: 'completed', message: null };
  if (test.expectedOutput === null) return { status: 'accepted', message: null };
  const { passed, message } = checker(bytesOfText(test.expectedOutput, test.encoding), outcome.stdout);
  return { status: passed ? 'accepted' : 'wrong_answer', message };
}

function redacted(test: TaskTest, record: TestRecord): TestRecord {
  if (!test.isHidden) return record;
  const { stdoutBase64: _stdout, stderrBase64: _stderr, ...told } = record;
  return { ...told, input: null, expected_output: null, stdout: null, stderr: null, message: null };
}
