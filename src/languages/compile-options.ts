// Options that a request may add to a compiler's command. Only what is listed passes: an option can name files, load code
// into the compiler, or let it run without end.

/** One option or a family of options. */
export interface CompileOption {
  /** As it is written in lists: `-O0`, `-DNAME[=VALUE]`. */
  readonly shown: string;
  readonly pattern: RegExp;
}

/** Options that are taken as they stand; none has a sign that means something in a pattern. */
function exactly(...options: readonly string[]): readonly CompileOption[] {
  return options.map((shown) => ({ shown, pattern: new RegExp(`^${shown}$`) }));
}

/** Of gcc and g++; `standard` is the pattern of the names after `-std=`. */
export function gccOptions(standard: RegExp, example: string): readonly CompileOption[] {
  return [
    { shown: `-std=${example}`, pattern: new RegExp(`^-std=${standard.source}$`) },
    ...exactly(
      '-O0',
      '-O1',
      '-O2',
      '-O3',
      '-Os',
      '-Ofast',
      '-g',
      '-w',
      '-pedantic',
      '-pedantic-errors',
      '-static',
    ),
    { shown: '-WNAME', pattern: /^-W[a-z][a-z0-9+-]{0,60}(?:=[a-z0-9-]{1,20})?$/ },
    { shown: '-DNAME[=VALUE]', pattern: /^-D[A-Za-z_]\w{0,60}(?:=[\w.+-]{0,60})?$/ },
    { shown: '-UNAME', pattern: /^-U[A-Za-z_]\w{0,60}$/ },
    ...exactly(
      '-ffast-math',
      '-fwrapv',
      '-ftrapv',
      '-fno-strict-aliasing',
      '-fno-exceptions',
      '-fno-rtti',
      '-lm',
    ),
  ];
}

export const JAVA_OPTIONS: readonly CompileOption[] = [
  ...exactly('-ea', '-g', '-g:none', '-nowarn', '-Werror', '-parameters', '-deprecation', '-Xlint'),
  { shown: '-Xlint:NAME', pattern: /^-Xlint:[a-z,-]{1,100}$/ },
  { shown: '--release=N', pattern: /^--release=\d{1,2}$/ },
];

export const GO_OPTIONS: readonly CompileOption[] = [
  { shown: '-tags=NAME', pattern: /^-tags=[A-Za-z_][\w,]{0,60}$/ },
];

export const RUST_OPTIONS: readonly CompileOption[] = [
  { shown: '--edition=2021', pattern: /^--edition=\d{4}$/ },
  { shown: '-Copt-level=N', pattern: /^-Copt-level=[0-3sz]$/ },
  { shown: '-Coverflow-checks=yes', pattern: /^-Coverflow-checks=(?:yes|no)$/ },
  { shown: '-Cdebug-assertions=yes', pattern: /^-Cdebug-assertions=(?:yes|no)$/ },
  { shown: '--cfg=NAME', pattern: /^--cfg=[a-z_][a-z0-9_]{0,60}$/ },
  { shown: '-ANAME', pattern: /^-[AWD][a-z][a-z_-]{0,60}$/ },
];

export const TYPESCRIPT_OPTIONS: readonly CompileOption[] = exactly(
  '--strict',
  '--noImplicitAny',
  '--strictNullChecks',
  '--noImplicitReturns',
  '--noFallthroughCasesInSwitch',
  '--noUncheckedIndexedAccess',
  '--noUnusedLocals',
  '--noUnusedParameters',
  '--exactOptionalPropertyTypes',
  '--experimentalDecorators',
  '--noCheck',
);
