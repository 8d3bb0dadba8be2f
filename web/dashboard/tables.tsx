// The tables: checks of the health, and languages.

import type { HealthReport } from '../../src/http/health-report.ts';
import type { MetricsReport } from '../../src/metrics/report.ts';
import { counted, formatCount, formatMs } from '../shared/format.ts';
import { languages } from './data.ts';

const HEALTH_WORDS = {
  healthy: { icon: '✓', tone: 'good' },
  degraded: { icon: '!', tone: 'limit' },
  unhealthy: { icon: '✗', tone: 'bad' },
} as const;

export function HealthTable({ health }: { health: HealthReport }) {
  return (
    <section id="health" aria-labelledby="health-title" class="chart">
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

export function LanguagesTable({ report }: { report: MetricsReport }) {
  const rows = languages.value.map((language) => ({ ...language, counts: report.by_language[language.id] }));
  rows.sort((one, other) => (other.counts?.executions ?? 0) - (one.counts?.executions ?? 0));
  return (
    <section aria-labelledby="languages-title" class="chart wide">
      <h2 id="languages-title">Languages</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="data-table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Language</th>
              <th scope="col">State</th>
              <th scope="col">Executions</th>
              <th scope="col">Passed</th>
              <th scope="col">Rejected</th>
              <th scope="col">Mean time</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, name, version, status, counts }) => (
              <tr key={id}>
                <th scope="row">{name}</th>
                <td>{status === 'ready' ? version : status}</td>
                <td class="number">{formatCount(counts?.executions ?? 0)}</td>
                <td>{counts && counts.executions > 0 ? <Share share={counts.success_rate} /> : '–'}</td>
                <td class="number">{formatCount(counts?.rejected ?? 0)}</td>
                <td class="number">
                  {counts && counts.executions > 0 ? formatMs(counts.mean_execution_time_ms) : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Share({ share }: { share: number }) {
  return (
    <span class="share">
      <span class="share-track" aria-hidden="true">
        <span class="share-part" style={{ width: `${share * 100}%` }} />
      </span>
      {Math.round(share * 100)} %
    </span>
  );
}
