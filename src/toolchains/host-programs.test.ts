// Programs as clients write them, compiled and run by the toolchains of this machine; the languages' own examples are run by
// the proof of each toolchain. What makes languages fast is built once and shared with the tests of whole services.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findLanguage, LANGUAGES } from '../languages/catalog.ts';
import type { Language } from '../languages/language.ts';
import { startSandbox } from '../sandbox/native/supervisor-fixture.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { createToolchainCatalog } from './catalog.ts';
import { type ProgramOutcome, type ProgramToRun, proveToolchain, runProgram } from './prove-toolchain.ts';
import type { ToolchainCatalog } from './toolchain.ts';

let sandbox: Sandbox;
let catalog: ToolchainCatalog;

before(async () => {
  const dataDirectory = join(import.meta.dirname, '../../data');
  ({ sandbox } = await startSandbox());
  catalog = await createToolchainCatalog({
    languages: LANGUAGES,
    dataDirectory,
    mode: 'host',
    log: () => {},
    prove: (language, toolchain, signal) => proveToolchain(sandbox, language, toolchain, signal),
  });
  await catalog.settled();
});
after(async () => {
  await catalog.close();
  await sandbox.close();
});

async function attempt(id: string, program: ProgramToRun): Promise<ProgramOutcome | null> {
  const language: Language | null = findLanguage(id);
  const toolchain = catalog.of(id)[0];
  if (!language || !toolchain) return null;
  return runProgram(sandbox, language, toolchain, program, AbortSignal.timeout(120_000));
}

function textOf(...streams: (Uint8Array | undefined)[]): string {
  return streams.map((stream) => Buffer.from(stream ?? []).toString()).join('');
}

/** A test whose program must print `expected`; skipped where this machine lacks the language. */
function prints(title: string, id: string, program: ProgramToRun, expected: string): void {
  test(title, async (context) => {
    const outcome = await attempt(id, program);
    if (outcome === null) return context.skip(catalog.problem(id) ?? 'not on this machine');
    const { built, ran } = outcome;
    const printed = textOf(built?.stderr, built?.stdout, ran?.stderr);
    assert.equal(textOf(ran?.stdout), expected, printed);
    assert.equal(ran?.exitCode, 0, printed);
  });
}

/** A test whose program must be refused by the compiler, which says something like `message`. */
function isRefused(title: string, id: string, program: ProgramToRun, message: RegExp): void {
  test(title, async (context) => {
    const outcome = await attempt(id, program);
    if (outcome === null) return context.skip(catalog.problem(id) ?? 'not on this machine');
    assert.equal(outcome.ran, null);
    assert.match(textOf(outcome.built?.stderr, outcome.built?.stdout), message);
  });
}

prints(
  'Python imports modules beside the program and knows exit()',
  'python',
  {
    code: 'import helper\nprint(helper.twice(21))\nexit()',
    files: { 'helper.py': 'def twice(x):\n    return 2 * x\n' },
  },
  '42\n',
);
prints(
  'a program reads submitted files by relative name',
  'python',
  { code: 'print(open("data.txt").read(), end="")', files: { 'data.txt': 'data\n' } },
  'data\n',
);
prints(
  'JavaScript requires files and reads lines',
  'javascript',
  {
    code: `const { twice } = require('./helper');
require('readline').createInterface({ input: process.stdin }).on('line', (line) => console.log(twice(line)));`,
    files: { 'helper.js': 'exports.twice = (x) => 2 * x;' },
    stdin: '21\n',
  },
  '42\n',
);
prints(
  'JavaScript modules import files and await at the top',
  'javascript',
  {
    code: "import { twice } from './helper.mjs';\nconst x = await Promise.resolve(21);\nconsole.log(twice(x));",
    files: { 'helper.mjs': 'export const twice = (x) => 2 * x;' },
  },
  '42\n',
);
prints(
  'TypeScript imports with and without an ending, requires, and needs no annotations',
  'typescript',
  {
    code: `import * as fs from 'fs';
import path from 'path';
import { twice } from './helper';
import { half } from './half.ts';
const { EOL } = require('os');
const name = path.basename('/tmp/x');
enum Color { Red = 42 }
function same(value) { return value; }
process.stdin.on('data', (chunk) => process.stdout.write(String(chunk).toUpperCase()));
process.stdin.on('end', () => console.log(twice(half(same(42))), name, EOL.length, typeof fs.readFileSync, Color.Red));`,
    files: {
      'helper.ts': 'export function twice(x: number): number { return 2 * x; }',
      'half.ts': 'export const half = (x: number) => x / 2;',
    },
    stdin: 'in\n',
  },
  'IN\n42 x 1 function 42\n',
);
prints(
  'TypeScript awaits at the top',
  'typescript',
  {
    code: "import { setTimeout } from 'node:timers/promises';\nconst x: number = await setTimeout(1, 42);\nconsole.log(x);",
  },
  '42\n',
);
isRefused(
  'a type error is a compile error that names the place',
  'typescript',
  { code: 'const count: number = "three";\nconsole.log(count);' },
  /^main\.ts\(1,7\): error TS2322: Type 'string' is not assignable to type 'number'\./,
);
prints(
  'Java compiles all sources, packages included, and starts the class with main',
  'java',
  {
    code: `package com.example;
import com.example.text.Greeting;
public class App {
    public static void main(String[] args) { System.out.println(Greeting.of("World")); }
}`,
    files: {
      'com/example/text/Greeting.java':
        'package com.example.text;\npublic record Greeting() { public static String of(String n) { return "Hello, " + n + " äö"; } }',
    },
  },
  'Hello, World äö\n',
);
isRefused(
  'a Java mistake names file and line',
  'java',
  { code: 'public class Main {\n    int x = "text";\n    public static void main(String[] args) {}\n}' },
  /^Main\.java:2: error: incompatible types/,
);
prints(
  'deep recursion in Java can be caught',
  'java',
  {
    code: `public class Main {
    static int depth(int n) { return depth(n + 1) + 1; }
    public static void main(String[] args) {
        try { depth(0); } catch (StackOverflowError e) { System.out.println("caught"); }
    }
}`,
  },
  'caught\n',
);
prints(
  'C++ compiles several sources with headers in directories',
  'cpp',
  {
    code: '#include <bits/stdc++.h>\n#include "lib/twice.hpp"\nint main() { std::cout << twice(21) << std::endl; }',
    files: {
      'lib/twice.hpp': '#pragma once\nint twice(int x);\n',
      'lib/twice.cpp': '#include "twice.hpp"\nint twice(int x) { return 2 * x; }\n',
    },
  },
  '42\n',
);
isRefused(
  'a C++ mistake names file and line',
  'cpp',
  { code: 'int main() {\n  retrun 0;\n}' },
  /^main\.cpp: In function .*\nmain\.cpp:2:3: error/,
);
prints(
  'C links the mathematical library and knows POSIX',
  'c',
  {
    code: `#include <math.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    char *line = NULL; size_t size = 0;
    if (getline(&line, &size, stdin) < 0) return 1;
    printf("%.3f %.3f\\n", sqrt(atof(line)), M_PI);
}`,
    stdin: '2\n',
  },
  '1.414 3.142\n',
);
prints(
  'Go builds several files of package main',
  'go',
  {
    code: 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(twice(21)) }\n',
    files: { 'twice.go': 'package main\n\nfunc twice(x int) int { return 2 * x }\n' },
  },
  '42\n',
);
prints(
  'Go builds a module with packages of its own',
  'go',
  {
    code: 'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/app/twice"\n)\n\nfunc main() { fmt.Println(twice.Of(21)) }\n',
    files: {
      'go.mod': 'module example.com/app\n\ngo 1.21\n',
      'twice/twice.go': 'package twice\n\nfunc Of(x int) int { return 2 * x }\n',
    },
  },
  '42\n',
);
isRefused(
  'a Go module from elsewhere is refused at once, without a network',
  'go',
  { code: 'package main\n\nimport "github.com/pkg/errors"\n\nfunc main() { errors.New("x") }\n' },
  /github\.com\/pkg\/errors/,
);
isRefused(
  'a Go mistake names file and line',
  'go',
  { code: 'package main\n\nfunc main() {\n\tx := 1\n}\n' },
  /\.\/main\.go:4:2: declared and not used: x/,
);
prints(
  'Rust finds modules in files and directories',
  'rust',
  {
    code: 'mod twice;\nmod deep;\n\nfn main() {\n    println!("{}", twice::of(deep::inner::VALUE));\n}\n',
    files: {
      'twice.rs': 'pub fn of(x: i32) -> i32 { 2 * x }\n',
      'deep/mod.rs': 'pub mod inner;\n',
      'deep/inner.rs': 'pub const VALUE: i32 = 21;\n',
    },
  },
  '42\n',
);
isRefused(
  'a Rust mistake names file and line',
  'rust',
  { code: 'fn main() {\n    let x: i32 = "a";\n}\n' },
  /error\[E0308\][\s\S]*--> main\.rs:2:18/,
);
prints(
  'Bash has the usual tools and process substitution',
  'bash',
  {
    code: "sort -n <(printf '3\\n1\\n') | awk '{ s += $1 } END { print s }'\nread -r line\necho \"$line\"",
    stdin: 'in\n',
  },
  '4\nin\n',
);
