// The tests in a package's `data/` and the groups that its directories are, with the settings that hold for each.

import type { TestGroup } from '../../api/request-fields.ts';
import { MAX_GROUPS, PROBLEM_LIMITS } from '../../limits.ts';
import { numberIn, PackageFault, type PackageFiles, readYaml, wordsIn, type Yaml } from './package-files.ts';

export interface DataTest {
  /** Without its extension. */
  readonly path: string;
  readonly name: string;
  /** Its directory, below `data/`. */
  readonly group: string;
  readonly input: Buffer;
  readonly answer: Buffer;
  readonly args: readonly string[];
  readonly validatorFlags: readonly string[];
  /** The file that the flags are from. */
  readonly flagsFrom: string | null;
}

const DATA = 'data/';
const ROOTS = ['data/sample/', 'data/secret/'];
/** The legacy one first: what it says holds for the groups in a group too. */
const SETTINGS = ['testdata.yaml', 'test_group.yaml'];
/** Those that are read. */
const KEYS = [
  ...['args', 'output_validator_args', 'output_validator_flags'],
  ...['grader_flags', 'grading', 'accept_score', 'on_reject'],
];
const MAX_NAME = 64;
const DEFAULT_SCORE = 100;

/** The samples first, each in the order of their paths. */
export function readTests(files: PackageFiles): readonly DataTest[] {
  const tests = ROOTS.flatMap((root) =>
    [...files.keys()].filter((path) => path.startsWith(root) && path.endsWith('.in')),
  );
  if (tests.length === 0) throw new PackageFault('data/secret', 'must have a test, NAME.in with NAME.ans');
  if (tests.length > PROBLEM_LIMITS.tests) {
    throw new PackageFault('data', `must have at most ${PROBLEM_LIMITS.tests} tests, got ${tests.length}`);
  }
  rejectLonely(files);
  return tests.map((path) => readTest(files, path.slice(0, -'.in'.length)));
}

function rejectLonely(files: PackageFiles): void {
  for (const path of files.keys()) {
    if (!ROOTS.some((root) => path.startsWith(root))) continue;
    if (path.endsWith('.ans') && !files.has(path.replace(/\.ans$/, '.in')))
      throw new PackageFault(
        path,
        `has no ${path.slice(path.lastIndexOf('/') + 1).replace(/\.ans$/, '.in')}`,
      );
    const beside = /^(.+)\.files\//.exec(path)?.[1];
    if (beside !== undefined && files.has(`${beside}.in`))
      throw new PackageFault(path, 'is a file for the program beside its input, which is not supported');
  }
}

function readTest(files: PackageFiles, path: string): DataTest {
  const answer = files.get(`${path}.ans`);
  if (answer === undefined) {
    throw new PackageFault(`${path}.in`, `has no ${path.slice(path.lastIndexOf('/') + 1)}.ans`);
  }
  const group = path.slice(DATA.length, path.lastIndexOf('/'));
  const name = path.slice(DATA.length);
  const own = readYaml(files, `${path}.yaml`);
  const { settings, flagsFrom } = settingsOf(files, group);
  const flags = own.output_validator_args ?? flagsIn(settings);
  return {
    path,
    name: name.slice(0, 200),
    group,
    input: files.get(`${path}.in`) as Buffer,
    answer,
    args: wordsIn(own.args ?? settings.args, `${path}.yaml`, 'args'),
    validatorFlags: wordsIn(flags, flagsFrom ?? `${path}.yaml`, 'output_validator_flags'),
    flagsFrom,
  };
}

/** A map names a validator, of which there is one. */
function flagsIn(settings: Yaml): unknown {
  const flags = settings.output_validator_args ?? settings.output_validator_flags;
  return typeof flags === 'object' && flags !== null && 'flags' in flags ? flags.flags : flags;
}

/** What holds for a group: its own settings over those of the directories around it. */
function settingsOf(files: PackageFiles, group: string): { settings: Yaml; flagsFrom: string | null } {
  const parts = group.split('/');
  const directories = ['', ...parts.map((_part, index) => `${parts.slice(0, index + 1).join('/')}/`)];
  let settings: Yaml = {};
  let flagsFrom: string | null = null;
  for (const directory of directories) {
    for (const name of SETTINGS) {
      const path = `${DATA}${directory}${name}`;
      const own = readYaml(files, path);
      if (own.output_validator_flags !== undefined || own.output_validator_args !== undefined)
        flagsFrom = path;
      settings = { ...settings, ...only(own, KEYS) };
    }
  }
  return { settings, flagsFrom };
}

function only(yaml: Yaml, keys: readonly string[]): Yaml {
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(yaml, key) ? [[key, yaml[key]]] : [])));
}

/** The groups of a scoring problem: each directory that has tests. */
export function groupsOf(tests: readonly DataTest[], files: PackageFiles): TestGroup[] {
  const names = [...new Set(tests.map(({ group }) => group))];
  if (names.length > MAX_GROUPS) {
    throw new PackageFault('data', `must have at most ${MAX_GROUPS} groups, got ${names.length}`);
  }
  return names.map((name) => {
    if (name.length > MAX_NAME)
      throw new PackageFault(`${DATA}${name}`, `must have at most ${MAX_NAME} characters in its path`);
    const count = tests.filter(({ group }) => group === name).length;
    const path = `${DATA}${name}/test_group.yaml`;
    return files.has(path)
      ? newGroup(name, readYaml(files, path), path, names)
      : legacyGroup(name, settingsOf(files, name).settings, count, files);
  });
}

function newGroup(name: string, settings: Yaml, path: string, names: readonly string[]): TestGroup {
  const aggregation = settings.score_aggregation ?? 'pass-fail';
  if (aggregation !== 'pass-fail' && aggregation !== 'min' && aggregation !== 'sum') {
    throw new PackageFault(
      path,
      `must have score_aggregation pass-fail, min or sum, got ${JSON.stringify(aggregation)}`,
    );
  }
  const points = name === 'sample' ? 0 : (numberIn(settings, 'max_score', path) ?? DEFAULT_SCORE);
  const required = wordsIn(settings.require_pass, path, 'require_pass');
  const unknown = required.find((each) => !names.includes(each));
  if (unknown !== undefined) {
    throw new PackageFault(path, `must require groups that have tests, got ${JSON.stringify(unknown)}`);
  }
  return {
    name,
    points,
    scoring: aggregation === 'sum' ? 'sum' : 'min',
    stop_on_failure: aggregation !== 'sum',
    ...(required.length > 0 && { depends_on: [...required] }),
  };
}

function legacyGroup(name: string, settings: Yaml, count: number, files: PackageFiles): TestGroup {
  const path = `${DATA}${name}/testdata.yaml`;
  const flags = wordsIn(settings.grader_flags, path, 'grader_flags');
  if (settings.grading === 'custom') throw new PackageFault(path, 'must not have a grader of its own');
  const mode = flags.findLast((flag) => ['sum', 'avg', 'min', 'max'].includes(flag)) ?? 'sum';
  const accept = numberIn(settings, 'accept_score', path) ?? 1;
  const root = wordsIn(
    readYaml(files, `${DATA}testdata.yaml`).grader_flags,
    `${DATA}testdata.yaml`,
    'grader_flags',
  );
  const isIgnored = name === 'sample' && root.includes('ignore_sample');
  return {
    name,
    points: isIgnored ? 0 : mode === 'sum' ? accept * count : accept,
    scoring: mode === 'min' || mode === 'max' ? mode : 'sum',
    stop_on_failure: (settings.on_reject ?? 'break') === 'break',
  };
}
