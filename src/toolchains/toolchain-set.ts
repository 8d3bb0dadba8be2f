// A set of toolchains that share one root: what one source (this machine, or one Debian root) offers. Parts built into
// the root may come later; a toolchain always has the current root.

import { basename } from 'node:path';
import type { Language } from '../languages/language.ts';
import type { DirectoryRoot, RootMount } from '../sandbox/sandbox.ts';
import { fingerprint } from './fingerprint.ts';
import { type PartPlan, PREBUILT, partMount } from './prebuilt-parts.ts';
import type { InstalledToolchain } from './toolchain.ts';

/** What a set knows of one language. */
export interface SetMember {
  readonly language: Language;
  readonly version: string;
  /** Paths in the box, by tool name. */
  readonly tools: Readonly<Record<string, string>>;
  /** Changes with the language's tools. */
  readonly identity: unknown;
  readonly plan: PartPlan | null;
}

export interface ToolchainSet {
  readonly source: InstalledToolchain['source'];
  /** The root without prebuilt parts. */
  readonly mounts: readonly RootMount[];
  /** Changes with anything in `mounts` that the members' identities do not cover. */
  readonly identity: unknown;
  /** Changes with what the system shows beside the tools; absent if `identity` covers that. */
  readonly packages?: string;
  readonly members: readonly SetMember[];
}

/** What a source offers, and why languages are missing from it, by their ids. */
export interface Finding {
  readonly set: ToolchainSet;
  readonly problems: ReadonlyMap<string, string>;
}

/** The root with the parts that are there. Where the service keeps its data makes no difference to its fingerprint. */
export function rootOf(set: ToolchainSet, parts: readonly PartPlan[]): DirectoryRoot {
  const mounts = [...set.mounts, ...parts.map(partMount)];
  const identities = set.members.map(({ language, identity }) => [language.id, identity]);
  const content = [set.source, set.packages ?? null, set.identity, identities, namesOf(mounts)];
  return { mounts, fingerprint: fingerprint(...content) };
}

/** Mounts without the directories that their sources are in. */
export function namesOf(mounts: readonly RootMount[]): unknown {
  return mounts.map(({ kind, source, target }) => [
    kind,
    kind === 'symlink' ? source : basename(source),
    target,
  ]);
}

export function toolchainOf(
  set: ToolchainSet,
  member: SetMember,
  parts: readonly PartPlan[],
): InstalledToolchain {
  return {
    source: set.source,
    languageId: member.language.id,
    version: member.version,
    root: rootOf(set, parts),
    tools: member.tools,
    prebuilt: PREBUILT,
    prebuiltParts: parts.map(({ part }) => part.part),
  };
}

/** The parts of all members, each once. Those without which a language cannot be offered come first. */
export function plansOf(set: ToolchainSet): PartPlan[] {
  const plans = set.members.flatMap(({ plan }) => (plan === null ? [] : [[plan.name, plan] as const]));
  const unique = [...new Map(plans).values()];
  return unique.sort((a, b) => Number(b.part.essential) - Number(a.part.essential));
}

export function mayBeOffered(member: SetMember, parts: readonly PartPlan[]): boolean {
  const { plan } = member;
  return plan === null || !plan.part.essential || parts.some(({ name }) => name === plan.name);
}
