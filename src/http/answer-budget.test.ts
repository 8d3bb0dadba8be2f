// Answers held in memory: which one is dropped if there are too many, and that they are released with their connections.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Execution } from '../api/stored-execution.ts';
import type { ClientEvent } from '../submissions/executions.ts';
import { MIB } from '../units.ts';
import { bytesHeldBy, createAnswerBudget } from './answer-budget.ts';
import { createTestServer, NO_EXECUTIONS, NO_PROBLEMS, postExecute, resultOf } from './server-fixture.ts';

suite('the budget of answers', () => {
  test('drops the largest answer of the client that holds most, not the latest one', () => {
    const budget = createAnswerBudget(100 * MIB);
    const [small, large] = [budget.hold('greedy'), budget.hold('greedy')];
    small.add(30 * MIB);
    large.add(50 * MIB);
    const other = budget.hold('modest');
    other.add(15 * MIB);
    other.add(10 * MIB);
    assert.deepEqual(
      [small, large, other].map((each) => each.isEvicted()),
      [false, true, false],
    );
    assert.equal(budget.heldBytes(), 55 * MIB);
  });

  test('has room for one answer of the largest size, and does not count released ones', () => {
    const budget = createAnswerBudget(1);
    const held = budget.hold('any');
    held.add(64 * MIB);
    assert.equal(held.isEvicted(), false);
    held.release();
    assert.equal(budget.heldBytes(), 0);
    const next = budget.hold('any');
    next.add(64 * MIB);
    assert.equal(next.isEvicted(), false);
  });

  test('counts what programs wrote, not what the request contained', () => {
    const test = {
      name: 'x'.repeat(50),
      input: 'x'.repeat(50),
      expected_output: 'x',
      stdout: 'abc',
      stderr: null,
    };
    assert.equal(bytesHeldBy({ results: [test], compile: { stdout: { base64: 'abcd' }, cached: true } }), 14);
  });
});

const EXECUTE: { head: string; body?: string } = {
  head: 'POST /api/v1/execute',
  body: '{"language":"python","code":"large"}',
};

function storedWith(stdout: string): Execution {
  return { ...resultOf({ language: 'python' }, stdout), webhook: null } as unknown as Execution;
}

async function* eventsWith(stdout: string): AsyncGenerator<ClientEvent> {
  const [data] = storedWith(stdout).results;
  if (data) yield { id: 1, type: 'test', data };
}

/** Programs write `length` characters of which each is six bytes of JSON. */
async function serverOf(t: TestContext, length: number) {
  const readers: Socket[] = [];
  // Before the server, which waits for its connections.
  t.after(() => {
    for (const reader of readers) reader.destroy();
  });
  const server = await createTestServer(t, {
    environment: {
      API_KEYS: 'key-of-the-slow-one,key-of-the-other-one',
      MAX_ANSWERS_BYTES: String(65 * MIB),
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ANSWER_TIMEOUT_SECONDS: '3600',
    },
    submit: async (request, { onEvent }) => {
      const result = resultOf(request, request.code === 'large' ? '\u0001'.repeat(length) : 'small');
      for (const test of result.results) onEvent({ type: 'test', test });
      return result;
    },
    executions: {
      ...NO_EXECUTIONS,
      get: async () => storedWith('\u0001'.repeat(length)),
      events: async () => eventsWith('\u0001'.repeat(length)),
    },
    problems: {
      ...NO_PROBLEMS,
      blobBytes: async () => 2 * length,
      readBlob: async () => Buffer.alloc(2 * length),
    },
    packages: {
      read: async () => assert.fail('none is read'),
      write: async () => ({ archive: Readable.from([Buffer.alloc(2 * length)]), heldBytes: 2 * length }),
    },
  });
  let cut = 0;
  server.server.on('connection', (socket) => socket.once('close', () => (cut += 1)));
  await server.listen({ port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const stalledReader = (request = EXECUTE) => {
    const socket = connect(port, '127.0.0.1');
    readers.push(socket);
    socket.on('error', () => {});
    const { head, body = '' } = request;
    const headers = `Host: a\r\nX-API-Key: key-of-the-slow-one\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    socket.write(`${head} HTTP/1.1\r\n${headers}\r\n\r\n${body}`);
    return socket;
  };
  return { server, stalledReader, cut: () => cut };
}

for (const [what, request] of Object.entries({
  'of a program': EXECUTE,
  'of a stored execution': { head: 'GET /api/v1/executions/1' },
  'of events': { head: 'GET /api/v1/executions/1/events' },
  'that are blobs': { head: `GET /api/v1/blobs/${'0'.repeat(64)}` },
  'that are archives': { head: 'GET /api/v1/problems/sum/package' },
}))
  test(`clients that do not read answers ${what} cannot make the service hold more than its budget`, async (t) => {
    const length = 8 * MIB;
    const { server, stalledReader, cut } = await serverOf(t, length);
    // Each is held with 16 MiB: four fit.
    for (let reader = 0; reader < 12; reader += 1) await once(stalledReader(request), 'readable');
    for (let turn = 0; cut() < 8; turn += 1) {
      assert.ok(turn < 1000, `${cut()} were cut`);
      await delay(20);
    }
    const answer = await postExecute(
      server,
      { language: 'python', code: 'x' },
      { 'x-api-key': 'key-of-the-other-one' },
    );
    assert.equal(answer.json().results[0].stdout, 'small');
    await delay(100);
    assert.equal(cut(), 8);
  });

test('what is not read is not written ahead: RSS grows by the outputs, not by their JSON', async (t) => {
  const length = 8 * MIB;
  const { stalledReader } = await serverOf(t, length);
  globalThis.gc?.();
  const before = process.memoryUsage();
  for (let reader = 0; reader < 4; reader += 1) await once(stalledReader(), 'readable');
  await delay(2000);
  const { external, arrayBuffers } = process.memoryUsage();
  // As a whole they are 4 × 48 MiB of JSON.
  const written = external - before.external + (arrayBuffers - before.arrayBuffers);
  assert.ok(written < 40 * MIB, `${written} bytes`);
});

test('an execution whose outputs cannot be held is rejected as unavailable', async (t) => {
  const server = await createTestServer(t, {
    submit: async (request, { onEvent, signal }) => {
      const stdout = 'x'.repeat(300 * MIB);
      for (const test of resultOf(request, stdout).results) onEvent({ type: 'test', test });
      assert.equal(signal.aborted, true);
      return resultOf(request);
    },
  });
  const answer = await postExecute(server, { language: 'python', code: 'x' });
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.json().code, 'unavailable');
  assert.match(answer.json().detail, /send fewer requests at a time/);
});
