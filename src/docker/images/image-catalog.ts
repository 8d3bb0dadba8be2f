// The catalog of toolchains that are container images: which image serves each language, what versions it has, and
// whether it works. It knows nothing of engines: what it needs to look into an image is given to it.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Language } from '../../languages/language.ts';
import type { ImageRoot } from '../../sandbox/sandbox.ts';
import { bundledToolDirectory } from '../../toolchains/bundled-tools.ts';
import { fingerprint } from '../../toolchains/fingerprint.ts';
import { PREBUILT } from '../../toolchains/prebuilt-parts.ts';
import { loadProofCache, type ProofCache } from '../../toolchains/proof-cache.ts';
import { contextOf } from '../../toolchains/prove-toolchain.ts';
import type { Log, Toolchain, ToolchainCatalog } from '../../toolchains/toolchain.ts';
import { compareVersions } from '../../toolchains/version.ts';

/** An available image. The versions of its tools are read once for each `id`. */
export interface LanguageImage {
  /** As people call it. */
  readonly reference: string;
  /** Changes whenever anything in it does. */
  readonly id: string;
  /** Identifiers of the languages inside. */
  readonly languages: readonly string[];
}

export interface ImageCatalogParts {
  readonly languages: readonly Language[];
  /** Holds what was found out. */
  readonly dataDirectory: string;
  /** The images that are there, the preferred first. */
  findImages(): Promise<readonly LanguageImage[]>;
  /** Tries the isolation of programs in the image. Throws if it does not hold. */
  selfTest(root: ImageRoot, signal: AbortSignal): Promise<void>;
  /** What each tool of the image prints as its version, by the tool's name. */
  readVersions(root: ImageRoot, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Compiles and runs the language's examples. Throws an Error that says what went wrong. */
  prove(language: Language, toolchain: Toolchain, signal: AbortSignal): Promise<void>;
  /** Called with each language that has become ready. */
  onReady?(language: Language, toolchain: Toolchain): void;
  readonly log: Log;
}

export interface ImageCatalog extends ToolchainCatalog {
  /** Searches for images again, as after a pull. Resolves when all of them are proven. */
  refresh(): Promise<void>;
}

/** Offers at once what was proven before; `settled()` resolves when the rest is proven. */
export async function createImageCatalog(parts: ImageCatalogParts): Promise<ImageCatalog> {
  const directory = join(resolve(parts.dataDirectory), 'toolchains');
  await mkdir(directory, { recursive: true });
  const proofCache = await loadProofCache(join(directory, 'images.json'));
  const ready = new Map<string, Toolchain>();
  const problems = new Map<string, string>();
  const stop = new AbortController();
  let working: Promise<void> | null = null;

  const look = async () => {
    try {
      await lookAtImages({ ...parts, proofCache, ready, problems, signal: stop.signal });
    } catch (error) {
      if (!stop.signal.aborted) parts.log('The images could not be inspected', { problem: messageOf(error) });
    }
  };
  const refresh = (): Promise<void> => {
    const after = (working ?? Promise.resolve()).then(look).finally(() => {
      if (working === after) working = null;
    });
    working = after;
    return after;
  };

  void refresh();
  return {
    of: (languageId) => {
      const toolchain = ready.get(languageId);
      return toolchain ? [toolchain] : [];
    },
    status: (languageId) => {
      if (ready.has(languageId)) return 'ready';
      return working && !problems.has(languageId) ? 'installing' : 'missing';
    },
    problem: (languageId) => (ready.has(languageId) ? null : (problems.get(languageId) ?? null)),
    settled: () => working ?? Promise.resolve(),
    refresh,
    close: async () => {
      stop.abort();
      await working;
    },
  };
}

interface Look extends ImageCatalogParts {
  readonly proofCache: ProofCache;
  readonly ready: Map<string, Toolchain>;
  readonly problems: Map<string, string>;
  readonly signal: AbortSignal;
}

async function lookAtImages(look: Look): Promise<void> {
  const images = await look.findImages();
  const tried = new Map<string, Promise<string | null>>();
  for (const language of look.languages) {
    look.signal.throwIfAborted();
    const image = images.find(({ languages }) => languages.includes(language.id));
    if (image === undefined) {
      look.ready.delete(language.id);
      look.problems.set(language.id, 'there is no image of it');
      continue;
    }
    const isKnown = look.ready.get(language.id)?.root.fingerprint === image.id;
    if (isKnown) continue;
    const attempt = tried.get(image.id) ?? tryImage(look, image);
    tried.set(image.id, attempt);
    const problem = (await attempt) ?? (await offer(look, language, image).catch(messageOf));
    if (problem === null) continue;
    look.signal.throwIfAborted();
    look.problems.set(language.id, problem);
    look.log('An image does not serve a language', {
      language: language.id,
      image: image.reference,
      problem,
    });
  }
  await look.proofCache.save();
}

function rootOf({ id }: LanguageImage): ImageRoot {
  return { fingerprint: id, image: id };
}

/** Returns what is wrong with the image as a whole. */
async function tryImage(look: Look, image: LanguageImage): Promise<string | null> {
  try {
    await look.selfTest(rootOf(image), look.signal);
    const isRead = [...look.proofCache.versions.keys()].some((key) => key.startsWith(`${image.id} `));
    if (isRead) return null;
    for (const [tool, text] of await look.readVersions(rootOf(image), look.signal))
      look.proofCache.versions.set(`${image.id} ${tool}`, text);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Returns why the language cannot be offered. */
async function offer(look: Look, language: Language, image: LanguageImage): Promise<string | null> {
  const described = describe(look, language, image);
  if (typeof described === 'string') return described;
  const { proofCache } = look;
  const key = proofKey(language, described);
  if (!proofCache.proofs.has(key)) {
    await look.prove(language, described, look.signal);
    proofCache.proofs.add(key);
  }
  look.ready.set(language.id, described);
  look.problems.delete(language.id);
  const { version } = described;
  look.log('Language ready', { language: language.id, version, source: 'image', image: image.reference });
  look.onReady?.(language, described);
  return null;
}

function describe(look: Look, language: Language, image: LanguageImage): Toolchain | string {
  const tools: Record<string, string> = {};
  let version = '0';
  for (const tool of language.tools) {
    const said = look.proofCache.versions.get(`${image.id} ${tool.name}`);
    if (said === undefined) return `the image does not report ${tool.name}`;
    const isInstalled = 'debianPath' in tool;
    tools[tool.name] = isInstalled
      ? tool.debianPath
      : `${bundledToolDirectory(tool)}/node_modules/${tool.packages[0]}/${tool.path}`;
    const found = (isInstalled ? tool.versionPattern : /(\d+(?:\.\d+)+)/).exec(said)?.[1];
    if (found === undefined) return `${tool.name} of the image does not report its version`;
    if (isInstalled && compareVersions(found, tool.minimumVersion) < 0)
      return `${tool.name} ${found} of the image is older than ${tool.minimumVersion}`;
    if (tool.name === language.versionTool) version = found;
  }
  const parts = look.languages.filter(({ id }) => image.languages.includes(id));
  return {
    source: 'image',
    languageId: language.id,
    version,
    root: rootOf(image),
    tools,
    prebuilt: PREBUILT,
    prebuiltParts: parts.flatMap(({ prebuild }) => (prebuild ? [prebuild.part] : [])),
  };
}

/** A proof is valid for the image and the commands it was made with. */
function proofKey(language: Language, toolchain: Toolchain): string {
  const context = contextOf(language, toolchain, language.examples.hello);
  const commands = [language.compile?.(context), language.run(context)];
  return fingerprint('image', toolchain.root.fingerprint, language.id, commands);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
