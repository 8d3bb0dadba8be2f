// The wire form of problems that the service keeps: what one consists of, and how requests name it. Everything of a
// request but the code, its language and who sent it.

import { type Static, Type } from 'typebox';
import { PROBLEM_ID_PATTERN, PROBLEM_LIMITS, PROBLEM_VERSION_LENGTH, REQUEST_SIZES } from '../limits.ts';
import { CheckerChoice } from './checker-choice.ts';
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
  timeLimit,
  timeMultipliers,
} from './request-fields.ts';

const MAX_FILE_LANGUAGES = 40;

export const PROBLEM_REFERENCE = `^${PROBLEM_ID_PATTERN}(?:@[0-9a-f]{${PROBLEM_VERSION_LENGTH}})?$`;

export const problemReference = Type.String({
  pattern: PROBLEM_REFERENCE,
  description:
    'A problem that the service keeps: `ID` for its latest version, or `ID@VERSION`. What else the request names may only ' +
    'tighten it, but for `test_cases`, which take the place of the tests of the problem.',
});

export const ProblemDefinition = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200, description: 'For people.' })),
    test_cases: Type.Array(TestCase, {
      minItems: 1,
      maxItems: PROBLEM_LIMITS.tests,
      description: 'Of a problem, a test is hidden unless `is_hidden` is false.',
    }),
    checker: Type.Optional(CheckerChoice),
    interactor: Type.Optional(Interactor),
    validation_passes: Type.Optional(validationPasses),
    unit_tests: Type.Optional(UnitTests),
    groups: Type.Optional(testGroups),
    stop_on_failure: Type.Optional(stopOnFailure),
    time_limit: Type.Optional(timeLimit),
    memory_limit: Type.Optional(memoryLimit),
    output_limit_kb: Type.Optional(outputLimit),
    time_multipliers: Type.Optional(timeMultipliers),
    args: Type.Optional(programArguments),
    files: Type.Optional(
      Type.Array(SubmittedFile, {
        maxItems: REQUEST_SIZES.files,
        description: 'Files beside those of every submission, such as a harness.',
      }),
    ),
    language_files: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
        Type.Array(SubmittedFile, { maxItems: REQUEST_SIZES.files }),
        {
          maxProperties: MAX_FILE_LANGUAGES,
          description:
            'Files beside those of submissions in one language, by its id, or in every language, by `default`. A file takes ' +
            'the place of one of the submission with the same path, and one called `main` or `Main` is started.',
        },
      ),
    ),
    entry: Type.Optional(entryPath),
    compile_options: Type.Optional(compileOptions),
    output_files: Type.Optional(outputFiles),
  },
  {
    $id: 'ProblemDefinition',
    additionalProperties: false,
    description: 'Everything of a request to execute but the code, its language and who sends it.',
  },
);
export type ProblemDefinition = Static<typeof ProblemDefinition>;

const version = Type.String({
  description: 'Stands for exactly this content: the same content has the same version.',
});
const createdAt = Type.String({ description: 'When this version became the latest.' });

export const ProblemSummary = Type.Object(
  {
    id: Type.String(),
    version,
    name: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    tests: Type.Integer({ minimum: 1 }),
    created_at: createdAt,
  },
  { $id: 'ProblemSummary' },
);
export type ProblemSummary = Static<typeof ProblemSummary>;

export const KeptProblem = Type.Object(
  {
    ...ProblemSummary.properties,
    versions: Type.Array(Type.Object({ version, created_at: createdAt }), {
      description: `The latest first, at most ${PROBLEM_LIMITS.versions}.`,
    }),
    definition: Type.Ref('ProblemDefinition'),
  },
  { $id: 'KeptProblem', description: 'A problem with its definition, as its owner sees it.' },
);
export type KeptProblem = Omit<Static<typeof KeptProblem>, 'definition'> & {
  readonly definition: ProblemDefinition;
};

const nullable = (type: 'string' | 'number' | 'boolean') => ({ type: [type, 'null'] });

export const SubmissionReport = Type.Object(
  {
    path: Type.String({ description: 'In the package.' }),
    language: Type.String(),
    expected: Type.String({ description: 'The name of its directory, or what its source says.' }),
    status: Type.Unsafe<string | null>({ ...nullable('string'), description: '`null` if it was not run.' }),
    agrees: Type.Unsafe<boolean | null>({
      ...nullable('boolean'),
      description: 'Whether the status is as expected; `null` if it was not run, or the service failed.',
    }),
    score: Type.Unsafe<number | null>(nullable('number')),
    cpu_time_ms: Type.Unsafe<number | null>({
      ...nullable('number'),
      description: 'The most that a test took.',
    }),
    message: Type.Unsafe<string | null>({
      ...nullable('string'),
      description: 'The first test that failed, or why it was not run.',
    }),
  },
  { $id: 'SubmissionReport' },
);
export type SubmissionReport = Static<typeof SubmissionReport>;

export const PackageReport = Type.Object(
  {
    id: Type.Unsafe<string | null>(nullable('string')),
    version: Type.Unsafe<string | null>({ ...nullable('string'), description: '`null` if nothing is kept.' }),
    name: Type.Unsafe<string | null>(nullable('string')),
    tests: Type.Integer({ minimum: 1 }),
    created_at: Type.Unsafe<string | null>(nullable('string')),
    time_limit: Type.Number({
      description: 'In seconds. A package without one gets it from its accepted submissions.',
    }),
    agrees: Type.Boolean({ description: 'No submission has another status than expected.' }),
    submissions: Type.Array(Type.Ref('SubmissionReport')),
    warnings: Type.Array(Type.String()),
  },
  { $id: 'PackageReport', description: 'What a package was read as, and how its submissions were judged.' },
);
export type PackageReport = Omit<Static<typeof PackageReport>, 'submissions'> & {
  submissions: SubmissionReport[];
};

export const ProblemPage = Type.Object(
  {
    problems: Type.Array(Type.Ref('ProblemSummary')),
    next_cursor: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'For the next page; `null` on the last one.',
    }),
  },
  { $id: 'ProblemPage' },
);
export type ProblemPage = {
  readonly problems: readonly ProblemSummary[];
  readonly next_cursor: string | null;
};
