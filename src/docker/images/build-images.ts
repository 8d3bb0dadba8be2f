// Builds the images that an engine lacks: which of them, on what base, by what network, and where their packages come
// from. Used by `npm run images` and by the service.

import type { Language } from '../../languages/language.ts';
import { type DebianMirror, findDebianMirror, STOCK_MIRROR } from '../../toolchains/debian-mirror.ts';
import type { DockerEngine } from '../engine.ts';
import { isNotFound } from '../engine.ts';
import { ensureBase } from './base-image.ts';
import { buildImage, type ImageProgress, type ImageRecipe } from './build-image.ts';
import { imageRecipes } from './image-recipes.ts';
import { imageReference } from './image-reference.ts';
import { imageStatus } from './image-status.ts';
import { openMirrorRelay } from './mirror-relay.ts';

export interface BuildImagesOptions {
  readonly languages: readonly Language[];
  /** Languages whose images are built only if they are named; they are not in `all`. */
  readonly further?: readonly Language[];
  /** Names of images, e.g. `python` or `all`; empty for every image but the further ones. */
  readonly names?: readonly string[];
  /** Prefix of the images' names, and their tag. */
  readonly repository: string;
  readonly version: string;
  /** Replaces the base of every image. */
  readonly base?: string | undefined;
  /** Replaces the network of the build's commands. */
  readonly network?: string | undefined;
  /** Replaces the mirror that packages come from. */
  readonly mirror?: string | undefined;
  /** Whether mmdebstrap may be installed on this machine when it is missing. */
  readonly mayInstall?: boolean | undefined;
  /** Rebuilds existing images too, with the newest packages. */
  readonly fresh?: boolean;
  readonly onProgress: (progress: ImageProgress) => void;
  readonly signal: AbortSignal;
}

export interface BuiltImage {
  readonly name: string;
  readonly reference: string;
  /** `false` if it existed already. */
  readonly isNew: boolean;
  readonly seconds: number;
  readonly bytes: number;
}

/** Builds one after another. Throws at the first failure; images built before stay. */
export async function buildImages(engine: DockerEngine, options: BuildImagesOptions): Promise<BuiltImage[]> {
  const built: BuiltImage[] = [];
  const { languages, further = [], names = [] } = options;
  const recipes = chooseRecipes(await imageRecipes(languages, names.length === 0 ? [] : further), names);
  let prepared: Promise<Preparation> | null = null;
  try {
    for (const recipe of recipes) {
      const reference = imageReference(options.repository, recipe.name, options.version);
      const start = performance.now();
      const isWanted = options.fresh || options.base !== undefined;
      const isThere = !isWanted && (await imageStatus(recipe, reference, engine)).state === 'current';
      if (!isThere) {
        prepared ??= prepare(engine, options);
        await buildImage(recipe, engine, { ...options, ...(await prepared), reference });
      }
      const { bytes } = await imageStatus(recipe, reference, engine);
      const seconds = (performance.now() - start) / 1000;
      built.push({ name: recipe.name, reference, isNew: !isThere, seconds, bytes: bytes ?? 0 });
    }
  } finally {
    await (await prepared?.catch(() => null))?.close();
  }
  return built;
}

function chooseRecipes<T extends ImageRecipe>(all: readonly T[], names: readonly string[]): readonly T[] {
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new RangeError(`there is no image ${JSON.stringify(unknown)}, only ${known.join(', ')}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

interface Preparation {
  readonly network: string | undefined;
  readonly buildArguments: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Shared by all builds; created before the first of them. */
async function prepare(engine: DockerEngine, options: BuildImagesOptions): Promise<Preparation> {
  const findMirror = () => findDebianMirror(options.mirror);
  const base = options.base ?? (await ensureBase(engine, { ...options, findMirror }));
  const mirror = await findMirror().catch(() => STOCK_MIRROR);
  const network = options.network ?? ((await hasBridge(engine)) ? undefined : 'host');
  if (!needsRelay(mirror, engine)) return { network, buildArguments: { BASE: base }, close: async () => {} };
  const relay = await openMirrorRelay(mirror);
  // The relay listens on this machine's loopback. The two variables are known to every builder: what is given for
  // them is neither kept in the image nor asked of its cache.
  const buildArguments = { BASE: base, http_proxy: relay.url, no_proxy: '' };
  return { network: 'host', buildArguments, close: relay.close };
}

/** An engine on another machine could not reach the relay: its builds go to Debian's own names. */
function needsRelay(mirror: DebianMirror, { address }: DockerEngine): boolean {
  const isHere = /^unix:|^(tcp|http):\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(address);
  const hasProxy = Boolean(process.env.http_proxy ?? process.env.HTTP_PROXY);
  const isStock = mirror.main === STOCK_MIRROR.main && mirror.security === STOCK_MIRROR.security;
  return isHere && (hasProxy || !isStock);
}

async function hasBridge(engine: DockerEngine): Promise<boolean> {
  try {
    await engine.request('GET', '/networks/bridge');
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
