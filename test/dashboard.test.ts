// Holds the Grafana dashboard and the alerts to the metrics that there are: they name none but those, with labels that
// they have.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { execution } from '../src/metrics/metrics-contract.ts';
import { PARTS } from '../src/metrics/metrics-fixture.ts';
import { createPrometheus } from '../src/metrics/prometheus.ts';

const PATH = join(resolve(import.meta.dirname, '..'), 'deploy/grafana-dashboard.json');
const dashboard = readFileSync(PATH, 'utf8');

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const panels = (JSON.parse(dashboard) as { panels: Panel[] }).panels;

/** Every series of a process that has seen one of each thing, by its name, with the names of its labels. */
async function knownSeries(): Promise<Map<string, Set<string>>> {
  const prometheus = createPrometheus({
    ...PARTS,
    pool: () => ({ idle: 0, hits: 0, misses: 0 }),
    warm: async () => ({ waiting: 0, memoryBytes: 0, hits: 0, misses: 0, deaths: 0 }),
    sharedBuilds: () => ({ found: 0, missed: 0, kept: 0 }),
    redis: () => true,
    fleet: () => ({
      ...{ workers: 1, slots: 2, running: 0 },
      languages: new Map([['python', { waiting: 1, oldestAtMs: 0 }]]),
    }),
    recorder: () => ({ pending: 0, dropped: 0 }),
  });
  prometheus.observe(execution({ compileTimeMs: 1 }));
  prometheus.observe({ kind: 'rejection', atMs: 0, userId: null, language: null, code: 'queue_full' });
  prometheus.observeRequest({ method: 'GET', route: '/', api: null, status: 200, durationMs: 1 });
  prometheus.countSandboxFailure('native', 'open');
  prometheus.countWebhook('delivered');
  prometheus.countAttempt('finished');
  const series = new Map<string, Set<string>>();
  for (const line of (await prometheus.text()).split('\n')) {
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const found = series.get(name) ?? new Set(['instance', 'job']);
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) found.add(label);
    series.set(name, found);
  }
  return series;
}

/** What is wrong with an expression: names that are unknown, and labels that none of its series has. */
function problemsOf(text: string, series: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = text.match(/\b(ces|process|nodejs)_\w+/g) ?? [];
  const labels = [
    ...[...text.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', ')),
    ...[...text.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label),
    ...[...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
  ];
  return [
    ...(names.length === 0 ? ['it names no metric'] : []),
    ...names.filter((name) => !series.has(name)),
    ...labels.filter((label) => !names.some((name) => series.get(name)?.has(label))),
  ];
}

test('the dashboard names only metrics and labels that there are', async () => {
  const series = await knownSeries();
  const targets = panels.flatMap(({ targets = [] }) => targets);
  assert.ok(targets.length > 20);
  for (const { expr, legendFormat } of targets) {
    assert.deepEqual(problemsOf(`${expr} ${legendFormat}`, series), [], expr);
  }
  assert.deepEqual(problemsOf(dashboard.match(/label_values\(.*?\)/)?.[0] ?? '', series), []);
  assert.deepEqual(problemsOf('rate(ces_runs_total{user="x"}[5m])', series), ['ces_runs_total', 'user']);
});

test('the dashboard shows every metric of our own', async () => {
  const names = [...(await knownSeries()).keys()].filter((name) => name.startsWith('ces_'));
  const missing = names
    .map((name) => name.replace(/_(sum|count)$/, '_bucket'))
    .filter((name) => !dashboard.includes(name));
  assert.deepEqual([...new Set(missing)], []);
});

test('the alerts name only metrics and labels that there are', async () => {
  const series = await knownSeries();
  const file = readFileSync(join(resolve(import.meta.dirname, '..'), 'deploy/alerts.yaml'), 'utf8');
  const { groups } = parse(file) as { groups: { rules: { alert: string; expr: string }[] }[] };
  const rules = groups.flatMap(({ rules }) => rules);
  assert.ok(rules.length > 5);
  // `up` is Prometheus' own.
  for (const { alert, expr } of rules.filter(({ expr }) => !expr.startsWith('up{')))
    assert.deepEqual(problemsOf(expr, series), [], alert);
});
