// The help of the command and of each of its parts.

const COMMON = `
Options of all commands:
  --url URL            the service (CES_URL), http://127.0.0.1:3004 by default
  --key KEY            its API key (CES_KEY)
  -l, --language NAME  instead of the one by the file's ending
  -t, --time SECONDS   CPU time limit of a run
  -m, --memory MB      memory limit of a run
  --json               prints the service's answer
  -h, --help           help of a command

Exit codes: 0 good, 1 the program, a test or a package failed, 2 wrong usage, 3 the service failed.
Colours follow NO_COLOR and FORCE_COLOR.
`;

const HELP: Readonly<Record<string, string>> = {
  run: `ces run FILE [-- ARGUMENT...]
  Runs a program: stdin goes in, its output comes out.

  ces run main.py < input.txt
  ces run main.cpp -- --verbose
`,
  test: `ces test FILE TEST... [--checker NAME]
  Judges a program. A test is NAME.in, with what is expected in NAME.ans or NAME.out; a directory has many.

  ces test main.cpp tests/*.in
  ces test main.py tests --checker float
`,
  watch: `ces watch FILE
  Runs a program at each save.

  ces watch main.py
`,
  bench: `ces bench FILE [--count N] [--concurrency N]
  Measures how fast the service runs a program.

  ces bench main.py --count 200 --concurrency 8
`,
  problem: `ces problem check PACKAGE.zip
ces problem put ID PACKAGE.zip
  Has the service read a problem package of ICPC, Kattis or Polygon and run its submissions; put also keeps it. Exits
  with 0 only if all submissions end as expected.

  ces problem check sum.zip
  ces problem put sum sum.zip --json
`,
  languages: `ces languages
  Lists languages and versions.

  ces languages --json
`,
  completion: `ces completion bash|zsh|fish
  Prints a script that completes commands and options.

  source <(ces completion bash)
`,
};

/** Of a command, or of all. */
export function helpOf(command: string): string {
  const one = HELP[command];
  return `${one ?? Object.values(HELP).join('\n')}${COMMON}`;
}
