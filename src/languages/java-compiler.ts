// How Java is compiled: by the compiler's own entry point in a process that may be started ahead, which then has compiled
// a program before it waits at the gate. It starts from an archive of its classes.

import { command, sourceArguments, tool } from './command.ts';
import { JAVA_GATE } from './gate.ts';
import type { CommandContext, LanguageCommand } from './language.ts';

const ARCHIVE = 'javac.jsa';
/** The runtime takes classes into its archive from a jar only. */
const JAR = 'compiler.jar';
const CLASS = 'codeexecution.Compile';
const WARM_UP_FILE = 'Main.java';

/** What it compiles first: a program that leads the compiler through most of its classes. */
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

/** Its first argument is the program to compile first, the others are the compiler's. `/code` is the only source there. */
const SOURCE = `package codeexecution;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

public final class Compile {
    public static void main(String[] args) throws IOException {
        if (Files.exists(Path.of("/box/ready"))) {
            warmUp(args[0]);
            waitAtGate();
        }
        List<String> rest = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
        if (rest.remove("/code")) rest.add(onlySource());
        System.exit(com.sun.tools.javac.Main.compile(rest.toArray(new String[0])));
    }

    private static void warmUp(String program) throws IOException {
        Path out = Files.createTempDirectory("warm-up");
        String[] words = {"-proc:none", "-encoding", "UTF-8", "-d", out.toString(), program};
        com.sun.tools.javac.Main.compile(words, new PrintWriter(Writer.nullWriter()));
        try (Stream<Path> left = Files.walk(out)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** As the client named it. */
    private static String onlySource() throws IOException {
        Path code = Path.of("/code");
        try (Stream<Path> files = Files.walk(code)) {
            String name = files.map(code::relativize).map(Path::toString).filter(file -> file.endsWith(".java")).findFirst().orElseThrow();
            return name.startsWith("-") || name.startsWith("@") ? "./" + name : name;
        }
    }

    ${JAVA_GATE}
}
`;

/** Flags of the runtime that the compiler runs in. It never reaches the optimizing compiler, which would only cost time. */
const FLAGS = ['-XX:+UseSerialGC', '-XX:-UsePerfData', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-Xss8m'];

/** Among the inputs of the part. */
export const COMPILER_INPUTS = [
  { path: WARM_UP_FILE, content: WARM_UP },
  { path: 'compiler/Compile.java', content: SOURCE },
];

type Tools = Readonly<Record<string, string>>;

/** What makes the part of its inputs. */
export function prepareCompiler(tools: Tools, directory: string): LanguageCommand[] {
  const javac = tool(tools, 'javac');
  const classes = `${directory}/compiler`;
  return [
    command([javac, '-proc:none', '-nowarn', '-d', classes, `${classes}/Compile.java`]),
    command([javac.replace(/javac$/, 'jar'), '-cf', `${directory}/${JAR}`, '-C', classes, 'codeexecution']),
    command([
      ...[tool(tools, 'java'), `-XX:ArchiveClassesAtExit=${directory}/${ARCHIVE}`],
      ...[...FLAGS, '-cp', `${directory}/${JAR}`, CLASS, '', '-proc:none', '-encoding', 'UTF-8'],
      ...['-d', '/tmp/warm-up', `${directory}/${WARM_UP_FILE}`],
    ]),
  ];
}

/** `words` are the compiler's options. */
export function compilerCommand(context: CommandContext, words: readonly string[]): LanguageCommand {
  const { tools, files, prebuilt, prebuiltParts } = context;
  const sources = sourceArguments(files, ['.java']);
  if (!prebuiltParts.includes('java')) {
    const flags = FLAGS.map((flag) => `-J${flag}`);
    return command([tool(tools, 'javac'), ...flags, ...words, ...sources]);
  }
  const directory = `${prebuilt}/java`;
  const argv = [
    ...[tool(tools, 'java'), `-XX:SharedArchiveFile=${directory}/${ARCHIVE}`, ...FLAGS],
    ...['-cp', `${directory}/${JAR}`, CLASS, `${directory}/${WARM_UP_FILE}`, ...words],
    // A single source is not named, so that the same command serves all.
    ...(sources.length === 1 ? ['/code'] : sources),
  ];
  return { ...command(argv), hasGate: true };
}
