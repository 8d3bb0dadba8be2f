// Executions over HTTP, with everything real but the programs: what is accepted is kept and found by its owner alone, and
// looks at each stage as the OpenAPI document says.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { untilAborted } from '../../execution/scripted-sandbox-fixture.ts';
import { type Answer, type ServedExecutions, serveExecutions } from './executions-fixture.ts';

const KEYS = { API_KEYS: 'the-first-long-key,the-second-long-key' };
const FIRST = { 'x-api-key': 'the-first-long-key' };
const SECOND = { 'x-api-key': 'the-second-long-key' };
const HIDDEN = [
  { name: 'shown', input: 'a', expected_output: 'a' },
  { name: 'hidden', input: 'the-secret-input', expected_output: 'the-secret-output', is_hidden: true },
];

/** Programs that print their input, but for those that are to wait until they are cancelled. */
const ECHO = {
  slots: 1,
  run: ({ stdin, signal }: { stdin: string; signal: AbortSignal }) =>
    stdin === 'wait' ? untilAborted(signal) : { stdout: stdin },
};

async function untilStatus(served: ServedExecutions, id: string, status: string): Promise<Answer['body']> {
  for (let turn = 0; turn < 1000; turn += 1) {
    const { body } = await served.get(`/executions/${id}`);
    if (body.status === status) return body;
    await sleep(5);
  }
  throw new Error(`${id} does not become ${status}`);
}

suite('an execution', () => {
  test('is accepted with its place, waited for, and has the result of a synchronous one', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const request = {
      language: 'script',
      code: 'x',
      test_cases: HIDDEN,
      user_id: 'ada',
      webhook_url: 'https://a.example/',
    };
    const accepted = await served.post('/executions', request);
    assert.equal(accepted.status, 202);
    const { execution_id: id } = accepted.body;
    assert.equal(accepted.headers.get('location'), `/api/v1/executions/${id}`);
    assert.match(accepted.body.status, /^(queued|running)$/);
    const { status, body } = await served.get(`/executions/${id}?wait=10`);
    assert.equal(status, 200);
    assert.deepEqual(
      [body.execution_id, body.status, body.user_id, body.attempts],
      [id, 'wrong_answer', 'ada', 1],
    );
    assert.deepEqual(
      body.results.map((test) => [test.name, test.status, test.stdout, test.input]),
      [
        ['shown', 'accepted', 'a', 'a'],
        ['hidden', 'wrong_answer', null, null],
      ],
    );
    assert.deepEqual([body.summary.total, body.summary.passed], [2, 1]);
    assert.deepEqual([body.webhook?.url, body.webhook?.status], ['https://a.example/', 'pending']);
    assert.ok(body.finished_at !== null && body.total_time_ms !== null);
  });

  test('is shown at each stage as the document says, and never says what is hidden', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const document = (await served.server.inject('/openapi.json')).json();
    const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'document');
    const conforms = (name: string, value: unknown) => {
      const validate = ajv.getSchema(`document#/components/schemas/${name}`);
      assert.ok(validate?.(value), `${name}: ${ajv.errorsText(validate?.errors)}`);
    };
    const test_cases = [...HIDDEN, { name: 'last', input: 'wait', is_hidden: true }];
    const id = await served.submit({ test_cases });
    let body = await untilStatus(served, id, 'running');
    while (body.results.length < 2) body = await untilStatus(served, id, 'running');
    conforms('Execution', body);
    assert.deepEqual(
      [body.finished_at, body.sandbox, body.summary.total, body.summary.passed],
      [null, null, 3, 1],
    );
    const cancelled = await served.cancel(id);
    conforms('Execution', cancelled.body);
    const page = await served.get('/executions');
    conforms('ExecutionPage', page.body);
    const batch = await served.post('/executions/batch', {
      executions: [{ language: 'script', code: 'x' }, {}],
    });
    conforms('BatchAnswer', batch.body);
    const seen = JSON.stringify([
      body,
      cancelled,
      page,
      (await served.get(`/executions/${id}?include=input`)).body,
    ]);
    assert.doesNotMatch(seen, /the-secret/);
  });

  test('says how many others wait, while it does', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const ids = [];
    for (let left = 7; left > 0; left -= 1) ids.push(await served.submit({ stdin: 'wait' }));
    const last = ids.at(-1) ?? '';
    const { others_waiting: forRunning } = await untilStatus(served, ids[0] ?? '', 'running');
    assert.equal(forRunning, undefined);
    // Twice as many as there are slots have begun: two.
    const { body } = await served.get(`/executions/${last}`);
    assert.deepEqual([body.status, body.others_waiting], ['queued', 4]);
  });

  test('is waited for no longer than asked, and answers as soon as it has ended', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const id = await served.submit({ stdin: 'wait' });
    await untilStatus(served, id, 'running');
    const begin = performance.now();
    assert.equal((await served.get(`/executions/${id}?wait=0.2`)).body.status, 'running');
    assert.ok(performance.now() - begin >= 190);
    const waiting = served.get(`/executions/${id}?wait=30`);
    await served.cancel(id);
    assert.equal((await waiting).body.status, 'cancelled');
    assert.ok(performance.now() - begin < 20_000);
    for (const wait of ['31', '-1', 'long', '1e9']) {
      const answer = await served.get(`/executions/${id}?wait=${wait}`);
      assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], wait);
    }
  });

  test('belongs to its key: to others it does not exist', async (t) => {
    const served = await serveExecutions(t, ECHO, { environment: KEYS });
    const id = await served.submit({}, FIRST);
    for (const path of [
      `/executions/${id}`,
      `/executions/${id}/events`,
      '/executions/01HZZZZZZZZZZZZZZZZZZZZZZZ',
    ]) {
      const answer = await served.get(path, SECOND);
      assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], path);
    }
    assert.equal((await served.cancel(id, SECOND)).status, 404);
    assert.equal((await served.get(`/executions/${id}`, FIRST)).status, 200);
    assert.equal((await served.get('/executions', SECOND)).body.executions.length, 0);
    assert.equal((await served.get('/executions', FIRST)).body.executions.length, 1);
    assert.equal((await served.get(`/executions/${id}`)).status, 401);
  });

  test('that waits or runs is cancelled, and one that has ended is not', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const running = await served.submit({
      test_cases: [{ input: 'a', expected_output: 'b' }, { input: 'wait' }],
    });
    await untilStatus(served, running, 'running');
    const others = [await served.submit({ stdin: 'wait' }), await served.submit({ stdin: 'wait' })];
    for (const id of [running, ...others]) {
      const { status, body } = await served.cancel(id);
      assert.deepEqual([status, body.execution_id, body.status], [200, id, 'cancelled']);
    }
    const again = await served.cancel(running);
    assert.deepEqual([again.status, again.body.code], [409, 'conflict']);
    assert.match(again.body.detail ?? '', /has ended already, with the status cancelled/);
  });

  test('is refused for its request as a synchronous one is', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const cases = [
      [{ language: 'script' }, 400, 'invalid_request'],
      [{ language: 'none', code: 'x' }, 422, 'unsupported_language'],
      [{ language: 'script', code: 'x', time_limit: 0 }, 400, 'invalid_request'],
    ] as const;
    for (const [request, status, code] of cases) {
      const answer = await served.post('/executions', request);
      assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(request));
    }
  });

  test('is refused when there is no room, with a time to try again', async (t) => {
    const served = await serveExecutions(t, ECHO, { maxExecutions: 1 });
    await served.submit({ stdin: 'wait' });
    const { status, headers, body } = await served.post('/executions', { language: 'script', code: 'x' });
    assert.deepEqual([status, body.code], [429, 'queue_full']);
    assert.match(body.detail ?? '', /1 of at most 1 executions wait or run/);
    assert.ok(Number(headers.get('retry-after')) >= 1);
  });

  test('is refused while the service stops, which answers those who wait', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const id = await served.submit({ stdin: 'wait' });
    await untilStatus(served, id, 'running');
    const waiting = served.get(`/executions/${id}?wait=30`);
    await sleep(50);
    served.close();
    assert.equal((await waiting).body.status, 'running');
    const { status, body } = await served.post('/executions', { language: 'script', code: 'x' });
    assert.deepEqual([status, body.code], [503, 'shutting_down']);
  });
});

suite('an Idempotency-Key', () => {
  const request = { language: 'script', code: 'x', stdin: 'same' };

  test('means one execution, also for twenty at once', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const posts = Array.from({ length: 20 }, () =>
      served.post('/executions', request, { 'idempotency-key': 'k' }),
    );
    const answers = await Promise.all(posts);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    assert.equal(new Set(answers.map(({ body }) => body.execution_id)).size, 1);
    assert.equal((await served.get('/executions')).body.executions.length, 1);
  });

  test('with another body is a conflict', async (t) => {
    const served = await serveExecutions(t, ECHO);
    await served.submit(request, { 'idempotency-key': 'k' });
    const { status, body } = await served.post(
      '/executions',
      { ...request, stdin: 'other' },
      { 'idempotency-key': 'k' },
    );
    assert.deepEqual([status, body.code], [409, 'conflict']);
  });

  test('is of one API key, and costs the limits once', async (t) => {
    const served = await serveExecutions(t, ECHO, { environment: { ...KEYS, EXECUTIONS_PER_DAY: '2' } });
    const send = (key: object) => served.submit(request, { 'idempotency-key': 'k', ...key });
    const [first, second] = [await send(FIRST), await send(SECOND)];
    assert.notEqual(first, second);
    for (let turn = 0; turn < 4; turn += 1) assert.equal(await send(FIRST), first);
  });

  test('must be plain and short', async (t) => {
    const served = await serveExecutions(t, ECHO);
    for (const key of ['', ' ', 'two words', 'x'.repeat(256)]) {
      const { status, body } = await served.post('/executions', request, { 'idempotency-key': key });
      assert.deepEqual([status, body.code], [400, 'invalid_request'], key);
    }
  });
});

suite('a batch', () => {
  const fine = { language: 'script', code: 'x' };

  test('accepts each of its requests alone, and is listed by its id', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const requests = [fine, { language: 'none', code: 'x' }, { code: 1 }, { ...fine, user_id: 'ada' }];
    const { status, body } = await served.post('/executions/batch', { executions: requests });
    assert.equal(status, 202);
    assert.deepEqual(
      body.executions.map(({ error, status: own }) => error?.code ?? own),
      ['queued', 'unsupported_language', 'invalid_request', 'queued'],
    );
    const listed = (await served.get(`/executions?batch_id=${body.batch_id}`)).body.executions;
    assert.deepEqual(
      listed.map((each) => each.execution_id),
      [body.executions[3]?.execution_id, body.executions[0]?.execution_id],
    );
  });

  test('has 1 to 100 requests', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const send = async (count: number) =>
      served.post('/executions/batch', { executions: Array.from({ length: count }, () => fine) });
    for (const count of [0, 101]) assert.equal((await send(count)).status, 400);
    const { status, body } = await send(100);
    assert.equal(status, 202);
    assert.equal(new Set(body.executions.map((each) => each.execution_id)).size, 100);
    assert.equal((await served.post('/executions/batch', { executions: fine })).status, 400);
  });

  test('is within the limits as a whole or not at all, and only what was accepted counts', async (t) => {
    const served = await serveExecutions(t, ECHO, { environment: { EXECUTIONS_PER_DAY: '3' } });
    const none = { language: 'none', code: 'x' };
    const send = (executions: object[]) => served.post('/executions/batch', { executions });
    const refused = await send([fine, fine, fine, fine]);
    assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited']);
    assert.equal((await send([fine, none, none])).status, 202);
    assert.equal((await send([fine, fine])).status, 202);
    assert.equal((await send([fine])).status, 429);
  });

  test('with an Idempotency-Key is the same batch, and with another body a conflict', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const send = (count: number) =>
      served.post('/executions/batch', { executions: Array(count).fill(fine) }, { 'idempotency-key': 'k' });
    const ids = ({ body }: Answer) => body.executions.map((each) => each.execution_id);
    const first = await send(2);
    assert.deepEqual(ids(await send(2)), ids(first));
    const longer = await send(3);
    assert.deepEqual([longer.status, longer.body.code], [409, 'conflict']);
    assert.equal((await served.get('/executions')).body.executions.length, 2);
  });

  test('may have more values than one request, and not without a bound', async (t) => {
    const served = await serveExecutions(t, ECHO, { environment: { MAX_TEST_CASES: '10' } });
    const tests = (count: number) => Array.from({ length: count }, () => ({ input: '' }));
    const one = { ...fine, test_cases: tests(10) };
    assert.equal((await served.post('/executions/batch', { executions: Array(100).fill(one) })).status, 202);
    const many = Array.from({ length: 100 }, () => ({ ...fine, args: Array(500).fill('') }));
    const refused = await served.post('/executions/batch', { executions: many });
    assert.equal(refused.status, 400);
    assert.match(refused.body.detail ?? '', /values/);
  });
});

suite('the list', () => {
  test('has pages, filters and bounds', async (t) => {
    const served = await serveExecutions(t, ECHO);
    const ids: string[] = [];
    for (const user_id of ['a', 'b', 'a', 'b', 'a']) ids.unshift(await served.submit({ user_id }));
    for (const id of ids) await served.get(`/executions/${id}?wait=10`);
    const found: (string | undefined)[] = [];
    for (let cursor = ''; found.length < 10; ) {
      const { body } = await served.get(`/executions?limit=2${cursor}`);
      found.push(...body.executions.map((each) => each.execution_id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    assert.deepEqual(found, ids);
    const count = async (query: string) => (await served.get(`/executions?${query}`)).body.executions.length;
    assert.deepEqual(
      [await count('user_id=a'), await count('status=completed'), await count('status=queued')],
      [3, 5, 0],
    );
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'status=odd',
      'cursor=x',
      'user_id=%20',
      'page=2',
    ])
      assert.equal((await served.get(`/executions?${query}`)).status, 400, query);
  });
});
