// The catalog of toolchains: decides for each language whether this machine or a Debian root serves it, answers at once
// with what is there, and brings in the rest in the background.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findHostSet, type HostFinding } from './host-set.ts';
import { type Installer, installSet, offerKnown } from './install-set.ts';
import { loadKnowledge } from './knowledge.ts';
import { prove } from './proof.ts';
import type { Log, Requirement, Toolchain, ToolchainCatalog } from './toolchain.ts';
import { compareVersions } from './version.ts';

export interface CatalogParts {
  readonly languages: readonly Requirement[];
  /** Holds all that is installed; kept between starts. */
  readonly dataDirectory: string;
  /** `auto`: this machine where its version will do, else Debian. */
  readonly mode: 'auto' | 'debian' | 'host';
  /** Replaces the mirror that packages come from. */
  readonly debianMirror?: string;
  readonly log: Log;
  /** Replaces the proof that a toolchain works. */
  readonly prove?: Installer['prove'];
}

/** Answers within seconds; `settled()` tells when the rest is there. */
export async function createToolchainCatalog(parts: CatalogParts): Promise<ToolchainCatalog> {
  const directory = join(parts.dataDirectory, 'toolchains');
  const stores = { prebuilt: join(directory, 'prebuilt'), bundled: join(directory, 'bundled') };
  await mkdir(directory, { recursive: true });
  const knowledge = await loadKnowledge(join(directory, 'knowledge.json'));
  const ready = new Map<string, Toolchain[]>();
  const problems = new Map<string, string>();
  const stop = new AbortController();
  let working = true;
  const installer: Installer = {
    knowledge,
    lockFile: join(directory, 'installation.lock'),
    log: parts.log,
    signal: stop.signal,
    prove: parts.prove ?? prove,
    offer: (toolchain) => addToolchain(ready, toolchain, parts.log),
  };

  const host =
    parts.mode === 'debian' ? null : await findHostSet(parts.languages, stores, knowledge.versions);
  if (host) await offerKnown(host.set, installer);
  const background = install(host)
    .catch((error: unknown) => {
      if (!stop.signal.aborted) parts.log('Installing toolchains failed', { error: String(error) });
    })
    .finally(() => {
      working = false;
    });

  async function install(finding: HostFinding | null): Promise<void> {
    if (finding === null) return;
    const failed = await installSet(finding.set, installer);
    for (const [id, problem] of [...finding.problems, ...failed]) problems.set(id, problem);
  }

  return {
    of: (languageId) => ready.get(languageId) ?? [],
    status: (languageId) => {
      if (ready.has(languageId)) return 'ready';
      return working && !problems.has(languageId) ? 'installing' : 'missing';
    },
    problem: (languageId) => (ready.has(languageId) ? null : (problems.get(languageId) ?? null)),
    settled: () => background,
    close: async () => {
      stop.abort();
      await background;
    },
  };
}

/** A toolchain takes the place of an earlier state of itself. */
function addToolchain(ready: Map<string, Toolchain[]>, toolchain: Toolchain, log: Log): void {
  const { languageId, source, version } = toolchain;
  const before = ready.get(languageId) ?? [];
  const others = before.filter((known) => known.source !== source || known.version !== version);
  if (others.length === before.length) log('Language ready', { language: languageId, version, source });
  ready.set(
    languageId,
    [...others, toolchain].sort((a, b) => compareVersions(b.version, a.version)),
  );
}
