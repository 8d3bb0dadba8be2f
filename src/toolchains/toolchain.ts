// The contract of toolchains: where a language's compilers and runtimes come from (this machine, a root made of Debian
// packages, or a container image), and the state of each. It knows nothing of executions.

import type { DirectoryRoot, RootFileSystem } from '../sandbox/sandbox.ts';

/** One version of one language, ready to compile and run. */
export interface Toolchain {
  readonly source: 'host' | 'debian' | 'image';
  readonly languageId: string;
  /** Full version as the tool prints it, e.g. `3.11.2`. */
  readonly version: string;
  readonly root: RootFileSystem;
  /** Absolute path in the box of each tool the language requires. */
  readonly tools: Readonly<Record<string, string>>;
  readonly prebuilt: string;
  readonly prebuiltParts: readonly string[];
}

/** A toolchain whose root is made of directories of this machine. */
export type InstalledToolchain = Toolchain & { readonly root: DirectoryRoot };

export type ToolchainStatus = 'ready' | 'installing' | 'missing';

/** Progress of the installation of a language. */
export interface InstallationProgress {
  /** Languages are installed one after the other: this one is step `step` of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** The current activity, or what it waits for. */
  readonly doing: string;
  /** Measured size on the disk, `null` if it was never measured. */
  readonly megabytes: number | null;
  /** When this step began or, while it waits, when the first step began. */
  readonly since: Date;
}

export interface ToolchainCatalog {
  /** Ready toolchains of a language, newest version first. */
  of(languageId: string): readonly Toolchain[];
  status(languageId: string): ToolchainStatus;
  /** Why a language is missing, `null` if it is not. */
  problem(languageId: string): string | null;
  /** Progress of a language that is being installed; `null` for others, and if it takes only seconds. */
  progress?(languageId: string): InstallationProgress | null;
  /** Resolves when all installations have ended. */
  settled(): Promise<void>;
  /** Stops installations; the next start resumes them. */
  close(): Promise<void>;
}

/** Writes a line of progress to the log. */
export type Log = (
  message: string,
  details?: Record<string, unknown>,
  level?: 'info' | 'warn' | 'error',
) => void;
