// What needs a real connection: disconnecting clients, broken HTTP, bodies over the limit.

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { boundStalledAnswer } from './connection.ts';
import { createTestServer, resultOf } from './server-fixture.ts';

const BODY = '{"language":"python","code":"print(1)"}';

async function listen(
  t: TestContext,
  parts: Parameters<typeof createTestServer>[1] = {},
): Promise<() => Socket> {
  const server = await createTestServer(t, parts);
  await server.listen({ port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return () => {
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    return socket;
  };
}

function post(body: string, length = Buffer.byteLength(body)): string {
  const headers = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${length}`];
  return ['POST /api/v1/execute HTTP/1.1', ...headers, '', body].join('\r\n');
}

/** The first line of the log that is about a request; it may come after the answer. */
async function loggedRequest(lines: readonly string[]) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'request');
    if (found !== undefined) return found;
    await delay(20);
  }
  throw new Error('no request was logged');
}

async function answerOn(socket: Socket): Promise<string> {
  const [data] = await once(socket, 'data');
  return String(data);
}

suite('a connection', () => {
  test('that its client closes cancels the execution', async (t) => {
    const started = Promise.withResolvers<AbortSignal>();
    const ended = Promise.withResolvers<void>();
    const open = await listen(t, {
      submit: async (request, { signal }) => {
        started.resolve(signal);
        await ended.promise;
        return resultOf(request);
      },
    });
    const socket = open();
    socket.write(post(BODY));
    const signal = await started.promise;
    assert.equal(signal.aborted, false);
    socket.destroy();
    await once(signal, 'abort', { signal: AbortSignal.timeout(5000) });
    ended.resolve();
  });

  test('whose request is answered cancels nothing', async (t) => {
    let signal: AbortSignal | undefined;
    const open = await listen(t, {
      submit: async (request, context) => {
        signal = context.signal;
        return resultOf(request);
      },
    });
    const socket = open();
    socket.write(post(BODY));
    assert.match(await answerOn(socket), /^HTTP\/1\.1 200 OK/);
    socket.destroy();
    await delay(50);
    assert.equal(signal?.aborted, false);
  });

  test('serves one request after the other', async (t) => {
    const open = await listen(t);
    const socket = open();
    for (let turn = 0; turn < 3; turn += 1) {
      socket.write(post(BODY));
      assert.match(await answerOn(socket), /^HTTP\/1\.1 200 OK/);
    }
  });

  test('that sends no HTTP gets an error answer and is closed', async (t) => {
    const open = await listen(t);
    const socket = open();
    socket.write('what is this\r\n\r\n');
    const answer = await answerOn(socket);
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request/);
    const answered = JSON.parse(answer.split('\r\n\r\n')[1] ?? '');
    assert.equal(answered.code, 'invalid_request');
    await once(socket, 'close');
  });

  test('with huge headers gets an error answer and is closed', async (t) => {
    const open = await listen(t);
    const socket = open();
    socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
    assert.match(await answerOn(socket), /The headers are larger than 16384 bytes/);
    await once(socket, 'close');
  });

  test('with a body over the limit gets its 413 although the whole body is still sent', async (t) => {
    const open = await listen(t);
    for (let turn = 0; turn < 3; turn += 1) {
      const socket = open();
      const answer = answerOn(socket);
      socket.write(post('', 40_000_000));
      for (let sent = 0; sent < 40; sent += 1) {
        if (!socket.write(Buffer.alloc(1_000_000, 'x'))) await once(socket, 'drain');
      }
      assert.match(await answer, /^HTTP\/1\.1 413 /);
      socket.destroy();
    }
  });

  test('that its client closes leaves a line in the log, without a status', async (t) => {
    const lines: string[] = [];
    const started = Promise.withResolvers<void>();
    const open = await listen(t, {
      lines,
      submit: async (request, { signal }) => {
        started.resolve();
        await once(signal, 'abort');
        return resultOf(request);
      },
    });
    const socket = open();
    socket.write(post(BODY));
    await started.promise;
    socket.destroy();
    const { status, aborted, route, response_bytes } = await loggedRequest(lines);
    assert.deepEqual(
      { status, aborted, route, response_bytes },
      { status: null, aborted: true, route: '/api/v1/execute', response_bytes: 0 },
    );
  });

  test('that is closed within a body leaves a line in the log', async (t) => {
    const lines: string[] = [];
    const open = await listen(t, { lines });
    const socket = open();
    socket.write(post('{"code":"SECRET', 5000));
    await delay(100);
    socket.destroy();
    assert.equal((await loggedRequest(lines)).aborted, true);
    assert.equal(lines.filter((line) => line.includes('"msg":"request"')).length, 1);
    assert.doesNotMatch(lines.join(''), /SECRET/);
  });

  test('that brings no HTTP leaves a line in the log, without what it brought', async (t) => {
    const lines: string[] = [];
    const open = await listen(t, { lines });
    const socket = open();
    socket.write('SECRET nonsense\r\nSECRET: SECRET\r\n\r\n');
    const answer = await answerOn(socket);
    const line = await loggedRequest(lines);
    assert.equal(line.request_id, /X-Request-Id: (\S+)/.exec(answer)?.[1]);
    assert.equal(line.status, 400);
    assert.equal(line.code, 'invalid_request');
    assert.match(line.reason, /^HPE_/);
    assert.doesNotMatch(lines.join(''), /SECRET/);
  });

  test('with a body in chunks has its bytes counted', async (t) => {
    const lines: string[] = [];
    const open = await listen(t, { lines });
    const socket = open();
    const head = 'POST /api/v1/execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    const chunk = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    assert.match(await answerOn(socket), /^HTTP\/1\.1 200 OK/);
    assert.equal((await loggedRequest(lines)).request_bytes, BODY.length);
  });
});

suite('a slow client is cut', { concurrency: true }, () => {
  const environment = { REQUEST_TIMEOUT_SECONDS: '1', KEEP_ALIVE_SECONDS: '1' };

  const slow: [when: string, sent: string][] = [
    ['that sends nothing', ''],
    ['in its headers', 'POST /api/v1/execute HTTP/1.1\r\nHost: a\r\n'],
    ['in its body', post('{"language"', 1000)],
  ];
  for (const [when, sent] of slow) {
    test(`${when}, and says why`, async (t) => {
      const open = await listen(t, { environment });
      const socket = open();
      socket.write(sent);
      const answer = await answerOn(socket);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
      assert.match(answer, /did not arrive in time/);
      await once(socket, 'close');
    });
  }

  test('that sends a byte now and then', async (t) => {
    const open = await listen(t, { environment });
    const socket = open();
    const closed = once(socket, 'close');
    socket.on('error', () => {});
    socket.resume();
    const bytes = [...post(`{"code":"${'x'.repeat(1000)}"}`)];
    const drip = setInterval(() => socket.write(bytes.shift() ?? ' '), 20);
    t.after(() => clearInterval(drip));
    await closed;
    assert.ok(bytes.length > 500, `${bytes.length} bytes left`);
  });

  test('that stays idle after an answer', async (t) => {
    const open = await listen(t, { environment });
    const socket = open();
    socket.write(post(BODY));
    assert.match(await answerOn(socket), /^HTTP\/1\.1 200 OK/);
    await once(socket, 'close');
  });

  test('that reads nothing of its answer', async (t) => {
    const cut = Promise.withResolvers<void>();
    const server = await createTestServer(t, {
      environment: { ANSWER_TIMEOUT_SECONDS: '1' },
      submit: async (request) => resultOf(request, 'x'.repeat(50_000_000)),
    });
    server.server.on('connection', (socket) => socket.once('close', cut.resolve));
    await server.listen({ port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.pause();
    socket.write(post(BODY));
    await cut.promise;
  });

  test('but not one that reads slowly', async (t) => {
    const bytes = 10_000_000;
    const open = await listen(t, {
      environment: { ANSWER_TIMEOUT_SECONDS: '1' },
      submit: async (request) => resultOf(request, 'x'.repeat(bytes)),
    });
    const socket = open();
    let received = 0;
    socket.on('data', (data) => {
      received += data.length;
      socket.pause();
      setTimeout(() => socket.resume(), 25);
    });
    socket.write(post(BODY));
    for (let turn = 0; received < bytes; turn += 1) {
      assert.ok(turn < 3000 && !socket.closed, `${received} of ${bytes} bytes`);
      await delay(10);
    }
  });

  test('but not one that waits for its program', async (t) => {
    const open = await listen(t, {
      environment,
      submit: async (request) => {
        await delay(3500);
        return resultOf(request);
      },
    });
    const socket = open();
    socket.write(post(BODY));
    assert.match(await answerOn(socket), /^HTTP\/1\.1 200 OK/);
  });
});

// Apart, since making the servers of the others would stop its own clock.
test('a client is cut that reads all the time, but too slowly for an answer to end', async (t) => {
  const answerOf = (bytesPerTurn: number) => {
    const socket = { bytesWritten: 0, writableLength: 0 };
    const destroyed = Promise.withResolvers<void>();
    const raw = Object.assign(new EventEmitter(), { socket, destroy: destroyed.resolve });
    const drip = setInterval(() => {
      socket.bytesWritten += bytesPerTurn;
    }, 100);
    t.after(() => {
      clearInterval(drip);
      raw.emit('close');
    });
    const bounds = { requestTimeoutSeconds: 1, answerTimeoutSeconds: 1, keepAliveSeconds: 1 };
    boundStalledAnswer({ raw } as unknown as FastifyReply, bounds);
    return destroyed.promise;
  };
  let isCut = false;
  void answerOf(1_000_000).then(() => {
    isCut = true;
  });
  await answerOf(2000);
  assert.equal(isCut, false);
});

test('connections beyond MAX_CONNECTIONS are closed, and those before them served', async (t) => {
  const open = await listen(t, { environment: { MAX_CONNECTIONS: '2' } });
  const [first, second] = [open(), open()];
  await Promise.all([once(first, 'connect'), once(second, 'connect')]);
  await delay(50);
  const third = open();
  third.on('error', () => {});
  await once(third, 'close');
  for (const socket of [first, second]) {
    socket.write(post(BODY));
    assert.match(await answerOn(socket), /^HTTP\/1\.1 200 OK/);
  }
});

test('headers have a time of their own, and no more than the whole request has', async (t) => {
  const timesWith = async (seconds: string) => {
    const { server } = await createTestServer(t, { environment: { REQUEST_TIMEOUT_SECONDS: seconds } });
    return [server.headersTimeout, server.requestTimeout];
  };
  assert.deepEqual(await timesWith('60'), [15_000, 60_000]);
  assert.deepEqual(await timesWith('15'), [15_000, 15_000]);
  assert.deepEqual(await timesWith('5'), [5000, 5000]);
});

test('a service that stops asks clients to close kept connections', async (t) => {
  let isStopping = false;
  const open = await listen(t, { isStopping: () => isStopping });
  const socket = open();
  socket.write(post(BODY));
  assert.match(await answerOn(socket), /\r\nConnection: keep-alive\r\n/i);
  isStopping = true;
  socket.write(post(BODY));
  assert.match(await answerOn(socket), /\r\nConnection: close\r\n/i);
  await once(socket, 'close');
});

test('a connection is closed after a thousand requests, with the last answer complete', async (t) => {
  const server = await createTestServer(t);
  await server.listen({ port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (let turn = 0; turn < 1001; turn += 1) {
    const request = get({ port, agent, path: '/health/live' });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    ports.add(answer.socket.localPort);
    assert.equal(answer.statusCode, 200);
    await answer.toArray();
  }
  assert.equal(ports.size, 2);
});
