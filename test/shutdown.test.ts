// What clients see over real connections when the service stops: what runs is finished, what comes is refused,
// and nobody who merely keeps a connection holds it up.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { launchFor, ready, type Service, untilRunning } from './service.ts';

const SLEEP = '{"language":"bash","code":"sleep 3; echo slept"}';
const QUICK = '{"language":"bash","code":"echo 1"}';

async function start(t: TestContext): Promise<Service> {
  return ready(await launchFor(t, { LANGUAGES: 'bash', CODE_VALIDATION: 'off' }), ['bash']);
}

/** A connection that collects what comes, and is cut when the test ends. */
function open(t: TestContext, service: Service) {
  const { port } = new URL(service.url);
  const socket: Socket = connect(Number(port), '127.0.0.1');
  t.after(() => socket.destroy());
  const connection = {
    socket,
    received: '',
    closed: once(socket, 'close'),
    post: (body: string, length = body.length) =>
      socket.write(
        `POST /api/v1/execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`,
      ),
    until: async (pattern: RegExp) => {
      for (let turn = 0; !pattern.test(connection.received); turn += 1) {
        assert.ok(turn < 3000, `${pattern} does not come: ${connection.received}`);
        await delay(10);
      }
    },
  };
  socket.on('data', (data) => {
    connection.received += data;
  });
  socket.on('error', () => {});
  return connection;
}

suite('a service that stops', () => {
  test('finishes what runs, asks kept connections to close, rejects requests on them, and takes no new ones', async (t) => {
    const service = await start(t);
    const [running, kept, idle] = [open(t, service), open(t, service), open(t, service)];
    kept.post(QUICK);
    await kept.until(/"status":"completed"/);
    assert.match(kept.received, /\r\nConnection: keep-alive\r\n/i);
    kept.received = '';
    running.post(SLEEP);
    await untilRunning(service);
    service.process.kill('SIGTERM');
    while (!service.lines.some((line) => line.includes('"msg":"stopping"'))) await delay(10);
    kept.post(QUICK);
    await kept.until(/"code":"shutting_down"/);
    assert.match(kept.received, /^HTTP\/1\.1 503 /);
    assert.match(kept.received, /\r\nConnection: close\r\n/i);
    assert.match(kept.received, /\r\nRetry-After: \d+\r\n/i);
    await kept.closed;
    await running.until(/slept/);
    assert.match(running.received, /^HTTP\/1\.1 200 /);
    assert.match(running.received, /\r\nConnection: close\r\n/i);
    await Promise.all([running.closed, idle.closed]);
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
    await assert.rejects(fetch(`${service.url}/health/live`));
  });

  test('is not held up by a body that never ends, nor by headers', async (t) => {
    const service = await start(t);
    const [body, headers] = [open(t, service), open(t, service)];
    body.post('{"language"', 1000);
    headers.socket.write('POST /api/v1/execute HTTP/1.1\r\nHost:');
    await delay(200);
    const stoppedAt = performance.now();
    service.process.kill('SIGTERM');
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
    assert.ok(performance.now() - stoppedAt < 30_000, 'before a request would time out');
    await Promise.all([body.closed, headers.closed]);
  });
});
