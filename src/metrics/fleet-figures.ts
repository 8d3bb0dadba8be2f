// The figures of a fleet for Prometheus: its workers and their slots, and what waits for them by language. Every process of
// a fleet reports the same ones.

import { Gauge, type Registry } from 'prom-client';

export interface FleetFigures {
  readonly workers: number;
  readonly slots: number;
  /** Executions that workers have begun. */
  readonly running: number;
  readonly languages: ReadonlyMap<string, { readonly waiting: number; readonly oldestAtMs: number | null }>;
}

export function addFleetFigures(registry: Registry, figures: () => FleetFigures): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (now: FleetFigures) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(figures()));
      },
    });
  gauge('ces_fleet_workers', 'Workers that give signs of life.', ({ workers }) => workers);
  gauge('ces_fleet_slots', 'Programs that all workers may run at the same time.', ({ slots }) => slots);
  gauge('ces_fleet_running', 'Executions that workers have begun.', ({ running }) => running);
  const byLanguage = (
    name: string,
    help: string,
    value: (of: { readonly waiting: number; readonly oldestAtMs: number | null }) => number,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['language'],
      registers,
      collect() {
        this.reset();
        for (const [language, of] of figures().languages) this.set({ language }, value(of));
      },
    });
  byLanguage('ces_fleet_waiting', 'Executions of a language that wait for a worker.', (of) => of.waiting);
  byLanguage(
    'ces_fleet_oldest_seconds',
    'Since the oldest execution of a language that waits was accepted.',
    ({ oldestAtMs: at }) => (at === null ? 0 : Math.max(0, (Date.now() - at) / 1000)),
  );
}
