// The toolchains of this machine: its own /usr and the directories of tools that live elsewhere.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Language } from '../languages/language.ts';
import { fingerprint } from './fingerprint.ts';
import { defaultHostSearch, findHostTool } from './host-tools.ts';
import { gatherMembers, type ToolStores } from './set-members.ts';
import { systemMounts } from './system-mounts.ts';
import { type Finding, namesOf } from './toolchain-set.ts';

/** Lists of installed packages with their versions, of Debian and of Alpine. */
const PACKAGE_LISTS = ['/var/lib/dpkg/status', '/lib/apk/db/installed'];

/** What this machine offers, with what this process's PATH names. `versions` are those found before; added to. */
export async function findHostSet(
  languages: readonly Language[],
  stores: ToolStores,
  versions: Map<string, string>,
): Promise<Finding> {
  const search = await defaultHostSearch(versions);
  const { members, problems, directories, systemTools } = await gatherMembers(
    languages,
    (tool) => findHostTool(tool, search),
    'host',
    stores,
  );
  const configuration = members.flatMap(({ language }) => language.configuration ?? []);
  const mounts = [...(await systemMounts('/', systemTools, configuration)), ...directories];
  const set = { source: 'host', mounts, identity: namesOf(mounts), members } as const;
  return { set: { ...set, packages: await machinePackages() }, problems };
}

/** Machines with equal lists have the same compilers and libraries. One without a list equals no other. */
async function machinePackages(): Promise<string> {
  const lists = await Promise.all(PACKAGE_LISTS.map((path) => readFile(path, 'utf8').catch(() => '')));
  return lists.every((list) => list === '') ? randomUUID() : fingerprint(lists);
}
