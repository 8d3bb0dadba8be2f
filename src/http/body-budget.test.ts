// The sum of the bodies of requests in progress: which one is rejected, and that room is released however a request ends.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MIB } from '../units.ts';
import { createTestServer, postExecute, resultOf } from './server-fixture.ts';

const environment = {
  MAX_BODIES_BYTES: String(MIB),
  MAX_BODY_BYTES: String(MIB),
  MAX_CODE_LENGTH: '1000000',
};
/** Two of them fit together, three do not. */
const LARGE = { language: 'python', code: 'x'.repeat(0.4 * MIB) };

/** Executions wait until `end` is called. */
async function serverThatWaits(t: TestContext) {
  const gate = Promise.withResolvers<void>();
  let started = 0;
  const server = await createTestServer(t, {
    environment,
    submit: async (request, { signal }) => {
      started += 1;
      await Promise.race([gate.promise, once(signal, 'abort')]);
      return resultOf(request);
    },
  });
  const begun = async (count: number) => {
    for (let turn = 0; started < count; turn += 1) {
      assert.ok(turn < 2000);
      await delay(5);
    }
  };
  return { server, begun, end: gate.resolve };
}

test('a body for which there is no room is rejected until others have ended', async (t) => {
  const { server, begun, end } = await serverThatWaits(t);
  const waiting = [postExecute(server, LARGE), postExecute(server, LARGE)];
  await begun(2);
  const refused = await postExecute(server, LARGE);
  assert.equal(refused.statusCode, 503);
  assert.equal(refused.json().code, 'unavailable');
  assert.equal(refused.headers['retry-after'], '1');
  const small = postExecute(server, { ...LARGE, code: '1' });
  await begun(3);
  end();
  for (const answer of [...waiting, small]) assert.equal((await answer).statusCode, 200);
  assert.equal((await postExecute(server, LARGE)).statusCode, 200);
});

test('a client that is gone, in its body or after it, leaves its room to others', async (t) => {
  const { server, begun, end } = await serverThatWaits(t);
  await server.listen({ port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const body = JSON.stringify(LARGE);
  const head = `POST /api/v1/execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const sockets = [body, body.slice(0, 1000)].map((sent) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(head + sent);
    return socket;
  });
  await begun(1);
  await delay(100);
  assert.equal((await postExecute(server, LARGE)).statusCode, 503);
  for (const socket of sockets) socket.destroy();
  end();
  let status = 503;
  for (let turn = 0; status === 503 && turn < 500; turn += 1) {
    await delay(10);
    status = (await postExecute(server, LARGE)).statusCode;
  }
  assert.equal(status, 200);
});

test('a body in chunks has the most reserved while it comes, and then what it has', async (t) => {
  const { server, begun, end } = await serverThatWaits(t);
  await server.listen({ port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json' };
  const request = httpRequest({ port, method: 'POST', path: '/api/v1/execute', headers });
  const answered = once(request, 'response');
  request.write('{"language":"python",');
  await delay(100);
  assert.equal((await postExecute(server, LARGE)).statusCode, 503);
  request.end('"code":"1"}');
  await begun(1);
  const large = postExecute(server, LARGE);
  await begun(2);
  end();
  assert.equal((await large).statusCode, 200);
  const [answer] = await answered;
  assert.equal(answer.statusCode, 200);
  answer.resume();
});

test('one body of the largest size always fits', async (t) => {
  const server = await createTestServer(t, {
    environment: { ...environment, MAX_BODY_BYTES: String(2 * MIB), MAX_CODE_LENGTH: '1000000' },
  });
  const tests = [{ input: 'x'.repeat(1.5 * MIB) }];
  assert.equal((await postExecute(server, { ...LARGE, code: '1', test_cases: tests })).statusCode, 200);
});

test('a client that fills the room leaves some to others', async (t) => {
  const gate = Promise.withResolvers<void>();
  let started = 0;
  const server = await createTestServer(t, {
    environment: { ...environment, API_KEYS: 'key-of-the-greedy,key-of-the-modest' },
    submit: async (request) => {
      started += 1;
      await gate.promise;
      return resultOf(request);
    },
  });
  const post = (key: string, bytes: number) =>
    postExecute(server, { language: 'python', code: 'x'.repeat(bytes) }, { 'x-api-key': key });
  const greedy = [post('key-of-the-greedy', 0.45 * MIB), post('key-of-the-greedy', 0.45 * MIB)];
  while (started < 2) await delay(5);
  assert.equal((await post('key-of-the-greedy', 0.2 * MIB)).statusCode, 503);
  const modest = post('key-of-the-modest', 0.2 * MIB);
  while (started < 3) await delay(5);
  gate.resolve();
  for (const answer of [...greedy, modest]) assert.equal((await answer).statusCode, 200);
});
