// Which mirror Debian packages come from, by the machine's own settings.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { findDebianMirror, sourcesList } from './debian-mirror.ts';

let apt: string;
beforeEach(async () => {
  apt = await mkdtemp(join(tmpdir(), 'apt-'));
  await mkdir(join(apt, 'sources.list.d'));
});
afterEach(() => rm(apt, { recursive: true }));

test('without a setting and without sources there is none, and the setting is named', async () => {
  await assert.rejects(findDebianMirror(undefined, apt), /set DEBIAN_MIRROR/);
});

test('security updates are expected beside a mirror whose own are not known', async () => {
  await writeFile(join(apt, 'sources.list'), 'deb http://mirror.example/debian bookworm main\n');
  assert.equal((await findDebianMirror(undefined, apt)).security, 'http://mirror.example/debian-security');
});

test('the machine’s own mirror is used, whatever form its sources have', async () => {
  await writeFile(
    join(apt, 'sources.list'),
    '# deb http://old.example/debian bookworm main\ndeb [arch=amd64] http://mirror.example/debian/ trixie main\n',
  );
  await writeFile(
    join(apt, 'sources.list.d/debian.sources'),
    'Types: deb\nURIs: https://mirror.example/debian-security\nSuites: trixie-security\nComponents: main\n',
  );
  assert.deepEqual(await findDebianMirror(undefined, apt), {
    main: 'http://mirror.example/debian',
    security: 'https://mirror.example/debian-security',
  });
});

test('sources of others, of source packages and switched off ones are not mirrors', async () => {
  await writeFile(
    join(apt, 'sources.list'),
    'deb https://packages.example/apt stable main\ndeb-src http://src.example/debian bookworm main\n',
  );
  await writeFile(
    join(apt, 'sources.list.d/a.sources'),
    'Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: bookworm\n\nTypes: deb\nURIs: file:/cdrom/debian\nSuites: bookworm\n',
  );
  await assert.rejects(findDebianMirror(undefined, apt), /no sources of Debian packages/);
});

test('the setting comes first, with security updates beside it', async () => {
  await writeFile(join(apt, 'sources.list'), 'deb http://mirror.example/debian bookworm main\n');
  const mirror = await findDebianMirror('http://near.example/debian/', apt);
  assert.deepEqual(mirror, {
    main: 'http://near.example/debian',
    security: 'http://near.example/debian-security',
  });
  const lines = sourcesList(mirror).trim().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/\[.*\] /, '')),
    [
      'deb http://near.example/debian bookworm main',
      'deb http://near.example/debian bookworm-updates main',
      'deb http://near.example/debian-security bookworm-security main',
      'deb http://near.example/debian bookworm-backports main',
    ],
  );
});

test('backports are a source of bookworm only', () => {
  const lines = sourcesList({ main: 'http://a.example', security: 'http://b.example' }, 'trixie')
    .trim()
    .split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/\[.*\] /, '')),
    [
      'deb http://a.example trixie main',
      'deb http://a.example trixie-updates main',
      'deb http://b.example trixie-security main',
    ],
  );
});
