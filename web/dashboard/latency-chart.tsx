// How slow, over time: percentiles of the execution time in each step.

import type { MetricsReport } from '../../src/metrics/report.ts';
import { formatMs } from '../shared/format.ts';
import { ChartFigure } from './chart-figure.tsx';
import { LineChart } from './line-chart.tsx';

export function LatencyChart({ report: { series, execution_time_ms: all } }: { report: MetricsReport }) {
  const slowest = series.reduce<(typeof series)[number] | undefined>(
    (most, step) => ((step.p95_ms ?? -1) > (most?.p95_ms ?? -1) ? step : most),
    undefined,
  );
  const finding =
    slowest?.p95_ms == null
      ? 'Nothing was measured.'
      : `95 % end within ${formatMs(all.p95)}; at the slowest, ${new Date(slowest.bucket).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}, within ${formatMs(slowest.p95_ms)}. The scale is logarithmic.`;
  return (
    <ChartFigure
      title="Percentiles over time"
      finding={finding}
      isEmpty={all.count === 0}
      table={{
        head: ['Time', 'p50 ms', 'p95 ms', 'p99 ms'],
        rows: series.map(({ bucket, p50_ms, p95_ms, p99_ms }) => [
          bucket,
          ...[p50_ms, p95_ms, p99_ms].map((value) => value ?? ''),
        ]),
      }}
    >
      <LineChart
        times={series.map(({ bucket }) => Date.parse(bucket) / 1000)}
        logarithmic={formatMs}
        lines={[
          { label: 'p50', values: series.map(({ p50_ms: value }) => value), colour: '--good' },
          {
            label: 'p95',
            values: series.map(({ p95_ms: value }) => value),
            colour: '--accent',
            dash: [6, 4],
          },
          { label: 'p99', values: series.map(({ p99_ms: value }) => value), colour: '--limit', dash: [2, 4] },
        ]}
      />
    </ChartFigure>
  );
}
