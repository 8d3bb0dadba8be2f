// Reads an unpacked problem package in the format of ICPC and Kattis, the legacy one and those from 2023-07-draft on: what
// it is as a problem of this service, and the submissions of its authors.

import type { CheckerChoice } from '../../api/checker-choice.ts';
import type { ProblemDefinition } from '../../api/problem.ts';
import type { SubmittedFile, TestCase } from '../../api/request-fields.ts';
import { REQUEST_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import { sha256Of } from '../blobs-named.ts';
import { defaultChecker } from './default-validator.ts';
import { outputValidator } from './output-validator.ts';
import {
  mapIn,
  numberIn,
  PackageFault,
  type PackageFiles,
  readYaml,
  wordsIn,
  type Yaml,
} from './package-files.ts';
import { idOfLanguage, programsIn } from './program-files.ts';
import { readSubmissions, type Submission } from './submissions.ts';
import { type DataTest, groupsOf, readTests } from './test-groups.ts';

export interface ReadPackage {
  readonly definition: ProblemDefinition;
  /** The package has a time limit; else it is that of the definition, to be replaced by what submissions need. */
  readonly hasTimeLimit: boolean;
  /** The time limit is the time of the slowest accepted submission times this. */
  readonly timeMultiplier: number;
  readonly submissions: readonly Submission[];
  readonly warnings: readonly string[];
}

const MAIN = 'problem.yaml';
const VERSIONS = /^(legacy(-icpc)?|draft|2023-07(-draft)?|2025-09(-draft)?)$/;
const INCLUDE = 'include/';
const TYPES = ['pass-fail', 'scoring', 'interactive', 'multi-pass'];
const DEFAULT_PASSES = 2;
const MAX_NAME = 200;

interface Kind {
  readonly isInteractive: boolean;
  readonly isMultiPass: boolean;
  readonly isScoring: boolean;
}

/** Throws a `PackageFault` that names the file. */
export function readPackage(files: PackageFiles): ReadPackage {
  const yaml = readYaml(files, MAIN);
  const warnings: string[] = [];
  const format = yaml.problem_format_version ?? 'legacy';
  if (typeof format !== 'string' || !VERSIONS.test(format)) {
    throw new PackageFault(
      MAIN,
      `must have problem_format_version legacy, 2023-07-draft or 2025-09, got ${JSON.stringify(format)}`,
    );
  }
  const kind = kindOf(yaml);
  const tests = readTests(files);
  const limits = mapIn(yaml, 'limits', MAIN);
  const timeLimit = numberIn(limits, 'time_limit', MAIN) ?? domjudgeLimit(files);
  const judges = judgesOf(files, yaml, kind, limits, tests);
  const groups = kind.isScoring ? groupsOf(tests, files) : [];
  const definition: ProblemDefinition = {
    ...nameOf(yaml),
    ...judges,
    ...includedFiles(files),
    ...(groups.length > 0 ? { groups } : { stop_on_failure: true }),
    time_limit: within('time_limit', timeLimit, warnings),
    memory_limit: within('memory_limit', numberIn(limits, 'memory', MAIN) ?? 2048, warnings),
    ...outputLimit(limits, warnings),
    test_cases: tests.map((test) =>
      testCase(test, kind.isScoring, judges.checker?.type !== 'program' && judges.interactor === undefined),
    ),
  };
  return {
    definition,
    hasTimeLimit: timeLimit !== undefined,
    timeMultiplier: timeMultiplierOf(limits),
    submissions: readSubmissions(
      files,
      tests.map(({ name }) => name),
      warnings,
    ),
    warnings,
  };
}

function nameOf({ name }: Yaml): { name?: string } {
  const names = typeof name === 'object' && name !== null ? (name as Yaml) : { en: name };
  const chosen = names.en ?? Object.values(names)[0];
  return typeof chosen === 'string' ? { name: chosen.slice(0, MAX_NAME) } : {};
}

/** Files of `include/` go with every submission in the language that a directory there is called by. */
function includedFiles(files: PackageFiles): Pick<ProblemDefinition, 'language_files'> {
  const included = [...programsIn(files, INCLUDE)].map(([path, contents]) => {
    if (files.has(path)) throw new PackageFault(path, 'must be a directory, called by a language or default');
    if (contents.size > REQUEST_SIZES.files)
      throw new PackageFault(path, `must have at most ${REQUEST_SIZES.files} files, got ${contents.size}`);
    const language = idOfLanguage(path.slice(INCLUDE.length));
    return [language, [...contents].map(([name, content]) => asFile({ path: name, content }))] as const;
  });
  return included.length === 0 ? {} : { language_files: Object.fromEntries(included) };
}

function kindOf(yaml: Yaml): Kind {
  const types = wordsIn(yaml.type, MAIN, 'type');
  const validation = wordsIn(yaml.validation, MAIN, 'validation');
  const unknown = types.find((type) => !TYPES.includes(type));
  if (unknown !== undefined) {
    throw new PackageFault(MAIN, `must have type ${TYPES.join(', ')}, got ${JSON.stringify(unknown)}`);
  }
  const is = (word: string) => types.includes(word) || validation.includes(word);
  return {
    isInteractive: is('interactive'),
    isMultiPass: is('multi-pass'),
    isScoring: types.includes('scoring') || validation.includes('score'),
  };
}

/** DOMjudge keeps the limit in a file of its own. */
function domjudgeLimit(files: PackageFiles): number | undefined {
  const plain = files.get('.timelimit')?.toString('utf8').trim();
  const text = files.get('domjudge-problem.ini')?.toString('utf8') ?? '';
  const written = plain ?? /^\s*timelimit\s*=\s*['"]?([\d.]+)/m.exec(text)?.[1];
  const seconds = Number(written);
  return written !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

function timeMultiplierOf(limits: Yaml): number {
  const multipliers = mapIn(limits, 'time_multipliers', MAIN);
  const isNew = multipliers.ac_to_time_limit !== undefined || limits.time_multipliers !== undefined;
  const written = isNew
    ? numberIn(multipliers, 'ac_to_time_limit', MAIN)
    : numberIn(limits, 'time_multiplier', MAIN);
  return written ?? (isNew ? 2 : 5);
}

/** The limit within what this service offers, with a warning if it is another one. */
export function within(
  limit: 'time_limit' | 'memory_limit',
  value: number | undefined,
  warnings: string[],
): number {
  const { minimum, maximum, default: usual, unit } = REQUEST_LIMITS[limit];
  if (value === undefined) return usual;
  const limited = Math.min(Math.max(value, minimum), maximum);
  if (limited !== value) {
    warnings.push(`${limit} is ${limited} ${unit}, as near to ${value} as this service offers`);
  }
  return limited;
}

function outputLimit(limits: Yaml, warnings: string[]): { output_limit_kb?: number } {
  const mib = numberIn(limits, 'output', MAIN);
  if (mib === undefined) return { output_limit_kb: 8192 };
  const { minimum, maximum } = REQUEST_LIMITS.output_limit_kb;
  const limited = Math.min(Math.max(mib * 1024, minimum), maximum);
  if (limited !== mib * 1024)
    warnings.push(`output_limit_kb is ${limited}, as near to ${mib} MiB as possible`);
  return { output_limit_kb: limited };
}

function judgesOf(
  files: PackageFiles,
  yaml: Yaml,
  kind: Kind,
  limits: Yaml,
  tests: readonly DataTest[],
): Pick<ProblemDefinition, 'checker' | 'interactor' | 'validation_passes'> {
  const flags = wordsIn(yaml.validator_flags, MAIN, 'validator_flags');
  const validator = outputValidator(files);
  const needsOne =
    kind.isInteractive || kind.isMultiPass || wordsIn(yaml.validation, MAIN, 'validation').includes('custom');
  if (validator === null) {
    if (needsOne) throw new PackageFault('output_validators', 'must have the program that judges');
    return { checker: defaultChecker([...flags, ...sharedFlags(tests)], tests[0]?.flagsFrom ?? MAIN) };
  }
  const program = {
    protocol: 'icpc' as const,
    language: validator.language,
    files: validator.files.map(asFile),
    ...(flags.length > 0 && { args: [...flags] }),
    ...validationLimits(limits),
  };
  const passes = numberIn(limits, 'validation_passes', MAIN) ?? DEFAULT_PASSES;
  return {
    ...(kind.isInteractive ? { interactor: program } : { checker: { type: 'program' as const, ...program } }),
    ...(kind.isMultiPass && { validation_passes: passes }),
  };
}

function validationLimits(limits: Yaml): Pick<CheckerChoice, 'time_limit' | 'memory_limit'> {
  const time = numberIn(limits, 'validation_time', MAIN);
  const memory = numberIn(limits, 'validation_memory', MAIN);
  const bounded = (limit: 'time_limit' | 'memory_limit', value: number) =>
    Math.min(Math.max(value, REQUEST_LIMITS[limit].minimum), REQUEST_LIMITS[limit].maximum);
  return {
    ...(time !== undefined && { time_limit: bounded('time_limit', time) }),
    ...(memory !== undefined && { memory_limit: bounded('memory_limit', memory) }),
  };
}

/** Flags of the default validator, which is one for all tests. */
function sharedFlags(tests: readonly DataTest[]): readonly string[] {
  const [first] = tests;
  const other = tests.find(
    ({ validatorFlags }) => validatorFlags.join(' ') !== first?.validatorFlags.join(' '),
  );
  if (other === undefined) return first?.validatorFlags ?? [];
  throw new PackageFault(
    other.flagsFrom ?? other.path,
    'must not have flags of its own for the default validator, which is the same for all tests',
  );
}

export function asFile({ path, content }: { path: string; content: Buffer }): SubmittedFile {
  return { path, content: content.toString('base64'), encoding: 'base64' };
}

function testCase(test: DataTest, isScoring: boolean, isDefault: boolean): TestCase {
  for (const [extension, content] of [
    ['in', test.input],
    ['ans', test.answer],
  ] as const) {
    if (content.length > REQUEST_SIZES.textBytes)
      throw new PackageFault(
        `${test.path}.${extension}`,
        `must have at most ${REQUEST_SIZES.textBytes} bytes, got ${content.length}`,
      );
  }
  return {
    name: test.name,
    is_hidden: test.group !== 'sample',
    input: { blob: sha256Of(test.input) },
    expected_output: { blob: sha256Of(test.answer) },
    ...(test.args.length > 0 && { args: [...test.args] }),
    ...(!isDefault && test.validatorFlags.length > 0 && { checker_args: [...test.validatorFlags] }),
    ...(isScoring && { group: test.group }),
  };
}
