// How tools are found on a machine, with version managers and links in the way.

import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { InstalledTool } from '../languages/language.ts';
import { findHostTool, type HostSearch } from './host-tools.ts';

const TOOL: InstalledTool = {
  name: 'shell',
  hostNames: ['bash'],
  debianPath: '/usr/bin/bash',
  versionArguments: ['--version'],
  versionPattern: /version (\d+\.\d+\.\d+)/,
  minimumVersion: '3',
};

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(await realpath(tmpdir()), 'host-tools-'));
});
afterEach(() => rm(directory, { recursive: true }));

function search(directories: string[], privateDirectories: string[] = []): HostSearch {
  return { directories, privateDirectories, versions: new Map() };
}

async function script(path: string, text: string): Promise<string> {
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

test('a version manager’s shim in a home is passed over for /usr/bin', async () => {
  await script('home/.pyenv/shims/bash', 'echo "version 9.9.9"');
  const home = join(directory, 'home');
  const found = await findHostTool(TOOL, search([join(home, '.pyenv/shims'), '/usr/bin'], [home]));
  assert.ok(typeof found !== 'string');
  assert.equal(found.boxPath, '/usr/bin/bash');
  assert.equal(found.directory, null);
});

test('a link into a home is passed over too', async () => {
  const real = await script('home/me/bin/bash', 'echo "version 9.9.9"');
  await mkdir(join(directory, 'bin'));
  await symlink(real, join(directory, 'bin/bash'));
  const found = await findHostTool(TOOL, search([join(directory, 'bin')], [join(directory, 'home')]));
  assert.equal(found, 'no bash on this machine');
});

test('a tool in a home that reports its directory is shown with that directory alone', async () => {
  const sysroot = join(directory, 'home/.rustup/toolchains/stable');
  await script('home/.cargo/bin/bash', `echo ${sysroot}`);
  await script('home/.rustup/toolchains/stable/bin/bash', 'echo "version 5.0.1"');
  const tool = { ...TOOL, directoryArguments: ['--print', 'sysroot'] };
  const home = join(directory, 'home');
  const found = await findHostTool(tool, search([join(home, '.cargo/bin')], [home]));
  assert.ok(typeof found !== 'string');
  assert.deepEqual(found.directory, { source: sysroot, target: '/opt/shell' });
  assert.equal(found.boxPath, '/opt/shell/bin/bash');
  assert.equal(found.version, '5.0.1');
});

test('a home itself is never taken for a tool’s own directory', async () => {
  const home = join(directory, 'home');
  await script('home/bin/bash', `[ "$1" = --version ] && echo "version 5.0.1" || echo ${home}`);
  const tool = { ...TOOL, directoryArguments: ['--print', 'sysroot'] };
  assert.equal(await findHostTool(tool, search([join(home, 'bin')], [home])), 'no bash on this machine');
});

test('a tool beside the system is shown with its own directory', async () => {
  await script('opt/bash-9/bin/bash', 'echo "version 9.0.0"');
  const found = await findHostTool(TOOL, search([join(directory, 'opt/bash-9/bin')]));
  assert.ok(typeof found !== 'string');
  assert.deepEqual(found.directory, { source: join(directory, 'opt/bash-9'), target: '/opt/shell' });
});

test('what an npm project brings along is not this machine’s', async () => {
  await script('node_modules/bash-bin/bin/bash', 'echo "version 9.0.0"');
  const found = await findHostTool(TOOL, search([join(directory, 'node_modules/bash-bin/bin'), '/usr/bin']));
  assert.ok(typeof found !== 'string');
  assert.equal(found.boxPath, '/usr/bin/bash');
});

test('an old version is passed over, and named when there is no other', async () => {
  await script('old/tool/bin/bash', 'echo "version 2.0.0"');
  const old = join(directory, 'old/tool/bin');
  const found = await findHostTool(TOOL, search([old, '/usr/bin']));
  assert.ok(typeof found !== 'string');
  const problem = await findHostTool(TOOL, search([old]));
  assert.equal(problem, `shell 2.0.0 at ${join(old, 'bash')} is older than 3`);
});

test('the preferred name wins over the order of directories', async () => {
  await script('a/tool/bin/bash-4', 'echo "version 4.0.0"');
  await script('b/tool/bin/bash-5', 'echo "version 5.0.0"');
  const tool = { ...TOOL, hostNames: ['bash-5', 'bash-4'] };
  const found = await findHostTool(
    tool,
    search([join(directory, 'a/tool/bin'), join(directory, 'b/tool/bin')]),
  );
  assert.ok(typeof found !== 'string');
  assert.equal(found.version, '5.0.0');
});

test('a version is read once, and again after the program was replaced', async () => {
  const count = join(directory, 'count');
  const file = await script('opt/tool/bin/bash', `echo x >>${count}\necho "version 5.0.0"`);
  const where = search([dirname(file)]);
  const first = await findHostTool(TOOL, where);
  const second = await findHostTool(TOOL, where);
  assert.deepEqual(second, first);
  assert.equal(where.versions.size, 1);
  await utimes(file, new Date(1000), new Date(1000));
  const third = await findHostTool(TOOL, where);
  assert.ok(typeof first !== 'string' && typeof third !== 'string');
  assert.notEqual(third.identity, first.identity);
  assert.equal(where.versions.size, 2);
});
