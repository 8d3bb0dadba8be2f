// Builds an image by the engine from a Dockerfile and its files. Uses only features that every builder supports.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../settings/setting.ts';
import type { DockerEngine, ProgressMessage } from '../engine.ts';
import { IMAGE_LABELS } from '../image-layout.ts';
import { type ContextEntry, packContext } from './image-context.ts';

/** The program that `make -C supervisor` builds. */
export const SUPERVISOR_PROGRAM = 'supervisor/build/supervisor';
const BUILD_TIMEOUT_MS = 30 * 60 * 1000;

/** What an image is made from. */
export interface ImageRecipe {
  /** E.g. `python`. */
  readonly name: string;
  /** Identifiers of the languages inside. */
  readonly languages: readonly string[];
  /** Path of the Dockerfile among `files`. */
  readonly dockerfile: string;
  readonly files: readonly ContextEntry[];
  /** Changes with everything that determines the image's content, except the supervisor. */
  readonly hash: string;
}

/** One progress message about an image. */
export interface ImageProgress {
  readonly image: string;
  readonly message: string;
  /** Output of a build's command or about one layer of a pull, of interest only after a failure. */
  readonly isDetail?: boolean;
  /** Of a build: the step that begins, and how many there are. */
  readonly step?: number;
  readonly steps?: number;
  /** Sums over the layers of a pull known so far. */
  readonly currentBytes?: number;
  readonly totalBytes?: number;
}

export interface BuildOptions {
  /** Name and tag that the image gets. */
  readonly reference: string;
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** Network of the build's commands; `host` where the engine has no bridge. */
  readonly network?: string | undefined;
  /** Ignores the cache of earlier builds: packages are fetched again. */
  readonly fresh?: boolean;
  readonly onProgress: (progress: ImageProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Builds and tags an image. Throws an `EngineError` with the last output of the step that failed. */
export async function buildImage(
  recipe: ImageRecipe,
  engine: DockerEngine,
  options: BuildOptions,
): Promise<void> {
  const { reference, onProgress } = options;
  const labels = { [IMAGE_LABELS.recipe]: recipe.hash, [IMAGE_LABELS.supervisor]: await supervisorHash() };
  const tell = lineByLine((message) => {
    const [, step, steps] = /^Step (\d+)\/(\d+) : /.exec(message) ?? [];
    const place = step === undefined ? { isDetail: true } : { step: Number(step), steps: Number(steps) };
    onProgress({ image: reference, message, ...place });
  });
  await engine.progress(
    '/build',
    {
      query: {
        t: reference,
        dockerfile: recipe.dockerfile,
        networkmode: options.network,
        nocache: options.fresh ?? false,
        forcerm: true,
        buildargs: JSON.stringify(options.buildArguments ?? {}),
        labels: JSON.stringify(labels),
      },
      body: packContext(recipe.files),
      contentType: 'application/x-tar',
      timeoutMs: BUILD_TIMEOUT_MS,
      ...(options.signal && { signal: options.signal }),
    },
    tell,
  );
}

/** Hash of the supervisor's program on this machine. */
export async function supervisorHash(): Promise<string> {
  const program = await readFile(join(PROJECT_ROOT, SUPERVISOR_PROGRAM));
  return createHash('sha256').update(program).digest('hex').slice(0, 32);
}

/** Splits a build's output, which comes in pieces of any size, into lines. */
function lineByLine(onLine: (line: string) => void): (message: ProgressMessage) => void {
  let rest = '';
  return ({ stream = '' }) => {
    const lines = (rest + stream).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line.trimEnd());
  };
}
