// Options for compilers, and which file is started, over HTTP.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ExecuteRequest } from '../../src/api/execution.ts';
import { LANGUAGES } from '../../src/languages/catalog.ts';
import { execute } from '../service.ts';
import { type Program, programs, theService, useService } from './shared-service.ts';

useService();

const PRINT_STANDARD = '#include <iostream>\nint main() { std::cout << __cplusplus; }\n';

const TAKEN: readonly Program[] = [
  {
    name: 'a standard',
    language: 'cpp',
    code: PRINT_STANDARD,
    compile_options: ['-std=c++14'],
    expect: { status: 'completed', stdout: '201402' },
  },
  {
    name: 'a standard wins over that of the name',
    language: 'c++17',
    code: PRINT_STANDARD,
    compile_options: ['-std=c++11'],
    expect: { status: 'completed', stdout: '201103' },
  },
  {
    name: 'a definition',
    language: 'c',
    code: '#include <stdio.h>\nint main(void) { puts(TEXT); }\n',
    compile_options: ['-DLOCAL', '-DTEXT=__FILE__'],
    expect: { status: 'completed', stdout: 'main.c\n' },
  },
  {
    name: 'warnings as errors',
    language: 'cpp',
    code: 'int main() { int x; }\n',
    compile_options: ['-Wall', '-Werror'],
    expect: { status: 'compilation_error', compiler: /unused variable/ },
  },
  {
    name: 'no optimization',
    language: 'cpp',
    code: '#include <bits/stdc++.h>\nint main() { \n#ifndef __OPTIMIZE__\nputs("plain");\n#endif\n}\n',
    compile_options: ['-O0', '-g'],
    expect: { status: 'completed', stdout: 'plain\n' },
  },
  {
    name: 'lint',
    language: 'java',
    code: 'import java.util.*;\npublic class Main { public static void main(String[] a) { List l = new ArrayList(); l.add(1); System.out.println(l); } }\n',
    compile_options: ['-Xlint:unchecked', '-Werror'],
    expect: { status: 'compilation_error', compiler: /unchecked/ },
  },
  {
    name: 'an edition',
    language: 'rust',
    code: 'fn main() { let async = 1; println!("{}", async); }\n',
    compile_options: ['--edition=2015'],
    expect: { status: 'completed', stdout: '1\n' },
  },
  {
    name: 'checks of overflows',
    language: 'rust',
    code: 'fn main() { let n: u8 = std::env::args().count() as u8; println!("{}", n * 255 + n); }\n',
    compile_options: ['-Coverflow-checks=yes'],
    expect: { status: 'runtime_error', stderr: /overflow/ },
  },
  {
    name: 'a strict check',
    language: 'typescript',
    code: 'function f(x) { return x; }\nconsole.log(f(1));\n',
    compile_options: ['--strict'],
    expect: { status: 'compilation_error', compiler: /implicitly has an 'any' type/ },
  },
  {
    name: 'a build tag',
    language: 'go',
    code: 'package main\n\nfunc main() { println(text) }\n',
    files: [
      { path: 'go.mod', content: 'module m\n\ngo 1.21\n' },
      { path: 'a.go', content: '//go:build a\n\npackage main\n\nconst text = "a"\n' },
      { path: 'b.go', content: '//go:build !a\n\npackage main\n\nconst text = "b"\n' },
    ],
    compile_options: ['-tags=a'],
    expect: { status: 'completed', stderr: 'a\n' },
  },
];

programs('an option of a compiler', TAKEN);

const ENTRIES: readonly Program[] = [
  {
    name: 'a harness is started in place of the source',
    language: 'python',
    code: 'def double(n):\n    return 2 * n\n',
    files: [{ path: 'harness.py', content: 'from main import double\nprint(double(21))\n' }],
    entry: 'harness.py',
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'the source itself may be named',
    language: 'python',
    code: 'print(1)\n',
    files: [{ path: 'a.py', content: '' }],
    entry: 'main.py',
    expect: { status: 'completed', stdout: '1\n' },
  },
  {
    name: 'one of several files',
    language: 'javascript',
    files: [
      { path: 'a.js', content: 'exports.n = 7;\n' },
      { path: 'test.js', content: "console.log(require('./a.js').n);\n" },
    ],
    entry: 'test.js',
    expect: { status: 'completed', stdout: '7\n' },
  },
  {
    name: 'the class of a file',
    language: 'java',
    code: 'public class Main { static int n() { return 5; } }\n',
    files: [
      {
        path: 'Harness.java',
        content:
          'public class Harness { public static void main(String[] a) { System.out.println(Main.n()); } }\n',
      },
    ],
    entry: 'Harness.java',
    expect: { status: 'completed', stdout: '5\n' },
  },
];

programs('an entry', ENTRIES);

suite('what is refused', () => {
  const ROWS: readonly (readonly [request: Partial<ExecuteRequest>, path: string, message: RegExp])[] = [
    [
      { language: 'cpp', compile_options: ['-O2', '-fplugin=x.so'] },
      'compile_options[1]',
      /must be one of -std=c\+\+20, -O0.*got "-fplugin=x\.so"$/,
    ],
    [{ language: 'cpp', compile_options: ['-Wl,-rpath,/'] }, 'compile_options[0]', /got "-Wl,-rpath,\/"/],
    [{ language: 'cpp', compile_options: ['-DX=";'] }, 'compile_options[0]', /must be one of/],
    [{ language: 'cpp', compile_options: ['-include'] }, 'compile_options[0]', /must be one of/],
    [{ language: 'java', compile_options: ['-processor'] }, 'compile_options[0]', /must be one of -ea, -g/],
    [
      { language: 'python', compile_options: ['-O'] },
      'compile_options[0]',
      /must not be there: Python has none, got "-O"$/,
    ],
    [
      { language: 'python', entry: 'x.py' },
      'entry',
      /must be the path of a file, one of "main\.py", got "x\.py"$/,
    ],
    [
      { language: 'python', entry: 'x.py', files: [{ path: 'x.py', content: '/w==', encoding: 'base64' }] },
      'entry',
      /UTF-8/,
    ],
  ];
  for (const [request, path, message] of ROWS) {
    test(JSON.stringify(request), async () => {
      const response = await execute(theService(), { code: 'x', ...request });
      const body = (await response.json()) as { errors: { path: string; message: string }[] };
      assert.equal(response.status, 400, JSON.stringify(body));
      assert.equal(body.errors[0]?.path, path);
      assert.match(body.errors[0]?.message ?? '', message);
    });
  }
});

test('no option that is shown is refused, and none names a file or a program', () => {
  for (const { compileOptions = [] } of LANGUAGES) {
    for (const { shown, pattern } of compileOptions) {
      const written = shown
        .replace('NAME[=VALUE]', 'NAME=1')
        .replace('-WNAME', '-Wall')
        .replace('-ANAME', '-Adead_code')
        .replace('cfg=NAME', 'cfg=name')
        .replace(':NAME', ':all')
        .replace(/=N$/, '=1');
      assert.match(written, pattern, shown);
    }
    for (const option of [
      '-o',
      '/etc/passwd',
      '@file',
      '-B/tmp',
      '-specs=x',
      '--out-dir=/',
      '-Clinker=/bin/sh',
      '-I/etc',
      '-x',
      '-DX=$(id)',
      '-toolexec=x',
    ]) {
      assert.ok(!compileOptions.some(({ pattern }) => pattern.test(option)), option);
    }
  }
});
