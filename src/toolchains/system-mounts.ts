// The mounts that make an installed system usable as a root: its /usr, the links into it, and the few entries of /etc
// that programs need. The system is this machine (`/`) or a directory with Debian in it.

import { lstat, readdir, readlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RootMount } from '../sandbox/sandbox.ts';

const TOP_DIRECTORIES = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
/** `awk` and other names are links through alternatives; the linker's cache saves every program a search. */
const CONFIGURATION = ['/etc/alternatives', '/etc/ld.so.cache'];
/** Where a tool with a directory of its own keeps links to its configuration. Not `lib/security`: it leads to keys. */
const LINKED_FROM = ['.', 'conf', 'conf/security', 'lib'];

/**
 * `toolPaths` are paths in the system whose configuration must be visible too, and `further` are those that no link of a
 * tool's directory leads to.
 */
export async function systemMounts(
  system: string,
  toolPaths: readonly string[],
  further: readonly string[] = [],
): Promise<RootMount[]> {
  const homes = [...new Set(toolPaths.map((path) => dirname(dirname(path))))].filter(
    (home) => home !== '/usr',
  );
  const linked = await Promise.all(homes.map((home) => linkedConfiguration(system, home)));
  const configuration = [...new Set([...CONFIGURATION, ...linked.flat(), ...further])];
  const mounts = await Promise.all([
    ...TOP_DIRECTORIES.map((name) => topDirectory(system, name)),
    ...configuration.map((path) => bindIfPresent(system, path)),
  ]);
  return [
    { kind: 'bind', source: join(system, 'usr'), target: '/usr' },
    ...mounts.filter((mount) => mount !== null),
  ];
}

/** A link into /usr on most systems; a directory on those that keep /bin apart. */
async function topDirectory(system: string, name: string): Promise<RootMount | null> {
  const path = join(system, name);
  const found = await lstat(path).catch(() => null);
  if (!found?.isSymbolicLink()) return bindIfPresent(system, `/${name}`);
  return { kind: 'symlink', source: (await readlink(path)).replace(/^\/+/, ''), target: `/${name}` };
}

async function bindIfPresent(system: string, target: string): Promise<RootMount | null> {
  const source = join(system, target);
  const found = await lstat(source).catch(() => null);
  return found === null ? null : { kind: 'bind', source, target };
}

/** Entries of /etc, as `/etc/java-17-openjdk`, that links of the tool's directory lead to. */
async function linkedConfiguration(system: string, home: string): Promise<string[]> {
  const targets = await Promise.all(
    LINKED_FROM.map(async (directory) => {
      const path = join(home, directory);
      const entries = await readdir(join(system, path), { withFileTypes: true }).catch(() => []);
      const links = entries.filter((entry) => entry.isSymbolicLink());
      return Promise.all(
        links.map(async ({ name }) => resolve(path, await readlink(join(system, path, name)))),
      );
    }),
  );
  return targets
    .flat()
    .filter((target) => target.startsWith('/etc/'))
    .map((target) => target.split('/').slice(0, 3).join('/'));
}
