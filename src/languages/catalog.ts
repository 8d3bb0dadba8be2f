// The list of languages. A language is added here, and nowhere else but in its own file.

import { ada } from './ada.ts';
import { assembly } from './assembly.ts';
import { bash } from './bash.ts';
import { c } from './c.ts';
import { cobol } from './cobol.ts';
import { cpp } from './cpp.ts';
import { csharp } from './csharp.ts';
import { d } from './d.ts';
import { elixir } from './elixir.ts';
import { erlang } from './erlang.ts';
import { forth } from './forth.ts';
import { fortran } from './fortran.ts';
import { go } from './go.ts';
import { haskell } from './haskell.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import type { Language } from './language.ts';
import { lisp } from './lisp.ts';
import { lua } from './lua.ts';
import { nim } from './nim.ts';
import { ocaml } from './ocaml.ts';
import { octave } from './octave.ts';
import { pascal } from './pascal.ts';
import { perl } from './perl.ts';
import { php } from './php.ts';
import { prolog } from './prolog.ts';
import { pypy } from './pypy.ts';
import { python } from './python.ts';
import { pythonPlots } from './python-plots.ts';
import { pythonPytest } from './python-pytest.ts';
import { pythonScientific } from './python-scientific.ts';
import { r } from './r.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { scheme } from './scheme.ts';
import { sql } from './sql.ts';
import { typescript } from './typescript.ts';
import { languageIdOf, versionId, versionsOf } from './versions.ts';

/** Offered unless the settings name others. */
export const LANGUAGES: readonly Language[] = [python, javascript, java, cpp, go, rust, c, typescript, bash];

/** Offered only if the settings name them: they take no space on a disk that nobody wanted them on. */
export const FURTHER_LANGUAGES: readonly Language[] = [
  php,
  ruby,
  perl,
  lua,
  pascal,
  pypy,
  sql,
  csharp,
  haskell,
  r,
  ocaml,
  fortran,
  nim,
  d,
  prolog,
  lisp,
  erlang,
  elixir,
  assembly,
  cobol,
  scheme,
  ada,
  octave,
  forth,
  pythonScientific,
  pythonPlots,
  pythonPytest,
];

export const KNOWN_LANGUAGES: readonly Language[] = [...LANGUAGES, ...FURTHER_LANGUAGES];

const BY_NAME: ReadonlyMap<string, Language> = new Map(
  KNOWN_LANGUAGES.flatMap((language) => [language.id, ...language.aliases].map((name) => [name, language])),
);

const VERSIONS: ReadonlyMap<Language, readonly Language[]> = new Map(
  KNOWN_LANGUAGES.map((language) => [language, versionsOf(language)]),
);

/** The language with this id or alias, whatever its case; `null` if there is none. */
export function findLanguage(idOrAlias: string): Language | null {
  return BY_NAME.get(idOrAlias.toLowerCase()) ?? null;
}

/** The languages that a service offers, in the catalog's order. */
export interface OfferedLanguages {
  readonly all: readonly Language[];
  /** As `findLanguage`, among those that are offered. */
  find(idOrAlias: string): Language | null;
  /** What is to be installed for them: also each version that was named, as `versionsOf` describes it. */
  readonly installed: readonly Language[];
}

/**
 * Offers the languages with these ids or aliases, where `python@3.13` names a version beside the usual one; `LANGUAGES`
 * if none is named.
 */
export function offerLanguages(names: readonly string[]): OfferedLanguages {
  const named = new Set(names.map(findInstallable));
  const installed =
    named.size === 0 ? LANGUAGES : KNOWN_LANGUAGES.flatMap(withVersions).filter((each) => named.has(each));
  const ids = new Set(installed.map(({ id }) => languageIdOf(id)));
  const all = KNOWN_LANGUAGES.filter(({ id }) => ids.has(id));
  return {
    all,
    find: (idOrAlias) => all.find((language) => language === findLanguage(idOrAlias)) ?? null,
    installed,
  };
}

/** The language, or the version of it, that the settings name; `null` if there is none. */
export function findInstallable(name: string): Language | null {
  const [base = '', number] = name.split('@');
  const language = findLanguage(base);
  if (language === null || number === undefined) return language;
  return VERSIONS.get(language)?.find(({ id }) => id === versionId(language, number)) ?? null;
}

function withVersions(language: Language): readonly Language[] {
  return [language, ...(VERSIONS.get(language) ?? [])];
}
