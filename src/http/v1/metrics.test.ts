// The routes of metrics: what they answer and reject, who may use them, and which rejected executions are counted.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { createMetricsForTests, PARTS } from '../../metrics/metrics-fixture.ts';
import { createServiceMetrics } from '../../metrics/service-metrics.ts';
import { createTestServer, postExecute } from '../server-fixture.ts';

const TASK = { languageId: 'python', userId: 'ada' };
const RECORD = {
  status: 'accepted',
  sandbox: 'native',
  results: [],
  compile: null,
  memory_kb: 0,
  queue_time_ms: 1,
  total_time_ms: 5,
} as const;

async function createCounted(t: TestContext, environment: Record<string, string> = {}) {
  const metrics = createMetricsForTests(t);
  const server = await createTestServer(t, { metrics, environment });
  return { metrics, server };
}

suite('GET /api/v1/metrics', () => {
  test('reports what was executed, at once', async (t) => {
    const { metrics, server } = await createCounted(t);
    metrics.ended(TASK, RECORD);
    metrics.failed({ ...TASK, userId: null, executionId: 'E1' }, 'unavailable', 'R1');
    const answer = await server.inject('/api/v1/metrics');
    assert.equal(answer.statusCode, 200);
    const { hours, totals, by_status, active_users, queue } = answer.json();
    assert.equal(hours, 24);
    assert.deepEqual(totals, { executions: 2, accepted: 1, failed: 1, rejected: 0 });
    assert.deepEqual(by_status, { accepted: 1, internal_error: 1 });
    assert.equal(active_users, 1);
    assert.equal(queue.capacity, 10);
    const { users } = (await server.inject('/api/v1/metrics/users')).json();
    assert.deepEqual([users.length, users[0].user_id, users[0].share], [1, 'ada', 0.5]);
    const { failures } = (await server.inject('/api/v1/metrics/failures?hours=1&limit=5')).json();
    assert.equal(failures[0].request_id, 'R1');
    assert.equal(failures[0].code, 'unavailable');
    const refused = await server.inject('/api/v1/metrics/users?limit=101');
    assert.equal(refused.json().detail, 'limit must be between 1 and 100, got 101');
  });

  test('reports the same of one user, and 404 for an unknown one', async (t) => {
    const { metrics, server } = await createCounted(t);
    metrics.ended(TASK, RECORD);
    const answer = await server.inject('/api/v1/metrics/user/ada?hours=720');
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.json().totals.executions, 1);
    assert.equal(answer.json().hours, 720);
    assert.match(answer.json().last_execution_at, /^\d{4}-.*Z$/);
    const unknown = await server.inject('/api/v1/metrics/user/bob');
    assert.equal(unknown.statusCode, 404);
    assert.equal(unknown.json().detail, 'There are no metrics for the user "bob"');
  });

  const refused: [query: string, detail: string][] = [
    ['hours=0', 'hours must be between 1 and 720, got 0'],
    ['hours=721', 'hours must be between 1 and 720, got 721'],
    ['hours=-1', 'hours must be between 1 and 720, got -1'],
    ['hours=1.5', 'hours must be an integer between 1 and 720, got 1.5'],
    ['hours=', 'hours must be an integer between 1 and 720, got ""'],
    ['hours=day', 'hours must be an integer between 1 and 720, got "day"'],
    ['hours=1&hours=2', 'hours must be an integer between 1 and 720, got an array'],
    ['hour=1', 'hour is not a known field; known fields are hours; did you mean `hours`?'],
  ];
  test('rejects invalid hours, with the range', async (t) => {
    const { server } = await createCounted(t);
    for (const [query, detail] of refused) {
      for (const path of ['/api/v1/metrics', '/api/v1/metrics/user/ada']) {
        const answer = await server.inject(`${path}?${query}`);
        assert.equal(answer.statusCode, 400, query);
        assert.equal(answer.json().detail, detail);
      }
    }
    for (const [length, status] of [
      [128, 404],
      [129, 400],
    ] as const) {
      const answer = await server.inject(`/api/v1/metrics/user/${'a'.repeat(length)}`);
      assert.equal(answer.statusCode, status);
      assert.match(
        answer.json().detail,
        status === 400 ? /^user_id must be 1–128 letters/ : /^There are no metrics for/,
      );
    }
  });

  test('says so when the store does not answer', async (t) => {
    const fail = () => Promise.reject(new Error('no store'));
    const lists = { readTopUsers: fail, readFaults: fail };
    const store = { add: fail, read: fail, readUser: fail, ...lists, close: async () => {} };
    const metrics = createServiceMetrics({ ...PARTS, store });
    t.after(() => metrics.close());
    const lines: string[] = [];
    const server = await createTestServer(t, { metrics, lines });
    for (const path of ['', '/user/ada', '/users', '/failures']) {
      const answer = await server.inject(`/api/v1/metrics${path}`);
      assert.equal(answer.statusCode, 503);
      assert.equal(answer.json().code, 'unavailable');
      assert.equal(answer.headers['retry-after'], '5');
    }
    assert.match(lines.join(), /no store/);
    assert.equal((await server.inject('/metrics')).statusCode, 200);
  });
});

suite('the routes of metrics', () => {
  const LISTS = ['/api/v1/metrics/users', '/api/v1/metrics/failures'];
  const PATHS = ['/api/v1/metrics', '/api/v1/metrics/user/ada', '/metrics', ...LISTS];

  test('say that metrics are off', async (t) => {
    const server = await createTestServer(t);
    for (const path of PATHS) {
      const answer = await server.inject(path);
      assert.equal(answer.statusCode, 404);
      assert.equal(answer.json().detail, 'Metrics are turned off');
    }
  });

  test('need a key that allows metrics, if keys are required', async (t) => {
    const { metrics, server } = await createCounted(t, { API_KEYS: 'KEY-OF-METRICS' });
    metrics.ended(TASK, RECORD);
    for (const url of PATHS) {
      assert.equal((await server.inject(url)).statusCode, 401);
      assert.equal(
        (await server.inject({ url, headers: { authorization: 'Bearer KEY-OF-METRICS' } })).statusCode,
        200,
      );
    }
  });

  test('answer Prometheus in its own format', async (t) => {
    const { metrics, server } = await createCounted(t);
    metrics.ended(TASK, RECORD);
    await server.inject('/nowhere');
    const answer = await server.inject('/metrics');
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(
      answer.body,
      /^ces_executions_total\{language="python",status="accepted",sandbox="native",api="v1"\} 1$/m,
    );
    assert.match(
      answer.body,
      /^ces_http_requests_total\{method="GET",route="none",api="none",status="404"\} 1$/m,
    );
  });
});

suite('a rejected execution', () => {
  test('is counted, with its user where the body names one', async (t) => {
    const { server } = await createCounted(t, { MAX_BODY_BYTES: '16384' });
    const valid = { language: 'python', code: 'x' };
    for (const [body, status] of [
      [{ ...valid, time_limit: 0, user_id: 'ada' }, 400],
      [{ ...valid, user_id: 'not a user' }, 400],
      ['not JSON', 400],
      [{ ...valid, code: 'x'.repeat(20_000) }, 413],
    ] as const) {
      assert.equal((await postExecute(server, body)).statusCode, status);
    }
    assert.equal((await postExecute(server, 'x', { 'content-type': 'text/plain' })).statusCode, 415);
    const { totals, active_users } = (await server.inject('/api/v1/metrics')).json();
    assert.deepEqual(totals, { executions: 0, accepted: 0, failed: 0, rejected: 5 });
    assert.equal(active_users, 1);
    const ada = (await server.inject('/api/v1/metrics/user/ada')).json();
    assert.equal(ada.totals.rejected, 1);
    assert.equal(ada.last_execution_at, null);
    const text = (await server.inject('/metrics')).body;
    assert.match(text, /^ces_rejections_total\{code="invalid_request"\} 3$/m);
  });

  test('is not counted if its sender is unknown', async (t) => {
    const { server } = await createCounted(t, { API_KEYS: 'KEY-OF-METRICS' });
    assert.equal((await postExecute(server, {})).statusCode, 401);
    const answer = await server.inject({
      url: '/api/v1/metrics',
      headers: { 'x-api-key': 'KEY-OF-METRICS' },
    });
    assert.equal(answer.json().totals.rejected, 0);
  });
});
