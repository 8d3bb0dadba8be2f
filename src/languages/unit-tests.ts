// How unit tests of a language run: its program serves its modules in one box, and the tests use them from another. So
// nothing that the program does can change a result, and it sees neither its tests nor where they report to.

import { readFileSync } from 'node:fs';

/** Where this service's own files are, beside those of a client; nothing submitted may be in it. */
export const UNIT_DIRECTORY = '.unit';

export interface UnitTests {
  /** Programs and tests of the same kind understand each other, such as those of `python` and `pytest`. */
  readonly kind: string;
  readonly runner: string;
  /** Files of `unit-tests/` in the program's box and in that of the tests; the first is started. */
  readonly program: readonly string[];
  readonly tests: readonly string[];
  /** Where the files are that are loaded; what a compiler wrote, for a language that has one. */
  readonly directory: '/code' | '/build';
  /** The module that a file becomes, as it is loaded or imported; `null` for a file that is none. */
  moduleOf(path: string): string | null;
  /** The file that a compiler writes for a source. */
  emitted?(path: string): string;
  /** What the file is called that holds the tests' `code`, where a program's would be called `path`. */
  testFile(path: string): string;
}

const PYTHON_MODULE = /^(?:[A-Za-z_]\w*\/)*[A-Za-z_]\w*\.py$/;

function pythonModuleOf(path: string): string | null {
  if (!PYTHON_MODULE.test(path)) return null;
  return path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');
}

/** Test functions and classes of `unittest`, which comes with the language. */
export const PYTHON_UNIT_TESTS: UnitTests = {
  kind: 'python',
  runner: 'unittest',
  program: ['serve.py', 'peer.py'],
  tests: ['run.py', 'peer.py'],
  directory: '/code',
  moduleOf: pythonModuleOf,
  testFile: (path) => `test_${path}`,
};

export const PYTEST: UnitTests = { ...PYTHON_UNIT_TESTS, runner: 'pytest' };

const NODE_PEER = ['peer.cjs', 'values.cjs', 'wire.cjs'];

export const NODE_UNIT_TESTS: UnitTests = {
  kind: 'javascript',
  runner: 'node:test',
  program: ['serve.cjs', ...NODE_PEER],
  tests: ['run.cjs', ...NODE_PEER],
  directory: '/code',
  moduleOf: (path) => (/\.[cm]?js$/.test(path) ? path : null),
  testFile: (path) => path.replace(/\.([cm]?js)$/, '.test.$1'),
};

const TYPESCRIPT_MODULE = /\.(?:[cm]?[jt]s|tsx)$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;
const emitted = (path: string) => path.replace(/\.([cm]?)tsx?$/, '.$1js');

/** The same as JavaScript's, with what the compiler writes. */
export const TYPESCRIPT_UNIT_TESTS: UnitTests = {
  ...NODE_UNIT_TESTS,
  directory: '/build',
  moduleOf: (path) => (TYPESCRIPT_MODULE.test(path) && !DECLARATIONS.test(path) ? emitted(path) : null),
  emitted,
  testFile: (path) => path.replace(/\.([cm]?ts)$/, '.test.$1'),
};

/** Of a run of unit tests: whether the source that is started serves the program, or runs its tests. */
export function unitSide(sourceFile: string): 'program' | 'tests' | null {
  if (!sourceFile.startsWith(`${UNIT_DIRECTORY}/`)) return null;
  return sourceFile.startsWith(`${UNIT_DIRECTORY}/serve.`) ? 'program' : 'tests';
}

const CONTENTS = new Map<string, Uint8Array>();

/** A file of `unit-tests/`, read once, when the first tests need it. */
export function unitTestFile(name: string): { readonly path: string; readonly content: Uint8Array } {
  const content = CONTENTS.get(name) ?? readFileSync(new URL(`./unit-tests/${name}`, import.meta.url));
  CONTENTS.set(name, content);
  return { path: `${UNIT_DIRECTORY}/${name}`, content };
}
