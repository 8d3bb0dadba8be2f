// Prometheus itself reads the alerts: each fires for the trouble that it is for, with a summary and a place in the runbook,
// and none while all is well.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { findTool, missing } from './kubernetes/tools.ts';

const ALERTS = join(import.meta.dirname, '../deploy/alerts.yaml');
const RUNBOOK = join(import.meta.dirname, '../docs/runbook.md');
const MINUTES = 30;

interface Rule {
  readonly alert: string;
  readonly annotations: { readonly summary: string };
}
const { groups } = parse(readFileSync(ALERTS, 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

/** A fleet that is well, one sample a minute: name, labels, values in Prometheus' notation. */
const WELL: Readonly<Record<string, string>> = {
  'up{job="code-execution-service",instance="a"}': `1x${MINUTES}`,
  'ces_sandbox_failures_total{sandbox="native",operation="open"}': `0x${MINUTES}`,
  'ces_executions_total{status="internal_error"}': `0x${MINUTES}`,
  'ces_rejections_total{code="queue_full"}': `0x${MINUTES}`,
  'ces_queue_wait_seconds_bucket{le="1"}': `0+10x${MINUTES}`,
  'ces_queue_wait_seconds_bucket{le="60"}': `0+10x${MINUTES}`,
  'ces_queue_wait_seconds_bucket{le="+Inf"}': `0+10x${MINUTES}`,
  ces_stored_oldest_seconds: `5x${MINUTES}`,
  'ces_redis_up{instance="a"}': `1x${MINUTES}`,
  ces_webhooks_overdue_seconds: `0x${MINUTES}`,
  ces_metrics_dropped_total: `0x${MINUTES}`,
  'ces_fleet_workers{instance="a"}': `3x${MINUTES}`,
  'ces_fleet_oldest_seconds{language="python"}': `2x${MINUTES}`,
};
/** What each alert is for: values instead of those. */
const TROUBLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CodeExecutionServiceDown: { 'up{job="code-execution-service",instance="a"}': `0x${MINUTES}` },
  CodeExecutionSandboxFails: {
    'ces_sandbox_failures_total{sandbox="native",operation="open"}': `0+1x${MINUTES}`,
  },
  CodeExecutionInternalErrors: { 'ces_executions_total{status="internal_error"}': `0+1x${MINUTES}` },
  CodeExecutionQueueFull: { 'ces_rejections_total{code="queue_full"}': `0+1x${MINUTES}` },
  CodeExecutionSlowQueue: { 'ces_queue_wait_seconds_bucket{le="1"}': `0x${MINUTES}` },
  CodeExecutionStoredWaitLong: { ces_stored_oldest_seconds: `700+60x${MINUTES}` },
  CodeExecutionRedisLost: { 'ces_redis_up{instance="a"}': `0x${MINUTES}` },
  CodeExecutionWebhooksLate: { ces_webhooks_overdue_seconds: `301x${MINUTES}` },
  CodeExecutionMetricsDropped: { ces_metrics_dropped_total: `0+5x${MINUTES}` },
  CodeExecutionNoWorkers: { 'ces_fleet_workers{instance="a"}': `0x${MINUTES}` },
  CodeExecutionLanguageWaits: { 'ces_fleet_oldest_seconds{language="python"}': `301+60x${MINUTES}` },
};

/** The alerts that fire after half an hour of these series, as `promtool` reports them. */
function firing(series: Readonly<Record<string, string>>, expected: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'alerts-'));
  try {
    const tests = {
      rule_files: [ALERTS],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: [
            {
              expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
              eval_time: `${MINUTES}m`,
              exp_samples: expected.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
            },
          ],
        },
      ],
    };
    const file = join(directory, 'test.yaml');
    writeFileSync(file, stringify(tests));
    const { status, stdout, stderr } = spawnSync(findTool('promtool') ?? '', ['test', 'rules', file], {
      encoding: 'utf8',
    });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('every alert is tried, and the runbook says what to do', () => {
  const runbook = readFileSync(RUNBOOK, 'utf8');
  assert.deepEqual(rules.map(({ alert }) => alert).sort(), Object.keys(TROUBLE).sort());
  for (const { alert, annotations } of rules) {
    assert.ok(annotations.summary.length > 20, alert);
    assert.ok(runbook.includes(`### ${alert}\n`), `${alert} is not in the runbook`);
  }
});

test('no alert fires while all is well', { skip: missing('promtool') }, () => {
  const checked = spawnSync(findTool('promtool') ?? '', ['check', 'rules', ALERTS], { encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stderr);
  assert.equal(firing(WELL, []), '');
});

for (const [alert, values] of Object.entries(TROUBLE)) {
  test(`${alert} fires for its trouble, and alone`, { skip: missing('promtool') }, () => {
    assert.equal(firing({ ...WELL, ...values }, [alert]), '');
  });
}
