// Who keeps a connection when there are too many.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestServer, postExecute, resultOf } from './server-fixture.ts';

async function listen(t: TestContext, environment: Record<string, string>) {
  const server = await createTestServer(t, { environment });
  await server.listen({ port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return async (localAddress = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => {});
    socket.resume();
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
}

async function isServed(socket: Socket): Promise<boolean> {
  if (socket.destroyed) return false;
  const answered = once(socket, 'data').then(([data]) => String(data).startsWith('HTTP/1.1 200'));
  const closed = once(socket, 'close').then(() => false);
  socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  return Promise.race([answered, closed]);
}

suite('connections', () => {
  test('of one address are bounded, those of others are served', async (t) => {
    const open = await listen(t, { MAX_CONNECTIONS_PER_ADDRESS: '2' });
    const sockets = [await open(), await open(), await open(), await open('127.0.0.2')];
    const served = [];
    for (const socket of sockets) served.push(await isServed(socket));
    assert.deepEqual(served, [true, true, false, true]);
    sockets[0]?.destroy();
    await delay(100);
    assert.equal(await isServed(await open()), true);
  });

  test('that one address has taken all are shared with a newcomer', async (t) => {
    const open = await listen(t, { MAX_CONNECTIONS: '4' });
    const greedy = [await open(), await open(), await open(), await open()];
    for (const socket of greedy) assert.equal(await isServed(socket), true);
    assert.equal(await isServed(await open()), false);
    assert.equal(await isServed(await open('127.0.0.2')), true);
    assert.equal(await isServed(await open('127.0.0.3')), true);
    await delay(50);
    assert.equal(greedy.filter((socket) => socket.destroyed).length, 2);
  });

  test('of a proxy that is trusted are not bounded, but the requests of each of its clients', async (t) => {
    const open = await listen(t, { MAX_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: '127.0.0.1' });
    for (const socket of [await open(), await open(), await open()])
      assert.equal(await isServed(socket), true);

    const gate = Promise.withResolvers<void>();
    const server = await createTestServer(t, {
      environment: { MAX_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: 'loopback' },
      submit: async (request) => {
        await gate.promise;
        return resultOf(request);
      },
    });
    const post = (client: string) =>
      postExecute(server, { language: 'python', code: '1' }, { 'x-forwarded-for': client });
    const first = post('192.0.2.1');
    await delay(50);
    const refused = await post('192.0.2.1');
    assert.deepEqual([refused.statusCode, refused.json().code], [429, 'rate_limited']);
    const other = post('192.0.2.2');
    await delay(50);
    gate.resolve();
    assert.deepEqual([(await first).statusCode, (await other).statusCode], [200, 200]);
    await delay(20);
    assert.equal((await post('192.0.2.1')).statusCode, 200);
  });
});
