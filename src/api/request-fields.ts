// Parts of a request's schema: what several fields share, files, the checker, and test cases.

import { type Static, Type } from 'typebox';
import { MAX_GROUPS, OUTPUT_FILES, REQUEST_LIMITS, REQUEST_SIZES } from '../limits.ts';
import { MIB } from '../units.ts';
import { textOrBlob } from './blob.ts';
import { enumeration } from './enumeration.ts';
import { TEXT_ENCODINGS } from './text-encoding.ts';

export const timeLimit = Type.Number({
  minimum: REQUEST_LIMITS.time_limit.minimum,
  maximum: REQUEST_LIMITS.time_limit.maximum,
  description:
    'Seconds of CPU time of one run. The wall-clock limit is twice that plus one second, at most `EXECUTION_TIMEOUT`; ' +
    'time in which the program was ready but had no processor does not count.',
});
export const memoryLimit = Type.Number({
  minimum: REQUEST_LIMITS.memory_limit.minimum,
  maximum: REQUEST_LIMITS.memory_limit.maximum,
  description: 'Memory of one run in MB (MiB): all its processes and files in memory together.',
});
export const programArguments = Type.Array(Type.String({ maxLength: 4096 }), {
  maxItems: 32,
  description: `Arguments of the program, at most ${REQUEST_SIZES.argumentsBytes} bytes in total.`,
});

export const entryPath = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Path of the file that is started: one of `files`, or the main source, which is the default.',
});
export const compileOptions = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
  maxItems: 32,
  description: 'Options for the compiler, each one of those that `GET /languages` lists for the language.',
});

export const outputFiles = Type.Array(
  Type.String({ pattern: OUTPUT_FILES.pattern, maxLength: OUTPUT_FILES.patternLength }),
  {
    maxItems: OUTPUT_FILES.patterns,
    description:
      `Patterns of files of the work directory that results have, such as \`*.png\` or \`plots/**\`: at most ` +
      `${OUTPUT_FILES.files} files of ${OUTPUT_FILES.fileBytes / MIB} MiB, ${OUTPUT_FILES.bytes / MIB} MiB together.`,
  },
);

/** No `default`: type generators treat a field with a default as required. */
export const textEncoding = (what: string) =>
  enumeration(TEXT_ENCODINGS, {
    description: `How ${what} encoded: \`utf8\` (the default), or \`base64\` for bytes that are not text.`,
  });

export const SubmittedFile = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 255, description: 'Relative path, without `..`.' }),
    content: textOrBlob('What is in the file.'),
    encoding: Type.Optional(textEncoding('`content` is')),
  },
  { additionalProperties: false, description: 'A further file, read-only for the program.' },
);
export type SubmittedFile = Static<typeof SubmittedFile>;

const groupName = Type.String({ minLength: 1, maxLength: 64, description: 'Name of one of `groups`.' });

export const TestGroup = Type.Object(
  {
    name: groupName,
    points: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1_000_000,
        description: 'What the group is worth. Default: its number of tests.',
      }),
    ),
    scoring: Type.Optional(
      enumeration(['min', 'sum', 'max'], {
        description:
          'Of the scores of its tests: the least, the mean by their weights, or the most. Default: `min`.',
      }),
    ),
    depends_on: Type.Optional(
      Type.Array(groupName, {
        maxItems: MAX_GROUPS,
        description: 'Groups of which every test must be accepted; else this one is skipped.',
      }),
    ),
    stop_on_failure: Type.Optional(
      Type.Boolean({ description: 'Skip the rest of the group after a test that scores 0. Default: true.' }),
    ),
  },
  { additionalProperties: false },
);
export type TestGroup = Static<typeof TestGroup>;

export const testGroups = Type.Array(TestGroup, {
  maxItems: MAX_GROUPS,
  description: 'Groups that tests name, scored together.',
});
export const stopOnFailure = Type.Boolean({
  description: 'Skip the tests after a failed one. Default: false.',
});
export const outputLimit = Type.Number({
  minimum: REQUEST_LIMITS.output_limit_kb.minimum,
  maximum: REQUEST_LIMITS.output_limit_kb.maximum,
  description: 'Limit of each of stdout and stderr in KiB.',
});

export const timeMultipliers = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.Number({ minimum: 1, maximum: 100 }),
  {
    maxProperties: 64,
    description:
      'Factors of the CPU time limit by language, such as `{"python": 3}`. No limit exceeds the largest `time_limit`.',
  },
);

export const TestCase = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    input: Type.Optional(textOrBlob('Input of the program on stdin. Default: empty.')),
    expected_output: Type.Optional(textOrBlob('Without it, the test passes if the program exits with 0.')),
    encoding: Type.Optional(textEncoding('`input` and `expected_output` are')),
    unit_test: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description:
          'With `unit_tests`: the test function that this test runs, as `test_add`, `TestStack::test_pop` or `stack > pops`.',
      }),
    ),
    is_hidden: Type.Optional(
      Type.Boolean({
        description: 'A hidden test returns its verdict, times and memory, but no texts. Default: false.',
      }),
    ),
    weight: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1_000_000,
        description: 'Share of the score. Default: 1.',
      }),
    ),
    args: Type.Optional(programArguments),
    time_limit: Type.Optional(timeLimit),
    memory_limit: Type.Optional(memoryLimit),
    group: Type.Optional(groupName),
    checker_args: Type.Optional({
      ...programArguments,
      description: 'Arguments of the checker program or the interactor for this test, after all others.',
    }),
  },
  { additionalProperties: false },
);
export type TestCase = Static<typeof TestCase>;
