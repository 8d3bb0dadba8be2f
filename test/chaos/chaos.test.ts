// A fleet under load whose parts are killed, stopped and cut off at random: each execution that was accepted ends with exactly
// one result, and the right one. `CHAOS_EXECUTIONS=1000 CHAOS_FAULTS=30` is the long form, which takes minutes; `CHAOS_SEED`
// repeats an order.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { REDIS_MISSING, type RedisServer, startRedis } from '../../src/redis/redis-fixture.ts';
import { type Ended, ended, eventsOf, LEASE_SECONDS, startInFleet } from '../fleet.ts';
import type { Service } from '../service.ts';
import { type RedisProxy, startRedisProxy } from './redis-proxy.ts';

const EXECUTIONS = Number(process.env.CHAOS_EXECUTIONS ?? 60);
const FAULT_COUNT = Number(process.env.CHAOS_FAULTS ?? 6);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);
const CLIENTS = 8;
const WORKERS = 2;
const APIS = 2;
const PAST_LEASE_MS = (LEASE_SECONDS + 1.5) * 1000;
/** About as long as an execution takes. */
const MAX_DELAY_MS = 300;

/** A process that is replaced when it was killed. */
interface Place {
  service: Service;
  readonly replace: () => Promise<Service>;
}

interface Worker extends Place {
  readonly proxy: RedisProxy;
}

interface Fleet {
  readonly redis: RedisServer;
  readonly apis: readonly Place[];
  readonly workers: readonly Worker[];
}

type Random = (below: number) => number;

/** Numerical Recipes' generator: the order of faults can be repeated. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function startFleet(t: TestContext, redis: RedisServer): Promise<Fleet> {
  // An execution may run when each of the faults comes.
  const environment = { MAX_ATTEMPTS: '100', SHUTDOWN_GRACE_SECONDS: '20' };
  const place = async (role: 'api' | 'worker', redisPort: number): Promise<Place> => {
    const replace = () => startInFleet(t, { role, redisPort, languages: ['bash'], environment });
    return { service: await replace(), replace };
  };
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      const proxy = await startRedisProxy(redis.port);
      t.after(() => proxy[Symbol.asyncDispose]());
      return { ...(await place('worker', proxy.port)), proxy };
    }),
  );
  const apis = await Promise.all(Array.from({ length: APIS }, () => place('api', redis.port)));
  return { redis, workers, apis };
}

async function killAndReplace(place: Place): Promise<void> {
  const exited = once(place.service.process, 'exit');
  place.service.process.kill('SIGKILL');
  await exited;
  place.service = await place.replace();
}

/** A worker's child that makes its boxes. */
function supervisorOf({ service }: Worker): number {
  const { pid } = service.process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const found = children.find((child) => commandOf(child).includes('supervisor'));
  assert.ok(found !== undefined, `the worker has no supervisor among its children ${children}`);
  return Number(found);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Each resolves when what it did is mended, though not all that follows from it. */
const FAULTS: Readonly<Record<string, (fleet: Fleet, random: Random) => Promise<void>>> = {
  'kill an API process': async ({ apis }, random) => killAndReplace(apis[random(APIS)] as Place),
  'kill a worker': async ({ workers }, random) => killAndReplace(workers[random(WORKERS)] as Worker),
  'kill a supervisor': async ({ workers }, random) => {
    process.kill(supervisorOf(workers[random(WORKERS)] as Worker), 'SIGKILL');
  },
  'kill Redis': async ({ redis }, random) => {
    await redis.kill();
    await delay(random(500));
    await redis.start();
  },
  'stop a worker past its lease': async ({ workers }, random) => {
    const { process: child } = (workers[random(WORKERS)] as Worker).service;
    child.kill('SIGSTOP');
    await delay(PAST_LEASE_MS);
    child.kill('SIGCONT');
  },
  'cut a worker off from Redis past its lease': async ({ workers }, random) => {
    const { proxy } = workers[random(WORKERS)] as Worker;
    proxy.cut();
    await delay(PAST_LEASE_MS);
    proxy.mend();
  },
};

/** Numbers of executions below which they may be submitted now, and how many were accepted. */
interface Load {
  allowed: number;
  accepted: number;
}

/** All faults in a random order, again and again, each while its share of the executions is submitted and runs. */
async function cause(fleet: Fleet, random: Random, load: Load): Promise<string[]> {
  const caused: string[] = [];
  let order: string[] = [];
  while (caused.length < FAULT_COUNT) {
    if (order.length === 0) order = Object.keys(FAULTS);
    const [name = ''] = order.splice(random(order.length), 1);
    const before = load.allowed;
    load.allowed = Math.floor((EXECUTIONS * (caused.length + 1)) / FAULT_COUNT);
    while (load.accepted <= before) await delay(5);
    await delay(random(MAX_DELAY_MS));
    await FAULTS[name]?.(fleet, random);
    caused.push(name);
  }
  return caused;
}

/** Submits until it is accepted; the key makes one execution of all tries. */
async function submit({ apis }: Fleet, number: number): Promise<string> {
  const body = JSON.stringify({
    language: 'bash',
    code: 'read n; sleep 0.1; echo $((n * 2))',
    user_id: `user-${number % 5}`,
    test_cases: [
      { input: `${number}`, expected_output: `${number * 2}` },
      { input: '1', is_hidden: true },
    ],
  });
  const headers = { 'content-type': 'application/json', 'idempotency-key': `number-${number}` };
  for (let attempt = number; ; attempt += 1) {
    const { url } = (apis[attempt % APIS] as Place).service;
    const answer = await fetch(`${url}/api/v1/executions`, { method: 'POST', headers, body }).catch(
      () => null,
    );
    const accepted = answer?.status === 202 ? await answer.json().catch(() => null) : null;
    if (accepted !== null) return (accepted as { execution_id: string }).execution_id;
    await delay(50);
  }
}

/** Submits all of them, and resolves with what was seen first of each end. */
async function submitAll(fleet: Fleet, load: Load): Promise<{ ids: string[]; first: Ended[] }> {
  const ids: string[] = [];
  const first: Promise<Ended>[] = [];
  let next = 0;
  const client = async () => {
    while (next < EXECUTIONS) {
      const number = next;
      next += 1;
      while (number >= load.allowed) await delay(20);
      const id = await submit(fleet, number);
      load.accepted += 1;
      ids[number] = id;
      first[number] = ended(() => (fleet.apis[number % APIS] as Place).service.url, id);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { ids, first: await Promise.all(first) };
}

function assertRight(number: number, execution: Ended): void {
  const { status, results } = execution;
  assert.deepEqual(
    [status, results.map(({ stdout }) => stdout)],
    ['accepted', [`${number * 2}\n`, null]],
    JSON.stringify(execution),
  );
}

/** One end, and events that are numbered without a gap or a repetition. */
function assertOneStory(story: string): void {
  const numbers = [...story.matchAll(/^id: (\d+)$/gm)].map(([, each]) => Number(each));
  assert.equal(story.match(/^event: done$/gm)?.length, 1, story);
  assert.deepEqual(
    numbers,
    Array.from(numbers, (_each, index) => index + 1),
    story,
  );
  // Of the attempt that counts.
  const attempt = story.slice(story.lastIndexOf('"queued"'));
  assert.equal(attempt.match(/^event: test$/gm)?.length, 2, story);
}

/** Nothing waits or runs, for any owner, and no task is kept. */
async function assertNothingLeft(port: number): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port });
  try {
    const keys = await redis.keys('*');
    const meta = keys.find((key) => key.endsWith('}:meta')) ?? '';
    const counted = await redis.hmget(meta, 'unfinished', 'running', 'task_bytes');
    assert.deepEqual(counted, ['0', '0', '0']);
    assert.deepEqual(
      keys.filter((key) => /\}:(task:|runs:|queue:|suspects$|delayed$|waiting|owners$)/.test(key)),
      [],
    );
  } finally {
    redis.disconnect();
  }
}

suite('a fleet whose parts are killed, stopped and cut off', { skip: REDIS_MISSING }, () => {
  test('ends what it accepted exactly once, with the right result', async (t) => {
    t.diagnostic(`CHAOS_SEED=${SEED}`);
    const random = randomOf(SEED);
    await using redis = await startRedis();
    const fleet = await startFleet(t, redis);
    const load: Load = { allowed: 0, accepted: 0 };
    const [caused, { ids, first }] = await Promise.all([cause(fleet, random, load), submitAll(fleet, load)]);
    assert.equal(new Set(ids).size, EXECUTIONS);
    // Whoever came back late has had the time to do harm.
    await delay(LEASE_SECONDS * 1000);
    const api = (fleet.apis[0] as Place).service;
    let repeated = 0;
    for (const [number, id] of ids.entries()) {
      const last = await ended(() => api.url, id);
      assertRight(number, last);
      assert.deepEqual(last, first[number], 'the result changed after it was seen');
      assertOneStory(await eventsOf(api, id));
      if (last.attempts > 1) repeated += 1;
    }
    await assertNothingLeft(redis.port);
    t.diagnostic(`${EXECUTIONS} executions, ${caused.length} faults, ${repeated} ran more than once`);
    t.diagnostic(caused.join(', '));
  });
});
