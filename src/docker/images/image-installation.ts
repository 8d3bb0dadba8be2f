// Installs images of languages in an engine at an administrator's request, from a registry or by building them, and
// reports the progress. One installation runs at a time.

import type { Language } from '../../languages/language.ts';
import type { Log } from '../../log.ts';
import type { DockerEngine } from '../engine.ts';
import type { ImageProgress } from './build-image.ts';
import { buildImages } from './build-images.ts';
import { ALL } from './image-recipes.ts';
import { imageReference } from './image-reference.ts';
import { pullImage } from './pull-image.ts';

type InstallationStatus = 'waiting' | 'pulling' | 'building' | 'ready' | 'failed';

/** The progress of a language's image. */
interface InstallationEntry {
  readonly language: string;
  readonly image: string;
  readonly status: InstallationStatus;
  /** The engine's last message, or what went wrong; `null` before the first one. */
  readonly message: string | null;
  /** Of a pull: bytes that have come, and of all layers known so far; `null` when nothing is known of it. */
  readonly progress: { readonly current_bytes: number; readonly total_bytes: number } | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export interface ImageInstallation {
  /**
   * Starts installing the images of these languages, or the image with all of them if none is named. Returns an entry
   * per language, or `null` if another installation is under way.
   */
  start(languageIds: readonly string[]): readonly InstallationEntry[] | null;
  /** The entries of the latest installation. */
  entries(): readonly InstallationEntry[];
  /** Stops the installation under way. */
  close(): Promise<void>;
}

export interface ImageInstallationOptions {
  readonly engine: DockerEngine;
  readonly languages: readonly Language[];
  readonly source: 'pull' | 'build';
  readonly repository: string;
  readonly version: string;
  /** Replaces the mirror that packages come from when images are built. */
  readonly mirror?: string | undefined;
  /** Whether mmdebstrap may be installed on this machine when it is missing. */
  readonly mayInstall?: boolean | undefined;
  /** Makes the installed images available to executions. */
  onInstalled(): Promise<void>;
  readonly log: Log;
}

export function createImageInstallation(options: ImageInstallationOptions): ImageInstallation {
  const entries = new Map<string, InstallationEntry>();
  const stop = new AbortController();
  let working: Promise<void> | null = null;

  function update(image: string, change: Partial<InstallationEntry>): void {
    for (const [language, entry] of entries)
      if (entry.image === image) entries.set(language, { ...entry, ...change });
  }

  async function install(image: string, name: string): Promise<void> {
    const status = options.source === 'pull' ? 'pulling' : 'building';
    update(image, { status, started_at: new Date().toISOString() });
    const start = performance.now();
    try {
      await bring(options, { image, name }, stop.signal, ({ message, ...bytes }) =>
        update(image, { message, ...progressOf(bytes) }),
      );
      await options.onInstalled();
      update(image, { status: 'ready', finished_at: new Date().toISOString() });
      const seconds = Math.round((performance.now() - start) / 1000);
      options.log.info({ image, source: options.source, seconds }, 'an image is there');
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      update(image, { status: 'failed', message, finished_at: new Date().toISOString() });
      options.log.error({ err: error, image, source: options.source }, 'an image could not be had');
    }
  }

  async function installAll(names: readonly string[]): Promise<void> {
    for (const name of names) await install(imageReference(options.repository, name, options.version), name);
  }

  return {
    start(languageIds) {
      if (working !== null) return null;
      const wanted = languageIds.length === 0 ? options.languages.map(({ id }) => id) : languageIds;
      entries.clear();
      for (const language of wanted) {
        const name = languageIds.length === 0 ? ALL : language;
        const image = imageReference(options.repository, name, options.version);
        entries.set(language, { ...WAITING, language, image });
      }
      const names = languageIds.length === 0 ? [ALL] : [...new Set(languageIds)];
      working = installAll(names).finally(() => {
        working = null;
      });
      return [...entries.values()];
    },
    entries: () => [...entries.values()],
    async close() {
      stop.abort(new Error('the service stops'));
      await working;
    },
  };
}

const WAITING = {
  status: 'waiting',
  message: null,
  progress: null,
  started_at: null,
  finished_at: null,
} as const;

async function bring(
  options: ImageInstallationOptions,
  { image, name }: { image: string; name: string },
  signal: AbortSignal,
  onProgress: (progress: ImageProgress) => void,
): Promise<void> {
  const { engine, languages, repository, version, mirror, mayInstall } = options;
  if (options.source === 'pull') return pullImage(image, engine, { onProgress, signal });
  const from = { languages, repository, version, mirror, mayInstall };
  await buildImages(engine, { ...from, names: [name], onProgress, signal });
}

function progressOf({ currentBytes, totalBytes }: Omit<ImageProgress, 'message' | 'image'>) {
  if (currentBytes === undefined || totalBytes === undefined) return {};
  return { progress: { current_bytes: currentBytes, total_bytes: totalBytes } };
}
