// The toolchains of this machine: its own /usr and the directories of tools that live elsewhere.

import { copyBundledTool } from './bundled-tools.ts';
import { defaultHostSearch, findHostTool, type HostSearch, type HostTool } from './host-tools.ts';
import { planPart } from './prebuilt-parts.ts';
import { systemMounts } from './system-mounts.ts';
import type { Requirement, ToolchainMount } from './toolchain.ts';
import type { SetMember, ToolchainSet } from './toolchain-set.ts';

export interface HostFinding {
  readonly set: ToolchainSet;
  /** Why a language is not in the set, by its id. */
  readonly problems: ReadonlyMap<string, string>;
}

type AnyTool = Requirement['tools'][number];
type FoundTool = Pick<HostTool, 'version' | 'boxPath' | 'directory' | 'identity'>;
export type ToolFinder = (tool: AnyTool) => Promise<FoundTool | string>;

export interface ToolStores {
  /** Holds prebuilt parts. */
  readonly prebuilt: string;
  /** Holds copies of bundled tools. */
  readonly bundled: string;
}

export async function findHostSet(
  languages: readonly Requirement[],
  stores: ToolStores,
  versions: Map<string, string>,
  search?: HostSearch,
): Promise<HostFinding> {
  const where = search ?? (await defaultHostSearch(versions));
  const find = rememberTools((tool) =>
    'packages' in tool ? copyBundledTool(tool, stores.bundled) : findHostTool(tool, where),
  );
  const outcomes = await Promise.all(
    languages.map((language) => describeMember(language, find, 'host', stores)),
  );
  const problems = new Map<string, string>();
  const members: SetMember[] = [];
  const directories = new Map<string, ToolchainMount>();
  const systemTools: string[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (typeof outcome === 'string') {
      problems.set(languages[index]?.id ?? '', outcome);
      continue;
    }
    members.push(outcome.member);
    for (const { directory, boxPath } of outcome.found) {
      if (directory) directories.set(directory.target, { kind: 'bind', ...directory });
      else systemTools.push(boxPath);
    }
  }
  const mounts = [...(await systemMounts('/', systemTools)), ...directories.values()];
  return { set: { source: 'host', mounts, identity: null, members }, problems };
}

/** Finds all tools of a language; a string tells which one is missing. */
export async function describeMember(
  language: Requirement,
  find: ToolFinder,
  sourceIdentity: string,
  stores: ToolStores,
): Promise<{ member: SetMember; found: readonly FoundTool[] } | string> {
  const outcomes = await Promise.all(language.tools.map(find));
  const found: FoundTool[] = [];
  for (const outcome of outcomes) {
    if (typeof outcome === 'string') return outcome;
    found.push(outcome);
  }
  const named = language.tools.map(({ name }, index) => [name, found[index]] as const);
  const tools = Object.fromEntries(named.map(([name, tool]) => [name, tool?.boxPath ?? '']));
  const version = named.find(([name]) => name === language.versionTool)?.[1]?.version ?? '0';
  const identity = found.map((tool) => [tool.identity, tool.version, tool.boxPath]);
  const plan = language.prebuild
    ? planPart(language.prebuild, tools, [sourceIdentity, identity], stores.prebuilt)
    : null;
  return { member: { language, version, tools, identity, plan }, found };
}

/** Looks for each tool once, though several languages need it. */
export function rememberTools(find: ToolFinder): ToolFinder {
  const found = new Map<string, ReturnType<ToolFinder>>();
  return (tool) => {
    const key = JSON.stringify(tool);
    const before = found.get(key);
    if (before) return before;
    const outcome = find(tool);
    found.set(key, outcome);
    return outcome;
  };
}
