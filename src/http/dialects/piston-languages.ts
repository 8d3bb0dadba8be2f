// Piston's names of languages, and the runtimes that it lists.

import { isInRange } from '../../submissions/version-range.ts';
import type { OfferedLanguage } from './dialect.ts';

/** How Piston calls a language: `runtime` is what runs or compiles it, where that has another name. */
interface PistonName {
  readonly language: string;
  readonly aliases: readonly string[];
  readonly runtime?: string;
  /** Whether its files must be named as their code says, which Piston does not require. */
  readonly isNamedByCode?: boolean;
}

const NAMES: Readonly<Record<string, PistonName>> = {
  python: { language: 'python', aliases: ['py', 'py3', 'python3'] },
  javascript: {
    language: 'javascript',
    aliases: ['node-javascript', 'node-js', 'javascript', 'js'],
    runtime: 'node',
  },
  java: { language: 'java', aliases: [], isNamedByCode: true },
  cpp: { language: 'c++', aliases: ['cpp', 'g++'], runtime: 'gcc' },
  c: { language: 'c', aliases: ['gcc'], runtime: 'gcc' },
  go: { language: 'go', aliases: ['go', 'golang'] },
  rust: { language: 'rust', aliases: ['rs'] },
  typescript: { language: 'typescript', aliases: ['ts', 'node-ts', 'tsc', 'typescript5', 'ts5'] },
  bash: { language: 'bash', aliases: ['sh'] },
  csharp: {
    language: 'csharp',
    aliases: ['mono', 'mono-csharp', 'mono-c#', 'mono-cs', 'c#', 'cs'],
    runtime: 'mono',
  },
  haskell: { language: 'haskell', aliases: ['haskell', 'hs'] },
  r: { language: 'rscript', aliases: ['r'] },
  ocaml: { language: 'ocaml', aliases: ['ocaml', 'ml'] },
  fortran: { language: 'fortran', aliases: ['fortran', 'f90'], runtime: 'gcc' },
  d: { language: 'd', aliases: ['gdc'], runtime: 'gcc' },
  prolog: { language: 'prolog', aliases: ['prolog', 'plg'] },
  lisp: { language: 'lisp', aliases: ['lisp', 'cl', 'sbcl', 'commonlisp'] },
  erlang: { language: 'erlang', aliases: ['erlang', 'erl', 'escript'] },
  elixir: { language: 'elixir', aliases: ['elixir', 'exs'] },
  assembly: { language: 'nasm64', aliases: ['nasm64', 'asm64', 'nasm'], runtime: 'nasm' },
  cobol: { language: 'cobol', aliases: ['cob', 'cobol'] },
  octave: { language: 'octave', aliases: ['matlab', 'm', 'octave'] },
  forth: { language: 'forth', aliases: ['gforth'] },
  php: { language: 'php', aliases: ['php', 'php8'] },
  ruby: { language: 'ruby', aliases: ['ruby', 'ruby3', 'rb'] },
  perl: { language: 'perl', aliases: ['perl', 'pl'] },
  pascal: { language: 'pascal', aliases: ['freepascal', 'pp', 'pas'] },
  sql: { language: 'sqlite3', aliases: ['sqlite', 'sql'] },
};

export interface PistonRuntime {
  readonly language: string;
  readonly version: string;
  readonly aliases: readonly string[];
  readonly runtime?: string;
}

function nameOf(language: OfferedLanguage, version: string): PistonName {
  const name = NAMES[language.id] ?? { language: language.id, aliases: [] };
  if (language.id !== 'python') return name;
  const [major = '', minor = ''] = version.split('.');
  return { ...name, aliases: [...name.aliases, `python${major}.${minor}`] };
}

/** One runtime for each language and version. */
export function runtimesOf(languages: readonly OfferedLanguage[]): PistonRuntime[] {
  return languages.flatMap((language) =>
    language.versions.map((version) => {
      const { language: name, aliases, runtime } = nameOf(language, version);
      return { language: name, version, aliases, ...(runtime !== undefined && { runtime }) };
    }),
  );
}

/** What Piston installs: several languages may come from one package. */
export function packagesOf(languages: readonly OfferedLanguage[]) {
  const packages = runtimesOf(languages).map(({ language, version, runtime }) => ({
    language: runtime ?? language,
    language_version: version,
    installed: true,
  }));
  const seen = new Set<string>();
  return packages.filter(({ language, language_version }) => {
    const key = `${language} ${language_version}`;
    return !seen.has(key) && seen.add(key);
  });
}

export interface NamedRuntime {
  readonly language: OfferedLanguage;
  /** The name for an answer. */
  readonly canonicalName: string;
  /** The name for a submission: an own alias may choose a standard. */
  readonly submittedName: string;
  /** `null` if no version of the language is in the range that the request names. */
  readonly version: string | null;
}

/** The newest version in `range` of the language with this name; `null` for an unknown name. Names have one case. */
export function findRuntime(
  languages: readonly OfferedLanguage[],
  { name, range, anyVersion }: { name: string; range: string; anyVersion: boolean },
): NamedRuntime | null {
  const language = languages.find((each) => isNamed(each, name));
  if (language === undefined) return null;
  const version = language.versions.find((each) => isInRange(each, range)) ?? null;
  const newest = anyVersion ? (language.versions[0] ?? null) : null;
  const isOwnAlias = language.aliases.includes(name);
  return {
    language,
    canonicalName: nameOf(language, '').language,
    submittedName: isOwnAlias ? name : language.id,
    version: version ?? newest,
  };
}

export function isNamedByCode({ id }: OfferedLanguage): boolean {
  return NAMES[id]?.isNamedByCode ?? false;
}

function isNamed(language: OfferedLanguage, name: string): boolean {
  const [newest = ''] = language.versions;
  const { language: canonical, aliases } = nameOf(language, newest);
  return [canonical, ...aliases, language.id, ...language.aliases].includes(name);
}
