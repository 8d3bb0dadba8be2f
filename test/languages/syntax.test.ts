// What is wrong with every run is one compile error and not one failure a test: syntax errors of languages that run from source,
// with validation on, and Java without a `main`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OFFERED, type Program, programs, run, useService } from './shared-service.ts';

useService({}, 'with all parts');

programs('a source with a syntax error', [
  {
    name: 'a syntax error is a compile error that names file and line',
    language: 'python',
    code: 'print("a")\nprint((1)\n',
    expect: { status: 'compilation_error', compiler: /^ {2}File "main\.py", line 2\n[\s\S]*SyntaxError/ },
  },
  {
    name: 'a block that is missing is a compile error',
    language: 'python',
    code: 'if input():\nprint(1)\n',
    expect: { status: 'compilation_error', compiler: /IndentationError: expected an indented block/ },
  },
  {
    name: 'what only the language finds is a runtime error',
    language: 'python',
    code: 'print("a")\nreturn 1\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /SyntaxError: 'return' outside function/ },
  },
  {
    name: 'a syntax error is a compile error that names file and line',
    language: 'javascript',
    code: 'console.log("a");\nlet = = 1;\n',
    expect: { status: 'compilation_error', compiler: /main\.js:2\n[\s\S]*SyntaxError/ },
  },
]);

// Those that LANGUAGES names.
const BY_NAME: readonly Program[] = [
  {
    name: 'a syntax error is a compile error that names file and line',
    language: 'php',
    code: '<?php\necho 1\necho 2;\n',
    expect: { status: 'compilation_error', compiler: /Parse error: syntax error.* in main\.php on line 3/ },
  },
  {
    name: 'a syntax error is a compile error that names file and line',
    language: 'ruby',
    code: 'puts (1\nend\n',
    expect: { status: 'compilation_error', compiler: /main\.rb:2: syntax error/ },
  },
  {
    name: 'a syntax error is a compile error that names file and line',
    language: 'lua',
    code: 'print(1\n',
    expect: { status: 'compilation_error', compiler: /main\.lua:\d: '\)' expected/ },
  },
];
programs(
  'a source of a language that is offered by name',
  BY_NAME.filter(({ language }) => OFFERED.some(({ id }) => id === language)),
);

programs('a source of Java', [
  {
    name: 'a class may inherit its `main`',
    language: 'java',
    code: 'public class Main extends Base {}',
    files: [
      {
        path: 'Base.java',
        content:
          'class Base { @Deprecated public static synchronized strictfp void\nmain (java . lang . String a []) { System.out.println("base"); } }',
      },
    ],
    expect: { status: 'completed', stdout: 'base\n' },
  },
  {
    name: 'a class without a `main` is a compile error',
    language: 'java',
    code: 'class Solution { void solve() {} int main; }',
    expect: {
      status: 'compilation_error',
      compiler: /no main method: class Solution needs public static void main\(String\[\] args\)/,
    },
  },
  {
    name: 'a class without a `main` has its other errors reported too',
    language: 'java',
    code: 'class Solution { int x = "a"; }',
    expect: { status: 'compilation_error', compiler: /no main method[\s\S]*incompatible types/ },
  },
]);

test('a syntax error is reported once, and every test is skipped', async () => {
  const test_cases = [{ input: '1' }, { input: '2', is_hidden: true }];
  const answer = await run({ language: 'python', code: 'print(\n', test_cases });
  assert.equal(answer.status, 'compilation_error');
  assert.deepEqual(
    answer.results.map(({ status, stderr }) => [status, stderr]),
    [
      ['skipped', ''],
      ['skipped', null],
    ],
  );
});

test('a good program has no compile', async () => {
  const answer = await run({ language: 'python', code: 'print(1)\n' });
  assert.deepEqual([answer.status, answer.compile], ['completed', null]);
});
