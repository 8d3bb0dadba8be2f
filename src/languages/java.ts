// Java: all submitted sources are compiled together, then the class with `main` is started. The compiler starts from
// an archive of its own classes and never reaches the optimizing compiler, which would only cost it time.

import { MIB } from '../units.ts';
import { command, programCommand, sourceArguments, tool } from './command.ts';
import { JAVA_OPTIONS } from './compile-options.ts';
import { compileMainCheck, MAIN_CHECK_INPUT, mainCheckArguments } from './java-main-check.ts';
import { classWithMain, readJavaSource } from './java-source.ts';
import { compileWatch, WATCH_INPUT, watchArguments } from './java-watch.ts';
import type { CommandContext, InstalledTool, Language } from './language.ts';

const DEBIAN_ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;
const DEBIAN_JDK = `/usr/lib/jvm/java-17-openjdk-${DEBIAN_ARCHITECTURE}`;
const ARCHIVE = 'javac.jsa';
/** Enables assertions: an option of the run, which stands among those of the compile. */
const ASSERTIONS = '-ea';
const JVM_FLAGS = ['-XX:+UseSerialGC', '-XX:-UsePerfData', '-Xshare:auto'];
const COMPILER_FLAGS = [...JVM_FLAGS, '-XX:TieredStopAtLevel=1', '-Xss8m'].map((flag) => `-J${flag}`);

function jdkTool(name: 'java' | 'javac', versionPattern: RegExp): InstalledTool {
  return {
    name,
    hostNames: [name],
    debianPath: `${DEBIAN_JDK}/bin/${name}`,
    versionArguments: ['-version'],
    versionPattern,
    minimumVersion: '17',
  };
}

/** What the archive is made from: a program that leads the compiler through most of its classes. */
const WARM_UP = `import java.io.*;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

public class Main {
    record Point(int x, int y) {}
    interface Shape { double area(); }
    static class Circle implements Shape {
        private final double radius;
        Circle(double radius) { this.radius = radius; }
        @Override public double area() { return Math.PI * radius * radius; }
    }
    static <T extends Comparable<T>> T largest(List<? extends T> values) {
        T best = null;
        for (T value : values) if (best == null || value.compareTo(best) > 0) best = value;
        return best;
    }
    public static void main(String[] args) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
        Map<String, Integer> counts = new HashMap<>();
        int[][] grid = new int[4][4];
        for (int i = 0; i < 4; i++) for (int j = 0; j < 4; j++) grid[i][j] = i * j;
        String line = reader.readLine();
        if (line != null) for (String word : line.split(" ")) counts.merge(word, 1, Integer::sum);
        List<Integer> squares = IntStream.range(0, 9).mapToObj(x -> x * x).collect(Collectors.toList());
        Function<Integer, String> show = x -> switch (x % 3) { case 0 -> "a"; case 1 -> "b"; default -> "c"; };
        try (Scanner scanner = new Scanner("1 2")) {
            while (scanner.hasNextInt()) System.out.printf("%d %s%n", scanner.nextInt(), show.apply(1));
        } catch (IllegalStateException | NumberFormatException e) {
            throw new RuntimeException("failed: " + e.getMessage(), e);
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Integer> entry : counts.entrySet()) text.append(entry.getKey()).append('=');
        System.out.println(text + " " + largest(squares) + new Point(1, 2) + new Circle(2).area() + grid[3][3]);
    }
}
`;

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
const LOG_FLAGS = ['-Xlog:disable', '-Xlog:all=warning:stderr'];

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
  const { tools, files, prebuilt, prebuiltParts, compileOptions = [] } = context;
  const hasPart = prebuiltParts.includes('java');
  const isMainShown = !hasPart || shownMainClass(context) !== null;
  return command([
    tool(tools, 'javac'),
    ...(hasPart ? [`-J-XX:SharedArchiveFile=${prebuilt}/java/${ARCHIVE}`] : []),
    ...COMPILER_FLAGS,
    ...(isMainShown ? ['-proc:none'] : mainCheckArguments(`${prebuilt}/java`, mainClass(context))),
    ...['-encoding', 'UTF-8', '-d', '/box/out'],
    ...compileOptions.filter((option) => option !== ASSERTIONS).flatMap((option) => option.split('=')),
    ...sourceArguments(files, ['.java']),
  ]);
}

export const java: Language = {
  id: 'java',
  name: 'Java',
  aliases: ['jdk', 'openjdk'],
  fileExtension: '.java',
  tools: [jdkTool('javac', /javac (\d+(?:\.\d+)*)/), jdkTool('java', /version "(\d+(?:\.\d+)*)/)],
  debianPackages: ['openjdk-17-jdk-headless'],
  debianMegabytes: 406,
  compileOptions: JAVA_OPTIONS,
  versionTool: 'javac',
  memoryAllowanceMb: 96,
  prebuild: {
    part: 'java',
    essential: false,
    inputs: [{ path: 'Main.java', content: WARM_UP }, WATCH_INPUT, MAIN_CHECK_INPUT],
    commands: (tools, directory) => [
      command([
        tool(tools, 'javac'),
        `-J-XX:ArchiveClassesAtExit=${directory}/${ARCHIVE}`,
        ...COMPILER_FLAGS,
        ...['-proc:none', '-encoding', 'UTF-8', '-d', '/tmp/warm-up', `${directory}/Main.java`],
      ]),
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
