// Metrics of real service processes: two that share a Redis, which dies and returns while they serve, and one that keeps
// them in a file.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ExecuteRequest } from '../src/api/execution.ts';
import type { MetricsReport } from '../src/metrics/report.ts';
import { REDIS_MISSING, startRedis } from '../src/redis/redis-fixture.ts';
import { execute, launch, ready, type Service, stop, TIME_FACTOR } from './service.ts';

const ATTEMPTS = 200;
const ATTEMPT_MS = 100 * TIME_FACTOR;
/** In sources, inputs and outputs of the programs: it must be nowhere in what is kept. */
const SECRET = 'x-secret-x';

async function start(t: TestContext, environment: Record<string, string>): Promise<Service> {
  const child = launch({ LANGUAGES: 'bash', CODE_VALIDATION: 'off', ...environment });
  t.after(() => child.kill('SIGKILL'));
  return ready(child, ['bash']);
}

async function get<T = MetricsReport>(service: Service, path: string): Promise<T> {
  const answer = await fetch(service.url + path);
  assert.equal(answer.status, 200, path);
  return (await answer.json()) as T;
}

/** All of a report but the moment it was made, and the queue of the process that made it. */
async function metricsOf(service: Service, path = '/api/v1/metrics?hours=48') {
  const { to: _to, queue, ...rest } = await get(service, path);
  return { ...rest, wait: queue.wait_ms };
}

async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await isTrue()) return;
    await delay(ATTEMPT_MS);
  }
  assert.fail(`${what}: it does not happen`);
}

const redisHealth = async (service: Service) =>
  (await get<{ checks: { redis: { status: string } } }>(service, '/api/v1/health')).checks.redis.status;

function requestOf(index: number): Partial<ExecuteRequest> {
  const user_id = `user-${index % 5}`;
  if (index % 5 === 3) return { user_id, language: 'bash', code: `exit 1 # ${SECRET}` };
  if (index % 5 === 4) return { user_id, language: 'cobol', code: SECRET };
  const test = { input: SECRET, expected_output: SECRET, is_hidden: true };
  return { user_id, language: 'bash', code: 'cat', test_cases: [test] };
}

/** Sends `count` requests, one after another; of each five three are accepted, one fails and one is refused. */
async function send(service: Service, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const answer = await execute(service, requestOf(index));
    assert.equal(answer.status, index % 5 === 4 ? 422 : 200);
    await answer.arrayBuffer();
  }
}

suite('two services on one Redis', { skip: REDIS_MISSING }, () => {
  test('report the same, continue while it is dead, and lose nothing', async (t) => {
    await using redis = await startRedis(['--rdbcompression', 'no']);
    const environment = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), REDIS_PREFIX: 'pair' };
    const [one, other] = await Promise.all([start(t, environment), start(t, environment)]);
    await Promise.all([send(one, 25), send(other, 15)]);
    await Promise.all([metricsOf(one), metricsOf(other)]);
    const report = await metricsOf(one);
    assert.deepEqual(report.totals, { executions: 32, accepted: 24, failed: 8, rejected: 8 });
    assert.equal(report.active_users, 5);
    assert.equal(report.execution_time_ms.count, 32);
    assert.ok(report.execution_time_ms.p50 > 0);
    assert.deepEqual(await metricsOf(other), report);
    const user = '/api/v1/metrics/user/user-3?hours=48';
    const { to: _, ...ofOne } = await get(one, user);
    const { to: __, ...ofOther } = await get(other, user);
    assert.deepEqual(ofOne.totals, { executions: 8, accepted: 0, failed: 8, rejected: 0 });
    assert.deepEqual(ofOther, ofOne);

    await redis.kill();
    await send(one, 10);
    await until(async () => (await redisHealth(one)) === 'degraded', 'the loss of Redis is reported');
    assert.equal((await fetch(`${one.url}/api/v1/metrics`)).status, 503);
    assert.match(await (await fetch(`${one.url}/metrics`)).text(), /^ces_redis_up 0$/m);
    await redis.start();
    await until(async () => (await redisHealth(one)) === 'healthy', 'the return of Redis is reported');
    const executions = async () => (await metricsOf(one)).totals.executions;
    await until(async () => (await executions()) === 40, 'what was counted meanwhile is stored');

    await until(async () => (await redisHealth(other)) === 'healthy', 'the other one is back too');
    await send(one, 5);
    await stop(one);
    assert.deepEqual((await metricsOf(other)).totals, {
      executions: 44,
      accepted: 33,
      failed: 11,
      rejected: 11,
    });
    assert.doesNotMatch(await allOf(redis.port), new RegExp(SECRET));
    await stop(other);
  });
});

/** The names of all keys with what the hashes and lists of users hold. */
async function allOf(port: number): Promise<string> {
  const client = new Redis({ host: '127.0.0.1', port });
  const keys = await client.keys('*');
  assert.ok(keys.every((key) => key.startsWith('pair')));
  const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
  client.disconnect();
  return [...keys, ...dumps.map((dump) => dump?.toString('latin1'))].join('\n');
}

suite('a service without Redis', () => {
  test('keeps its metrics in a file, over a restart', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'metrics-test-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const first = await start(t, { DATA_DIR: directory });
    await send(first, 10);
    await stop(first);
    const second = await start(t, { DATA_DIR: directory });
    await send(second, 5);
    const report = await metricsOf(second);
    assert.deepEqual(report.totals, { executions: 12, accepted: 9, failed: 3, rejected: 3 });
    assert.equal(await redisHealth(second), 'healthy');
    const logged = (text: RegExp) => second.lines.filter((line) => text.test(line)).length;
    assert.equal(logged(/No Redis is used/), 1);
    assert.equal(logged(/Metrics are kept in a file/), 1);
    await stop(second);
    const files = (await readdir(directory)).filter((name) => name.startsWith('metrics.sqlite'));
    assert.ok(files.includes('metrics.sqlite'));
    for (const file of files) {
      assert.doesNotMatch(await readFile(join(directory, file), 'latin1'), new RegExp(SECRET));
    }
  });

  test('counts nothing when metrics are off', async (t) => {
    const service = await start(t, { METRICS_ENABLED: 'false' });
    await send(service, 1);
    for (const path of ['/api/v1/metrics', '/api/v1/metrics/user/user-0', '/metrics']) {
      const answer = await fetch(service.url + path);
      assert.equal(answer.status, 404);
      assert.match(await answer.text(), /Metrics are turned off/);
    }
    await stop(service);
  });
});
