// The contract of a sandbox: what every driver (native, Docker) offers and promises. It knows programs, files
// and limits; it knows nothing of languages, test cases or verdicts. `sandbox-contract.ts` holds the cases that
// every driver passes.

/** A file given to a box. `path` is relative, without `..`; `content` are its bytes. */
export interface BoxFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * A read-only root file system; a driver takes one of the two kinds. `fingerprint` changes whenever anything that a
 * program could notice changes.
 */
export type RootFileSystem = DirectoryRoot | ImageRoot;

/** Pieces of this machine: `mounts` are shown to the box in order. */
export interface DirectoryRoot {
  readonly fingerprint: string;
  readonly mounts: readonly RootMount[];
}

/** A container image, by its id or reference. */
export interface ImageRoot {
  readonly fingerprint: string;
  readonly image: string;
}

/** `bind`: a directory or file of the host, read-only, at `target`. `symlink`: `target` points to `source`. */
export interface RootMount {
  readonly kind: 'bind' | 'symlink';
  readonly source: string;
  readonly target: string;
}

/** A program to start in a box. `argv[0]` is an absolute path in the box; nothing is ever read by a shell. */
export interface BoxCommand {
  readonly argv: readonly string[];
  /** `NAME=value`; the box has no other variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What one box may use. All of its processes and files in memory count together. */
export interface BoxLimits {
  readonly cpuTimeMs: number;
  /** Time in which it runs, sleeps or waits. Time in which it could run but gets no processor does not count. */
  readonly wallTimeMs: number;
  readonly memoryBytes: number;
  /** Processes and threads alive at once. */
  readonly processes: number;
  /** Bytes of each of stdout and stderr. */
  readonly outputBytes: number;
  /** Size of one file that the program writes. */
  readonly fileSizeBytes: number;
  /** Size of the work directory and /tmp together. */
  readonly diskBytes: number;
  readonly openFiles: number;
  readonly stackBytes: number;
  /** Cores, averaged over one second; 0 is without a quota. */
  readonly cpuQuota: number;
}

/** The limit that ended a program, `null` when none did. */
export type LimitReached = 'cpu' | 'wall' | 'memory' | 'output' | null;

/** How a program in a box ended. Whatever the program did is told here; a driver's own failure is thrown. */
export interface BoxOutcome {
  readonly exitCode: number | null;
  /** Name of the signal that ended it, e.g. `SIGSEGV`. */
  readonly signal: string | null;
  readonly limitReached: LimitReached;
  /** The kernel killed a process of the box because its memory limit was reached. */
  readonly outOfMemory: boolean;
  /** Ended for a system call that no program of ours needs (SIGSYS by the filter). */
  readonly forbiddenSystemCall: boolean;
  /** Stopped because the caller's signal was aborted. */
  readonly cancelled: boolean;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly stdoutTruncated: boolean;
  readonly stderrTruncated: boolean;
  /** User and system time of all processes of the box. */
  readonly cpuTimeMs: number;
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  readonly wallTimeMs: number;
  /** Peak of the box's memory. */
  readonly memoryBytes: number;
}

export interface BuildOutcome extends BoxOutcome {
  /** True when an identical build was done before and nothing ran now. The figures are those of that build. */
  readonly cached: boolean;
}

/**
 * The files of one submission, and what was built from them. In each box the submitted files are at `/code`
 * and what a build left in `/box/out` is at `/build`, both read-only; the working directory `/box/work` is
 * empty but for links to the entries of `/code`, writable, and gone with the box.
 */
export interface Workspace extends AsyncDisposable {
  /**
   * Runs a compiler. When it exits with 0, the regular files it left in `/box/out` are the workspace's
   * `/build` from then on. An identical build (root, files, command) that ended by itself is remembered.
   */
  build(command: BoxCommand, limits: BoxLimits, signal: AbortSignal): Promise<BuildOutcome>;
  /** Runs a program with `stdin` in a box of its own. */
  run(command: BoxCommand, stdin: Uint8Array, limits: BoxLimits, signal: AbortSignal): Promise<BoxOutcome>;
}

/**
 * A source of boxes. Each program runs in a fresh box: no network, a read-only root, an own work directory,
 * no capabilities, own process numbers; nothing of it survives its end.
 */
export interface Sandbox {
  /** The driver's name, as answers show it. */
  readonly name: 'native' | 'docker';
  /** Boxes that may run a program at the same time. */
  readonly slots: number;
  /** How many of them one workspace may use. More runs of it wait for their turn. */
  readonly slotsOfWorkspace: number;
  /** Opens a place for the files of one submission. Throws a `SandboxError` when none can be had. */
  open(root: RootFileSystem, files: readonly BoxFile[]): Promise<Workspace>;
  /** Makes a real box, runs a program in it and answers after how many milliseconds. Throws a `SandboxError`. */
  probe(): Promise<number>;
  /** Removes what is kept though nothing needs it: what earlier processes left, and builds of no open workspace. */
  cleanUp(): Promise<CleanUp>;
  /** Ends what runs and releases everything. */
  close(): Promise<void>;
}

/** What was removed. */
interface CleanUp {
  readonly containers: number;
  readonly workspaces: number;
  readonly builds: number;
  /** Of memory and disk together. */
  readonly bytes: number;
}

const NOTHING = new Uint8Array();

/** What a run comes to that was cancelled before it began. */
export const CANCELLED: BoxOutcome = {
  exitCode: null,
  signal: null,
  limitReached: null,
  outOfMemory: false,
  forbiddenSystemCall: false,
  cancelled: true,
  stdout: NOTHING,
  stderr: NOTHING,
  stdoutTruncated: false,
  stderrTruncated: false,
  cpuTimeMs: 0,
  cpuUserMs: 0,
  cpuSystemMs: 0,
  wallTimeMs: 0,
  memoryBytes: 0,
};

/** The sandbox itself failed: never the program's verdict. `retryable` when a second try may succeed. */
export class SandboxError extends Error {
  readonly retryable: boolean;
  /** The machine gave a program too little CPU time to judge it. */
  readonly busy: boolean;
  constructor(message: string, options: { retryable: boolean; busy?: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'SandboxError';
    this.retryable = options.retryable;
    this.busy = options.busy ?? false;
  }
}
