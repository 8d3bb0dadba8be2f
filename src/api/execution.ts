// The wire form of an execution: the request that a client sends and the result that it receives, each as schema, type
// and documentation in one. Clients import only this folder.

import { type Static, Type } from 'typebox';
import { REQUEST_SIZES, SHOWN_INPUT_BYTES, USER_ID_PATTERN } from '../limits.ts';
import { CheckerChoice } from './checker-choice.ts';
import { CodeAnalysis, Timings } from './code-analysis.ts';
import { enumeration } from './enumeration.ts';
import { LanguageName, VersionChoice } from './language-choice.ts';
import { problemReference } from './problem.ts';
import { Interactor, UnitTests, validationPasses } from './problem-fields.ts';
import {
  compileOptions,
  entryPath,
  memoryLimit,
  outputFiles,
  outputLimit,
  programArguments,
  SubmittedFile,
  stopOnFailure,
  TestCase,
  testGroups,
  textEncoding,
  timeLimit,
  timeMultipliers,
} from './request-fields.ts';
import { CompileResult, kibibytes, milliseconds, nullableInteger, nullableString } from './result-fields.ts';

export const EXECUTION_STATUSES = [
  'queued',
  'compiling',
  'running',
  'accepted',
  'completed',
  'partially_accepted',
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
          description: 'The source code. Without it, the first of `files` is the main source.',
        }),
      ),
      language: LanguageName,
      version: Type.Optional(VersionChoice),
      problem: Type.Optional(problemReference),
      entry: Type.Optional(entryPath),
      compile_options: Type.Optional(compileOptions),
      files: Type.Optional(Type.Array(SubmittedFile, { maxItems: REQUEST_SIZES.files })),
      stdin: Type.Optional(Type.String({ description: 'Input of the program if there are no test cases.' })),
      stdin_encoding: Type.Optional(textEncoding('`stdin` is')),
      args: Type.Optional(programArguments),
      output_files: Type.Optional(outputFiles),
      test_cases: Type.Optional(Type.Array(TestCase, { maxItems: bounds.maxTestCases })),
      checker: Type.Optional(CheckerChoice),
      interactor: Type.Optional(Interactor),
      unit_tests: Type.Optional(UnitTests),
      interaction: Type.Optional(
        Type.Boolean({
          description:
            'With an interactor: results of tests that are not hidden have what the two said. Default: false.',
        }),
      ),
      validation_passes: Type.Optional(validationPasses),
      groups: Type.Optional(testGroups),
      stop_on_failure: Type.Optional(stopOnFailure),
      time_limit: Type.Optional(timeLimit),
      memory_limit: Type.Optional(memoryLimit),
      time_multipliers: Type.Optional(timeMultipliers),
      output_limit_kb: Type.Optional(outputLimit),
      user_id: Type.Optional(Type.String({ pattern: USER_ID_PATTERN })),
      priority: Type.Optional(enumeration(['low', 'normal', 'high'], { description: 'Default: `normal`.' })),
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
  score: Type.Number({
    minimum: 0,
    maximum: 1,
    description: '1 if it passed, else 0, or between if a checker program gave a part of the points.',
  }),
  is_hidden: Type.Boolean(),
  input: {
    ...nullableString,
    description: `As in the request; the first ${SHOWN_INPUT_BYTES} bytes of it, or all with \`include=input\`.`,
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
  output_files: Type.Optional(
    Type.Array(
      Type.Object({
        path: Type.String(),
        content: Type.String(),
        encoding: enumeration(['base64'] as const),
        mime_type: Type.String(),
      }),
      { description: 'With `output_files` in the request: what matched, unless the test is hidden.' },
    ),
  ),
  interaction: Type.Optional(
    Type.Array(
      Type.Object({
        from: enumeration(['program', 'interactor'] as const),
        text: Type.String(),
        at_ms: milliseconds,
      }),
      { description: 'With `interaction`: what the two said, at most 64 KiB.' },
    ),
  ),
  judge_message: Type.Optional(
    Type.String({
      description: 'What a checker program of the protocol `icpc` has to say to the author of the problem.',
    }),
  ),
});
export type TestResult = Static<typeof TestResult>;

export const ExecutionResult = Type.Object(
  {
    execution_id: Type.String(),
    status,
    language: Type.String(),
    version: Type.String(),
    problem: Type.Optional(
      Type.String({ description: 'With `problem` in the request: `ID@VERSION`, which was run.' }),
    ),
    compile: Type.Unsafe<CompileResult | null>({ anyOf: [CompileResult, { type: 'null' }] }),
    results: Type.Array(TestResult),
    summary: Type.Object(
      {
        total: Type.Integer(),
        passed: Type.Integer(),
        failed: Type.Integer(),
        skipped: Type.Integer(),
        score: Type.Number({
          description: "The tests' scores by their weights, divided by the weight of all tests, 0 to 1.",
        }),
      },
      // Generators of clients would name it `ExecutionSummary`, as another schema is.
      { title: 'Totals' },
    ),
    groups: Type.Optional(
      Type.Array(
        Type.Object({
          name: Type.String(),
          status,
          score: Type.Number({ minimum: 0, description: 'In points.' }),
          points: Type.Number({ minimum: 0 }),
        }),
        { description: 'With `groups` in the request: what each gained.' },
      ),
    ),
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
