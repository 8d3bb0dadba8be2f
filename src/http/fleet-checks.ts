// The health checks of a process that belongs to a fleet: the workers, and the Redis that they share.

import type { HealthCheck } from './health-report.ts';

interface Worker {
  readonly slots: number;
  readonly running: number;
}

/** Of a process that runs nothing itself. */
export function checkWorkers(workers: () => readonly Worker[]): HealthCheck {
  return async () => {
    const all = workers();
    if (all.length === 0) return { status: 'degraded', detail: 'no worker is there; what is accepted waits' };
    const slots = all.reduce((sum, each) => sum + each.slots, 0);
    const running = all.reduce((sum, each) => sum + each.running, 0);
    return {
      status: 'healthy',
      detail: `${all.length} workers with ${slots} slots have ${running} executions`,
    };
  };
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
