// Makes a directory with Debian bookworm and the packages that languages need, with mmdebstrap: once for each recipe,
// under a temporary name first. An interrupted making is begun anew; nothing half made ever has the final name.

import { mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DebianMirror, sourcesList } from './debian-mirror.ts';
import { fingerprint } from './fingerprint.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import type { Log, Requirement } from './toolchain.ts';

/** Changes when this file makes roots differently. */
const RECIPE = 1;
const MAKE_TIMEOUT_MS = 30 * 60 * 1000;
const TOOL = 'mmdebstrap';

/** Languages live in main; only Go 1.21 is taken from backports, and nothing else there may replace a package. */
const PREFERENCES = `Package: *
Pin: release n=bookworm-backports
Pin-Priority: -10

Package: golang-1.21 golang-1.21-*
Pin: release n=bookworm-backports
Pin-Priority: 500
`;
const NEVER_READ = ['man', 'doc', 'info', 'locale', 'lintian', 'bug'];

export interface DebianRecipe {
  readonly packages: readonly string[];
  /** Changes with all that decides what is in the root. */
  readonly hash: string;
}

export function debianRecipe(languages: readonly Requirement[]): DebianRecipe {
  const packages = [...new Set(languages.flatMap(({ debianPackages }) => debianPackages))].sort();
  return {
    packages,
    hash: fingerprint(RECIPE, PREFERENCES, NEVER_READ, packages, process.arch).slice(0, 16),
  };
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
  if (options.program === undefined) await requireMmdebstrap(options);
  await mkdir(join(partial, 'tmp'), { recursive: true });
  await writeFile(join(partial, 'preferences'), PREFERENCES);
  const start = performance.now();
  options.log('Installing Debian packages for languages', {
    packages: recipe.packages.join(' '),
    mirror: options.mirror.main,
  });
  const root = join(partial, 'root');
  const result = await runPrivately(
    [options.program ?? TOOL, ...mmdebstrapArguments(recipe, partial, root)],
    options,
    {
      TMPDIR: join(partial, 'tmp'),
      stdin: sourcesList(options.mirror),
    },
  );
  if (result.exitCode !== 0) throw new Error(`${TOOL} failed: ${lastLines(result)}`);
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
    ...['--variant=essential', '--mode=root', '--skip=check/empty'],
    ...['--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"'],
    ...['--aptopt=Acquire::Retries "3"', '--dpkgopt=force-unsafe-io'],
    ...NEVER_READ.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    '--setup-hook=mkdir -p "$1/etc/apt/preferences.d"',
    `--setup-hook=copy-in "${join(partial, 'preferences')}" /etc/apt/preferences.d`,
    // Without this directory the scripts of the Java packages fail.
    '--essential-hook=mkdir -p "$1/usr/share/man/man1"',
    `--include=${recipe.packages.join(',')}`,
    ...['bookworm', root, '-'],
  ];
}

/** Names and addresses of this machine that were copied for the installation, and the device nodes made for it. */
async function forgetHost(root: string): Promise<void> {
  for (const file of ['etc/resolv.conf', 'etc/hostname']) await truncate(join(root, file), 0).catch(() => {});
  await rm(join(root, 'dev'), { recursive: true, force: true });
  await mkdir(join(root, 'dev'));
}

async function requireMmdebstrap(options: MakeOptions): Promise<void> {
  if (process.geteuid?.() !== 0)
    throw new Error('toolchains can be installed from Debian packages by root only');
  const found = await runCommand([TOOL, '--version'], { timeoutMs: 10_000 }).catch(() => null);
  if (found?.exitCode === 0) return;
  options.log(`Installing ${TOOL} on this machine with apt-get: toolchains are made with it`);
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runPrivately(['apt-get', 'update'], options, environment).catch(asFailure);
  const install = await runPrivately(
    ['apt-get', 'install', '-y', '--no-install-recommends', TOOL],
    options,
    environment,
  ).catch(asFailure);
  options.signal.throwIfAborted();
  if (install.exitCode === 0) return;
  throw new Error(
    `${TOOL} is missing and could not be installed: ${lastLines(update)} ${lastLines(install)}`,
  );
}

/** In a process namespace of its own, where nothing that a package's script starts outlives the installation. */
async function runPrivately(
  argv: readonly string[],
  options: MakeOptions,
  { stdin, ...additions }: Record<string, string>,
): Promise<CommandResult> {
  const namespaces = [
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const environment: Record<string, string> = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    ...additions,
  };
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  const readable = ['sh', '-c', 'umask 022; exec "$@"', 'sh'];
  return runCommand(['unshare', ...namespaces, '--', ...readable, ...argv], {
    environment,
    timeoutMs: MAKE_TIMEOUT_MS,
    signal: options.signal,
    ...(stdin === undefined ? {} : { stdin }),
    onLine: (line) => {
      if (/^[IWE]: (?!running -|running special)/.test(line)) options.log(line.slice(3), { from: argv[0] });
    },
  });
}

function asFailure(error: unknown): CommandResult {
  return { exitCode: null, signal: null, stdout: '', stderr: String(error), timedOut: false };
}

function lastLines({ stderr, timedOut }: CommandResult): string {
  const lines = stderr.trim().split('\n').slice(-6).join('; ');
  return timedOut ? `it took longer than ${MAKE_TIMEOUT_MS / 60_000} minutes; ${lines}` : lines;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
