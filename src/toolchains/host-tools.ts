// Finds on this machine the tools that languages need: the real program behind links and version managers' shims, its
// version, and its path in a box. Of a home, only a tool's own directory is ever shown.

import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { InstalledTool } from '../languages/language.ts';
import { runCommand } from './run-command.ts';
import type { FoundTool } from './set-members.ts';
import { compareVersions } from './version.ts';

export interface HostSearch {
  /** Directories looked through, in this order. */
  readonly directories: readonly string[];
  /** Directories of which nothing is shown: homes and data of this machine. */
  readonly privateDirectories: readonly string[];
  /** Versions found before, by identity and arguments. Added to. */
  readonly versions: Map<string, string>;
}

const PROBE_TIMEOUT_MS = 10_000;
const SYSTEM_DIRECTORIES = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64'];

/** What this process's PATH names, and where languages are usually installed beside it. */
export async function defaultHostSearch(versions: Map<string, string>): Promise<HostSearch> {
  const versioned = await Promise.all([
    subdirectories('/usr/lib', /^go-/),
    subdirectories('/usr/lib/jvm', /./),
  ]);
  const directories = [
    ...(process.env.PATH ?? '').split(':').filter((directory) => directory.startsWith('/')),
    ...['/usr/local/go/bin', '/usr/local/bin', '/usr/bin'],
    ...versioned.flat().map((directory) => join(directory, 'bin')),
  ];
  const privateDirectories = [homedir(), '/root', '/home', '/srv', '/var', '/tmp', '/run', '/etc'];
  return { directories: [...new Set(directories)], privateDirectories, versions };
}

/** The tool, or why there is none. */
export async function findHostTool(tool: InstalledTool, search: HostSearch): Promise<FoundTool | string> {
  if (tool.hostNames.length === 0)
    return `${tool.name} ${tool.minimumVersion} beside the usual one comes from Debian packages only`;
  let problem = `no ${tool.hostNames.join(' or ')} on this machine`;
  for (const name of tool.hostNames) {
    for (const directory of search.directories) {
      const found = await examine(join(directory, name), tool, search);
      if (found === null) continue;
      if (typeof found !== 'string') return found;
      problem = found;
    }
  }
  return problem;
}

/** `null`: nothing usable there. A string: a tool that will not do. */
async function examine(
  path: string,
  tool: InstalledTool,
  search: HostSearch,
): Promise<FoundTool | string | null> {
  try {
    await access(path, constants.X_OK);
    const place = await locate(path, tool, search);
    if (place === null) return null;
    const { size, mtimeMs } = await stat(place.hostPath);
    const identity = `${place.hostPath} ${size} ${mtimeMs}`;
    const version = await readVersion(place.hostPath, identity, tool, search.versions);
    if (version === null) return null;
    if (compareVersions(version, tool.minimumVersion) < 0) {
      return `${tool.name} ${version} at ${place.hostPath} is older than ${tool.minimumVersion}`;
    }
    return { version, boxPath: place.boxPath, directory: place.directory, identity };
  } catch {
    return null; // not there, or it does not start: the next one
  }
}

interface Place {
  readonly hostPath: string;
  readonly boxPath: string;
  readonly directory: FoundTool['directory'];
}

async function locate(path: string, tool: InstalledTool, search: HostSearch): Promise<Place | null> {
  const hostPath = tool.directoryArguments
    ? join(await askDirectory(path, tool.directoryArguments), 'bin', basename(path))
    : await realpath(path);
  if (isWithin(hostPath, SYSTEM_DIRECTORIES)) return { hostPath, boxPath: hostPath, directory: null };
  const isPrivate = isWithin(hostPath, search.privateDirectories);
  // What an npm project brings along is that project's, also where its scripts put it first in PATH.
  if (hostPath.includes('/node_modules/')) return null;
  if (isPrivate && tool.directoryArguments === undefined) return null;
  const source = dirname(dirname(hostPath));
  // A tool right under /opt or a home has no directory of its own.
  const isOwn = basename(dirname(hostPath)) === 'bin' && source.split('/').length > 2;
  if (!isOwn || search.privateDirectories.includes(source)) return null;
  const target = `/opt/${tool.name}`;
  return { hostPath, boxPath: `${target}/bin/${basename(hostPath)}`, directory: { source, target } };
}

async function askDirectory(path: string, directoryArguments: readonly string[]): Promise<string> {
  const { stdout } = await runCommand([path, ...directoryArguments], { timeoutMs: PROBE_TIMEOUT_MS });
  return realpath(stdout.trim());
}

async function readVersion(
  path: string,
  identity: string,
  tool: InstalledTool,
  known: Map<string, string>,
): Promise<string | null> {
  const key = `${identity} ${tool.versionArguments.join(' ')}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const { stdout, stderr } = await runCommand([path, ...tool.versionArguments], {
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  const version = tool.versionPattern.exec(`${stdout}${stderr}`)?.[1] ?? null;
  if (version !== null) known.set(key, version);
  return version;
}

function isWithin(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => path.startsWith(`${directory}/`));
}

/** Subdirectories with a name of this kind, the newest version first. */
async function subdirectories(directory: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const versionOf = (name: string) => /\d+(?:\.\d+)*/.exec(name)?.[0] ?? '0';
  return names
    .filter((name) => pattern.test(name))
    .sort((a, b) => compareVersions(versionOf(b), versionOf(a)))
    .map((name) => join(directory, name));
}
