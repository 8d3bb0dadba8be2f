// The limits of a run but that of memory, in every language: CPU time, wall-clock time, output, stack, files, network.

import { programs, seconds, useService } from './shared-service.ts';

/** Programs that sleep may be many at once; those that compute share the machine's cores. */
const SLEEPERS_AT_ONCE = 7;
const WORKERS_AT_ONCE = 2;

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off', CONCURRENCY: String(SLEEPERS_AT_ONCE) });

const BUSY = [
  { language: 'python', code: 'while True:\n    pass\n' },
  { language: 'javascript', code: 'for (;;) {}\n' },
  { language: 'typescript', code: 'for (;;) {}\n' },
  { language: 'java', code: 'class Main { public static void main(String[] a) { while (true) {} } }' },
  { language: 'cpp', code: 'int main() { volatile int x = 0; for (;;) x = x + 1; }\n' },
  { language: 'c', code: 'int main(void) { volatile int x = 0; for (;;) x = x + 1; }\n' },
  { language: 'go', code: 'package main\n\nfunc main() {\n\tfor {\n\t}\n}\n' },
  { language: 'rust', code: 'fn main() { loop { std::hint::black_box(1); } }\n' },
  { language: 'bash', code: 'while :; do :; done\n' },
];

programs(
  'a busy loop',
  BUSY.map((program) => ({
    ...program,
    name: 'ends at the CPU time limit',
    time_limit: seconds(1),
    expect: {
      status: 'time_limit_exceeded',
      limit: 'cpu',
      message: new RegExp(`exceeded the CPU time limit of ${seconds(1)} s`),
    },
  })),
  WORKERS_AT_ONCE,
);

const ASLEEP = [
  { language: 'python', code: 'import time\nprint("before", flush=True)\ntime.sleep(60)\n' },
  { language: 'javascript', code: 'console.log("before");\nsetTimeout(() => {}, 60000);\n' },
  {
    language: 'java',
    code: 'class Main { public static void main(String[] a) throws Exception { System.out.println("before"); Thread.sleep(60000); } }',
  },
  {
    language: 'cpp',
    code: '#include <cstdio>\n#include <unistd.h>\nint main() { puts("before"); fflush(stdout); sleep(60); }\n',
  },
  {
    language: 'go',
    code: 'package main\n\nimport ("fmt"; "time")\n\nfunc main() { fmt.Println("before"); time.Sleep(time.Minute) }\n',
  },
  {
    language: 'rust',
    code: 'fn main() { println!("before"); std::thread::sleep(std::time::Duration::from_secs(60)); }\n',
  },
  { language: 'bash', code: 'echo before\nsleep 60\n' },
];

programs(
  'a program that sleeps',
  ASLEEP.map((program) => ({
    ...program,
    name: 'ends at the wall-clock limit, with what it wrote before',
    time_limit: seconds(1),
    expect: {
      status: 'time_limit_exceeded',
      limit: 'wall' as const,
      stdout: 'before\n',
      message: new RegExp(`exceeded the wall-clock time limit of ${seconds(1) * 2 + 1} s`),
    },
  })),
  SLEEPERS_AT_ONCE,
);

programs(
  'time of threads, children and short work',
  [
    {
      name: 'half a second of work passes under a limit of one',
      language: 'cpp',
      code: '#include <ctime>\n#include <cstdio>\nint main() { while (clock() < CLOCKS_PER_SEC / 2) {} puts("done"); }\n',
      time_limit: seconds(1),
      expect: { status: 'completed', stdout: 'done\n' },
    },
    {
      name: 'two threads that work count together',
      language: 'c',
      code: '#include <pthread.h>\nstatic void *work(void *x) { for (;;) __asm__ volatile(""); return x; }\nint main(void) { pthread_t t; pthread_create(&t, 0, work, 0); work(0); }\n',
      time_limit: seconds(1),
      expect: { status: 'time_limit_exceeded', limit: 'cpu' },
    },
    {
      name: 'the work of children counts too',
      language: 'python',
      code: 'import os\nfor _ in range(2):\n    if os.fork() == 0:\n        while True: pass\nos.wait()\n',
      time_limit: seconds(1),
      expect: { status: 'time_limit_exceeded', limit: 'cpu' },
    },
  ],
  WORKERS_AT_ONCE,
);

const TALKATIVE = [
  { language: 'python', code: 'while True:\n    print("x" * 1000)\n' },
  { language: 'javascript', code: 'for (;;) console.log("x".repeat(1000));\n' },
  {
    language: 'java',
    code: 'class Main { public static void main(String[] a) { while (true) System.out.println("x".repeat(1000)); } }',
  },
  {
    language: 'cpp',
    code: "#include <iostream>\n#include <string>\nint main() { for (;;) std::cout << std::string(1000, 'x') << '\\n'; }\n",
  },
  {
    language: 'go',
    code: 'package main\n\nimport ("fmt"; "strings")\n\nfunc main() { for { fmt.Println(strings.Repeat("x", 1000)) } }\n',
  },
  { language: 'rust', code: 'fn main() { loop { println!("{}", "x".repeat(1000)); } }\n' },
  { language: 'bash', code: 'yes xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n' },
];

programs(
  'endless output',
  TALKATIVE.map((program) => ({
    ...program,
    name: 'ends at the output limit, with the beginning of its output',
    output_limit_kb: 16,
    expect: {
      status: 'output_limit_exceeded',
      stdout: /^x{31}[x\n]{16353}$/,
      message: /output limit of 16 KB/,
    },
  })),
);

const DEEP = { memory_limit: 256 };

programs('recursion without an end', [
  {
    name: 'is RecursionError',
    language: 'python',
    code: 'def f(n):\n    return f(n + 1)\nf(0)\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /RecursionError: maximum recursion depth/ },
  },
  {
    name: 'is RangeError',
    language: 'javascript',
    code: 'function f(n) { return f(n + 1) + 1; }\nf(0);\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /RangeError: Maximum call stack size exceeded/ },
  },
  {
    name: 'is StackOverflowError',
    language: 'java',
    code: 'class Main { static int f(int n) { return f(n + 1) + 1; } public static void main(String[] a) { f(0); } }',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /java\.lang\.StackOverflowError/ },
  },
  {
    name: 'can be caught',
    language: 'java',
    code: 'class Main { static int f(int n) { return f(n + 1) + 1; } public static void main(String[] a) { try { f(0); } catch (StackOverflowError e) { System.out.println("caught"); } } }',
    expect: { status: 'completed', stdout: 'caught\n' },
  },
  {
    name: 'is SIGSEGV',
    language: 'cpp',
    code: 'int f(int n) { volatile char room[256]; room[0] = n; return f(n + 1) + room[0]; }\nint main() { return f(0); }\n',
    expect: { status: 'runtime_error', signal: 'SIGSEGV', message: /stack/ },
  },
  {
    name: 'is a stack overflow that aborts',
    language: 'rust',
    code: 'fn f(n: u64) -> u64 { if std::hint::black_box(n) == u64::MAX { 0 } else { f(n + 1) + std::hint::black_box(1) } }\nfn main() { println!("{}", f(0)); }\n',
    expect: { status: 'runtime_error', signal: 'SIGABRT', stderr: /has overflowed its stack/ },
  },
]);

programs('recursion 100000 calls deep', [
  {
    name: 'works',
    language: 'cpp',
    code: '#include <iostream>\nint f(int n) { volatile char room[200]; room[0] = 1; return n == 0 ? 0 : f(n - 1) + room[0]; }\nint main() { std::cout << f(100000); }\n',
    expect: { status: 'completed', stdout: '100000' },
  },
  {
    name: 'works',
    language: 'c',
    code: '#include <stdio.h>\nint f(int n) { volatile char room[200]; room[0] = 1; return n == 0 ? 0 : f(n - 1) + room[0]; }\nint main(void) { printf("%d", f(100000)); }\n',
    expect: { status: 'completed', stdout: '100000' },
  },
  {
    name: 'works, and a million too',
    language: 'go',
    code: 'package main\n\nfunc f(n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t}\n\treturn f(n-1) + 1\n}\n\nfunc main() { print(f(100000), f(1000000)) }\n',
    ...DEEP,
    expect: { status: 'completed', stderr: '1000001000000' },
  },
  {
    name: 'works in the main thread',
    language: 'rust',
    code: 'fn f(n: u64) -> u64 { let room = std::hint::black_box([1u64; 24]); if n == 0 { 0 } else { f(n - 1) + room[3] } }\nfn main() { print!("{}", f(100000)); }\n',
    expect: { status: 'completed', stdout: '100000' },
  },
  {
    name: 'works when the program raises its own limit',
    language: 'python',
    code: 'import sys\nsys.setrecursionlimit(200000)\ndef f(n):\n    return 0 if n == 0 else f(n - 1) + 1\nprint(f(100000))\n',
    ...DEEP,
    expect: { status: 'completed', stdout: '100000\n' },
  },
  {
    name: 'works with the default limits',
    language: 'java',
    code: 'class Main { static int f(int n) { return n == 0 ? 0 : f(n - 1) + 1; } public static void main(String[] a) { System.out.print(f(100000)); } }',
    expect: { status: 'completed', stdout: '100000' },
  },
]);

programs('files', [
  {
    name: 'are written and read in the working directory and in /tmp',
    language: 'python',
    code: 'import os\nfor name in ("a.txt", "/tmp/b.txt"):\n    with open(name, "w") as f: f.write("kept")\n    print(open(name).read(), os.path.getsize(name))\n',
    expect: { status: 'completed', stdout: 'kept 4\nkept 4\n' },
  },
  {
    name: 'are written and read',
    language: 'java',
    code: 'import java.nio.file.*;\nclass Main { public static void main(String[] a) throws Exception { Path p = Path.of("a.txt"); Files.writeString(p, "kept"); System.out.print(Files.readString(p)); Path t = Files.createTempFile("x", "y"); System.out.print(t.startsWith("/tmp")); } }',
    expect: { status: 'completed', stdout: 'kepttrue' },
  },
  {
    name: 'are written and read',
    language: 'go',
    code: 'package main\n\nimport "os"\n\nfunc main() {\n\tif err := os.WriteFile("a.txt", []byte("kept"), 0o600); err != nil {\n\t\tpanic(err)\n\t}\n\tb, _ := os.ReadFile("a.txt")\n\tos.Stdout.Write(b)\n}\n',
    expect: { status: 'completed', stdout: 'kept' },
  },
  {
    name: 'are made, listed and removed by the usual tools',
    language: 'bash',
    code: 'mkdir -p d && echo kept > d/a && cat d/a && mv d/a /tmp/a && rmdir d && ls /tmp && rm /tmp/a\n',
    expect: { status: 'completed', stdout: 'kept\na\n' },
  },
  {
    name: 'of 1 MB may be written',
    language: 'python',
    code: 'with open("a", "wb") as f:\n    f.write(b"x" * (1 << 20))\nprint("done")\n',
    expect: { status: 'completed', stdout: 'done\n' },
  },
  {
    name: 'over 1 MB fail, and the message says why',
    language: 'python',
    code: 'with open("a", "wb") as f:\n    f.write(b"x" * ((1 << 20) + 1))\n',
    expect: {
      status: 'runtime_error',
      exitCode: 1,
      stderr: /File too large/,
      message: /over the limit of 1 MB/,
    },
  },
  {
    name: 'over 1 MB fail, and the message says why',
    language: 'javascript',
    code: "require('fs').writeFileSync('/tmp/a', Buffer.alloc(2 << 20));\n",
    expect: { status: 'runtime_error', stderr: /EFBIG/, message: /over the limit of 1 MB/ },
  },
  {
    name: 'over 1 MB fail, and the message says why',
    language: 'c',
    code: '#include <fcntl.h>\n#include <unistd.h>\nstatic char b[1 << 16];\nint main(void) { int f = open("a", O_CREAT | O_WRONLY, 0600); for (int i = 0; i < 40; i++) if (write(f, b, sizeof b) < 0) return 9; }\n',
    expect: { status: 'runtime_error', message: /over the limit of 1 MB|exited with code 9/ },
  },
  {
    name: 'of the client cannot be changed',
    language: 'python',
    code: 'open("/code/main.py", "w")\n',
    expect: { status: 'runtime_error', stderr: /(Read-only file system|Permission denied)/ },
  },
]);

programs('the network', [
  {
    name: 'is refused',
    language: 'python',
    code: 'import urllib.request\nurllib.request.urlopen("http://198.51.100.1/", timeout=2)\n',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /URLError|OSError|PermissionError/ },
  },
  {
    name: 'is refused',
    language: 'javascript',
    code: "require('net').connect(80, '198.51.100.1');\n",
    expect: { status: 'runtime_error', exitCode: 1, stderr: /connect|socket/ },
  },
  {
    name: 'is refused',
    language: 'java',
    code: 'class Main { public static void main(String[] a) throws Exception { new java.net.Socket("198.51.100.1", 80); } }',
    expect: { status: 'runtime_error', exitCode: 1, stderr: /SocketException|ConnectException/ },
  },
  {
    name: 'is refused',
    language: 'go',
    code: 'package main\n\nimport "net"\n\nfunc main() {\n\tif _, err := net.Dial("tcp", "198.51.100.1:80"); err != nil {\n\t\tpanic(err)\n\t}\n}\n',
    expect: { status: 'runtime_error', exitCode: 2, stderr: /panic: .*dial tcp/ },
  },
  {
    name: 'is refused',
    language: 'rust',
    code: 'fn main() { std::net::TcpStream::connect("198.51.100.1:80").unwrap(); }\n',
    expect: { status: 'runtime_error', exitCode: 101 },
  },
  {
    name: 'is refused',
    language: 'bash',
    code: 'exec 3<>/dev/tcp/198.51.100.1/80\n',
    expect: { status: 'runtime_error', exitCode: 1 },
  },
]);

programs('threads and processes', [
  {
    name: 'a thread works',
    language: 'python',
    code: 'import threading\nt = threading.Thread(target=print, args=("in a thread",))\nt.start(); t.join()\n',
    expect: { status: 'completed', stdout: 'in a thread\n' },
  },
  {
    name: 'subprocess works',
    language: 'python',
    code: 'import subprocess, sys\nprint(subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout)\n',
    expect: { status: 'completed', stdout: '42\n\n' },
  },
  {
    name: 'a pool of processes works',
    language: 'python',
    code: 'from concurrent.futures import ProcessPoolExecutor\ndef square(n): return n * n\nif __name__ == "__main__":\n    with ProcessPoolExecutor(2) as pool: print(list(pool.map(square, range(4))))\n',
    expect: { status: 'completed', stdout: '[0, 1, 4, 9]\n' },
  },
  {
    name: 'worker threads work',
    language: 'javascript',
    code: "const { Worker, isMainThread, parentPort } = require('worker_threads');\nif (isMainThread) new Worker(__filename).on('message', (m) => console.log(m));\nelse parentPort.postMessage('in a thread');\n",
    expect: { status: 'completed', stdout: 'in a thread\n' },
  },
  {
    name: 'twenty threads work',
    language: 'java',
    code: 'import java.util.stream.*;\nclass Main { public static void main(String[] a) throws Exception { var ts = IntStream.range(0, 20).mapToObj(i -> new Thread(() -> { synchronized (Main.class) { n += i; } })).toList(); for (var t : ts) t.start(); for (var t : ts) t.join(); System.out.print(n); } static int n; }',
    expect: { status: 'completed', stdout: '190' },
  },
  {
    name: 'an executor with parallel streams works',
    language: 'java',
    code: 'import java.util.concurrent.*;\nimport java.util.stream.*;\nclass Main { public static void main(String[] a) throws Exception { var p = Executors.newFixedThreadPool(4); System.out.print(p.submit(() -> IntStream.range(0, 1000).parallel().sum()).get()); p.shutdown(); } }',
    expect: { status: 'completed', stdout: '499500' },
  },
  {
    name: 'more threads than there may be are an error, which leaves stdout alone',
    language: 'java',
    code: 'class Main { public static void main(String[] a) { for (int i = 0; i < 200; i++) { Thread t = new Thread(() -> { try { Thread.sleep(9000); } catch (InterruptedException e) {} }); t.setDaemon(true); t.start(); } } }',
    expect: { status: 'runtime_error', exitCode: 1, stdout: '', stderr: /unable to create native thread/ },
  },
  {
    name: 'std::thread works',
    language: 'cpp',
    code: '#include <iostream>\n#include <thread>\n#include <vector>\n#include <atomic>\nint main() { std::atomic<int> n{0}; std::vector<std::thread> ts; for (int i = 0; i < 20; i++) ts.emplace_back([&n, i] { n += i; }); for (auto &t : ts) t.join(); std::cout << n; }\n',
    expect: { status: 'completed', stdout: '190' },
  },
  {
    name: 'ten thousand goroutines work',
    language: 'go',
    code: 'package main\n\nimport ("fmt"; "sync"; "sync/atomic")\n\nfunc main() {\n\tvar n atomic.Int64\n\tvar w sync.WaitGroup\n\tfor i := 0; i < 10000; i++ {\n\t\tw.Add(1)\n\t\tgo func() { defer w.Done(); n.Add(1) }()\n\t}\n\tw.Wait()\n\tfmt.Print(n.Load())\n}\n',
    expect: { status: 'completed', stdout: '10000' },
  },
  {
    name: 'std::thread works',
    language: 'rust',
    code: 'use std::thread;\nfn main() { let ts: Vec<_> = (0..20u32).map(|i| thread::spawn(move || i)).collect(); let n: u32 = ts.into_iter().map(|t| t.join().unwrap()).sum(); print!("{n}"); }\n',
    expect: { status: 'completed', stdout: '190' },
  },
  {
    name: 'pipelines and background jobs work',
    language: 'bash',
    code: 'seq 5 | sort -r | head -2 | tr "\\n" " " & wait\n',
    expect: { status: 'completed', stdout: '5 4 ' },
  },
]);
