// The health checks of a process that belongs to a fleet: the workers, and the Redis that they share.

import type { HealthCheck } from './health-report.ts';

export interface FleetSight {
  readonly workers: readonly {
    readonly slots: number;
    readonly running: number;
    /** `LANGUAGE VERSION` of each that it can run. */
    readonly kinds: readonly string[];
  }[];
  /** When the oldest of each kind that waits was accepted. */
  readonly oldestAtMs: ReadonlyMap<string, number>;
}

/** Of a process that runs nothing itself. */
export function checkWorkers(sight: () => FleetSight): HealthCheck {
  return async () => {
    const { workers, oldestAtMs } = sight();
    const oldest = oldestOf(oldestAtMs.values());
    if (workers.length === 0) {
      return { status: 'degraded', detail: `no worker is there; what is accepted waits; ${oldest}` };
    }
    const slots = workers.reduce((sum, each) => sum + each.slots, 0);
    const running = workers.reduce((sum, each) => sum + each.running, 0);
    const stranded = [...oldestAtMs.keys()].filter(
      (kind) => !workers.some(({ kinds }) => kinds.includes(kind)),
    );
    const details = [
      `${workers.length} workers with ${slots} slots have ${running} executions`,
      oldest,
      ...(stranded.length > 0 ? [`no worker is there for what waits in ${stranded.join(', ')}`] : []),
    ];
    return { status: stranded.length > 0 ? 'degraded' : 'healthy', detail: details.join('; ') };
  };
}

function oldestOf(accepted: Iterable<number>): string {
  const atMs = Math.min(...accepted);
  if (atMs === Number.POSITIVE_INFINITY) return 'nothing waits';
  return `the oldest that waits was accepted ${Math.max(0, Math.round((Date.now() - atMs) / 1000))} s ago`;
}

export interface SharedRedis {
  /** Redis may throw away what it keeps. */
  readonly mayEvict: () => boolean;
  /** Without Redis this process does nothing at all. */
  readonly isAll: boolean;
}

/** Of the Redis that keeps executions. `ping` rejects if it does not answer. */
export function checkSharedRedis(ping: () => Promise<void>, { mayEvict, isAll }: SharedRedis): HealthCheck {
  return async () => {
    const answers = await ping().then(
      () => true,
      () => false,
    );
    if (!answers) {
      return {
        status: isAll ? 'unhealthy' : 'degraded',
        detail:
          'it does not answer; no stored executions are accepted, and those that wait go on when it is back',
      };
    }
    return mayEvict()
      ? {
          status: 'degraded',
          detail: 'its maxmemory-policy is not noeviction, so it may throw away executions',
        }
      : { status: 'healthy', detail: 'it answers' };
  };
}
