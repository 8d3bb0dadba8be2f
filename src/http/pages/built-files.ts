// What scripts/build-pages.ts built, held in memory: each file with its compressed form. Their names contain a hash of
// their content, so browsers keep them for ever.

import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { ServiceError } from '../../errors.ts';

const BUILD = join(import.meta.dirname, '../../../web/build');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

export interface BuiltFile {
  readonly content: Buffer;
  /** The content as gzip; `null` if that does not pay. */
  readonly compressed: Buffer | null;
  readonly mediaType: string;
}

/** Names of built files below `assets/`. */
export interface PageFiles {
  readonly script: string;
  readonly style: string | null;
  /** Scripts that the page's own one imports at once. */
  readonly imports: readonly string[];
}

/** A page of the guide, as HTML and as it was written. */
export interface GuidePage {
  readonly slug: string;
  readonly title: string;
  readonly section: string;
  readonly html: string;
  readonly markdown: string;
  readonly headings: readonly { readonly id: string; readonly text: string }[];
}

export interface Guide {
  readonly pages: readonly GuidePage[];
  /** What the search in the browser reads. */
  readonly search: readonly object[];
}

interface Manifest {
  readonly pages: Readonly<Record<string, PageFiles>>;
}

export interface BuiltPages extends Manifest {
  readonly guide: Guide;
  readonly assets: ReadonlyMap<string, BuiltFile>;
}

/** Returns a function that reads the files once, at its first call. Throws `unavailable` if they were not built. */
export function createBuiltPages(directory = BUILD): () => Promise<BuiltPages> {
  let built: Promise<BuiltPages> | null = null;
  return () => {
    built ??= read(directory).catch((error: unknown) => {
      built = null;
      throw new ServiceError('unavailable', 'The pages are not built; "npm run pages" builds them', {
        cause: error,
      });
    });
    return built;
  };
}

async function read(directory: string): Promise<BuiltPages> {
  const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest;
  const guide = JSON.parse(await readFile(join(directory, 'guide.json'), 'utf8')) as Guide;
  const assets = join(directory, 'assets');
  const names = new Set(await readdir(assets));
  const files = [...names].filter((name) => extname(name) !== '.gz');
  const entries = files.map(async (name): Promise<[string, BuiltFile]> => {
    const content = await readFile(join(assets, name));
    const compressed = names.has(`${name}.gz`) ? await readFile(join(assets, `${name}.gz`)) : null;
    const mediaType = MEDIA_TYPES[extname(name)] ?? 'application/octet-stream';
    return [name, { content, compressed, mediaType }];
  });
  return { ...manifest, guide, assets: new Map(await Promise.all(entries)) };
}
