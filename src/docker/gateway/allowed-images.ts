// Which images may be inspected, pulled and used for containers: those of the service's own repository.

import { type DockerEngine, isNotFound } from '../engine.ts';
import { IMAGE_LABELS } from '../image-layout.ts';
import { Refusal, shown } from './refusal.ts';

interface InspectedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
}

interface ListedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface AllowedImages {
  /** The engine's description of an image, named as in a request. Throws a `Refusal`, or an `EngineError`. */
  inspect(name: string): Promise<InspectedImage>;
  /** The engine's descriptions of images with languages, each with this repository's names only. Throws an `EngineError`. */
  list(): Promise<readonly ListedImage[]>;
  /** Name and tag of an image that may be pulled. Throws a `Refusal`. */
  requireName(name: string, tag: string): void;
}

const IDENTIFIER = /^sha256:[0-9a-f]{64}$/;
const TIMEOUT_MS = 15_000;

/** What the service lists by: images of languages. */
export const IMAGE_FILTERS = JSON.stringify({ label: [IMAGE_LABELS.languages] });

/** `repository` is what the names of all images begin with. */
export function createAllowedImages(engine: DockerEngine, repository: string): AllowedImages {
  const name = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;
  const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

  function isAllowed(reference: string): boolean {
    if (!reference.startsWith(`${repository}/`)) return false;
    const parts = reference.slice(repository.length + 1).split(':');
    return parts.length <= 2 && name.test(parts[0] ?? '') && tag.test(parts[1] ?? 'latest');
  }

  function requireReference(reference: string): void {
    if (!isAllowed(reference))
      throw new Refusal(`the image must be one of ${repository}/, got ${shown(reference)}`);
  }

  return {
    async inspect(reference) {
      const isIdentifier = IDENTIFIER.test(reference);
      if (!isIdentifier) requireReference(reference);
      const options = { timeoutMs: TIMEOUT_MS };
      try {
        const image = await engine.request<InspectedImage>('GET', `/images/${reference}/json`, options);
        // An identifier does not show an image's origin; a name of this repository needs the right to build or pull.
        if (!isIdentifier || image.RepoTags?.some(isAllowed)) return image;
      } catch (error) {
        if (!isIdentifier || !isNotFound(error)) throw error;
      }
      throw new Refusal(`no image of ${repository}/ is ${reference}`, 404);
    },
    async list() {
      const options = { query: { filters: IMAGE_FILTERS }, timeoutMs: TIMEOUT_MS };
      const listed = await engine.request<ListedImage[]>('GET', '/images/json', options);
      const ours = listed.map(({ Id, RepoTags, Labels }) => ({
        Id,
        RepoTags: (RepoTags ?? []).filter(isAllowed),
        Labels,
      }));
      return ours.filter(({ RepoTags }) => RepoTags.length > 0);
    },
    requireName(wantedName, wantedTag) {
      requireReference(`${wantedName}:${wantedTag}`);
    },
  };
}
