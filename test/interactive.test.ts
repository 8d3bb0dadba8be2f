// Programs that a client talks to, through the whole service: terminals, limits, what a connection that closes ends, much
// in both directions. Pages in a browser are in pages/interactive.test.ts.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { processesWith } from '../src/sandbox/sandbox-contract.ts';
import { KIB, MIB } from '../src/units.ts';
import { launch, ready, type Service, stop, TIME_FACTOR } from './service.ts';

const KEY = 'the-key-of-the-tests';
const TERMINAL = { columns: 100, rows: 30 };

let service: Service;
const data = await mkdtemp(join(tmpdir(), 'interactive-test-'));
before(async () => {
  const child = launch({
    API_KEYS: KEY,
    DATA_DIR: data,
    LANGUAGES: 'python,c,bash',
    INTERACTIVE_IDLE_TIMEOUT: String(2 * TIME_FACTOR),
    SHUTDOWN_GRACE_SECONDS: '1',
    INTERACTIVE_SESSIONS: '4',
    VALIDATION_RULES: 'python/dynamic-code=off', // for an interpreter in an interpreter
  });
  service = await ready(child, ['python', 'c', 'bash'], KEY);
});
after(async () => {
  await stop(service);
  await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

interface Message {
  readonly type: string;
  readonly data?: string;
  readonly [field: string]: unknown;
}

/** A conversation with the whole service. */
async function talk(t: TestContext, request: object, of = service) {
  const url = `${of.url.replace('http', 'ws')}/api/v1/interactive`;
  const socket = new WebSocket(url, { headers: { 'x-api-key': KEY } });
  t.after(() => socket.terminate());
  const messages: Message[] = [];
  let shown = '';
  socket.on('message', (data) => {
    const message: Message = JSON.parse(`${data}`);
    messages.push(message);
    shown += message.data ?? '';
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const send = (message: object) => socket.send(JSON.stringify(message));
  send(request);
  const untilShown = async (pattern: RegExp) => {
    const deadline = Date.now() + 15_000 * TIME_FACTOR;
    while (!pattern.test(shown)) {
      assert.ok(Date.now() < deadline, `${pattern} does not come: ${JSON.stringify(messages.slice(-5))}`);
      await sleep(5);
    }
  };
  return {
    ...{ socket, messages, closed, send, untilShown },
    type: (data: string) => send({ type: 'stdin', data }),
    shown: () => shown,
    exit: async () => {
      await closed;
      return messages.at(-1) as Message;
    },
  };
}

const python = (code: string, more: object = {}) => ({ language: 'python', code, ...more });

suite('a terminal', () => {
  test('runs a Python interpreter that answers line by line, and survives Ctrl-C', async (t) => {
    const code = 'import code\ncode.interact(banner="", exitmsg="bye")';
    const { type, untilShown, send, exit } = await talk(t, python(code, { pty: TERMINAL }));
    await untilShown(/>>> $/);
    type('6 * 7\n');
    await untilShown(/42\r\n>>> $/);
    type('while True: pass\n\n');
    await sleep(300 * TIME_FACTOR);
    type('\u0003');
    await untilShown(/KeyboardInterrupt\r\n>>> $/);
    type('print("still here")\n');
    await untilShown(/still here\r\n>>> $/);
    send({ type: 'eof' });
    const { status, exit_code: code0 } = await exit();
    assert.deepEqual([status, code0], ['completed', 0]);
  });

  test('has the size that was asked for, and follows it', async (t) => {
    const request = {
      language: 'bash',
      code: "trap 'stty size; exit 5' WINCH; stty size; while true; do sleep 0.05; done",
      pty: TERMINAL,
    };
    const { untilShown, send, exit } = await talk(t, request);
    await untilShown(/30 100\r\n/);
    send({ type: 'resize', columns: 120, rows: 40 });
    await untilShown(/40 120\r\n/);
    assert.equal((await exit()).exit_code, 5);
  });
});

suite('a program with pipes', () => {
  test('is compiled, asks, and is answered', async (t) => {
    const code =
      '#include <stdio.h>\nint main() { char s[9]; printf("name? "); fflush(stdout); scanf("%8s", s); printf("hi %s", s); }';
    const { type, untilShown, messages, exit } = await talk(t, { language: 'c', code });
    await untilShown(/name\? /);
    type('Ada\n');
    assert.equal((await exit()).status, 'completed');
    const types = messages.map(({ type: each, status }) => (each === 'status' ? status : each));
    assert.deepEqual(types, ['queued', 'compiling', 'compile', 'running', 'stdout', 'stdout', 'exit']);
  });

  test('that does not compile has no exit code', async (t) => {
    const { messages, exit } = await talk(t, { language: 'c', code: 'int main( {' });
    const { status, exit_code: code } = await exit();
    assert.deepEqual([status, code], ['compilation_error', null]);
    assert.match(`${messages.find(({ type }) => type === 'compile')?.output}`, /error/);
  });

  test('whose code is rejected never runs', async (t) => {
    const { closed, messages } = await talk(t, python('import os\nos.system("ls")'));
    assert.equal(await closed, 1008);
    assert.equal(messages.at(-1)?.code, 'code_rejected');
    assert.ok(Array.isArray(messages.at(-1)?.findings));
  });

  test('ends by a signal that it is sent', async (t) => {
    const { send, untilShown, exit } = await talk(t, python('print("ready", flush=True)\ninput()'));
    await untilShown(/ready/);
    send({ type: 'signal', name: 'SIGTERM' });
    const { status, signal } = await exit();
    assert.deepEqual([status, signal], ['runtime_error', 'SIGTERM']);
  });

  for (const [name, code, more, status, limit] of [
    ['idle', 'input()', {}, 'time_limit_exceeded', 'idle'],
    ['out of CPU time', 'while True: pass', { time_limit: 1 }, 'time_limit_exceeded', 'cpu'],
    ['out of memory', 'x = bytearray(400_000_000)', {}, 'memory_limit_exceeded', undefined],
    [
      'too talkative',
      'while True: print("x" * 1000)',
      { output_limit_kb: 64 },
      'output_limit_exceeded',
      undefined,
    ],
  ] as const)
    test(`that is ${name} is ended, and the exit says so`, async (t) => {
      const { exit, shown } = await talk(t, python(code, more));
      const exited = await exit();
      assert.deepEqual([exited.status, exited.limit], [status, limit], JSON.stringify(exited));
      if (name === 'too talkative') assert.equal(shown().length, 64 * KIB);
    });
});

test('a connection that closes ends its program within a second', async (t) => {
  for (const close of ['close', 'terminate'] as const) {
    const token = `token-${close}-${process.pid}`;
    const code = 'import sys, time\nprint("up", flush=True)\ntime.sleep(100)';
    const { socket, untilShown } = await talk(t, python(code, { args: [token] }));
    await untilShown(/up/);
    assert.equal((await processesWith(token)).length, 1);
    socket[close]();
    await sleep(1000 * TIME_FACTOR);
    assert.deepEqual(await processesWith(token), [], close);
  }
});

async function peakBytes({ process: { pid } }: Service): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * KIB;
}

test('50 MB go through a program and back to a slow reader in little memory', async (t) => {
  const bytes = 50_000_000;
  const code = 'import shutil, sys\nshutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)';
  await writeFile(`/proc/${service.process.pid}/clear_refs`, '5');
  const before = await peakBytes(service);
  const { socket, exit } = await talk(t, python(code, { output_limit_kb: 200_000, time_limit: 30 }));
  let received = 0;
  let messages = 0;
  socket.on('message', (data: Buffer) => {
    const message: Message = JSON.parse(`${data}`);
    if (message.type !== 'stdout') return;
    received += message.data?.length ?? 0;
    messages += 1;
    if (messages % 100 !== 0) return; // it stops reading now and then
    socket.pause();
    setTimeout(() => socket.resume(), 20);
  });
  const piece = JSON.stringify({ type: 'stdin', data: 'x'.repeat(100_000) });
  for (let sent = 0; sent < bytes; sent += 100_000)
    await new Promise<void>((resolve) => socket.send(piece, () => resolve()));
  socket.send('{"type":"eof"}');
  const { status } = await exit();
  assert.deepEqual([status, received], ['completed', bytes]);
  const grown = (await peakBytes(service)) - before;
  t.diagnostic(`the service grew by ${(grown / MIB).toFixed(1)} MiB`);
  assert.ok(grown < 64 * MIB, `${grown}`);
});

test('one client has no more than its share, and the service says so', async (t) => {
  const waiting = await Promise.all([1, 2, 3].map(() => talk(t, python('input()'))));
  while (waiting.some(({ messages }) => messages.length < 2)) await sleep(10);
  const { closed, messages } = await talk(t, python('input()'));
  assert.equal(await closed, 1013);
  assert.match(`${messages.at(-1)?.detail}`, /At most 3 interactive programs/);
  for (const { socket } of waiting) socket.close();
  for (;;) {
    const next = await talk(t, python('print("in")'));
    const { type } = await next.exit();
    if (type === 'exit') return; // the places of those that left are free again
  }
});

test('a service that stops lets programs end for its grace, then ends them and says why', async (t) => {
  const { untilShown, closed, messages, type, exit } = await talk(
    t,
    python('print("up", flush=True)\nprint(input())'),
  );
  await untilShown(/up/);
  const other = await talk(t, python('print("up", flush=True)\ninput()'));
  await other.untilShown(/up/);
  service.process.kill('SIGTERM');
  await sleep(300);
  type('typed\n');
  await untilShown(/typed/);
  assert.equal((await exit()).status, 'completed', JSON.stringify(messages));
  assert.equal(await closed, 1000);
  assert.equal(await other.closed, 1001);
  assert.equal(other.messages.at(-1)?.code, 'shutting_down');
});
