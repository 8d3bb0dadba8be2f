// A result as a language model reads it: fields for programs, and the same as a short text for clients that show only
// text.

import { z } from 'zod';
import type { ExecutionResult, TestResult } from '../api/execution.ts';

/** Characters of one stream that a model gets to see. */
const MAX_STREAM_LENGTH = 20_000;
/** Characters of all streams together. */
const MAX_TOTAL_LENGTH = 100_000;

const nullableText = z.string().nullable();

export const RUN_OUTPUT = {
  status: z.string().describe('`accepted` and `completed` are good ends; others say what went wrong.'),
  language: z.string(),
  version: z.string(),
  compile_output: nullableText.describe('What the compiler wrote; null if nothing was compiled.'),
  results: z.array(
    z.object({
      name: nullableText,
      status: z.string(),
      passed: z.boolean(),
      expected_output: nullableText,
      stdout: nullableText,
      stderr: nullableText,
      exit_code: z.number().nullable(),
      signal: nullableText,
      message: nullableText,
      cpu_time_ms: z.number(),
      wall_time_ms: z.number(),
      memory_kb: z.number(),
    }),
  ),
  passed: z.number().describe('Tests that passed.'),
  total: z.number(),
};

/** `structuredContent` and `content` of a tool's result. */
export function toolResult(result: ExecutionResult) {
  const structured = shownResult(result, createCutter());
  return { structuredContent: structured, content: [{ type: 'text' as const, text: textOf(structured) }] };
}

function shownResult(result: ExecutionResult, cut: Cut) {
  return {
    status: result.status,
    language: result.language,
    version: result.version,
    compile_output: result.compile === null ? null : cut(result.compile.output),
    results: result.results.map((test) => shownTest(test, cut)),
    passed: result.summary.passed,
    total: result.summary.total,
  };
}

type Cut = (text: string) => string;
type ShownResult = ReturnType<typeof shownResult>;
type ShownTest = ReturnType<typeof shownTest>;

/** Cuts each text, and all of them together. */
function createCutter(): Cut {
  let room = MAX_TOTAL_LENGTH;
  return (text) => {
    const length = Math.min(text.length, MAX_STREAM_LENGTH, room);
    room -= length;
    return length === text.length
      ? text
      : `${text.slice(0, length)}\n[${text.length - length} characters left out]`;
  };
}

function shownTest(test: TestResult, cut: Cut) {
  const cutIfAny = (text: string | null) => (text === null ? null : cut(text));
  return {
    name: test.name,
    status: test.status,
    passed: test.passed,
    expected_output: cutIfAny(test.expected_output),
    stdout: cutIfAny(test.stdout),
    stderr: cutIfAny(test.stderr),
    exit_code: test.exit_code,
    signal: test.signal,
    message: test.message,
    cpu_time_ms: test.cpu_time_ms,
    wall_time_ms: test.wall_time_ms,
    memory_kb: test.memory_kb,
  };
}

function textOf({ status, passed, total, compile_output, results }: ShownResult): string {
  const counted = total > 1 ? `, ${passed} of ${total} tests passed` : '';
  const compiled = compile_output ? [`compiler:\n${compile_output}`] : [];
  const tests = results.flatMap((test, index) => textOfTest(test, total > 1 ? `test ${index + 1}` : ''));
  return [`status: ${status}${counted}`, ...compiled, ...tests].join('\n');
}

function textOfTest(test: ShownTest, heading: string): string[] {
  const { status, message, stdout, stderr } = test;
  const name = heading === '' ? [] : [`${heading}${test.name === null ? '' : ` (${test.name})`}: ${status}`];
  const streams = Object.entries({ stdout, stderr }).flatMap(([stream, text]) =>
    text ? [`${stream}:\n${text}`] : [],
  );
  return [...name, ...(message === null ? [] : [message]), ...streams];
}
