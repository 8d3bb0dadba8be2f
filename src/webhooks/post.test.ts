// One POST to receivers that behave badly: slow, endless, redirecting, or not speaking HTTP. They are on loopback, which
// WEBHOOK_ALLOW permits here; what it does not permit is test/webhook-network.test.ts's.

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createGuardedAgent } from './guarded-agent.ts';
import { type PostResult, post } from './post.ts';
import { createTargetGuard } from './target-guard.ts';

const TIMEOUT_MS = 400;

async function listen(t: TestContext, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** Posts once to a receiver that answers like this. */
async function postTo(t: TestContext, receiver: RequestListener | Server): Promise<PostResult> {
  return postToUrl(t, await listen(t, receiver instanceof Function ? createServer(receiver) : receiver));
}

async function postToUrl(t: TestContext, url: string, signal = new AbortController().signal) {
  // Any port of loopback: those of the tests are chosen by the kernel.
  const guard = createTargetGuard([`127.0.0.1:${new URL(url).port}`]);
  const agent = createGuardedAgent(guard, { timeoutMs: TIMEOUT_MS, perHost: 4 });
  t.after(() => agent.destroy());
  const message = {
    url,
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  };
  return post(agent, message, { signal, timeoutMs: TIMEOUT_MS });
}

test('a receiver gets the body and the headers, and its status counts', async (t) => {
  const seen: object[] = [];
  const result = await postTo(t, async (request, response) => {
    const body = await textOf(request);
    seen.push({ method: request.method, url: request.url, type: request.headers['content-type'], body });
    response.writeHead(204).end();
  });
  assert.deepEqual(seen, [{ method: 'POST', url: '/hook', type: 'application/json', body: '{"a":1}' }]);
  assert.deepEqual(result, {
    statusCode: 204,
    error: null,
    isRefused: false,
    refusedAddress: null,
    retryAfterMs: null,
  });
});

test('a redirect is not followed', async (t) => {
  let isReached = false;
  const other = await listen(
    t,
    createServer((_, response) => {
      isReached = true;
      response.end();
    }),
  );
  const result = await postTo(t, (_, response) => void response.writeHead(307, { location: other }).end());
  assert.equal(result.statusCode, 307);
  assert.equal(isReached, false);
});

test('what a receiver asks for in Retry-After is returned with its status', async (t) => {
  const result = await postTo(t, (_, response) => {
    response.writeHead(429, { 'retry-after': '90' }).end('x');
  });
  assert.deepEqual([result.statusCode, result.retryAfterMs], [429, 90_000]);
});

test('an endless answer ends after a bounded part of it, and counts by its status', async (t) => {
  let written = 0;
  const result = await postTo(t, (_, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(4096);
    const more = () => {
      if (response.destroyed) return;
      written += chunk.length;
      if (response.write(chunk)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  });
  assert.equal(result.statusCode, 200);
  // What the kernel's buffers hold is written, and not more.
  assert.ok(written < 16 * 1024 * 1024, `${written}`);
});

for (const [name, receiver] of Object.entries({
  'never answers': () => {},
  'sends its headers byte by byte': (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => {});
    request.socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
    setInterval(() => request.socket.write('x'), 50).unref();
  },
  'only promises to go on': (_: IncomingMessage, response: ServerResponse) => {
    setInterval(() => response.writeProcessing(), 50).unref();
  },
} satisfies Record<string, RequestListener>))
  test(`a receiver that ${name} is left after the time of an attempt`, async (t) => {
    const since = performance.now();
    const result = await postTo(t, receiver);
    assert.deepEqual([result.statusCode, result.error], [null, 'there was no answer within 0.4 s']);
    assert.ok(performance.now() - since < 20 * TIMEOUT_MS);
  });

test('a body that never ends after a good status is a delivery', async (t) => {
  const result = await postTo(t, (_, response) => void response.writeHead(200).write('begun'));
  assert.equal(result.statusCode, 200);
});

test('failures of the connection say what happened, without an address', async (t) => {
  const closed = createTcpServer((socket) => void socket.destroy());
  const chatty = createTcpServer((socket) => void socket.end('220 mail.example ESMTP\r\n'));
  const lengthy = createServer(
    (_, response) => void response.writeHead(200, { x: 'x'.repeat(20_000) }).end(),
  );
  const [reset, alien, long] = [await postTo(t, closed), await postTo(t, chatty), await postTo(t, lengthy)];
  assert.match(reset.error ?? '', /^the connection was (closed before an answer|reset)$/);
  assert.equal(alien.error, 'the answer is not HTTP');
  assert.equal(long.error, 'the headers of the answer are too long');
  const server = createServer();
  const url = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  assert.equal((await postToUrl(t, url)).error, 'the connection was refused');
  assert.equal((await postToUrl(t, url.replace('http:', 'https:'))).error, 'the connection was refused');
});

test('a port that does not speak TLS is not sent anything', async (t) => {
  const url = await listen(
    t,
    createServer((_, response) => void response.end()),
  );
  const result = await postToUrl(t, url.replace('http:', 'https:'));
  assert.match(result.error ?? '', /TLS connection was not accepted|connection was reset/);
});

test('an aborted attempt ends at once', async (t) => {
  const url = await listen(
    t,
    createServer(() => {}),
  );
  const result = await postToUrl(t, url, AbortSignal.timeout(20));
  assert.equal(result.statusCode, null);
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
