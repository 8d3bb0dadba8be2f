// Makes a directory with a release of Debian and the packages that languages need, with mmdebstrap: once for each recipe,
// under a temporary name first. An interrupted installation starts anew; only a complete one gets the final name.

import { mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '../languages/language.ts';
import { type DebianMirror, type DebianRelease, sourcesList } from './debian-mirror.ts';
import { fingerprint } from './fingerprint.ts';
import { NEVER_READ, PREFERENCES, runMmdebstrap } from './mmdebstrap.ts';
import type { Log } from './toolchain.ts';

/** Changes when this file makes roots differently. */
const RECIPE = 1;

export interface DebianRecipe {
  readonly packages: readonly string[];
  readonly release: DebianRelease;
  /** Changes with all that decides what is in the root. */
  readonly hash: string;
}

/** `languages` are of one release. */
export function debianRecipe(languages: readonly Language[]): DebianRecipe {
  const packages = [...new Set(languages.flatMap(({ debianPackages }) => debianPackages))].sort();
  const release = releaseOf(languages);
  const others = release === 'bookworm' ? [] : [release];
  const hash = fingerprint(RECIPE, PREFERENCES, NEVER_READ, packages, process.arch, ...others);
  return { packages, release, hash: hash.slice(0, 16) };
}

function releaseOf([first]: readonly Language[]): DebianRelease {
  return first?.debianRelease ?? 'bookworm';
}

/** Final place of a root: what has this name is whole and proven. */
export function debianRootPath(directory: string, recipe: DebianRecipe): string {
  return join(directory, `debian-${recipe.hash}`);
}

export interface MakeOptions {
  readonly directory: string;
  readonly mirror: DebianMirror;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Replaces mmdebstrap. */
  readonly program?: string;
}

/**
 * Returns the path of a root that is whole but not proven yet. The caller holds a lock, proves the root and renames it
 * to `debianRootPath`.
 */
export async function makeDebianRoot(recipe: DebianRecipe, options: MakeOptions): Promise<string> {
  const made = join(options.directory, `.debian-${recipe.hash}`);
  if (await exists(made)) return made;
  const partial = `${made}.partial`;
  await removeRoot(partial);
  await mkdir(join(partial, 'tmp'), { recursive: true });
  await writeFile(join(partial, 'preferences'), recipe.release === 'bookworm' ? PREFERENCES : '');
  const start = performance.now();
  options.log('downloading Debian packages', {
    packages: recipe.packages.join(' '),
    mirror: options.mirror.main,
  });
  const root = join(partial, 'root');
  await runMmdebstrap(mmdebstrapArguments(recipe, partial, root), {
    ...options,
    temporaryDirectory: join(partial, 'tmp'),
    release: recipe.release,
    sources: sourcesList(options.mirror, recipe.release),
  });
  await forgetHost(root);
  await rename(root, made);
  await removeRoot(partial);
  options.log('Debian packages are installed', { seconds: Math.round((performance.now() - start) / 1000) });
  return made;
}

/** Removes a root that is whole or not; refuses while something is mounted in it. */
export async function removeRoot(path: string): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const inside = mounts.split('\n').find((line) => line.split(' ')[1]?.startsWith(`${path}/`));
  if (inside !== undefined) throw new Error(`${path} is not removed, there is a mount in it: ${inside}`);
  await rm(path, { recursive: true, force: true });
}

function mmdebstrapArguments(recipe: DebianRecipe, partial: string, root: string): string[] {
  return [
    '--variant=essential',
    '--setup-hook=mkdir -p "$1/etc/apt/preferences.d"',
    `--setup-hook=copy-in "${join(partial, 'preferences')}" /etc/apt/preferences.d`,
    // Without this directory the scripts of the Java packages fail.
    '--essential-hook=mkdir -p "$1/usr/share/man/man1"',
    `--include=${recipe.packages.join(',')}`,
    root,
  ];
}

/** Names and addresses of this machine that were copied for the installation, and the device nodes made for it. */
async function forgetHost(root: string): Promise<void> {
  for (const file of ['etc/resolv.conf', 'etc/hostname']) await truncate(join(root, file), 0).catch(() => {});
  await rm(join(root, 'dev'), { recursive: true, force: true });
  await mkdir(join(root, 'dev'));
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
