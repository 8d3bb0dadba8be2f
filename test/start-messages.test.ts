// What the service says when this machine does not let it start: each message names the thing, its value and a way out,
// and comes before anything was started.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { isRootMounted } from '../src/service/start-checks.ts';
import { PROJECT } from './service.ts';

const NOBODY = '65534';
/** Where no engine listens. */
const NO_DOCKER = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'start-messages-'));
  chmodSync(directory, 0o777);
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Shows the project at a path that every user may follow, whatever the modes of the directories above it. */
const PUBLIC_PROJECT = '/mnt';
const SHOW_PROJECT = `mount --bind '${PROJECT}' ${PUBLIC_PROJECT}`;

/** Runs the service to its end, in a mount namespace of its own after `prepare`. */
function start(environment: Record<string, string>, { prepare = 'true', user = '0' } = {}) {
  const change =
    user === '0' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--'];
  const project = (path: string) => path.replace(`${PROJECT}/`, `${PUBLIC_PROJECT}/`);
  const words = [...change, project(process.execPath), join(PUBLIC_PROJECT, 'start.mjs')];
  const script = ['-c', `${SHOW_PROJECT} && ${prepare} && exec "$@"`, 'sh', ...words];
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', '--', 'sh', ...script], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', PORT: '0', REDIS_PORT: '1', TOOLCHAINS: 'host', ...environment },
  });
  return { status, stdout, stderr };
}

suite('the start is refused, and nothing is started before', () => {
  test('with a read-only DATA_DIR', (t) => {
    const directory = directoryFor(t);
    const prepare = `mount -t tmpfs -o ro tmpfs ${directory}`;
    const { status, stdout, stderr } = start({ SANDBOX: 'native', DATA_DIR: directory }, { prepare });
    assert.deepEqual([status, stdout], [1, '']);
    const words = `DATA_DIR ${directory} cannot be written to, its file system is read-only \\(EROFS\\): set DATA_DIR to`;
    assert.match(stderr, new RegExp(`^The service cannot start: ${words} .*\n$`));
  });

  test('with a DATA_DIR below a file', (t) => {
    const file = join(directoryFor(t), 'file');
    writeFileSync(file, '');
    const { status, stderr } = start({ SANDBOX: 'native', DATA_DIR: join(file, 'data') });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /DATA_DIR \S+\/file\/data cannot be written to, a part of the path is not a directory/,
    );
  });

  test('with a DATA_DIR of another user', (t) => {
    const directory = directoryFor(t);
    chmodSync(directory, 0o700);
    const { status, stderr } = start(
      { SANDBOX: 'docker', DATA_DIR: directory, ...NO_DOCKER },
      { user: NOBODY },
    );
    assert.equal(status, 1);
    assert.match(
      stderr,
      /this user may not write there \(EACCES\): set DATA_DIR to a directory that uid 65534 may/,
    );
  });

  for (const sandbox of ['native', 'auto'])
    test(`to a user who is not root, with SANDBOX=${sandbox} and no Docker engine`, (t) => {
      const settings = { SANDBOX: sandbox, DATA_DIR: directoryFor(t), ...NO_DOCKER };
      const { status, stdout, stderr } = start(settings, { user: NOBODY });
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(
        stderr,
        /by root only, this is uid 65534: start with "sudo npm start", or set SANDBOX=docker/,
      );
      assert.match(stderr, sandbox === 'auto' ? /no Docker engine answers at unix:/ : /SANDBOX is native/);
    });

  test('with an address that this machine does not have', (t) => {
    const directory = directoryFor(t);
    const settings = { SANDBOX: 'native', DATA_DIR: directory, HOST: '192.0.2.1', ALLOW_ANONYMOUS: 'true' };
    const { status, stderr } = start(settings);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /HOST 192\.0\.2\.1 is no address of this machine \(EADDRNOTAVAIL\): set HOST to one/,
    );
  });
});

test('a root directory that is no mount point is known by its absence', () => {
  assert.equal(
    isRootMounted('22 1 0:21 / / rw - ext4 /dev/vda rw\n23 22 0:5 / /proc rw - proc proc rw\n'),
    true,
  );
  assert.equal(
    isRootMounted('23 22 0:5 / /proc rw - proc proc rw\n24 23 0:6 / /dev rw - tmpfs tmpfs rw\n'),
    false,
  );
});
