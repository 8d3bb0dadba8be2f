// Makes the result of one test: its verdict, and what may be shown of it. A hidden test's input, expected output,
// outputs and message leave this file as `null`, so that nothing later can reveal them.

import type { CheckResult } from '../checkers/checker.ts';
import type { Decision } from '../checkers/program-end.ts';
import type { Language } from '../languages/language.ts';
import type { BoxLimits, BoxOutcome } from '../sandbox/sandbox.ts';
import type { Judgement, JudgementTask } from './judgement.ts';
import { type Measurements, NOTHING_MEASURED } from './measurements.ts';
import { lastWordsOf } from './output.ts';
import type { OutputFile } from './output-files.ts';
import type { TestRecord } from './record.ts';
import { type Verdict, verdictOfEnd } from './status.ts';
import type { ExecutionTask, TaskTest } from './task.ts';
import type { Transcript } from './transcript.ts';

export interface FinishedTest {
  readonly index: number;
  readonly test: TaskTest;
  readonly outcome: BoxOutcome;
  readonly limits: BoxLimits;
  readonly language: Pick<Language, 'ranOutOfMemory'>;
  /** Of several passes, the most of each. */
  readonly measured: Measurements;
  /** Of a program of the problem; `null` when the test has none, or its own program ended badly. */
  readonly decision: Decision | null;
  /** What decides whatever the program's own end was. */
  readonly verdict: Verdict | null;
  readonly transcript: Transcript;
  readonly files: readonly OutputFile[];
}

/** A finished test of which everything is known but what its output is worth. */
export interface UnjudgedTest extends FinishedTest {
  /** `null` when the program ended well. */
  readonly endVerdict: Verdict | null;
  readonly judgement: JudgementTask;
}

/** What there is to judge of a test. `shownBytes` bounds what each stream takes in the answer. */
export function toJudge(
  finished: FinishedTest,
  task: Pick<ExecutionTask, 'judged' | 'checker'>,
  shownBytes: number,
): UnjudgedTest {
  const { test, outcome } = finished;
  const endVerdict = endVerdictOf(finished);
  const comparison = endVerdict === null && task.judged ? comparisonOf(test, task.checker) : null;
  const maxShown = test.isHidden ? 0 : shownBytes;
  // With a byte more than is shown, it is known that there is more.
  const forAnswer = (bytes: Uint8Array) => bytes.subarray(0, maxShown + 1);
  return {
    ...finished,
    endVerdict,
    judgement: {
      stdout: comparison === null ? forAnswer(outcome.stdout) : outcome.stdout,
      stderr: forAnswer(outcome.stderr),
      stdoutTruncated: outcome.stdoutTruncated,
      stderrTruncated: outcome.stderrTruncated,
      shownBytes: maxShown,
      comparison,
    },
  };
}

function comparisonOf(
  { expectedOutput, encoding }: TaskTest,
  checker: ExecutionTask['checker'],
): JudgementTask['comparison'] {
  return expectedOutput === null || checker.type === 'program' ? null : { checker, expectedOutput, encoding };
}

/** The result of a test whose program ran. */
export function resultOf(
  unjudged: UnjudgedTest,
  {
    judged: isJudged,
    interaction,
    outputFiles,
  }: Pick<ExecutionTask, 'judged' | 'interaction' | 'outputFiles'>,
  { check, shown }: Judgement,
): TestRecord {
  const { index, test, outcome, endVerdict, measured, decision, transcript } = unjudged;
  const verdict = unjudged.verdict ?? endVerdict ?? decision ?? outputVerdict(isJudged, check);
  return redacted(test, {
    ...blankResult(index, test, verdict),
    ...(test.isHidden ? hiddenOutput(outcome) : shown),
    ...measured,
    memory_kb: shownMemoryKb(verdict, test, measured.memory_kb),
    exit_code: outcome.signal === null ? outcome.exitCode : null,
    signal: outcome.signal,
    ...(outputFiles && { output_files: [...unjudged.files] }),
    ...(interaction === true && { interaction: [...transcript] }),
    ...(decision !== null && {
      score: decision.score,
      ...(decision.judgeMessage !== null && { judge_message: decision.judgeMessage }),
    }),
  });
}

/** A program over its limit requested at least that, even if an allocation failed before the memory was touched. */
function shownMemoryKb({ status }: Verdict, { memoryLimitMb }: TaskTest, measuredKb: number): number {
  return status === 'memory_limit_exceeded'
    ? Math.max(measuredKb, Math.floor(memoryLimitMb * 1024))
    : measuredKb;
}

function hiddenOutput({ stdoutTruncated, stderrTruncated }: BoxOutcome) {
  return { stdout: null, stderr: null, stdout_truncated: stdoutTruncated, stderr_truncated: stderrTruncated };
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
    score: isPass(verdict) ? 1 : 0,
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

/** `null` when the program ended well. */
export function endVerdictOf({
  test,
  outcome,
  limits,
  language,
}: Pick<FinishedTest, 'test' | 'outcome' | 'limits' | 'language'>): Verdict | null {
  const stderr = lastWordsOf(outcome.stderr);
  const { memoryLimitMb } = test;
  return verdictOfEnd({ subject: 'The program', outcome, stderr, limits, memoryLimitMb, language });
}

function outputVerdict(isJudged: boolean, check: CheckResult | null): Verdict {
  if (!isJudged) return { status: 'completed', message: null };
  if (check === null) return { status: 'accepted', message: null };
  return { status: check.passed ? 'accepted' : 'wrong_answer', message: check.message };
}

function redacted(test: TaskTest, record: TestRecord): TestRecord {
  if (!test.isHidden) return record;
  const { judge_message: _, interaction: __, output_files: ___, ...shown } = record;
  return { ...shown, input: null, expected_output: null, stdout: null, stderr: null, message: null };
}
