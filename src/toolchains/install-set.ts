// Brings a set of toolchains into service: proves its languages, builds missing parts, and offers each language as soon
// as possible. It does not know where a set comes from.

import type { Language } from '../languages/language.ts';
import { fingerprint } from './fingerprint.ts';
import { lockInstallation } from './installation-lock.ts';
import { buildPart, isBuilt, isQuick, type PartPlan } from './prebuilt-parts.ts';
import type { ProofCache } from './proof-cache.ts';
import { contextOf } from './prove-toolchain.ts';
import type { InstalledToolchain, Log } from './toolchain.ts';
import {
  mayBeOffered,
  plansOf,
  rootOf,
  type SetMember,
  type ToolchainSet,
  toolchainOf,
} from './toolchain-set.ts';

export interface Installer {
  readonly proofCache: ProofCache;
  readonly lockFile: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  prove(language: Language, toolchain: InstalledToolchain, signal: AbortSignal): Promise<void>;
  /** Called with a toolchain that works, and again after its root has gained a part. */
  offer(toolchain: InstalledToolchain): void;
}

/** Proofs that run at the same time. */
const PROOFS_AT_ONCE = 2;

/** Offers what was proven before. Returns the parts that are already built. */
export async function offerKnown(set: ToolchainSet, installer: Installer): Promise<PartPlan[]> {
  const plans = plansOf(set);
  const built = await Promise.all(plans.map(isBuilt));
  const parts = plans.filter((_, index) => built[index]);
  offerProven(set, parts, installer);
  return parts;
}

/** Builds and proves what is missing. Returns why languages cannot be offered, by their ids. */
export async function installSet(set: ToolchainSet, installer: Installer): Promise<Map<string, string>> {
  const problems = new Map<string, string>();
  const parts = await offerKnown(set, installer);
  const missing = plansOf(set).filter((plan) => !parts.some(({ name }) => name === plan.name));
  // No language is offered without the parts that take no time.
  for (const plan of missing.filter(isQuick)) await addPart(plan, parts, { set, problems, installer });
  await proveMembers(set, parts, problems, installer);
  for (const plan of missing.filter((plan) => !isQuick(plan))) {
    await addPart(plan, parts, { set, problems, installer });
    await proveMembers(set, parts, problems, installer);
  }
  return problems;
}

/** Builds a part and adds it to `parts`. A failure takes a language away only if the part is essential to it. */
async function addPart(
  plan: PartPlan,
  parts: PartPlan[],
  { set, problems, installer }: { set: ToolchainSet; problems: Map<string, string>; installer: Installer },
): Promise<void> {
  try {
    await buildOnce(plan, set, installer);
    parts.push(plan);
  } catch (error) {
    installer.signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    const message = `A part that makes a language fast cannot be built: ${problem}`;
    installer.log(message, { part: plan.part.part }, 'warn');
    for (const { language, plan: own } of set.members) {
      if (own?.name === plan.name && plan.part.essential) problems.set(language.id, problem);
    }
  }
}

async function buildOnce(plan: PartPlan, set: ToolchainSet, installer: Installer): Promise<void> {
  await using _lock = await lockInstallation(installer.lockFile, installer.signal);
  if (await isBuilt(plan)) return; // by another process, while this one waited
  const { part } = plan.part;
  const start = performance.now();
  installer.log('Building a part that makes a language fast', { part, source: set.source });
  await buildPart(plan, rootOf(set, []).mounts, installer.signal);
  installer.log('Built', {
    part,
    source: set.source,
    seconds: Math.round((performance.now() - start) / 1000),
  });
}

async function proveMembers(
  set: ToolchainSet,
  parts: readonly PartPlan[],
  problems: Map<string, string>,
  installer: Installer,
): Promise<void> {
  const waiting = set.members.filter(
    (member) =>
      mayBeOffered(member, parts) &&
      !problems.has(member.language.id) &&
      !installer.proofCache.proofs.has(proofKey(set, member, parts)),
  );
  const work = waiting.values();
  const proveNext = async () => {
    for (const member of work) {
      try {
        await installer.prove(member.language, toolchainOf(set, member, parts), installer.signal);
        installer.proofCache.proofs.add(proofKey(set, member, parts));
        offerProven(set, parts, installer);
      } catch (error) {
        installer.signal.throwIfAborted();
        problems.set(member.language.id, error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: PROOFS_AT_ONCE }, proveNext));
  offerProven(set, parts, installer);
  await installer.proofCache.save();
}

function offerProven(set: ToolchainSet, parts: readonly PartPlan[], installer: Installer): void {
  for (const member of set.members) {
    if (!mayBeOffered(member, parts)) continue;
    if (installer.proofCache.proofs.has(proofKey(set, member, parts)))
      installer.offer(toolchainOf(set, member, parts));
  }
}

/** A proof is valid for the tools, the language's own part and the commands it was made with. */
function proofKey(set: ToolchainSet, member: SetMember, parts: readonly PartPlan[]): string {
  const { language, identity, plan } = member;
  const toolchain = toolchainOf(set, member, parts);
  const context = contextOf(language, toolchain, language.examples.hello);
  const ownParts = parts.filter(({ name }) => name === plan?.name).map(({ name }) => name);
  const commands = [language.compile?.(context), language.run(context)];
  return fingerprint(set.source, set.identity, language.id, identity, ownParts, commands);
}
