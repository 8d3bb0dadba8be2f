// Long answers are the same JSON, written in pieces.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import Fastify from 'fastify';
import { jsonOf, writeLongAnswer } from './long-json.ts';

const MAX_PIECE_CPU_MS = 250;

test('any value is read as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      assert.deepEqual(JSON.parse((await jsonOf(value)).toString()), JSON.parse(JSON.stringify(value)));
    }),
  );
  assert.equal((await jsonOf({ a: undefined, b: 1 })).toString(), '{"b":1}');
});

test('characters that are cut between pieces stay what they are', async () => {
  const text = `x${'😀'.repeat(300_000)}\ud800`;
  assert.equal(JSON.parse((await jsonOf([text])).toString())[0], text);
});

test('an answer of a route is the same, short or long', async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.get<{ Querystring: { length: number } }>(
    '/',
    { preSerialization: writeLongAnswer },
    async ({ query: { length } }) => ({ text: '\u0001é'.repeat(length), none: null, few: [1, true] }),
  );
  for (const length of [1, 1_000_000]) {
    const answer = await app.inject(`/?length=${length}`);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(Number(answer.headers['content-length']), answer.rawPayload.length);
    assert.deepEqual(answer.json(), { text: '\u0001é'.repeat(length), none: null, few: [1, true] });
  }
});

test('no piece of the work is long', async () => {
  const value = Array.from({ length: 20 }, () => ({ text: '\u0001'.repeat(500_000) }));
  let longestMs = 0;
  let before = process.threadCpuUsage();
  const timer = setInterval(() => {
    const now = process.threadCpuUsage();
    longestMs = Math.max(longestMs, (now.user + now.system - before.user - before.system) / 1000);
    before = now;
  }, 1);
  await jsonOf(value);
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(timer);
  assert.ok(longestMs > 0 && longestMs < MAX_PIECE_CPU_MS, `a piece of ${longestMs} ms`);
});
