// JSON in pieces: the same text as in one, and no piece that holds the event loop.

import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { MIB } from '../units.ts';
import { jsonStream } from './json-stream.ts';
import { createTestServer, postExecute, resultOf } from './server-fixture.ts';

test('the pieces are the JSON of the value', async () => {
  const long = fc.string({ unit: 'binary' }).map((part) => (part || '😀').repeat(30_000).slice(0, 200_000));
  const value = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), long, fc.constant(undefined)), {
    maxKeys: 5,
  });
  await fc.assert(
    fc.asyncProperty(value, async (object) => {
      assert.equal(await text(jsonStream(object)), JSON.stringify(object));
    }),
    { numRuns: 50 },
  );
  const edges = { a: '', b: [], c: {}, d: null, e: `x${'😀'.repeat(40_000)}\ud800`, f: [undefined, [[1]]] };
  assert.equal(await text(jsonStream(edges)), JSON.stringify(edges).replaceAll('undefined', 'null'));
});

/** The most CPU time that a turn of the event loop takes while a stream is read. */
async function turnMsOf(read: () => Promise<void>): Promise<number> {
  let isOver = false;
  const reading = read().finally(() => {
    isOver = true;
  });
  let turnMs = 0;
  while (!isOver) {
    const before = process.threadCpuUsage();
    await nextTurn();
    const { user, system } = process.threadCpuUsage(before);
    turnMs = Math.max(turnMs, (user + system) / 1000);
  }
  await reading;
  return turnMs;
}

test('no piece of a large value holds the event loop', async () => {
  const value = { results: Array.from({ length: 100 }, () => ({ stdout: '\u0001'.repeat(300_000) })) };
  let bytes = 0;
  const turnMs = await turnMsOf(async () => {
    for await (const piece of jsonStream(value)) bytes += piece.length;
  });
  assert.ok(bytes > 170 * MIB, `${bytes} bytes`);
  assert.ok(turnMs < 100, `${turnMs} ms of CPU`);
});

test('a large result is sent in pieces, with the bytes in the log', async (t) => {
  const lines: string[] = [];
  const stdout = '\u0001ä'.repeat(300_000);
  const server = await createTestServer(t, { lines, submit: async (request) => resultOf(request, stdout) });
  const answer = await postExecute(server, { language: 'python', code: 'x' });
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(answer.headers['content-length'], undefined);
  assert.equal(answer.json().results[0].stdout, stdout);
  const line = lines.map((each) => JSON.parse(each)).find(({ msg }) => msg === 'request');
  assert.equal(line.response_bytes, Buffer.byteLength(answer.body));
});
