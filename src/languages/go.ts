// Go: one `package main`, or a module of the client's own. The standard library is compiled once into a build cache
// that boxes see read-only; it is used only by builds with the same flags, so they stand here once.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import { GO_OPTIONS } from './compile-options.ts';
import { DIRECT_SCRIPTS, directly, prepareDirect } from './go-direct.ts';
import { OVERLAY_SCRIPT, overlayArgument, writeOverlay } from './go-watch.ts';
import type { CommandContext, InstalledTool, Language } from './language.ts';

/** Variables of every `go` command: nothing is downloaded, nothing is asked of version control, nothing is reported. */
function goEnvironment(cache: string): Record<string, string> {
  return {
    GOCACHE: cache,
    GOPATH: '/tmp/go',
    GOENV: 'off',
    GOFLAGS: '-trimpath -buildvcs=false',
    CGO_ENABLED: '0',
    GOPROXY: 'off',
    GOSUMDB: 'off',
    GOTOOLCHAIN: 'local',
    // Holds the file that switches telemetry off: it would start a process of its own in every box.
    XDG_CONFIG_HOME: `${cache}/config`,
  };
}

/**
 * Without what debuggers read, linking takes half the time; panics name their places all the same. A package that is
 * no `main` is refused by the mode: else its archive would be taken for the program.
 */
const FORM = ['-ldflags=-s -w', '-buildmode=exe'];
const OUTPUT = [...FORM, '-o', '/box/out/program'];

/** Where the files are themselves, and not links to them, which could not be embedded. */
const DIRECTORY = ['-C', '/code'];

function buildArguments({ files, prebuilt, prebuiltParts, compileOptions = [] }: CommandContext): string[] {
  const overlay = prebuiltParts.includes('go') ? [overlayArgument(`${prebuilt}/go`)] : [];
  const options = [...DIRECTORY, ...overlay, ...OUTPUT, ...compileOptions];
  if (files.includes('go.mod')) return [...options, packageOf(files[0] ?? '')];
  const sources = sourceArguments(files, ['.go']).filter(
    (file) => !file.includes('/') && !file.endsWith('_test.go'),
  );
  return [...options, ...sources];
}

/** The directory of the main file, as the `go` command names a package: `.` or `./cmd/app`. */
function packageOf(sourceFile: string): string {
  return ['.', ...sourceFile.split('/').slice(0, -1)].join('/');
}

/** The collector works harder near the limit instead of letting the heap double into it. */
function softMemoryLimit({ memoryBytes }: CommandContext): string {
  return String(Math.floor(memoryBytes * 0.9));
}

const OUT_OF_MEMORY = /(?:^|\n)fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)\n/;

const GO: InstalledTool = {
  name: 'go',
  hostNames: ['go'],
  debianPath: '/usr/lib/go-1.21/bin/go',
  versionArguments: ['version'],
  versionPattern: /go version go(\d+\.\d+(?:\.\d+)?)/,
  minimumVersion: '1.21',
};

export const go: Language = {
  id: 'go',
  name: 'Go',
  aliases: ['golang'],
  fileExtension: '.go',
  sourceNames: ['go.mod', 'go.sum', 'go.work'],
  tools: [GO],
  debianPackages: ['golang-1.21-go', 'golang-1.21-src'],
  debianMegabytes: 349,
  versions: {
    '1.24': {
      tools: [{ ...GO, hostNames: [], debianPath: '/usr/lib/go-1.24/bin/go', minimumVersion: '1.24' }],
      debianRelease: 'trixie',
      debianPackages: ['golang-1.24-go', 'golang-1.24-src'],
      debianMegabytes: 349,
    },
  },
  compileOptions: GO_OPTIONS,
  versionTool: 'go',
  memoryAllowanceMb: 0,
  prebuild: {
    part: 'go',
    essential: true,
    inputs: [{ path: 'config/go/telemetry/mode', content: 'off\n' }, OVERLAY_SCRIPT, ...DIRECT_SCRIPTS],
    commands: (tools, directory) => [
      writeOverlay(tools, directory, goEnvironment(directory)),
      command([tool(tools, 'go'), 'build', overlayArgument(directory), 'std'], goEnvironment(directory)),
      prepareDirect(tools, directory, [overlayArgument(directory), ...FORM], goEnvironment(directory)),
    ],
  },
  sourceFile: () => 'main.go',
  compile: (context) => {
    const cache = context.prebuiltParts.includes('go') ? `${context.prebuilt}/go` : '/tmp/go-cache';
    const argv = [tool(context.tools, 'go'), 'build', ...buildArguments(context)];
    return directly(command(argv, goEnvironment(cache)), context);
  },
  run: (context) => programCommand(['/build/program'], { GOMEMLIMIT: softMemoryLimit(context) }),
  watch: { part: 'go', usualEnd: { exitCode: 2, signal: null }, runtimeSignals: [] },
  uncaughtError: /^(?:panic|fatal error): [\s\S]*^goroutine \d+ \[/m,
  // A report that goes on with the runtime's own stack: a program can recover from no such error, nor make one.
  ranOutOfMemory: ({ exitCode, stderr }) =>
    exitCode === 2 && OUT_OF_MEMORY.test(stderr) && stderr.includes('\nruntime.throw({0x'),
  examples: {
    hello: {
      code: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, World!")\n}\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: `package main

import "fmt"

func main() {
	var a, b int64
	fmt.Scan(&a, &b)
	fmt.Println(a + b)
}
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
