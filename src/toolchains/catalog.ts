// The catalog of toolchains: decides for each language whether this machine or a Debian root serves it, offers what is
// there at once, and installs the rest in the background.

import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Language } from '../languages/language.ts';
import { installFromDebian, offerFormerRoots } from './debian-installation.ts';
import type { DebianOptions } from './debian-set.ts';
import { findHostSet } from './host-set.ts';
import { type Installer, installSet, offerKnown } from './install-set.ts';
import type { ProgressReport } from './installation-progress.ts';
import { removeInterrupted } from './interrupted-installations.ts';
import { loadProofCache } from './proof-cache.ts';
import type { InstalledToolchain, Log, ToolchainCatalog } from './toolchain.ts';
import type { Finding } from './toolchain-set.ts';
import { MARK_INTERVAL_MS, markUsed, removeUnused } from './unused-directories.ts';
import { compareVersions } from './version.ts';

export interface CatalogParts {
  readonly languages: readonly Language[];
  /** Holds everything installed; kept between starts. */
  readonly dataDirectory: string;
  /** `auto`: this machine where its version will do, else Debian. */
  readonly mode: 'auto' | 'debian' | 'host';
  /** Replaces the mirror that packages come from. */
  readonly debianMirror?: string | undefined;
  /** Whether packages that an installation needs may be installed on this machine; `true` by default. */
  readonly mayInstall?: boolean;
  readonly log: Log;
  /** Proves that a toolchain works. Throws an Error that says what it did wrong. */
  readonly prove: Installer['prove'];
}

/** The parts and state of the installation. */
interface Work {
  readonly parts: CatalogParts;
  readonly installer: Installer;
  readonly debian: DebianOptions;
  /** What this machine offers; `null` if it is not used. */
  readonly host: Finding | null;
  readonly problems: Map<string, string>;
  /** Progress of the installation from Debian packages, once it has begun. */
  progress: ProgressReport | null;
}

/** Returns within seconds; `settled()` resolves when all installations have ended. */
export async function createToolchainCatalog(parts: CatalogParts): Promise<ToolchainCatalog> {
  const place = join(resolve(parts.dataDirectory), 'toolchains');
  await mkdir(place, { recursive: true });
  // The real path, as it may be a link to another disk: the kernel lists mounts by their real paths.
  const directory = await realpath(place);
  const stores = { prebuilt: join(directory, 'prebuilt'), bundled: join(directory, 'bundled') };
  const proofCache = await loadProofCache(join(directory, 'knowledge.json'));
  const ready = new Map<string, InstalledToolchain[]>();
  const problems = new Map<string, string>();
  const stop = new AbortController();
  const installer: Installer = {
    proofCache,
    lockFile: join(directory, 'installation.lock'),
    log: parts.log,
    signal: stop.signal,
    prove: parts.prove,
    offer: (toolchain) => addToolchain(ready, toolchain, parts.log),
  };
  const usesHost = parts.mode !== 'debian';
  const host = usesHost ? await findHostSet(parts.languages, stores, proofCache.versions) : null;
  const debian = { directory, stores, mirror: parts.debianMirror, mayInstall: parts.mayInstall ?? true };
  const work: Work = { parts, installer, debian, host, problems, progress: null };
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
    progress: (languageId) => {
      if (!isWorking || ready.has(languageId) || problems.has(languageId)) return null;
      return work.progress?.of(languageId) ?? null;
    },
    settled: () => background,
    close: async () => {
      clearInterval(marking);
      stop.abort();
      await background;
    },
  };
}

/** Offers what earlier starts built and proved. */
async function offerWhatIsThere({ parts, installer, debian, host }: Work): Promise<void> {
  if (host) await offerKnown(host.set, installer);
  const lacking = parts.languages.filter(({ id }) => host === null || host.problems.has(id));
  if (parts.mode === 'host' || lacking.length === 0) return;
  await offerFormerRoots(lacking, debian, installer);
}

/** Never rejects: a failure is logged and kept as the problem of the languages concerned. */
async function installWhatIsMissing(work: Work): Promise<void> {
  const { parts, installer, problems } = work;
  let lacking = parts.languages;
  try {
    await removeInterrupted(work.debian.directory, installer);
    lacking = await installFromHost(lacking, work);
    if (parts.mode !== 'host' && lacking.length > 0)
      await installFromDebian(lacking, {
        ...work,
        lookAgain: (languages) => lookAgain(languages, work),
        onProgress: (progress) => {
          work.progress = progress;
        },
        onProblem: (id, problem) => problems.set(id, problem),
      });
    await installer.proofCache.save();
    const { directory, stores } = work.debian;
    const removed = await removeUnused(directory, [stores.prebuilt, stores.bundled]);
    if (removed.length > 0) parts.log('Removed toolchains that are no longer used', { removed });
  } catch (error) {
    if (installer.signal.aborted) return;
    const problem = error instanceof Error ? error.message : String(error);
    parts.log(`Toolchains cannot be installed: ${problem}`, {}, 'error');
    for (const { id } of lacking) problems.set(id, problem);
  }
}

/** Returns the languages that this machine lacks. */
async function installFromHost(languages: readonly Language[], work: Work) {
  const { parts, installer, host, problems } = work;
  if (host === null) return languages;
  const failed = new Map([...host.problems, ...(await installSet(host.set, installer))]);
  for (const [language, problem] of failed) {
    // A language that is about to be installed is no problem; one that only this machine may serve is.
    const level = parts.mode === 'host' ? 'warn' : 'info';
    parts.log(`This machine lacks a language: ${problem}`, { language }, level);
    if (parts.mode === 'host') problems.set(language, problem);
  }
  return languages.filter(({ id }) => failed.has(id));
}

/** Uses what this machine has gained since the first search; returns the languages that it still lacks. */
async function lookAgain(languages: readonly Language[], work: Work): Promise<readonly Language[]> {
  const { installer, host } = work;
  if (host === null) return languages;
  const { set, problems } = await findHostSet(languages, work.debian.stores, installer.proofCache.versions);
  const found = set.members.filter(({ language }) => host.problems.has(language.id));
  if (found.length === 0) return languages;
  const failed = new Map([...problems, ...(await installSet({ ...set, members: found }, installer))]);
  const gained = found.filter(({ language }) => !failed.has(language.id)).map(({ language }) => language.id);
  return languages.filter(({ id }) => !gained.includes(id));
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

/** A toolchain replaces an earlier state of itself. */
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
