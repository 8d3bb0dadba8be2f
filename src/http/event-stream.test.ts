// Server-sent events on a real connection: large events arrive whole, silence is broken, and who does not read is
// disconnected while next to nothing is held for them.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import Fastify from 'fastify';
import {
  type EventStreamOptions,
  lastEventId,
  type SentEvent,
  sendEvents,
  wantsEvents,
} from './event-stream.ts';

async function serve(
  t: TestContext,
  events: () => AsyncIterable<SentEvent>,
  options: Partial<EventStreamOptions> = {},
) {
  const app = Fastify();
  const ended = Promise.withResolvers<void>();
  app.decorateReply('streamedBytes', 0);
  app.get('/', async (_request, reply) => {
    await sendEvents(reply, events(), { patienceMs: 10_000, onBytes: () => {}, ...options });
    ended.resolve();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  return { url, ended: ended.promise };
}

suite('an event stream', () => {
  test('carries events of any size', async (t) => {
    const large = { text: 'ä"\n'.repeat(200_000) };
    const { url } = await serve(t, async function* () {
      yield { id: 1, type: 'small', data: { a: 1 } };
      yield { id: 2, type: 'large', data: large };
    });
    const text = await (await fetch(url)).text();
    assert.match(text, /^retry: 1000\n\nid: 1\nevent: small\ndata: \{"a":1\}\n\nid: 2\nevent: large\n/);
    assert.deepEqual(JSON.parse(/event: large\ndata: (.*)\n\n$/.exec(text)?.[1] ?? ''), large);
  });

  test('says that it lives while nothing happens', async (t) => {
    const { url } = await serve(
      t,
      async function* () {
        await new Promise((resolve) => setTimeout(resolve, 200));
        yield { id: 1, type: 'late', data: {} };
      },
      { heartbeatMs: 20 },
    );
    assert.match(await (await fetch(url)).text(), /^retry: 1000\n\n(: alive\n\n){2,}id: 1\n/);
  });

  test('disconnects who does not read, and makes no more events for them than they take', async (t) => {
    let made = 0;
    const { url, ended } = await serve(
      t,
      async function* () {
        for (; made < 1000; made += 1)
          yield { id: made + 1, type: 'much', data: { text: 'x'.repeat(100_000) } };
      },
      { patienceMs: 200 },
    );
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await ended;
    // What the system buffers on both sides, and one event.
    assert.ok(made < 200, `${made} events of 100 kB were made`);
  });

  test('that fails after it has begun is broken off', async (t) => {
    const { url } = await serve(t, async function* () {
      yield { id: 1, type: 'one', data: {} };
      throw new Error('no more');
    });
    await assert.rejects((await fetch(url)).text());
  });
});

test('events are for those who accept nothing else, and ids are numbers', () => {
  assert.deepEqual(
    [
      'text/event-stream',
      'TEXT/Event-Stream;q=1',
      'application/json, text/event-stream',
      '*/*',
      undefined,
    ].map((accept) => wantsEvents(accept)),
    [true, true, false, false, false],
  );
  assert.deepEqual(['7', ' 7 ', '-1', '1e3', '', undefined].map(lastEventId), [7, 7, 0, 0, 0, 0]);
});
