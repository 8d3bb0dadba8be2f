// Programs whose runtime was started ahead pass the contract's cases of single runs; runtimes that die are counted and never
// get a run.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MIB } from '../../units.ts';
import { PROBE } from '../contract-fixture.ts';
import type { BoxCommand, BoxFile, RootFileSystem, Sandbox, Workspace } from '../sandbox.ts';
import { runContract } from '../sandbox-contract.ts';
import { PROBE_LIMITS, probeFiles } from '../self-test.ts';
import { eventually, startSandbox } from './supervisor-fixture.ts';

/** The probe stands in for a runtime: it starts ahead, waits, and then runs the submission's probe. */
const RUNTIME: RootFileSystem = {
  fingerprint: 'runtime',
  mounts: [{ kind: 'bind', source: PROBE, target: '/opt/runtime' }],
};
const { signal } = new AbortController();

const stateOf = async (sandbox: Sandbox) => {
  assert.ok(sandbox.warmState);
  return sandbox.warmState();
};
const waits = (sandbox: Sandbox) => eventually(async () => (await stateOf(sandbox)).waiting > 0);

function runtimeFor({ argv, environment }: BoxCommand): { command: BoxCommand; file: BoxFile } {
  const content = Buffer.from(
    argv
      .slice(1)
      .map((argument) => `${argument}\0`)
      .join(''),
  );
  const command = { argv: ['/opt/runtime', 'runtime'], environment, hasGate: true };
  return { command, file: { path: 'arguments', content } };
}

/** A sandbox that runs the probe by that runtime, when one waits. */
async function startedAhead(): Promise<Sandbox> {
  const { sandbox } = await startSandbox({ warmBytes: 64 * MIB });
  const viaRuntime = (workspace: Workspace, files: readonly BoxFile[]): Workspace => ({
    build: (...args) => workspace.build(...args),
    findBuild: (...args) => workspace.findBuild(...args),
    start: (...args) => workspace.start(...args),
    async run(given, stdin, limits, cancel, onOutput, code) {
      const { command, file } = runtimeFor(given);
      const { hits, misses } = await stateOf(sandbox);
      if (hits + misses > 2) await waits(sandbox);
      return workspace.run(command, stdin, limits, cancel, onOutput, [...(code ?? files), file]);
    },
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  });
  const open: Sandbox['open'] = async (root, files) => viaRuntime(await sandbox.open(root, files), files);
  const close = async () => {
    const { hits, misses, deaths } = await stateOf(sandbox);
    await sandbox.close();
    assert.ok(hits > misses && deaths === 0, `${hits} hits, ${misses} misses, ${deaths} deaths`);
  };
  return { ...sandbox, open, close };
}

const OF_RUNTIMES = 'only a runtime starts, which finds the program later';
runContract('native, started ahead', startedAhead, {
  root: RUNTIME,
  skip: {
    'a missing tool is an error and not a result': OF_RUNTIMES,
    "a submission's program that cannot be started ends as in a shell": OF_RUNTIMES,
    'many runs share the slots without seeing each other': 'it lists the files, with that of the arguments',
    'time in which a quota throttles a program does not count against its wall-clock limit':
      'it takes two seconds, and two shorter cases are about quotas',
  },
});

const own = startSandbox({ warmBytes: 64 * MIB });
after(async () => (await own).sandbox.close());

const run = (workspace: Workspace, command: BoxCommand, changes = {}) =>
  workspace.run(command, new Uint8Array(), { ...PROBE_LIMITS, ...changes }, signal);

test('a runtime that ends before its run is counted and gets none', async () => {
  const { sandbox } = await own;
  await using workspace = await sandbox.open(RUNTIME, await probeFiles());
  const command = { argv: ['/opt/runtime', 'exit', '5'], environment: {}, hasGate: true };
  for (let i = 0; i < 3; i++) assert.equal((await run(workspace, command)).exitCode, 5);
  assert.ok(await eventually(async () => (await stateOf(sandbox)).deaths > 0));
  for (let i = 0; i < 5; i++) assert.equal((await run(workspace, command)).exitCode, 5);
  const { hits, waiting, deaths } = await stateOf(sandbox);
  assert.deepEqual({ hits, waiting }, { hits: 0, waiting: 0 });
  // A run that comes while the first one starts makes the supervisor start another.
  assert.ok(deaths <= 2, `${deaths} deaths: after one, none is started for a while`);
});

test('what a start used is not charged to the run, and a run of another class starts by itself', async () => {
  const { sandbox } = await own;
  const { command, file } = runtimeFor({ argv: ['', 'exit', '6'], environment: {} });
  const slow = { ...command, argv: [...command.argv, '300'] };
  await using workspace = await sandbox.open(RUNTIME, [...(await probeFiles()), file]);
  for (let i = 0; i < 2; i++) {
    const { exitCode, cpuTimeMs } = await run(workspace, slow);
    assert.ok(exitCode === 6 && cpuTimeMs >= 300, `${cpuTimeMs} ms`);
  }
  assert.ok(await waits(sandbox));
  const before = await stateOf(sandbox);
  assert.equal((await run(workspace, slow, { stackBytes: 4 * MIB })).exitCode, 6);
  assert.equal((await stateOf(sandbox)).hits, before.hits);
  const { exitCode, cpuTimeMs } = await run(workspace, slow);
  assert.ok(exitCode === 6 && cpuTimeMs < 200, `${cpuTimeMs} ms`);
  assert.equal((await stateOf(sandbox)).hits, before.hits + 1);
  assert.ok(before.memoryBytes > 0);
});
