// The health of the whole process: what it says while all is well, while every slot is busy, and while its sandbox is
// stopped or dead.

import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthReport } from '../src/http/health-report.ts';
import { execute, launchFor, ready, type Service } from './service.ts';

/** Longer than a report is kept. */
const STALE_MS = 1100;

/** One for all tests: each leaves it well. */
const child = await launchFor({ after }, { CONCURRENCY: '1', CODE_VALIDATION: 'off' });
const service = await ready(child, ['python']);

async function health({ url }: Service): Promise<{ code: number; report: HealthReport }> {
  const answer = await fetch(`${url}/api/v1/health`);
  return { code: answer.status, report: (await answer.json()) as HealthReport };
}

/** Resolves when the service is healthy and says this about its sandbox. */
async function untilSandbox(detail: RegExp): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { code, report } = await health(service);
    assert.equal(code, 200, JSON.stringify(report));
    if (detail.test(report.checks.sandbox.detail)) return;
    await delay(50);
  }
  assert.fail(`the sandbox never says ${detail}`);
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
  test('is that of its parts, and needs no key', async () => {
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

  test('is well while every slot is busy, and looking takes no slot from programs', async () => {
    const [controller, code] = [new AbortController(), 'import time\ntime.sleep(60)'];
    const { signal } = controller;
    const running = execute(service, { language: 'python', code, time_limit: 30 }, { signal });
    // A report is kept for a while, and the program has to be started.
    await untilSandbox(/^every slot runs a program; native: /);
    assert.deepEqual(await readiness(service), [200, { status: 'ready' }]);
    controller.abort();
    await assert.rejects(running);
    // Nobody has asked since, and what waited for a slot must not keep it.
    assert.equal((await execute(service, { language: 'python', code: 'print(1)' })).status, 200);
  });

  test('is bad while the sandbox does nothing, and good again after that', async () => {
    const failures = () => linesOf(service, 'a health check fails').length;
    const before = failures();
    process.kill(supervisorOf(service), 'SIGSTOP');
    await delay(STALE_MS);
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
      if (linesOf(service, 'a health check works again').length > before) break;
      await delay(50); // the answer may come before what was printed
    }
    assert.equal(failures(), before + 1);
    assert.equal(linesOf(service, 'a health check works again').length, before + 1);
  });

  test('is good after the sandbox died: it is started again for the check', async () => {
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
