// The contract of a language: how its source is named, compiled and run, and how it reports that memory ran out.
// It knows nothing of sandboxes, toolchain sources or test cases; all quirks of a language stay in its file.

import type { CompileOption } from './compile-options.ts';
import type { UnitTests } from './unit-tests.ts';

/** A program that a language needs, and where each toolchain source finds it. */
type ToolRequirement = InstalledTool | BundledTool;

/** A program that the machine, or a Debian package, brings. */
export interface InstalledTool {
  /** Name by which commands refer to it, e.g. `python`. */
  readonly name: string;
  /** File names searched on the host, the preferred first, e.g. `['python3.13', 'python3']`; none for a further version. */
  readonly hostNames: readonly string[];
  /** Absolute path in the Debian root. */
  readonly debianPath: string;
  /** Arguments that make it print its version, and the pattern of the version in that output. */
  readonly versionArguments: readonly string[];
  readonly versionPattern: RegExp;
  /** Minimum version, e.g. `3.11`. */
  readonly minimumVersion: string;
  /** Arguments that make it print its own directory, for a tool that a version manager may keep in a home. */
  readonly directoryArguments?: readonly string[];
}

/** A program that comes with this service as an npm package: the same for every source. */
export interface BundledTool {
  readonly name: string;
  /** Its directory under /opt, if not its name. */
  readonly directory?: string;
  /** Shown in `node_modules` of that directory. The first holds the tool, and its version is the tool's. */
  readonly packages: readonly string[];
  /** Path of the program in the first package. */
  readonly path: string;
}

/** What a command may refer to: paths in the box, and the limits of the run. */
export interface CommandContext {
  /** Absolute path in the box of each required tool, by name. */
  readonly tools: Readonly<Record<string, string>>;
  /** One of the language's `standards`, when the request names one. */
  readonly standard?: string;
  /** Options of the request, each one that the language lists. */
  readonly compileOptions?: readonly string[];
  /** Arguments for what runs the program, such as an interpreter; languages that run alone have no use for them. */
  readonly interpreterArguments?: readonly string[];
  /** Directory with what was built into the root to make languages fast, e.g. `/opt/prebuilt`; may lack any part. */
  readonly prebuilt: string;
  /** Parts present under `prebuilt`, e.g. `go`, `java`, `cpp`. */
  readonly prebuiltParts: readonly string[];
  /** Name of the main source file, under `/code`. */
  readonly sourceFile: string;
  /** All submitted files, relative to `/code`, the main one first. */
  readonly files: readonly string[];
  /** The request's memory limit in bytes, without the language's allowance. */
  readonly memoryBytes: number;
  /** The main source's text. */
  readonly code: string;
  /** The text of another submitted file. */
  readonly textOf?: (file: string) => string;
}

export interface LanguageCommand {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Its runtime waits at the gate (`gate.ts`) before it reads the submission. */
  readonly hasGate?: boolean;
}

/** What is prepared once per toolchain so that a language is fast: run outside of any request, on trusted input. */
export interface PrebuildStep {
  /** Directory name under `/opt/prebuilt`. */
  readonly part: string;
  /** Without it, the language is too slow to be offered. */
  readonly essential: boolean;
  /** Its commands take less than a second: it is built before any language is offered. */
  readonly isQuick?: boolean;
  /** Files written into the part's directory before the command runs: `path` relative to it. */
  readonly inputs?: readonly { readonly path: string; readonly content: string }[];
  /** Commands run in turn with `directory` = the part's directory as programs see it. */
  commands(tools: Readonly<Record<string, string>>, directory: string): readonly LanguageCommand[];
}

/** What distinguishes a further version from the usual one: where its tools come from. */
type LanguageVersion = Pick<Language, 'tools' | 'debianPackages'> &
  Partial<Pick<Language, 'debianRelease' | 'debianMegabytes' | 'prebuild' | 'compile'>>;

interface LanguageExample {
  readonly code: string;
  readonly stdin: string;
  readonly expectedOutput: string;
}

export interface Language {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** With the dot, e.g. `.py`. */
  readonly fileExtension: string;
  /** Endings of further files that its tools read as code, e.g. `.h`. */
  readonly sourceExtensions?: readonly string[];
  /** Names of files that its tools read besides, e.g. `go.mod`. */
  readonly sourceNames?: readonly string[];
  /**
   * Standards of the language that a request may name behind the language's name or as the version, with the tool's
   * word for each: `20` in `c++20` is `gnu++20`.
   */
  readonly standards?: Readonly<Record<string, string>>;
  /** Options that a request may add to the compiler's command. */
  readonly compileOptions?: readonly CompileOption[];
  /** What stands before a standard's number in its usual name, when that is not the language's id. */
  readonly standardPrefix?: string;
  readonly tools: readonly ToolRequirement[];
  /** Debian packages that bring the tools into the Debian root. */
  readonly debianPackages: readonly string[];
  /** The release of Debian that brings the packages; bookworm if absent. */
  readonly debianRelease?: 'trixie';
  /** Files and directories outside of /usr that its tools read, e.g. `/etc/mono`. */
  readonly configuration?: readonly string[];
  /** MB on the disk of a Debian root with these packages and nothing else, as measured. */
  readonly debianMegabytes?: number;
  /** Versions beside the usual one, by the beginning that they share, e.g. `3.13`: each is installed only if it is named. */
  readonly versions?: Readonly<Record<string, LanguageVersion>>;
  /** Tool whose version is the language's version. */
  readonly versionTool: string;
  /** MiB added to the request's memory limit, for the runtime itself. */
  readonly memoryAllowanceMb: number;
  readonly prebuild?: PrebuildStep;
  /** Name of the file that `code` is written to, e.g. `Main.java`; may depend on the code. */
  sourceFile(code: string): string;
  /** The compiler's command; absent for languages that run from source. It writes into `/box/out`. */
  compile?(context: CommandContext): LanguageCommand;
  /**
   * For a language that runs from source: the command that fails for a main source with a syntax error, and says where
   * it is. It runs nothing of the source.
   */
  check?(context: CommandContext): LanguageCommand;
  /** The program's command; the request's `args` are appended to its argv. */
  run(context: CommandContext): LanguageCommand;
  /**
   * True when this end of a program means that its runtime refused memory (JVM, V8), though nothing was killed.
   * `stderr` is the end of what the program wrote there.
   */
  ranOutOfMemory?(end: { exitCode: number | null; signal: string | null; stderr: string }): boolean;
  /**
   * What the runtime writes to stderr about an error that nobody caught, when its exit code could be a verdict of a
   * checker program.
   */
  readonly uncaughtError?: RegExp;
  /** A part that ends a program whose runtime could not allocate, as `watched-end.ts` says. */
  readonly watch?: {
    readonly part: string;
    /** How such a program ends without the part. */
    readonly usualEnd: { readonly exitCode: number | null; readonly signal: string | null };
    /** Signals that only the runtime ends by: its output is then considered. */
    readonly runtimeSignals: readonly string[];
  };
  /** Absent if unit tests of its programs cannot be run. */
  readonly unitTests?: UnitTests;
  readonly examples: { readonly hello: LanguageExample; readonly sum: LanguageExample };
}
