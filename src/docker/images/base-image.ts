// The base of all other images: Debian's official image if the engine has it or can pull it, otherwise an image built
// here by mmdebstrap from the same packages.

import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DebianMirror, STOCK_MIRROR, sourcesList } from '../../toolchains/debian-mirror.ts';
import { runMmdebstrap } from '../../toolchains/mmdebstrap.ts';
import type { DockerEngine } from '../engine.ts';
import type { ImageProgress } from './build-image.ts';
import { DEFAULT_BASE } from './dockerfile.ts';
import { splitReference } from './image-reference.ts';
import { imageExists } from './image-status.ts';
import { pullImage } from './pull-image.ts';

const IMPORT_TIMEOUT_MS = 10 * 60 * 1000;
/** An unreachable registry must not hold up a build that works without it. */
const PULL_TIMEOUT_MS = 5 * 60 * 1000;
const MERGED_USR = '/usr/share/mmdebstrap/hooks/merged-usr';

export interface BaseOptions {
  /** Prefix of the names of images. */
  readonly repository: string;
  findMirror(): Promise<DebianMirror>;
  /** Whether mmdebstrap may be installed when it is missing. */
  readonly mayInstall?: boolean | undefined;
  readonly onProgress: (progress: ImageProgress) => void;
  readonly signal: AbortSignal;
}

/** Returns the name of a base that the engine has. Throws if neither way works. */
export async function ensureBase(engine: DockerEngine, options: BaseOptions): Promise<string> {
  if (await imageExists(DEFAULT_BASE, engine)) return DEFAULT_BASE;
  const own = `${options.repository}/base:bookworm`;
  if (await imageExists(own, engine)) return own;
  const report = (message: string) => options.onProgress({ image: own, message });
  try {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(PULL_TIMEOUT_MS)]);
    await pullImage(DEFAULT_BASE, engine, { onProgress: options.onProgress, signal });
    return DEFAULT_BASE;
  } catch (error) {
    options.signal.throwIfAborted();
    report(
      `${DEFAULT_BASE} cannot be pulled and is made here: ${error instanceof Error ? error.message : error}`,
    );
  }
  await makeBase(own, engine, options, report);
  return own;
}

async function makeBase(
  reference: string,
  engine: DockerEngine,
  { findMirror, mayInstall, signal }: BaseOptions,
  report: (message: string) => void,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'base-image-'));
  try {
    const archive = join(directory, 'base.tar');
    await writeFile(join(directory, 'sources.list'), sourcesList(STOCK_MIRROR));
    await runMmdebstrap(baseArguments(directory, archive), {
      sources: sourcesList(await findMirror()),
      release: 'bookworm',
      temporaryDirectory: directory,
      log: report,
      mayInstall,
      signal,
    });
    await importImage(archive, reference, engine, signal);
    report('made');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes this machine's names and mirror from the archive. */
function baseArguments(directory: string, archive: string): string[] {
  return [
    ...['--variant=minbase', '--include=usr-is-merged', `--hook-dir=${MERGED_USR}`],
    `--customize-hook=copy-in "${join(directory, 'sources.list')}" /etc/apt`,
    '--customize-hook=: >"$1/etc/hostname"; : >"$1/etc/resolv.conf"; rm -rf "$1"/var/log/* "$1"/var/cache/debconf/*-old',
    archive,
  ];
}

async function importImage(archive: string, reference: string, engine: DockerEngine, signal: AbortSignal) {
  const { name: repo, tag } = splitReference(reference);
  const query = { fromSrc: '-', repo, tag };
  const body = createReadStream(archive);
  const upload = { query, body, contentType: 'application/x-tar', timeoutMs: IMPORT_TIMEOUT_MS, signal };
  await engine.progress('/images/create', upload, () => {});
}
