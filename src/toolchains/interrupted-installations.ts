// Removes what interrupted installations left: incomplete roots, and copies and parts under temporary names. What another
// process is making, as its lock shows, is left alone.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeRoot } from './debian-root.ts';
import type { Installer } from './install-set.ts';
import { tryLockInstallation } from './installation-lock.ts';

/** Temporary names → the lock that their maker holds. */
const PARTIAL_ROOT = /^\.debian-.*\.partial$/;
const PARTIAL_PART = /^\.building-/;

export async function removeInterrupted(
  directory: string,
  { log, lockFile }: Pick<Installer, 'log' | 'lockFile'>,
): Promise<void> {
  const removed = [
    ...(await removeUnderLock(directory, PARTIAL_ROOT, join(directory, 'debian.lock'))),
    ...(await removeUnderLock(join(directory, 'prebuilt'), PARTIAL_PART, lockFile)),
  ];
  if (removed.length > 0) log('Removed what an interrupted installation left', { removed });
}

async function removeUnderLock(directory: string, pattern: RegExp, lockFile: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const paths = names.filter((name) => pattern.test(name)).map((name) => join(directory, name));
  if (paths.length === 0) return [];
  await using lock = await tryLockInstallation(lockFile);
  if (lock === null) return [];
  for (const path of paths) {
    if (PARTIAL_ROOT.test(path.slice(directory.length + 1))) await removeRoot(path);
    else await rm(path, { recursive: true, force: true });
  }
  return paths;
}
