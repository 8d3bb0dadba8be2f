// The log: JSON lines, or readable ones on a terminal. It is never given source, inputs, outputs or keys.

import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

export type Log = Logger;

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
} as const;

/** Creates the log. `destination` is for tests; without one, lines go to stdout. */
export function createLog(
  config: Pick<Config, 'logLevel' | 'debug'>,
  destination?: { write(line: string): void },
): Log {
  const options = {
    level: config.debug ? 'debug' : LEVELS[config.logLevel],
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (destination) return pino(options, destination);
  return process.stdout.isTTY ? pino(options, pretty({ sync: true, singleLine: true })) : pino(options);
}
