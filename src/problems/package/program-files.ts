// The programs in a package: a file or a directory each, in the language that the names of its files show.

import { PackageFault, type PackageFiles } from './package-files.ts';

export interface PackageProgram {
  /** Of the file or the directory. */
  readonly path: string;
  readonly language: string;
  /** By paths relative to the program, the main source first. */
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
}

/** Ids of languages by the extensions that packages use. */
const LANGUAGES = new Map(
  Object.entries({
    adb: 'ada',
    asm: 'assembly',
    bash: 'bash',
    c: 'c',
    'c++': 'cpp',
    C: 'cpp',
    cc: 'cpp',
    cpp: 'cpp',
    cxx: 'cpp',
    cob: 'cobol',
    cs: 'csharp',
    d: 'd',
    erl: 'erlang',
    exs: 'elixir',
    f90: 'fortran',
    f95: 'fortran',
    go: 'go',
    hs: 'haskell',
    java: 'java',
    js: 'javascript',
    lisp: 'lisp',
    lua: 'lua',
    m: 'octave',
    mjs: 'javascript',
    ml: 'ocaml',
    nim: 'nim',
    p: 'pascal',
    pas: 'pascal',
    php: 'php',
    pl: 'perl',
    plg: 'prolog',
    pp: 'pascal',
    py: 'python',
    py3: 'python',
    R: 'r',
    rb: 'ruby',
    rs: 'rust',
    scm: 'scheme',
    sh: 'bash',
    sql: 'sql',
    ts: 'typescript',
  }),
);
/** Ids of languages by the codes of the package format, where they are others. */
const CODES = new Map([
  ['python3', 'python'],
  ['js', 'javascript'],
  ['ts', 'typescript'],
]);

export function idOfLanguage(code: string): string {
  return CODES.get(code) ?? code;
}

/** Only there beside sources. */
const HEADERS = new Set(['h', 'hpp', 'hh', 'hxx', 'json', 'txt', 'md']);
const MAIN_NAMES = /^(__main__|main)\.[^.]+$/i;
/** What begins a program, in languages that have a word for it. */
const MAIN_CODE = /\b(static\s+(public\s+)?void\s+main|int\s+main|func\s+main|fn\s+main|__main__)\b/;

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/^[^.]*$|^.*\./, '');
}

/** The programs in a directory, in the order of their names. */
export function programsIn(files: PackageFiles, directory: string): ReadonlyMap<string, PackageFiles> {
  const programs = new Map<string, Map<string, Buffer>>();
  for (const [path, content] of files) {
    if (!path.startsWith(directory)) continue;
    const [name = '', ...rest] = path.slice(directory.length).split('/');
    const program = programs.get(directory + name) ?? new Map<string, Buffer>();
    program.set(rest.length === 0 ? name : rest.join('/'), content);
    programs.set(directory + name, program);
  }
  return programs;
}

export function bytesOf(files: PackageFiles): number {
  return [...files.values()].reduce((bytes, content) => bytes + content.length, 0);
}

/** `null` for one without a source that is known, such as a note. Throws a `PackageFault` for two languages. */
export function readProgram(path: string, files: PackageFiles): PackageProgram | null {
  const sources = [...files.keys()].filter((name) => LANGUAGES.get(extensionOf(name)) !== undefined);
  const languages = new Set(sources.map((name) => LANGUAGES.get(extensionOf(name))));
  const [language] = languages;
  if (language === undefined) return null;
  if (languages.size > 1) {
    throw new PackageFault(path, `must be in one language, got files of ${[...languages].join(' and ')}`);
  }
  const main = mainOf(sources, files);
  const others = [...files.keys()].filter((name) => name !== main);
  return {
    path,
    language,
    files: [main, ...others].map((name) => ({ path: name, content: files.get(name) as Buffer })),
  };
}

/** Whether a name is one of a source or a header, and not of something that programs do not need. */
export function isProgramFile(name: string): boolean {
  const extension = extensionOf(name);
  return LANGUAGES.get(extension) !== undefined || HEADERS.has(extension);
}

function mainOf(sources: readonly string[], files: PackageFiles): string {
  const named = sources.find((name) => MAIN_NAMES.test(name));
  const written = sources.find((name) => MAIN_CODE.test(files.get(name)?.toString('utf8') ?? ''));
  return named ?? written ?? sources[0] ?? '';
}
