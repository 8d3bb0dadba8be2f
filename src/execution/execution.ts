// What an execution is: the request a client sends, the task made from it, and the result. Each is schema, type and
// documentation at once. Task and result are plain values: only they cross the queue.

import { type Static, Type } from 'typebox';
import { REQUEST_LIMITS, REQUEST_SIZES, SHOWN_INPUT_BYTES, USER_ID_PATTERN } from '../limits.ts';
import { CodeAnalysis, Timings } from './code-analysis.ts';
import { enumeration } from './enumeration.ts';
import { LanguageName, VersionChoice } from './language-choice.ts';
import {
  CheckerChoice,
  memoryLimit,
  programArguments,
  SubmittedFile,
  TestCase,
  textEncoding,
  timeLimit,
} from './request-fields.ts';
import { CompileResult, kibibytes, milliseconds, nullableInteger, nullableString } from './result-fields.ts';
import type { TextEncoding } from './text-encoding.ts';

export const EXECUTION_STATUSES = [
  'queued',
  'compiling',
  'running',
  'accepted',
  'completed',
  'wrong_answer',
  'compilation_error',
  'runtime_error',
  'time_limit_exceeded',
  'memory_limit_exceeded',
  'output_limit_exceeded',
  'security_violation',
  'checker_error',
  'skipped',
  'cancelled',
  'internal_error',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** Builds the request's schema; the two bounds are settings of the service. */
export function executeRequestSchema(bounds: { maxCodeLength: number; maxTestCases: number }) {
  return Type.Object(
    {
      code: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: bounds.maxCodeLength,
          description: 'The source code. Without it the first of `files` is the main source.',
        }),
      ),
      language: LanguageName,
      version: Type.Optional(VersionChoice),
      files: Type.Optional(Type.Array(SubmittedFile, { maxItems: REQUEST_SIZES.files })),
      stdin: Type.Optional(Type.String({ description: 'Read by the program when there are no test cases.' })),
      stdin_encoding: Type.Optional(textEncoding('`stdin` is')),
      args: Type.Optional(programArguments),
      test_cases: Type.Optional(Type.Array(TestCase, { maxItems: bounds.maxTestCases })),
      checker: Type.Optional(CheckerChoice),
      stop_on_failure: Type.Optional(
        Type.Boolean({ description: 'Skips the tests after one that failed. False when it is not given.' }),
      ),
      time_limit: Type.Optional(timeLimit),
      memory_limit: Type.Optional(memoryLimit),
      output_limit_kb: Type.Optional(
        Type.Number({
          minimum: REQUEST_LIMITS.output_limit_kb.minimum,
          maximum: REQUEST_LIMITS.output_limit_kb.maximum,
          description: 'Bytes kept of each stream, in KiB.',
        }),
      ),
      user_id: Type.Optional(Type.String({ pattern: USER_ID_PATTERN })),
      priority: Type.Optional(
        enumeration(['low', 'normal', 'high'], { description: '`normal` when it is not given.' }),
      ),
    },
    {
      $id: 'ExecuteRequest',
      additionalProperties: false,
      // Within `allOf`, as generators of types make a union with anything of an `anyOf` beside `properties`.
      allOf: [
        {
          anyOf: [
            { required: ['code'] },
            { required: ['files'], properties: { files: { type: 'array', minItems: 1 } } },
          ],
        },
      ],
    },
  );
}
export type ExecuteRequest = Static<ReturnType<typeof executeRequestSchema>>;

/** One test as it will be run: every default filled in. */
export interface TaskTest {
  readonly name: string | null;
  /** How `input` and `expectedOutput` are written; `bytesOfText` gives their bytes. */
  readonly encoding: TextEncoding;
  readonly input: string;
  readonly expectedOutput: string | null;
  readonly isHidden: boolean;
  readonly weight: number;
  readonly args: readonly string[];
  readonly timeLimitSeconds: number;
  readonly memoryLimitMb: number;
}

/** An accepted request: all is resolved and bounded, `clientId` is the key or address that `userId` is a user of. */
export interface ExecutionTask {
  readonly executionId: string;
  readonly createdAt: string;
  /** The same moment as milliseconds since 1970, with a fraction. */
  readonly acceptedAtMs: number;
  readonly languageId: string;
  /** Full version of the toolchain that will serve it. */
  readonly version: string;
  /** The standard that the request names, as the language's compiler calls it: `gnu++20`. */
  readonly standard?: string;
  /** Name of the main source file, the first of `files`. */
  readonly sourceFile: string;
  readonly files: readonly { readonly path: string; readonly contentBase64: string }[];
  /** False when the request had no `test_cases`: one run whose good end is `completed`. */
  readonly judged: boolean;
  readonly tests: readonly TaskTest[];
  readonly checker: CheckerChoice;
  readonly stopOnFailure: boolean;
  readonly outputLimitBytes: number;
  readonly clientId: string;
  readonly userId: string | null;
  readonly priority: 'low' | 'normal' | 'high';
  readonly warnings: readonly string[];
  /** What looking at the code took; `null` when nobody has looked, or has not finished. */
  readonly validationMs: number | null;
}

const status = enumeration(EXECUTION_STATUSES);
const limitName = enumeration(['cpu', 'wall'], {
  description: 'With `time_limit_exceeded`: which limit.',
});

export const TestResult = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  name: nullableString,
  status,
  limit: Type.Optional(limitName),
  passed: Type.Boolean(),
  is_hidden: Type.Boolean(),
  input: {
    ...nullableString,
    description: `As it was sent, at most ${SHOWN_INPUT_BYTES} bytes of it unless \`include\` asks for \`input\`.`,
  },
  input_truncated: Type.Boolean(),
  expected_output: nullableString,
  stdout: nullableString,
  stderr: nullableString,
  exit_code: nullableInteger,
  signal: nullableString,
  cpu_time_ms: milliseconds,
  wall_time_ms: milliseconds,
  memory_kb: kibibytes,
  stdout_truncated: Type.Boolean(),
  stderr_truncated: Type.Boolean(),
  message: nullableString,
});
export type TestResult = Static<typeof TestResult>;

export const ExecutionResult = Type.Object(
  {
    execution_id: Type.String(),
    status,
    language: Type.String(),
    version: Type.String(),
    compile: Type.Unsafe<CompileResult | null>({ anyOf: [CompileResult, { type: 'null' }] }),
    results: Type.Array(TestResult),
    summary: Type.Object({
      total: Type.Integer(),
      passed: Type.Integer(),
      failed: Type.Integer(),
      skipped: Type.Integer(),
      score: Type.Number({ description: 'Weight of the passed tests over the weight of all, 0 to 1.' }),
    }),
    cpu_time_ms: milliseconds,
    wall_time_ms: milliseconds,
    memory_kb: kibibytes,
    queue_time_ms: milliseconds,
    total_time_ms: milliseconds,
    sandbox: Type.String(),
    timings: Timings,
    warnings: Type.Array(Type.String()),
    analysis: Type.Optional(CodeAnalysis),
    created_at: Type.String(),
    finished_at: Type.String(),
  },
  { $id: 'ExecutionResult' },
);
export type ExecutionResult = Static<typeof ExecutionResult>;
