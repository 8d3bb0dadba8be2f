// Runs the tests: files that neither watch clocks nor make boxes beside each other, those of whole services two at a time, the
// others one at a time. All that need a Docker engine share one, started here unless DOCKER_HOST names another.
//   test.ts [--check] [unit | integration | security | FILE...]
// Without a category or files, all. --check: `npm run check` comes first, unless files are named.

import { join } from 'node:path';
import { startOwnEngine, whyNoOwnEngine } from '../test/docker-engine.ts';
import { TIME_FACTOR } from '../test/service.ts';
import {
  CATEGORIES,
  type Category,
  filesOfCategory,
  findTestFiles,
  PROJECT,
  splitByMachineUse,
} from './test-files.ts';
import { runTied } from './tied-process.ts';

/** Enough that those which wait for something leave no core idle; each is a process. */
const BESIDE_EACH_OTHER = 3;
const SERVICES_AT_ONCE = 2;
const FILE_TIMEOUT_MS = 300_000 * TIME_FACTOR;
/** What Node made of the sources: each of hundreds of processes loads most of them, and removing types takes the longest. */
const COMPILE_CACHE = join(PROJECT, 'node_modules/.cache/compiled');
/** Categories whose tests start containers. */
const WITH_ENGINE: readonly (Category | null)[] = [null, 'integration', 'security'];

interface Selection {
  /** `null`: all files, or those that were named. */
  readonly category: Category | null;
  readonly isNamed: boolean;
  readonly files: readonly string[];
}

function select(words: readonly string[]): Selection {
  const category = CATEGORIES.find((name) => words.length === 1 && words[0] === name) ?? null;
  if (category !== null) return { category, isNamed: false, files: filesOfCategory(category) };
  return { category, isNamed: words.length > 0, files: findTestFiles(words.length > 0 ? words : undefined) };
}

interface Group {
  readonly name: string;
  readonly files: readonly string[];
  readonly atOnce: number;
}

function groupsOf(files: readonly string[]): readonly Group[] {
  const { beside, services, alone } = splitByMachineUse(files);
  return [
    { name: 'beside', files: beside, atOnce: BESIDE_EACH_OTHER },
    { name: 'services', files: services, atOnce: SERVICES_AT_ONCE },
    { name: 'alone', files: alone, atOnce: 1 },
  ].filter((group) => group.files.length > 0);
}

/** `TEST_TOTALS` is the beginning of the names of files to which the groups write their totals and CPU times as JSON. */
function reportersFor({ name }: Group): readonly string[] {
  const { TEST_TOTALS } = process.env;
  if (!TEST_TOTALS) return [];
  return [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(PROJECT, 'scripts/totals-reporter.mjs')}`,
    `--test-reporter-destination=${TEST_TOTALS}.${name}.json`,
    `--import=${join(PROJECT, 'scripts/count-cpu.mjs')}`,
  ];
}

function runnerOf(group: Group): readonly string[] {
  const options = ['--test', '--test-force-exit', `--test-timeout=${FILE_TIMEOUT_MS}`];
  const more = (process.env.TEST_OPTIONS ?? '').split(/\s+/).filter(Boolean);
  const atOnce = `--test-concurrency=${group.atOnce}`;
  return [process.execPath, ...options, atOnce, ...reportersFor(group), ...more, ...group.files];
}

async function runFiles({ category, isNamed, files }: Selection): Promise<boolean> {
  const needsEngine = !isNamed && WITH_ENGINE.includes(category);
  const startsEngine = needsEngine && !process.env.DOCKER_HOST && whyNoOwnEngine() === false;
  const engine = startsEngine ? await startOwnEngine() : null;
  const environment = {
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...process.env,
    ...(engine && { DOCKER_HOST: engine.address }),
  };
  try {
    let arePassed = true;
    for (const group of groupsOf(files)) {
      const { TEST_TOTALS } = process.env;
      const env = {
        ...environment,
        ...(TEST_TOTALS && { TEST_CPU: `${TEST_TOTALS}.${group.name}-cpu.json` }),
      };
      const { code, isInterrupted } = await runTied(runnerOf(group), { cwd: PROJECT, env });
      arePassed &&= code === 0;
      if (isInterrupted) return false;
    }
    return arePassed;
  } finally {
    await engine?.close();
  }
}

async function passes(...words: readonly string[]): Promise<boolean> {
  const { code } = await runTied(words, { cwd: PROJECT });
  return code === 0;
}

async function main([...words]: readonly string[]): Promise<boolean> {
  const isChecking = words[0] === '--check';
  if (isChecking) words.shift();
  const selection = select(words);
  if (selection.files.length === 0) {
    console.error(`no test file matches ${words.join(' ')}`);
    return false;
  }
  // Builds the supervisor, if it is not built yet.
  if (!(await passes(process.execPath, 'scripts/setup.mjs'))) return false;
  if (isChecking && !selection.isNamed && !(await passes('npm', 'run', 'check'))) return false;
  return runFiles(selection);
}

if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
