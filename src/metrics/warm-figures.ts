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
  const gauge = (name: string, help: string, field: 'waiting' | 'memoryBytes') =>
    new Gauge({
      ...{ name, help, registers },
      async collect() {
        const found = await state().catch(() => null);
        if (found !== null) this.set(found[field]);
      },
    });
  const counter = (name: string, help: string, field: 'hits' | 'misses' | 'deaths') =>
    new Counter({
      ...{ name, help, registers },
      async collect() {
        const found = await state().catch(() => null);
        if (found === null) return;
        this.reset();
        this.inc(found[field]);
      },
    });
  gauge('ces_warm_waiting', 'Runtimes that were started ahead and wait for a run.', 'waiting');
  gauge('ces_warm_memory_bytes', 'Memory of the runtimes that wait for a run.', 'memoryBytes');
  counter('ces_warm_hits_total', 'Runs whose runtime was ready.', 'hits');
  counter('ces_warm_misses_total', 'Runs whose runtime could have been ready.', 'misses');
  counter('ces_warm_deaths_total', 'Runtimes that ended before they got a run.', 'deaths');
}
