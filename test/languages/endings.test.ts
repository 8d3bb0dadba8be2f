// How programs end, in every language: well, with a wrong answer, without compiling, with an exit code, by a signal.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LANGUAGES } from '../../src/languages/catalog.ts';
import { programs, run, useService } from './shared-service.ts';

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off' });

suite('the sum of two numbers', { concurrency: 4 }, () => {
  for (const { id, examples } of LANGUAGES) {
    test(`${id}: is right for one test, and wrong for another`, async () => {
      const { code } = examples.sum;
      const tests = [
        { input: '19 23\n', expected_output: '42\n' },
        { input: '1 -1\n', expected_output: '1' },
        { input: '40 2\n' },
      ];
      const answer = await run({ language: id, code, test_cases: tests });
      assert.equal(answer.status, 'wrong_answer');
      assert.deepEqual(
        answer.results.map(({ status, stdout }) => [status, stdout]),
        [
          ['accepted', '42\n'],
          ['wrong_answer', '0\n'],
          ['accepted', '42\n'],
        ],
      );
      const isCompiled = LANGUAGES.some((language) => language.id === id && language.compile);
      assert.equal(answer.compile?.status ?? null, isCompiled ? 'completed' : null);
    });
  }
});

const BROKEN: readonly [language: string, code: string, compiler: RegExp][] = [
  [
    'java',
    'public class Main {\n  int x = "text";\n}\n',
    /^Main\.java:2: error: incompatible types: String/m,
  ],
  ['cpp', 'int main() {\n  return undefined_name;\n}\n', /^main\.cpp:2:10: error: .undefined_name. was not/m],
  ['c', 'int main(void) {\n  return undefined_name;\n}\n', /^main\.c:2:10: error: .undefined_name. undecl/m],
  [
    'go',
    'package main\n\nfunc main() {\n\tx := 5\n}\n',
    /^(\.\/)?main\.go:4:2: (declared and not used: x|x declared and not used)$/m,
  ],
  ['go', 'package other\n\nfunc main() {}\n', /requires exactly one main package/],
  ['rust', 'fn main() {\n    let x: i32 = "text";\n}\n', /mismatched types\n +--> main\.rs:2:18/],
  [
    'typescript',
    'const x: number = "text";\nconsole.log(x);\n',
    /^main\.ts\(1,7\): error TS2322: Type 'string'/m,
  ],
];

suite('a program that does not compile', { concurrency: 4 }, () => {
  for (const [language, code, words] of BROKEN) {
    test(`${language}: is returned with the compiler's output, and every test is skipped`, async () => {
      const answer = await run({ language, code, test_cases: [{ input: '1' }, { is_hidden: true }] });
      assert.equal(answer.status, 'compilation_error');
      assert.equal(answer.compile?.status, 'compilation_error');
      assert.match(`${answer.compile?.stderr}${answer.compile?.stdout}`, words);
      assert.ok((answer.compile?.exit_code ?? 0) > 0);
      assert.deepEqual(
        answer.results.map(({ status, passed }) => [status, passed]),
        Array(2).fill(['skipped', false]),
      );
      assert.deepEqual(answer.summary, { total: 2, passed: 0, failed: 0, skipped: 2, score: 0 });
    });
  }
});

programs('a program that cannot be read by its interpreter', [
  {
    name: 'a syntax error is a runtime error that names file and line',
    language: 'python',
    code: 'print("a")\nprint((1)\n',
    expect: {
      status: 'runtime_error',
      exitCode: 1,
      stdout: '',
      stderr: /File "[^"]*main\.py", line 2[\s\S]*SyntaxError/,
    },
  },
  {
    name: 'a syntax error is a runtime error that names file and line',
    language: 'javascript',
    code: 'console.log("a");\nlet = = 1;\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /main\.js:2\n[\s\S]*SyntaxError/ },
  },
  {
    name: 'a syntax error is a runtime error that names file and line',
    language: 'bash',
    code: 'echo a\nif true; then\n',
    expect: { status: 'runtime_error', exitCode: 2, stderr: /main\.sh: line \d: syntax error/ },
  },
]);

programs('an uncaught error', [
  {
    name: 'an exception exits with 1 and its traceback',
    language: 'python',
    code: 'def f():\n    raise ValueError("bad")\nf()\n',
    expect: {
      status: 'runtime_error',
      exitCode: 1,
      stderr: /main\.py", line 2, in f[\s\S]*ValueError: bad\n$/,
    },
  },
  {
    name: 'a thrown error exits with 1 and its stack',
    language: 'javascript',
    code: 'function f() {\n  throw new Error("bad");\n}\nf();\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /main\.js:2[\s\S]*Error: bad\n +at f/ },
  },
  {
    name: 'a rejected promise that nobody handles exits with 1',
    language: 'javascript',
    code: 'Promise.reject(new Error("bad"));\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /Error: bad/ },
  },
  {
    name: 'a thrown error exits with 1',
    language: 'typescript',
    code: 'throw new TypeError("bad");\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /TypeError: bad/ },
  },
  {
    name: 'an exception exits with 1 and its stack',
    language: 'java',
    code: 'public class Main {\n  public static void main(String[] a) {\n    int[] x = new int[1];\n    x[1] = 2;\n  }\n}\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /ArrayIndexOutOfBounds[\s\S]*Main\.java:4/ },
  },
  {
    name: 'an exception aborts',
    language: 'cpp',
    code: '#include <stdexcept>\nint main() { throw std::runtime_error("bad"); }\n',
    expect: { status: 'runtime_error', signal: 'SIGABRT', stderr: /what\(\): +bad/, message: /SIGABRT/ },
  },
  {
    name: 'a panic exits with 2 and its stack',
    language: 'go',
    code: 'package main\n\nfunc main() {\n\tvar m map[string]int\n\tm["a"] = 1\n}\n',
    expect: {
      status: 'runtime_error',
      exitCode: 2,
      stderr: /assignment to entry in nil map[\s\S]*main\.go:5/,
    },
  },
  {
    name: 'a panic exits with 101 and its place',
    language: 'rust',
    code: 'fn main() {\n    let v: Vec<i32> = Vec::new();\n    let i = v.len() + 3;\n    println!("{}", v[i]);\n}\n',
    expect: { status: 'runtime_error', exitCode: 101, stderr: /main\.rs:4:\d+:\nindex out of bounds/ },
  },
]);

programs('a signal', [
  {
    name: 'a null pointer is SIGSEGV',
    language: 'c',
    code: '#include <stddef.h>\nint main(void) { *(volatile int *)NULL = 1; }\n',
    expect: { status: 'runtime_error', signal: 'SIGSEGV', message: /SIGSEGV/ },
  },
  {
    name: 'a null pointer is SIGSEGV',
    language: 'cpp',
    code: 'int main() { volatile int *p = nullptr; return *p; }\n',
    expect: { status: 'runtime_error', signal: 'SIGSEGV' },
  },
  {
    name: 'abort is SIGABRT',
    language: 'cpp',
    code: '#include <cstdlib>\nint main() { std::abort(); }\n',
    expect: { status: 'runtime_error', signal: 'SIGABRT' },
  },
  {
    name: 'a failed assertion is SIGABRT',
    language: 'c',
    code: '#include <assert.h>\nint main(int n, char **a) { assert(n == 7); }\n',
    expect: {
      status: 'runtime_error',
      signal: 'SIGABRT',
      stderr: /main\.c:2: main: Assertion `n == 7' failed/,
    },
  },
  {
    name: 'a division by zero is SIGFPE',
    language: 'c',
    code: '#include <stdio.h>\nint main(int n, char **a) { volatile int z = n - 1; printf("%d", 7 / z); }\n',
    expect: { status: 'runtime_error', signal: 'SIGFPE', message: /division by zero/ },
  },
  {
    name: 'a process that kills itself is reported with the signal',
    language: 'python',
    code: 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n',
    expect: { status: 'runtime_error', signal: 'SIGKILL' },
  },
  {
    name: 'os.abort is SIGABRT',
    language: 'python',
    code: 'import os\nos.abort()\n',
    expect: { status: 'runtime_error', signal: 'SIGABRT' },
  },
  {
    name: 'process.abort is SIGABRT, and not a full heap',
    language: 'javascript',
    code: 'process.abort();\n',
    expect: { status: 'runtime_error', signal: 'SIGABRT' },
  },
  {
    name: 'std::process::abort is SIGABRT',
    language: 'rust',
    code: 'fn main() { std::process::abort(); }\n',
    expect: { status: 'runtime_error', signal: 'SIGABRT' },
  },
  {
    name: 'a null pointer is a panic that exits with 2',
    language: 'go',
    code: 'package main\n\nfunc main() {\n\tvar p *int\n\tprintln(*p)\n}\n',
    expect: { status: 'runtime_error', exitCode: 2, stderr: /nil pointer dereference/ },
  },
  {
    name: 'a division by zero is an exception',
    language: 'java',
    code: 'class Main { public static void main(String[] a) { System.out.println(7 / a.length); } }\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /ArithmeticException: \/ by zero/ },
  },
  {
    name: 'kill of the shell itself is the signal',
    language: 'bash',
    code: 'kill -SEGV $$\n',
    expect: { status: 'runtime_error', signal: 'SIGSEGV' },
  },
]);

programs('a program that calls itself a library', [
  {
    name: 'is one that runs all the same',
    language: 'rust',
    code: '#![crate_type = "lib"]\nfn main() { print!("runs"); }\n',
    expect: { status: 'completed', stdout: 'runs' },
  },
]);

programs(
  'an exit code that the program chooses',
  [
    { language: 'python', code: 'import sys\nprint("out")\nsys.exit(3)\n' },
    { language: 'javascript', code: 'console.log("out");\nprocess.exitCode = 3;\n' },
    { language: 'typescript', code: 'console.log("out");\nprocess.exit(3);\n' },
    {
      language: 'java',
      code: 'class Main { public static void main(String[] a) { System.out.println("out"); System.exit(3); } }',
    },
    { language: 'cpp', code: '#include <iostream>\nint main() { std::cout << "out\\n"; return 3; }\n' },
    { language: 'c', code: '#include <stdio.h>\nint main(void) { puts("out"); return 3; }\n' },
    {
      language: 'go',
      code: 'package main\n\nimport ("fmt"; "os")\n\nfunc main() { fmt.Println("out"); os.Exit(3) }\n',
    },
    { language: 'rust', code: 'fn main() { println!("out"); std::process::exit(3); }\n' },
    { language: 'bash', code: 'echo out\nexit 3\n' },
  ].map((program) => ({
    ...program,
    name: 'is reported, with the output before it',
    expect: { status: 'runtime_error', exitCode: 3, stdout: 'out\n', message: /exited with code 3/ },
  })),
);

test('exit codes from 0 to 255 are reported as they are', async () => {
  const codes = [0, 1, 2, 42, 126, 127, 128, 129, 134, 137, 139, 143, 254, 255];
  const answer = await run({
    language: 'bash',
    code: 'exit "$1"\n',
    test_cases: codes.map((code) => ({ args: [String(code)] })),
  });
  assert.deepEqual(
    answer.results.map(({ status, exit_code, signal }) => [status, exit_code, signal]),
    codes.map((code) => [code === 0 ? 'accepted' : 'runtime_error', code, null]),
  );
});
