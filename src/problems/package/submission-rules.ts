// What `submissions/submissions.yaml` says of submissions, by patterns of their paths: their language, the file that is
// started, and which verdicts of which tests are permitted and required.

import { createGlob, type Glob } from '../../glob.ts';
import { mapIn, PackageFault, type PackageFiles, readYaml, wordsIn, type Yaml } from './package-files.ts';

const VERDICTS = ['AC', 'WA', 'TLE', 'RTE'] as const;
export type JudgeVerdict = (typeof VERDICTS)[number];

/** Of the tests in `scope`: all have a permitted verdict, and one has a required one. */
export interface Requirement {
  /** Their names; `null` for all tests. */
  readonly scope: ReadonlySet<string> | null;
  readonly permitted: readonly JudgeVerdict[];
  readonly required: readonly JudgeVerdict[];
}

interface SubmissionRule {
  readonly pattern: string;
  readonly language: string | null;
  readonly entrypoint: string | null;
  readonly requirements: readonly Requirement[];
}

export interface SubmissionNotes {
  readonly language: string | null;
  readonly entrypoint: string | null;
  /** Empty if the file requires nothing of it. */
  readonly requirements: readonly Requirement[];
}

export const SUBMISSIONS_YAML = 'submissions/submissions.yaml';
const MAX_RULES = 200;
/** Of one pattern with braces. */
const MAX_PATTERNS = 64;
const MAX_PATTERN = 200;
/** Signs of all patterns times characters of all paths that they are compared with: some tenths of a second. */
const MAX_STEPS = 16_000_000;
const KEYS = ['language', 'entrypoint', 'authors', 'model_solution', 'permitted', 'required'];
const UNUSED_KEYS = ['score', 'message', 'use_for_time_limit'];

/** What directories require unless the file has an entry of that name. */
const DEFAULTS = new Map([
  ['accepted', { permitted: 'AC', required: 'AC' }],
  ['rejected', { permitted: 'AC WA TLE RTE', required: 'WA TLE RTE' }],
  ['wrong_answer', { permitted: 'AC WA', required: 'WA' }],
  ['time_limit_exceeded', { permitted: 'AC TLE', required: 'TLE' }],
  ['run_time_error', { permitted: 'AC RTE', required: 'RTE' }],
  ['brute_force', { permitted: 'AC RTE TLE', required: 'RTE TLE' }],
]);

/** Of a submission by its path below `submissions/`; `tests` are the names of all tests. Both throw a `PackageFault`. */
export function readSubmissionRules(
  files: PackageFiles,
  tests: readonly string[],
  warnings: string[],
): (path: string) => SubmissionNotes {
  const entries = Object.entries(readYaml(files, SUBMISSIONS_YAML));
  if (entries.length > MAX_RULES)
    throw new PackageFault(SUBMISSIONS_YAML, `must have at most ${MAX_RULES} entries, got ${entries.length}`);
  const createPattern = withinSteps();
  const namesIn = (scope: string) => new Set(tests.filter(createPattern(scope)));
  const rules = entries.map(([pattern, value]) => ({
    isMatch: createPattern(pattern),
    ...ruleOf(pattern, value, namesIn, warnings),
  }));
  return (path) => {
    const matching = rules.filter(({ isMatch }) => isMatch(path));
    const requirements = matching.flatMap((rule) => rule.requirements);
    const [directory = ''] = path.split('/');
    const isOverridden = rules.some((rule) => rule.pattern === directory && rule.requirements.length > 0);
    const usual = requirements.length > 0 && !isOverridden ? defaultOf(directory) : [];
    return {
      language: matching.findLast(({ language }) => language !== null)?.language ?? null,
      entrypoint: matching.findLast(({ entrypoint }) => entrypoint !== null)?.entrypoint ?? null,
      requirements: [...usual, ...requirements],
    };
  };
}

/** What a directory requires, in the form of the file. */
export function defaultOf(directory: string): readonly Requirement[] {
  const usual = DEFAULTS.get(directory);
  if (usual === undefined) return [];
  const words = (text: string) => text.split(' ') as JudgeVerdict[];
  return [{ scope: null, permitted: words(usual.permitted), required: words(usual.required) }];
}

/** Makes patterns, which match a path or a directory around it, and together take a bounded number of steps. */
function withinSteps(): (pattern: string) => Glob {
  let left = MAX_STEPS;
  return (pattern) => {
    const plain = choicesOf(pattern).flatMap((choice) => [choice, `${choice}/**`]);
    const globs = plain.map(createGlob);
    const signs = plain.reduce((sum, { length }) => sum + length, 0);
    return (path) => {
      left -= signs * path.length;
      if (left < 0)
        throw fault('must have fewer or shorter patterns for this number of submissions and tests');
      return globs.some((isMatch) => isMatch(path));
    };
  };
}

function choicesOf(pattern: string): readonly string[] {
  const shown = shortened(pattern);
  if (pattern.length > MAX_PATTERN || (pattern.match(/\{/g) ?? []).length > 2)
    throw fault(`must have patterns of at most ${MAX_PATTERN} characters with two braces, got ${shown}`);
  const choices = expanded(pattern.replace(/\/$/, ''));
  if (choices.length > MAX_PATTERNS)
    throw fault(`must have at most ${MAX_PATTERNS} choices in a pattern, got ${choices.length} in ${shown}`);
  return choices;
}

function shortened(pattern: string): string {
  return JSON.stringify(pattern.slice(0, MAX_PATTERN));
}

function fault(problem: string): PackageFault {
  return new PackageFault(SUBMISSIONS_YAML, problem);
}

/** `{a,b}.py` is `a.py` and `b.py`. */
function expanded(pattern: string): readonly string[] {
  const open = pattern.indexOf('{');
  const close = pattern.indexOf('}', open);
  if (open < 0 || close < 0) return [pattern];
  const [before, after] = [pattern.slice(0, open), pattern.slice(close + 1)];
  const choices = pattern.slice(open + 1, close).split(',');
  return choices.flatMap((choice) => expanded(before + choice + after));
}

function ruleOf(
  pattern: string,
  value: unknown,
  namesIn: (scope: string) => ReadonlySet<string>,
  warnings: string[],
): SubmissionRule {
  const shown = shortened(pattern);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fault(`must have a map for ${shown}`);
  const yaml = value as Yaml;
  const scopes = Object.keys(yaml).filter((key) => ![...KEYS, ...UNUSED_KEYS].includes(key));
  for (const key of UNUSED_KEYS)
    if (yaml[key] !== undefined) warnings.push(`${SUBMISSIONS_YAML}: ${key} of ${shown} is not used`);
  return {
    pattern,
    language: textOf(yaml, 'language', shown),
    entrypoint: textOf(yaml, 'entrypoint', shown),
    requirements: [
      ...requirementOf(yaml, null, shown),
      ...scopes.flatMap((scope) =>
        requirementOf(mapIn(yaml, scope, SUBMISSIONS_YAML), namesIn(scope), shown),
      ),
    ],
  };
}

function textOf(yaml: Yaml, key: string, pattern: string): string | null {
  const value = yaml[key] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new PackageFault(SUBMISSIONS_YAML, `must have ${key} of ${pattern} as a text`);
}

function requirementOf(yaml: Yaml, scope: Requirement['scope'], pattern: string): readonly Requirement[] {
  if (yaml.permitted === undefined && yaml.required === undefined) return [];
  const verdicts = (key: 'permitted' | 'required'): readonly JudgeVerdict[] => {
    if (yaml[key] === undefined) return VERDICTS;
    const words = wordsIn(yaml[key], SUBMISSIONS_YAML, key);
    const unknown = words.find((word) => !(VERDICTS as readonly string[]).includes(word));
    if (unknown === undefined) return words as readonly JudgeVerdict[];
    throw new PackageFault(
      SUBMISSIONS_YAML,
      `must have ${key} of ${pattern} of ${VERDICTS.join(', ')}, got ${JSON.stringify(unknown)}`,
    );
  };
  return [{ scope, permitted: verdicts('permitted'), required: verdicts('required') }];
}
