// Verdicts on memory follow from what happened, not from what a program prints: an allocation that failed and was not
// caught is over the limit; a program that handled it, or only says so, failed of something else.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { programs, run, seconds, useService } from './shared-service.ts';

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off' }, 'with all parts');

const runtimeError = { status: 'runtime_error' } as const;
const heapFull =
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\\n----- Native stack trace -----\\n';
const badAlloc = `terminate called after throwing an instance of 'std::bad_alloc'\\n  what():  std::bad_alloc\\n`;
const javaMain = (body: string) =>
  `import java.util.*;\npublic class Main { public static void main(String[] args) throws Exception { ${body} } }`;

programs('a program that handled a failed allocation and fails of something else', [
  {
    name: 'has a runtime error',
    language: 'java',
    code: javaMain(
      'try { long[] x = new long[Integer.MAX_VALUE - 8]; } catch (OutOfMemoryError e) { System.err.println(e); } int[] y = new int[1]; y[args.length + 1] = 2;',
    ),
    expect: runtimeError,
  },
  {
    name: 'has one when it prints the stack and exits',
    language: 'java',
    code: javaMain(
      'try { long[] x = new long[Integer.MAX_VALUE - 8]; } catch (OutOfMemoryError e) { e.printStackTrace(); System.exit(1); }',
    ),
    expect: runtimeError,
  },
  {
    name: 'has a runtime error',
    language: 'cpp',
    code: '#include <cstdlib>\n#include <iostream>\n#include <new>\nint main() {\n  try { std::cout << (void *)(new char[1ull << 46]); } catch (const std::bad_alloc &e) { std::cerr << "skipped: " << e.what() << "\\n"; }\n  std::abort();\n}\n',
    expect: { ...runtimeError, signal: 'SIGABRT' },
  },
  {
    name: 'has a runtime error',
    language: 'javascript',
    code: 'try { new ArrayBuffer(2 ** 52); } catch (e) { console.error(String(e)); }\nlet q;\nq.x;\n',
    expect: { ...runtimeError, exitCode: 1 },
  },
  {
    name: 'has a runtime error',
    language: 'python',
    code: 'import sys\ntry:\n    x = [0] * (1 << 60)\nexcept MemoryError as e:\n    print(repr(e), file=sys.stderr)\n[][0]\n',
    expect: { ...runtimeError, exitCode: 1 },
  },
  {
    name: 'has a runtime error',
    language: 'rust',
    code: 'fn main() {\n    let mut v: Vec<u8> = Vec::new();\n    if let Err(e) = v.try_reserve_exact(1 << 50) { eprintln!("{e}"); }\n    std::process::abort();\n}\n',
    expect: { ...runtimeError, signal: 'SIGABRT' },
  },
]);

programs('a program that only prints what a runtime would', [
  {
    name: 'has a runtime error: the last words and the exit code of a traceback',
    language: 'python',
    code: 'import sys\nsys.stderr.write("Traceback (most recent call last):\\n  File \\"main.py\\", line 1, in <module>\\nMemoryError\\n")\nsys.exit(1)\n',
    expect: { ...runtimeError, exitCode: 1 },
  },
  {
    name: 'has a runtime error: a MemoryError that it made itself',
    language: 'python',
    code: 'raise MemoryError\n',
    expect: { ...runtimeError, exitCode: 1 },
  },
  {
    name: 'has a runtime error: a full heap, and an exit code of SIGABRT',
    language: 'javascript',
    code: `process.stderr.write("${heapFull}", () => process.exit(134));\n`,
    expect: { ...runtimeError, exitCode: 134 },
  },
  ...Object.entries({
    'process.abort()': 'SIGABRT',
    'process.kill(process.pid, "SIGABRT")': 'SIGABRT',
    'process.kill(process.pid, 6)': 'SIGABRT',
    'process.kill(String(process.pid), "SIGABRT")': 'SIGABRT',
    'process.kill(0, "SIGABRT")': 'SIGABRT',
    'process.kill(-process.pid, "SIGABRT")': 'SIGABRT',
    'process.kill(process.pid, "SIGTRAP")': 'SIGTRAP',
    'process.kill(0, "SIGILL")': 'SIGILL',
  }).map(([end, signal]) => ({
    name: `has a runtime error: a full heap, and ${end}`,
    language: 'javascript',
    code: `require("fs").writeSync(2, "${heapFull}");\n${end};\nsetTimeout(() => {}, 1000);\n`,
    expect: { ...runtimeError, signal },
  })),
  {
    name: 'has a runtime error: an error like that of V8',
    language: 'typescript',
    code: 'throw new RangeError("Array buffer allocation failed");\n',
    expect: { ...runtimeError, exitCode: 1 },
  },
  {
    name: 'has a runtime error: the words of the C++ library',
    language: 'cpp',
    code: `#include <cstdlib>\n#include <cstdio>\nint main() { std::fputs("${badAlloc}", stderr); std::abort(); }\n`,
    expect: { ...runtimeError, signal: 'SIGABRT' },
  },
  {
    name: 'has a runtime error: an exception that it made itself',
    language: 'cpp',
    code: '#include <new>\nint main() { throw std::bad_alloc(); }\n',
    expect: { ...runtimeError, signal: 'SIGABRT', stderr: /std::bad_alloc/ },
  },
  {
    name: 'has a runtime error: the words of the library',
    language: 'rust',
    code: 'fn main() { eprintln!("memory allocation of 4096 bytes failed"); std::process::abort(); }\n',
    expect: { ...runtimeError, signal: 'SIGABRT' },
  },
  {
    name: 'has a runtime error: an error in the middle of its words',
    language: 'java',
    code: javaMain('System.err.println("java.lang.OutOfMemoryError: Java heap space"); System.exit(1);'),
    expect: { ...runtimeError, exitCode: 1 },
  },
  {
    name: 'has a runtime error: all that the runtime prints, and its exit code',
    language: 'java',
    code: javaMain(
      `System.err.println("Exception in thread \\"main\\" java.lang.OutOfMemoryError: Java heap space\\n\\tat Main.main(Main.java:2)"); System.exit(1);`,
    ),
    expect: { ...runtimeError, exitCode: 1 },
  },
  {
    name: 'has a runtime error: an error that it made itself',
    language: 'java',
    code: javaMain('throw new OutOfMemoryError("no room");'),
    expect: {
      ...runtimeError,
      exitCode: 1,
      stderr: /^Exception in thread "main" java.lang.OutOfMemoryError: no room\n\tat Main/,
    },
  },
  {
    name: 'has a runtime error: all that the runtime prints, and its exit code',
    language: 'go',
    code: 'package main\n\nimport "os"\n\nfunc main() {\n\tos.Stderr.WriteString("fatal error: runtime: out of memory\\n\\nruntime stack:\\nruntime.throw({0x4c7c5e?, 0x2fdb?})\\n")\n\tos.Exit(2)\n}\n',
    expect: { ...runtimeError, exitCode: 2 },
  },
  {
    name: 'has a runtime error: the words of the runtime',
    language: 'go',
    code: 'package main\n\nimport "os"\n\nfunc main() {\n\tos.Stderr.WriteString("fatal error: runtime: out of memory\\n")\n\tos.Exit(2)\n}\n',
    expect: { ...runtimeError, exitCode: 2 },
  },
  {
    name: 'has a runtime error: the words of the shell',
    language: 'bash',
    code: 'echo "main.sh: xrealloc: cannot allocate 18446744071562067968 bytes" >&2\nexit 2\n',
    expect: { ...runtimeError, exitCode: 2 },
  },
]);

const REFUSED: readonly [language: string, code: string, end: { exitCode?: number; signal?: string }][] = [
  ['python', 'print("out")\nx = [0] * (1 << 60)\n', { exitCode: 1 }],
  ['python', 'def f():\n    return bytearray(1 << 46)\nprint("out")\nf()\n', { exitCode: 1 }],
  ['javascript', 'console.log("out");\nnew ArrayBuffer(2 ** 46);\n', { exitCode: 1 }],
  ['typescript', 'console.log("out");\nconst a: ArrayBuffer = new ArrayBuffer(2 ** 46);\n', { exitCode: 1 }],
  [
    'java',
    javaMain(
      'System.out.println("out"); long[] x = new long[Integer.MAX_VALUE - 8]; System.out.println(x.length);',
    ),
    { exitCode: 1 },
  ],
  [
    'java',
    javaMain(
      'System.out.println("out"); Map<Integer, byte[]> all = new HashMap<>(); for (int i = 0; ; i++) all.put(i, new byte[1000]);',
    ),
    { exitCode: 1 },
  ],
  [
    'java',
    'import java.util.*;\npublic class Main { static List<Object> all = new ArrayList<>(); public static void main(String[] args) { System.out.println("out"); for (;;) all.add(new Object()); } }',
    { exitCode: 1 },
  ],
  [
    'java',
    javaMain(
      'System.out.println("out"); var pool = java.util.concurrent.Executors.newFixedThreadPool(1); try { pool.submit(() -> new long[Integer.MAX_VALUE - 8].length).get(); } finally { pool.shutdown(); }',
    ),
    { exitCode: 1 },
  ],
  [
    'cpp',
    '#include <iostream>\nint main(int n, char **) { std::cout << "out" << std::endl; volatile char *p = new char[(1ull << 46) * n]; p[0] = 1; }\n',
    { signal: 'SIGABRT' },
  ],
  [
    'cpp',
    '#include <cstdlib>\n#include <iostream>\n#include <new>\nvoid *operator new(std::size_t n) { void *p = std::malloc(n); if (!p) throw std::bad_alloc(); return p; }\nvoid operator delete(void *p) noexcept { std::free(p); }\nint main(int n, char **) { std::cout << "out" << std::endl; volatile char *p = new char[(1ull << 46) * n]; p[0] = 1; }\n',
    { signal: 'SIGABRT' },
  ],
  [
    'go',
    'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nvar b []byte\n\nfunc main() {\n\tfmt.Println("out")\n\tb = make([]byte, 1<<46+len(os.Args))\n\tfmt.Println(len(b))\n}\n',
    { exitCode: 2 },
  ],
  [
    'rust',
    'fn main() { println!("out"); let v: Vec<u8> = Vec::with_capacity(std::hint::black_box(1usize << 46)); println!("{:p}", v.as_ptr()); }\n',
    { signal: 'SIGABRT' },
  ],
];

suite('an allocation that failed and was not caught', { concurrency: 4 }, () => {
  for (const [index, [language, code, end]] of REFUSED.entries()) {
    test(`${language} (${index}): is over the limit, and at least the limit is reported`, async () => {
      const answer = await run({ language, code, memory_limit: 64, time_limit: seconds(10) });
      const [result] = answer.results;
      const shown = JSON.stringify(answer, null, 1);
      assert.equal(result?.status, 'memory_limit_exceeded', shown);
      assert.deepEqual(
        [result?.exit_code ?? undefined, result?.signal ?? undefined],
        [end.exitCode, end.signal],
        shown,
      );
      assert.equal(result?.stdout, 'out\n');
      assert.ok((result?.memory_kb ?? 0) >= 64 * 1024, shown);
    });
  }
});
