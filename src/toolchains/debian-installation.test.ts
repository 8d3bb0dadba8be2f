// Installing language after language from Debian packages, with a program in mmdebstrap's place that makes small roots.

import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Language } from '../languages/language.ts';
import { type DebianInstallation, installFromDebian, rootGroups } from './debian-installation.ts';
import { demoLanguage, recordingInstaller } from './demo-language-fixture.ts';
import { lockInstallation } from './installation-lock.ts';
import type { ProgressReport } from './installation-progress.ts';
import { removeInterrupted } from './interrupted-installations.ts';
import { lineThatMatters } from './mmdebstrap.ts';
import type { InstallationProgress } from './toolchain.ts';

/** Makes a root with bash in it, and notes the packages and the release; those named `broken` cannot be had. */
const MAKE_ROOT = `
for word; do case $word in --include=*) echo "\${word#--include=}" >>"$NOTES/made";;
bookworm|trixie) echo "$word" >>"$NOTES/releases";; esac; done
case "$*" in *broken*)
  echo "E: Failed to fetch http://mirror.example/x  Temporary failure resolving 'mirror.example'" >&2
  for line in 1 2 3 4 5 6 7 8; do echo "I: clean-up $line" >&2; done
  exit 100;;
esac
while [ $# -gt 2 ]; do shift; done
root=$1
mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/usr/lib64" "$root/var/lib/dpkg" "$root/etc" "$root/dev"
ln -s usr/bin "$root/bin"; ln -s usr/lib "$root/lib"; ln -s usr/lib64 "$root/lib64"
cp /usr/bin/bash "$root/usr/bin/"
for library in $(ldd /usr/bin/bash | grep -o '/[^ ]*'); do cp -L --parents "$library" "$root"; done
echo "Package: bash" >"$root/var/lib/dpkg/status"
echo "I: extracting archives..." >&2
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'debian-installation-'));
});
afterEach(() => rm(directory, { recursive: true }));

const language = (id: string, debianMegabytes?: number, packages = ['bash', id]): Language => ({
  ...demoLanguage(id),
  debianPackages: packages,
  ...(debianMegabytes === undefined ? {} : { debianMegabytes }),
});

async function installation(changes: Partial<DebianInstallation> = {}) {
  const program = join(directory, 'mmdebstrap-for-tests');
  await writeFile(program, `#!/bin/sh\nset -eu\nNOTES=${directory}\n${MAKE_ROOT}`);
  await chmod(program, 0o755);
  const logged: { message: string; level: string; details: Record<string, unknown> }[] = [];
  const recording = recordingInstaller(join(directory, 'lock'));
  const problems = new Map<string, string>();
  const stores = { prebuilt: join(directory, 'prebuilt'), bundled: join(directory, 'bundled') };
  const parts: DebianInstallation = {
    debian: { directory, stores, mirror: 'http://mirror.example/debian', program },
    installer: {
      ...recording,
      log: (message, details = {}, level = 'info') => void logged.push({ message, level, details }),
    },
    lookAgain: async (languages) => languages,
    onProgress: () => {},
    onProblem: (id, problem) => problems.set(id, problem),
    ...changes,
  };
  const offered = () => [...new Set(recording.offered.map(({ languageId }) => languageId))];
  return { parts, logged, problems, offered };
}

const made = async () => (await readFile(join(directory, 'made'), 'utf8')).trim().split('\n');

test('languages are grouped by their packages, the smallest root first and those of unknown size last', () => {
  const languages = [
    language('unknown'),
    language('large', 500),
    language('small', 20),
    language('twin', 20, ['small', 'bash']),
  ];
  const ids = rootGroups(languages).map((group) => group.map(({ id }) => id));
  assert.deepEqual(ids, [['small', 'twin'], ['large'], ['unknown']]);
});

test('a language of another release gets a root of that release', async () => {
  const { parts, offered } = await installation();
  const newer: Language = { ...language('newer', undefined, ['bash']), debianRelease: 'trixie' };
  const usual = language('usual', undefined, ['bash']);
  assert.equal(rootGroups([usual, newer]).length, 2);
  await installFromDebian([usual, newer], parts);
  assert.deepEqual(offered().sort(), ['newer', 'usual']);
  assert.equal(await readFile(join(directory, 'releases'), 'utf8'), 'bookworm\ntrixie\n');
});

test('languages are installed one by one and offered one by one', async () => {
  const offeredAt: number[] = [];
  const { parts, offered } = await installation({
    lookAgain: async (languages) => {
      offeredAt.push(offered().length);
      return languages;
    },
  });
  await installFromDebian([language('large', 500), language('small', 20)], parts);
  assert.deepEqual(await made(), ['bash,small', 'bash,large']);
  assert.deepEqual(offered(), ['small', 'large']);
  assert.ok(offeredAt.includes(1), 'the first is offered before the second is begun');
});

test('one that cannot be installed keeps no other from it, and the line that matters comes first', async () => {
  const { parts, problems, offered, logged } = await installation();
  await installFromDebian([language('broken', 10), language('good', 20)], parts);
  assert.deepEqual(offered(), ['good']);
  assert.deepEqual([...problems.keys()], ['broken']);
  const errors = logged.filter(({ level }) => level === 'error');
  assert.equal(errors.length, 1);
  assert.match(
    errors[0]?.message ?? '',
    /^broken cannot be installed, .* next start: mmdebstrap failed: E: Failed to fetch .* Temporary failure resolving 'mirror\.example' \(check the network, or set DEBIAN_MIRROR/,
  );
  assert.doesNotMatch(errors[0]?.message ?? '', /clean-up/);
});

test('what the machine has gained meanwhile is not installed', async () => {
  const { parts } = await installation({
    lookAgain: async (languages) => languages.filter(({ id }) => id !== 'python'),
  });
  await installFromDebian([language('python', 10), language('other', 20)], parts);
  assert.deepEqual(await made(), ['bash,other']);
});

test('the progress says which step a language is, of how many, what is done and since when', async () => {
  let report: ProgressReport | undefined;
  const seen: (InstallationProgress | null | undefined)[] = [];
  const { parts, logged } = await installation({
    onProgress: (progress) => {
      report = progress;
    },
    lookAgain: async (languages) => {
      seen.push(report?.of('small'), report?.of('large'), report?.of('nothing'));
      return languages;
    },
  });
  const before = Date.now();
  await installFromDebian([language('large', 500), language('small', 20)], parts);
  const [, waiting] = seen;
  assert.deepEqual(
    { ...waiting, since: 0 },
    { step: 2, steps: 2, megabytes: 500, doing: 'waiting for its turn', since: 0 },
  );
  const [small, large, nothing] = seen.slice(3);
  assert.deepEqual(
    { ...small, since: 0 },
    { step: 1, steps: 2, megabytes: 20, doing: 'preparing', since: 0 },
  );
  assert.equal(large?.doing, 'waiting for step 1');
  assert.ok(Number(small?.since) >= before && Number(small?.since) <= Date.now());
  assert.equal(nothing, null);
  const begun = logged
    .filter(({ message }) => message === 'Installing languages')
    .map(({ details }) => details);
  assert.deepEqual(begun, [
    { languages: ['small'], step: '1 of 2', megabytes: 20 },
    { languages: ['large'], step: '2 of 2', megabytes: 500 },
  ]);
  assert.ok(logged.some(({ message, details }) => /extracting/.test(message) && details.step === '2 of 2'));
});

test('what an interrupted installation left is removed, unless it is under way', async () => {
  const { parts } = await installation();
  const lockFile = join(directory, 'lock');
  const { installer } = parts;
  await mkdir(join(directory, '.debian-0123.partial/root/etc'), { recursive: true });
  await mkdir(join(directory, '.debian-4567'), { recursive: true });
  await mkdir(join(directory, 'prebuilt/.building-go-1'), { recursive: true });
  const left = async () => [
    ...(await readdir(directory)).filter((name) => name.startsWith('.debian')),
    ...(await readdir(join(directory, 'prebuilt'))),
  ];
  {
    await using _making = await lockInstallation(join(directory, 'debian.lock'), installer.signal);
    await removeInterrupted(directory, { ...installer, lockFile });
    assert.deepEqual(await left(), ['.debian-0123.partial', '.debian-4567']);
  }
  await removeInterrupted(directory, { ...installer, lockFile });
  assert.deepEqual(await left(), ['.debian-4567']);
});

for (const [text, line] of [
  ['E: one\nE: two\nI: cleaning', 'E: one'],
  [
    'I: x\nE: Sub-process failed\ncp: a: No space left on device\nI: cleaning',
    'cp: a: No space left on device',
  ],
  [
    'Reading lists\nW: Failed to fetch http://m/x  Could not connect',
    'W: Failed to fetch http://m/x Could not connect (check the network, or set DEBIAN_MIRROR to a mirror within reach)',
  ],
  ['just this', 'just this'],
] as const)
  test(`of ${JSON.stringify(text.slice(0, 30))} the line that matters is reported`, () => {
    assert.equal(lineThatMatters(text.split('\n')), line);
  });
