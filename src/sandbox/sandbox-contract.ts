// The cases that every driver of the sandbox passes, registered for the driver that a factory makes. They know the
// contract in sandbox.ts and the probe, a static program that boxes run, but no driver.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../units.ts';
import {
  assertExited,
  type Contract,
  type ContractOptions,
  createContract,
  eventually,
  NOTHING,
  never,
  PROBE,
  probeCommand,
  strings,
  text,
} from './contract-fixture.ts';
import {
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  type Sandbox,
  SandboxError,
  type Workspace,
} from './sandbox.ts';
import { liveOutput, sessions, terminals } from './session-contract.ts';

/** Registers the cases as tests. `create` makes a sandbox with at least two slots; each one is closed after its cases. */
export function sandboxContract(
  name: string,
  create: () => Promise<Sandbox>,
  options: ContractOptions = {},
): void {
  describe(`${name} sandbox`, () => {
    const contract = createContract(create, options);
    endings(contract);
    whatGoesIn(contract);
    whatComesOut(contract);
    timeLimits(contract);
    memoryLimits(contract);
    afterMemoryLimits(contract);
    countLimits(contract);
    files(contract);
    builds(contract);
    buildCache(contract);
    cancellation(contract);
    isolationOfRuns(contract);
    figures(contract);
    leftProcesses(contract);
    sessions(contract);
    liveOutput(contract);
    terminals(contract);
    lifetime(contract);
  });
}

/** The cases of single runs, for runs that a driver starts in another way than usual. */
export function runContract(
  name: string,
  create: () => Promise<Sandbox>,
  options: ContractOptions = {},
): void {
  describe(`${name} sandbox`, () => {
    const contract = createContract(create, options);
    for (const cases of [endings, whatGoesIn, whatComesOut, timeLimits, memoryLimits]) cases(contract);
    for (const cases of [countLimits, isolationOfRuns, figures, leftProcesses]) cases(contract);
  });
}

/** The processes of the machine that have `token` among their arguments, as lines. */
export async function processesWith(token: string): Promise<string[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    numbers.map(async (pid) => `${pid} ${await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')}`),
  );
  return lines.filter((line) => line.includes(token));
}

function endings({ it, probe, open, runIn, limits }: Contract): void {
  it('an exit code is reported unchanged', async () => {
    for (const code of [0, 1, 2, 42, 127, 128, 255]) assertExited(await probe(['exit', String(code)]), code);
  });

  it('a signal that ends a program is reported by its name', async () => {
    const signals = { SIGHUP: 1, SIGABRT: 6, SIGFPE: 8, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };
    for (const [signal, number] of Object.entries(signals)) {
      const outcome = await probe(['signal', String(number)]);
      assert.equal(outcome.signal, signal);
      assert.equal(outcome.exitCode, null);
      assert.equal(outcome.limitReached, null, 'a signal of its own is no limit');
      assert.equal(outcome.outOfMemory, false);
      assert.equal(outcome.forbiddenSystemCall, false);
    }
  });

  it('a forbidden system call ends a program and is reported', async () => {
    const outcome = await probe(['unshare']);
    assert.equal(outcome.signal, 'SIGSYS');
    assert.equal(outcome.forbiddenSystemCall, true);
    assert.equal(outcome.exitCode, null);
    assert.equal((await probe(['exit', '0'])).forbiddenSystemCall, false);
  });

  it('no way out of the box is open', async () => {
    const outcome = await probe(['isolation']);
    assert.deepEqual(
      text(outcome.stdout)
        .split('\n')
        .filter((line) => line.startsWith('OPEN')),
      [],
    );
    assertExited(outcome, 0);
  });

  it('a missing tool is an error and not a result', async () => {
    await using workspace = await open();
    for (const path of ['/usr/bin/missing', '/code']) {
      const run = workspace.run({ argv: [path], environment: {} }, NOTHING, limits, never());
      await assert.rejects(run, (error) => error instanceof SandboxError && !error.retryable);
    }
    assertExited(await runIn(workspace, ['exit', '0']), 0);
  });

  it("a submission's program that cannot be started ends as in a shell", async () => {
    await using workspace = await open({ path: 'text', content: Buffer.from('no program') });
    const start = (path: string) =>
      workspace.run({ argv: [path], environment: {} }, NOTHING, limits, never());
    const missing = await start('/build/program');
    assertExited(missing, 127);
    assert.match(text(missing.stderr), /^\/build\/program: No such file or directory$/m);
    assertExited(await start('/code/text'), 126);
  });
}

function whatGoesIn({ it, probe, open, runIn, limits }: Contract): void {
  it('stdin may be empty', async () => {
    const outcome = await probe(['echo']);
    assertExited(outcome, 0);
    assert.equal(outcome.stdout.length, 0);
  });

  it('stdin of 3 MB arrives byte for byte', async () => {
    const stdin = randomBytes(3_000_000);
    const outcome = await probe(['echo'], { stdin });
    assertExited(outcome, 0);
    assert.ok(stdin.equals(outcome.stdout));
  });

  it('stdin that a program does not read is harmless', async () => {
    assertExited(await probe(['exit', '7'], { stdin: randomBytes(3_000_000) }), 7);
  });

  it('arguments are passed untouched', async () => {
    const args = [
      'with space',
      '',
      '"double" \'single\' `back`',
      'new\nline\r\n\ttab',
      '--dash',
      '-x',
      '--',
      '$HOME $(id) ; | & > < * ? \\ !',
      'żółw 🐢 漢字',
      '%s %n',
      'x'.repeat(60_000),
      '',
    ];
    const outcome = await probe(['arguments', ...args]);
    assertExited(outcome, 0);
    assert.deepEqual(strings(outcome.stdout), args);
  });

  it('the environment is exactly what is given', async () => {
    assert.deepEqual(strings((await probe(['environment'])).stdout), []);
    const environment = { PATH: '/x y', EMPTY: '', 'WITH=': 'a=b', LINES: 'a\nb', LANG: 'żółw 🐢' };
    const outcome = await probe(['environment'], { environment });
    assert.deepEqual(
      strings(outcome.stdout).sort(),
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    );
  });

  it('argv[0] is a path in the box and the first argument', async () => {
    await using workspace = await open();
    const command = { argv: ['/box/work/probe', 'exit', '3'], environment: {} };
    assertExited(await workspace.run(command, NOTHING, limits, never()), 3);
    assertExited(await runIn(workspace, ['exit', '4']), 4);
  });
}

function whatComesOut({ it, probe, limits }: Contract): void {
  it('both streams arrive byte for byte, with NUL and invalid UTF-8', async () => {
    const stdin = Buffer.concat([
      Buffer.from([...Array(256).keys()]),
      Buffer.from('c328ff00fe8080', 'hex'),
      randomBytes(70_000),
    ]);
    const outcome = await probe(['echo-twice'], { stdin });
    assertExited(outcome, 0);
    assert.ok(stdin.equals(outcome.stdout), 'stdout');
    assert.ok(stdin.equals(outcome.stderr), 'stderr');
    assert.equal(outcome.stdoutTruncated || outcome.stderrTruncated, false);
  });

  for (const stream of ['stdout', 'stderr'] as const) {
    const flag = `${stream}Truncated` as const;
    it(`as many bytes on ${stream} as the limit are allowed`, async () => {
      for (const outputBytes of [1, 4096, 100_001, MIB]) {
        const outcome = await probe([stream, String(outputBytes)], { limits: { outputBytes } });
        assertExited(outcome, 0);
        assert.equal(outcome[stream].length, outputBytes);
        assert.equal(outcome[flag], false);
      }
    });

    it(`one byte more on ${stream} is cut off and reported`, async () => {
      for (const outputBytes of [0, 1, 4096, 100_001, MIB]) {
        const outcome = await probe([stream, String(outputBytes + 1)], { limits: { outputBytes } });
        assert.equal(outcome.limitReached, 'output', `${outputBytes}`);
        assert.equal(outcome[stream].length, outputBytes);
        assert.equal(outcome[flag], true);
        assert.ok(Buffer.alloc(outputBytes, 'x').equals(outcome[stream]));
      }
    });
  }

  it('a flood of output ends the program', async () => {
    const outcome = await probe(['stdout', String(1e12)], { limits: { outputBytes: 1000 } });
    assert.equal(outcome.limitReached, 'output');
    assert.equal(outcome.stdout.length, 1000);
    assert.equal(outcome.stderrTruncated, false);
  });

  it('each stream has the whole limit', async () => {
    const stdin = Buffer.alloc(10_000, 'y');
    const outcome = await probe(['echo-twice'], { stdin, limits: { outputBytes: 10_000 } });
    assertExited(outcome, 0);
    assert.deepEqual([outcome.stdout.length, outcome.stderr.length], [10_000, 10_000]);
  });

  it('a program can reopen its output, but not read it', async () => {
    for (const path of ['/dev/stdout', '/dev/stderr']) {
      const outcome = await probe(['write', path, '5']);
      assertExited(outcome, 0);
      assert.equal(text(path === '/dev/stdout' ? outcome.stdout : outcome.stderr), 'xxxxx');
      assertExited(await probe(['print', path]), 2);
    }
  });

  it('a program that closes its output runs to its end', async () => {
    const outcome = await probe(['outlive-output', '30'], { limits: { ...limits } });
    assertExited(outcome, 5);
    assert.ok(outcome.wallTimeMs >= 30);
  });
}

function timeLimits({ it, probe, timeFactor }: Contract): void {
  const cpuTimeMs = 150 * timeFactor;

  it('a program that spins is ended at its CPU limit', async () => {
    const outcome = await probe(['spin', '1'], { limits: { cpuTimeMs } });
    assert.equal(outcome.limitReached, 'cpu');
    assert.equal(outcome.exitCode, null);
    assert.ok(outcome.cpuTimeMs >= cpuTimeMs, `${outcome.cpuTimeMs}`);
  });

  it('the CPU time of several processes counts together', async () => {
    const spinners = await probe(['spin', '2'], { limits: { cpuTimeMs } });
    assert.equal(spinners.limitReached, 'cpu');
    const limit = { cpuTimeMs: 400 * timeFactor };
    const each = String(200 * timeFactor);
    assert.equal((await probe(['burn-children', '4', each], { limits: limit })).limitReached, 'cpu');
    assertExited(await probe(['burn-children', '1', each], { limits: limit }), 0);
  });

  it('ignoring SIGXCPU does not help', async () => {
    const outcome = await probe(['ignore-xcpu'], { limits: { cpuTimeMs } });
    assert.equal(outcome.limitReached, 'cpu');
  });

  it('time in which a quota throttles a program does not count against its wall-clock limit', async () => {
    const wallTimeMs = 600 * timeFactor;
    const outcome = await probe(['burn', String(250 * timeFactor)], {
      limits: { wallTimeMs, cpuQuota: 0.1 },
    });
    assertExited(outcome, 0);
    assert.ok(outcome.wallTimeMs > wallTimeMs, `${outcome.wallTimeMs}`);
  });

  it('a throttled program is ended at its CPU limit, not by the clock', async () => {
    const limits = { cpuTimeMs, wallTimeMs: cpuTimeMs, cpuQuota: 0.2 };
    for (const processes of ['1', '8'])
      assert.equal((await probe(['spin', processes], { limits })).limitReached, 'cpu');
  });

  it('a throttled program that then sleeps is ended by the clock', async () => {
    const limits = { wallTimeMs: 300 * timeFactor, cpuQuota: 0.1 };
    const outcome = await probe(['burn-and-sleep', String(120 * timeFactor), '3600000'], { limits });
    assert.equal(outcome.limitReached, 'wall');
    assert.ok(outcome.cpuTimeMs >= 100 * timeFactor, `${outcome.cpuTimeMs}`);
  });

  it('the kernel, which counts ticks of its clock, does not end a program at its CPU limit', async () => {
    const outcome = await probe(['cpu-rlimit'], { limits: { cpuTimeMs: 10_000 } });
    assert.ok(Number(text(outcome.stdout)) >= 40, text(outcome.stdout));
  });

  it('a program that sleeps is ended at its wall-clock limit', async () => {
    const wallTimeMs = 150 * timeFactor;
    const outcome = await probe(['sleep', '3600000'], { limits: { wallTimeMs } });
    assert.equal(outcome.limitReached, 'wall');
    assert.equal(outcome.exitCode, null);
    assert.ok(outcome.wallTimeMs >= wallTimeMs, `${outcome.wallTimeMs}`);
    assert.ok(outcome.cpuTimeMs < wallTimeMs, `${outcome.cpuTimeMs}`);
  });
}

function memoryLimits({ it, probe }: Contract): void {
  const memoryBytes = 32 * MIB;

  function assertOutOfMemory(outcome: BoxOutcome): void {
    assert.equal(outcome.outOfMemory, true);
    assert.equal(outcome.limitReached, 'memory');
    assert.notEqual(outcome.exitCode, 0);
    assert.equal(outcome.memoryBytes, memoryBytes, 'it had all it may');
  }

  it('a program that exceeds its memory limit is ended', async () => {
    assertOutOfMemory(await probe(['memory', String(64 * MIB)], { limits: { memoryBytes } }));
    assertExited(await probe(['memory', String(24 * MIB)], { limits: { memoryBytes } }), 0);
  });

  it('the memory of children counts together', async () => {
    const children = (count: number) => ['memory-children', String(count), String(12 * MIB)];
    assertOutOfMemory(await probe(children(4), { limits: { memoryBytes } }));
    assertExited(await probe(children(1), { limits: { memoryBytes } }), 0);
  });

  it('files in the work directory and in /tmp count as memory', async () => {
    const limits = { memoryBytes, diskBytes: 256 * MIB, fileSizeBytes: 256 * MIB };
    for (const path of ['/box/work/file', '/tmp/file', '/dev/shm/file']) {
      assertOutOfMemory(await probe(['write', path, String(64 * MIB)], { limits }));
      assertExited(await probe(['write', path, String(16 * MIB)], { limits }), 0);
    }
  });
}

function afterMemoryLimits({ it, open, runIn, timeFactor }: Contract): void {
  it('children that run out of memory after their program exited with 0 do not affect the next run', async () => {
    await using workspace = await open();
    const limits = { memoryBytes: 32 * MIB };
    for (let round = 0; round < 200 / timeFactor; round++) {
      await runIn(workspace, ['late-memory', String((round * 5) % 200), String(48 * MIB)], { limits });
      assertExited(await runIn(workspace, ['exit', '0'], { limits }), 0);
    }
  });

  it('runs after one that ran out of memory are not affected', async () => {
    const greedy = [
      ['write', '/tmp/file', String(64 * MIB)],
      ['memory', String(64 * MIB)],
      ['memory-children', '8', String(8 * MIB)],
    ];
    const limits = { memoryBytes: 32 * MIB, diskBytes: 256 * MIB, fileSizeBytes: 256 * MIB };
    await using workspace = await open();
    for (let round = 0; round < 4; round++)
      for (const args of greedy) {
        const outcomes = await Promise.all([
          runIn(workspace, args, { limits }),
          runIn(workspace, args, { limits }),
        ]);
        for (const { limitReached } of outcomes) assert.equal(limitReached, 'memory');
        const modest = ['memory', String(4 * MIB)];
        for (const outcome of await Promise.all([runIn(workspace, modest), runIn(workspace, modest)])) {
          assertExited(outcome, 0);
          assert.ok(outcome.memoryBytes < 8 * MIB, `${outcome.memoryBytes}`);
        }
      }
  });
}

function countLimits({ it, probe }: Contract): void {
  it('more processes than allowed cannot be started', async () => {
    const outcome = await probe(['fork-bomb'], { limits: { processes: 8 } });
    assertExited(outcome, 0);
    const children = Number(text(outcome.stdout));
    assert.ok(children > 0 && children < 8, `${children} children`);
    const more = await probe(['fork-bomb'], { limits: { processes: 32 } });
    assert.ok(Number(text(more.stdout)) > children);
  });

  it('a file larger than allowed ends the program with SIGXFSZ', async () => {
    const limits = { fileSizeBytes: MIB };
    assertExited(await probe(['write', '/box/work/file', String(MIB)], { limits }), 0);
    const outcome = await probe(['write', '/tmp/file', String(MIB + 1)], { limits });
    assert.equal(outcome.signal, 'SIGXFSZ');
    assert.equal(outcome.limitReached, null);
  });

  it('a full disk is ENOSPC', async () => {
    const limits = { diskBytes: 4 * MIB, fileSizeBytes: 64 * MIB };
    for (const path of ['/box/work/file', '/tmp/file']) {
      const outcome = await probe(['write', path, String(5 * MIB)], { limits });
      assert.equal(text(outcome.stdout), 'ENOSPC\n');
      assertExited(outcome, 3);
      assertExited(await probe(['write', path, String(3 * MIB)], { limits }), 0);
    }
  });

  it('empty files are limited too', async () => {
    const outcome = await probe(['files', '1000000'], { limits: { memoryBytes: 256 * MIB } });
    assert.match(text(outcome.stdout), /^\d+ (ENOSPC|EDQUOT)\n$/);
    assert.ok(Number.parseInt(text(outcome.stdout), 10) >= 1000);
  });

  it('descriptors beyond the limit cannot be opened', async () => {
    for (const openFiles of [16, 64, 256]) {
      const outcome = await probe(['descriptors'], { limits: { openFiles } });
      assert.equal(text(outcome.stdout), `${openFiles} EMFILE\n`);
    }
  });
}

function files({ it, probe, open, runIn }: Contract): void {
  const listed = async (workspace: Workspace, path: string) =>
    text((await runIn(workspace, ['list', path])).stdout)
      .split('\n')
      .slice(0, -1);

  it('the submitted files are in /code and linked from the work directory', async () => {
    const content = randomBytes(1000);
    await using workspace = await open(
      { path: 'data.bin', content },
      { path: 'inner/deeper/data.bin', content },
      { path: 'empty', content: NOTHING },
      { path: 'żółw 🐢.txt', content: Buffer.from('turtle') },
    );
    const names = ['data.bin', 'empty', 'inner', 'probe', 'żółw 🐢.txt'];
    assert.deepEqual((await listed(workspace, '/code')).sort(), names.sort());
    assert.deepEqual((await listed(workspace, '/box/work')).sort(), names.sort());
    for (const path of [
      'data.bin',
      '/code/data.bin',
      'inner/deeper/data.bin',
      '/code/inner/deeper/data.bin',
    ]) {
      const outcome = await runIn(workspace, ['print', path]);
      assertExited(outcome, 0);
      assert.ok(content.equals(outcome.stdout), path);
    }
  });

  it('the submitted files and the root cannot be changed', async () => {
    await using workspace = await open({ path: 'data', content: Buffer.from('kept') });
    for (const path of ['/code/data', '/code/new', 'data', '/build/new', '/etc/passwd', '/new']) {
      const outcome = await runIn(workspace, ['write', path, '1']);
      assertExited(outcome, 2);
      assert.match(text(outcome.stdout), /^(EROFS|EACCES|EPERM)\n$/, path);
    }
    assert.equal(text((await runIn(workspace, ['print', '/code/data'])).stdout), 'kept');
  });

  it('the work directory and /tmp are writable', async () => {
    for (const path of ['new', '/box/work/new', '/tmp/new', '/dev/shm/new'])
      assertExited(await probe(['write', path, '1000']), 0);
  });

  it('nothing of an earlier run is left', async () => {
    await using workspace = await open();
    for (let round = 0; round < 8; round++) {
      const name = `round-${round}`;
      const outcome = await runIn(workspace, ['mark', name, '0']);
      const [count, ...places] = text(outcome.stdout).trimEnd().split('\n').reverse();
      // /dev/shm may be /tmp or a separate place.
      assert.deepEqual(places, [name, name, 'probe']);
      assert.ok(Number(count) <= 2, `${count} processes`);
    }
  });
}

function builds({ it, open, runIn, limits }: Contract): void {
  const build = (workspace: Workspace, args: string[], changes: Partial<BoxLimits> = {}) =>
    workspace.build(probeCommand(...args), { ...limits, ...changes }, never());
  const list = async (workspace: Workspace, path: string) =>
    text((await runIn(workspace, ['list', path])).stdout);

  it('what a build leaves is in /build, read-only, and can be started', async () => {
    await using workspace = await open();
    const outcome = await build(workspace, ['build']);
    assertExited(outcome, 0);
    assert.equal(text(outcome.stdout), 'built\n');
    assert.equal(outcome.cached, false);
    assert.equal(text((await runIn(workspace, ['print', '/build/inner/data'])).stdout), 'xxxxx');
    const command = { argv: ['/build/program', 'exit', '9'], environment: {} };
    assertExited(await workspace.run(command, NOTHING, limits, never()), 9);
    const write = await runIn(workspace, ['write', '/build/inner/data', '1']);
    assert.match(text(write.stdout), /^(EROFS|EACCES)\n$/);
    assert.equal(await list(workspace, '/box/work'), 'probe\n');
  });

  it('only regular files of a build are kept', async () => {
    await using workspace = await open();
    assertExited(await build(workspace, ['build']), 0);
    assert.equal(await list(workspace, '/build'), 'inner\nprogram\n');
    assert.equal(await list(workspace, '/build/inner'), 'data\n');
  });

  it('without a build /build is empty', async () => {
    await using workspace = await open();
    assert.equal(await list(workspace, '/build'), '');
  });

  it('a run may have files of its own, which no other run sees, beside the build', async () => {
    await using workspace = await open();
    assertExited(await build(workspace, ['build']), 0);
    const probe = await readFile(PROBE);
    const own = (name: string) => [
      { path: 'probe', content: probe },
      { path: `data/${name}`, content: Buffer.from(name) },
    ];
    for (const name of ['first', 'second']) {
      const show = (...args: string[]) =>
        workspace.run(probeCommand(...args), NOTHING, limits, never(), undefined, own(name));
      assert.equal(text((await show('print', `/code/data/${name}`)).stdout), name);
      assert.equal(text((await show('list', '/code/data')).stdout), `${name}\n`);
      assert.equal(text((await show('list', '/build')).stdout), 'inner\nprogram\n');
    }
    assert.equal(await list(workspace, '/code'), 'probe\n');
    assert.equal(await list(workspace, '/build'), 'inner\nprogram\n');
  });

  it('a build that fails leaves nothing', async () => {
    await using workspace = await open();
    assertExited(await build(workspace, ['build', '3']), 3);
    assert.equal(await list(workspace, '/build'), '');
  });

  it('a build that fails after one that did not leaves nothing', async () => {
    await using workspace = await open();
    assertExited(await build(workspace, ['build']), 0);
    assertExited(await build(workspace, ['build', '4']), 4);
    assert.equal(await list(workspace, '/build'), '');
  });

  it('a build that leaves too much fails', async () => {
    await using workspace = await open();
    const large = { memoryBytes: 256 * MIB, diskBytes: 192 * MIB, fileSizeBytes: 192 * MIB };
    const outcome = await build(workspace, ['write', '/box/out/large', String(80 * MIB)], large);
    assert.notEqual(outcome.exitCode, 0);
    assert.match(text(outcome.stderr), /large/);
    assert.equal(await list(workspace, '/build'), '');
  });

  it('a build is held to its limits', async () => {
    await using workspace = await open();
    const outcome = await build(workspace, ['memory', String(64 * MIB)], { memoryBytes: 32 * MIB });
    assert.equal(outcome.limitReached, 'memory');
    assert.equal(await list(workspace, '/build'), '');
  });
}

function buildCache({ it, open, runIn, sandbox, root, limits, timeFactor }: Contract): void {
  // Each case builds something that no other case has built.
  const unique = (): BoxFile => ({ path: 'unique', content: Buffer.from(randomUUID()) });
  const build = (workspace: Workspace, ...args: string[]) =>
    workspace.build(probeCommand('build', ...args), limits, never());

  it('an identical build is done once', async () => {
    const file = unique();
    await using first = await open(file);
    await using second = await open(file);
    const built = await build(first);
    const again = await build(second);
    assert.deepEqual([built.cached, again.cached], [false, true]);
    assert.deepEqual({ ...again, cached: false }, built);
    assert.equal((await build(first)).cached, true);
    for (const workspace of [first, second])
      assert.equal(text((await runIn(workspace, ['print', '/build/inner/data'])).stdout), 'xxxxx');
  });

  it('an identical build that failed is kept too', async () => {
    const file = unique();
    await using first = await open(file);
    await using second = await open(file);
    assert.deepEqual([(await build(first, '3')).cached, (await build(second, '3')).cached], [false, true]);
    assert.equal(text((await runIn(second, ['list', '/build'])).stdout), '');
  });

  it('identical builds at the same time are done once', async () => {
    const file = unique();
    await using first = await open(file);
    await using second = await open(file);
    const outcomes = await Promise.all([build(first), build(second)]);
    assert.deepEqual(outcomes.map(({ cached }) => cached).sort(), [false, true]);
  });

  it('another root, file, command or variable is another build', async () => {
    const file = unique();
    await using first = await open(file);
    assert.equal((await build(first)).cached, false);
    assert.equal((await build(first, '0')).cached, false, 'command');
    const command = { ...probeCommand('build'), environment: { A: 'b' } };
    assert.equal((await first.build(command, limits, never())).cached, false, 'environment');
    await using renamed = await open({ ...file, path: 'renamed' });
    assert.equal((await build(renamed)).cached, false, 'name of a file');
    await using changed = await open(unique());
    assert.equal((await build(changed)).cached, false, 'content of a file');
    const files = [{ path: 'probe', content: await readFile(PROBE) }, file];
    const otherRoot = { ...root, fingerprint: `${root.fingerprint}-other` };
    await using other = await sandbox().open(otherRoot, files);
    assert.equal((await build(other)).cached, false, 'root');
  });

  it('a build that a limit or the caller ended is not kept', async () => {
    await using workspace = await open(unique());
    const command = probeCommand('sleep', '3600000');
    const short = { ...limits, wallTimeMs: 50 * timeFactor };
    for (let round = 0; round < 2; round++) {
      const outcome = await workspace.build(command, short, never());
      assert.deepEqual([outcome.limitReached, outcome.cached], ['wall', false]);
      const cancelled = await workspace.build(command, limits, AbortSignal.timeout(30));
      assert.deepEqual([cancelled.cancelled, cancelled.cached], [true, false]);
    }
  });

  it('the cancellation of one of two identical builds does not cancel the other', async () => {
    const file = unique();
    await using first = await open(file);
    await using second = await open(file);
    const command = probeCommand('sleep', String(150 * timeFactor));
    const abort = new AbortController();
    const cancelled = first.build(command, limits, abort.signal);
    const other = second.build(command, limits, never());
    setTimeout(() => abort.abort(), 20);
    assert.equal((await cancelled).cancelled, true);
    assertExited(await other, 0);
  });
}

function cancellation({ it, probe, open, runIn, sandbox, limits }: Contract): void {
  const forever = ['sleep', '3600000'];

  it('a run that is cancelled before it starts never runs', async () => {
    const outcome = await probe(['stdout', '5'], { signal: AbortSignal.abort() });
    assert.equal(outcome.cancelled, true);
    assert.equal(outcome.exitCode, null);
    assert.equal(outcome.stdout.length, 0);
    await using workspace = await open();
    const built = await workspace.build(probeCommand('build'), limits, AbortSignal.abort());
    assert.deepEqual([built.cancelled, built.cached], [true, false]);
  });

  it('a run that is cancelled while it runs ends', async () => {
    for (const args of [forever, ['spin', '2']]) {
      const outcome = await probe(args, { signal: AbortSignal.timeout(50) });
      assert.equal(outcome.cancelled, true);
      assert.equal(outcome.exitCode, null);
      assert.equal(outcome.limitReached, null);
    }
  });

  it('a run that is cancelled right after the call ends', async () => {
    await using workspace = await open();
    for (const turns of [0, 1, 2, 3, 10]) {
      const abort = new AbortController();
      const run = runIn(workspace, forever, { signal: abort.signal });
      const build = workspace.build(probeCommand(...forever), limits, abort.signal);
      for (let turn = 0; turn < turns; turn++) await null;
      abort.abort();
      assert.deepEqual([(await run).cancelled, (await build).cancelled], [true, true]);
    }
  });

  it('a run that is cancelled while it waits for a slot never runs', async () => {
    await using workspace = await open();
    const blockers = new AbortController();
    const running = Array.from({ length: sandbox().slots }, () =>
      runIn(workspace, forever, { signal: blockers.signal }),
    );
    const outcome = await runIn(workspace, ['stdout', '5'], { signal: AbortSignal.timeout(50) });
    assert.deepEqual([outcome.cancelled, outcome.stdout.length], [true, 0]);
    blockers.abort();
    for (const { cancelled } of await Promise.all(running)) assert.equal(cancelled, true);
    assertExited(await runIn(workspace, ['exit', '0']), 0);
  });
}

function isolationOfRuns({ it, open, runIn, sandbox }: Contract): void {
  it('many runs share the slots without seeing each other', async () => {
    await using workspace = await open();
    const count = 4 * sandbox().slots;
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const outcome = await runIn(workspace, ['mark', `run-${index}`, '20']);
        const [processes, ...places] = text(outcome.stdout).trimEnd().split('\n').reverse();
        assert.deepEqual(places.reverse(), ['probe', `run-${index}`, `run-${index}`]);
        assert.ok(Number(processes) <= 2, `${processes} processes`);
      }),
    );
  });

  it('each of many runs gets its own input and output', async () => {
    await using workspace = await open();
    await Promise.all(
      Array.from({ length: 4 * sandbox().slots }, async () => {
        const stdin = randomBytes(100_000);
        assert.ok(stdin.equals((await runIn(workspace, ['echo'], { stdin })).stdout));
      }),
    );
  });

  it('a run that exceeds a limit does not disturb its neighbour', async () => {
    await using workspace = await open();
    const limits = { memoryBytes: 32 * MIB, outputBytes: 1000 };
    const attacks = [['memory', String(256 * MIB)], ['fork-bomb'], ['stdout', '1000000000'], ['unshare']];
    for (const attack of attacks) {
      const stdin = randomBytes(1000);
      const [neighbour] = await Promise.all([
        runIn(workspace, ['echo'], { stdin }),
        runIn(workspace, attack, { limits }),
      ]);
      assertExited(neighbour, 0);
      assert.ok(stdin.equals(neighbour.stdout));
    }
  });
}

function figures({ it, probe, timeFactor }: Contract): void {
  // On a slow kernel CPU time is counted in ticks of 10 ms, at either end of a run.
  const burnt = timeFactor > 1 ? 170 : 199;

  it('the reported CPU time is the time used', async () => {
    const outcome = await probe(['burn', '200']);
    const { cpuTimeMs, cpuUserMs, cpuSystemMs, wallTimeMs } = outcome;
    assert.ok(cpuTimeMs >= burnt && cpuTimeMs <= 300 * timeFactor, `${cpuTimeMs}`);
    assert.ok(Math.abs(cpuUserMs + cpuSystemMs - cpuTimeMs) < 1, `${cpuUserMs} + ${cpuSystemMs}`);
    assert.ok(wallTimeMs >= burnt, `${wallTimeMs}`);
  });

  it('the reported wall-clock time is the time passed, and sleep uses almost no CPU', async () => {
    const outcome = await probe(['sleep', '200']);
    assert.ok(outcome.wallTimeMs >= 200, `${outcome.wallTimeMs}`);
    assert.ok(outcome.cpuTimeMs < 50 * timeFactor, `${outcome.cpuTimeMs}`);
  });

  it('the CPU time of children that ended is reported', async () => {
    const outcome = await probe(['burn-children', '2', '100']);
    assertExited(outcome, 0);
    assert.ok(outcome.cpuTimeMs >= burnt, `${outcome.cpuTimeMs}`);
  });

  it('the reported memory is the memory used', async () => {
    for (let round = 0; round < 3; round++) {
      const { memoryBytes } = await probe(['memory', String(20 * MIB)]);
      assert.ok(memoryBytes >= 20 * MIB && memoryBytes <= 24 * MIB, `${memoryBytes}`);
      const small = await probe(['exit', '0']);
      assert.ok(small.memoryBytes > 0 && small.memoryBytes < 4 * MIB, `${small.memoryBytes}`);
    }
  });
}

function leftProcesses({ it, probe, timeFactor }: Contract): void {
  it('a daemon of a program is dead before the next run', async () => {
    const token = `daemon-${randomUUID()}`;
    const outcome = await probe(['daemon', token]);
    assertExited(outcome, 0);
    assert.equal(text(outcome.stdout), 'left\n');
    await probe(['exit', '0']);
    await eventually(async () => (await processesWith(token)).length === 0, 'the daemon lives', timeFactor);
  });

  it('the processes of a fork bomb end with it', async () => {
    const token = `bomb-${randomUUID()}`;
    assertExited(await probe(['fork-bomb', token]), 0);
    await eventually(async () => (await processesWith(token)).length === 0, 'the bomb lives', timeFactor);
  });

  it('a child that keeps the output open does not delay the answer', async () => {
    const outcome = await probe(['leave-child']);
    assertExited(outcome, 0);
    assert.equal(text(outcome.stdout), 'left\n');
  });
}

function lifetime({ it, open, runIn, sandbox, create, root, limits }: Contract): void {
  it('the probe of the sandbox succeeds', async () => {
    assert.ok((await sandbox().probe()) > 0);
  });

  it('a disposed workspace runs nothing', async () => {
    const workspace = await open();
    assertExited(await runIn(workspace, ['exit', '0']), 0);
    await workspace[Symbol.asyncDispose]();
    await assert.rejects(runIn(workspace, ['exit', '0']), SandboxError);
  });

  it('disposing of one workspace leaves the build of another', async () => {
    const file = { path: 'unique', content: Buffer.from(randomUUID()) };
    const first = await open(file);
    await using second = await open(file);
    for (const workspace of [first, second])
      assertExited(await workspace.build(probeCommand('build'), limits, never()), 0);
    await first[Symbol.asyncDispose]();
    assert.equal(text((await runIn(second, ['print', '/build/inner/data'])).stdout), 'xxxxx');
  });

  it('closing ends all runs, and then no workspace can be opened', async () => {
    const token = `closing-${randomUUID()}`;
    const own = await create();
    const workspace = await own.open(root, [{ path: 'probe', content: await readFile(PROBE) }]);
    const ended = Promise.allSettled(
      Array.from({ length: own.slots + 1 }, () => runIn(workspace, ['sleep', '3600000', token])),
    );
    while ((await processesWith(token)).length === 0) await sleep(5);
    await own.close();
    for (const result of await ended)
      if (result.status === 'rejected') assert.ok(result.reason instanceof SandboxError, `${result.reason}`);
      else assert.equal(result.value.cancelled, true);
    assert.deepEqual(await processesWith(token), []);
    await assert.rejects(own.open(root, []), SandboxError);
    await workspace[Symbol.asyncDispose]();
  });
}
