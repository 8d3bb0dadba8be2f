// A log for tests, which passes on what it is given instead of writing it.

import { pino } from 'pino';
import type { Log } from './log.ts';

interface LoggedEntry {
  /** Such as `warn`. */
  readonly level: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export function createTestLog(onEntry: (entry: LoggedEntry) => void = () => {}): Log {
  return pino({
    hooks: {
      logMethod: ([first, second], _method, level) => {
        const [details, message] = typeof first === 'string' ? [{}, first] : [first, second];
        onEntry({
          level: pino.levels.labels[level] ?? '',
          message: String(message),
          details: details as LoggedEntry['details'],
        });
      },
    },
  });
}
