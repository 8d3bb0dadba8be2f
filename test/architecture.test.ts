// Enforces the shape that ARCHITECTURE.md describes: which part imports which, where files are and how they begin.
// Circles, re-exports, default exports, file names and lengths are rules of biome.json.

import assert from 'node:assert/strict';
import {
  globSync,
  mkdirSync,
  mkdtempDisposableSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import {
  arrowsTable,
  filesWithoutHeader,
  forbiddenImports,
  misplacedFiles,
  unusedArrows,
} from './architecture.ts';
import { tablesOf } from './markdown.ts';
import { readModules } from './module-graph.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const modules = readModules(PROJECT, ['src/**/*.ts']);

test('ARCHITECTURE.md shows the arrows', () => {
  const text = readFileSync(join(PROJECT, 'ARCHITECTURE.md'), 'utf8');
  const shown = tablesOf(text).find(({ header }) => header[0] === 'Part');
  assert.deepEqual(shown?.rows, arrowsTable());
});

test('imports follow the arrows', () => {
  assert.ok(modules.length > 0);
  assert.deepEqual(forbiddenImports(modules), []);
});

test('every arrow is needed', () => {
  assert.deepEqual(unusedArrows(modules), []);
});

test('folders are named by nouns, at most three levels deep', () => {
  assert.deepEqual(misplacedFiles(modules.map(({ path }) => path)), []);
});

test('every file begins by saying what it is responsible for', () => {
  const patterns = [
    'src/**/*.ts',
    'test/**/*.{ts,sh}',
    'bench/**/*.ts',
    '*.mjs',
    'scripts/*',
    'supervisor/*.{c,h}',
    '.ci/{run,*.sh,*.mjs,parts/*}',
  ];
  const files = globSync(patterns, { cwd: PROJECT }).map((path) => ({
    path,
    text: readFileSync(join(PROJECT, path), 'utf8'),
  }));
  assert.ok(files.length > modules.length);
  assert.deepEqual(filesWithoutHeader(files), []);
});

/** Writes a tree of modules and answers what `forbiddenImports` says of it. */
function check(tree: Record<string, string>): string[] {
  using root = mkdtempDisposableSync(join(tmpdir(), 'architecture-'));
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root.path, path)), { recursive: true });
    writeFileSync(join(root.path, path), text);
  }
  return forbiddenImports(readModules(root.path, ['src/**/*.ts']));
}

const SANDBOX = { 'src/sandbox/sandbox.ts': 'export interface Sandbox {}\nexport const slots = 1;\n' };

test('an import against the arrows is named, however it is spelled', () => {
  const spellings = {
    "import { slots } from '../sandbox/sandbox.ts';": '../sandbox/sandbox.ts',
    "import type { Sandbox } from '../sandbox/sandbox.ts';": '../sandbox/sandbox.ts',
    "export { slots } from '../sandbox/sandbox.ts';": '../sandbox/sandbox.ts',
    "export * from '../../src/./languages/../sandbox/sandbox.ts';":
      '../../src/./languages/../sandbox/sandbox.ts',
    "import '../%73andbox/sandbox.ts';": '../%73andbox/sandbox.ts',
    "const sandbox = await import('../sandbox/sandbox.ts');": '../sandbox/sandbox.ts',
    "type Sandbox = import('../sandbox/sandbox.ts').Sandbox;": '../sandbox/sandbox.ts',
  };
  for (const [code, specifier] of Object.entries(spellings))
    assert.deepEqual(check({ ...SANDBOX, 'src/languages/python.ts': code }), [
      `src/languages/python.ts imports ${specifier}: languages may not import sandbox`,
    ]);
});

test('a symbolic link hides no import', () => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'architecture-'));
  mkdirSync(join(root.path, 'src/sandbox'), { recursive: true });
  mkdirSync(join(root.path, 'src/languages'));
  writeFileSync(join(root.path, 'src/sandbox/sandbox.ts'), SANDBOX['src/sandbox/sandbox.ts']);
  symlinkSync('../sandbox/sandbox.ts', join(root.path, 'src/languages/box.ts'));
  writeFileSync(join(root.path, 'src/languages/python.ts'), "import './box.ts';");
  assert.deepEqual(forbiddenImports(readModules(root.path, ['src/languages/python.ts'])), [
    'src/languages/python.ts imports ./box.ts: languages may not import sandbox',
  ]);
});

test('what only looks like an import is none', () => {
  const code = "// import '../sandbox/sandbox.ts';\nexport const code = `import '../sandbox/sandbox.ts'`;";
  assert.deepEqual(check({ ...SANDBOX, 'src/languages/python.ts': code }), []);
});

test('of some parts only types may be imported', () => {
  const tree = { 'src/toolchains/toolchain.ts': 'export interface Toolchain {}\nexport const all = [];\n' };
  const importing = (code: string) => check({ ...tree, 'src/submissions/accept.ts': code });
  assert.deepEqual(importing("import type { Toolchain } from '../toolchains/toolchain.ts';"), []);
  assert.deepEqual(importing("import { type Toolchain } from '../toolchains/toolchain.ts';"), []);
  assert.deepEqual(importing("import { all, type Toolchain } from '../toolchains/toolchain.ts';"), [
    'src/submissions/accept.ts imports ../toolchains/toolchain.ts: submissions may import only types of toolchains',
  ]);
});

test('main, tests, other drivers, unknown folders and files that are not there may not be imported', () => {
  const tree = {
    'src/main.ts': "import './sandbox/native/native-sandbox.ts';",
    'src/extra/extra.ts': "import '../errors.ts';",
    'src/errors.ts': 'export {};',
    'src/sandbox/sandbox-contract.ts': 'export {};',
    'src/sandbox/remote/remote-sandbox.ts': 'export {};',
    'src/sandbox/native/native-sandbox.ts':
      "import '../remote/remote-sandbox.ts';\nimport '../sandbox-contract.ts';\nimport './gone.ts';\nimport '../../main.ts';",
    'src/sandbox/native/native-sandbox.test.ts': "import '../sandbox-contract.ts';\nimport '../../main.ts';",
  };
  assert.deepEqual(check(tree), [
    'src/extra/extra.ts imports ../errors.ts: extra has no row in the table of arrows',
    'src/sandbox/native/native-sandbox.test.ts imports ../../main.ts: main.ts must not be imported',
    'src/sandbox/native/native-sandbox.ts imports ../remote/remote-sandbox.ts: src/sandbox/native may not import its sibling src/sandbox/remote',
    'src/sandbox/native/native-sandbox.ts imports ../sandbox-contract.ts: src/sandbox/sandbox-contract.ts is for tests',
    'src/sandbox/native/native-sandbox.ts imports ./gone.ts: there is no such file',
    'src/sandbox/native/native-sandbox.ts imports ../../main.ts: main.ts must not be imported',
  ]);
});

test('misplaced files and files without a header are reported', () => {
  const paths = ['src/a.ts', 'src/utils/strings.ts', 'src/http/v1/routes/run.ts'];
  assert.deepEqual(misplacedFiles(paths), [
    'src/utils/strings.ts is in utils/, a kind of symbol and no noun of the domain',
    'src/utils/strings.ts: utils has no row in the table of arrows',
    'src/http/v1/routes/run.ts is 4 levels deep, at most 3',
  ]);
  assert.deepEqual(filesWithoutHeader([{ path: 'src/a.ts', text: "import 'node:fs';\n" }]), [
    'src/a.ts does not begin with a comment that says what it is responsible for',
  ]);
});
