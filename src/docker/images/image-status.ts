// The status of an image in the engine: whether it exists, and whether its recipe would produce the same one.

import { type DockerEngine, isNotFound } from '../engine.ts';
import { IMAGE_LABELS } from '../image-layout.ts';
import { type ImageRecipe, supervisorHash } from './build-image.ts';

/** `outdated`: built from another recipe or with another supervisor, such as by an earlier version. */
export interface ImageStatus {
  readonly state: 'missing' | 'outdated' | 'current';
  /** Identifier and size of the image; `null` if it is missing. */
  readonly id: string | null;
  readonly bytes: number | null;
  /** Identifiers of the languages in the image's label. */
  readonly languages: readonly string[];
}

interface InspectedImage {
  readonly Id: string;
  readonly Size: number;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null } | null;
}

const INSPECT_TIMEOUT_MS = 15_000;

/** An image from a registry may contain a supervisor built from the same sources into different bytes. */
export async function imageStatus(
  recipe: Pick<ImageRecipe, 'hash'>,
  reference: string,
  engine: DockerEngine,
  { withSameSupervisor = true } = {},
): Promise<ImageStatus> {
  const found = await inspectImage(reference, engine);
  if (found === null) return { state: 'missing', id: null, bytes: null, languages: [] };
  const labels = found.Config?.Labels ?? {};
  const isCurrent =
    labels[IMAGE_LABELS.recipe] === recipe.hash &&
    (!withSameSupervisor || labels[IMAGE_LABELS.supervisor] === (await supervisorHash()));
  return {
    state: isCurrent ? 'current' : 'outdated',
    id: found.Id,
    bytes: found.Size,
    languages: (labels[IMAGE_LABELS.languages] ?? '').split(',').filter((id) => id !== ''),
  };
}

export async function imageExists(reference: string, engine: DockerEngine): Promise<boolean> {
  return (await inspectImage(reference, engine)) !== null;
}

async function inspectImage(reference: string, engine: DockerEngine): Promise<InspectedImage | null> {
  try {
    const options = { timeoutMs: INSPECT_TIMEOUT_MS };
    return await engine.request<InspectedImage>('GET', `/images/${reference}/json`, options);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
