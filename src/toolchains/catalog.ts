// The catalog of toolchains: decides for each language whether this machine or a Debian root serves it, answers at once
// with what is there, and brings in the rest in the background.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DebianOptions, findDebianSet, installDebianSet } from './debian-set.ts';
import { findHostSet } from './host-set.ts';
import { type Installer, installSet, offerKnown } from './install-set.ts';
import { loadKnowledge } from './knowledge.ts';
import { prove } from './proof.ts';
import type { InstalledToolchain, Log, Requirement, ToolchainCatalog } from './toolchain.ts';
import type { Finding } from './toolchain-set.ts';
import { MARK_INTERVAL_MS, markUsed, removeUnused } from './unused-directories.ts';
import { compareVersions } from './version.ts';

export interface CatalogParts {
  readonly languages: readonly Requirement[];
  /** Holds all that is installed; kept between starts. */
  readonly dataDirectory: string;
  /** `auto`: this machine where its version will do, else Debian. */
  readonly mode: 'auto' | 'debian' | 'host';
  /** Replaces the mirror that packages come from. */
  readonly debianMirror?: string | undefined;
  readonly log: Log;
  /** Replaces the proof that a toolchain works. */
  readonly prove?: Installer['prove'];
}

/** What an installation under way works with. */
interface Work {
  readonly parts: CatalogParts;
  readonly installer: Installer;
  readonly debian: DebianOptions;
  /** What this machine offers; `null` when it is not asked. */
  readonly host: Finding | null;
  readonly problems: Map<string, string>;
}

/** Answers within seconds; `settled()` tells when the rest is there. */
export async function createToolchainCatalog(parts: CatalogParts): Promise<ToolchainCatalog> {
  const directory = join(resolve(parts.dataDirectory), 'toolchains');
  const stores = { prebuilt: join(directory, 'prebuilt'), bundled: join(directory, 'bundled') };
  await mkdir(directory, { recursive: true });
  const knowledge = await loadKnowledge(join(directory, 'knowledge.json'));
  const ready = new Map<string, InstalledToolchain[]>();
  const problems = new Map<string, string>();
  const stop = new AbortController();
  const installer: Installer = {
    knowledge,
    lockFile: join(directory, 'installation.lock'),
    log: parts.log,
    signal: stop.signal,
    prove: parts.prove ?? prove,
    offer: (toolchain) => addToolchain(ready, toolchain, parts.log),
  };
  const usesHost = parts.mode !== 'debian';
  const host = usesHost ? await findHostSet(parts.languages, stores, knowledge.versions) : null;
  const debian = { directory, stores, mirror: parts.debianMirror };
  const work: Work = { parts, installer, debian, host, problems };
  await offerWhatIsThere(work);
  await markUsed(ownDirectories(ready, directory));
  let isWorking = true;
  const mark = () => markUsed(ownDirectories(ready, directory));
  const background = installWhatIsMissing(work)
    .then(mark)
    .finally(() => {
      isWorking = false;
    });
  const marking = setInterval(mark, MARK_INTERVAL_MS).unref();

  return {
    of: (languageId) => ready.get(languageId) ?? [],
    status: (languageId) => {
      if (ready.has(languageId)) return 'ready';
      return isWorking && !problems.has(languageId) ? 'installing' : 'missing';
    },
    problem: (languageId) => (ready.has(languageId) ? null : (problems.get(languageId) ?? null)),
    settled: () => background,
    close: async () => {
      clearInterval(marking);
      stop.abort();
      await background;
    },
  };
}

/** What earlier starts built and proved. */
async function offerWhatIsThere({ parts, installer, debian, host }: Work): Promise<void> {
  if (host) await offerKnown(host.set, installer);
  const lacking = parts.languages.filter(({ id }) => host === null || host.problems.has(id));
  if (parts.mode === 'host' || lacking.length === 0) return;
  const former = await findDebianSet(lacking, debian, installer);
  if (former) await offerKnown(former.set, installer);
}

/** Never rejects: what went wrong is logged and told as the problem of the languages concerned. */
async function installWhatIsMissing(work: Work): Promise<void> {
  const { parts, installer, host, problems } = work;
  let lacking = parts.languages;
  try {
    if (host) {
      const failed = new Map([...host.problems, ...(await installSet(host.set, installer))]);
      lacking = parts.languages.filter(({ id }) => failed.has(id));
      for (const [language, problem] of failed)
        parts.log('This machine lacks a language', { language, problem });
      if (parts.mode === 'host') for (const [id, problem] of failed) problems.set(id, problem);
    }
    if (parts.mode !== 'host' && lacking.length > 0) await installFromDebian(lacking, work);
    await installer.knowledge.save();
    const { directory, stores } = work.debian;
    const removed = await removeUnused(directory, [stores.prebuilt, stores.bundled]);
    if (removed.length > 0) parts.log('Removed toolchains that are no longer used', { removed });
  } catch (error) {
    if (installer.signal.aborted) return;
    const problem = error instanceof Error ? error.message : String(error);
    parts.log('Toolchains could not be installed', { problem });
    for (const { id } of lacking) problems.set(id, problem);
  }
}

async function installFromDebian(lacking: readonly Requirement[], work: Work): Promise<void> {
  const { set, problems: missing } = await installDebianSet(lacking, work.debian, work.installer);
  const failed = await installSet(set, work.installer);
  for (const [id, problem] of [...missing, ...failed]) work.problems.set(id, problem);
}

/** The directories under `directory` that ready toolchains are made of. */
function ownDirectories(
  ready: ReadonlyMap<string, readonly InstalledToolchain[]>,
  directory: string,
): string[] {
  const mounts = [...ready.values()].flat().flatMap(({ root }) => root.mounts);
  const own = mounts.filter(({ kind, source }) => kind === 'bind' && source.startsWith(`${directory}/`));
  // A Debian root is shown in pieces, and kept or removed as one.
  return [...new Set(own.map(({ source }) => source.replace(/(\/debian-[^/]+)\/.*/, '$1')))];
}

/** A toolchain takes the place of an earlier state of itself. */
function addToolchain(
  ready: Map<string, InstalledToolchain[]>,
  toolchain: InstalledToolchain,
  log: Log,
): void {
  const { languageId, source, version } = toolchain;
  const before = ready.get(languageId) ?? [];
  const others = before.filter((known) => known.source !== source || known.version !== version);
  if (others.length === before.length) log('Language ready', { language: languageId, version, source });
  ready.set(
    languageId,
    [...others, toolchain].sort((a, b) => compareVersions(b.version, a.version)),
  );
}
