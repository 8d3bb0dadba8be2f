// Settings of programs that a client talks to while they run. They are part of the table in config.ts.

import { integer } from './setting.ts';

export const INTERACTIVE_SETTINGS = {
  interactiveSessions: integer(
    'INTERACTIVE_SESSIONS',
    8,
    0,
    128,
    'Number of interactive programs at the same time, beside those of `CONCURRENCY`, and how many more may wait. One client may have three quarters of them. If 0, there are none.',
  ),
  interactiveTimeoutSeconds: integer(
    'INTERACTIVE_TIMEOUT',
    600,
    1,
    3600,
    'Seconds of wall-clock time that an interactive program may take.',
  ),
  interactiveIdleSeconds: integer(
    'INTERACTIVE_IDLE_TIMEOUT',
    120,
    1,
    3600,
    'Seconds without input and output after which an interactive program is ended.',
  ),
};
