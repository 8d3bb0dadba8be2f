// What holds for every language, and the commands that each gives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTimeMsOf } from '../../test/cpu-time.ts';
import { MIB } from '../units.ts';
import { findLanguage, KNOWN_LANGUAGES, LANGUAGES } from './catalog.ts';
import type { CommandContext, Language } from './language.ts';

function get(id: string): Language {
  const language = findLanguage(id);
  assert.ok(language, `${id} is a language`);
  return language;
}

function contextOf(language: Language, changes: Partial<CommandContext> = {}): CommandContext {
  const code = changes.code ?? language.examples.hello.code;
  const sourceFile = language.sourceFile(code);
  return {
    tools: Object.fromEntries(language.tools.map(({ name }) => [name, `/tools/${name}`])),
    prebuilt: '/opt/prebuilt',
    prebuiltParts: [],
    sourceFile,
    files: [sourceFile],
    memoryBytes: 128 * MIB,
    code,
    ...changes,
  };
}

test('the usual languages are there', () => {
  const ids = LANGUAGES.map(({ id }) => id);
  assert.deepEqual(ids, ['python', 'javascript', 'java', 'cpp', 'go', 'rust', 'c', 'typescript', 'bash']);
});

test('every id and alias is found, whatever its case, and belongs to one language', () => {
  const names = KNOWN_LANGUAGES.flatMap(({ id, aliases }) => [id, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  for (const language of KNOWN_LANGUAGES) {
    for (const name of [language.id, ...language.aliases])
      assert.equal(findLanguage(name.toUpperCase()), language);
  }
  assert.equal(findLanguage('abap'), null);
  assert.equal(findLanguage('constructor'), null);
});

test('every command is an absolute path with the common environment', () => {
  for (const language of KNOWN_LANGUAGES) {
    for (const { argv, environment } of [
      language.compile?.(contextOf(language)),
      language.run(contextOf(language)),
    ].filter((command) => command !== undefined)) {
      assert.match(argv[0] ?? '', /^\//, language.id);
      assert.equal(environment.PATH, '/usr/local/bin:/usr/bin:/bin');
      assert.equal(environment.HOME, '/tmp');
      assert.equal(environment.LANG, 'C.UTF-8');
    }
  }
});

test('the version of a language is that of one of its tools', () => {
  for (const { tools, versionTool } of KNOWN_LANGUAGES)
    assert.ok(tools.some(({ name }) => name === versionTool));
});

test('JavaScript with import or export statements is an ES module', () => {
  const { sourceFile } = get('javascript');
  const modules = [
    "import fs from 'fs';",
    "import { a } from './a.mjs'",
    "import './side-effect.mjs';",
    "'use strict';\nimport * as fs from 'node:fs';",
    'export const x = 1;',
    'export default function f() {}',
    'export { x };',
    'console.log(import.meta.url);',
    'const x = await Promise.resolve(1);\nconsole.log(x);',
    'for await (const line of lines) console.log(line);',
    `console.log(\`\${import.meta.url}\`);`,
    'const quote = /`/;\nexport { quote };',
  ];
  for (const code of modules) assert.equal(sourceFile(code), 'main.mjs', code);
});

test('JavaScript without them is CommonJS', () => {
  const { sourceFile } = get('javascript');
  const scripts = [
    "const fs = require('fs');",
    "/*\nimport x from 'y';\n*/\nconsole.log(1);",
    "import('fs').then(console.log);",
    'const importer = 1;\nimporter;',
    'exports.x = 1;',
    'async function f() {\n  await null;\n}\nf();',
    "const fs = require('fs');\nawait null;",
    'console.log(`\nimport x from "y";\nexport default x;\nawait x;\n`);',
    '"a\\\nexport const x = 1;";',
    "console.log('import.meta');",
    "const open = '/*';\nconst close = '*/';",
  ];
  for (const code of scripts) assert.equal(sourceFile(code), 'main.js', code);
});

test('whether code is a module is found out in no time', async () => {
  const code = `const text = "${'/* '.repeat(200_000)}";`;
  assert.ok((await cpuTimeMsOf(() => get('javascript').sourceFile(code))) < 1000);
});

test('TypeScript with await outside of functions is an ES module', () => {
  const { sourceFile } = get('typescript');
  assert.equal(sourceFile('const x: number = await f();'), 'main.mts');
  assert.equal(sourceFile('console.log(`\nawait x;\n`, "import.meta");'), 'main.ts');
  assert.equal(sourceFile("import fs from 'fs';\nasync function f() {\n  await null;\n}"), 'main.ts');
});

test('TypeScript runs what its compiler wrote', () => {
  const language = get('ts');
  assert.equal(language.run(contextOf(language)).argv.at(-1), '/build/main.js');
  assert.equal(language.run(contextOf(language, { code: 'await 1;' })).argv.at(-1), '/build/main.mjs');
});

test('C and C++ compile every submitted source and no other file', () => {
  const files = ['main.c', 'util.c', 'util.h', 'data.txt', '-odd.c'];
  const c = get('c').compile?.(contextOf(get('c'), { files })).argv ?? [];
  assert.deepEqual(c.slice(-5), ['main.c', 'util.c', './-odd.c', '-lm', '-pthread']);
  const cpp =
    get('c++').compile?.(contextOf(get('c++'), { files: ['main.cpp', 'a.cc', 'b.hpp'] })).argv ?? [];
  assert.deepEqual(cpp.slice(-2), ['main.cpp', 'a.cc']);
});

test('no name of a file is an option of a compiler, or a file of options', () => {
  for (const language of LANGUAGES) {
    const { fileExtension } = language;
    for (const name of ['-o', '@options']) {
      const sourceFile = `${name}${fileExtension}`;
      const argv = language.compile?.(contextOf(language, { sourceFile, files: [sourceFile] })).argv ?? [];
      assert.ok(!argv.includes(sourceFile), `${language.id}: ${argv.join(' ')}`);
      const run = language.run(contextOf(language, { sourceFile, files: [sourceFile] })).argv;
      assert.ok(!run.includes(sourceFile), `${language.id}: ${run.join(' ')}`);
    }
  }
});

test('each precompiled header is built with the flags that it is used with', () => {
  const cpp = get('cpp');
  const commands = cpp.prebuild?.commands({ 'g++': '/tools/g++' }, '/opt/prebuilt/cpp') ?? [];
  for (const standard of ['gnu++11', 'gnu++14', 'gnu++17', 'gnu++20', 'gnu++23']) {
    const used = cpp.compile?.(contextOf(cpp, { standard, prebuiltParts: ['cpp'] })).argv ?? [];
    const directory = `/opt/prebuilt/cpp/${standard}`;
    const built = commands.find(({ argv }) => argv.includes(`${directory}/bits/stdc++.h.gch`))?.argv ?? [];
    assert.deepEqual(used.slice(1, 5), built.slice(1, 5));
    assert.ok(used.includes(`-I${directory}`));
  }
  assert.ok(!cpp.compile?.(contextOf(cpp)).argv.some((argument) => argument.includes('prebuilt')));
});

test('a standard that is named is compiled for, without the header precompiled for another', () => {
  const [cpp, c, rust] = [get('cpp'), get('c'), get('rust')];
  const compile = (language: Language, standard: string) =>
    language.compile?.(contextOf(language, { standard, prebuiltParts: ['cpp'] })).argv ?? [];
  const headersFor = (argv: readonly string[]) => argv.filter((option) => option.startsWith('-I/opt'));
  assert.ok(compile(cpp, 'gnu++20').includes('-std=gnu++20'));
  assert.deepEqual(headersFor(compile(cpp, 'gnu++20')), ['-I/opt/prebuilt/cpp/gnu++20']);
  assert.deepEqual(headersFor(compile(cpp, 'gnu++98')), []);
  assert.ok(compile(c, 'gnu99').includes('-std=gnu99'));
  assert.ok(compile(rust, '2018').includes('--edition=2018'));
});

test('the header precompiled for an option that names a standard is used', () => {
  const cpp = get('cpp');
  const headersWith = (...compileOptions: readonly string[]) =>
    (cpp.compile?.(contextOf(cpp, { compileOptions, prebuiltParts: ['cpp'] })).argv ?? []).filter((option) =>
      option.startsWith('-I/opt'),
    );
  assert.deepEqual(headersWith('-std=c++11', '-std=gnu++20'), ['-I/opt/prebuilt/cpp/gnu++20']);
  assert.deepEqual(headersWith('-std=c++20'), []);
});

test('Go builds a module where one is submitted and the files of package main otherwise', () => {
  const go = get('go');
  const plain = go.compile?.(contextOf(go, { files: ['main.go', 'a.go', 'a_test.go', 'sub/b.go', 'x.txt'] }));
  assert.deepEqual(plain?.argv.slice(1), [
    'build',
    '-C',
    '/code',
    '-ldflags=-s -w',
    '-buildmode=exe',
    '-o',
    '/box/out/program',
    'main.go',
    'a.go',
  ]);
  const module = go.compile?.(contextOf(go, { files: ['main.go', 'go.mod', 'sub/b.go'] }));
  assert.deepEqual(module?.argv.slice(1), [
    'build',
    '-C',
    '/code',
    '-ldflags=-s -w',
    '-buildmode=exe',
    '-o',
    '/box/out/program',
    '.',
  ]);
});

test('Go uses the built library only with the flags it was built with', () => {
  const go = get('go');
  const built = go.prebuild?.commands({ go: '/tools/go' }, '/opt/prebuilt/go')[0]?.environment;
  assert.deepEqual(go.compile?.(contextOf(go, { prebuiltParts: ['go'] })).environment, built);
});

test('the heaps of Java and Node.js may have the whole limit of the request', () => {
  const java = get('java');
  assert.ok(java.run(contextOf(java, { memoryBytes: 32 * MIB })).argv.includes('-Xmx32m'));
  const node = get('js');
  assert.ok(node.run(contextOf(node, { memoryBytes: 512 * MIB })).argv.includes('--max-old-space-size=512'));
});

test('a full heap counts as memory running out', () => {
  const javaError =
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat Main.main(Main.java:5)';
  assert.ok(get('java').ranOutOfMemory?.({ exitCode: 1, signal: null, stderr: javaError }));
  const nodeError = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
  assert.ok(get('js').ranOutOfMemory?.({ exitCode: null, signal: 'SIGABRT', stderr: nodeError }));
  assert.ok(get('ts').ranOutOfMemory?.({ exitCode: 134, signal: null, stderr: nodeError }));
  const cppError =
    "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc";
  assert.ok(get('cpp').ranOutOfMemory?.({ exitCode: null, signal: 'SIGABRT', stderr: cppError }));
});

test('other ends do not', () => {
  const threads = 'java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory';
  assert.ok(!get('java').ranOutOfMemory?.({ exitCode: 1, signal: null, stderr: threads }));
  assert.ok(
    !get('java').ranOutOfMemory?.({ exitCode: 0, signal: null, stderr: 'java.lang.OutOfMemoryError' }),
  );
  assert.ok(!get('js').ranOutOfMemory?.({ exitCode: 1, signal: null, stderr: 'Error: out of memory' }));
  assert.ok(!get('py').ranOutOfMemory?.({ exitCode: 1, signal: null, stderr: 'ValueError: no MemoryError' }));
  const handled = 'Traceback (most recent call last):\nMemoryError\n\nDuring handling:\nValueError\n';
  assert.ok(!get('py').ranOutOfMemory?.({ exitCode: 1, signal: null, stderr: handled }));
  assert.ok(!get('py').ranOutOfMemory?.({ exitCode: 1, signal: null, stderr: 'MemoryError is bad\n' }));
});
