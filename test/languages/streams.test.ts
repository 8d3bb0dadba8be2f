// What goes into a program and comes out of it: stdin, arguments, stdout and stderr, in every language.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { programs, run, seconds, useService } from './shared-service.ts';

// Programs here do on purpose what the validation of code advises against.
useService({ CODE_VALIDATION: 'off' });

/** Programs that copy their stdin to stdout. */
const ECHO: Readonly<Record<string, string>> = {
  python: 'import sys\nsys.stdout.write(sys.stdin.read())\n',
  javascript: 'process.stdin.pipe(process.stdout);\n',
  typescript: "import { readFileSync } from 'node:fs';\nprocess.stdout.write(readFileSync(0, 'utf8'));\n",
  java: 'class Main { public static void main(String[] a) throws Exception { System.in.transferTo(System.out); System.out.flush(); } }',
  cpp: '#include <iostream>\nint main() { std::cout << std::cin.rdbuf(); }\n',
  c: '#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c); }\n',
  go: 'package main\n\nimport ("io"; "os")\n\nfunc main() { io.Copy(os.Stdout, os.Stdin) }\n',
  rust: 'fn main() { std::io::copy(&mut std::io::stdin(), &mut std::io::stdout()).unwrap(); }\n',
  bash: 'cat\n',
};

const LARGE = Array.from({ length: 20_000 }, (_, line) => `line ${line}: ${'abcdefghij'.repeat(4)}\n`).join(
  '',
);
const INPUTS = ['one line\n', 'no newline at the end', '', '\n\n\n', 'Grüße, 世界, 🚀, e\u0301\n', LARGE];

suite('stdin', { concurrency: 4 }, () => {
  for (const [language, code] of Object.entries(ECHO)) {
    test(`${language}: comes whole, of any length, and goes out as it came`, async () => {
      const answer = await run({
        language,
        code,
        checker: { type: 'exact' },
        time_limit: seconds(10),
        output_limit_kb: 2048,
        test_cases: INPUTS.map((input) => ({ input, expected_output: input })),
      });
      assert.deepEqual(
        answer.results.map(({ status, stdout }) => [status, stdout?.length]),
        INPUTS.map((input) => ['accepted', input.length]),
        answer.compile?.stderr,
      );
    });
  }

  test('is not waited for: a program that reads nothing of 1 MB ends well', async () => {
    const answer = await run({ language: 'python', code: 'print("done")', stdin: LARGE });
    assert.equal(answer.status, 'completed');
  });

  test('is at its end at once when there is none', async () => {
    const answer = await run({ language: 'python', code: 'import sys\nprint(repr(sys.stdin.read()))' });
    assert.equal(answer.results[0]?.stdout, "''\n");
  });
});

/** Programs that print their arguments, each in brackets. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  python: 'import sys\nprint("".join(f"[{a}]" for a in sys.argv[1:]))\n',
  javascript: 'console.log(process.argv.slice(2).map((a) => "[" + a + "]").join(""));\n',
  typescript: 'console.log(process.argv.slice(2).map((a: string) => "[" + a + "]").join(""));\n',
  java: 'class Main { public static void main(String[] args) { for (String a : args) System.out.print("[" + a + "]"); System.out.println(); } }',
  cpp: '#include <iostream>\nint main(int n, char **a) { for (int i = 1; i < n; i++) std::cout << "[" << a[i] << "]"; std::cout << "\\n"; }\n',
  c: '#include <stdio.h>\nint main(int n, char **a) { for (int i = 1; i < n; i++) printf("[%s]", a[i]); puts(""); }\n',
  go: 'package main\n\nimport ("fmt"; "os")\n\nfunc main() { for _, a := range os.Args[1:] { fmt.Printf("[%s]", a) }; fmt.Println() }\n',
  rust: 'fn main() { for a in std::env::args().skip(1) { print!("[{a}]"); } println!(); }\n',
  bash: 'printf "[%s]" "$@"\necho\n',
};

suite('arguments', { concurrency: 4 }, () => {
  for (const [language, code] of Object.entries(ARGUMENTS)) {
    test(`${language}: arrive as they are, those of a test instead of the request's`, async () => {
      const args = ['a b', '', '--help', '$HOME', '*', 'ü🚀', '-Xmx1g'];
      const answer = await run({ language, code, args, test_cases: [{}, { args: ['own'] }] });
      assert.deepEqual(
        answer.results.map(({ stdout }) => stdout),
        [`${args.map((argument) => `[${argument}]`).join('')}\n`, '[own]\n'],
        JSON.stringify(answer.compile),
      );
    });
  }
});

const UNICODE = 'π≈3, Grüße 世界 🚀';

programs(
  'Unicode in the source',
  [
    { language: 'python', code: `größe = "${UNICODE}"\nprint(größe, len(größe))\n` },
    { language: 'javascript', code: `const größe = "${UNICODE}";\nconsole.log(größe, [...größe].length);\n` },
    {
      language: 'typescript',
      code: `const größe: string = "${UNICODE}";\nconsole.log(größe, [...größe].length);\n`,
    },
    {
      language: 'java',
      code: `class Main { public static void main(String[] a) { String größe = "${UNICODE}"; System.out.println(größe + " " + größe.codePointCount(0, größe.length())); } }`,
    },
    {
      language: 'cpp',
      code: `#include <iostream>\nint main() { std::string größe = "${UNICODE}"; int n = 0; for (char c : größe) n += (c & 0xc0) != 0x80; std::cout << größe << " " << n << "\\n"; }\n`,
    },
    {
      language: 'go',
      code: `package main\n\nimport "fmt"\n\nfunc main() { größe := "${UNICODE}"; fmt.Println(größe, len([]rune(größe))) }\n`,
    },
    {
      language: 'rust',
      code: `fn main() { let größe = "${UNICODE}"; println!("{größe} {}", größe.chars().count()); }\n`,
    },
    { language: 'bash', code: `x="${UNICODE}"\necho "$x \${#x}"\n` },
  ].map((program) => ({
    ...program,
    name: 'reaches the output, and is counted in characters',
    expect: { status: 'completed', stdout: `${UNICODE} ${[...UNICODE].length}\n` },
  })),
);

/** Two lines to stdout, the second without an end, and one to stderr. */
const UNFINISHED = [
  { language: 'python', code: 'import sys\nprint("a")\nprint("b", end="")\nprint("c", file=sys.stderr)\n' },
  { language: 'javascript', code: 'console.log("a");\nprocess.stdout.write("b");\nconsole.error("c");\n' },
  {
    language: 'java',
    code: 'class Main { public static void main(String[] x) { System.out.println("a"); System.out.print("b"); System.err.println("c"); } }',
  },
  {
    language: 'cpp',
    code: '#include <iostream>\nint main() { std::cout << "a\\nb"; std::cerr << "c\\n"; }\n',
  },
  {
    language: 'c',
    code: '#include <stdio.h>\nint main(void) { printf("a\\nb"); fprintf(stderr, "c\\n"); }\n',
  },
  {
    language: 'go',
    code: 'package main\n\nimport ("fmt"; "os")\n\nfunc main() { fmt.Print("a\\nb"); fmt.Fprintln(os.Stderr, "c") }\n',
  },
  { language: 'rust', code: 'fn main() { print!("a\\nb"); eprintln!("c"); }\n' },
  { language: 'bash', code: 'printf "a\\nb"\necho c >&2\n' },
];

programs(
  'output without a newline at its end',
  UNFINISHED.map((program) => ({
    ...program,
    name: 'is returned in full, stdout and stderr apart',
    expect: { status: 'completed', stdout: 'a\nb', stderr: 'c\n' },
  })),
);

suite('output that is not UTF-8', () => {
  const program = { language: 'python', code: 'import sys\nsys.stdout.buffer.write(b"a\\xff\\x00b\\n")\n' };

  test('is returned with U+FFFD in place of invalid bytes', async () => {
    assert.equal((await run(program)).results[0]?.stdout, 'a\ufffd\0b\n');
  });

  test('is returned byte for byte with ?encoding=base64', async () => {
    const answer = await run(program, '?encoding=base64');
    const [result] = answer.results;
    assert.deepEqual([...Buffer.from(result?.stdout ?? '', 'base64')], [0x61, 0xff, 0, 0x62, 0x0a]);
    assert.equal(result?.stderr, '');
  });

  test('of the compiler can be returned in bytes too', async () => {
    const answer = await run({ language: 'c', code: 'int main(void) { return x; }' }, '?encoding=base64');
    assert.match(Buffer.from(answer.compile?.stderr ?? '', 'base64').toString(), /main\.c:1:25: error/);
  });
});

test('each stream has its own limit, and says that it was cut', async () => {
  const code = 'import sys\nsys.stderr.write("e" * 5000)\nprint("out")\n';
  const answer = await run({ language: 'python', code, output_limit_kb: 4 });
  const [result] = answer.results;
  assert.equal(answer.status, 'output_limit_exceeded');
  assert.deepEqual([result?.stdout_truncated, result?.stderr_truncated], [false, true]);
  assert.equal(result?.stderr, 'e'.repeat(4096));
});

test('10 MB of output are returned in full if the limit allows', async () => {
  const code = 'import sys\nsys.stdout.write("0123456789" * 1000000)\n';
  const answer = await run({ language: 'python', code, output_limit_kb: 10_240 });
  assert.equal(answer.status, 'completed');
  assert.equal(answer.results[0]?.stdout?.length, 10_000_000);
});
