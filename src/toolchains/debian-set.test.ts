// The making of Debian roots with a program in mmdebstrap's place that makes a small root; the real one takes minutes.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Language } from '../languages/language.ts';
import { type DebianOptions, findDebianSet, installDebianSet } from './debian-set.ts';
import { demoLanguage, demoPart, recordingInstaller } from './demo-language-fixture.ts';

/** Makes a root with bash in it; the words in braces are the root's path. */
const MAKE_ROOT = `
while [ $# -gt 2 ]; do shift; done
root=$1
mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/usr/lib64" "$root/var/lib/dpkg" "$root/etc" "$root/dev"
ln -s usr/bin "$root/bin"; ln -s usr/lib "$root/lib"; ln -s usr/lib64 "$root/lib64"
cp /usr/bin/bash "$root/usr/bin/"
for library in $(ldd /usr/bin/bash | grep -o '/[^ ]*'); do cp -L --parents "$library" "$root"; done
echo "Package: bash" >"$root/var/lib/dpkg/status"
echo host >"$root/etc/hostname"
echo "I: made" >&2
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'debian-set-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function options(script: string): Promise<DebianOptions> {
  const program = join(directory, 'mmdebstrap-for-tests');
  await writeFile(program, `#!/bin/sh\nset -eu\necho run >>${directory}/runs\n${script}`);
  await chmod(program, 0o755);
  const stores = { prebuilt: join(directory, 'prebuilt'), bundled: join(directory, 'bundled') };
  return { directory, stores, mirror: 'http://mirror.example/debian', program };
}

const installer = (changes: { refuse?: string; signal?: AbortSignal } = {}) =>
  recordingInstaller(join(directory, 'lock'), changes);
const roots = async () => (await readdir(directory)).filter((name) => /^\.?debian-/.test(name));
const runs = async () => (await readFile(join(directory, 'runs'), 'utf8')).trim().split('\n').length;

test('a root is made once, proven, named, and found by the next start', async () => {
  const languages = [demoLanguage('a', demoPart('part', 'echo built >$1/file', true))];
  const made = installer();
  const { set, problems } = await installDebianSet(languages, await options(MAKE_ROOT), made);
  assert.equal(problems.size, 0);
  assert.deepEqual(made.proven, ['a']);
  assert.ok(made.messages.includes('made'));
  const [name] = await roots();
  assert.match(name ?? '', /^debian-[0-9a-f]{16}$/);
  assert.equal(set.mounts[0]?.source, join(directory, name ?? '', 'usr'));
  assert.equal(await readFile(join(directory, name ?? '', 'etc/hostname'), 'utf8'), '');
  const found = await findDebianSet(languages, await options('exit 1'), made);
  assert.deepEqual(found?.set.members[0]?.identity, set.members[0]?.identity);
  await installDebianSet(languages, await options('exit 1'), made);
  assert.equal(await runs(), 1);
});

test('a making that was stopped is begun anew, and what is left of it goes', async () => {
  const languages = [demoLanguage('a')];
  const stop = new AbortController();
  const slow = await options(`${MAKE_ROOT}\necho started >${directory}/started\nsleep 60`);
  const making = installDebianSet(languages, slow, installer({ signal: stop.signal }));
  while (!(await stat(join(directory, 'started')).catch(() => null))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  stop.abort();
  await assert.rejects(making, { name: 'AbortError' });
  const [partial, ...others] = await roots();
  assert.match(partial ?? '', /\.partial$/);
  assert.equal(others.length, 0);
  await installDebianSet(languages, await options(MAKE_ROOT), installer());
  assert.equal((await roots()).length, 1);
  assert.match((await roots())[0] ?? '', /^debian-/);
});

test('a root whose proofs were interrupted is kept and proven by the next start', async () => {
  const languages = [demoLanguage('a')];
  await assert.rejects(
    installDebianSet(languages, await options(MAKE_ROOT), installer({ refuse: 'a' })),
    /a does not work/,
  );
  assert.match((await roots())[0] ?? '', /^\.debian-[0-9a-f]{16}$/);
  await installDebianSet(languages, await options('exit 1'), installer());
  assert.match((await roots())[0] ?? '', /^debian-/);
  assert.equal(await runs(), 1);
});

test('a language that fails does not keep the others from being served', async () => {
  const languages = [demoLanguage('a'), demoLanguage('b')];
  const { problems } = await installDebianSet(
    languages,
    await options(MAKE_ROOT),
    installer({ refuse: 'a' }),
  );
  assert.deepEqual([...problems], [['a', 'a does not work']]);
  assert.match((await roots())[0] ?? '', /^debian-/);
});

test('other packages make another root', async () => {
  const more: Language = { ...demoLanguage('b'), debianPackages: ['bash', 'gawk'] };
  await installDebianSet([demoLanguage('a')], await options(MAKE_ROOT), installer());
  assert.equal(await findDebianSet([demoLanguage('a'), more], await options('exit 1'), installer()), null);
  await installDebianSet([demoLanguage('a'), more], await options(MAKE_ROOT), installer());
  assert.equal((await roots()).length, 2);
});

test('what the installing program says last is in the error', async () => {
  const failing = await options('echo "E: no route to mirror" >&2; exit 100');
  await assert.rejects(installDebianSet([demoLanguage('a')], failing, installer()), /E: no route to mirror/);
});

test('two at once make one root', async () => {
  const slow = await options(`sleep 0.3\n${MAKE_ROOT}`);
  const [first, second] = await Promise.all([
    installDebianSet([demoLanguage('a')], slow, installer()),
    installDebianSet([demoLanguage('a')], slow, installer()),
  ]);
  assert.deepEqual(first.set.mounts, second.set.mounts);
  assert.equal(await runs(), 1);
});
