// The figures of runtimes that were started ahead of their runs, for Prometheus.

import { Counter, Gauge, type Registry } from 'prom-client';

export interface WarmFigures {
  readonly waiting: number;
  readonly memoryBytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly deaths: number;
}

/** While the sandbox does not say, the figures keep their values. */
export function addWarmFigures(registry: Registry, state: () => Promise<WarmFigures>): void {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const bytes = gauge('ces_warm_memory_bytes', 'Memory of the runtimes that wait for a run.');
  const counters = {
    hits: counter('ces_warm_hits_total', 'Runs whose runtime was ready.'),
    misses: counter('ces_warm_misses_total', 'Runs whose runtime could have been ready.'),
    deaths: counter('ces_warm_deaths_total', 'Runtimes that ended before they got a run.'),
  };
  new Gauge({
    name: 'ces_warm_waiting',
    help: 'Runtimes that were started ahead and wait for a run.',
    registers,
    async collect() {
      const found = await state().catch(() => null);
      if (found === null) return;
      this.set(found.waiting);
      bytes.set(found.memoryBytes);
      for (const name of ['hits', 'misses', 'deaths'] as const) {
        counters[name].reset();
        counters[name].inc(found[name]);
      }
    },
  });
}
