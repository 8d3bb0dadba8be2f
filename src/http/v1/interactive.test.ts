// WS /api/v1/interactive over a real socket, with programs that the test plays: who may connect, what is rejected and with
// which code the connection closes, how output is written, and what a slow side does to the other.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { createMemoryCounters } from '../../access/memory-counters.ts';
import { ServiceError } from '../../errors.ts';
import type { LiveProgram } from '../../execution/live-program.ts';
import type { InteractContext, Interactions } from '../../submissions/interact.ts';
import { KIB, MIB } from '../../units.ts';
import { createTestServer } from '../server-fixture.ts';
import { KEY_PROTOCOL, PROTOCOL } from '../web-sockets.ts';
import { RESULT_EXAMPLE } from './examples.ts';

const KEY = 'a-key-long-enough';
const REQUEST = { language: 'python', code: 'print(1)' };

interface Played {
  readonly program: LiveProgram;
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly calls: unknown[];
  readonly context: InteractContext;
  readonly request: unknown;
}

/** Interactions whose programs the test plays; a program ends when the play does, or when its client is gone. */
function play(script: (played: Played) => Promise<void> | void): Pick<Interactions, 'interact'> {
  return {
    async interact(request, context) {
      const [stdin, stdout, stderr] = [
        new PassThrough({ highWaterMark: 1 }),
        new PassThrough(),
        new PassThrough(),
      ];
      const calls: unknown[] = [];
      const program = {
        ...{ stdin, stdout, stderr },
        signal: (name: string) => void calls.push(name),
        resize: (size: object) => void calls.push(size),
      };
      context.onAccepted('id');
      context.onStatus('running');
      context.onProgram(program);
      const gone = once(context.signal, 'abort');
      await Promise.race([gone, script({ program, stdin, stdout, stderr, calls, context, request })]);
      stdout.end();
      stderr.end();
      const results = RESULT_EXAMPLE.results.slice(0, 1);
      return { result: { ...RESULT_EXAMPLE, results, status: 'completed' }, wasIdle: false };
    },
  };
}

type Options = Parameters<typeof createTestServer>[1];
type Interacting = Pick<Interactions, 'interact'>;

const IMMEDIATE = play(() => {});

/** What the server of this file plays now. */
let playing: Interacting = IMMEDIATE;
const server = await serve({ after }, {});

async function serve(t: Parameters<typeof createTestServer>[0], options: Options): Promise<string> {
  const made = await createTestServer(t, {
    interactions: { interact: (...args) => playing.interact(...args) },
    ...options,
  });
  await made.listen({ port: 0, host: '127.0.0.1' });
  return `127.0.0.1:${(made.server.address() as AddressInfo).port}`;
}

/** Has the server of this file play a script. */
function listen(interactions: Interacting): string {
  playing = interactions;
  return server;
}

interface Talk {
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[];
  send(message: unknown): void;
  /** Resolves with the code with which the connection closed. */
  readonly closed: Promise<number>;
}

function connect(
  host: string,
  path = '',
  options: WebSocket.ClientOptions = {},
  protocols: string[] = [],
): Talk {
  const socket = new WebSocket(`ws://${host}/api/v1/interactive${path}`, protocols, options);
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(`${data}`)));
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  socket.on('close', (code) => resolve(code));
  return {
    socket,
    messages,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
  };
}

async function talk(
  host: string,
  first: unknown = REQUEST,
  ...more: [string?, WebSocket.ClientOptions?, string[]?]
) {
  const talked = connect(host, ...more);
  await once(talked.socket, 'open');
  talked.send(first);
  return talked;
}

/** The status of a connection that is not upgraded. */
async function refusal(
  host: string,
  options: WebSocket.ClientOptions = {},
  protocols: string[] = [],
): Promise<number> {
  const { socket } = connect(host, '', options, protocols);
  socket.on('error', () => {});
  const [, answer] = await once(socket, 'unexpected-response');
  answer.resume();
  return answer.statusCode;
}

function textOf(messages: readonly Record<string, unknown>[], type: string): string {
  return messages
    .filter((message) => message.type === type)
    .map(({ data }) => data)
    .join('');
}

describe('a conversation', () => {
  test('goes from the request to the exit', async () => {
    const host = listen(
      play(async ({ stdin, stdout, stderr, calls, context, request }) => {
        assert.deepEqual(
          [request, context.terminal],
          [
            { ...REQUEST, args: ['x'] },
            { columns: 90, rows: 20 },
          ],
        );
        stdout.write('name? ');
        assert.equal(`${await buffer(stdin)}`, 'Ada');
        stderr.write(JSON.stringify(calls));
      }),
    );
    const { closed, messages, send } = await talk(host, {
      ...REQUEST,
      args: ['x'],
      pty: { columns: 90, rows: 20 },
    });
    send({ type: 'resize', columns: 100, rows: 30 });
    while (messages.length < 2) await sleep(5);
    send({ type: 'signal', name: 'SIGUSR1' });
    send({ type: 'stdin', data: 'A' });
    send({ type: 'stdin', data: Buffer.from('da').toString('base64'), encoding: 'base64' });
    send({ type: 'eof' });
    assert.equal(await closed, 1000);
    assert.deepEqual(messages.slice(0, 2), [
      { type: 'status', status: 'queued', execution_id: 'id' },
      { type: 'status', status: 'running' },
    ]);
    assert.equal(textOf(messages, 'stdout'), 'name? ');
    const calls = JSON.parse(textOf(messages, 'stderr'));
    assert.deepEqual(calls.at(-1), 'SIGUSR1');
    assert.ok(calls.some((call: { columns?: number }) => call.columns === 100));
    const exit = messages.at(-1) ?? {};
    assert.deepEqual([exit.type, exit.status, exit.exit_code, exit.signal], ['exit', 'completed', 0, null]);
  });

  test('has the request of a client that comes before the program, and of one that never comes', async () => {
    const host = listen(play(async ({ stdin }) => assert.equal(`${await buffer(stdin)}`, 'early')));
    const { socket, closed } = connect(host);
    await once(socket, 'open');
    for (const message of [REQUEST, { type: 'stdin', data: 'early' }, { type: 'eof' }])
      socket.send(JSON.stringify(message));
    assert.equal(await closed, 1000);
  });

  test('writes characters whole, however the program cuts them, and bytes on request', async () => {
    const bytes = Buffer.concat([Buffer.from('ż🐢'), Buffer.from([0xff, 0xf0, 0x9f])]);
    const host = listen(
      play(async ({ stdout }) => {
        for (const byte of bytes) {
          stdout.write(Buffer.of(byte));
          await sleep(1);
        }
      }),
    );
    const texts = await talk(host);
    await texts.closed;
    assert.equal(textOf(texts.messages, 'stdout'), 'ż🐢\uFFFD\uFFFD');
    const base64 = await talk(host, REQUEST, '?encoding=base64');
    await base64.closed;
    const pieces = base64.messages.filter(({ type }) => type === 'stdout').map(({ data }) => `${data}`);
    assert.ok(bytes.equals(Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')))));
  });

  test('ends with the connection', async () => {
    const ended = Promise.withResolvers<void>();
    const host = listen(
      play(async ({ context }) => {
        await once(context.signal, 'abort');
        ended.resolve();
      }),
    );
    const { socket, messages } = await talk(host);
    while (messages.length < 2) await sleep(5);
    socket.terminate();
    await ended.promise;
  });

  test('of a client that does not read stops the program', async () => {
    let written = 0;
    const host = listen(
      play(async ({ stdout, context }) => {
        const piece = Buffer.alloc(64 * KIB, 'x');
        while (!context.signal.aborted && written < 64 * MIB) {
          written += piece.length;
          if (!stdout.write(piece))
            await Promise.race([once(stdout, 'drain'), once(context.signal, 'abort')]);
        }
      }),
    );
    const { socket, closed } = await talk(host);
    socket.pause();
    let before = -1;
    while (written !== before) {
      before = written;
      await sleep(300);
    }
    assert.ok(written > 0 && written < 32 * MIB, `${written}`);
    socket.terminate();
    await closed;
  });

  test('of a program that does not read stops the client', async () => {
    const host = listen(play(({ context }) => once(context.signal, 'abort').then(() => {})));
    const { socket, closed } = await talk(host);
    const piece = JSON.stringify({ type: 'stdin', data: 'x'.repeat(64 * KIB) });
    for (let sent = 0; sent < 1024; sent++) socket.send(piece);
    let before = Number.POSITIVE_INFINITY;
    while (before - socket.bufferedAmount > KIB) {
      before = socket.bufferedAmount;
      await sleep(300);
    }
    assert.ok(before > 16 * MIB, `${before} of 64 MiB are unsent`);
    socket.terminate();
    await closed;
  });
});

describe('a rejection', () => {
  for (const [name, first, detail, code] of [
    ['is no JSON', '{', /valid JSON/, 1008],
    ['is no request', { language: 'python' }, /code/, 1008],
    ['has tests', { ...REQUEST, test_cases: [] }, /test_cases/, 1008],
    ['has a terminal of no size', { ...REQUEST, pty: { columns: 0, rows: 24 } }, /columns/, 1008],
  ] as const)
    test(`of a first message that ${name} says why`, async () => {
      const { closed, messages } = await talk(listen(IMMEDIATE), first);
      assert.equal(await closed, code);
      const [error] = messages;
      assert.deepEqual([error?.type, error?.code], ['error', 'invalid_request']);
      assert.match(`${error?.detail}`, detail);
    });

  for (const [name, message, detail] of [
    ['unknown', { type: 'frob' }, /stdin, eof, signal, resize/],
    ['not an object', 'null', /type must be/],
    ['a signal that is none', { type: 'signal', name: 'SIGSEGV' }, /name/],
    ['without its data', { type: 'stdin' }, /data/],
    ['not Base64', { type: 'stdin', data: '?', encoding: 'base64' }, /Base64/],
  ] as const)
    test(`of a later message that is ${name} ends the program`, async () => {
      const waiting = play(({ context }) => once(context.signal, 'abort').then(() => {}));
      const { closed, messages, send } = await talk(listen(waiting));
      while (messages.length < 2) await sleep(5);
      send(message);
      assert.equal(await closed, 1008);
      assert.match(`${messages.at(-1)?.detail}`, detail);
    });

  test('of input after its end, of bytes, of what is too large', async () => {
    const waiting = play(({ context }) => once(context.signal, 'abort').then(() => {}));
    const host = listen(waiting);
    const after = await talk(host);
    after.send({ type: 'eof' });
    after.send({ type: 'stdin', data: 'x' });
    assert.equal(await after.closed, 1008);
    const binary = await talk(host);
    binary.socket.send(Buffer.of(1, 2));
    assert.equal(await binary.closed, 1008);
    const large = await talk(host);
    large.send({ type: 'stdin', data: 'x'.repeat(5 * MIB) });
    assert.equal(await large.closed, 1009);
  });

  for (const [code, closeCode] of [
    ['code_rejected', 1008],
    ['queue_full', 1013],
    ['unavailable', 1013],
    ['shutting_down', 1001],
    ['internal_error', 1011],
  ] as const)
    test(`with ${code} closes with ${closeCode}`, async () => {
      const interact = async () => {
        throw new ServiceError(code, 'the reason');
      };
      const { closed, messages } = await talk(listen({ interact }));
      assert.equal(await closed, closeCode);
      assert.equal(messages[0]?.code, code);
    });

  test('comes before the upgrade for pages of other origins', async (t) => {
    playing = IMMEDIATE;
    const host = await serve(t, { environment: { CORS_ORIGINS: 'https://friend.example' } });
    for (const origin of ['http://evil.example', `http://${host}.evil.example`, 'null', 'x'])
      assert.equal(await refusal(host, { headers: { origin } }), 403, origin);
    for (const origin of [`http://${host}`, `https://${host}`, 'https://friend.example'])
      assert.equal(await (await talk(host, REQUEST, '', { headers: { origin } })).closed, 1000, origin);
  });

  test('comes before the upgrade without a key', async (t) => {
    playing = IMMEDIATE;
    const host = await serve(t, { environment: { API_KEYS: KEY } });
    const inProtocol = `${KEY_PROTOCOL}${Buffer.from(KEY).toString('base64url')}`;
    assert.equal(await refusal(host), 401);
    assert.equal(await refusal(host, {}, [PROTOCOL, `${KEY_PROTOCOL}bm8`]), 401);
    assert.equal(await refusal(host, {}, [inProtocol]), 400, 'no protocol is left to choose');
    const browser = await talk(host, REQUEST, '', {}, [PROTOCOL, inProtocol]);
    assert.equal(browser.socket.protocol, PROTOCOL);
    assert.equal(await browser.closed, 1000);
    assert.equal(await (await talk(host, REQUEST, '', { headers: { 'x-api-key': KEY } })).closed, 1000);
  });

  test('comes before the upgrade while the service stops, and if it offers none', async (t) => {
    assert.equal(await refusal(await serve(t, { isStopping: () => true })), 503);
    assert.equal(await refusal(await serve(t, { interactions: null })), 404);
  });

  test('comes when the limits are used up, which a rejected program does not count for', async (t) => {
    const environment = { USER_EXECUTIONS_PER_MINUTE: '1' };
    let isFull = true;
    listen(
      play(() => {
        if (isFull) throw new ServiceError('queue_full', 'no place');
      }),
    );
    const host = await serve(t, { environment, counters: createMemoryCounters() });
    const first = { ...REQUEST, user_id: 'ada' };
    assert.equal(await (await talk(host, first)).closed, 1013);
    isFull = false;
    assert.equal(await (await talk(host, first)).closed, 1000);
    const third = await talk(host, first);
    assert.equal(await third.closed, 1013);
    assert.equal(third.messages[0]?.code, 'rate_limited');
  });
});

test('the log has one line for a conversation, with its bytes and none of its content', async (t) => {
  playing = play(async ({ stdin, stdout }) => {
    await buffer(stdin);
    stdout.write('a secret answer');
  });
  const lines: string[] = [];
  const { send, closed } = await talk(await serve(t, { lines }));
  send({ type: 'stdin', data: 'a secret question' });
  send({ type: 'eof' });
  await closed;
  const logged = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  while (logged().length === 0) await sleep(5);
  const { status, route, request_bytes: received, response_bytes: sent } = logged()[0];
  assert.deepEqual([logged().length, status, route], [1, 101, '/api/v1/interactive']);
  assert.ok(received > 80 && sent > 100, `${received} ${sent}`);
  assert.doesNotMatch(lines.join(), /secret/);
});

test('a request that is no WebSocket gets an error that says so, and one that offers another protocol is answered as usual', async () => {
  const host = listen(IMMEDIATE);
  const plain = await fetch(`http://${host}/api/v1/interactive`);
  assert.equal(plain.status, 400);
  assert.match(await plain.text(), /ws:\/\//);
  const { request } = await import('node:http');
  const [hostname, port] = host.split(':');
  const h2c = request({
    ...{ hostname, port, path: '/api/v1/execute', method: 'POST' },
    headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'content-type': 'application/json' },
  });
  h2c.end(JSON.stringify(REQUEST));
  const [answer] = (await once(h2c, 'response')) as [Readable & { statusCode: number }];
  answer.resume();
  assert.equal(answer.statusCode, 200);
});
