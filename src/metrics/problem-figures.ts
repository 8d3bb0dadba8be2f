// The figures of problems that are kept, for Prometheus.

import { Gauge, type Registry } from 'prom-client';

export interface ProblemFigures {
  readonly problems: number;
  readonly blobs: number;
  readonly bytes: number;
}

/** Read once for a scrape. While the store cannot be read, the gauges keep their values. */
export function addProblemFigures(registry: Registry, state: () => Promise<ProblemFigures>): void {
  let reading: Promise<ProblemFigures | null> | null = null;
  const read = () => {
    reading ??= state()
      .catch(() => null)
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const gauge = (name: string, help: string, field: keyof ProblemFigures) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        const found = await read();
        if (found !== null) this.set(found[field]);
      },
    });
  gauge('ces_problems', 'Problems that are kept, of all keys.', 'problems');
  gauge('ces_problem_blobs', 'Blobs of all keys.', 'blobs');
  gauge('ces_problem_bytes', 'Bytes of the problems and blobs of all keys.', 'bytes');
}
