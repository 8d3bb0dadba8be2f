// What editors of other systems leave in sources: byte order marks and CR LF, in the main source and in the files beside
// it, whichever way they come. Data and input stay as they are.

import { programs, useService } from './shared-service.ts';

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off' });

const MARK = '\ufeff';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const windows = (code: string) => MARK + code.replaceAll('\n', '\r\n');

/** Programs that read a number and print it with what a second file adds to it. */
const WITH_HELPER: Readonly<Record<string, { code: string; path: string; helper: string }>> = {
  python: {
    code: '#!/usr/bin/env python3\nfrom helper import double\n\nif True:\n    print(double(int(input())))\n',
    path: 'helper.py',
    helper: 'def double(n):\n    return 2 * n\n',
  },
  javascript: {
    code: "#!/usr/bin/env node\nconst { double } = require('./helper');\nconsole.log(double(Number(require('fs').readFileSync(0, 'utf8'))));\n",
    path: 'helper.js',
    helper: 'exports.double = (n) =>\n  2 * n;\n',
  },
  typescript: {
    code: "import { double } from './helper';\nimport { readFileSync } from 'fs';\nconsole.log(double(Number(readFileSync(0, 'utf8'))));\n",
    path: 'helper.ts',
    helper: 'export const double = (n: number): number =>\n  2 * n;\n',
  },
  java: {
    code: 'import java.util.*;\n\npublic class Main {\n  public static void main(String[] a) { System.out.println(Helper.twice(new Scanner(System.in).nextInt())); }\n}\n',
    path: 'Helper.java',
    helper: 'class Helper {\n  static int twice(int n) { return 2 * n; }\n}\n',
  },
  cpp: {
    code: '#include "helper.hpp"\n#include <iostream>\n#define PRINT(x) \\\n  std::cout << x << "\\n"\nint main() { int n; std::cin >> n; PRINT(twice(n)); }\n',
    path: 'helper.hpp',
    helper: '#pragma once\ninline int twice(int n) { return 2 * n; }\n',
  },
  c: {
    code: '#include "helper.h"\n#include <stdio.h>\n#define SCAN(x) \\\n  scanf("%d", x)\nint main(void) { int n; SCAN(&n); printf("%d\\n", twice(n)); }\n',
    path: 'helper.h',
    helper: '#pragma once\nstatic int twice(int n) { return 2 * n; }\n',
  },
  go: {
    code: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tvar n int\n\tfmt.Scan(&n)\n\tfmt.Println(twice(n))\n}\n',
    path: 'helper.go',
    helper: 'package main\n\nfunc twice(n int) int { return 2 * n }\n',
  },
  rust: {
    code: 'mod helper;\nfn main() {\n    let mut line = String::new();\n    std::io::stdin().read_line(&mut line).unwrap();\n    println!("{}", helper::twice(line.trim().parse().unwrap()));\n}\n',
    path: 'helper.rs',
    helper: 'pub fn twice(n: i32) -> i32 {\n    2 * n\n}\n',
  },
  bash: {
    code: '#!/bin/bash\nsource ./helper.sh\nread -r n\nif [ "$n" -gt 1 ]; then\n  twice "$n"\nfi\n',
    path: 'helper.sh',
    helper: 'twice() {\n  echo $((2 * $1))\n}\n',
  },
};

for (const [title, changed] of [
  ['byte order marks', (text: string) => MARK + text],
  ['CR LF', (text: string) => text.replaceAll('\n', '\r\n')],
  ['byte order marks and CR LF', windows],
] as const) {
  programs(
    `sources with ${title}`,
    Object.entries(WITH_HELPER).flatMap(([language, { code, path, helper }]) => [
      {
        name: 'compile and run',
        ...{ language, stdin: '21\n', code: changed(code) },
        files: [{ path, content: changed(helper) }],
        expect: { status: 'completed', stdout: '42\n' },
      },
      {
        name: 'compile and run when they come as Base64',
        ...{ language, stdin: '21\n', code: changed(code) },
        files: [{ path, content: base64(changed(helper)), encoding: 'base64' as const }],
        expect: { status: 'completed', stdout: '42\n' },
      },
    ]),
  );
}

programs('the main source among the files', [
  {
    name: 'is a source whatever its name',
    language: 'bash',
    files: [{ path: 'start', content: windows('read a b\necho $((a + b))\n') }],
    stdin: '2 3\n',
    expect: { status: 'completed', stdout: '5\n' },
  },
  {
    name: 'may come as Base64',
    language: 'java',
    files: [
      {
        path: 'Main.java',
        content: base64(
          windows(
            'public class Main {\n  public static void main(String[] a) { System.out.println(7); }\n}\n',
          ),
        ),
        encoding: 'base64',
      },
    ],
    expect: { status: 'completed', stdout: '7\n' },
  },
]);

programs('what a shell reads', [
  {
    name: 'a here-document has the lines that were written',
    language: 'bash',
    code: 'cat <<END | od -An -c | tr -s " "\r\none\r\ntwo\r\nEND\r\n',
    expect: { status: 'completed', stdout: ' o n e \\n t w o \\n\n' },
  },
  {
    name: 'a script without an ending is one by its first line',
    language: 'bash',
    code: 'bash ./tool\n',
    files: [{ path: 'tool', content: '#!/bin/bash\r\necho 7\r\n' }],
    expect: { status: 'completed', stdout: '7\n' },
  },
  {
    name: 'carriage returns that the program makes are printed',
    language: 'bash',
    code: "printf 'a\\r\\n'\r\n",
    expect: { status: 'completed', stdout: 'a\r\n' },
  },
]);

const RAW = `${MARK}a\r\nb\r\n`;
const SHOW =
  'import sys\nprint(open("data.txt", "rb").read() == b"\\xef\\xbb\\xbfa\\r\\nb\\r\\n", sys.stdin.buffer.read())\n';

programs('data and input', [
  {
    name: 'keep marks and line ends',
    language: 'python',
    code: windows(SHOW),
    files: [{ path: 'data.txt', content: RAW }],
    stdin: '\ufeff1\r\n',
    expect: { status: 'completed', stdout: "True b'\\xef\\xbb\\xbf1\\r\\n'\n" },
  },
  {
    name: 'keep them when they come as Base64',
    language: 'python',
    code: SHOW,
    files: [{ path: 'data.txt', content: base64(RAW), encoding: 'base64' }],
    stdin: 'x',
    expect: { status: 'completed', stdout: "True b'x'\n" },
  },
  {
    name: 'keep them in a shell, too',
    language: 'bash',
    code: 'wc -c < data.csv\r\n',
    files: [{ path: 'data.csv', content: RAW }],
    expect: { status: 'completed', stdout: '9\n' },
  },
]);

programs('the class that is started', [
  {
    name: 'may be in the second file',
    language: 'java',
    code: 'public class Helper { static int twice(int n) { return 2 * n; } }',
    files: [
      {
        path: 'App.java',
        content:
          'public class App { public static void main(String[] a) { System.out.println(Helper.twice(21)); } }',
      },
    ],
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'may be in the last of several files, in a package',
    language: 'java',
    files: [
      { path: 'org/demo/A.java', content: 'package org.demo;\npublic interface A { int N = 42; }' },
      { path: 'org/demo/B.java', content: 'package org.demo;\nclass B implements A {}' },
      {
        path: 'org/demo/app/Start.java',
        content:
          'package org.demo.app;\nimport org.demo.A;\npublic enum Start { X; public static void main(String... a) { System.out.println(A.N); } }',
      },
    ],
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'may be Main.java beside code that is a helper without `public`',
    language: 'java',
    code: 'class Helper { static int twice(int n) { return 2 * n; } }',
    files: [
      {
        path: 'Main.java',
        content:
          'public class Main { public static void main(String[] a) { System.out.println(Helper.twice(21)); } }',
      },
    ],
    expect: { status: 'completed', stdout: '42\n' },
  },
  {
    name: 'of the main source comes first',
    language: 'java',
    code: 'public class Main { public static void main(String[] a) { System.out.println("main"); } }',
    files: [
      {
        path: 'Other.java',
        content: 'class Other { public static void main(String[] a) { System.out.println("other"); } }',
      },
    ],
    expect: { status: 'completed', stdout: 'main\n' },
  },
  {
    name: 'may begin with a small letter',
    language: 'java',
    code: 'class main { public static void main(String[] a) { System.out.println("ok"); } }',
    expect: { status: 'completed', stdout: 'ok\n' },
  },
]);

programs('a program of a contest', [
  {
    name: 'knows by a macro that its input is on stdin',
    language: 'cpp',
    code: '#include <bits/stdc++.h>\nint main() {\n#ifndef ONLINE_JUDGE\n  freopen("input.txt", "r", stdin);\n#endif\n  int a;\n  std::cin >> a;\n  std::cout << a * 2;\n}\n',
    stdin: '21',
    expect: { status: 'completed', stdout: '42' },
  },
  {
    name: 'knows it in C',
    language: 'c',
    code: '#include <stdio.h>\nint main(void) {\n#ifdef ONLINE_JUDGE\n  puts("judge");\n#endif\n}\n',
    expect: { status: 'completed', stdout: 'judge\n' },
  },
  {
    name: 'knows it by a property',
    language: 'java',
    code: 'class Main { public static void main(String[] a) { System.out.println(System.getProperty("ONLINE_JUDGE") != null && System.getenv("ONLINE_JUDGE") != null); } }',
    expect: { status: 'completed', stdout: 'true\n' },
  },
  ...Object.entries({
    python: 'import os\nprint("ONLINE_JUDGE" in os.environ)\n',
    javascript: 'console.log("ONLINE_JUDGE" in process.env);\n',
    go: 'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\t_, ok := os.LookupEnv("ONLINE_JUDGE")\n\tfmt.Println(ok)\n}\n',
    rust: 'fn main() { println!("{}", std::env::var("ONLINE_JUDGE").is_ok()); }\n',
    bash: 'if [ -n "$ONLINE_JUDGE" ]; then echo true; fi\n',
  }).map(([language, code]) => ({
    name: 'knows it by a variable',
    ...{ language, code },
    expect: { status: 'completed', stdout: /^true\n$/i },
  })),
]);
