// The contract of toolchains: where a language's compilers and runtimes come from (this machine, or a root made of
// Debian packages), and the state of each. It knows nothing of sandboxes or executions.

/** A container image as a root file system (same shape as the sandbox's). */
export interface ToolchainImage {
  /** Changes whenever anything that a program could notice changes. */
  readonly fingerprint: string;
  readonly image: string;
}

/** A read-only root file system that programs see, as a list of mounts (same shape as the sandbox's). */
export interface ToolchainRoot {
  /** Changes whenever anything that a program could notice changes. */
  readonly fingerprint: string;
  readonly mounts: readonly ToolchainMount[];
}

/** `bind`: a directory or file of this machine at `target`. `symlink`: `target` points to `source`. */
export interface ToolchainMount {
  readonly kind: 'bind' | 'symlink';
  readonly source: string;
  readonly target: string;
}

/** One version of one language, ready to compile and run. */
export interface Toolchain {
  readonly source: 'host' | 'debian' | 'image';
  readonly languageId: string;
  /** Full version as the tool prints it, e.g. `3.11.2`. */
  readonly version: string;
  readonly root: ToolchainRoot | ToolchainImage;
  /** Absolute path in the box of each tool the language requires. */
  readonly tools: Readonly<Record<string, string>>;
  readonly prebuilt: string;
  readonly prebuiltParts: readonly string[];
}

/** A toolchain that stands in directories of this machine. */
export type InstalledToolchain = Toolchain & { readonly root: ToolchainRoot };

export type ToolchainStatus = 'ready' | 'installing' | 'missing';

/** How far the installation of a language is. */
export interface InstallationProgress {
  /** Languages are installed one after the other: this one is step `step` of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** What is being done at the moment, or what is waited for. */
  readonly doing: string;
  /** What it will take on the disk, measured; `null` when nobody measured it. */
  readonly megabytes: number | null;
  /** When this step began or, while it waits, when the first did. */
  readonly since: Date;
}

export interface ToolchainCatalog {
  /** Ready toolchains of a language, newest version first. */
  of(languageId: string): readonly Toolchain[];
  status(languageId: string): ToolchainStatus;
  /** Why a language is missing, `null` when it is not. */
  problem(languageId: string): string | null;
  /** How far a language is that is being installed; `null` when it is not, or when that takes seconds. */
  progress?(languageId: string): InstallationProgress | null;
  /** Resolves when nothing is being installed any more. */
  settled(): Promise<void>;
  /** Stops installations under way; what they had is resumed by the next start. */
  close(): Promise<void>;
}

/** Takes lines of progress, of level `info` unless it says otherwise. */
export type Log = (
  message: string,
  details?: Record<string, unknown>,
  level?: 'info' | 'warn' | 'error',
) => void;

// What a toolchain must know of a language, in shape alone: languages satisfy it without being imported here.

export interface RequiredCommand {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface RequiredInstalledTool {
  readonly name: string;
  readonly hostNames: readonly string[];
  readonly debianPath: string;
  readonly versionArguments: readonly string[];
  readonly versionPattern: RegExp;
  readonly minimumVersion: string;
  readonly directoryArguments?: readonly string[];
}

export interface RequiredBundledTool {
  readonly name: string;
  readonly packages: readonly string[];
  readonly path: string;
}

export interface RequiredPart {
  readonly part: string;
  readonly essential: boolean;
  readonly inputs?: readonly { readonly path: string; readonly content: string }[];
  commands(tools: Readonly<Record<string, string>>, directory: string): readonly RequiredCommand[];
}

export interface RequiredContext {
  readonly tools: Readonly<Record<string, string>>;
  readonly prebuilt: string;
  readonly prebuiltParts: readonly string[];
  readonly sourceFile: string;
  readonly files: readonly string[];
  readonly memoryBytes: number;
  readonly code: string;
}

interface RequiredExample {
  readonly code: string;
  readonly stdin: string;
  readonly expectedOutput: string;
}

export interface Requirement {
  readonly id: string;
  readonly tools: readonly (RequiredInstalledTool | RequiredBundledTool)[];
  readonly debianPackages: readonly string[];
  /** MB of a root with these packages, as measured. */
  readonly debianMegabytes?: number;
  readonly versionTool: string;
  readonly prebuild?: RequiredPart;
  sourceFile(code: string): string;
  compile?(context: RequiredContext): RequiredCommand;
  run(context: RequiredContext): RequiredCommand;
  readonly examples: { readonly hello: RequiredExample; readonly sum: RequiredExample };
}
