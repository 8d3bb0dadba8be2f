// Every limit of a run: default, range and unit. The request's schema, the sandbox's limits and the documentation are
// made from this table.

import { KIB, MIB } from './units.ts';

/** Limits that a request may choose, as the request names them. */
export const REQUEST_LIMITS = {
  time_limit: { default: 5, minimum: 1, maximum: 30, unit: 'seconds' },
  memory_limit: { default: 128, minimum: 32, maximum: 512, unit: 'MB' },
  output_limit_kb: { default: 1024, minimum: 1, maximum: 10_240, unit: 'KB' },
} as const;

/** Sizes of what a request brings, beside the bound that the HTTP layer sets for the whole body. */
export const REQUEST_SIZES = {
  files: 20,
  filesBytes: 1 * MIB,
  fileNameBytes: 255,
  /** Names in a path: as many as a sandbox stores below each other. */
  pathParts: 16,
  /** Of the arguments of one run together. A sandbox has room for the command itself and its environment besides. */
  argumentsBytes: 128 * KIB,
  /** Of stdin, and of a test's input or expected output: as much as the largest output. */
  textBytes: 10 * MIB,
  /** A webhook's address. */
  webhookUrlLength: 2048,
  /** Of all texts together. */
  allTextsBytes: 32 * MIB,
} as const;

/** What a program of a problem may use if the request does not say. */
export const PROGRAM_DEFAULTS = { timeLimitSeconds: 10, memoryLimitMb: 512 } as const;
/** Groups of tests in one request. */
export const MAX_GROUPS = 100;
/** How often the solution may be run for one test. */
export const MAX_VALIDATION_PASSES = 100;

/** What the service keeps of problems, beside the bounds that are settings. */
export const PROBLEM_LIMITS = {
  /** Of one problem. */
  tests: 1000,
  /** Of one problem; beyond it, the oldest goes. */
  versions: 20,
  /** Of one owner. */
  problems: 1000,
  /** Of one owner. */
  blobs: 100_000,
  /** In the archive of a package. */
  packageFiles: 5000,
  /** Of all files of a package, unpacked. */
  packageBytes: 256 * MIB,
  /** Submissions in a package that are run as its proof. */
  submissions: 100,
  /** Data of at most this many bytes that is text is kept with its test; other data is a blob. */
  inlineBytes: 1 * KIB,
  /** How long a blob is kept that no problem names. */
  unusedMs: 24 * 3_600_000,
} as const;
/** What a problem may be called, as a pattern and in words. */
export const PROBLEM_ID_PATTERN = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';
export const PROBLEM_ID_FORM = '1–64 letters, digits or . _ -, a letter or digit first';
/** Hexadecimal digits of a version. */
export const PROBLEM_VERSION_LENGTH = 32;

const OUTPUT_NAME = '(?:\\.{0,2}[A-Za-z0-9_*? -][A-Za-z0-9._*? -]*|\\.{3}[A-Za-z0-9._*? -]*)';

/** Files that a run gives back. */
export const OUTPUT_FILES = {
  patterns: 16,
  patternLength: 200,
  files: 16,
  fileBytes: 1 * MIB,
  bytes: 4 * MIB,
  /** Of the archive that holds them. */
  archiveBytes: 4.25 * MIB,
  /** A path of names that mean nothing to a shell, none of them `.` or `..`. Without lookaheads, which not all clients know. */
  pattern: `^${OUTPUT_NAME}(?:/${OUTPUT_NAME})*$`,
} as const;

/** What leads to the next page of executions: a place in the list, in 52 bits: what a number of JavaScript holds exactly. */
export const PAGE_CURSOR_PATTERN = '^[0-9a-f]{13}$';

/** What a `user_id` may be, as a pattern and in words for messages. */
export const USER_ID_PATTERN = '^[A-Za-z0-9._:@-]{1,128}$';
export const USER_ID_FORM = '1–128 letters, digits or . _ : @ -';

/** Bytes of a test's input that its result shows unless all of it is asked for. */
export const SHOWN_INPUT_BYTES = 64 * KIB;

/** Bytes of output that one answer shows, of all its runs and both streams together. */
const ANSWER_OUTPUT_BYTES = 32 * MIB;

/** Bytes of each stream that an answer shows of one run. A verdict considers the whole output. */
export function shownBytesFor(runs: number): number {
  return Math.floor(ANSWER_OUTPUT_BYTES / (2 * runs));
}

/** Limits of every run of a program that no request changes. */
export const RUN_LIMITS = {
  processes: 64,
  openFiles: 256,
  fileSizeBytes: 1 * MIB,
  /** Ceiling of the stack: glibc reserves this much address space for each thread too. */
  stackBytes: 256 * MIB,
} as const;

/** Limits of every run of a program of a problem that no request changes. */
export const PROGRAM_LIMITS = {
  processes: RUN_LIMITS.processes,
  openFiles: RUN_LIMITS.openFiles,
  fileSizeBytes: 10 * MIB,
  outputBytes: 10 * MIB,
} as const;

/** Limits of programs that a client talks to. */
export const INTERACTIVE_LIMITS = {
  /** More than of a run, as nothing is kept. */
  output_limit_kb: { default: 10_240, maximum: 1_048_576 },
  /** Columns, and rows. */
  terminalSize: 1000,
} as const;

/** Limits of a compile: a compiler may use what a program may not. */
export const COMPILE_LIMITS = {
  cpuTimeMs: 30_000,
  wallTimeMs: 30_000,
  memoryBytes: 512 * MIB,
  processes: 128,
  openFiles: 1024,
  outputBytes: 256 * KIB,
  fileSizeBytes: 64 * MIB,
  diskBytes: 192 * MIB,
  stackBytes: 64 * MIB,
  cpuQuota: 0,
} as const;

/**
 * The wall-clock limit that goes with a CPU limit: twice that plus one second, never over the service's own. Time in
 * which the program could run but got no processor does not count.
 */
export function wallTimeLimitMs(timeLimitSeconds: number, executionTimeoutSeconds: number): number {
  return Math.round(Math.min(timeLimitSeconds * 2 + 1, executionTimeoutSeconds) * 1000);
}

/** How many wall-clock limits a run may last while it is ready but has no processor; the supervisor's figure. */
export const PATIENCE = 6;

/** Milliseconds in which a run has ended, however busy the machine is. Its quota may stretch its CPU time. */
export function longestRunMs(limits: { cpuTimeMs: number; wallTimeMs: number; cpuQuota: number }): number {
  const { cpuTimeMs, wallTimeMs, cpuQuota } = limits;
  return PATIENCE * wallTimeMs + cpuTimeMs / (cpuQuota > 0 ? Math.min(cpuQuota, 1) : 1);
}

/** The work directory's size for a memory limit: under it, so that a full disk is ENOSPC and not a kill. */
export function diskBytesFor(memoryBytes: number): number {
  return Math.min(64 * MIB, Math.floor(memoryBytes / 2));
}

/** Deep recursion may use all of the memory limit, up to the ceiling. */
export function stackBytesFor(memoryBytes: number): number {
  return Math.min(RUN_LIMITS.stackBytes, memoryBytes);
}

/** What a source may be before it is refused as too complex, each file of its own. No program that people write is near. */
export const COMPLEXITY_LIMITS = {
  lines: 50_000,
  longest_line: 50_000,
  tokens: 250_000,
  functions: 5000,
  nesting: 250,
  complexity: 10_000,
  function_complexity: 2500,
} as const;

/** Limits of looking at the code of one submission, in a process that is ended when it exceeds them. */
export const ANALYSIS_LIMITS = {
  /** For a short source; longer ones get more, a KB of them 5 ms. */
  cpuTimeMs: 1000,
  cpuTimeMsPerKb: 5,
  /** Beyond it the machine is to blame, not the source. */
  wallTimeMs: 15_000,
  memoryBytes: 512 * MIB,
  /** Submissions that wait for their turn; more are refused as those are that find the queue full. */
  waiting: 1024,
  /** How long a process that analyzes is kept without work. The next one takes a quarter of a second to start. */
  idleMs: 60_000,
  /** Analyses kept for sources that come again. */
  cached: 1000,
} as const;
