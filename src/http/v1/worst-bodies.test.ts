// What the worst bodies cost the main thread: however large, deep or broken, none holds it for longer than a probe of
// `/health/live` may wait.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServiceForTests } from '../../submissions/service-fixture.ts';
import { MIB } from '../../units.ts';
import { createTestServer, resultOf } from '../server-fixture.ts';

/** CPU time of one turn of the event loop. */
const MAX_TURN_MS = 250;

const begin = '{"language":"script","code":"x"';
/** As much of `part` as fits into a body of the largest size, between a beginning and an end. */
const filled = (head: string, part: string, tail: string) =>
  head +
  part.repeat(Math.floor((16 * MIB - Buffer.byteLength(head + tail)) / Buffer.byteLength(part))) +
  tail;
const texts = (count: number, length: number, part: string) =>
  Array.from({ length: count }, () => `{"input":"${part.repeat(length / part.length)}"}`).join();

const BODIES: Readonly<Record<string, string | Buffer>> = {
  'brackets within brackets': `${'['.repeat(8 * MIB)}${']'.repeat(8 * MIB)}`,
  'objects within objects': '{"a":'.repeat(3 * MIB),
  'a million keys': `${begin}${Array.from({ length: 1_000_000 }, (_, i) => `,"k${i}":1`).join('')}}`,
  'the same key again and again': filled(begin, ',"code":"x"', '}'),
  'code without end': filled('{"language":"script","code":"', 'x', '"}'),
  'code of escapes': filled('{"language":"script","code":"', '\\u0041', '"}'),
  'code of surrogate pairs': filled('{"language":"script","code":"', '😀', '"}'),
  'a long name of a field': filled('{"', 'x', '":1}'),
  'a long language': filled('{"language":"', 'x', '","code":"1"}'),
  'an input of line ends': filled(`${begin},"stdin":"`, '\\n', '"}'),
  'inputs of escaped quotes': `${begin},"test_cases":[${texts(2, 6 * MIB, '\\"')}]}`,
  'inputs of control characters': `${begin},"test_cases":[${texts(2, 6 * MIB, '\\u0001')}]}`,
  'inputs beyond Latin-1': `${begin},"test_cases":[${texts(2, 2 * MIB, '語')}]}`,
  'inputs of lone surrogates': `${begin},"test_cases":[${texts(2, 6 * MIB, '\\ud800')}]}`,
  'JSON that is broken at its end': filled(`${begin},"stdin":"`, 'x', '"'),
  'JSON that is broken at its end, with escapes': filled(`${begin},"stdin":"`, '\\"', '"'),
  'bait for numbers that JSON does not have': filled(`${begin},"stdin":"x"`, ',"a":Na', '}'),
  'numbers that JSON does not have': filled(`${begin},"args":[`, 'NaN,', '0]}'),
  'test cases without end': filled(`${begin},"test_cases":[`, '{},', '{}]}'),
  'as many wrong values as there may be': `${begin},"args":[${'{"a":1},'.repeat(2000)}0]}`,
  'files of Base64': `${begin},"files":[${Array.from({ length: 20 }, (_, i) => `{"path":"f${i}","encoding":"base64","content":"${'QUJD'.repeat(200_000)}"}`).join()}]}`,
  'files of broken Base64': `${begin},"files":[{"path":"f","encoding":"base64","content":"${'A'.repeat(6 * MIB - 4)}=A=="}]}`,
  'inputs of broken Base64': filled(`${begin},"stdin_encoding":"base64","stdin":"`, 'AAAA', '=A=="}'),
  'bytes that are not UTF-8, the last': Buffer.concat([
    Buffer.from(filled(begin, 'é', '1')),
    Buffer.of(0xff),
  ]),
  'bytes that are not UTF-8, all': Buffer.alloc(16 * MIB, 0xff),
  'white space': filled(begin, ' ', '}'),
  'digits of one number': filled(`${begin},"time_limit":`, '9', '}'),
};

/** The most CPU time that a turn of the event loop took while `work` went on, and its result. */
async function costOf<T>(work: () => Promise<T>): Promise<{ result: T; turnMs: number }> {
  let isOver = false;
  const running = work().finally(() => {
    isOver = true;
  });
  let turnMs = 0;
  let before = process.threadCpuUsage();
  while (!isOver) {
    await nextTurn();
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    turnMs = Math.max(turnMs, (user + system) / 1000);
  }
  return { result: await running, turnMs };
}

async function serverThatAccepts(t: TestContext) {
  const { accept } = createServiceForTests();
  return createTestServer(t, {
    environment: { MAX_EVENT_LOOP_DELAY_MS: '0' },
    submit: async (request) => {
      await accept(request);
      return resultOf(request);
    },
  });
}

suite('the worst bodies hold the main thread for a moment only', () => {
  for (const [what, body] of Object.entries(BODIES)) {
    test(what, async (t) => {
      const server = await serverThatAccepts(t);
      // Making the routes is no part of what a body costs.
      await server.ready();
      const payload = Buffer.from(body as string);
      const { result, turnMs } = await costOf(() =>
        server.inject({
          method: 'POST',
          url: '/api/v1/execute',
          headers: { 'content-type': 'application/json' },
          payload,
        }),
      );
      assert.ok([200, 400, 413].includes(result.statusCode), result.body.slice(0, 300));
      assert.ok(result.body.length < 20_000 || result.statusCode === 200);
      assert.ok(turnMs < MAX_TURN_MS, `${turnMs} ms of CPU`);
      t.diagnostic(`${turnMs.toFixed(0)} ms ${result.statusCode}`);
    });
  }
});
