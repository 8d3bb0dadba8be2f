// The figures of stored executions for Prometheus: how many wait and run, how long the oldest has waited, and attempts by
// their outcome.

import { Counter, Gauge, type Registry } from 'prom-client';

export interface StoredFigures {
  readonly waiting: number;
  readonly running: number;
  readonly capacity: number;
  /** When the oldest of those that wait was accepted; `null` without any. */
  readonly oldestAcceptedAtMs: number | null;
  readonly storedBytes: number;
}

/** Returns what counts an attempt. */
export function createStoreFigures(
  registry: Registry,
  state: () => StoredFigures,
): (outcome: string) => void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (figures: StoredFigures) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(state()));
      },
    });
  gauge('ces_stored_waiting', 'Stored executions that wait.', ({ waiting }) => waiting);
  gauge('ces_stored_running', 'Stored executions that run.', ({ running }) => running);
  gauge('ces_stored_capacity', 'Stored executions that may wait or run.', ({ capacity }) => capacity);
  gauge('ces_stored_bytes', 'Bytes of all stored executions.', ({ storedBytes }) => storedBytes);
  gauge(
    'ces_stored_oldest_seconds',
    'Since the oldest that waits was accepted.',
    ({ oldestAcceptedAtMs: at }) => (at === null ? 0 : Math.max(0, (Date.now() - at) / 1000)),
  );
  const attempts = new Counter({
    name: 'ces_stored_attempts_total',
    help: 'Attempts to run stored executions: finished, retried, given_back by a stop, or dropped as another one counts.',
    labelNames: ['outcome'],
    registers,
  });
  return (outcome) => attempts.inc({ outcome });
}
