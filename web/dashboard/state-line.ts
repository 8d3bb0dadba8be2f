// The first line of the dashboard: that all is well, or each thing that is not.

import type { HealthReport } from '../../src/http/health-report.ts';
import type { MetricsReport } from '../../src/metrics/report.ts';
import { counted } from '../shared/format.ts';
import type { Load } from './data.ts';

export interface Concern {
  readonly text: string;
  /** Id of the part of the page that says more. */
  readonly part: string;
}

/** Nearly full. */
const BUSY_SHARE = 0.9;

/** Programs that fail are not errors of the service. */
export function concernsOf(
  health: HealthReport | null,
  report: MetricsReport | null,
  load: Load | undefined,
): Concern[] {
  const checks = Object.entries(health?.checks ?? {}).filter(([, { status }]) => status !== 'healthy');
  const concerns = checks.map(([name, { detail }]) => ({ text: `${name}: ${detail}`, part: 'health' }));
  const faults = report?.by_status.internal_error ?? 0;
  if (faults > 0)
    concerns.push({
      text: `${counted(faults, 'execution')} failed because of the service`,
      part: 'failures',
    });
  if (load !== undefined && load.capacity > 0 && load.active / load.capacity >= BUSY_SHARE)
    concerns.push({ text: `the queue is nearly full (${load.active} of ${load.capacity})`, part: 'load' });
  return concerns;
}
