// What of a system a root shows.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { systemMounts } from './system-mounts.ts';

let system: string;
beforeEach(async () => {
  system = await mkdtemp(join(tmpdir(), 'system-'));
});
afterEach(() => rm(system, { recursive: true }));

test('a system whose /bin is in /usr is one mount and links', async () => {
  await mkdir(join(system, 'usr/bin'), { recursive: true });
  await symlink('usr/bin', join(system, 'bin'));
  await symlink('/usr/lib', join(system, 'lib'));
  assert.deepEqual(await systemMounts(system, []), [
    { kind: 'bind', source: join(system, 'usr'), target: '/usr' },
    { kind: 'symlink', source: 'usr/bin', target: '/bin' },
    { kind: 'symlink', source: 'usr/lib', target: '/lib' },
  ]);
});

test('a system with a /bin of its own shows it', async () => {
  await mkdir(join(system, 'bin'));
  const mounts = await systemMounts(system, []);
  assert.deepEqual(mounts[1], { kind: 'bind', source: join(system, 'bin'), target: '/bin' });
});

test('of /etc only what programs need is shown, and never the keys that a tool links to', async () => {
  await mkdir(join(system, 'usr/lib/jvm/java-17/conf'), { recursive: true });
  await mkdir(join(system, 'usr/lib/jvm/java-17/lib/security'), { recursive: true });
  await mkdir(join(system, 'etc/alternatives'), { recursive: true });
  await mkdir(join(system, 'etc/java-17'));
  await mkdir(join(system, 'etc/ssl/private'), { recursive: true });
  await writeFile(join(system, 'etc/shadow'), '');
  await symlink('/etc/java-17/net.properties', join(system, 'usr/lib/jvm/java-17/conf/net.properties'));
  await symlink('/etc/ssl/certs/java/cacerts', join(system, 'usr/lib/jvm/java-17/lib/security/cacerts'));
  await mkdir(join(system, 'etc/mono'));
  const tools = ['/usr/lib/jvm/java-17/bin/java', '/usr/lib/jvm/java-17/bin/javac'];
  const mounts = await systemMounts(system, tools, ['/etc/mono', '/etc/not-installed']);
  assert.deepEqual(
    mounts.map(({ target }) => target),
    ['/usr', '/etc/alternatives', '/etc/java-17', '/etc/mono'],
  );
});
