// Builds the reports that are lists: the most active users, and the latest failures of the service.

import { EXECUTIONS, HOUR_MS, type MetricsStore } from './metrics.ts';
import type { Recorder } from './recorder.ts';
import type { FailuresReport, TopUsersReport } from './report.ts';
import { windowOf } from './window.ts';

/** Ranking users over many hours costs a store a second and more: it is done again after this long only. */
const LONG_HOURS = 24;
const KEEP_MS = 60_000;

export interface Rankings {
  /** Of more than a day, as it was at most a minute ago. Rejects if the store cannot be read. */
  topUsers(hours: number, limit: number): Promise<TopUsersReport>;
  failures(hours: number, limit: number): Promise<FailuresReport>;
}

interface RankingParts {
  readonly store: MetricsStore;
  readonly recorder: Pick<Recorder, 'flush'>;
  readonly now: () => number;
}

export function createRankings({ store, recorder, now }: RankingParts): Rankings {
  const kept = new Map<string, { readonly atMs: number; readonly report: Promise<TopUsersReport> }>();

  async function topUsers(hours: number, limit: number): Promise<TopUsersReport> {
    await recorder.flush();
    const nowMs = now();
    const window = windowOf(hours, nowMs, 'hour');
    const [users, { totals }] = await Promise.all([
      store.readTopUsers(window, limit),
      store.read(window, []),
    ]);
    const all = totals.get(EXECUTIONS) ?? 0;
    return {
      ...rangeOf(hours, window.fromMs, nowMs),
      users: users.map(({ userId, executions, lastExecutionAtMs }) => ({
        user_id: userId,
        executions,
        share: all === 0 ? 0 : Math.min(1, executions / all),
        last_execution_at: lastExecutionAtMs === null ? null : new Date(lastExecutionAtMs).toISOString(),
      })),
    };
  }

  return {
    topUsers: (hours, limit) => {
      if (hours <= LONG_HOURS) return topUsers(hours, limit);
      for (const [key, { atMs }] of kept) if (now() - atMs >= KEEP_MS) kept.delete(key);
      const key = `${hours} ${limit}`;
      const { report } = kept.get(key) ?? { report: topUsers(hours, limit) };
      if (!kept.has(key)) kept.set(key, { atMs: now(), report });
      report.catch(() => kept.delete(key));
      return report;
    },
    failures: async (hours, limit) => {
      await recorder.flush();
      const nowMs = now();
      const fromMs = nowMs - hours * HOUR_MS;
      const faults = await store.readFaults(fromMs, limit);
      const failures = faults.map(({ atMs, requestId, executionId, ...rest }) => ({
        at: new Date(atMs).toISOString(),
        request_id: requestId,
        execution_id: executionId,
        ...rest,
      }));
      return { ...rangeOf(hours, fromMs, nowMs), failures };
    },
  };
}

function rangeOf(hours: number, fromMs: number, toMs: number) {
  return { hours, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
