// The memory limit, in every language: programs over it, programs under it, and programs that notice it themselves.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LANGUAGES } from '../../src/languages/catalog.ts';
import { programs, run, seconds, useService } from './shared-service.ts';

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off' }, 'with all parts');

suite('the least memory limit, 32 MB', { concurrency: 4 }, () => {
  for (const { id, examples } of LANGUAGES) {
    test(`${id}: is enough for a small program`, async () => {
      const answer = await run({ language: id, code: examples.hello.code, memory_limit: 32 });
      assert.equal(answer.status, 'completed', JSON.stringify(answer));
      assert.equal(answer.results[0]?.stdout, 'Hello, World!\n');
    });
  }
});

const GREEDY = [
  {
    what: 'a growing list',
    language: 'python',
    code: 'a = []\nwhile True:\n    a.append("x" * 100000 + str(len(a)))\n',
  },
  { what: 'one large value', language: 'python', code: 'b = b"x" * (400 << 20)\nprint(len(b))\n' },
  {
    what: 'a growing dictionary of numbers',
    language: 'python',
    code: 'd = {}\ni = 0\nwhile True:\n    d[i] = i\n    i += 1\n',
  },
  {
    what: 'processes together',
    language: 'python',
    code: 'import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n        b = b"x" * (60 << 20)\n        time.sleep(5)\nos.wait()\ntime.sleep(5)\n',
  },
  {
    what: 'a growing heap',
    language: 'javascript',
    code: 'const a = [];\nfor (;;) a.push(Array(1000).fill(a.length));\n',
  },
  {
    what: 'buffers',
    language: 'javascript',
    code: 'const a = [];\nfor (;;) a.push(Buffer.alloc(1 << 20, 1));\n',
  },
  {
    what: 'long strings',
    language: 'javascript',
    code: 'const a = [];\nfor (let i = 0; ; i++) a.push(String(i).repeat(100000).split("").join("-"));\n',
  },
  {
    what: 'a growing map',
    language: 'typescript',
    code: 'const m = new Map<number, number[]>();\nfor (let i = 0; ; i++) m.set(i, Array(1000).fill(i));\n',
  },
  {
    what: 'a growing heap',
    language: 'java',
    code: 'import java.util.*;\nclass Main { public static void main(String[] a) { List<int[]> l = new ArrayList<>(); while (true) l.add(new int[100000]); } }',
  },
  {
    what: 'one large array',
    language: 'java',
    code: 'class Main { public static void main(String[] a) { long[] x = new long[100000000]; System.out.println(x.length); } }',
  },
  {
    what: 'direct buffers',
    language: 'java',
    code: 'import java.nio.*;\nimport java.util.*;\nclass Main { public static void main(String[] a) { List<ByteBuffer> l = new ArrayList<>(); while (true) l.add(ByteBuffer.allocateDirect(1 << 20)); } }',
  },
  {
    what: 'a growing vector',
    language: 'cpp',
    code: '#include <vector>\nint main() { std::vector<long> v; for (long i = 0;; i++) v.push_back(i); }\n',
  },
  {
    what: 'new',
    language: 'cpp',
    code: '#include <cstring>\nint main() { for (;;) { char *p = new char[1 << 20]; std::memset(p, 1, 1 << 20); __asm__ volatile("" : : "r"(p) : "memory"); } }\n',
  },
  {
    what: 'more than there could be',
    language: 'cpp',
    code: 'int main(int n, char **) { volatile char *p = new char[(1ul << 50) * n]; p[0] = 1; }\n',
  },
  {
    what: 'malloc',
    language: 'c',
    code: '#include <stdlib.h>\n#include <string.h>\nint main(void) { for (;;) { char *p = malloc(1 << 20); if (!p) return 1; memset(p, 1, 1 << 20); __asm__ volatile("" : : "r"(p) : "memory"); } }\n',
  },
  {
    what: 'a large static array',
    language: 'c',
    code: 'static char b[300 << 20];\nint main(void) { for (long i = 0; i < sizeof b; i += 4096) ((volatile char *)b)[i] = 1; return b[77]; }\n',
  },
  {
    what: 'slices',
    language: 'go',
    code: 'package main\n\nfunc main() {\n\tvar all [][]byte\n\tfor {\n\t\tb := make([]byte, 1<<20)\n\t\tfor i := range b {\n\t\t\tb[i] = 1\n\t\t}\n\t\tall = append(all, b)\n\t}\n}\n',
  },
  {
    what: 'a growing map',
    language: 'go',
    code: 'package main\n\nfunc main() {\n\tm := map[int]int{}\n\tfor i := 0; ; i++ {\n\t\tm[i] = i\n\t}\n}\n',
  },
  {
    what: 'a growing vector',
    language: 'rust',
    code: 'fn main() { let mut v = Vec::new(); for i in 0u64.. { v.push(i); } println!("{}", v.len()); }\n',
  },
  {
    what: 'more than there could be',
    language: 'rust',
    code: 'fn main() { let v: Vec<u8> = Vec::with_capacity(std::hint::black_box(1usize << 50)); println!("{:p}", v.as_ptr()); }\n',
  },
  { what: 'a growing variable', language: 'bash', code: 'x=xxxxxxxxxxxxxxxx\nwhile :; do x=$x$x; done\n' },
  {
    what: 'files in memory',
    language: 'python',
    code: 'import mmap\nms = []\nwhile True:\n    m = mmap.mmap(-1, 8 << 20)\n    m.write(b"x" * (8 << 20))\n    ms.append(m)\n',
  },
];

programs(
  'a program over the memory limit',
  GREEDY.map(({ what, ...program }) => ({
    ...program,
    name: `by ${what}`,
    time_limit: seconds(10),
    expect: { status: 'memory_limit_exceeded', message: /exceeded the memory limit of 128 MB/ },
  })),
);

programs('a program under the memory limit', [
  {
    name: '90 MB of 128 are fine',
    language: 'python',
    code: 'b = b"x" * (90 << 20)\nprint(len(b))\n',
    expect: { status: 'completed', stdout: '94371840\n' },
  },
  {
    name: 'memory that is reserved and never touched does not count',
    language: 'c',
    code: '#include <stdio.h>\n#include <sys/mman.h>\nint main(void) { puts(mmap(0, 1ul << 33, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED ? "no" : "yes"); }\n',
    expect: { status: 'completed', stdout: 'yes\n' },
  },
  {
    name: 'the heap may use the whole limit',
    language: 'java',
    code: 'import java.util.*;\nclass Main { public static void main(String[] a) { List<byte[]> l = new ArrayList<>(); for (int i = 0; i < 100; i++) l.add(new byte[1 << 20]); System.out.print(l.size()); } }',
    expect: { status: 'completed', stdout: '100' },
  },
  {
    name: 'one array may use most of the limit',
    language: 'java',
    code: 'class Main { public static void main(String[] a) { int[] x = new int[25000000]; x[7] = 1; System.out.print(x.length); } }',
    expect: { status: 'completed', stdout: '25000000' },
  },
  {
    name: 'the heap may use most of the limit',
    language: 'javascript',
    code: 'const a = [];\nfor (let i = 0; i < 100; i++) a.push(Array(131072).fill(i));\nconsole.log(a.length);\n',
    expect: { status: 'completed', stdout: '100\n' },
  },
  {
    name: 'garbage does not count',
    language: 'java',
    code: 'class Main { public static void main(String[] a) { long n = 0; for (int i = 0; i < 3000; i++) n += new byte[1 << 20].length; System.out.print(n); } }',
    expect: { status: 'completed', stdout: '3145728000' },
  },
  {
    name: 'garbage does not count',
    language: 'go',
    code: 'package main\n\nvar keep []byte\n\nfunc main() {\n\tfor i := 0; i < 1000; i++ {\n\t\tkeep = make([]byte, 1<<20)\n\t\tkeep[i] = 1\n\t}\n\tprint("done")\n}\n',
    expect: { status: 'completed', stderr: 'done' },
  },
  {
    name: 'garbage does not count',
    language: 'javascript',
    code: 'let n = 0;\nfor (let i = 0; i < 500; i++) n += Array(100000).fill(i).length;\nconsole.log(n);\n',
    expect: { status: 'completed', stdout: '50000000\n' },
  },
  {
    name: '90 MB of 128 are fine',
    language: 'rust',
    code: 'fn main() { let v = vec![1u8; 90 << 20]; print!("{}", v.iter().map(|&x| x as u64).sum::<u64>()); }\n',
    expect: { status: 'completed', stdout: '94371840' },
  },
]);

programs('a program that notices by itself', [
  {
    name: 'and catches MemoryError ends well',
    language: 'python',
    code: 'try:\n    x = [0] * (1 << 60)\nexcept MemoryError:\n    print("caught")\n',
    expect: { status: 'completed', stdout: 'caught\n' },
  },
  {
    name: 'and does not catch MemoryError is over the limit',
    language: 'python',
    code: 'x = [0] * (1 << 60)\n',
    expect: { status: 'memory_limit_exceeded', exitCode: 1, stderr: /MemoryError/ },
  },
  {
    name: 'and catches OutOfMemoryError ends well',
    language: 'java',
    code: 'import java.util.*;\nclass Main { public static void main(String[] a) { try { List<int[]> l = new ArrayList<>(); while (true) l.add(new int[100000]); } catch (OutOfMemoryError e) { System.out.println("caught"); } } }',
    expect: { status: 'completed', stdout: 'caught\n' },
  },
  {
    name: 'and reports the error that it caught exits with 0',
    language: 'java',
    code: 'class Main { public static void main(String[] a) { try { long[] x = new long[100000000]; System.out.println(x.length); } catch (OutOfMemoryError e) { e.printStackTrace(); } } }',
    expect: { status: 'completed', stderr: /OutOfMemoryError/ },
  },
  {
    name: 'and catches bad_alloc ends well',
    language: 'cpp',
    code: '#include <iostream>\n#include <new>\nint main(int n, char **) { try { volatile char *p = new char[(1ul << 50) * n]; p[0] = 1; } catch (const std::bad_alloc &) { std::cout << "caught"; } }\n',
    expect: { status: 'completed', stdout: 'caught' },
  },
  {
    name: 'and gets null of malloc ends well',
    language: 'c',
    code: '#include <stdio.h>\n#include <stdlib.h>\nint main(int n, char **a) { char *volatile p = malloc((1ul << 50) * n); puts(p ? "got" : "null"); }\n',
    expect: { status: 'completed', stdout: 'null\n' },
  },
  {
    name: 'and catches RangeError ends well',
    language: 'javascript',
    code: 'try { new ArrayBuffer(2 ** 52); } catch (e) { console.log(e.name); }\n',
    expect: { status: 'completed', stdout: 'RangeError\n' },
  },
  {
    name: 'and fails of another error afterwards has a runtime error',
    language: 'python',
    code: 'try:\n    x = [0] * (1 << 60)\nexcept MemoryError:\n    raise ValueError("too large")\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /MemoryError[\s\S]*ValueError: too large/ },
  },
  {
    name: 'and exits with a code of its own has a runtime error',
    language: 'python',
    code: 'import sys\nprint("out of memory, I think", file=sys.stderr)\nsys.exit(1)\n',
    expect: { status: 'runtime_error', exitCode: 1 },
  },
]);
