// The health report: how parts make the whole, and its bounds.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createHealth, type HealthCheck, type HealthReport } from './health-report.ts';

const works: HealthCheck = async () => ({ status: 'healthy', detail: 'works' });
const limps: HealthCheck = async () => ({ status: 'degraded', detail: 'limps' });
const fails: HealthCheck = async () => {
  throw new Error('no such file /var/lib/secret');
};
const hangs: HealthCheck = () => new Promise(() => {});
const ALL_WORK = {
  sandbox: works,
  docker: works,
  redis: works,
  queue: works,
  disk: works,
  toolchains: works,
};

function health(checks: Partial<Record<keyof HealthReport['checks'], HealthCheck>>) {
  const failures: string[] = [];
  const examine = createHealth(
    { ...ALL_WORK, ...checks },
    { version: '1.2.3', onFailure: (part, error) => failures.push(`${part}: ${(error as Error).message}`) },
  );
  return { examine, failures };
}

suite('the health report', () => {
  test('is healthy when all parts are', async () => {
    const report = await health({}).examine();
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
    ]);
    assert.equal(report.checks.disk.detail, 'works');
    assert.ok(report.checks.disk.latency_ms >= 0);
  });

  test('is as bad as its worst part', async () => {
    assert.equal((await health({ disk: limps }).examine()).status, 'degraded');
    assert.equal((await health({ disk: limps, sandbox: fails }).examine()).status, 'unhealthy');
  });

  test('tells nothing of what a check threw, which is reported', async () => {
    const { examine, failures } = health({ sandbox: fails });
    assert.doesNotMatch(JSON.stringify(await examine()), /secret/);
    assert.deepEqual(failures, ['sandbox: no such file /var/lib/secret']);
  });

  test('does not wait for a check that hangs', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const report = health({ sandbox: hangs }).examine();
    t.mock.timers.tick(5000);
    assert.equal((await report).checks.sandbox.status, 'unhealthy');
  });

  test('is made once for many who ask within a second', async () => {
    let boxes = 0;
    const counts: HealthCheck = async () => {
      boxes += 1;
      return { status: 'healthy', detail: 'works' };
    };
    const { examine } = health({ sandbox: counts });
    await Promise.all(Array.from({ length: 50 }, examine));
    await examine();
    assert.equal(boxes, 1);
  });
});
