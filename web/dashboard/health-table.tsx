// The table of the health: what each check found.

import type { HealthReport } from '../../src/http/health-report.ts';
import { counted, formatMs } from '../shared/format.ts';

const HEALTH_WORDS = {
  healthy: { icon: '✓', tone: 'good' },
  degraded: { icon: '!', tone: 'limit' },
  unhealthy: { icon: '✗', tone: 'bad' },
} as const;

export function HealthTable({ health }: { health: HealthReport }) {
  return (
    <section id="health" aria-labelledby="health-title" class="chart wide">
      <h2 id="health-title">Health</h2>
      <p>
        Version {health.version}, up for {uptime(health.uptime_s)}.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="data-table" tabIndex={0}>
        <table>
          <tbody>
            {Object.entries(health.checks).map(([name, { status, detail, latency_ms: latency }]) => {
              const { icon, tone } = HEALTH_WORDS[status];
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class={tone}>
                    {icon} {status}
                  </td>
                  <td>{detail}</td>
                  <td class="number">{formatMs(latency)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function uptime(seconds: number): string {
  if (seconds < 3600) return counted(Math.round(seconds / 60), 'minute');
  return seconds < 172_800
    ? counted(Math.round(seconds / 3600), 'hour')
    : counted(Math.round(seconds / 86_400), 'day');
}
