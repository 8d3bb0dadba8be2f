// The log: JSON lines, or readable ones on a terminal. It is never given source, inputs, outputs or keys.

import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './settings/config.ts';

export type Log = Logger;

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
} as const;

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
  return process.stdout.isTTY ? pino(options, pretty({ sync: true, singleLine: true })) : pino(options);
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
