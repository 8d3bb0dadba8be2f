// What a program sees when it is run in a root outside of the sandbox.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type ChrootRun, runInRoot } from './chroot-runner.ts';
import { systemMounts } from './system-mounts.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chroot-runner-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function sh(script: string, changes: Partial<ChrootRun> = {}) {
  return runInRoot({
    mounts: await systemMounts('/', []),
    command: { argv: ['/bin/sh', '-c', script], environment: { PATH: '/usr/bin:/bin', HOME: '/tmp' } },
    unprivileged: true,
    timeoutMs: 10_000,
    ...changes,
  });
}

test('a program sees a root with the usual places and nothing else of this machine', async () => {
  const { stdout, stderr } = await sh('cd /; echo *; pwd; ls /etc /root /home');
  assert.match(stdout, /^bin box dev etc (lib\w* )+opt proc sbin tmp usr\n/, stderr);
  assert.doesNotMatch(stdout, /shadow/);
});

test('a program runs as nobody, without a network, and cannot write to the root', async () => {
  const { stdout } = await sh(
    'id -u; cat /proc/net/dev | wc -l; touch /usr/x || echo read-only; touch /box/work/x && echo work',
  );
  assert.deepEqual(stdout.split('\n'), ['65534', '3', 'read-only', 'work', '']);
});

test('writable directories are written to, others are not', async () => {
  const writable = [{ source: directory, target: '/box/out' }];
  const { exitCode } = await sh('echo made >/box/out/file', { writable, unprivileged: false });
  assert.equal(exitCode, 0);
  assert.equal(await readFile(join(directory, 'file'), 'utf8'), 'made\n');
});

test('a root that cannot be put together is an error, a program that fails is not', async () => {
  const mounts = [{ kind: 'bind', source: '/nonexistent/directory', target: '/usr' } as const];
  await assert.rejects(sh('true', { mounts }), /cannot put the root together/);
  assert.equal((await sh('exit 7')).exitCode, 7);
});

test('all processes end when the time is over, and no mount stays', async () => {
  const { timedOut } = await sh('sleep 123.4 & sleep 123.4', { timeoutMs: 300 });
  assert.ok(timedOut);
  assert.doesNotMatch(await readFile('/proc/self/mounts', 'utf8'), new RegExp(` ${tmpdir()}/root-`));
});
