// The list of languages. A language is added here, and nowhere else but in its own file.

import { bash } from './bash.ts';
import { c } from './c.ts';
import { cpp } from './cpp.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import type { Language } from './language.ts';
import { python } from './python.ts';
import { rust } from './rust.ts';
import { typescript } from './typescript.ts';

export const LANGUAGES: readonly Language[] = [python, javascript, java, cpp, go, rust, c, typescript, bash];

const BY_NAME: ReadonlyMap<string, Language> = new Map(
  LANGUAGES.flatMap((language) => [language.id, ...language.aliases].map((name) => [name, language])),
);

/** The language with this id or alias, whatever its case; `null` when there is none. */
export function findLanguage(idOrAlias: string): Language | null {
  return BY_NAME.get(idOrAlias.toLowerCase()) ?? null;
}
