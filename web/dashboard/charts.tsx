// The charts: how much and with which end, how slow, how large, how full.

import type { MetricsReport } from '../../src/metrics/report.ts';
import { statusWords } from '../playground/words.ts';
import { counted, formatCount } from '../shared/format.ts';
import { type Bar, Bars } from './bars.tsx';
import { ChartFigure } from './chart-figure.tsx';
import { type Load, samples } from './data.ts';
import { LineChart } from './line-chart.tsx';

export function ExecutionsChart({ report }: { report: MetricsReport }) {
  const { series, totals, bucket_s: seconds } = report;
  const peak = series.reduce((most, step) => (step.executions > most.executions ? step : most), {
    bucket: '',
    executions: 0,
    failures: 0,
  });
  return (
    <ChartFigure
      title="Executions"
      finding={`${formatCount(totals.executions)} ended, most of them (${formatCount(peak.executions)}) at ${timeOf(peak.bucket)}; steps of ${stepInWords(seconds)}.`}
      isEmpty={totals.executions === 0}
      table={{
        head: ['Time', 'Executions', 'Programs that failed'],
        rows: series.map(({ bucket, executions, failures }) => [bucket, executions, failures]),
      }}
    >
      <LineChart
        times={series.map(({ bucket }) => Date.parse(bucket) / 1000)}
        lines={[
          {
            label: 'Executions',
            values: series.map(({ executions }) => executions),
            colour: '--accent',
            isArea: true,
          },
          {
            label: 'Programs that failed',
            values: series.map(({ failures }) => failures),
            colour: '--bad',
            dash: [6, 4],
          },
        ]}
      />
    </ChartFigure>
  );
}

type Distribution = MetricsReport['execution_time_ms'];

interface DistributionChartProps {
  readonly title: string;
  readonly distribution: Distribution;
  readonly format: (value: number) => string;
  /** What executions do with it: `take` time, `use` memory. */
  readonly verb: string;
}

export function DistributionChart({ title, distribution, format, verb }: DistributionChartProps) {
  const { count, p50, p95, p99, histogram } = distribution;
  const bins = binsOf(histogram, format);
  return (
    <ChartFigure
      title={title}
      finding={`Half ${verb} up to ${format(p50)}, 95 % up to ${format(p95)}, 99 % up to ${format(p99)}.`}
      isEmpty={count === 0}
      table={{ head: [title, 'Executions'], rows: bins.map(({ label, value }) => [label, value]) }}
    >
      <Bars bars={bins} />
    </ChartFigure>
  );
}

/** The report counts up to each bound; a bin is what one bound has more than the one before. */
function binsOf(histogram: Distribution['histogram'], format: (value: number) => string): Bar[] {
  const bins = histogram.map(({ le, count }, index) => {
    const value = count - (histogram[index - 1]?.count ?? 0);
    const before = histogram[index - 1]?.le ?? 0;
    return {
      label: le === null ? `over ${format(before)}` : `up to ${format(le)}`,
      value,
      text: formatCount(value),
    };
  });
  const first = bins.findIndex(({ value }) => value > 0);
  return bins.slice(Math.max(0, first), bins.findLastIndex(({ value }) => value > 0) + 1);
}

export function VerdictsChart({ report }: { report: MetricsReport }) {
  const entries = Object.entries(report.by_status).toSorted(([, one], [, other]) => other - one);
  const { executions } = report.totals;
  const share = (count: number) => `${formatCount(count)} (${Math.round((count / executions) * 100)} %)`;
  return (
    <ChartFigure
      title="Verdicts"
      finding={`${Math.round(report.success_rate * 100)} % of the programs passed; ${counted(report.by_status.internal_error ?? 0, 'execution')} failed because of the service.`}
      isEmpty={executions === 0}
      table={{ head: ['Verdict', 'Executions'], rows: entries.map(([status, count]) => [status, count]) }}
    >
      <Bars
        bars={entries.map(([status, count]) => {
          const { icon, word, tone } = statusWords(status);
          return { label: `${icon} ${word}`, value: count, text: share(count), tone };
        })}
      />
    </ChartFigure>
  );
}

const LIMITS = ['time_limit_exceeded', 'memory_limit_exceeded', 'output_limit_exceeded'];

/** Which languages' programs reached a limit, the most first. */
function languagesAt(status: string, { by_language: languages }: MetricsReport): string {
  const counts = Object.entries(languages).map(
    ([id, { by_status }]) => [id, by_status[status] ?? 0] as const,
  );
  const hit = counts.filter(([, count]) => count > 0).toSorted(([, one], [, other]) => other - one);
  return hit.map(([id, count]) => `${id} ${formatCount(count)}`).join(', ');
}

export function LimitsChart({ report }: { report: MetricsReport }) {
  const bars = LIMITS.map((status) => {
    const value = report.by_status[status] ?? 0;
    const languages = languagesAt(status, report);
    const text = languages === '' ? formatCount(value) : `${formatCount(value)}: ${languages}`;
    return { label: statusWords(status).word, value, text, languages, tone: 'limit' };
  });
  const total = bars.reduce((sum, { value }) => sum + value, 0);
  return (
    <ChartFigure
      title="Limits hit"
      finding={total === 0 ? 'No program reached a limit.' : `${counted(total, 'program')} reached a limit.`}
      isEmpty={report.totals.executions === 0}
      table={{
        head: ['Limit', 'Executions', 'By language'],
        rows: bars.map(({ label, value, languages }) => [label, value, languages]),
      }}
    >
      <Bars bars={bars} />
    </ChartFigure>
  );
}

/** Fewer make no line. */
const MIN_SAMPLES = 4;

export function LoadChart() {
  const seen = samples.value;
  const now = seen.at(-1);
  if (now === undefined) return null;
  return (
    <ChartFigure
      title="Load"
      finding={`${now.held} of ${now.slots} slots run a program, ${now.waiting} wait for one; ${now.active} of ${formatCount(now.capacity)} places of the queue are taken. Since this page was opened.`}
      table={{
        head: ['Time', 'Slots used', 'Slots', 'Waiting', 'In the queue', 'Places'],
        rows: seen.map(({ atMs, held, slots, waiting, active, capacity }) => [
          new Date(atMs).toISOString(),
          held,
          slots,
          waiting,
          active,
          capacity,
        ]),
      }}
    >
      {seen.length < MIN_SAMPLES ? (
        <Bars bars={loadBars(now)} full={1} />
      ) : (
        <LineChart
          times={seen.map(({ atMs }) => atMs / 1000)}
          lines={[
            { label: 'Slots used', values: seen.map(({ held }) => held), colour: '--accent', isArea: true },
            { label: 'Slots', values: seen.map(({ slots }) => slots), colour: '--muted', dash: [2, 4] },
            {
              label: 'Waiting for a slot',
              values: seen.map(({ waiting }) => waiting),
              colour: '--limit',
              dash: [6, 4],
            },
          ]}
        />
      )}
    </ChartFigure>
  );
}

function timeOf(iso: string): string {
  return iso === ''
    ? 'no time'
    : new Date(iso).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
}

function stepInWords(seconds: number): string {
  return seconds < 3600 ? `${seconds / 60} minutes` : `${seconds / 3600} h`;
}

function loadBars({ held, slots, waiting, active, capacity }: Load): Bar[] {
  return [
    { label: 'Slots used', value: held / Math.max(1, slots), text: `${held} of ${slots}` },
    {
      label: 'Waiting for a slot',
      value: waiting / Math.max(1, capacity),
      text: formatCount(waiting),
      tone: 'limit',
    },
    {
      label: 'In the queue',
      value: active / Math.max(1, capacity),
      text: `${active} of ${formatCount(capacity)}`,
    },
  ];
}
