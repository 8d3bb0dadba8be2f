// What clients see of a language: its names, what it can do here and now, and a program to try.

import { type Static, Type } from 'typebox';
import { TestCase } from '../../api/request-fields.ts';

import type { Language } from '../../languages/language.ts';
import { REQUEST_LIMITS } from '../../limits.ts';
import { hasValidation } from '../../submissions/open-validation.ts';
import { examplesOf } from '../../submissions/shown-examples.ts';

const LANGUAGE_STATUSES = ['ready', 'installing', 'missing'] as const;
type LanguageStatus = (typeof LANGUAGE_STATUSES)[number];

const LanguageInstallation = Type.Object(
  {
    step: Type.Integer({
      description: 'Languages are installed one after the other: this one is step `step` of `steps`.',
    }),
    steps: Type.Integer(),
    doing: Type.String({ description: 'What is being done, or what is waited for.' }),
    megabytes: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      description: 'MB on the disk when it is done; `null` when that is not known.',
    }),
    since: Type.String({ description: 'When this step began or, while it waits, when the first one did.' }),
  },
  { description: 'How far a language is that is being installed from packages.' },
);

const LanguageExample = Type.Object({
  title: Type.String(),
  file: Type.String({ description: 'Name of the source file.' }),
  code: Type.String(),
  test_cases: Type.Array(
    Type.Object({
      ...Type.Pick(TestCase, ['name', 'is_hidden', 'weight']).properties,
      input: Type.Optional(Type.String()),
      expected_output: Type.Optional(Type.String()),
    }),
  ),
});

export const LanguageDescription = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    version: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The version that a request gets which names none, `null` while there is none.',
    }),
    versions: Type.Array(Type.String(), { description: 'All versions, the newest first.' }),
    aliases: Type.Array(Type.String()),
    compiled: Type.Boolean(),
    compile_options: Type.Array(Type.String(), {
      description:
        'Options that a request may add to the compiler: families of them have a name in capitals.',
    }),
    unit_tests: Type.Array(
      Type.Object({
        language: Type.String({ description: 'What `unit_tests.language` names.' }),
        framework: Type.String({ description: '`unittest`, `pytest` or `node:test`.' }),
      }),
      {
        description:
          'What `unit_tests` of its programs may be written in, its own first; empty if there are none.',
      },
    ),
    validated: Type.Boolean({
      description: 'Whether there are rules for its code, so that it can be validated before it runs.',
    }),
    file_extension: Type.String({ description: 'With the dot.' }),
    status: Type.Unsafe<LanguageStatus>({ type: 'string', enum: LANGUAGE_STATUSES }),
    installation: Type.Optional(LanguageInstallation),
    example: Type.String({ description: 'A whole program that runs as it is.' }),
    examples: Type.Array(LanguageExample, {
      description: 'Programs to begin with; the first one reads input and has tests.',
    }),
    default_limits: Type.Object({
      time_limit: Type.Number({ description: 'Seconds.' }),
      memory_limit: Type.Number({ description: 'MB.' }),
      output_limit_kb: Type.Number(),
    }),
    memory_allowance_mb: Type.Number({
      description: 'MB that the runtime itself may use on top of `memory_limit`.',
    }),
  },
  { $id: 'Language' },
);
export type LanguageDescription = Static<typeof LanguageDescription>;

const DEFAULT_LIMITS = {
  time_limit: REQUEST_LIMITS.time_limit.default,
  memory_limit: REQUEST_LIMITS.memory_limit.default,
  output_limit_kb: REQUEST_LIMITS.output_limit_kb.default,
};

/**
 * `versions` are the ready ones, newest first, and `version` is the usual one of them; `offered` are all languages.
 */
export function describeLanguage(
  language: Language,
  offered: readonly Language[],
  state: {
    status: LanguageStatus;
    version: string | undefined;
    versions: readonly string[];
    installation?: (Omit<Static<typeof LanguageInstallation>, 'since'> & { readonly since: Date }) | null;
  },
): LanguageDescription {
  return {
    id: language.id,
    name: language.name,
    version: state.version ?? null,
    versions: [...state.versions],
    aliases: namesOf(language),
    compiled: language.compile !== undefined,
    compile_options: (language.compileOptions ?? []).map(({ shown }) => shown),
    unit_tests: unitTestsOf(language, offered),
    validated: hasValidation(language.id),
    file_extension: language.fileExtension,
    status: state.status,
    ...(state.installation && {
      installation: { ...state.installation, since: state.installation.since.toISOString() },
    }),
    example: language.examples.hello.code,
    examples: examplesOf(language).map(({ test_cases: tests, ...example }) => ({
      ...example,
      test_cases: [...tests],
    })),
    default_limits: DEFAULT_LIMITS,
    memory_allowance_mb: language.memoryAllowanceMb,
  };
}

function unitTestsOf(language: Language, offered: readonly Language[]): LanguageDescription['unit_tests'] {
  return [language, ...offered.filter(({ id }) => id !== language.id)].flatMap(({ id, unitTests }) =>
    unitTests === undefined || unitTests.kind !== language.unitTests?.kind
      ? []
      : [{ language: id, framework: unitTests.runner }],
  );
}

/** Its aliases, and the name of each standard: `c++20`, `c11`, `rust2021`. */
function namesOf({ aliases, id, standards, standardPrefix = id }: Language): string[] {
  const numbered = Object.keys(standards ?? {}).map((number) => `${standardPrefix}${number}`);
  return [...new Set([...aliases, ...numbered])];
}

/** All of them in a line for people: `python 3.11.2, c 12.2.0; installing: java`. */
export function languagesLine(described: readonly LanguageDescription[]): string {
  const ready = described.filter(({ status }) => status === 'ready');
  const parts = [
    ready.map(({ id, version }) => `${id} ${version}`).join(', ') || 'none ready',
    // As long as there is none, those of this machine are being tried, which takes seconds.
    ...listed(ready.length > 0 ? 'installing' : 'trying', described, 'installing'),
    ...listed('missing', described, 'missing'),
  ];
  return parts.join('; ');
}

function listed(word: string, described: readonly LanguageDescription[], state: LanguageStatus): string[] {
  const ids = described.filter(({ status }) => status === state).map(({ id }) => id);
  return ids.length === 0 ? [] : [`${word}: ${ids.join(', ')}`];
}
