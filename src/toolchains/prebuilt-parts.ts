// Builds the parts that make languages fast (a compiled standard library, an archive of compiler classes, a precompiled
// header): once for each version of the tools and each recipe, whole or not at all.

import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PrebuildStep } from '../languages/language.ts';
import type { RootMount } from '../sandbox/sandbox.ts';
import { runInRoot } from './chroot-runner.ts';
import { fingerprint } from './fingerprint.ts';
import { makeReadable } from './run-command.ts';

/** Where parts stand in a root, each in a directory with its name. */
export const PREBUILT = '/opt/prebuilt';
const BUILD_TIMEOUT_MS = 20 * 60 * 1000;

/** A part as one source of toolchains builds it. */
export interface PartPlan {
  readonly part: PrebuildStep;
  readonly tools: Readonly<Record<string, string>>;
  /** Names content and recipe: a directory with this name is complete. */
  readonly name: string;
  /** Where it is, or will be. */
  readonly source: string;
}

/** `toolIdentity` changes with the tools that build the part. */
export function planPart(
  part: PrebuildStep,
  tools: Readonly<Record<string, string>>,
  toolIdentity: unknown,
  store: string,
): PartPlan {
  const recipe = part.commands(tools, `${PREBUILT}/${part.part}`);
  // What no tool has worked on is the same for all of them.
  const builder = recipe.length === 0 ? null : toolIdentity;
  const name = `${part.part}-${fingerprint(recipe, part.inputs ?? [], builder)}`;
  return { part, tools, name, source: join(store, name) };
}

/** Whether building it takes no time worth mentioning. */
export function isQuick({ part, tools }: PartPlan): boolean {
  return part.isQuick === true || part.commands(tools, PREBUILT).length === 0;
}

export async function isBuilt(plan: PartPlan): Promise<boolean> {
  return (await stat(plan.source).catch(() => null)) !== null;
}

export function partMount(plan: PartPlan): RootMount {
  return { kind: 'bind', source: plan.source, target: `${PREBUILT}/${plan.part.part}` };
}

/** Builds into a temporary name first; what an interrupted build left there is removed. One builder at a time. */
export async function buildPart(
  plan: PartPlan,
  mounts: readonly RootMount[],
  signal: AbortSignal,
): Promise<void> {
  const temporary = join(dirname(plan.source), `.building-${plan.name}`);
  const target = `${PREBUILT}/${plan.part.part}`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  for (const { path, content } of plan.part.inputs ?? []) {
    await mkdir(dirname(join(temporary, path)), { recursive: true });
    await writeFile(join(temporary, path), content);
  }
  for (const command of plan.part.commands(plan.tools, target)) {
    const writable = [{ source: temporary, target }];
    const run = { mounts, writable, command, unprivileged: false, timeoutMs: BUILD_TIMEOUT_MS, signal };
    const { exitCode, stderr } = await runInRoot(run);
    if (exitCode !== 0) throw new Error(`building ${plan.part.part} failed: ${stderr.trim().slice(-2000)}`);
  }
  await makeReadable(temporary);
  await rename(temporary, plan.source);
}
