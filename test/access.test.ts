// Who may use the service, how much, and what others notice of it: keys, limits and fairness, over whole processes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecuteRequest } from '../src/api/execution.ts';
import { REDIS_MISSING, startRedis } from '../src/redis/redis-fixture.ts';
import { execute, launchFor, PROJECT, ready, type Service } from './service.ts';

const HELLO = { language: 'python', code: 'print("hello")' };
const DEADLINE_MS = 30_000;

async function start(t: TestContext, environment: Record<string, string>, apiKey?: string): Promise<Service> {
  return ready(await launchFor(t, { CODE_VALIDATION: 'off', ...environment }), ['python'], apiKey);
}

/** `npm run keys`, without npm. Resolves with what it prints for programs. */
async function keys(environment: Record<string, string>, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [resolve(PROJECT, 'scripts/keys.ts'), ...args], { env: environment });
  const output = child.stdout.toArray();
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  return Buffer.concat(await output)
    .toString('utf8')
    .trim();
}

async function status(service: Service, key: string): Promise<number> {
  const answer = await execute(service, HELLO, { headers: { 'x-api-key': key } });
  await answer.text();
  return answer.status;
}

async function untilStatus(service: Service, key: string, wanted: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while ((await status(service, key)) !== wanted) {
    assert.ok(performance.now() < deadline, `${key} never gets ${wanted}`);
    await delay(100);
  }
}

suite('keys', () => {
  test('are made and revoked while the service runs', async (t) => {
    const service = await start(t, { API_KEYS: 'plain-key-of-clients' }, 'plain-key-of-clients');
    const environment = { PATH: process.env.PATH ?? '', DATA_DIR: await dataDirectoryOf(service) };
    assert.equal(await status(service, 'ces_unknown'), 401);
    const key = await keys(environment, 'make', 'grader', '--days', '1');
    await untilStatus(service, key, 200);
    assert.match(await keys(environment, 'list'), /grader +execute,metrics/);
    await keys(environment, 'revoke', 'grader');
    await untilStatus(service, key, 401);
    assert.equal(await status(service, 'plain-key-of-clients'), 200);
    assert.doesNotMatch(service.lines.join('\n'), new RegExp(`${key}|plain-key`));
  });
});

/** Where a service keeps its data, from its own environment. */
async function dataDirectoryOf({ process: child }: Service): Promise<string> {
  const environment = await readFile(`/proc/${child.pid}/environ`, 'utf8');
  return /(?:^|\0)DATA_DIR=([^\0]*)/.exec(environment)?.[1] ?? '';
}

suite('limits', { skip: REDIS_MISSING }, () => {
  test('hold for all services of one Redis, and in each of them while it is lost', async (t) => {
    await using redis = await startRedis();
    const environment = {
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String(redis.port),
      USER_EXECUTIONS_PER_DAY: '3',
    };
    const services = await Promise.all([start(t, environment), start(t, environment)]);
    const submit = async (index: number) => {
      const answer = await execute(services[index] as Service, { ...HELLO, user_id: 'alice' });
      const { code = null } = (await answer.json()) as { code?: string };
      return { status: answer.status, code, remaining: answer.headers.get('ratelimit-remaining') };
    };
    const statuses: unknown[] = [];
    for (const index of [0, 1, 0, 1, 0]) statuses.push((await submit(index)).status);
    assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
    assert.deepEqual(await submit(0), { status: 429, code: 'rate_limited', remaining: '0' });
    await redis.kill();
    for (const index of [0, 1]) assert.equal((await submit(index)).status, 200);
    assert.deepEqual(
      [(await submit(0)).status, (await submit(0)).status, (await submit(0)).status],
      [200, 200, 429],
    );
  });
});

suite('a user who submits much', () => {
  const SLOW = { language: 'python', code: 'sum(range(1_000_000))' };

  /** Submits as `hog` as often as given, all at once; `ended` has the statuses of those that have ended so far. */
  function flood(service: Service, count: number, request: Partial<ExecuteRequest>) {
    const ended: number[] = [];
    const all = Array.from({ length: count }, async () => {
      const answer = await execute(service, { ...request, user_id: 'hog' });
      await answer.text();
      ended.push(answer.status);
    });
    return { ended, all: Promise.all(all) };
  }

  test('is overtaken by one of another as soon as that has arrived', async (t) => {
    const service = await start(t, { CONCURRENCY: '1' });
    const { ended, all } = flood(service, 100, SLOW);
    while (ended.length < 5) await delay(5);
    const before = ended.length;
    const answer = await execute(service, { ...HELLO, user_id: 'other' });
    const between = ended.length - before;
    assert.equal(answer.status, 200);
    // Some end while the request arrives and its files are laid out; without fairness all 95 would.
    assert.ok(between <= 20, `${between} of 95 came first`);
    await all;
    assert.ok(ended.every((code) => code === 200));
  });

  test('fills the queue for himself and not for others', async (t) => {
    const service = await start(t, { CONCURRENCY: '1', QUEUE_SIZE: '20' });
    const { ended, all } = flood(service, 60, SLOW);
    while (!ended.includes(429)) await delay(5);
    const answers = ['one', 'two', 'three'].map((user_id) => execute(service, { ...HELLO, user_id }));
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
    await all;
    assert.ok(ended.filter((code) => code === 200).length >= 21);
  });
});
