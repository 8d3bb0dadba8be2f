// The toolchains of this machine: its own /usr and the directories of tools that live elsewhere.

import type { Language } from '../languages/language.ts';
import { defaultHostSearch, findHostTool } from './host-tools.ts';
import { gatherMembers, type ToolStores } from './set-members.ts';
import { systemMounts } from './system-mounts.ts';
import type { Finding } from './toolchain-set.ts';

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
  return { set: { source: 'host', mounts, identity: mounts, members }, problems };
}
