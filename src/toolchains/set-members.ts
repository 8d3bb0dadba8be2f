// Describes the languages of a set: finds the tools of each, once for all of them, and gathers what the set's root must
// show beside the system.

import type { BundledTool, InstalledTool, Language } from '../languages/language.ts';
import type { RootMount } from '../sandbox/sandbox.ts';
import { copyBundledTool } from './bundled-tools.ts';
import { type PartPlan, planPart } from './prebuilt-parts.ts';
import type { SetMember } from './toolchain-set.ts';

export interface FoundTool {
  readonly version: string;
  /** Path of the program in the box. */
  readonly boxPath: string;
  /** The tool's own directory, where it is not part of the system, and where a box sees it. */
  readonly directory: { readonly source: string; readonly target: string } | null;
  /** Changes when the program is replaced. */
  readonly identity: string;
}

/** Where parts of a root are kept. */
export interface ToolStores {
  /** Holds prebuilt parts. */
  readonly prebuilt: string;
  /** Holds copies of bundled tools. */
  readonly bundled: string;
}

export interface SetMembers {
  readonly members: readonly SetMember[];
  /** Why a language is not among the members, by its id. */
  readonly problems: ReadonlyMap<string, string>;
  /** Mounts of tools that have a directory of their own. */
  readonly directories: readonly RootMount[];
  /** Paths of the tools that are part of the system. */
  readonly systemTools: readonly string[];
}

/** `find` returns a tool, or why there is none. `origin` distinguishes the parts of different sources. */
export async function gatherMembers(
  languages: readonly Language[],
  find: (tool: InstalledTool) => Promise<FoundTool | string>,
  origin: string,
  stores: ToolStores,
): Promise<SetMembers> {
  const findOnce = once((tool: Language['tools'][number]) =>
    'packages' in tool ? copyOrProblem(tool, stores.bundled) : find(tool),
  );
  const outcomes = await Promise.all(
    languages.map(async (language) => ({ language, tools: await Promise.all(language.tools.map(findOnce)) })),
  );
  const problems = new Map<string, string>();
  const members: SetMember[] = [];
  const directories = new Map<string, RootMount>();
  const systemTools: string[] = [];
  for (const { language, tools } of outcomes) {
    const problem = tools.find((outcome) => typeof outcome === 'string');
    if (problem !== undefined) {
      problems.set(language.id, problem);
      continue;
    }
    const found = tools.filter((outcome) => typeof outcome !== 'string');
    members.push(describe(language, found, origin, stores));
    for (const { directory, boxPath } of found) {
      if (directory) directories.set(directory.target, { kind: 'bind', ...directory });
      else systemTools.push(boxPath);
    }
  }
  return { members, problems, directories: [...directories.values()], systemTools };
}

/** A copy that cannot be made, as on a full disk, is a problem of the languages that need it and of no other. */
async function copyOrProblem(tool: BundledTool, store: string): Promise<FoundTool | string> {
  try {
    return await copyBundledTool(tool, store);
  } catch (error) {
    return `${tool.name} cannot be copied to DATA_DIR: ${error instanceof Error ? error.message : error}`;
  }
}

function describe(
  language: Language,
  found: readonly FoundTool[],
  origin: string,
  stores: ToolStores,
): SetMember {
  const tools: Record<string, string> = {};
  let version = '0';
  for (const [index, { name }] of language.tools.entries()) {
    tools[name] = found[index]?.boxPath ?? '';
    if (name === language.versionTool) version = found[index]?.version ?? '0';
  }
  const identity = found.map((tool) => [tool.identity, tool.version, tool.boxPath]);
  const plan: PartPlan | null = language.prebuild
    ? planPart(language.prebuild, tools, [origin, identity], stores.prebuilt)
    : null;
  return { language, version, tools, identity, plan };
}

/** Looks for each tool once, though several languages need it. */
function once<T>(find: (tool: Language['tools'][number]) => Promise<T>): typeof find {
  const found = new Map<string, Promise<T>>();
  return (tool) => {
    const key = JSON.stringify(tool);
    const outcome = found.get(key) ?? find(tool);
    found.set(key, outcome);
    return outcome;
  };
}
