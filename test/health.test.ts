// The health of the whole process: what it says while all is well, while every slot is busy, and while its sandbox is
// stopped or dead.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthReport } from '../src/http/health-report.ts';
import { execute, launchFor, ready, type Service } from './service.ts';

/** Longer than a report is kept. */
const STALE_MS = 1100;

async function start(t: TestContext): Promise<Service> {
  return ready(await launchFor(t, { CONCURRENCY: '1' }), ['python']);
}

async function health({ url }: Service): Promise<{ code: number; report: HealthReport }> {
  const answer = await fetch(`${url}/api/v1/health`);
  return { code: answer.status, report: (await answer.json()) as HealthReport };
}

async function readiness({ url }: Service): Promise<unknown[]> {
  const answer = await fetch(`${url}/health/ready`);
  return [answer.status, await answer.json()];
}

function linesOf({ lines }: Service, msg: string) {
  return lines.map((line) => JSON.parse(line)).filter((line) => line.msg === msg);
}

function supervisorOf(service: Service): number {
  return Number(linesOf(service, 'the native sandbox is ready').at(-1)?.pid);
}

suite('the health of the process', () => {
  test('is that of its parts, and needs no key', async (t) => {
    const service = await start(t);
    const { code, report } = await health(service);
    assert.equal(code, 200);
    assert.equal(report.status, 'healthy', JSON.stringify(report));
    const details = Object.entries(report.checks).map(([part, { detail }]) => `${part}: ${detail}`);
    assert.match(details.join('\n'), /^sandbox: a box ran in [\d.]+ ms; \d+ runtimes wait; native: ./m);
    assert.match(
      details.join('\n'),
      /^queue: 0 of at most 257 executions wait or run; 0 of at most 10000 stored ones; .*survives the end of every process and the loss of power$/m,
    );
    assert.match(details.join('\n'), /^disk: \d+ MB free$/m);
    assert.match(details.join('\n'), /^toolchains: \d ready/m);
    assert.deepEqual(await readiness(service), [200, { status: 'ready' }]);
  });

  test('is well while every slot is busy, and looking takes no slot from programs', async (t) => {
    const service = await start(t);
    // The first execution also starts what validates code.
    assert.equal((await execute(service, { language: 'python', code: 'print(0)' })).status, 200);
    const running = execute(service, { language: 'python', code: 'import time\ntime.sleep(3)' });
    await delay(500);
    const { code, report } = await health(service);
    assert.equal(code, 200);
    assert.match(report.checks.sandbox.detail, /^every slot runs a program; native: /);
    assert.deepEqual(await readiness(service), [200, { status: 'ready' }]);
    assert.equal((await running).status, 200);
    // Nobody has asked since, and what waited for a slot must not keep it.
    assert.equal((await execute(service, { language: 'python', code: 'print(1)' })).status, 200);
  });

  test('is bad while the sandbox does nothing, and good again after that', async (t) => {
    const service = await start(t);
    process.kill(supervisorOf(service), 'SIGSTOP');
    const { code, report } = await health(service);
    assert.equal(code, 503);
    assert.equal(report.status, 'unhealthy');
    assert.equal(report.checks.sandbox.detail, 'no answer within 5000 ms');
    assert.deepEqual(await readiness(service), [503, { status: 'unavailable' }]);
    assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
    process.kill(supervisorOf(service), 'SIGCONT');
    // The check that hung ends first, in its own time.
    for (let attempt = 0; attempt < 100 && (await health(service)).code !== 200; attempt += 1)
      await delay(100);
    assert.equal((await health(service)).code, 200);
    assert.deepEqual(await readiness(service), [200, { status: 'ready' }]);
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (linesOf(service, 'a health check works again').length > 0) break;
      await delay(50); // the answer may come before what was printed
    }
    assert.equal(linesOf(service, 'a health check fails').length, 1);
    assert.equal(linesOf(service, 'a health check works again').length, 1);
  });

  test('is good after the sandbox died: it is started again for the check', async (t) => {
    const service = await start(t);
    const dead = supervisorOf(service);
    process.kill(dead, 'SIGKILL');
    await delay(STALE_MS);
    const { report } = await health(service);
    assert.equal(report.checks.sandbox.status, 'healthy', JSON.stringify(report));
    // The answer may come before what was printed.
    for (let attempt = 0; supervisorOf(service) === dead && attempt < 100; attempt += 1) await delay(50);
    assert.notEqual(supervisorOf(service), dead);
  });
});
