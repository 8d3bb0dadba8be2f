// The contract of toolchains: where a language's compilers and runtimes come from (this machine, or a root made of
// Debian packages), and the state of each. It knows nothing of sandboxes or executions.

/** A read-only root file system that programs see, as a list of mounts (same shape as the sandbox's). */
export interface ToolchainRoot {
  /** Changes whenever anything that a program could notice changes. */
  readonly fingerprint: string;
  readonly mounts: readonly {
    readonly kind: 'bind' | 'symlink';
    readonly source: string;
    readonly target: string;
  }[];
}

/** One version of one language, ready to compile and run. */
export interface Toolchain {
  readonly source: 'host' | 'debian';
  readonly languageId: string;
  /** Full version as the tool prints it, e.g. `3.11.2`. */
  readonly version: string;
  readonly root: ToolchainRoot;
  /** Absolute path in the box of each tool the language requires. */
  readonly tools: Readonly<Record<string, string>>;
  readonly prebuilt: string;
  readonly prebuiltParts: readonly string[];
}

export type ToolchainStatus = 'ready' | 'installing' | 'missing';

export interface ToolchainCatalog {
  /** Ready toolchains of a language, newest version first. */
  of(languageId: string): readonly Toolchain[];
  status(languageId: string): ToolchainStatus;
  /** Why a language is missing, `null` when it is not. */
  problem(languageId: string): string | null;
  /** Resolves when nothing is being installed any more. */
  settled(): Promise<void>;
  /** Stops installations under way; what they had is resumed by the next start. */
  close(): Promise<void>;
}
