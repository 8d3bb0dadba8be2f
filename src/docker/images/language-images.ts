// The language images in an engine that the service can use.

import type { DockerEngine } from '../engine.ts';
import { IMAGE_LABELS } from '../image-layout.ts';

export interface LanguageImage {
  /** Its readable name, e.g. `code-execution-service/python:0.1.0`. */
  readonly reference: string;
  readonly id: string;
  /** Identifiers of the languages inside. */
  readonly languages: readonly string[];
}

interface ListedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

const LIST_TIMEOUT_MS = 15_000;

/**
 * The repository's images tagged with this version, those with the most languages first: containers of one image can be
 * kept ready for all of its languages. Throws an `EngineError`.
 */
export async function findLanguageImages(
  engine: DockerEngine,
  { repository, version }: { readonly repository: string; readonly version: string },
): Promise<LanguageImage[]> {
  const filters = JSON.stringify({ label: [IMAGE_LABELS.languages] });
  const options = { query: { filters }, timeoutMs: LIST_TIMEOUT_MS };
  const listed = await engine.request<ListedImage[]>('GET', '/images/json', options);
  const images = listed.flatMap(({ Id, RepoTags, Labels }) => {
    const isOurs = (tag: string) => tag.startsWith(`${repository}/`) && tag.endsWith(`:${version}`);
    const reference = RepoTags?.find(isOurs);
    const languages = (Labels?.[IMAGE_LABELS.languages] ?? '').split(',').filter((id) => id !== '');
    return reference === undefined || languages.length === 0 ? [] : [{ reference, id: Id, languages }];
  });
  return images.sort((a, b) => b.languages.length - a.languages.length);
}
