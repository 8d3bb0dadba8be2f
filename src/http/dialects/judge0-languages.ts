// Judge0's numbers of languages. A number that means another version or compiler of a language runs ours.

import type { OfferedLanguage } from './dialect.ts';
import { MULTI_FILE } from './judge0-program.ts';

/** The first number of each language is the one that Judge0's documentation shows. */
const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  python: [71, 92, 100, 109, 113],
  javascript: [63, 93, 97, 102],
  java: [62, 91],
  cpp: [54, 52, 53, 105, 76],
  c: [50, 48, 49, 103, 75],
  go: [60, 95, 106, 107],
  rust: [73, 108],
  typescript: [74, 94, 101],
  bash: [46],
  assembly: [45],
  csharp: [51],
  lisp: [55],
  d: [56],
  elixir: [57],
  erlang: [58],
  fortran: [59],
  haskell: [61],
  lua: [64],
  ocaml: [65],
  octave: [66],
  pascal: [67],
  php: [68, 98],
  prolog: [69],
  ruby: [72],
  cobol: [77],
  r: [80, 99],
  sql: [82],
  perl: [85],
};

/** What Judge0 writes before the version in brackets. */
const COMPILERS: Readonly<Record<string, string>> = {
  javascript: 'Node.js ',
  java: 'OpenJDK ',
  cpp: 'GCC ',
  c: 'GCC ',
  assembly: 'NASM ',
  csharp: 'Mono ',
  lisp: 'SBCL ',
  d: 'LDC ',
  erlang: 'OTP ',
  fortran: 'GFortran ',
  haskell: 'GHC ',
  pascal: 'FPC ',
  prolog: 'SWI-Prolog ',
  cobol: 'GnuCOBOL ',
  sql: 'SQLite ',
};

/** Languages that Judge0 runs from source. */
const RUN_FROM_SOURCE: readonly string[] = ['python', 'javascript', 'bash'];

export interface Judge0Language {
  readonly number: number;
  /** `Python (3.11.2)`. */
  readonly label: string;
  readonly language: OfferedLanguage;
  readonly isCompiled: boolean;
}

/** Scripts run it, whatever it is written in. */
const MULTI_FILE_LANGUAGE = 'bash';
const MULTI_FILE_LABEL = 'Multi-file program';

/** The languages that are ready, by their numbers. */
export function judge0Languages(languages: readonly OfferedLanguage[]): Judge0Language[] {
  return languages.flatMap((language) => {
    const [version] = language.versions;
    if (version === undefined) return [];
    return numbersOf(language).map((number) => described(number, language, version));
  });
}

function numbersOf({ id }: OfferedLanguage): readonly number[] {
  const numbers = NUMBERS[id] ?? [];
  return id === MULTI_FILE_LANGUAGE ? [...numbers, MULTI_FILE] : numbers;
}

function described(number: number, language: OfferedLanguage, version: string): Judge0Language {
  const label =
    number === MULTI_FILE ? MULTI_FILE_LABEL : `${language.name} (${COMPILERS[language.id] ?? ''}${version})`;
  return { number, label, language, isCompiled: isCompiledThere(language) };
}

/** Whether Judge0 compiles what has this number. */
export function isCompiledNumber(number: number): boolean {
  const [id] = Object.entries(NUMBERS).find(([, numbers]) => numbers.includes(number)) ?? [];
  return id !== undefined && !RUN_FROM_SOURCE.includes(id);
}

function isCompiledThere({ id, compiled }: OfferedLanguage): boolean {
  return compiled && !RUN_FROM_SOURCE.includes(id);
}

/** The language with this number, whatever is ready; for submissions of the past. */
export function languageNumbered(
  number: number,
  languages: readonly OfferedLanguage[],
  version: string,
): Judge0Language {
  const language = languages.find((each) => numbersOf(each).includes(number));
  if (language === undefined) throw new Error(`no language has the number ${number}`);
  return described(number, language, version);
}

/** Whether the number is of a language that is still being installed. */
export function isBeingInstalled(number: number, languages: readonly OfferedLanguage[]): boolean {
  return languages.some(
    (language) =>
      language.status === 'installing' &&
      language.versions.length === 0 &&
      numbersOf(language).includes(number),
  );
}
