// What the supervisor accepts in one frame: the bounds of supervisor/common.h, validated before a frame is sent. A malformed
// frame would end the supervisor, and with it the programs of all other submissions.

import { PATIENCE } from '../limits.ts';
import { KIB, MIB } from '../units.ts';
import type { RunFrame } from './frames.ts';
import { type BoxFile, type BoxLimits, SandboxError, type TerminalSize } from './sandbox.ts';
import { type LiveStreams, STREAM_WINDOW_BYTES } from './session-frames.ts';

/** With the names of supervisor/common.h. */
export const BOUNDS = {
  MAX_FILES: 4096,
  MAX_ARGUMENTS: 256,
  MAX_VARIABLES: 64,
  MAX_STRINGS: 192 * KIB,
  MAX_PATH: 1024,
  MAX_FRAME_IN: 48 * MIB,
  MAX_OUTPUT: 10 * MIB,
  MAX_STREAMED: 1024 * MIB,
  STREAM_WINDOW: STREAM_WINDOW_BYTES,
  MAX_TERMINAL: 1000,
  PATIENCE,
} as const;

/** For the numbers, counts and lengths of a frame. */
const FRAME_SLACK_BYTES = 64 * KIB;
const HOUR_MS = 3_600_000;
const TEBIBYTE = 2 ** 40;
const U32 = 2 ** 32 - 1;

/** Boxes that a driver must hold at once: an interactive test has two, also where one program runs at a time. */
export function boxesFor(slots: number, sessions = 0): number {
  return Math.max(2, slots) + sessions;
}

function assertRange(name: string, value: number, minimum: number, maximum: number): void {
  if (value >= minimum && value <= maximum) return;
  throw new SandboxError(`${name} must be between ${minimum} and ${maximum}, got ${value}`, {
    retryable: false,
  });
}

/** Throws a `SandboxError` if the supervisor would not accept the files in one frame. It validates their names itself. */
export function assertFiles(files: readonly BoxFile[]): void {
  assertRange('the number of files', files.length, 0, BOUNDS.MAX_FILES);
  for (const { path } of files)
    assertRange('the length of a file name', Buffer.byteLength(path), 1, BOUNDS.MAX_PATH - 1);
  const bytes = files.reduce((sum, { content }) => sum + content.length, FRAME_SLACK_BYTES);
  assertRange('the size of all files', bytes, 0, BOUNDS.MAX_FRAME_IN);
}

/** MAX_ARTIFACT_DEPTH of supervisor/common.h. */
const MAX_PATH_PARTS = 16;
const MAX_PART_BYTES = 255;

/** Throws a `SandboxError` for a name that is not a plain relative path, by the rules of supervisor/tree.c. */
export function assertFileNames(files: readonly BoxFile[]): void {
  for (const { path } of files) {
    const parts = path.split('/');
    const isPlain =
      !path.includes('\0') &&
      parts.length <= MAX_PATH_PARTS &&
      parts.every((part) => !['', '.', '..'].includes(part) && Buffer.byteLength(part) <= MAX_PART_BYTES);
    if (!isPlain)
      throw new SandboxError(`the file name ${path.slice(0, 200)} is not a plain relative path`, {
        retryable: false,
      });
  }
  assertNoFileInFile(files);
}

/** Two names exclude each other if they are equal, or one is a directory of the other. */
function assertNoFileInFile(files: readonly BoxFile[]): void {
  const names = new Set<string>();
  const directories = new Set<string>();
  for (const { path } of files) {
    const isTaken = names.has(path);
    names.add(path);
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
      directories.add(path.slice(0, end));
    if (isTaken) throw new SandboxError(`two files are named ${path.slice(0, 200)}`, { retryable: false });
  }
  for (const name of names)
    if (directories.has(name))
      throw new SandboxError(`${name.slice(0, 200)} is both a file and a directory`, { retryable: false });
}

function assertStrings(strings: readonly string[]): void {
  if (strings.some((text) => text.includes('\0')))
    throw new SandboxError('an argument or variable must be without NUL', { retryable: false });
  const bytes = strings.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  assertRange('the size of arguments and environment', bytes, 0, BOUNDS.MAX_STRINGS);
}

const LIMIT_RANGES: Record<keyof BoxLimits, readonly [minimum: number, maximum: number]> = {
  cpuTimeMs: [1, HOUR_MS],
  wallTimeMs: [1, HOUR_MS],
  memoryBytes: [1, TEBIBYTE],
  processes: [1, U32],
  outputBytes: [0, BOUNDS.MAX_STREAMED],
  fileSizeBytes: [0, TEBIBYTE],
  diskBytes: [1, TEBIBYTE],
  openFiles: [1, U32],
  stackBytes: [0, TEBIBYTE],
  cpuQuota: [0, 4000],
};
const LIMITS = Object.entries(LIMIT_RANGES) as [keyof BoxLimits, readonly [number, number]][];

function assertLimits(limits: BoxLimits, maxOutputBytes: number): void {
  for (const [name, [minimum, maximum]] of LIMITS) assertRange(name, limits[name], minimum, maximum);
  assertRange('outputBytes', limits.outputBytes, 0, maxOutputBytes);
}

/** Throws a `SandboxError` if the supervisor would not accept the size. */
export function assertTerminalSize({ columns, rows }: TerminalSize): void {
  for (const [name, value] of Object.entries({ columns, rows })) {
    assertRange(`the ${name} of a terminal`, value, 1, BOUNDS.MAX_TERMINAL);
    if (!Number.isInteger(value))
      throw new SandboxError(`the ${name} of a terminal must be an integer, got ${value}`, {
        retryable: false,
      });
  }
}

function assertStreams({ kind, size, idleTimeMs }: LiveStreams, stdin: Uint8Array): void {
  assertRange('the idle time limit', idleTimeMs ?? 0, 0, HOUR_MS);
  if (kind === 'terminal') assertTerminalSize(size ?? { columns: 0, rows: 0 });
  if (kind !== 'output') assertRange('the size of the input of a session', stdin.length, 0, 0);
}

/** Throws a `SandboxError` if the supervisor would not accept the run. */
export function assertRun(
  run: Pick<RunFrame, 'command' | 'limits' | 'stdin'> & { readonly streams?: LiveStreams | undefined },
): void {
  const { command, limits, stdin, streams } = run;
  const variables = Object.entries(command.environment).map(([name, value]) => `${name}=${value}`);
  assertRange('the number of arguments', command.argv.length, 1, BOUNDS.MAX_ARGUMENTS);
  assertRange('the number of variables', variables.length, 0, BOUNDS.MAX_VARIABLES);
  assertStrings([...command.argv, ...variables]);
  assertRange(
    'the size of the input',
    stdin.length,
    0,
    BOUNDS.MAX_FRAME_IN - BOUNDS.MAX_STRINGS - FRAME_SLACK_BYTES,
  );
  assertLimits(limits, streams ? BOUNDS.MAX_STREAMED : BOUNDS.MAX_OUTPUT);
  if (streams) assertStreams(streams, stdin);
}
