// The body of a webhook: the execution as its key sees it, in the envelope of Standard Webhooks, shortened until it fits
// what receivers accept. Hidden tests were redacted before.

import type { TestResult } from '../api/execution.ts';
import type { Execution } from '../api/stored-execution.ts';
import { KIB } from '../units.ts';

const MAX_BODY_BYTES = 256 * KIB;
/** How much of each text is kept, from one attempt to make the body fit to the next. */
const TEXT_LENGTHS = [16 * KIB, 4 * KIB, KIB, 128, 0];

/** An execution as its webhook reports it, which shows no webhooks. */
export type ReportedExecution = Omit<Execution, 'webhook'>;

interface WebhookBody {
  readonly type: 'execution.completed';
  /** When the execution ended. */
  readonly timestamp: string;
  /** Whether `data` was shortened; the execution's own route has all of it. */
  readonly truncated: boolean;
  readonly data: ReportedExecution;
}

/** The same text for every attempt, as the result is final. */
export function webhookBody(result: ReportedExecution): string {
  // What has more characters than that is not written to see how many bytes it has.
  const whole = lengthOfTexts(result) <= MAX_BODY_BYTES ? write(result, false) : null;
  if (whole !== null && fits(whole)) return whole;
  for (const length of TEXT_LENGTHS) {
    const shortened = write(shorten(result, length), true);
    if (fits(shortened)) return shortened;
  }
  return write({ ...shorten(result, 0), results: [] }, true);
}

function lengthOfTexts(value: object): number {
  return Object.values(value).reduce((length: number, each: unknown) => {
    if (typeof each === 'string') return length + each.length;
    return typeof each === 'object' && each !== null ? length + lengthOfTexts(each) : length;
  }, 0);
}

function write(data: ReportedExecution, truncated: boolean): string {
  const timestamp = data.finished_at ?? data.created_at;
  const body: WebhookBody = { type: 'execution.completed', timestamp, truncated, data };
  return JSON.stringify(body);
}

function fits(body: string): boolean {
  return Buffer.byteLength(body) <= MAX_BODY_BYTES;
}

function shorten(result: ReportedExecution, length: number): ReportedExecution {
  const { analysis: _, ...rest } = result;
  const { compile } = result;
  const cut = (text: string) => text.slice(0, length).toWellFormed();
  return {
    ...rest,
    results: result.results.map((test) => shortenTest(test, length)),
    compile: compile && {
      ...compile,
      stdout: cut(compile.stdout),
      stderr: cut(compile.stderr),
      output: cut(compile.output),
    },
  };
}

function shortenTest(test: TestResult, length: number): TestResult {
  const { input, stdout, stderr } = test;
  const cut = (text: string | null) => text?.slice(0, length).toWellFormed() ?? null;
  const isLong = (text: string | null) => text !== null && text.length > length;
  return {
    ...test,
    input: cut(input),
    input_truncated: test.input_truncated || isLong(input),
    expected_output: cut(test.expected_output),
    stdout: cut(stdout),
    stdout_truncated: test.stdout_truncated || isLong(stdout),
    stderr: cut(stderr),
    stderr_truncated: test.stderr_truncated || isLong(stderr),
    message: cut(test.message),
  };
}
