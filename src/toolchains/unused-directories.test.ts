// Which unused directories are removed.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { markUsed, removeUnused } from './unused-directories.ts';

test('directories unused for a day are removed, those in use stay', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'unused-'));
  const store = join(directory, 'prebuilt');
  const paths = [
    'debian-new',
    'debian-old',
    '.debian-old.partial',
    'other',
    'prebuilt/go-new',
    'prebuilt/go-old',
  ];
  for (const path of paths) await mkdir(join(directory, path, 'usr'), { recursive: true });
  const nextDay = Date.now() + 25 * 60 * 60 * 1000;
  assert.deepEqual(await removeUnused(directory, [store]), []);
  for (const path of paths.filter((name) => name.endsWith('new'))) {
    await markUsed([join(directory, path)]);
  }
  const old = paths.filter((name) => name.includes('old'));
  for (const path of old) await utimes(join(directory, path), new Date(0), new Date(0));
  const removed = await removeUnused(directory, [store], Date.now());
  assert.deepEqual(removed.sort(), old.map((path) => join(directory, path)).sort());
  assert.deepEqual((await readdir(directory)).sort(), ['debian-new', 'other', 'prebuilt']);
  await removeUnused(directory, [store], nextDay);
  assert.deepEqual((await readdir(directory)).sort(), ['other', 'prebuilt']);
  await rm(directory, { recursive: true });
});
