// Piston's WebSocket with programs that really run: the order of its messages, and how it closes.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { launch, ready, type Service, stop, TIME_FACTOR } from '../service.ts';

type Message = Readonly<Record<string, unknown>>;

suite('Piston’s WebSocket', () => {
  let service: Service;
  before(async () => {
    const child = launch({ LANGUAGES: 'python,c' });
    service = await ready(child, ['python', 'c']);
  });
  after(() => stop(service));

  /** Sends what `answers` says to each message, and resolves when the connection is closed. */
  function talk(first: readonly Message[], answers: (message: Message) => readonly Message[] = () => []) {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/api/v2/connect`);
    const messages: Message[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<{ messages: Message[]; code: number }>();
    const timer = setTimeout(() => reject(new Error(JSON.stringify(messages))), 20_000 * TIME_FACTOR);
    const send = (all: readonly Message[]) => {
      for (const each of all) socket.send(JSON.stringify(each));
    };
    socket.onopen = () => send(first);
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      messages.push(message);
      send(answers(message));
    };
    socket.onclose = ({ code }) => {
      clearTimeout(timer);
      resolve({ messages, code });
    };
    return promise;
  }
  const init = (language: string, content: string, more: Message = {}) => ({
    type: 'init',
    language,
    version: '*',
    files: [{ content }],
    ...more,
  });

  test('reports stages in order, and takes input while the program runs', async () => {
    const echo = 'import sys\nfor line in sys.stdin: print(line.upper(), end="", flush=True)';
    const early = { type: 'data', stream: 'stdin', data: 'early\n' };
    const { messages, code } = await talk([init('py', echo), early], ({ data }) => {
      if (data === 'EARLY\n') return [{ type: 'data', stream: 'stdin', data: 'é\n' }];
      return data === 'É\n' ? [{ type: 'eof' }] : [];
    });
    assert.equal(code, 4999);
    const [runtime, stage, first, second, exit, ...others] = messages;
    assert.deepEqual(
      [runtime?.type, runtime?.language, stage],
      ['runtime', 'python', { type: 'stage', stage: 'run' }],
    );
    assert.deepEqual(first, { type: 'data', stream: 'stdout', data: 'EARLY\n' });
    assert.deepEqual(
      [second?.data, exit, others],
      ['É\n', { type: 'exit', stage: 'run', code: 0, signal: null }, []],
    );
  });

  test('compiles first, and ends there if that fails', async () => {
    const good = await talk([init('c', 'int main(void) { return 7; }')]);
    assert.deepEqual(
      good.messages.slice(1).map(({ type, stage, code }) => [type, stage, code]),
      [
        ['stage', 'compile', undefined],
        ['exit', 'compile', 0],
        ['stage', 'run', undefined],
        ['exit', 'run', 7],
      ],
    );
    const bad = await talk([init('c', 'int main(')]);
    assert.equal(bad.code, 4999);
    assert.deepEqual(bad.messages.at(-1), { type: 'exit', stage: 'compile', code: 1, signal: null });
  });

  test('passes signals on, and ends what runs too long', async () => {
    const forever = init('python', 'import time\nprint("up", flush=True)\ntime.sleep(60)', {
      run_timeout: 30_000,
    });
    const killed = await talk([forever], ({ data }) =>
      data === 'up\n' ? [{ type: 'signal', signal: 'SIGTERM' }] : [],
    );
    assert.deepEqual(killed.messages.at(-1), { type: 'exit', stage: 'run', code: null, signal: 'SIGTERM' });
    const late = await talk([{ ...forever, run_timeout: 1000 }]);
    assert.deepEqual(late.messages.at(-1), { type: 'exit', stage: 'run', code: null, signal: 'SIGKILL' });
  });

  const wrong: [what: string, first: Message[], code: number][] = [
    ['no init', [], 4001],
    ['a second init', [init('python', 'input()'), init('python', '1')], 4000],
    ['data before init', [{ type: 'data', stream: 'stdin', data: '' }], 4003],
    ['another stream', [init('python', 'input()'), { type: 'data', stream: 'stdout', data: '' }], 4004],
    ['an unknown signal', [init('python', 'input()'), { type: 'signal', signal: 'SIGNONE' }], 4005],
    ['an unknown language', [init('cobol', 'x')], 4002],
  ];
  for (const [what, first, code] of wrong) {
    test(`closes with ${code} for ${what}`, async () => {
      const { messages, code: found } = await talk(first);
      assert.equal(found, code);
      if (code === 4002)
        assert.deepEqual(messages, [{ type: 'error', message: 'cobol-* runtime is unknown' }]);
    });
  }
});
