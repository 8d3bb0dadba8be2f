// Runs the tests: files that neither look at clocks nor make boxes beside each other, the others one at a time. All that
// need a Docker engine share one, started here unless DOCKER_HOST names another. With arguments, only those files.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { startOwnEngine, whyNoOwnEngine } from '../test/docker-engine.ts';
import { TIME_FACTOR } from '../test/service.ts';

const PROJECT = join(import.meta.dirname, '..');
const ALL = ['src/**/*.test.ts', 'test/**/*.test.ts'];
/** Enough that those which wait for something leave no core idle; each is a process. */
const BESIDE_EACH_OTHER = 3;
const FILE_TIMEOUT_MS = 300_000 * TIME_FACTOR;

/** They make boxes, start whole services, or measure what a busy machine changes. */
const ONE_AT_A_TIME = [
  'src/docker/**',
  'src/sandbox/**',
  'src/toolchains/**',
  'src/http/load-shedding.test.ts',
  'src/queue/throughput.test.ts',
  'src/validation/engine/analyzer.test.ts',
  'test/**',
];
/** Of those, the ones that only read files. */
const STILL_BESIDE = ['test/{architecture,documents,programs}.test.ts'];

interface Group {
  readonly name: string;
  readonly files: readonly string[];
  readonly atOnce: number;
}

function groupsOf(patterns: readonly string[]): readonly Group[] {
  const found = (list: readonly string[]) => globSync([...list], { cwd: PROJECT });
  const beside = new Set(found(STILL_BESIDE));
  const alone = new Set(found(ONE_AT_A_TIME).filter((file) => !beside.has(file)));
  const files = found(patterns).sort();
  return [
    { name: 'beside', files: files.filter((file) => !alone.has(file)), atOnce: BESIDE_EACH_OTHER },
    { name: 'alone', files: files.filter((file) => alone.has(file)), atOnce: 1 },
  ].filter((group) => group.files.length > 0);
}

/** `FAILED_FILES` is the beginning of the names of files to which the groups write where something failed. */
function reportersFor({ name }: Group): readonly string[] {
  const { FAILED_FILES } = process.env;
  if (!FAILED_FILES) return [];
  return [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(PROJECT, '.ci/failed-files.mjs')}`,
    `--test-reporter-destination=${FAILED_FILES}.${name}`,
  ];
}

/** The kernel ends the runner when this process is killed. */
const TIED = ['setpriv', '--pdeathsig', 'KILL', '--'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code of Node's test runner, and whether a signal ended it. */
async function runGroup(group: Group, environment: NodeJS.ProcessEnv) {
  const options = ['--test', '--test-force-exit', `--test-timeout=${FILE_TIMEOUT_MS}`];
  const more = (process.env.TEST_OPTIONS ?? '').split(/\s+/).filter(Boolean);
  const atOnce = `--test-concurrency=${group.atOnce}`;
  const node = [process.execPath, ...options, atOnce, ...reportersFor(group), ...more, ...group.files];
  const [program = '', ...argv] = [...(canTie() ? TIED : []), ...node];
  const child = spawn(program, argv, { cwd: PROJECT, stdio: 'inherit', env: environment });
  let isInterrupted = false;
  const pass = (signal: NodeJS.Signals) => {
    isInterrupted = true;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    const [code] = await once(child, 'exit');
    return { code: code ?? 1, isInterrupted };
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}

function canTie(): boolean {
  const [program = '', ...argv] = [...TIED, 'true'];
  return spawnSync(program, argv, { stdio: 'ignore' }).status === 0;
}

async function runAll(patterns: readonly string[]): Promise<boolean> {
  const needsEngine = patterns === ALL && !process.env.DOCKER_HOST && whyNoOwnEngine() === false;
  const engine = needsEngine ? await startOwnEngine() : null;
  const environment = { ...process.env, ...(engine && { DOCKER_HOST: engine.address }) };
  try {
    const codes: number[] = [];
    for (const group of groupsOf(patterns)) {
      const { code, isInterrupted } = await runGroup(group, environment);
      codes.push(code);
      if (isInterrupted) return false;
    }
    return codes.length > 0 && codes.every((code) => code === 0);
  } finally {
    await engine?.close();
  }
}

const patterns = process.argv.slice(2);
if (!(await runAll(patterns.length > 0 ? patterns : ALL))) process.exitCode = 1;
