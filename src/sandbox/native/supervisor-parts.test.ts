// What the supervisor does that no result shows: quotas as the kernel has them, what it keeps of itself from other
// processes, when it looks at the clock, and what happens between two boxes of a slot.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { runFrame } from '../frames.ts';
import type { BoxLimits, Sandbox, Workspace } from '../sandbox.ts';
import { BARE_ROOT, PROBE_LIMITS, probeCommand, probeFiles } from '../self-test.ts';
import {
  controlGroupsOf,
  descendantsOf,
  eventually,
  makeDataDirectory,
  type Process,
  SUPERVISOR,
  startRawSupervisor,
  startSandbox,
  stillThere,
  TIME_FACTOR,
} from './supervisor-fixture.ts';

const PROBE = join(dirname(SUPERVISOR), 'slot-probe');
const FREEZER = '/sys/fs/cgroup/freezer';
const LIMITS: BoxLimits = {
  ...PROBE_LIMITS,
  cpuTimeMs: 5000 * TIME_FACTOR,
  wallTimeMs: 20_000 * TIME_FACTOR,
};
const NOTHING = new Uint8Array();

describe('the code of a slot', () => {
  before(() => void execFileSync('make', ['-s', '-C', join(dirname(SUPERVISOR), '..'), 'build/slot-probe']));
  const probe = (...args: readonly string[]) => execFileSync(PROBE, args, { encoding: 'utf8' }).trim();

  test('the next check comes when all processors together can have used up the limit', () => {
    assert.equal(probe('next-check', '40'), '10');
  });

  test('an event of a box that is gone does not reach the next one', () => {
    assert.equal(probe('event', '7'), 'ignored');
    assert.equal(probe('event', '0'), 'handled');
  });
});

describe('the supervisor itself', () => {
  test('asks the kernel not to choose it when memory runs out', async () => {
    const score = join(await makeDataDirectory(), 'score');
    writeFileSync(score, '');
    // Whoever may lower a score or not: the file that it writes to is another one, in a mount namespace of its own.
    const script = `mount --bind ${score} /proc/$$/oom_score_adj && exec "$@"`;
    const supervisor = await startRawSupervisor('unshare', {}, ['-m', 'sh', '-c', script, 'sh', SUPERVISOR]);
    supervisor.socket.end();
    await supervisor.ended;
    assert.equal(readFileSync(score, 'utf8'), '-1000');
  });

  test('cannot be inspected by a process of its user', async () => {
    // Without the capability that may inspect everything, and what reads has no fewer than what is read.
    const lesser = ['--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace'];
    const supervisor = await startRawSupervisor('setpriv', {}, [...lesser, SUPERVISOR]);
    const other = spawn('setpriv', [...lesser, 'sleep', '60']);
    try {
      const inspect = (pid = 0) => spawnSync('setpriv', [...lesser, 'readlink', `/proc/${pid}/exe`]).status;
      assert.ok(await eventually(() => inspect(other.pid) === 0), 'a process that allows it');
      assert.notEqual(inspect(supervisor.child.pid), 0);
    } finally {
      other.kill('SIGKILL');
      supervisor.socket.end();
      await supervisor.ended;
    }
  });
});

describe('supervisors in different PID namespaces', () => {
  /** Sees neither the process of the other nor its own number outside. */
  const startElsewhere = () =>
    startRawSupervisor('unshare', {}, ['--pid', '--fork', '--mount-proc', '--kill-child', SUPERVISOR]);

  test('do not end the boxes of the other as leftovers', async () => {
    const other = await startElsewhere();
    const supervisor = descendantsOf(other.child.pid as number).at(0)?.pid as number;
    try {
      // There is no such program, but a box is made for it, and another one ahead.
      const command = { argv: ['/nothing'], environment: {} };
      const run = { root: 0, code: 0, build: 0, collect: 0, command, stdin: Buffer.alloc(0), limits: LIMITS };
      other.socket.write(runFrame(1, run));
      await other.answer(({ type }) => type !== 'ready');
      assert.ok(await eventually(() => descendantsOf(supervisor).length > 0), 'a launcher');
      const processes = descendantsOf(supervisor).filter(({ parent }) => parent === supervisor);
      // This one sees the processes of the other, under numbers that the names of its groups do not have.
      const { sandbox } = await startSandbox({ slots: 1 });
      await sandbox.close();
      assert.deepEqual(stillThere(processes), processes);
    } finally {
      other.socket.end();
      await other.ended;
    }
  });

  test('remove the control groups of one that was killed', async () => {
    const killed = await startRawSupervisor();
    const groups = controlGroupsOf(killed.child.pid as number);
    killed.child.kill('SIGKILL');
    await killed.ended;
    assert.ok(groups.some((path) => existsSync(path)));
    const other = await startElsewhere();
    assert.deepEqual(
      groups.filter((path) => existsSync(path)),
      [],
    );
    other.socket.end();
    await other.ended;
  });
});

describe('between two boxes', () => {
  let sandbox: Sandbox;
  let supervisor: number;
  let workspace: Workspace;
  before(async () => {
    const started = await startSandbox({ slots: 1 });
    sandbox = started.sandbox;
    supervisor = started.supervisors.at(-1) as number;
    workspace = await sandbox.open(BARE_ROOT, await probeFiles());
  });
  after(async () => {
    await workspace[Symbol.asyncDispose]();
    await sandbox.close();
  });

  const run = (
    args: readonly string[],
    limits: Partial<BoxLimits> = {},
    signal = new AbortController().signal,
  ) => workspace.run(probeCommand(...args), NOTHING, { ...LIMITS, ...limits }, signal);

  async function programWith(...args: readonly string[]): Promise<Process> {
    const wanted = ['/code/probe', ...args, ''].join('\0');
    const find = () => descendantsOf(supervisor).filter(({ pid }) => commandOf(pid) === wanted);
    assert.ok(await eventually(() => find().length > 0));
    return find().at(-1) as Process;
  }

  /** The file of a program's control group in the first hierarchy that has it. */
  function fileOfGroup({ pid }: Process, name: string): string {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'latin1').trim().split('\n');
    const groups = new Set(lines.map((line) => basename(line.split(':')[2] ?? '')));
    const found = controlGroupsOf(supervisor).find(
      (path) => groups.has(basename(path)) && existsSync(join(path, name)),
    );
    assert.ok(found, name);
    return join(found, name);
  }

  const isV2 = !existsSync('/sys/fs/cgroup/memory');

  test('a program has the quota of its limits, neither more nor less', async () => {
    for (const cpuQuota of [0.25, 0.7]) {
      const abort = new AbortController();
      const ended = run(['sleep', '3600000'], { cpuQuota }, abort.signal);
      const program = await programWith('sleep', '3600000');
      const [quota, period] = isV2
        ? readFileSync(fileOfGroup(program, 'cpu.max'), 'utf8').split(' ')
        : ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) =>
            readFileSync(fileOfGroup(program, name), 'utf8'),
          );
      abort.abort();
      await ended;
      // A hundredth more, as QUOTA_US says.
      assert.ok(Math.abs(Number(quota) / Number(period) / cpuQuota - 1.01) < 0.001, `${quota} of ${period}`);
    }
  });

  const skip = isV2
    ? 'each box has a group of its own'
    : !existsSync(FREEZER) && 'needs the freezer of version 1';

  test('memory that ran out after the end of a program is not the next one’s', { skip }, async (t) => {
    const ended = run(['leave-child', String(1000 * TIME_FACTOR)]);
    const child = await childLeft();
    const frozen = freeze(t, child);
    assert.equal((await ended).exitCode, 0);
    // The box cannot die while its child is frozen, and in the group of its slot the kernel ends a process for memory.
    const group = dirname(fileOfGroup(child, 'memory.limit_in_bytes'));
    const kills = () =>
      Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(group, 'memory.oom_control'), 'utf8'))?.[1]);
    const before = kills();
    const script = `echo $$ > ${group}/cgroup.procs; exec dd if=/dev/zero of=/dev/null bs=1G count=1`;
    await once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'exit');
    assert.ok(kills() > before, 'the kernel ended it for memory');
    frozen.thaw();
    const next = await run(['exit', '0']);
    assert.deepEqual([next.exitCode, next.outOfMemory], [0, false]);
  });

  /** The child of a program that ends before it. */
  async function childLeft(): Promise<Process> {
    const find = () => {
      const all = descendantsOf(supervisor).filter(({ pid }) =>
        commandOf(pid).startsWith('/code/probe\0leave-child\0'),
      );
      return all.find(({ parent }) => all.some(({ pid }) => pid === parent));
    };
    assert.ok(await eventually(() => find() !== undefined));
    return find() as Process;
  }

  function freeze(t: TestContext, { pid }: Process): { thaw(): void } {
    const group = `${FREEZER}/code-execution-test-${process.pid}`;
    mkdirSync(group);
    const state = (wanted: string) => writeFileSync(join(group, 'freezer.state'), wanted);
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    state('FROZEN');
    t.after(async () => {
      state('THAWED');
      assert.ok(await eventually(() => readFileSync(join(group, 'cgroup.procs'), 'utf8') === ''));
      rmdirSync(group);
    });
    return { thaw: () => state('THAWED') };
  }
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
