// What Node.js gives a program here that it gives elsewhere: deep recursion, processors, `await` outside of functions.

import { programs, seconds, useService } from './shared-service.ts';

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off' }, 'with all parts');

const DEEP = 'function f(n) { return n === 0 ? 0 : 1 + f(n - 1); }\nconsole.log(f(100000));\n';
const ENDLESS = 'function f(n) { return f(n + 1) + 1; }\nf(0);\n';

programs('recursion', [
  {
    name: 'goes 100,000 deep',
    ...{ language: 'javascript', code: DEEP, expect: { status: 'completed', stdout: '100000\n' } },
  },
  {
    name: 'goes 100,000 deep',
    language: 'typescript',
    code: DEEP.replace('f(n)', 'f(n: number): number'),
    expect: { status: 'completed', stdout: '100000\n' },
  },
  {
    name: 'goes 100,000 deep in a module, and under the least memory limit',
    language: 'javascript',
    code: `import os from 'node:os';\n${DEEP}`,
    memory_limit: 32,
    expect: { status: 'completed', stdout: '100000\n' },
  },
  ...[32, 64, 128, 512].map((memory_limit) => ({
    name: `without an end is a RangeError under a limit of ${memory_limit} MB`,
    ...{ language: 'javascript', code: ENDLESS, memory_limit, time_limit: seconds(10) },
    expect: { status: 'runtime_error', exitCode: 1, stderr: /RangeError: Maximum call stack/ },
  })),
  {
    name: 'without an end can be caught, and the program goes on',
    language: 'javascript',
    code: 'let d = 0;\nfunction f() { d++; f(); }\nfor (let i = 0; i < 3; i++) try { f(); } catch (e) { console.log(e.name); }\nconsole.log(d > 300000);\n',
    time_limit: seconds(10),
    expect: { status: 'completed', stdout: 'RangeError\nRangeError\nRangeError\ntrue\n' },
  },
  {
    name: 'keeps the limit of the language',
    language: 'python',
    code: 'def f(n):\n    return f(n + 1)\nf(0)\n',
    expect: { status: 'runtime_error', stderr: /RecursionError/ },
  },
  {
    name: 'goes 100,000 deep',
    language: 'python',
    code: 'import sys\nsys.setrecursionlimit(200000)\ndef f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nprint(f(100000))\n',
    expect: { status: 'completed', stdout: '100000\n' },
  },
  {
    name: 'goes 100,000 deep',
    language: 'java',
    code: 'class Main { static int f(int n) { return n == 0 ? 0 : 1 + f(n - 1); } public static void main(String[] a) { System.out.println(f(100000)); } }',
    expect: { status: 'completed', stdout: '100000\n' },
  },
  {
    name: 'goes 1,000,000 deep',
    language: 'cpp',
    code: '#include <cstdio>\n__attribute__((noinline)) int f(int n) { volatile int x = n; return n == 0 ? 0 : 1 + f(x - 1); }\nint main() { std::printf("%d\\n", f(1000000)); }\n',
    expect: { status: 'completed', stdout: '1000000\n' },
  },
]);

programs('processors', [
  {
    name: 'are named',
    language: 'javascript',
    code: 'const n = require("os").cpus().length;\nlet sum = 0;\nfor (let i = 0; i < n; i++) sum += [1, 2, 3, 4].filter((_, k) => k % n === i).reduce((a, b) => a + b, 0);\nconsole.log(sum);\n',
    expect: { status: 'completed', stdout: '10\n' },
  },
  {
    name: 'are as many as may be used',
    language: 'javascript',
    code: "import { availableParallelism, cpus } from 'node:os';\nconst { model, speed, times } = cpus()[0];\nconsole.log(cpus().length === availableParallelism(), typeof model, typeof speed, typeof times.user);\n",
    expect: { status: 'completed', stdout: 'true string number number\n' },
  },
  {
    name: 'are named',
    language: 'typescript',
    code: "import * as os from 'os';\nconsole.log(os.cpus().length > 0);\n",
    expect: { status: 'completed', stdout: 'true\n' },
  },
  {
    name: 'are counted',
    language: 'python',
    code: 'import os\nprint(os.cpu_count() >= 1, len(os.sched_getaffinity(0)) == os.cpu_count())\n',
    expect: { status: 'completed', stdout: 'True True\n' },
  },
]);

programs('await outside of functions', [
  ...Object.entries({
    'in an expression': 'async function g(): Promise<number> { return 7; }\nconsole.log(await g());\n',
    'in a block': 'const g = async () => 7;\nif (true) {\n  console.log(await g());\n}\n',
    'in a loop': 'for await (const n of [Promise.resolve(7)]) console.log(n);\n',
    'beside require':
      "const { EOL } = require('os');\nprocess.stdout.write((await Promise.resolve(7)) + EOL);\n",
    'beside import': "import { EOL } from 'os';\nprocess.stdout.write((await Promise.resolve(7)) + EOL);\n",
  }).map(([name, code]) => ({
    name: `works ${name}`,
    ...{ language: 'typescript', code, expect: { status: 'completed', stdout: '7\n' } },
  })),
  ...Object.entries({
    'below a hashbang, beside require':
      "#!/usr/bin/env node\nconst { EOL } = require('os');\nprocess.stdout.write((await Promise.resolve(7)) + EOL);\n",
    'in an expression': 'async function g() { return 7; }\nconsole.log(await g());\n',
    'in a block': 'const g = async () => 7;\nif (true) {\n  console.log(await g());\n}\n',
    'in a loop': 'for await (const n of [Promise.resolve(7)]) console.log(n);\n',
    'beside require':
      "const { EOL } = require('os');\nprocess.stdout.write((await Promise.resolve(7)) + EOL);\n",
    'beside require, in a script that is not strict':
      "x = require('path').basename(__filename);\nawait null;\nconsole.log(x === 'main.js' ? 7 : x);\n",
    'in a module that calls require':
      "import { EOL } from 'node:os';\nconst p = require('path');\nconsole.log(await (p.sep === '/' ? 7 : 0));\n",
  }).map(([name, code]) => ({
    name: `works ${name}`,
    ...{ language: 'javascript', code, expect: { status: 'completed', stdout: '7\n' } },
  })),
  ...["require('os');\n", "import 'os';\n"].map((beginning) => ({
    name: 'that never comes back ends as in a module',
    language: 'javascript',
    code: `${beginning}console.log(7);\nawait new Promise(() => {});\n`,
    expect: { status: 'runtime_error' as const, exitCode: 13, stdout: '7\n' },
  })),
  {
    name: 'that throws is a runtime error that names the line',
    language: 'javascript',
    code: "require('os');\nawait null;\nthrow new Error('bad');\n",
    expect: { status: 'runtime_error', exitCode: 1, stderr: /main\.js:3[\s\S]*Error: bad/ },
  },
]);
