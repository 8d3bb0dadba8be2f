// The health report: how parts make the whole, and its bounds.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { suite, type TestContext, test } from 'node:test';
import { createHealth, type HealthCheck, type HealthReport } from './health-report.ts';

const works: HealthCheck = async () => ({ status: 'healthy', detail: 'works' });
const limps: HealthCheck = async () => ({ status: 'degraded', detail: 'limps' });
const fails: HealthCheck = async () => {
  throw new Error('no such file /var/lib/secret');
};
const ALL_WORK = {
  sandbox: works,
  docker: works,
  redis: works,
  queue: works,
  disk: works,
  toolchains: works,
  webhooks: works,
};

function health(checks: Partial<Record<keyof HealthReport['checks'], HealthCheck>>) {
  const reported: string[] = [];
  const { report, readiness } = createHealth(
    { ...ALL_WORK, ...checks },
    {
      version: '1.2.3',
      onFailure: (part, error) => reported.push(`${part}: ${(error as Error).message}`),
      onRecovery: (part) => reported.push(`${part} works`),
    },
  );
  return { report, readiness, reported };
}

suite('the health report', () => {
  test('is healthy when all parts are', async () => {
    const report = await health({}).report();
    assert.equal(report.status, 'healthy');
    assert.equal(report.version, '1.2.3');
    assert.ok(report.uptime_s > 0);
    assert.deepEqual(Object.keys(report.checks), [
      'sandbox',
      'docker',
      'redis',
      'queue',
      'disk',
      'toolchains',
      'webhooks',
    ]);
    assert.equal(report.checks.disk.detail, 'works');
    assert.ok(report.checks.disk.latency_ms >= 0);
  });

  test('is as bad as its worst part', async () => {
    assert.equal((await health({ disk: limps }).report()).status, 'degraded');
    assert.equal((await health({ disk: limps, sandbox: fails }).report()).status, 'unhealthy');
  });

  test('shows nothing of what a check threw, which is logged', async () => {
    const { report, reported } = health({ sandbox: fails });
    assert.doesNotMatch(JSON.stringify(await report()), /secret/);
    assert.deepEqual(reported, ['sandbox: no such file /var/lib/secret']);
  });

  test('does not call the service unhealthy for a part that programs can do without', async () => {
    assert.equal((await health({ redis: fails, docker: fails, disk: fails }).report()).status, 'degraded');
  });

  /** Moves both clocks that count here. */
  function clockOf(t: TestContext) {
    let now = 0;
    t.mock.method(performance, 'now', () => now);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    return (milliseconds: number) => {
      now += milliseconds;
      t.mock.timers.tick(milliseconds);
    };
  }

  test('does not wait for a check that hangs, and does not start it again', async (t) => {
    const pass = clockOf(t);
    let started = 0;
    const answer = Promise.withResolvers<{ status: 'healthy'; detail: string }>();
    const { report } = health({
      sandbox: () => {
        started += 1;
        return answer.promise;
      },
    });
    for (const _ of [1, 2, 3]) {
      const asked = report();
      pass(5000);
      const { sandbox } = (await asked).checks;
      assert.deepEqual(sandbox, {
        status: 'unhealthy',
        detail: 'no answer within 5000 ms',
        latency_ms: 5000,
      });
      pass(1001);
    }
    assert.equal(started, 1);
    answer.resolve({ status: 'healthy', detail: 'works' });
    assert.equal((await report()).checks.sandbox.status, 'healthy');
  });

  test('reports once that a check fails, and once that it works again', async (t) => {
    const pass = clockOf(t);
    let works = false;
    const { report, reported } = health({
      disk: async () => {
        if (!works) throw new Error('gone');
        return { status: 'healthy', detail: 'works' };
      },
    });
    for (const each of [false, false, true, true, false]) {
      works = each;
      await report();
      pass(1001);
    }
    assert.deepEqual(reported, ['disk: gone', 'disk works', 'disk: gone']);
  });

  test('is made once for many who ask within a second', async (t) => {
    const pass = clockOf(t);
    let boxes = 0;
    const counts: HealthCheck = async () => {
      boxes += 1;
      return { status: 'healthy', detail: 'works' };
    };
    const { report, readiness } = health({ sandbox: counts });
    await Promise.all(Array.from({ length: 50 }, () => Promise.all([report(), readiness()])));
    pass(999);
    await report();
    assert.equal(boxes, 1);
    pass(2);
    await report();
    assert.equal(boxes, 2);
  });
});

suite('the readiness', () => {
  const cases: [checks: Partial<Record<keyof HealthReport['checks'], HealthCheck>>, readiness: string][] = [
    [{}, 'ready'],
    [{ redis: fails, docker: fails, queue: limps, disk: limps }, 'ready'],
    [{ toolchains: limps }, 'starting'],
    [{ toolchains: async () => ({ status: 'unhealthy', detail: 'none' }) }, 'unavailable'],
    [{ sandbox: fails }, 'unavailable'],
  ];
  for (const [checks, expected] of cases) {
    test(`is ${expected} when ${Object.keys(checks).join(', ') || 'nothing'} does not work`, async () => {
      assert.equal(await health(checks).readiness(), expected);
    });
  }

  test('does not wait for parts that programs can do without', async () => {
    assert.equal(await health({ redis: () => new Promise(() => {}) }).readiness(), 'ready');
  });
});
