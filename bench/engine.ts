// Measures the engine below HTTP: the supervisor from C (engine.c), then the sandbox's own API from Node against plain
// starts of the same program, interleaved in one run. Prints tables; the ratios are what matters.
//   npm run bench:engine

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestLog } from '../src/log-fixture.ts';
import { createNativeSandbox } from '../src/sandbox/native/native-sandbox.ts';
import type { BoxCommand, Sandbox, Workspace } from '../src/sandbox/sandbox.ts';
import { BARE_ROOT, PROBE_LIMITS } from '../src/sandbox/self-test.ts';
import { MIB } from '../src/units.ts';
import { createFloor, spawnPlainly } from './floor.ts';
import { HOST_ROOT } from './host-root.ts';
import { type Contestant, compare, printTable, printThroughput, SHARE, throughput } from './measure.ts';

const HERE = import.meta.dirname;
const SUPERVISOR = join(HERE, '../supervisor/build/supervisor');
/** Of the supervisor alone. */
const ROUNDS = 6;
const CPU_GROUP = `/sys/fs/cgroup/cpuacct/bench-${process.pid}`;
const signal = new AbortController().signal;

/** The supervisor alone, in a control group of its own where the machine has v1, so that all its CPU is counted. */
function benchSupervisor(directory: string): void {
  const args = [SUPERVISOR, join(HERE, 'build/true'), directory, String(Math.ceil(ROUNDS * SHARE))];
  let inGroup = '';
  try {
    mkdirSync(CPU_GROUP);
    args.push(`${CPU_GROUP}/cpuacct.usage`);
    inGroup = `echo $$ > ${CPU_GROUP}/cgroup.procs; `;
  } catch {
    console.log('(no cgroup v1 here: CPU a run is not counted)');
  }
  try {
    const script = `${inGroup}exec nice -n -20 "$@"`;
    console.log(execFileSync('sh', ['-c', script, 'sh', join(HERE, 'build/engine'), ...args]).toString());
  } finally {
    if (inGroup) rmdirSync(CPU_GROUP);
  }
}

function boxed(name: string, workspace: Workspace, command: BoxCommand): Contestant {
  const limits = {
    ...PROBE_LIMITS,
    memoryBytes: 128 * MIB,
    diskBytes: 64 * MIB,
    cpuQuota: 0.5,
  };
  return {
    name,
    async run() {
      const outcome = await workspace.run(command, new Uint8Array(), limits, signal);
      if (outcome.exitCode !== 0) throw new Error(`${name} ended with ${JSON.stringify(outcome)}`);
    },
  };
}

async function benchApi(sandbox: Sandbox): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const program = join(HERE, 'build/true');
  await using floor = createFloor([program]);
  await using workspace = await sandbox.open(BARE_ROOT, [{ path: 'true', content: await readFile(program) }]);
  const plain: Contestant = { name: 'plain, through Node (F)', run: floor.ask };
  const spawned: Contestant = { name: 'child_process.spawn', run: () => spawnPlainly([program]) };
  const box = boxed('box (G4 against F)', workspace, { argv: ['/code/true'], environment: {} });
  printTable('static true, 3 ms between', await compare([plain, spawned, box], { runs: 300, gapMs: 3 }));
  printTable('static true, back to back', await compare([plain, spawned, box], { runs: 300, gapMs: 0 }));
}

const PYTHON = '/usr/bin/python3';
async function benchPython(sandbox: Sandbox, directory: string): Promise<void> {
  const source = 'print(1)\n';
  const file = join(directory, 'hello.py');
  writeFileSync(file, source);
  const floors = [createFloor([PYTHON, file]), createFloor([PYTHON, file])];
  await using workspace = await sandbox.open(HOST_ROOT, [{ path: 'hello.py', content: Buffer.from(source) }]);
  const box = boxed('box (G9)', workspace, {
    argv: [PYTHON, '/code/hello.py'],
    environment: { HOME: '/tmp' },
  });
  const plain: Contestant = { name: 'plain', run: () => (floors[0] as (typeof floors)[0]).ask() };
  printTable('python hello, 3 ms between', await compare([plain, box], { runs: 150, gapMs: 3 }));
  const askAny = { name: 'plain', run: (client: number) => (floors[client % 2] as (typeof floors)[0]).ask() };
  printThroughput('python hello, two at a time', await throughput([askAny, box], { clients: 2, seconds: 4 }));
  for (const floor of floors) await floor[Symbol.asyncDispose]();
}

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  execFileSync('make', ['-s', '-C', HERE]);
  benchSupervisor(directory);
  const sandbox = await createNativeSandbox({
    slots: 2,
    dataDirectory: directory,
    artifactCacheBytes: 64 * MIB,
    log: createTestLog(),
  });
  await benchApi(sandbox);
  await benchPython(sandbox, directory);
  await sandbox.close();
} finally {
  rmSync(directory, { recursive: true });
}
