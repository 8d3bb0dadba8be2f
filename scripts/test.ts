// Runs the tests: files that neither watch clocks nor make boxes beside each other, those of whole services two at a time, two
// rows of files of which one at a time runs in each, and what needs the machine to itself. All that need a Docker engine share one, started here unless DOCKER_HOST names another.
//   test.ts [--check] [unit | integration | security | FILE...]
// Without a category or files, all. --check: `npm run check` comes first, unless files are named.

import { closeSync, mkdtempDisposableSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  type Use,
} from './test-files.ts';
import { type End, runTied } from './tied-process.ts';

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
  readonly name: Use;
  readonly files: readonly string[];
  readonly atOnce: number;
}

/** Groups that run beside each other, in the order of their turns. */
function turnsOf(files: readonly string[]): readonly (readonly Group[])[] {
  const split = splitByMachineUse(files);
  const group = (name: Use, atOnce = 1) => ({ name, files: split[name], atOnce });
  const turns = [
    [group('beside', BESIDE_EACH_OTHER)],
    [group('services', SERVICES_AT_ONCE)],
    [group('systems'), group('boxes')],
    [group('alone')],
  ];
  return turns
    .map((groups) => groups.filter((each) => each.files.length > 0))
    .filter((groups) => groups.length > 0);
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

/** With `isHeldBack` its output is shown when it has ended, so as not to mix with another one's. */
async function runGroup(group: Group, environment: NodeJS.ProcessEnv, isHeldBack: boolean): Promise<End> {
  const { TEST_TOTALS } = process.env;
  const cpu = TEST_TOTALS && { TEST_CPU: `${TEST_TOTALS}.${group.name}-cpu.json` };
  const options = { cwd: PROJECT, env: { ...environment, ...cpu } };
  if (!isHeldBack) return runTied(runnerOf(group), options);
  using directory = mkdtempDisposableSync(join(tmpdir(), 'test-output-'));
  const path = join(directory.path, group.name);
  const output = openSync(path, 'w');
  const end = await runTied(runnerOf(group), { ...options, stdio: ['inherit', output, output] });
  closeSync(output);
  process.stdout.write(readFileSync(path));
  return end;
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
    for (const groups of turnsOf(files)) {
      const ends = await Promise.all(groups.map((group, index) => runGroup(group, environment, index > 0)));
      arePassed &&= ends.every(({ code }) => code === 0);
      if (ends.some(({ isInterrupted }) => isInterrupted)) return false;
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
