// The contract of a sandbox: what every driver (native, Docker) provides. It knows programs, files and limits; it knows
// nothing of languages, test cases or verdicts. `sandbox-contract.ts` has the cases that every driver passes.

import type { Readable, Writable } from 'node:stream';

/** A file of a submission. `path` is relative, without `..`; `content` is its bytes. */
export interface BoxFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * A read-only root file system; each driver accepts one of the two kinds. `fingerprint` changes whenever something
 * changes that a program could notice.
 */
export type RootFileSystem = DirectoryRoot | ImageRoot;

/** Parts of this machine: the box sees `mounts`, made in order. */
export interface DirectoryRoot {
  readonly fingerprint: string;
  readonly mounts: readonly RootMount[];
}

/** A container image, by id or reference. */
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

/** A program to start in a box. `argv[0]` is an absolute path in the box; no shell reads any of it. */
export interface BoxCommand {
  readonly argv: readonly string[];
  /** `NAME=value`; the box has no other variables. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Where there is a gate (`/box/ready` and `/box/go`), the program waits there before it reads anything of the
   * submission, so that the same command may be started ahead of a later run.
   */
  readonly hasGate?: boolean;
  /** Of a build: it is made here even if another worker has made it, as it shows that the compiler works. */
  readonly isLocal?: boolean;
}

/** What one box may use. All its processes and files in memory count together. */
export interface BoxLimits {
  readonly cpuTimeMs: number;
  /** Time in which it runs, sleeps or waits. Time in which it is ready but gets no processor does not count. */
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
  /** Cores, averaged over one second; 0 is no quota. */
  readonly cpuQuota: number;
}

/** The limit that ended a program, `null` if none did. */
export type LimitReached = 'cpu' | 'wall' | 'memory' | 'output' | 'idle' | null;

/** How a program in a box ended. Whatever the program did is reported here; a failure of the driver is thrown. */
export interface BoxOutcome {
  readonly exitCode: number | null;
  /** Name of the signal that ended it, e.g. `SIGSEGV`. */
  readonly signal: string | null;
  readonly limitReached: LimitReached;
  /** The kernel killed a process of the box because its memory limit was reached. */
  readonly outOfMemory: boolean;
  /** Killed for a system call that honest programs do not need (SIGSYS, by the filter). */
  readonly forbiddenSystemCall: boolean;
  /** Ended because the caller's signal was aborted. */
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

/** Signals that a caller may send to a program. */
const SESSION_SIGNALS = [
  ...(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const),
  ...(['SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGWINCH'] as const),
] as const;
export type SessionSignal = (typeof SESSION_SIGNALS)[number];

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface SessionOptions {
  /** A terminal of this size is stdin, stdout and stderr of the program. Without it, they are three pipes. */
  readonly terminal?: TerminalSize | undefined;
  /** Ends the program with the limit `idle` if no byte went in or out for this long; no such limit if absent. */
  readonly idleTimeMs?: number | undefined;
  /** Whole input, given as a file as `run` does; `Session.stdin` has then ended. Not with a terminal. */
  readonly input?: Uint8Array | undefined;
  /** What `/code` holds in this session alone. */
  readonly code?: readonly BoxFile[] | undefined;
}

/**
 * A program with live streams. Both directions are bounded: a program whose output nobody reads waits in its next write,
 * and `stdin` takes no more while the program does not read. Streams never report an error.
 */
export interface Session {
  /**
   * What is written after the program closed its input or ended is discarded. `end` closes the input; on a terminal it
   * types Ctrl-D, twice in a line that was begun.
   */
  readonly stdin: Writable;
  /** Ends after the last byte. Output that nobody wants must be read and ignored (`resume`) or destroyed. */
  readonly stdout: Readable;
  /** Ends at once on a terminal, where everything is in `stdout`. */
  readonly stderr: Readable;
  /** Sends a signal to the program and its process group; no effect once it has ended. */
  signal(name: SessionSignal): void;
  /** Changes the size of the terminal, which sends SIGWINCH; no effect without one. Throws a `SandboxError` out of range. */
  resize(size: TerminalSize): void;
  /** Milliseconds of CPU time that all its processes have used so far; `null` once it has ended. */
  usedCpuTimeMs(): Promise<number | null>;
  /**
   * How the program ended, without output, which the streams deliver. It does not wait for the output to be read.
   * Rejects with a `SandboxError` if the sandbox failed.
   */
  readonly ended: Promise<BoxOutcome>;
}

/** Receives output while a program runs; must not throw. All of it is also in the outcome. */
export type OnOutput = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

export interface BuildOutcome extends BoxOutcome {
  /** True if an identical build was done before and nothing ran now. The figures are those of that build. */
  readonly cached: boolean;
}

/**
 * The files of one submission, and the output of its build. In each box the submitted files are at `/code` and what the
 * build left in `/box/out` is at `/build`, both read-only. The working directory `/box/work` is writable, has only links
 * to the entries of `/code` at first, and is removed with the box.
 */
export interface Workspace extends AsyncDisposable {
  /**
   * Runs a compiler. If it exits with 0, the regular files that it left in `/box/out` become the workspace's `/build`.
   * A build that ended by itself is kept for identical ones (same root, files and command).
   */
  build(command: BoxCommand, limits: BoxLimits, signal: AbortSignal): Promise<BuildOutcome>;
  /** As `build` where an identical build is kept, without running anything; else `null`, and nothing has changed. */
  findBuild(command: BoxCommand, limits: BoxLimits): Promise<BuildOutcome | null>;
  /**
   * Runs a program with `stdin` in a new box. With `onOutput`, its output is also delivered as it comes. With `code`,
   * `/code` holds these files in this run alone.
   */
  run(
    command: BoxCommand,
    stdin: Uint8Array,
    limits: BoxLimits,
    signal: AbortSignal,
    onOutput?: OnOutput,
    code?: readonly BoxFile[],
  ): Promise<BoxOutcome>;
  /**
   * Starts a program with live streams in a new box. Resolves once it has a slot and is about to run; rejects with a
   * `SandboxError`. All limits hold as in `run`, except that `outputBytes` may be more, as nothing is kept. An aborted
   * signal ends the program with the outcome `cancelled`. A workspace with one slot has one session at a time.
   */
  start(
    command: BoxCommand,
    limits: BoxLimits,
    signal: AbortSignal,
    options?: SessionOptions,
  ): Promise<Session>;
}

/**
 * Runs programs in boxes. Each program gets a new box with no network, a read-only root, its own work directory, no
 * capabilities and its own process numbers; nothing of it survives its end.
 */
export interface Sandbox {
  /** The driver's name, as answers show it. */
  readonly name: 'native' | 'docker';
  /** Boxes that may run a program at the same time; the two of an interactive test may do so even if it is 1. */
  readonly slots: number;
  /** How many of them one workspace may use at the same time; its other runs wait. */
  readonly slotsOfWorkspace: number;
  /** False if sessions can have pipes only. */
  readonly hasTerminals: boolean;
  /** Opens a workspace for the files of one submission. Throws a `SandboxError` if it cannot. */
  open(root: RootFileSystem, files: readonly BoxFile[]): Promise<Workspace>;
  /** Makes a real box, runs a program in it and returns the milliseconds that took. Throws a `SandboxError`. */
  probe(): Promise<number>;
  /** Removes what nothing needs: what earlier processes left, and builds that no open workspace uses. */
  cleanUp(): Promise<CleanUp>;
  /** Absent if the driver starts no runtimes ahead. */
  warmState?(): Promise<WarmState>;
  /** Ends all runs and releases everything. */
  close(): Promise<void>;
}

/** The runtimes that were started ahead of their runs. The counts begin with the process that makes boxes. */
export interface WarmState {
  /** Those that wait now, and the memory that they have together. */
  readonly waiting: number;
  readonly memoryBytes: number;
  /** Runs that got one that waited, and runs that could have used one. */
  readonly hits: number;
  readonly misses: number;
  /** Those that ended before they got a run. */
  readonly deaths: number;
}

/** What was removed. */
interface CleanUp {
  readonly containers: number;
  readonly workspaces: number;
  readonly builds: number;
  /** In memory and on disk together. */
  readonly bytes: number;
}

const NOTHING = new Uint8Array();

/** The outcome of a run that was cancelled before it began. */
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

/** The sandbox itself failed: never the program's verdict. `retryable` if a second try may succeed. */
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
