// The native driver passes the contract, and survives when its supervisor dies, cannot start, or is not the only one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../units.ts';
import { type BoxLimits, type BoxOutcome, SandboxError, type Workspace } from '../sandbox.ts';
import { sandboxContract } from '../sandbox-contract.ts';
import { BARE_ROOT, PROBE_LIMITS, probeCommand, probeFiles } from '../self-test.ts';
import {
  artifactsOf,
  controlGroupsOf,
  descendantsOf,
  eventually,
  filesBelow,
  IS_EMULATED,
  isAlive,
  makeDataDirectory,
  mountsOf,
  SUPERVISOR,
  startSandbox,
  stillThere,
  TIME_FACTOR,
} from './supervisor-fixture.ts';

sandboxContract('native', async () => (await startSandbox()).sandbox);

const LIMITS: BoxLimits = {
  ...PROBE_LIMITS,
  cpuTimeMs: 5000 * TIME_FACTOR,
  wallTimeMs: 30_000 * TIME_FACTOR,
};
const FOREVER = probeCommand('sleep', '3600000');

function run(workspace: Workspace, command = FOREVER, signal = new AbortController().signal) {
  return workspace.run(command, new Uint8Array(), LIMITS, signal);
}

function build(workspace: Workspace, command = probeCommand('build')) {
  return workspace.build(command, LIMITS, new AbortController().signal);
}

function isRetryable(error: unknown): boolean {
  return error instanceof SandboxError && error.retryable;
}

const lastOf = (numbers: readonly number[]) => numbers.at(-1) as number;

/** Kills a supervisor and waits until the driver knows. */
async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await eventually(() => !isAlive(pid));
  // The driver notices once everything that held the streams is gone too.
  await sleep(50 * TIME_FACTOR);
}

describe('the death of the supervisor', () => {
  test('fails current runs as retryable, and the next run gets a new one', async (t) => {
    const { sandbox, supervisors } = await startSandbox();
    t.after(() => sandbox.close());
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    const first = lastOf(supervisors);
    const runs = [run(workspace), run(workspace), run(workspace)];
    await eventually(() => descendantsOf(first).length >= 6);
    process.kill(first, 'SIGKILL');
    for (const result of await Promise.allSettled(runs))
      assert.ok(result.status === 'rejected' && isRetryable(result.reason), JSON.stringify(result));
    assert.equal((await run(workspace, probeCommand('exit', '3'))).exitCode, 3);
    assert.equal(supervisors.length, 2);
  });

  test('leaves no process, mount or control group once there is a new one', async (t) => {
    const mounts = mountsOf('self');
    const { sandbox, supervisors } = await startSandbox();
    t.after(() => sandbox.close());
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    const first = lastOf(supervisors);
    const daemon = run(workspace, probeCommand('daemon'));
    const runs = [run(workspace), run(workspace, probeCommand('spin', '2'))];
    await daemon;
    await eventually(() => descendantsOf(first).length >= 7);
    const processes = descendantsOf(first);
    assert.ok(controlGroupsOf(first).length > 0);
    process.kill(first, 'SIGKILL');
    await Promise.allSettled(runs);
    await run(workspace, probeCommand('exit', '0'));
    assert.ok(await eventually(() => stillThere(processes).length === 0));
    assert.deepEqual(controlGroupsOf(first), []);
    assert.deepEqual(mountsOf('self'), mounts);
  });

  test('does not lose a build: it is repeated', async (t) => {
    const { sandbox, supervisors, runDirectory } = await startSandbox();
    t.after(() => sandbox.close());
    const workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    assert.equal((await build(workspace)).exitCode, 0);
    await kill(lastOf(supervisors));
    const program = { argv: ['/build/program', 'exit', '9'], environment: {} };
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => run(workspace, program)));
    assert.deepEqual(
      outcomes.map(({ exitCode }) => exitCode),
      Array(6).fill(9),
    );
    const second = lastOf(supervisors);
    assert.equal(supervisors.length, 2, 'one new supervisor for all');
    assert.equal(artifactsOf(second, runDirectory).length, 2, 'the files and the build, each once');
    await workspace[Symbol.asyncDispose]();
    assert.equal(artifactsOf(second, runDirectory).length, 2, 'both are kept for identical submissions');
    assert.ok((await sandbox.cleanUp()).bytes > 0);
    assert.ok(await eventually(() => artifactsOf(second, runDirectory).length === 0));
  });

  test('does not let the cancellation of one run cancel another', async (t) => {
    const { sandbox, supervisors } = await startSandbox();
    t.after(() => sandbox.close());
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    assert.equal((await build(workspace)).exitCode, 0);
    await kill(lastOf(supervisors));
    const program = { argv: ['/build/program', 'exit', '9'], environment: {} };
    const abort = new AbortController();
    const cancelled = run(workspace, program, abort.signal);
    const other = run(workspace, program);
    abort.abort();
    assert.equal((await cancelled).cancelled, true);
    assert.equal((await other).exitCode, 9);
    assert.equal((await run(workspace, program)).exitCode, 9);
  });

  test('is survived again and again', async (t) => {
    const { sandbox, supervisors } = await startSandbox({ selfTest: false });
    t.after(() => sandbox.close());
    await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
    for (let round = 0; round < 2; round++) {
      await kill(lastOf(supervisors));
      assert.equal((await run(workspace, probeCommand('exit', '4'))).exitCode, 4);
    }
    for (const pid of supervisors.slice(0, -1)) assert.deepEqual(controlGroupsOf(pid), []);
  });
});

test('identical files are stored once, and those of one run alone are removed with it', async (t) => {
  const { sandbox, supervisors, runDirectory } = await startSandbox({ selfTest: false });
  t.after(() => sandbox.close());
  const files = await probeFiles();
  const artifacts = () => artifactsOf(lastOf(supervisors), runDirectory).length;
  await using first = await sandbox.open(BARE_ROOT, files);
  await using second = await sandbox.open(BARE_ROOT, files);
  for (const workspace of [first, second])
    assert.equal((await run(workspace, probeCommand('exit', '3'))).exitCode, 3);
  assert.equal(artifacts(), 1);
  const secret = [...files, { path: 'secret', content: Buffer.from('x') }];
  const never = new AbortController().signal;
  const command = probeCommand('print', '/code/secret');
  const outcome = await first.run(command, new Uint8Array(), LIMITS, never, undefined, secret);
  assert.equal(Buffer.from(outcome.stdout).toString(), 'x');
  assert.ok(await eventually(() => artifacts() === 1));
});

describe('one request cannot harm others', () => {
  test('a request that the supervisor would not accept is rejected before it is sent', async (t) => {
    const { sandbox, supervisors } = await startSandbox({ selfTest: false });
    t.after(() => sandbox.close());
    const files = await probeFiles();
    await using workspace = await sandbox.open(BARE_ROOT, files);
    const bystander = run(workspace, probeCommand('sleep', String(300)));
    const text = (path: string) => ({ path, content: Buffer.from('x') });
    const manyFiles = Array.from({ length: 5000 }, (_, index) => text(`file-${index}`));
    const refused: (() => Promise<unknown>)[] = [
      ...[
        '../x',
        '/x',
        'a//b',
        '.',
        '..',
        '',
        'a/',
        './a',
        'a\0b',
        'x'.repeat(300),
        `${'a/'.repeat(100)}x`,
      ].map((path) => () => sandbox.open(BARE_ROOT, [text(path)])),
      () => sandbox.open(BARE_ROOT, manyFiles),
      () => sandbox.open(BARE_ROOT, [text('a'), text('a')]),
      () => sandbox.open(BARE_ROOT, [text('a'), text('a/b')]),
      () => run(workspace, probeCommand('a\0b')),
      () => run(workspace, { argv: [], environment: {} }),
      () => run(workspace, probeCommand(...Array(300).fill('x'))),
      () => run(workspace, probeCommand('x'.repeat(100_000), 'x'.repeat(100_000))),
      () => run(workspace, { ...FOREVER, environment: { A: 'a\0b' } }),
      () => workspace.run(FOREVER, Buffer.alloc(50 * MIB), LIMITS, new AbortController().signal),
      ...[
        { openFiles: 0 },
        { cpuTimeMs: 0 },
        { wallTimeMs: 1e12 },
        { outputBytes: 2 ** 31 },
        { memoryBytes: 0 },
      ].map(
        (change) => () =>
          workspace.run(FOREVER, new Uint8Array(), { ...LIMITS, ...change }, new AbortController().signal),
      ),
    ];
    for (const [index, request] of refused.entries())
      await assert.rejects(
        request(),
        (error) => error instanceof SandboxError && !error.retryable,
        `${index}`,
      );
    assert.equal((await bystander).exitCode, 0);
    assert.equal(supervisors.length, 1);
  });

  test('a root that cannot be made is reported, and can be made once its files exist', async (t) => {
    const { sandbox, supervisors, runDirectory } = await startSandbox({ selfTest: false });
    t.after(() => sandbox.close());
    const source = join(await makeDataDirectory(), 'toolchain');
    const root = { fingerprint: 'later', mounts: [{ kind: 'bind', source, target: '/opt' }] } as const;
    const files = await probeFiles();
    for (let round = 0; round < 3; round++)
      await assert.rejects(sandbox.open(root, files), (error) => error instanceof SandboxError);
    assert.deepEqual(artifactsOf(lastOf(supervisors), runDirectory), []);
    await mkdir(source);
    await using workspace = await sandbox.open(root, files);
    const { stdout } = await run(workspace, probeCommand('list', '/'));
    assert.match(stdout.toString(), /^opt$/m);
  });
});

/** Starts the supervisor in a way in which it cannot work; answers its exit code, log and the groups it left. */
async function startInVain(
  options: { uid?: number; noSocket?: boolean; runDirectory?: string; launcher?: readonly string[] } = {},
): Promise<{ code: number | null; log: string; groups: string[] }> {
  const directory = await makeDataDirectory();
  const program = join(directory, 'supervisor'); // where any user may start it
  await copyFile(SUPERVISOR, program);
  await chmod(directory, 0o755);
  await chmod(program, 0o755);
  const argv = [program, '1', '60000', options.runDirectory ?? directory, '1000000', 'default', '0'];
  const [command = '', ...rest] = [...(options.launcher ?? []), ...argv];
  const child = spawn(command, rest, {
    stdio: ['ignore', 'ignore', 'pipe', options.noSocket ? 'ignore' : 'pipe'].slice(
      0,
      options.noSocket ? 3 : 4,
    ) as ('ignore' | 'pipe')[],
    ...(options.uid ? { uid: options.uid, gid: options.uid } : {}),
  });
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, log, groups: controlGroupsOf(child.pid as number) };
}

describe('the store', () => {
  const skip = IS_EMULATED ? 'takes long where system calls do, and is the same on every kernel' : false;

  test('never fills with builds of many small files', { skip }, async (t) => {
    const { sandbox } = await startSandbox({ artifactCacheBytes: 16 * MIB });
    t.after(() => sandbox.close());
    const limits = { ...LIMITS, memoryBytes: 128 * MIB, diskBytes: 64 * MIB };
    // Some 15 MiB each in a store of 544 MiB.
    for (let number = 0; number < 40; number++) {
      await using workspace = await sandbox.open(BARE_ROOT, await probeFiles());
      const command = probeCommand('build-many', '3000', String(number));
      const outcome = await workspace.build(command, limits, new AbortController().signal);
      assert.equal(outcome.exitCode, 0, `build ${number}`);
    }
    await sandbox.probe();
  });
});

describe('a supervisor that cannot work', () => {
  test('says that it needs root', async () => {
    const { code, log, groups } = await startInVain({ uid: 65534 });
    assert.equal(code, 1);
    assert.match(log, /root is needed to make boxes; this is uid 65534/);
    assert.deepEqual(groups, []);
  });

  test('says that it needs a socket', async () => {
    const { code, log, groups } = await startInVain({ noSocket: true });
    assert.equal(code, 1);
    assert.match(log, /descriptor 3/);
    assert.deepEqual(groups, []);
  });

  test('names the capabilities that a container lacks, and how it gets them', async () => {
    const launcher = ['setpriv', '--bounding-set', '-setpcap,-sys_admin', '--inh-caps', '-all'];
    const { code, log } = await startInVain({ launcher });
    assert.equal(code, 1);
    assert.match(log, /lacks: SYS_ADMIN, SETPCAP\. A container gets them with --cap-add/);
  });

  test('names the users that a user namespace lacks', async () => {
    const { code, log } = await startInVain({ launcher: ['unshare', '--user', '--map-root-user'] });
    assert.equal(code, 1);
    assert.match(log, /no users and groups 60000 to 60000/);
  });

  test('names the directory that is missing, and leaves no control group', async () => {
    const { code, log, groups } = await startInVain({ runDirectory: '/nonexistent/run' });
    assert.equal(code, 1);
    assert.match(log, /\/nonexistent\/run: No such file or directory/);
    assert.deepEqual(groups, []);
  });

  test('fails the start of the sandbox with its last lines', async () => {
    const start = startSandbox({ program: '/bin/false' });
    await assert.rejects(start, (error) => error instanceof SandboxError && /code 1/.test(error.message));
    await assert.rejects(startSandbox({ program: '/nonexistent/supervisor' }), /cannot be started.*ENOENT/);
  });
});

describe('two sandboxes on one data directory', () => {
  test('do not disturb each other', async (t) => {
    const dataDirectory = await makeDataDirectory();
    const [first, second] = [await startSandbox({ dataDirectory }), await startSandbox({ dataDirectory })];
    t.after(() => Promise.all([first.sandbox.close(), second.sandbox.close()]));
    const open = async ({ sandbox }: typeof first) => sandbox.open(BARE_ROOT, await probeFiles());
    const one = await open(first);
    await using other = await open(second);
    const outcomes: BoxOutcome[] = [];
    for (const workspace of [one, other]) outcomes.push(await build(workspace));
    assert.deepEqual(
      outcomes.map(({ exitCode }) => exitCode),
      [0, 0],
    );
    const program = { argv: ['/build/program', 'mark', 'x', '50'], environment: {} };
    const runs = await Promise.all([one, other, one, other].map((workspace) => run(workspace, program)));
    for (const outcome of runs) assert.equal(outcome.stdout.toString(), 'probe\nx\nx\n1\n');
    await one[Symbol.asyncDispose]();
    await first.sandbox.close();
    assert.equal((await run(other, program)).exitCode, 0);
    assert.equal(controlGroupsOf(lastOf(first.supervisors)).length, 0);
    assert.ok(controlGroupsOf(lastOf(second.supervisors)).length > 0);
    await kill(lastOf(second.supervisors));
    assert.equal((await run(other, program)).exitCode, 0);
    assert.deepEqual(filesBelow(dataDirectory), ['run']);
  });
});
