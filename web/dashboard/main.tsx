// The dashboard: on one page, that all is well or what is not, and the figures behind it.

import '../shared/base.css';
import './dashboard.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { formatCount, formatKib, formatMs } from '../shared/format.ts';
import { KeyForm } from '../shared/key-form.tsx';
import { SiteLinks } from '../shared/site-links.tsx';
import { Actions } from './actions.tsx';
import { DistributionChart, ExecutionsChart, LimitsChart, LoadChart, VerdictsChart } from './charts.tsx';
import {
  chooseRange,
  health,
  hours,
  isAway,
  RANGES,
  refusal,
  report,
  samples,
  update,
  updatedAt,
  watchService,
} from './data.ts';
import { FailuresTable } from './failures.tsx';
import { HealthTable } from './health-table.tsx';
import { LanguagesTable } from './languages-table.tsx';
import { LatencyChart } from './latency-chart.tsx';
import { concernsOf } from './state-line.ts';
import { UsersTable } from './users-table.tsx';
import { WorkersTable } from './workers-table.tsx';

const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 1000);

function Dashboard() {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the figures
      </a>
      <header class="toolbar">
        <h1>Dashboard</h1>
        <select
          aria-label="Range"
          value={hours.value}
          onChange={({ currentTarget: { value } }) => chooseRange(Number(value))}
        >
          {RANGES.map(({ hours: each, label }) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </select>
        <Age />
        <span class="grow" />
        <SiteLinks current="dashboard" />
      </header>
      <main id="main" tabIndex={-1} class={isAway.value ? 'away' : ''}>
        {refusal.value === null ? <Figures /> : <Refused />}
      </main>
    </>
  );
}

function Age() {
  if (isAway.value) return <span class="age bad">Cannot reach the service; trying again</span>;
  if (updatedAt.value === null) return <span class="age muted">Loading…</span>;
  const seconds = Math.max(0, Math.round((now.value - updatedAt.value) / 1000));
  return <span class="age muted">Updated {seconds} s ago</span>;
}

function Refused() {
  const { problem } = refusal.value ?? {};
  if (problem?.status !== 401 && problem?.status !== 403) return <p>{problem?.detail}</p>;
  return (
    <KeyForm
      reason="The dashboard needs an API key with the scope metrics."
      onEntered={() => void update()}
    />
  );
}

function Figures() {
  const shown = report.value;
  if (shown === null || health.value === null) return <p class="muted">Loading…</p>;
  return (
    <>
      <p class="muted print-only">
        {shown.from} to {shown.to}
      </p>
      <State />
      <Totals />
      <div class="charts">
        <ExecutionsChart report={shown} />
        <div id="load">
          <LoadChart />
        </div>
        <div id="verdicts">
          <VerdictsChart report={shown} />
        </div>
        <LatencyChart report={shown} />
        <DistributionChart
          title="Time of an execution"
          verb="take"
          distribution={shown.execution_time_ms}
          format={formatMs}
        />
        <DistributionChart
          title="Wait in the queue"
          verb="wait"
          distribution={shown.queue.wait_ms}
          format={formatMs}
        />
        <DistributionChart title="Memory" verb="use" distribution={shown.memory_kb} format={formatKib} />
        <LimitsChart report={shown} />
        <UsersTable />
        <HealthTable health={health.value} />
        <FailuresTable />
        <WorkersTable report={shown} />
        <LanguagesTable report={shown} />
        <Actions />
      </div>
    </>
  );
}

function State() {
  const concerns = concernsOf(health.value, report.value, samples.value.at(-1));
  const isWell = concerns.length === 0;
  return (
    <p class={`state ${isWell ? 'good' : 'bad'}`} data-testid="run-state" data-status={health.value?.status}>
      {isWell ? '✓ All is well' : '! '}
      {concerns.map(({ text, part }, index) => (
        <a key={text} href={`#${part}`}>
          {index > 0 ? '; ' : ''}
          {text}
        </a>
      ))}
    </p>
  );
}

function Totals() {
  const shown = report.value;
  if (shown === null) return null;
  const { totals, success_rate: rate, execution_time_ms: time, active_users: users } = shown;
  const figures = [
    ['Executions', formatCount(totals.executions)],
    ['Passed', totals.executions === 0 ? '–' : `${Math.round(rate * 100)} %`],
    ['Rejected requests', formatCount(totals.rejected)],
    ['95 % end within', totals.executions === 0 ? '–' : formatMs(time.p95)],
    ['Users', formatCount(users)],
  ];
  return (
    <dl class="totals">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const parent = document.getElementById('app');
if (parent !== null) render(<Dashboard />, parent);
watchService();
