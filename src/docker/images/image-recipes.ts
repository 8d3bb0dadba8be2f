// The recipes of all images: one for each language, and `all` with every one. It knows nothing of engines.

import { join } from 'node:path';
import type { Language } from '../../languages/language.ts';
import { PROJECT_ROOT } from '../../settings/setting.ts';
import { findPackage } from '../../toolchains/bundled-tools.ts';
import { fingerprint } from '../../toolchains/fingerprint.ts';
import { type ImageRecipe, SUPERVISOR_PROGRAM } from './build-image.ts';
import { dockerfileOf, dockerfilePath, partFiles, rootFiles, type TextFile } from './dockerfile.ts';
import type { ContextEntry } from './image-context.ts';

/** The name of the image with every language. */
export const ALL = 'all';

export interface LanguageRecipe extends ImageRecipe {
  /** The Dockerfile. */
  readonly text: string;
}

/**
 * In the order of the languages, `all` after them, and last the `further` ones, which are not in `all`. Throws if an npm
 * package that an image needs is not installed.
 */
export async function imageRecipes(
  languages: readonly Language[],
  further: readonly Language[] = [],
): Promise<LanguageRecipe[]> {
  const single = (language: Language) => recipeOf(language.id, [language]);
  return Promise.all([...languages.map(single), recipeOf(ALL, languages), ...further.map(single)]);
}

/** The files of `images/`, which repeat what languages say, so that an image can be built without this program. */
export async function imageFiles(
  languages: readonly Language[],
  further: readonly Language[],
): Promise<TextFile[]> {
  const recipes = await imageRecipes(languages, further);
  const dockerfiles = recipes.map(({ dockerfile, text }) => ({ path: dockerfile, content: text }));
  return [...dockerfiles, ...rootFiles(), ...[...languages, ...further].flatMap(partFiles)];
}

async function recipeOf(name: string, languages: readonly Language[]): Promise<LanguageRecipe> {
  const texts = [...rootFiles(), ...languages.flatMap(partFiles)];
  const bundled = await bundledPackages(languages);
  const versions = bundled.map(({ path, version }) => [path, version]);
  const hash = fingerprint(dockerfileOf(name, languages, ''), texts, versions);
  const dockerfile = dockerfilePath(name);
  const text = dockerfileOf(name, languages, hash);
  const files: ContextEntry[] = [
    { path: dockerfile, content: text },
    ...texts,
    ...bundled.map(({ path, source }) => ({ path, source })),
    { path: SUPERVISOR_PROGRAM, source: join(PROJECT_ROOT, SUPERVISOR_PROGRAM), executable: true },
  ];
  return { name, languages: languages.map(({ id }) => id), dockerfile, files, hash, text };
}

async function bundledPackages(languages: readonly Language[]) {
  const names = languages.flatMap(({ tools }) =>
    tools.flatMap((tool) => ('packages' in tool ? tool.packages : [])),
  );
  return Promise.all(
    [...new Set(names)].map(async (name) => {
      const { path: source, version } = await findPackage(name);
      return { path: `node_modules/${name}`, source, version };
    }),
  );
}
