// The figures of a run as answers show them: milliseconds to a tenth, memory in whole KiB.

import type { BoxOutcome } from '../sandbox/sandbox.ts';

export interface Measurements {
  readonly cpu_time_ms: number;
  readonly wall_time_ms: number;
  readonly memory_kb: number;
}

export const NOTHING_MEASURED: Measurements = { cpu_time_ms: 0, wall_time_ms: 0, memory_kb: 0 };

export function measurementsOf(outcome: BoxOutcome): Measurements {
  return {
    cpu_time_ms: roundedMs(outcome.cpuTimeMs),
    wall_time_ms: roundedMs(outcome.wallTimeMs),
    memory_kb: Math.round(outcome.memoryBytes / 1024),
  };
}

/** The most of each over several runs. */
export function maximaOf(runs: readonly Measurements[]): Measurements {
  return runs.reduce<Measurements>(
    (most, run) => ({
      cpu_time_ms: Math.max(most.cpu_time_ms, run.cpu_time_ms),
      wall_time_ms: Math.max(most.wall_time_ms, run.wall_time_ms),
      memory_kb: Math.max(most.memory_kb, run.memory_kb),
    }),
    NOTHING_MEASURED,
  );
}

export function roundedMs(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 10) / 10);
}

/** Milliseconds since 1970 with a fraction, for durations that begin in one process and may end in another. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
