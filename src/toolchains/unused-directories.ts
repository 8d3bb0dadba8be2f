// Keeps the data directory from growing: a running service marks every hour what it uses, and what was not marked for a
// day (roots and parts of earlier recipes, leftovers of interrupted installations) is removed.

import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { removeRoot } from './debian-root.ts';

export const MARK_INTERVAL_MS = 60 * 60 * 1000;
const UNUSED_AFTER_MS = 24 * MARK_INTERVAL_MS;

/** Marks directories as used, by their time of modification. */
export async function markUsed(directories: readonly string[]): Promise<void> {
  const now = new Date();
  await Promise.all(directories.map((directory) => utimes(directory, now, now).catch(() => {})));
}

/** Removes what has not been used for a day: Debian roots in `directory`, and entries of its stores. */
export async function removeUnused(
  directory: string,
  stores: readonly string[],
  now = Date.now(),
): Promise<string[]> {
  const roots = await entriesOf(directory, /^\.?debian-/);
  const entries = (await Promise.all(stores.map((store) => entriesOf(store, /./)))).flat();
  const removed: string[] = [];
  for (const path of [...roots, ...entries]) {
    const found = await stat(path).catch(() => null);
    if (found === null || now - found.mtimeMs < UNUSED_AFTER_MS) continue;
    if (roots.includes(path)) await removeRoot(path);
    else await rm(path, { recursive: true, force: true });
    removed.push(path);
  }
  return removed;
}

async function entriesOf(directory: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => pattern.test(name)).map((name) => join(directory, name));
}
