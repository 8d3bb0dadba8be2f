// A fleet of real processes that share a real Redis. What happens when some of them die is in `chaos/`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { REDIS_MISSING, type RedisServer, startRedis } from '../src/redis/redis-fixture.ts';
import { type Ended, ended, eventsOf, startInFleet } from './fleet.ts';
import { execute, type Service } from './service.ts';

const COUNT = 60;

function start(
  t: TestContext,
  redis: RedisServer,
  role: 'api' | 'worker',
  graceSeconds = 20,
): Promise<Service> {
  const environment = { SHUTDOWN_GRACE_SECONDS: String(graceSeconds) };
  return startInFleet(t, { role, redisPort: redis.port, languages: ['python', 'c'], environment });
}

async function submitMany(
  { url }: Service,
  userId: string,
  { count = COUNT, seconds = 0.1 } = {},
): Promise<string[]> {
  const executions = Array.from({ length: count }, (_, index) => ({
    language: 'python',
    code: `import time\ntime.sleep(${seconds})\nprint("${userId}", ${index})`,
    user_id: userId,
  }));
  const answer = await fetch(`${url}/api/v1/executions/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ executions }),
  });
  assert.equal(answer.status, 202);
  const batch = (await answer.json()) as { executions: { execution_id: string }[] };
  return batch.executions.map((each) => each.execution_id);
}

async function figureOf({ url }: Service, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

/** What one worker has compiled, the others only fetch. */
async function shareBuilds(workers: readonly Service[], api: Service): Promise<void> {
  const code = '#include <stdio.h>\n#include <unistd.h>\nint main() { usleep(300000); puts("shared"); }';
  const program = { language: 'c', code };
  const sum = async (name: string) => {
    const figures = await Promise.all(
      workers.map((worker) => figureOf(worker, `ces_shared_builds_${name}_total`)),
    );
    return figures.reduce((all, figure) => all + figure, 0);
  };
  assert.equal((await execute(api, program)).status, 200);
  while ((await sum('kept')) === 0) await delay(20);
  assert.equal(await sum('found'), 0);
  const answers = await Promise.all(Array.from({ length: 4 * workers.length }, () => execute(api, program)));
  for (const answer of answers) {
    assert.equal(((await answer.json()) as Ended).results[0]?.stdout, 'shared\n');
  }
  assert.ok((await sum('found')) > 0, 'no worker used what another one made');
}

/** An API process shows what a program writes in a worker, before its end. */
async function showLiveOutput({ url }: Service): Promise<void> {
  const code = 'import time\nprint("begun", flush=True)\ntime.sleep(1)\nprint("done")';
  const answer = await fetch(`${url}/api/v1/execute?output=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ language: 'python', code }),
  });
  const story = await answer.text();
  const outputs = [...story.matchAll(/^event: output\n(?:id: .*\n)?data: (.*)$/gm)];
  const texts = outputs.map(([, data]) => (JSON.parse(data ?? '') as { data: string }).data);
  // On a busy machine both lines may come together.
  assert.equal(texts.join(''), 'begun\ndone\n', story);
  assert.ok(story.indexOf('event: output') < story.indexOf('event: test'), story);
}

/** A worker that gets SIGTERM takes nothing more, ends by itself, and what it gave back counts as no attempt. */
async function drainUnderLoad(leaving: Service, api: Service): Promise<void> {
  const figure = (name: string) => figureOf(leaving, name);
  const ids = await submitMany(api, 'drained', { count: 16, seconds: 0.7 });
  while ((await figure('ces_slots_held')) === 0) await delay(50);
  assert.equal(await figure('ces_fleet_workers'), 4);
  assert.equal(await figure('ces_fleet_slots'), 8);
  const exited = once(leaving.process, 'exit');
  leaving.process.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
  const ends = await Promise.all(ids.map((id) => ended(() => api.url, id)));
  for (const { status, attempts } of ends) assert.deepEqual([status, attempts], ['completed', 1]);
  const stories = await Promise.all(ids.map((id) => eventsOf(api, id)));
  const returned = stories.filter((story) => (story.match(/"queued"/g)?.length ?? 0) > 1);
  assert.ok(returned.length > 0, 'it gave nothing back');
}

/** Of executions that another user submitted before, few may end before those of a newcomer. */
async function shareTurns(api: Service): Promise<string> {
  const crowd = await submitMany(api, 'crowd-of-turns', { count: COUNT, seconds: 0.05 });
  const few = await submitMany(api, 'newcomer', { count: 6, seconds: 0.05 });
  const timesOf = async (ids: readonly string[]) =>
    (await Promise.all(ids.map((id) => ended(() => api.url, id)))).map((each) =>
      Date.parse(each.finished_at ?? ''),
    );
  const [before, last] = [await timesOf(crowd), Math.max(...(await timesOf(few)))];
  const first = before.filter((at) => at < last).length;
  assert.ok(first < COUNT * 0.75, `${first} of ${COUNT} went before`);
  return `${first} of ${COUNT} executions that were submitted before ended before the last of 6 of a newcomer`;
}

/** What it needs Redis for is refused, and it is asked again soon; it does not end. */
async function refuseWithoutRedis(redis: RedisServer, api: Service): Promise<void> {
  await redis.kill();
  const submit = () =>
    fetch(`${api.url}/api/v1/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ language: 'python', code: '1' }),
    });
  const refused = await submit();
  assert.deepEqual([refused.status, refused.headers.has('retry-after')], [503, true]);
  assert.equal((await fetch(`${api.url}/health/live`)).status, 200);
  await redis.start();
  while ((await submit()).status !== 202) await delay(50);
}

suite('a fleet of two API processes and four workers', { skip: REDIS_MISSING }, () => {
  test('runs what waits, by turns, shares builds and live output, drains, and refuses without Redis', async (t) => {
    await using redis = await startRedis();
    const graces = [20, 20, 20, 0];
    const workers = await Promise.all(graces.map((grace) => start(t, redis, 'worker', grace)));
    const [one, other] = await Promise.all([start(t, redis, 'api'), start(t, redis, 'api')]);
    const leaving = workers[3];
    assert.ok(one && other && leaving);

    const answer = await execute(other, { language: 'python', code: 'print(input())', stdin: 'through' });
    const result = (await answer.json()) as Ended;
    assert.equal(result.results[0]?.stdout, 'through\n', JSON.stringify(result));
    assert.equal((await execute(one, { language: 'cobol', code: 'x' })).status, 422);
    await showLiveOutput(one);
    await shareBuilds(workers, one);
    await drainUnderLoad(leaving, other);
    t.diagnostic(await shareTurns(one));
    await refuseWithoutRedis(redis, one);
  });
});
