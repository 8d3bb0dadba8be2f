// Pulls an image from a registry by the engine.

import type { DockerEngine, ProgressMessage } from '../engine.ts';
import type { ImageProgress } from './build-image.ts';
import { splitReference } from './image-reference.ts';

/** Layers of a large image may come slowly, but not without any progress for this long. */
const SILENCE_TIMEOUT_MS = 5 * 60 * 1000;

export interface PullOptions {
  readonly onProgress: (progress: ImageProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Throws an `EngineError` if the registry is unreachable or does not have the image. */
export async function pullImage(
  reference: string,
  engine: DockerEngine,
  { onProgress, signal }: PullOptions,
): Promise<void> {
  const { name, tag } = splitReference(reference);
  const query = { fromImage: name, tag };
  const request = { query, timeoutMs: SILENCE_TIMEOUT_MS, ...(signal && { signal }) };
  const layers = new Map<string, { current: number; total: number }>();
  await engine.progress('/images/create', request, ({ status, id, progressDetail }: ProgressMessage) => {
    if (status === undefined) return;
    const { current, total } = progressDetail ?? {};
    const isDownload = status === 'Downloading' && id !== undefined && current !== undefined;
    if (isDownload) layers.set(id, { current, total: total ?? current });
    else if (progressDetail !== undefined && current !== undefined) return; // extraction, reported when complete
    const sum = (key: 'current' | 'total') => [...layers.values()].reduce((all, each) => all + each[key], 0);
    const bytes = isDownload ? { currentBytes: sum('current'), totalBytes: sum('total') } : {};
    const details = id === undefined ? { message: status } : { message: `${id}: ${status}`, isDetail: true };
    onProgress({ image: reference, ...details, ...bytes });
  });
}
