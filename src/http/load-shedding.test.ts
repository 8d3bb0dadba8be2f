// Answers while the event loop is late, and afterwards.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify from 'fastify';
import { ServiceError } from '../errors.ts';
import { shedLoad } from './load-shedding.ts';
import { createTestServer, postExecute } from './server-fixture.ts';

const TURN_MS = 100;
const DEADLINE_MS = 30_000;
/** More than two samples. */
const LONG_MS = 4500;

/** Keeps the event loop late until `condition` holds. */
async function blockUntil(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, 'it does not happen');
    const end = performance.now() + TURN_MS;
    while (performance.now() < end);
    await delay(1);
  }
}

/** Two routes, of which one is open, behind nothing but the shedding. `status` asks one of them. */
async function serverThatSheds(t: TestContext, maxDelayMs: number, minCpuShare: number) {
  const app = Fastify();
  app.decorateRequest('apiKey', null);
  t.after(() => app.close());
  await shedLoad(app, maxDelayMs, { minCpuShare });
  const refusals: unknown[] = [];
  app.setErrorHandler((error, _request, reply) => {
    refusals.push(error);
    return reply.code(503).send();
  });
  app.get('/work', async () => 'done');
  app.get('/alive', { config: { open: true } }, async () => 'alive');
  const status = async (url = '/work', remoteAddress = '127.0.0.1') =>
    (await app.inject({ url, remoteAddress })).statusCode;
  return { status, refusals };
}

test('a late event loop rejects requests, still answers probes, and accepts requests again', async (t) => {
  const { status, refusals } = await serverThatSheds(t, 50, 0);
  assert.equal(await status(), 200);
  await blockUntil(async () => (await status()) === 503);
  assert.equal(await status('/alive'), 200);
  // Another client, which did not cause it.
  assert.equal(await status('/work', '192.0.2.7'), 200);
  assert.equal(await status(), 503);
  const [refusal] = refusals;
  assert.ok(refusal instanceof ServiceError);
  assert.equal(refusal.code, 'unavailable');
  assert.equal(refusal.retryAfterSeconds, 2);
  const deadline = performance.now() + DEADLINE_MS;
  while ((await status()) === 503) {
    assert.ok(performance.now() < deadline);
    await delay(100);
  }
});

test('an event loop that other processes keep late rejects nothing', async (t) => {
  const { status } = await serverThatSheds(t, 50, Number.POSITIVE_INFINITY);
  const begin = performance.now();
  await blockUntil(async () => {
    assert.equal(await status(), 200);
    return performance.now() - begin > LONG_MS;
  });
});

test('with MAX_EVENT_LOOP_DELAY_MS=0 a late event loop rejects nothing', async (t) => {
  const server = await createTestServer(t, { environment: { MAX_EVENT_LOOP_DELAY_MS: '0' } });
  const begin = performance.now();
  await blockUntil(async () => {
    assert.equal((await postExecute(server, { language: 'python', code: '1' })).statusCode, 200);
    return performance.now() - begin > LONG_MS;
  });
});
