// Builds the metrics reports from the counts of a store.

import { type Bins, countUpTo, percentile } from './bins.ts';
import {
  type Distribution,
  FAILURES,
  isSuccess,
  type Tally,
  TENTHS,
  TIME_COUNTS,
  tallyOf,
  timesIn,
} from './counts.ts';
import { EXECUTIONS, type MetricsStore, type Reading, type Window } from './metrics.ts';
import { createRankings, type Rankings } from './rankings.ts';
import type { Recorder } from './recorder.ts';
import type { MetricsReport, UserMetricsReport, Worker } from './report.ts';
import { seriesStepMs, windowOf } from './window.ts';

/** Upper bounds of the reported histograms: milliseconds and KiB. The last entry, `null`, has no bound. */
const TIME_BOUNDS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
];
const MEMORY_BOUNDS_KB = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000];
/** The counts reported for each step of a series. */
const SERIES = [EXECUTIONS, FAILURES, ...TIME_COUNTS];

export interface MetricsReports extends Rankings {
  /** Rejects if the store cannot be read. */
  all(hours: number): Promise<MetricsReport>;
  /** `null` for an unknown user. */
  user(userId: string, hours: number): Promise<UserMetricsReport | null>;
}

interface ReportParts {
  readonly store: MetricsStore;
  readonly recorder: Pick<Recorder, 'flush'>;
  readonly depth: () => { readonly active: number; readonly capacity: number };
  /** What the report on all says of the present. */
  readonly present: {
    readonly workers: () => readonly Worker[];
    readonly pool: (() => { readonly idle: number; readonly hits: number; readonly misses: number }) | null;
  };
  readonly now?: () => number;
}

/** Reports include everything this process recorded before; other processes may lag by a second. */
export function createReports(parts: ReportParts): MetricsReports {
  const { store, recorder, depth, present, now = Date.now } = parts;
  return {
    ...createRankings({ store, recorder, now }),
    all: async (hours) => {
      await recorder.flush();
      const nowMs = now();
      const window = windowOf(hours, nowMs);
      const { activeUsers, ...reading } = await store.read(window, SERIES);
      const { wait_ms, ...common } = commonOf(reading, { hours, nowMs, window });
      const pool = present.pool?.() ?? null;
      const workers = [...present.workers()];
      return { ...common, queue: { ...depth(), wait_ms }, pool, workers, active_users: activeUsers };
    },
    user: async (userId, hours) => {
      await recorder.flush();
      const nowMs = now();
      const window = windowOf(hours, nowMs, 'hour');
      const found = await store.readUser(userId, window, SERIES);
      if (found === null) return null;
      const { wait_ms, ...common } = commonOf(found, { hours, nowMs, window });
      const { lastExecutionAtMs } = found;
      const lastExecutionAt = lastExecutionAtMs === null ? null : timeOf(lastExecutionAtMs);
      return { user_id: userId, last_execution_at: lastExecutionAt, ...common, queue: { wait_ms } };
    },
  };
}

interface Asked {
  readonly hours: number;
  readonly nowMs: number;
  readonly window: Window;
}

function commonOf(reading: Reading, asked: Asked) {
  const tally = tallyOf(reading.totals);
  const { executionTime, queueTime, memory } = tally.measures;
  const stepMs = seriesStepMs(asked.hours, asked.window);
  return {
    hours: asked.hours,
    from: timeOf(asked.window.fromMs),
    to: timeOf(asked.nowMs),
    totals: outcomes(tally.executions, tally.failures, tally.rejections),
    success_rate: rate(tally.executions, tally.failures),
    by_language: byLanguage(tally),
    by_status: byStatus(tally),
    execution_time_ms: distributionOf(executionTime, TIME_BOUNDS_MS, TENTHS),
    memory_kb: distributionOf(memory, MEMORY_BOUNDS_KB, 1),
    wait_ms: distributionOf(queueTime, TIME_BOUNDS_MS, TENTHS),
    bucket_s: stepMs / 1000,
    series: seriesOf(reading, asked.window, stepMs),
  };
}

function outcomes(executions: number, failures: number, rejections: number) {
  return { executions, accepted: executions - failures, failed: failures, rejected: rejections };
}

function rate(executions: number, failures: number): number {
  return executions === 0 ? 0 : (executions - failures) / executions;
}

function byLanguage({ languages }: Tally): MetricsReport['by_language'] {
  const entries = [...languages].map(([id, { byStatus: statuses, times, rejections, time, timed }]) => {
    const ends = [...statuses];
    const executions = sum(ends.map(([, amount]) => amount));
    const failures = sum(ends.filter(([status]) => !isSuccess(status)).map(([, amount]) => amount));
    const meanTime = timed === 0 ? 0 : rounded(time / timed / TENTHS);
    const figures = {
      success_rate: rate(executions, failures),
      mean_execution_time_ms: meanTime,
      p95_execution_time_ms: rounded(percentile(times, 0.95) / TENTHS),
      by_status: Object.fromEntries(statuses),
    };
    return [id, { ...outcomes(executions, failures, rejections), ...figures }] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}

function byStatus({ languages }: Tally): MetricsReport['by_status'] {
  const statuses: Record<string, number> = {};
  for (const { byStatus } of languages.values()) {
    for (const [status, amount] of byStatus) statuses[status] = (statuses[status] ?? 0) + amount;
  }
  return statuses;
}

/** `scale`: counted units per reported unit. */
function distributionOf({ count, sum: total, bins }: Distribution, bounds: readonly number[], scale: number) {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => rounded(percentile(bins, share) / scale)) as [
    number,
    number,
    number,
  ];
  return {
    count,
    mean: count === 0 ? 0 : rounded(total / count / scale),
    p50,
    p95,
    p99,
    histogram: [...bounds.map((le) => ({ le, count: countUpTo(bins, le * scale) })), { le: null, count }],
  };
}

function seriesOf({ steps }: Reading, { fromMs, toMs }: Window, stepMs: number): MetricsReport['series'] {
  const found = new Map<number, { executions: number; failures: number; times: Map<number, number> }>();
  const startOf = (atMs: number) => Math.floor(atMs / stepMs) * stepMs;
  for (let startMs = startOf(fromMs); startMs <= toMs; startMs += stepMs) {
    found.set(startMs, { executions: 0, failures: 0, times: new Map() });
  }
  for (const { startMs, counts } of steps) {
    const entry = found.get(startOf(startMs));
    if (!entry) continue;
    entry.executions += counts.get(EXECUTIONS) ?? 0;
    entry.failures += counts.get(FAILURES) ?? 0;
    for (const [bin, count] of timesIn(counts)) entry.times.set(bin, (entry.times.get(bin) ?? 0) + count);
  }
  return [...found].map(([startMs, { times, ...amounts }]) => {
    const [p50_ms, p95_ms, p99_ms] = percentilesOf(times);
    return { bucket: timeOf(startMs), ...amounts, p50_ms, p95_ms, p99_ms };
  });
}

function percentilesOf(times: Bins): [p50: number | null, p95: number | null, p99: number | null] {
  const of = (share: number) => (times.size === 0 ? null : rounded(percentile(times, share) / TENTHS));
  return [of(0.5), of(0.95), of(0.99)];
}

function timeOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
