// Output while a program runs, over HTTP: as it is written, whole before the end of its test, never of a hidden one, and
// with nobody waiting for a slow reader.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ScriptedEnd } from '../../execution/scripted-sandbox-fixture.ts';
import type { OnOutput } from '../../sandbox/sandbox.ts';
import { type ServedExecutions, serveExecutions } from './executions-fixture.ts';

interface Event {
  readonly id: number | null;
  readonly type: string;
  readonly data: {
    readonly test_index?: number;
    readonly stream?: string;
    readonly data?: string;
    readonly dropped_bytes?: number;
    readonly status?: string;
  };
}

type Write = (stream: 'stdout' | 'stderr', text: string | Uint8Array) => void;

/** A program that writes and waits, on whatever path it is run. */
function program(steps: (write: Write, stdin: string) => Promise<void> | void) {
  const paths: boolean[] = [];
  const run = async (request: { stdin: string; onOutput?: OnOutput | undefined }): Promise<ScriptedEnd> => {
    paths.push(request.onOutput !== undefined);
    const written: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] };
    await steps((stream, text) => {
      const bytes = Buffer.from(text as string);
      written[stream].push(bytes);
      request.onOutput?.(stream, bytes);
    }, request.stdin);
    return { stdout: Buffer.concat(written.stdout), stderr: Buffer.concat(written.stderr) };
  };
  return { slots: 1, run, paths };
}

async function* eventsOf(answer: Response): AsyncGenerator<Event> {
  let buffered = '';
  const decoder = new TextDecoder();
  for await (const bytes of answer.body ?? []) {
    const blocks = (buffered + decoder.decode(bytes, { stream: true })).split('\n\n');
    buffered = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, id, type, data] = /^(?:id: (\d+)\n)?event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      if (type !== undefined && data !== undefined)
        yield { id: id === undefined ? null : Number(id), type, data: JSON.parse(data) };
    }
  }
}

function execute({ url }: ServedExecutions, body: object, query = '?output=true'): Promise<Response> {
  return fetch(`${url}/execute${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ language: 'script', code: 'x', ...body }),
  });
}

/** Submits and follows from the start on. */
async function follow({ url }: ServedExecutions, body: object, headers: Record<string, string> = {}) {
  const submitted = await fetch(`${url}/executions?output=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ language: 'script', code: 'x', ...body }),
  });
  const { execution_id: id } = (await submitted.json()) as { execution_id: string };
  const again = (changed: Record<string, string>) =>
    fetch(`${url}/executions/${id}/events?output=true`, { headers: changed });
  return { answer: await again(headers), again };
}

const written = (events: readonly Event[], stream = 'stdout') =>
  events
    .filter(({ type, data }) => type === 'output' && data.stream === stream)
    .map(({ data }) => data.data)
    .join('');
const described = ({ id, type, data }: Event) =>
  type === 'output' ? `${data.test_index} ${data.stream} ${data.data}` : `${id} ${type} ${data.status}`;

suite('output while a program runs', () => {
  for (const kind of ['synchronous', 'stored'] as const) {
    test(`arrives before the program goes on, with the other events of a ${kind} execution as they are`, async (t) => {
      const seen = Promise.withResolvers<void>();
      const script = program(async (write) => {
        write('stdout', 'first');
        write('stderr', 'why');
        await seen.promise;
        write('stdout', ' last\n');
      });
      const served = await serveExecutions(t, script);
      const answer = kind === 'stored' ? (await follow(served, {})).answer : await execute(served, {});
      const events: string[] = [];
      for await (const event of eventsOf(answer)) {
        events.push(described(event));
        if (event.data.data === 'why') seen.resolve();
      }
      assert.deepEqual(events, [
        '1 status queued',
        '2 status running',
        '0 stdout first',
        '0 stderr why',
        '0 stdout  last\n',
        '3 test completed',
        '4 done completed',
      ]);
    });
  }

  test('is asked of no program that nobody follows, and is no event of who does not ask', async (t) => {
    const script = program((write) => write('stdout', 'x'));
    const served = await serveExecutions(t, script);
    const events = await Array.fromAsync(eventsOf(await execute(served, {}, '')));
    assert.ok(events.every(({ type, id }) => type !== 'output' && id !== null));
    await served.submit();
    assert.deepEqual((await execute(served, {}, '?output=yes')).status, 400);
    assert.ok(script.paths.every((isLive) => !isLive));
  });

  test('of a hidden test is never shown, however it is followed', async (t) => {
    const script = program((write, stdin) => write('stdout', stdin));
    const served = await serveExecutions(t, script);
    const body = { test_cases: [{ input: 'shown' }, { input: 'the-secret', is_hidden: true }] };
    const { answer, again } = await follow(served, body);
    for (const stream of [answer, await again({}), await execute(served, body)]) {
      const events = await Array.fromAsync(eventsOf(stream));
      assert.equal(written(events), 'shown');
      assert.doesNotMatch(JSON.stringify(events), /the-secret/);
    }
    assert.deepEqual(script.paths, [true, false, true, false]);
  });

  test('is put together again where a character was cut, also in Base64', async (t) => {
    const text = Buffer.from('ñ€😀\ufeffz');
    const script = program(async (write) => {
      for (const byte of text) {
        write('stdout', Uint8Array.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      write('stdout', Uint8Array.of(0xf0));
    });
    const served = await serveExecutions(t, script);
    const [asText, asBytes] = await Promise.all(
      ['?output=true', '?output=true&encoding=base64'].map(async (query) =>
        Array.fromAsync(eventsOf(await execute(served, {}, query))),
      ),
    );
    assert.equal(written(asText ?? []), `${text}\ufffd`);
    const chunks = (asBytes ?? []).filter(({ type }) => type === 'output');
    assert.ok(chunks.length > 3);
    const bytes = Buffer.concat(chunks.map(({ data }) => Buffer.from(data.data ?? '', 'base64')));
    assert.deepEqual(bytes, Buffer.concat([text, Uint8Array.of(0xf0)]));
  });

  test('is kept for the executions of a batch that asks for it', async (t) => {
    const script = program((write) => write('stdout', 'x'));
    const served = await serveExecutions(t, script);
    const executions = [{ language: 'script', code: 'x' }];
    const { status, body } = await served.post('/executions/batch?output=true', { executions });
    assert.equal(status, 202);
    await served.get(`/executions/${body.executions[0]?.execution_id}?wait=5`);
    assert.deepEqual(script.paths, [true]);
    assert.equal((await served.post('/executions/batch?output=1', { executions })).status, 400);
  });

  test('comes whole before the end of a test that began before anybody asked', async (t) => {
    const script = program((write, stdin) => write('stdout', stdin));
    const served = await serveExecutions(t, script);
    const id = await served.submit({
      test_cases: [{ input: 'a' }, { input: 'the-secret', is_hidden: true }],
    });
    await served.get(`/executions/${id}?wait=5`);
    const events = eventsOf(await fetch(`${served.url}/executions/${id}/events?output=true`));
    assert.deepEqual((await Array.fromAsync(events)).map(described), [
      '1 status queued',
      '2 status running',
      '0 stdout a',
      '3 test accepted',
      '4 test accepted',
      '5 done accepted',
    ]);
    assert.deepEqual(script.paths, [false, false]);
  });

  test('does not disturb the ids of the others, after which a client goes on', async (t) => {
    const seen = Promise.withResolvers<void>();
    const script = program(async (write, stdin) => {
      write('stdout', `${stdin}!`);
      if (stdin === 'b') await seen.promise;
    });
    const served = await serveExecutions(t, script);
    const { answer, again } = await follow(served, { test_cases: [{ input: 'a' }, { input: 'b' }] });
    const first: Event[] = [];
    for await (const event of eventsOf(answer)) {
      first.push(event);
      if (written(first).includes('b!') && first.some(({ id }) => id === 3)) break;
    }
    const last = first.findLast(({ id }) => id !== null)?.id ?? 0;
    const resumed = await again({ 'last-event-id': String(last) });
    seen.resolve();
    const rest = await Array.fromAsync(eventsOf(resumed));
    assert.deepEqual(
      [...first, ...rest].filter(({ id }) => id !== null).map(({ id }) => id),
      [1, 2, 3, 4, 5],
    );
    assert.equal(written(rest), 'b!');
    assert.equal((await again({ 'last-event-id': '5' })).status, 204);
  });

  test('of which more is written than is kept has events that say what is missing', async (t) => {
    const lines = 20_000;
    const line = `${'x'.repeat(99)}\n`;
    const script = program(async (write) => {
      write('stdout', 'begin\n');
      await new Promise((resolve) => setTimeout(resolve, 100));
      // Nobody gets a turn to read, as if the reader were slow.
      for (let count = 0; count < lines; count += 1) write('stdout', line);
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    const served = await serveExecutions(t, script);
    const events = await Array.fromAsync(eventsOf(await execute(served, {})));
    const text = written(events);
    const dropped = events.reduce((sum, { data }) => sum + (data.dropped_bytes ?? 0), 0);
    assert.ok(text.startsWith('begin\n') && text.endsWith(line) && text.length < 1_100_000);
    assert.equal(text.length + dropped, 6 + lines * line.length);
    assert.equal(events.at(-1)?.data.status, 'completed');
  });
});
