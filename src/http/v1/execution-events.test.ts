// Events over HTTP, with a real client for them: all of an execution, resumed without a gap or a repeat, kept and not kept.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EventSource } from 'eventsource';
import { untilAborted } from '../../execution/scripted-sandbox-fixture.ts';
import { type ServedExecutions, serveExecutions } from './executions-fixture.ts';

const TYPES = ['status', 'compile', 'test', 'done'] as const;
const TESTS = [
  { input: 'a' },
  { input: 'b', expected_output: 'no' },
  { input: 'the-secret', is_hidden: true },
];
const ECHO = {
  slots: 1,
  run: ({ stdin, signal }: { stdin: string; signal: AbortSignal }) =>
    stdin === 'wait' ? untilAborted(signal) : { stdout: stdin },
};

interface Received {
  readonly id: number;
  readonly type: string;
  readonly data: { readonly status?: string; readonly stdout?: string; readonly results?: readonly object[] };
}

/** Follows with an EventSource until the predicate holds, then closes. */
async function follow(
  url: string,
  isLast: (event: Received) => boolean,
  after?: number,
): Promise<Received[]> {
  const received: Received[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const source = new EventSource(url, {
    fetch: (input, init) => {
      const resumed = after === undefined ? {} : { 'Last-Event-ID': String(after) };
      return fetch(input, { ...init, headers: { ...resumed, ...init.headers } });
    },
  });
  for (const type of TYPES) {
    source.addEventListener(type, ({ lastEventId, data }) => {
      received.push({ id: Number(lastEventId), type, data: JSON.parse(data) });
      if (isLast(received.at(-1) as Received)) resolve();
    });
  }
  source.addEventListener('error', ({ code, message }) => {
    if (code !== undefined) reject(new Error(`${code}: ${message}`));
  });
  await promise.finally(() => source.close());
  return received;
}

const isDone = ({ type }: Received) => type === 'done';
const described = (events: readonly Received[]) =>
  events.map(({ id, type, data }) => `${id} ${type} ${data.status ?? ''}`);

function eventsUrl({ url }: ServedExecutions, id: string): string {
  return `${url}/executions/${id}/events`;
}

async function readText(
  served: ServedExecutions,
  id: string,
  headers: Record<string, string> = {},
): Promise<string> {
  return (await fetch(eventsUrl(served, id), { headers })).text();
}

suite('the events of a stored execution', () => {
  test('come in their order with ids, of the past as of the present, and end with the whole of it', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const id = await served.submit({ language: 'compiled', test_cases: TESTS });
    const live = await follow(eventsUrl(served, id), isDone);
    assert.deepEqual(described(live), [
      '1 status queued',
      '2 status compiling',
      '3 compile completed',
      '4 status running',
      '5 test accepted',
      '6 test wrong_answer',
      '7 test accepted',
      '8 done wrong_answer',
    ]);
    assert.equal(live.at(-1)?.data.results?.length, 3);
    assert.deepEqual(await follow(eventsUrl(served, id), isDone), live);
    assert.doesNotMatch(JSON.stringify(live), /the-secret/);
  });

  test('are resumed after each id without a gap or a repeat', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const id = await served.submit({ test_cases: TESTS });
    const all = await follow(eventsUrl(served, id), isDone);
    for (const { id: last } of all.slice(0, -1)) {
      assert.deepEqual(await follow(eventsUrl(served, id), isDone, last), all.slice(last));
    }
    assert.doesNotMatch(await readText(served, id, { 'last-event-id': String(all.length) }), /event:/);
    assert.doesNotMatch(await readText(served, id, { 'last-event-id': '999' }), /event:/);
    assert.match(await readText(served, id, { 'last-event-id': 'odd' }), /id: 1\n/);
  });

  test('reach many readers as they come, wherever they begin', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const id = await served.submit({ test_cases: [{ input: 'a' }, { input: 'wait' }] });
    const url = eventsUrl(served, id);
    const readers = Array.from({ length: 20 }, (_, index) => follow(url, isDone, index % 3));
    await follow(url, ({ type }) => type === 'test');
    await served.cancel(id);
    const texts = await Promise.all(readers.map(async (reader) => described(await reader)));
    for (const [index, text] of texts.entries()) {
      assert.deepEqual(
        text,
        [
          '1 status queued',
          '2 status running',
          '3 test accepted',
          '4 test cancelled',
          '5 done cancelled',
        ].slice(index % 3),
      );
    }
  });

  test('end when the service stops, and with the connection', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const id = await served.submit({ stdin: 'wait' });
    const left = new AbortController();
    const gone = fetch(eventsUrl(served, id), { signal: left.signal }).then((answer) => answer.text());
    const open = readText(served, id);
    await follow(eventsUrl(served, id), ({ data }) => data.status === 'running');
    left.abort();
    await assert.rejects(gone);
    served.close();
    assert.match(await open, /event: status\ndata: \{"status":"running"\}\n\n$/);
  });

  test('show bytes as Base64, and long inputs whole, when asked to', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const id = await served.submit({ test_cases: [{ input: 'x'.repeat(100_000) }] });
    const inputOf = async (query: string) => {
      const [event] = (await follow(`${eventsUrl(served, id)}${query}`, isDone)).filter(
        ({ type }) => type === 'test',
      );
      return event?.data as { input?: string; stdout?: string };
    };
    assert.equal((await inputOf('')).input?.length, 65_536);
    assert.equal((await inputOf('?include=input')).input?.length, 100_000);
    assert.match((await inputOf('?encoding=base64')).stdout ?? '', /^(eHh4)+/);
  });
});

suite('the events of a synchronous execution', () => {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  const execute = (served: ServedExecutions, body: object, changed: Record<string, string> = {}) =>
    fetch(`${served.url}/execute`, {
      method: 'POST',
      headers: { ...headers, ...changed },
      body: JSON.stringify({ language: 'script', code: 'x', ...body }),
    });

  test('are those of a stored one, and its result', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const answer = await execute(served, { test_cases: TESTS });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const text = await answer.text();
    assert.deepEqual(
      [...text.matchAll(/id: (\d+)\nevent: (\w+)\n/g)].map(([, id, type]) => `${id} ${type}`),
      ['1 status', '2 status', '3 test', '4 test', '5 test', '6 done'],
    );
    const result = JSON.parse(/event: done\ndata: (.*)/.exec(text)?.[1] ?? '');
    assert.deepEqual([result.status, result.results.length], ['wrong_answer', 3]);
    assert.doesNotMatch(text, /the-secret/);
  });

  test('are sent only to those who want no JSON, and refusals are answers', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const both = await execute(served, {}, { accept: 'application/json, text/event-stream' });
    assert.match(both.headers.get('content-type') ?? '', /^application\/json/);
    const refused = await execute(served, { language: 'none' });
    assert.deepEqual(
      [refused.status, ((await refused.json()) as { code: string }).code],
      [422, 'unsupported_language'],
    );
  });

  test('cancel the execution when the client leaves', async (t) => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    const served = await serveExecutions(t, {
      slots: 1,
      run: async ({ signal }) => {
        const end = await untilAborted(signal);
        resolve();
        return end;
      },
    });
    const left = new AbortController();
    const answer = await fetch(`${served.url}/execute`, {
      method: 'POST',
      headers,
      signal: left.signal,
      body: '{"language":"script","code":"x"}',
    });
    assert.equal(answer.status, 200);
    left.abort();
    await cancelled;
  });
});
