// The log: JSON lines, or readable ones on a terminal. Lines are collected and written together: after a while, when there
// are many, at a warning, and at the end of the process, also after an error that nothing caught. It is never given source,
// inputs, outputs or keys.

import { type DestinationStream, type Logger, pino, symbols } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './settings/config.ts';
import { KIB, MIB } from './units.ts';

export type Log = Logger;

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
} as const;

/** Of pino: lines of this level and above are written at once. */
const WARNING = 40;
/** The longest that a line waits; a process that is killed loses those of this time. */
const FLUSH_AFTER_MS = 50;
const FLUSH_BYTES = 8 * KIB;
/** Lines that nobody reads, in memory. Beyond this, further ones are dropped. */
const MAX_WAITING_BYTES = 16 * MIB;
const MAX_CAUSES = 5;
const MAX_MESSAGE_LENGTH = 1000;
const MAX_FRAMES = 20;

/** Creates the log. `destination` is for tests; without one, lines go to stdout. */
export function createLog(
  config: Pick<Config, 'logLevel' | 'debug'>,
  destination?: { write(line: string): void },
): Log {
  const options = {
    level: config.debug && config.logLevel !== 'TRACE' ? 'debug' : LEVELS[config.logLevel],
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorEntry(error) },
  };
  if (destination) return pino(options, destination);
  if (process.stdout.isTTY) return pino(options, pretty({ sync: true, singleLine: true }));
  const output = openOutput();
  const log = pino(options, collected(output));
  reportDropped(output, log);
  return log;
}

/** Resolves when all lines so far are written. */
export function flushed(log: Log): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()));
}

/** Standard output. pino writes what is left when the process exits. */
function openOutput() {
  return pino.destination({ dest: 1, sync: false, minLength: FLUSH_BYTES, maxLength: MAX_WAITING_BYTES });
}
/** Its types leave out one property. */
type Output = ReturnType<typeof openOutput> & { readonly destroyed?: boolean };

/** What pino writes to. It sets the level of each line before it writes it. */
interface Collected extends DestinationStream {
  [symbols.needsMetadataGsym]: true;
  lastLevel: number;
  flush(done: () => void): void;
  flushSync(): void;
}

function collected(output: Output): Collected {
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!output.destroyed) output.flush();
  };
  return {
    [symbols.needsMetadataGsym]: true,
    lastLevel: 0,
    write(line) {
      output.write(line);
      if (this.lastLevel >= WARNING) flush();
      else timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
    },
    flush: (done) => output.flush(done),
    flushSync: () => output.flushSync(),
  };
}

function reportDropped(output: Output, log: Log): void {
  let lines = 0;
  output.on('drop', () => {
    lines += 1;
  });
  output.on('drain', () => {
    if (lines === 0) return;
    log.warn({ lines }, 'lines of the log were dropped: nothing read it');
    lines = 0;
  });
}

interface ErrorEntry {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: readonly string[];
  readonly errors?: readonly ErrorEntry[];
  readonly cause?: ErrorEntry;
}

/** An error with its causes, bounded. Other properties are left out: libraries put what they were given there. */
function errorEntry(error: unknown, depth = 0): ErrorEntry {
  if (!(error instanceof Error)) return { type: typeof error, message: shortened(String(error)) };
  const { code } = error as { code?: unknown };
  const isDeepest = depth >= MAX_CAUSES;
  const parts = error instanceof AggregateError ? error.errors.slice(0, MAX_CAUSES) : [];
  return {
    type: error.name,
    ...(typeof code === 'string' && { code: shortened(code) }),
    message: shortened(error.message),
    stack: framesOf(error),
    ...(parts.length > 0 && !isDeepest && { errors: parts.map((part) => errorEntry(part, depth + 1)) }),
    ...(error.cause !== undefined && !isDeepest && { cause: errorEntry(error.cause, depth + 1) }),
  };
}

function shortened(text: string): string {
  return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}…` : text;
}

/** Where it was thrown; what comes before that is its message once more. */
function framesOf({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, MAX_FRAMES).map((line) => line.trim());
}
