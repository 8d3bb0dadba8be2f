// Java: all submitted sources are compiled together, then the class with `main` is started.

import { MIB } from '../units.ts';
import { programCommand, tool } from './command.ts';
import { JAVA_OPTIONS } from './compile-options.ts';
import { COMPILER_INPUTS, compilerCommand, prepareCompiler } from './java-compiler.ts';
import { compileMainCheck, MAIN_CHECK_INPUT, mainCheckArguments } from './java-main-check.ts';
import { classWithMain, readJavaSource } from './java-source.ts';
import { compileWatch, WATCH_INPUT, watchArguments } from './java-watch.ts';
import type { CommandContext, InstalledTool, Language } from './language.ts';

const DEBIAN_ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;
/** Enables assertions: an option of the run, which stands among those of the compile. */
const ASSERTIONS = '-ea';
const JVM_FLAGS = ['-XX:+UseSerialGC', '-XX:-UsePerfData', '-Xshare:auto'];

/** Two tools of one JDK. */
function jdkTools(version: '17' | '21', isOnHost = version === '17'): InstalledTool[] {
  const named = (name: 'java' | 'javac', versionPattern: RegExp): InstalledTool => ({
    name,
    hostNames: isOnHost ? [name] : [],
    debianPath: `/usr/lib/jvm/java-${version}-openjdk-${DEBIAN_ARCHITECTURE}/bin/${name}`,
    versionArguments: ['-version'],
    versionPattern,
    minimumVersion: version,
  });
  return [named('javac', /javac (\d+(?:\.\d+)*)/), named('java', /version "(\d+(?:\.\d+)*)/)];
}

const REPORT = 'Exception in thread "';
const OF_MEMORY = /^Exception in thread "[^"\n]{0,200}" java\.lang\.OutOfMemoryError(?!: unable to create)/;

/** Whether the last uncaught exception is about memory. Threads that cannot be started are another limit. */
function lastReportIsOfMemory(stderr: string): boolean {
  return OF_MEMORY.test(stderr.slice(Math.max(0, stderr.lastIndexOf(REPORT))));
}

/** Stacks grow with the limit, so that deep recursion ends as StackOverflowError before memory runs out. */
function stackMb(memoryBytes: number): number {
  return Math.min(64, Math.max(4, Math.floor(memoryBytes / MIB / 8)));
}

/** Warnings of the runtime, as of a thread that could not be started, would stand in the program's output. */
const LOG_FLAGS = [
  ...['-Xlog:disable', '-Xlog:all=warning:stderr'],
  // From Java 21 on, it warns of the watching class before the program begins.
  '-Xlog:cds=off:stderr',
];

/** The class whose `main` its source shows: of the main source, else of the first other file. */
function shownMainClass({ code, files, textOf }: CommandContext): string | null {
  const own = classWithMain(code);
  if (own !== null || textOf === undefined) return own;
  const others = files.slice(1).filter((name) => name.endsWith('.java'));
  for (const file of others) {
    const other = classWithMain(textOf(file));
    if (other !== null) return other;
  }
  return null;
}

/** The class to start. */
function mainClass(context: CommandContext): string {
  return shownMainClass(context) ?? readJavaSource(context.code).mainClass;
}

function runJava(context: CommandContext) {
  const {
    tools,
    memoryBytes,
    prebuilt,
    prebuiltParts,
    compileOptions = [],
    interpreterArguments = [],
  } = context;
  const argv = [
    tool(tools, 'java'),
    ...JVM_FLAGS,
    ...LOG_FLAGS,
    `-Xmx${Math.floor(memoryBytes / MIB)}m`,
    // One array fits into the old generation only: seven eighths of the heap instead of two thirds.
    '-XX:NewRatio=7',
    `-Xss${stackMb(memoryBytes)}m`,
    '-XX:ReservedCodeCacheSize=64m',
    ...(prebuiltParts.includes('java') ? watchArguments(`${prebuilt}/java`) : []),
    ...compileOptions.filter((option) => option === ASSERTIONS),
    ...interpreterArguments,
    // Resources lie beside the sources.
    ...['-DONLINE_JUDGE=true', '-cp', '/build:/code', mainClass(context)],
  ];
  return programCommand(argv, {}, prebuiltParts.includes('java'));
}

function compileJava(context: CommandContext) {
  const { prebuilt, prebuiltParts, compileOptions = [] } = context;
  const isMainShown = !prebuiltParts.includes('java') || shownMainClass(context) !== null;
  const options = compileOptions.filter((option) => option !== ASSERTIONS);
  return compilerCommand(context, [
    ...(isMainShown ? ['-proc:none'] : mainCheckArguments(`${prebuilt}/java`, mainClass(context))),
    ...['-encoding', 'UTF-8', '-d', '/box/out'],
    ...options.flatMap((option) => option.split('=')),
  ]);
}

export const java: Language = {
  id: 'java',
  name: 'Java',
  aliases: ['jdk', 'openjdk'],
  fileExtension: '.java',
  tools: jdkTools('17'),
  debianPackages: ['openjdk-17-jdk-headless'],
  debianMegabytes: 406,
  versions: {
    21: {
      tools: jdkTools('21'),
      debianRelease: 'trixie',
      debianPackages: ['openjdk-21-jdk-headless'],
      debianMegabytes: 363,
    },
  },
  compileOptions: JAVA_OPTIONS,
  versionTool: 'javac',
  memoryAllowanceMb: 96,
  prebuild: {
    part: 'java',
    essential: false,
    inputs: [...COMPILER_INPUTS, WATCH_INPUT, MAIN_CHECK_INPUT],
    commands: (tools, directory) => [
      ...prepareCompiler(tools, directory),
      compileWatch(tools, directory),
      compileMainCheck(tools, directory),
    ],
  },
  sourceFile: (code) => readJavaSource(code).file,
  compile: compileJava,
  run: runJava,
  watch: { part: 'java', usualEnd: { exitCode: 1, signal: null }, runtimeSignals: [] },
  uncaughtError: /^Exception in thread "/m,
  ranOutOfMemory: ({ exitCode, stderr }) => exitCode === 1 && lastReportIsOfMemory(stderr),
  examples: {
    hello: {
      code: `public class Main {
    public static void main(String[] args) {
        System.out.println("Hello, World!");
    }
}
`,
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: `import java.util.Scanner;

public class Main {
    public static void main(String[] args) {
        Scanner scanner = new Scanner(System.in);
        System.out.println(scanner.nextLong() + scanner.nextLong());
    }
}
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
