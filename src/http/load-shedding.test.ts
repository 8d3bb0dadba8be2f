// What is answered while the event loop is late, and after.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestServer, postExecute } from './server-fixture.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const TURN_MS = 100;
const DEADLINE_MS = 30_000;

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

test('a late event loop refuses requests, but tells that it lives, and takes requests again', async (t) => {
  const lines: string[] = [];
  const server = await createTestServer(t, { environment: { MAX_EVENT_LOOP_DELAY_MS: '50' }, lines });
  const status = async () => (await postExecute(server, PROGRAM)).statusCode;
  assert.equal(await status(), 200);
  await blockUntil(async () => (await status()) === 503);
  const refused = await postExecute(server, PROGRAM);
  assert.equal(refused.json().code, 'unavailable');
  assert.equal(refused.headers['retry-after'], '2');
  assert.match(String(refused.headers['content-type']), /^application\/problem\+json/);
  assert.equal((await server.inject('/health/live')).statusCode, 200);
  assert.ok(lines.some((line) => line.includes('refused for load')));
  const deadline = performance.now() + DEADLINE_MS;
  while ((await status()) === 503) {
    assert.ok(performance.now() < deadline);
    await delay(100);
  }
});

test('with MAX_EVENT_LOOP_DELAY_MS=0 a late event loop refuses nothing', async (t) => {
  const server = await createTestServer(t, { environment: { MAX_EVENT_LOOP_DELAY_MS: '0' } });
  const begin = performance.now();
  await blockUntil(async () => {
    assert.equal((await postExecute(server, PROGRAM)).statusCode, 200);
    return performance.now() - begin > 4500;
  });
});
