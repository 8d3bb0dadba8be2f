// What a program in a box cannot see, observed from the machine: the run directory, the capabilities of the box's init, the
// limit of swap, the end of a launcher, and the CPU time of a run that ended before the supervisor sampled it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { attack, SERVING } from '../../../test/escapes/stage.ts';
import { type BoxLimits, type Sandbox, SandboxError, type Workspace } from '../sandbox.ts';
import { BARE_ROOT, PROBE_LIMITS, probeCommand, probeFiles } from '../self-test.ts';
import {
  controlGroupsOf,
  descendantsOf,
  eventually,
  makeDataDirectory,
  type Process,
  startSandbox,
  stillThere,
  TIME_FACTOR,
} from './supervisor-fixture.ts';

const LIMITS: BoxLimits = {
  ...PROBE_LIMITS,
  cpuTimeMs: 5000 * TIME_FACTOR,
  wallTimeMs: 10_000 * TIME_FACTOR,
};

/** Starts the supervisor, takes in what it leaves, and waits for nothing else: as a first process of a container may be. */
const careless = attack(`
int main(int argc, char **argv) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t child = fork();
  if (child == 0) {
    execv("${SERVING.program}", argv);
    _exit(1);
  }
  close(3);
  return waitpid(child, NULL, 0) < 0;
}`);

describe('a box, from outside', () => {
  let sandbox: Sandbox;
  let supervisor: number;
  let runDirectory: string;
  let workspace: Workspace;
  before(async () => {
    const started = await startSandbox({ slots: 1 });
    ({ sandbox, runDirectory } = started);
    supervisor = started.supervisors.at(-1) as number;
    workspace = await sandbox.open(BARE_ROOT, await probeFiles());
  });
  after(async () => {
    await workspace[Symbol.asyncDispose]();
    await sandbox.close();
  });

  /** The process that runs the probe with these arguments, once there is one. */
  async function programOf(...args: readonly string[]): Promise<Process> {
    const wanted = ['/code/probe', ...args, ''].join('\0');
    const find = () =>
      descendantsOf(supervisor).find(({ pid }) => readIfThere(`/proc/${pid}/cmdline`) === wanted);
    assert.ok(await eventually(() => find() !== undefined));
    return find() as Process;
  }

  /** Inspects the program of a box while it sleeps. */
  async function whileRunning(look: (program: Process) => void | Promise<void>): Promise<void> {
    const abort = new AbortController();
    const run = workspace.run(probeCommand('sleep', '3600000'), new Uint8Array(), LIMITS, abort.signal);
    try {
      await look(await programOf('sleep', '3600000'));
    } finally {
      abort.abort();
      await run.catch(() => {});
    }
  }

  test('only root can read the run directory', () => {
    const { mode } = statSync(`/proc/${supervisor}/root${runDirectory}`);
    assert.equal((mode & 0o7777).toString(8), '700');
  });

  test('its init holds no capability while a program runs', async () => {
    await whileRunning(async ({ parent }) => {
      const status = () => readFileSync(`/proc/${parent}/status`, 'utf8');
      assert.ok(await eventually(() => /^CapEff:\s*0+$/m.test(status())), status());
      assert.match(status(), /^CapPrm:\s*0+$/m);
      assert.match(status(), /^CapInh:\s*0+$/m);
    });
  });

  test('the filter of system calls is in force for its init and its launcher too', async () => {
    await whileRunning(({ parent }) => {
      const launcher = descendantsOf(supervisor).find(({ pid }) => pid === parent)?.parent;
      for (const pid of [parent, launcher])
        assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Seccomp:\s*2$/m);
    });
  });

  test('swap does not raise its memory limit', async (context) => {
    await whileRunning(() => {
      const groups = controlGroupsOf(supervisor).filter((path) => /\/box-0-\d+$/.test(path));
      const figures = (name: string) =>
        groups
          .map((group) => join(group, name))
          .filter(existsSync)
          .map((path) => readFileSync(path, 'utf8').trim());
      const both = figures('memory.memsw.limit_in_bytes');
      const swap = figures('memory.swap.max');
      if (both.length + swap.length === 0) return context.skip('swap is not counted here');
      if (both.length > 0) assert.deepEqual(both, figures('memory.limit_in_bytes'));
      assert.deepEqual(
        swap.filter((bytes) => bytes !== '0'),
        [],
      );
    });
  });

  test('the end of its launcher ends it, and fails its run as retryable', async () => {
    const run = workspace.run(
      probeCommand('sleep', '3600000'),
      new Uint8Array(),
      LIMITS,
      new AbortController().signal,
    );
    const ended = assert.rejects(run, (error) => error instanceof SandboxError && error.retryable);
    const program = await programOf('sleep', '3600000');
    const init = descendantsOf(supervisor).find(({ pid }) => pid === program.parent) as Process;
    process.kill(init.parent, 'SIGKILL');
    await ended;
    assert.ok(await eventually(() => stillThere([program, init]).length === 0));
    const next = workspace.run(
      probeCommand('exit', '3'),
      new Uint8Array(),
      LIMITS,
      new AbortController().signal,
    );
    assert.equal((await next).exitCode, 3);
  });

  test('the boxes of a killed launcher are waited for', async () => {
    const program = join(await makeDataDirectory(), 'supervisor');
    writeFileSync(program, careless.file.content, { mode: 0o755 });
    const started = await startSandbox({ slots: 1, program, selfTest: false });
    try {
      const everything = () => descendantsOf(started.supervisors.at(-1) as number);
      await using own = await started.sandbox.open(BARE_ROOT, await probeFiles());
      const { signal } = new AbortController();
      assert.equal((await own.run(probeCommand('exit', '0'), new Uint8Array(), LIMITS, signal)).exitCode, 0);
      // The supervisor, a launcher, and the first process of a box that is made ahead.
      assert.ok(await eventually(() => everything().length >= 3));
      const [, launcher] = everything().toSorted((one, other) => one.pid - other.pid);
      process.kill((launcher as Process).pid, 'SIGKILL');
      assert.ok(await eventually(() => stillThere([launcher as Process]).length === 0));
      assert.ok(await eventually(() => everything().every(({ state }) => state !== 'Z')));
    } finally {
      await started.sandbox.close();
    }
  });

  test('a program that ended by itself over its CPU limit is reported as over it', async () => {
    const limits = { ...LIMITS, cpuTimeMs: 20 * TIME_FACTOR };
    let endedByItself = false;
    for (let round = 0; round < 200 && !endedByItself; round++) {
      const { signal } = new AbortController();
      const command = probeCommand('burn', String(limits.cpuTimeMs));
      const outcome = await workspace.run(command, new Uint8Array(), limits, signal);
      const isOver = outcome.cpuTimeMs >= limits.cpuTimeMs;
      assert.equal(outcome.limitReached, isOver ? 'cpu' : null);
      endedByItself = isOver && outcome.exitCode === 0;
    }
    assert.ok(endedByItself);
  });
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // of a process that has just gone
  }
}
