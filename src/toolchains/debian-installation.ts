// Installs languages from Debian packages, one root after the other, the smallest first. Before each, this machine is
// searched again: languages that apt or an administrator has installed meanwhile need no root.

import type { Language } from '../languages/language.ts';
import { type DebianOptions, findDebianSet, installDebianSet } from './debian-set.ts';
import { type Installer, installSet, offerKnown } from './install-set.ts';
import { createProgressReport, type ProgressReport, type Step } from './installation-progress.ts';
import { requireMmdebstrap } from './mmdebstrap.ts';

export interface DebianInstallation {
  readonly debian: DebianOptions;
  readonly installer: Installer;
  /** Offers those of the languages that this machine has by now; returns the others. */
  lookAgain(languages: readonly Language[]): Promise<readonly Language[]>;
  /** Called with the progress of all before the first begins. */
  onProgress(progress: ProgressReport): void;
  /** Called with why a language cannot be installed. */
  onProblem(languageId: string, problem: string): void;
}

/** Languages with the same packages share a root. The smallest first; what was not measured comes last. */
export function rootGroups(languages: readonly Language[]): Language[][] {
  const groups = new Map<string, Language[]>();
  for (const language of languages) {
    const key = [language.debianRelease, ...[...language.debianPackages].sort()].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), language]);
  }
  return [...groups.values()].sort((a, b) => sizeOf(a) - sizeOf(b));
}

function sizeOf(group: readonly Language[]): number {
  return Math.max(...group.map(({ debianMegabytes = Number.MAX_SAFE_INTEGER }) => debianMegabytes));
}

/** What earlier starts installed and proved, whichever of the languages they are. */
export async function offerFormerRoots(
  languages: readonly Language[],
  debian: DebianOptions,
  installer: Installer,
): Promise<void> {
  for (const group of rootGroups(languages)) {
    const former = await findDebianSet(group, debian, installer);
    if (former) await offerKnown(former.set, installer);
  }
}

/** Rejects only when `installer.signal` is aborted. */
export async function installFromDebian(
  languages: readonly Language[],
  parts: DebianInstallation,
): Promise<void> {
  const groups = rootGroups(languages);
  const steps = groups.map(stepOf);
  const progress = createProgressReport(steps, parts.installer.log);
  const installer = { ...parts.installer, log: progress.log };
  parts.onProgress(progress);
  for (const [index, group] of groups.entries()) {
    const wanted = await parts.lookAgain(group);
    if (wanted.length === 0) continue;
    using _step = progress.begin(steps[index] ?? stepOf(group));
    try {
      await prepareMachine(wanted, { ...parts, installer });
      const lacking = await parts.lookAgain(wanted);
      // All of the group, so that the same root serves whichever of them are lacking.
      if (lacking.length > 0) await installGroup(group, lacking, { ...parts, installer });
    } catch (error) {
      installer.signal.throwIfAborted();
      report(wanted, error instanceof Error ? error.message : String(error), { ...parts, installer });
    }
  }
}

function stepOf(group: readonly Language[]): Step {
  const measured = group.every(({ debianMegabytes }) => debianMegabytes !== undefined);
  return { languageIds: group.map(({ id }) => id), megabytes: measured ? sizeOf(group) : null };
}

async function prepareMachine(group: readonly Language[], parts: DebianInstallation): Promise<void> {
  const { debian, installer } = parts;
  if (debian.program !== undefined || (await findDebianSet(group, debian, installer))) return;
  await requireMmdebstrap({ ...installer, mayInstall: debian.mayInstall ?? true });
}

async function installGroup(
  group: readonly Language[],
  lacking: readonly Language[],
  parts: DebianInstallation,
): Promise<void> {
  const { set, problems } = await installDebianSet(group, parts.debian, parts.installer);
  const failed = new Map([...problems, ...(await installSet(set, parts.installer))]);
  for (const language of lacking) {
    const problem = failed.get(language.id);
    if (problem !== undefined) report([language], problem, parts);
  }
}

function report(languages: readonly Language[], problem: string, parts: DebianInstallation): void {
  const ids = languages.map(({ id }) => id);
  const message = `${ids.join(' and ')} cannot be installed, and will be tried again at the next start: ${problem}`;
  parts.installer.log(message, { languages: ids }, 'error');
  for (const { id } of languages) parts.onProblem(id, problem);
}
