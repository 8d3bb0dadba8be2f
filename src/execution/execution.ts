// What an execution is: the request a client sends, the task made from it, and the result. Each is schema, type and
// documentation at once. Task and result are plain values: only they cross the queue.

import { type Static, Type } from 'typebox';
import { CHECKER_TYPES } from '../checkers/catalog.ts';
import { DEFAULT_TOLERANCE } from '../checkers/float.ts';
import { REQUEST_LIMITS, REQUEST_SIZES, SHOWN_INPUT_BYTES, USER_ID_PATTERN } from '../limits.ts';
import { CodeAnalysis, Timings } from './code-analysis.ts';
import { enumeration } from './enumeration.ts';
import { LanguageName, VersionChoice } from './language-choice.ts';
import { CompileResult, kibibytes, milliseconds, nullableInteger, nullableString } from './result-fields.ts';
import { TEXT_ENCODINGS, type TextEncoding } from './text-encoding.ts';

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

const timeLimit = Type.Number({
  minimum: REQUEST_LIMITS.time_limit.minimum,
  maximum: REQUEST_LIMITS.time_limit.maximum,
  description:
    'Seconds of CPU time of one run; on the wall clock twice that plus one, never over `EXECUTION_TIMEOUT`, ' +
    'without the time in which the program was ready but had no processor.',
});
const memoryLimit = Type.Number({
  minimum: REQUEST_LIMITS.memory_limit.minimum,
  maximum: REQUEST_LIMITS.memory_limit.maximum,
  description: 'Memory of one run in MB (MiB): all its processes and its files in memory together.',
});
const programArguments = Type.Array(Type.String({ maxLength: 4096 }), {
  maxItems: 32,
  description: `Arguments of the program: at most ${REQUEST_SIZES.argumentsBytes} bytes together.`,
});

export const SubmittedFile = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 255, description: 'Relative path, without `..`.' }),
    content: Type.String(),
    encoding: Type.Optional(enumeration(['utf8', 'base64'], { default: 'utf8' })),
  },
  { additionalProperties: false, description: 'A further file, read-only for the program.' },
);
export type SubmittedFile = Static<typeof SubmittedFile>;

const textEncoding = (what: string) =>
  enumeration(TEXT_ENCODINGS, {
    description: `How ${what} written: \`utf8\` when it is not given, \`base64\` for bytes that are no text.`,
  });

const CheckerChoice = Type.Object(
  {
    type: enumeration(CHECKER_TYPES),
    absolute: Type.Optional(
      Type.Number({
        minimum: 0,
        description: `\`float\` only: allowed absolute error; ${DEFAULT_TOLERANCE.absolute} when neither is given.`,
      }),
    ),
    relative: Type.Optional(
      Type.Number({
        minimum: 0,
        description: `\`float\` only: allowed relative error; ${DEFAULT_TOLERANCE.relative} when neither is given.`,
      }),
    ),
  },
  { additionalProperties: false, description: 'How output is compared with the expected output.' },
);
type CheckerChoice = Static<typeof CheckerChoice>;

export const TestCase = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    input: Type.Optional(Type.String({ default: '', description: 'What the program reads from stdin.' })),
    expected_output: Type.Optional(
      Type.String({ description: 'Without it the test passes when the program ends well.' }),
    ),
    encoding: Type.Optional(textEncoding('`input` and `expected_output` are')),
    is_hidden: Type.Optional(
      Type.Boolean({ default: false, description: 'Nothing of a hidden test but its verdict is ever told.' }),
    ),
    weight: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000, default: 1 })),
    args: Type.Optional(programArguments),
    time_limit: Type.Optional(timeLimit),
    memory_limit: Type.Optional(memoryLimit),
  },
  { additionalProperties: false },
);
export type TestCase = Static<typeof TestCase>;

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
      stop_on_failure: Type.Optional(Type.Boolean({ default: false })),
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
      priority: Type.Optional(enumeration(['low', 'normal', 'high'], { default: 'normal' })),
    },
    { $id: 'ExecuteRequest', additionalProperties: false },
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
