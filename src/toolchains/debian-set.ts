// The toolchains of a Debian root: made, proven, then renamed to its final place.

import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledTool, Language } from '../languages/language.ts';
import type { RootMount } from '../sandbox/sandbox.ts';
import { runInRoot } from './chroot-runner.ts';
import { findDebianMirror } from './debian-mirror.ts';
import { debianRecipe, debianRootPath, makeDebianRoot } from './debian-root.ts';
import { fingerprint } from './fingerprint.ts';
import { type Installer, installSet } from './install-set.ts';
import { lockInstallation } from './installation-lock.ts';
import { type FoundTool, gatherMembers, type ToolStores } from './set-members.ts';
import { systemMounts } from './system-mounts.ts';
import type { Finding } from './toolchain-set.ts';
import { compareVersions } from './version.ts';

export interface DebianOptions {
  readonly directory: string;
  readonly stores: ToolStores;
  /** Replaces the mirror that packages come from. */
  readonly mirror: string | undefined;
  /** Replaces mmdebstrap. */
  readonly program?: string;
  /** Whether mmdebstrap itself may be installed when it is missing. */
  readonly mayInstall?: boolean;
}

const PROBE_TIMEOUT_MS = 30_000;

/** The set of a root that was made and proven before; `null` if there is none. */
export async function findDebianSet(
  languages: readonly Language[],
  options: DebianOptions,
  installer: Installer,
): Promise<Finding | null> {
  const root = debianRootPath(options.directory, debianRecipe(languages));
  return (await exists(root)) ? describeRoot(root, languages, options, installer) : null;
}

/**
 * Makes the root, builds its parts and proves its languages before it gets its final name. Returns the set at its
 * final place. `problems` names the languages that fail; if all fail, the root is not used.
 */
export async function installDebianSet(
  languages: readonly Language[],
  options: DebianOptions,
  installer: Installer,
): Promise<Finding> {
  const recipe = debianRecipe(languages);
  const final = debianRootPath(options.directory, recipe);
  await using _lock = await lockInstallation(join(options.directory, 'debian.lock'), installer.signal);
  if (await exists(final)) return describeRoot(final, languages, options, installer);
  const made = await makeDebianRoot(recipe, {
    directory: options.directory,
    mirror: await findDebianMirror(options.mirror),
    log: installer.log,
    signal: installer.signal,
    ...(options.program === undefined ? {} : { program: options.program }),
  });
  const candidate = await describeRoot(made, languages, options, installer);
  const failed = await installSet(candidate.set, { ...installer, offer: () => {} });
  const problems = new Map([...candidate.problems, ...failed]);
  if (problems.size === languages.length) throw new Error([...problems.values()].join('; '));
  await rename(made, final);
  const { set } = await describeRoot(final, languages, options, installer);
  return { set, problems };
}

async function describeRoot(
  root: string,
  languages: readonly Language[],
  options: DebianOptions,
  installer: Installer,
): Promise<Finding> {
  // The list of installed packages with their versions stands for the root's content.
  const content = fingerprint(await readFile(join(root, 'var/lib/dpkg/status'), 'utf8'));
  const systemTools = languages.flatMap(({ tools }) =>
    tools.flatMap((tool) => ('debianPath' in tool ? [tool.debianPath] : [])),
  );
  const configuration = languages.flatMap((language) => language.configuration ?? []);
  const system = await systemMounts(root, systemTools, configuration);
  const { members, problems, directories } = await gatherMembers(
    languages,
    (tool) => probe(tool, root, system, content, installer),
    `debian ${content}`,
    options.stores,
  );
  const mounts = [...system, ...directories];
  return { set: { source: 'debian', mounts, identity: content, members }, problems };
}

async function probe(
  tool: InstalledTool,
  root: string,
  mounts: readonly RootMount[],
  content: string,
  installer: Installer,
): Promise<FoundTool | string> {
  const identity = `${tool.debianPath} ${content}`;
  const key = `${identity} ${tool.versionArguments.join(' ')}`;
  const boxPath = tool.debianPath;
  let version = installer.proofCache.versions.get(key);
  if (version === undefined) {
    if (!(await exists(join(root, tool.debianPath)))) return `${tool.debianPath} is not in the Debian root`;
    const command = {
      argv: [tool.debianPath, ...tool.versionArguments],
      environment: { PATH: '/usr/bin:/bin', HOME: '/tmp' },
    };
    const run = {
      mounts,
      command,
      unprivileged: true,
      timeoutMs: PROBE_TIMEOUT_MS,
      signal: installer.signal,
    };
    const { stdout, stderr } = await runInRoot(run);
    version = tool.versionPattern.exec(`${stdout}${stderr}`)?.[1];
    if (version === undefined)
      return `${tool.debianPath} does not report its version: ${stderr.trim().slice(-200)}`;
    installer.proofCache.versions.set(key, version);
  }
  if (compareVersions(version, tool.minimumVersion) < 0) {
    return `${tool.name} ${version} in the Debian root is older than ${tool.minimumVersion}`;
  }
  return { version, boxPath, directory: null, identity };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
