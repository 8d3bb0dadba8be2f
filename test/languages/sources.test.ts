// What a submission may consist of, in every language: several files, packages and modules, data, names of its own,
// and sources as large as they may be.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { programs, run, seconds, useService } from './shared-service.ts';

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off' });

const DATA = { path: 'data/numbers.txt', content: '1 2 3\n' };

programs('several files', [
  {
    name: 'a module and a package are imported, data is read from the working directory',
    language: 'python',
    code: 'from helper import double\nfrom shapes.square import area\nprint(double(21), area(3), open("data/numbers.txt").read().split())\n',
    files: [
      { path: 'helper.py', content: 'def double(n):\n    return 2 * n\n' },
      { path: 'shapes/__init__.py', content: '' },
      { path: 'shapes/square.py', content: 'def area(n):\n    return n * n\n' },
      DATA,
    ],
    expect: { status: 'completed', stdout: "42 9 ['1', '2', '3']\n" },
  },
  {
    name: 'a CommonJS module, JSON and data are read',
    language: 'javascript',
    code: "const { double } = require('./lib/helper');\nconst { n } = require('./n.json');\nconsole.log(double(n), require('fs').readFileSync('data/numbers.txt', 'utf8').trim());\n",
    files: [
      { path: 'lib/helper.js', content: 'exports.double = (n) => 2 * n;\n' },
      { path: 'n.json', content: '{ "n": 21 }' },
      DATA,
    ],
    expect: { status: 'completed', stdout: '42 1 2 3\n' },
  },
  {
    name: 'ES modules are imported',
    language: 'javascript',
    code: "import { double } from './helper.mjs';\nimport fs from 'node:fs';\nconst text = await fs.promises.readFile('data/numbers.txt', 'utf8');\nconsole.log(double(21), text.trim());\n",
    files: [{ path: 'helper.mjs', content: 'export const double = (n) => 2 * n;\n' }, DATA],
    expect: { status: 'completed', stdout: '42 1 2 3\n' },
  },
  {
    name: 'an ES module named .js is imported',
    language: 'javascript',
    code: "import { double } from './helper.js';\nconsole.log(double(21));\n",
    files: [{ path: 'helper.js', content: 'export const double = (n) => 2 * n;\n' }],
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'a package.json makes modules of all files',
    language: 'javascript',
    code: "import { double } from './helper.js';\nconsole.log(double(21));\n",
    files: [
      { path: 'helper.js', content: 'export function double(n) { return 2 * n; }\n' },
      { path: 'package.json', content: '{ "type": "module" }' },
    ],
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'modules are imported, with or without an ending',
    language: 'typescript',
    code: "import { double } from './lib/helper';\nimport { n } from './n.js';\nimport fs from 'fs';\nconsole.log(double(n), fs.readFileSync('data/numbers.txt', 'utf8').trim());\n",
    files: [
      { path: 'lib/helper.ts', content: 'export function double(n: number): number { return 2 * n; }\n' },
      { path: 'n.ts', content: 'export const n = 21;\n' },
      DATA,
    ],
    expect: { status: 'completed', stdout: '42 1 2 3\n' },
  },
  {
    name: 'classes of several files and packages work together',
    language: 'java',
    code: 'import shapes.Square;\nimport java.nio.file.*;\npublic class Main { public static void main(String[] a) throws Exception { System.out.println(Helper.twice(21) + " " + new Square(3).area() + " " + Files.readString(Path.of("data/numbers.txt")).trim()); } }',
    files: [
      { path: 'Helper.java', content: 'class Helper { static int twice(int n) { return 2 * n; } }' },
      {
        path: 'shapes/Square.java',
        content: 'package shapes;\npublic record Square(int n) { public int area() { return n * n; } }',
      },
      DATA,
    ],
    expect: { status: 'completed', stdout: '42 9 1 2 3\n' },
  },
  {
    name: 'headers in directories and a second source are compiled',
    language: 'cpp',
    code: '#include "helper.hpp"\n#include "shapes/square.hpp"\n#include <fstream>\n#include <iostream>\nint main() { std::ifstream in("data/numbers.txt"); int a, b, c; in >> a >> b >> c; std::cout << twice(21) << " " << Square{3}.area() << " " << a + b + c; }\n',
    files: [
      { path: 'helper.hpp', content: '#pragma once\nint twice(int n);\n' },
      { path: 'helper.cpp', content: '#include "helper.hpp"\nint twice(int n) { return 2 * n; }\n' },
      { path: 'shapes/square.hpp', content: 'struct Square { int n; int area() const; };\n' },
      {
        path: 'shapes/square.cpp',
        content: '#include "square.hpp"\nint Square::area() const { return n * n; }\n',
      },
      DATA,
    ],
    expect: { status: 'completed', stdout: '42 9 6' },
  },
  {
    name: 'a header and a second source are compiled',
    language: 'c',
    code: '#include <stdio.h>\n#include "helper.h"\nint main(void) { int a; FILE *f = fopen("data/numbers.txt", "r"); fscanf(f, "%d", &a); printf("%d %d", twice(21), a); }\n',
    files: [
      { path: 'helper.h', content: 'int twice(int n);\n' },
      { path: 'helper.c', content: '#include "helper.h"\nint twice(int n) { return 2 * n; }\n' },
      DATA,
    ],
    expect: { status: 'completed', stdout: '42 1' },
  },
  {
    name: 'a second file of the package is compiled',
    language: 'go',
    code: 'package main\n\nimport ("fmt"; "os")\n\nfunc main() {\n\tb, _ := os.ReadFile("data/numbers.txt")\n\tfmt.Print(double(21), " ", string(b))\n}\n',
    files: [
      { path: 'helper.go', content: 'package main\n\nfunc double(n int) int { return 2 * n }\n' },
      DATA,
    ],
    expect: { status: 'completed', stdout: '42 1 2 3\n' },
  },
  {
    name: 'a module with a package of its own is compiled',
    language: 'go',
    code: 'package main\n\nimport (\n\t"example.com/app/shapes"\n\t"fmt"\n)\n\nfunc main() { fmt.Println(shapes.Area(3)) }\n',
    files: [
      { path: 'go.mod', content: 'module example.com/app\n\ngo 1.21\n' },
      { path: 'shapes/square.go', content: 'package shapes\n\nfunc Area(n int) int { return n * n }\n' },
    ],
    expect: { status: 'completed', stdout: '9\n' },
  },
  {
    name: 'the program of a module may lie in a directory',
    language: 'go',
    files: [
      {
        path: 'cmd/app/main.go',
        content: 'package main\n\nimport "example.com/app/shapes"\n\nfunc main() { print(shapes.Area(3)) }\n',
      },
      { path: 'go.mod', content: 'module example.com/app\n\ngo 1.21\n' },
      { path: 'shapes/square.go', content: 'package shapes\n\nfunc Area(n int) int { return n * n }\n' },
    ],
    expect: { status: 'completed', stderr: '9' },
  },
  {
    name: 'a resource is found on the class path',
    language: 'java',
    code: 'class Main { public static void main(String[] a) throws Exception { System.out.print(new String(Main.class.getResourceAsStream("/data/numbers.txt").readAllBytes())); } }',
    files: [DATA],
    expect: { status: 'completed', stdout: '1 2 3\n' },
  },
  {
    name: 'data is embedded',
    language: 'go',
    code: 'package main\n\nimport (\n\t_ "embed"\n\t"fmt"\n)\n\n//go:embed data/numbers.txt\nvar numbers string\n\nfunc main() { fmt.Print(numbers) }\n',
    files: [DATA],
    expect: { status: 'completed', stdout: '1 2 3\n' },
  },
  {
    name: 'modules in files and directories are compiled',
    language: 'rust',
    code: 'mod helper;\nmod shapes;\nfn main() { println!("{} {} {}", helper::twice(21), shapes::square::area(3), std::fs::read_to_string("data/numbers.txt").unwrap().trim()); }\n',
    files: [
      { path: 'helper.rs', content: 'pub fn twice(n: i32) -> i32 { 2 * n }\n' },
      { path: 'shapes/mod.rs', content: 'pub mod square;\n' },
      { path: 'shapes/square.rs', content: 'pub fn area(n: i32) -> i32 { n * n }\n' },
      DATA,
    ],
    expect: { status: 'completed', stdout: '42 9 1 2 3\n' },
  },
  {
    name: 'a script is sourced',
    language: 'bash',
    code: 'source ./helper.sh\ntwice 21\ncat data/numbers.txt\n',
    files: [{ path: 'helper.sh', content: 'twice() { echo $((2 * $1)); }\n' }, DATA],
    expect: { status: 'completed', stdout: '42\n1 2 3\n' },
  },
  {
    name: 'the first file is the program when there is no code',
    language: 'python',
    files: [
      { path: 'app.py', content: 'import helper\nprint(helper.N)\n' },
      { path: 'helper.py', content: 'N = 42\n' },
    ],
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'the first file is the program when there is no code',
    language: 'java',
    files: [
      {
        path: 'com/example/App.java',
        content:
          'package com.example;\npublic class App { public static void main(String[] a) { System.out.println(new B().n); } }',
      },
      { path: 'com/example/B.java', content: 'package com.example;\nclass B { int n = 42; }' },
    ],
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'bytes come as they are when they are given as base64',
    language: 'python',
    code: 'print(list(open("b.bin", "rb").read()))\n',
    files: [{ path: 'b.bin', content: '/wAB', encoding: 'base64' }],
    expect: { status: 'completed', stdout: '[255, 0, 1]\n' },
  },
]);

const sayIn = (type: string) =>
  `${type} { public static void main(String[] a) { System.out.println("ok"); } }`;

programs(
  'the name of a Java class',
  Object.entries({
    'may be any, when it is public': sayIn('public class Solution'),
    'may be any, when it is not public': sayIn('class Anything'),
    'may be that of a package': `package com.example.app;\n\n${sayIn('public class Tool')}`,
    'may stand after others': `interface Shape {}\nclass Square implements Shape {}\nrecord P(int x) {}\n${sayIn('public class Program')}`,
    'may stand before others': `${sayIn('public final class Program')}\nclass Helper { void main() {} }\nenum Color { RED }`,
    'may be one beside a public class without main': `public class Data { int n; }\n${sayIn('class Start')}`,
    'may be that of an enum':
      'enum Run { A; public static void main(String... a) { System.out.println("ok"); } }',
    'may be a record':
      'record Run(int n) { public static void main(final String[] a) { System.out.println("ok"); } }',
    'may be an interface': 'interface Run { static void main(String[] a) { System.out.println("ok"); } }',
    'may be in Unicode': sayIn('public class Größe'),
    'is not taken from a comment': `// public class Wrong {\n/* class Wrong2 { */\n${sayIn('public class Right')}`,
    'is not taken from a string': `class Right { static String s = "public class Wrong {"; public static void main(String[] a) { System.out.println("ok"); } }`,
    'may have annotations and generics': `import java.util.*;\n@SuppressWarnings("unchecked")\n${sayIn('public class Box<T extends Comparable<T>>')}`,
    'may follow a main of an inner class':
      'public class Outer { static class Main { public static void main(String[] a) { System.out.println("wrong"); } } public static void main(String[] a) { System.out.println("ok"); } }',
  }).map(([name, code]) => ({
    name,
    code,
    language: 'java',
    expect: { status: 'completed', stdout: 'ok\n' },
  })),
);

programs(
  'kinds of modules',
  [
    ...Object.entries({
      'require is there in a script':
        "const { EOL } = require('os');\nconsole.log('ok' + (EOL === '\\n' ? '' : '?'));\n",
      'import makes a module':
        "import { EOL } from 'node:os';\nconsole.log('ok' + (EOL === '\\n' ? '' : '?'));\n",
      'await outside of functions makes a module':
        "const x = await Promise.resolve('ok');\nconsole.log(x);\n",
      'a script is not strict': "x = 'ok';\nconsole.log(x);\n",
      'dynamic import works in a script': "import('node:os').then(({ EOL }) => console.log('ok'));\n",
      '__dirname is there in a script': "console.log(__dirname === '/code' ? 'ok' : __dirname);\n",
    }).map(([name, code]) => ({ name, code, language: 'javascript' })),
    ...Object.entries({
      'import works': "import * as os from 'os';\nconsole.log(os.EOL === '\\n' ? 'ok' : '');\n",
      'require works': "const os = require('os');\nconsole.log(os.EOL === '\\n' ? 'ok' : '');\n",
      'await outside of functions works': "const x: string = await Promise.resolve('ok');\nconsole.log(x);\n",
      'enums, generics, classes and decorators of types work':
        "enum A { B = 'ok' }\nclass Box<T> { constructor(private readonly value: T) {} get(): T { return this.value; } }\nconsole.log(new Box(A.B).get());\n",
      'a namespace works': "namespace N { export const x = 'ok'; }\nconsole.log(N.x);\n",
      'reading lines of stdin works':
        "import * as readline from 'readline';\nconst rl = readline.createInterface({ input: process.stdin });\nrl.on('line', (l: string) => {});\nrl.on('close', () => console.log('ok'));\n",
      'await in a function that is not indented is no await outside of functions':
        "async function f() {\nawait null;\nconsole.log(require('os').EOL === '\\n' ? 'ok' : '');\n}\nf();\n",
      'parameters without types are allowed': "function f(x) { return x; }\nconsole.log(f('ok'));\n",
    }).map(([name, code]) => ({ name, code, language: 'typescript' })),
  ].map((program) => ({ ...program, expect: { status: 'completed', stdout: 'ok\n' } })),
);

/** Sources of 50 kB that print `ok`: many lines that do little. */
const LARGE: Readonly<Record<string, (comment: string) => string>> = {
  python: (filler) => `${filler}print("ok")\n`,
  javascript: (filler) => `${filler}console.log("ok");\n`,
  typescript: (filler) => `${filler}console.log("ok");\n`,
  java: (filler) =>
    `${filler}class Main { public static void main(String[] a) { System.out.println("ok"); } }\n`,
  cpp: (filler) => `#include <iostream>\n${filler}int main() { std::cout << "ok\\n"; }\n`,
  c: (filler) => `#include <stdio.h>\n${filler}int main(void) { puts("ok"); }\n`,
  go: (filler) => `package main\n\nimport "fmt"\n\n${filler}func main() { fmt.Println("ok") }\n`,
  rust: (filler) => `${filler}fn main() { println!("ok"); }\n`,
  bash: (filler) => `${filler}echo ok\n`,
};
const FUNCTIONS: Readonly<Record<string, (n: number) => string>> = {
  python: (n) => `def f${n}(a, b):\n    return a * ${n} + b\n`,
  javascript: (n) => `function f${n}(a, b) { return a * ${n} + b; }\n`,
  typescript: (n) => `function f${n}(a: number, b: number): number { return a * ${n} + b; }\n`,
  java: (n) => `class F${n} { static int f(int a, int b) { return a * ${n} + b; } }\n`,
  cpp: (n) => `int f${n}(int a, int b) { return a * ${n} + b; }\n`,
  c: (n) => `int f${n}(int a, int b) { return a * ${n} + b; }\n`,
  go: (n) => `func f${n}(a, b int) int { return a*${n} + b }\n`,
  rust: (n) => `pub fn f${n}(a: i64, b: i64) -> i64 { a * ${n} + b }\n`,
  bash: (n) => `f${n}() { echo $(($1 * ${n} + $2)); }\n`,
};

suite('a source of 50000 characters', { concurrency: 2 }, () => {
  for (const [language, source] of Object.entries(LARGE)) {
    test(`${language}: of hundreds of functions compiles and runs`, async () => {
      let filler = '';
      for (let n = 0; source(filler + FUNCTIONS[language]?.(n)).length <= 50_000; n++)
        filler += FUNCTIONS[language]?.(n);
      const code = source(filler).padEnd(50_000, '\n');
      const answer = await run({ language, code, time_limit: seconds(10) });
      assert.equal(answer.status, 'completed', answer.compile?.stderr);
      assert.equal(answer.results[0]?.stdout, 'ok\n');
    });
  }
});
