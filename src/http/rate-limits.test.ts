// Rate limits of clients and their users: which limit counts what, and how headers report it.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { ApiKey } from '../access/key.ts';
import { digestOf } from '../access/key.ts';
import { createKeyRing } from '../access/key-ring.ts';
import { createMemoryCounters } from '../access/memory-counters.ts';
import { ServiceError } from '../errors.ts';
import { createTestServer, postExecute, resultOf } from './server-fixture.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const NOON = Date.parse('2030-05-05T12:00:10Z');

/** Posts with a key or a user; the time stands still. */
async function serverWith(
  t: TestContext,
  environment: Record<string, string>,
  parts: Omit<NonNullable<Parameters<typeof createTestServer>[1]>, 'environment'> = {},
) {
  const counters = createMemoryCounters({ now: () => NOON });
  const server = await createTestServer(t, { environment, counters, ...parts });
  const post = (options: { key?: string; user?: string; from?: string } = {}) =>
    postExecute(
      server,
      { ...PROGRAM, ...(options.user && { user_id: options.user }) },
      {
        ...(options.key && { 'x-api-key': options.key }),
        ...(options.from && { 'x-forwarded-for': options.from }),
      },
    );
  const statuses = async (...calls: Parameters<typeof post>[0][]) => {
    const codes: number[] = [];
    for (const call of calls) codes.push((await post(call)).statusCode);
    return codes;
  };
  return { server, post, statuses };
}

suite('requests a minute', () => {
  test('are counted by key, and reported with every answer', async (t) => {
    const environment = {
      API_KEYS: 'one-long-key,other-long-key',
      REQUESTS_PER_MINUTE: '2',
      USER_EXECUTIONS_PER_MINUTE: '0',
    };
    const { post, statuses } = await serverWith(t, environment);
    const first = await post({ key: 'one-long-key' });
    assert.equal(first.headers['ratelimit-limit'], '2');
    assert.equal(first.headers['ratelimit-remaining'], '1');
    assert.equal(first.headers['ratelimit-reset'], '50');
    assert.equal(first.headers['ratelimit-policy'], '"requests-per-minute";q=2;w=60');
    assert.equal(first.headers['retry-after'], undefined);
    assert.deepEqual(
      await statuses({ key: 'one-long-key' }, { key: 'one-long-key' }, { key: 'other-long-key' }),
      [200, 429, 200],
    );
    const refused = await post({ key: 'one-long-key' });
    assert.equal(refused.json().code, 'rate_limited');
    assert.equal(
      refused.json().detail,
      'At most 2 requests a minute with the key key-1 are allowed, 2 were used',
    );
    assert.equal(refused.headers['retry-after'], '50');
    assert.equal(refused.headers['ratelimit-remaining'], '0');
  });

  test('are counted by address if no key is required, as far as the proxy is trusted', async (t) => {
    const limits = { REQUESTS_PER_MINUTE: '1' };
    const calls = [{ from: '192.0.2.1' }, { from: '192.0.2.2' }, { from: '192.0.2.1' }];
    const trusting = await serverWith(t, { ...limits, TRUST_PROXY: 'loopback' });
    assert.deepEqual(await trusting.statuses(...calls), [200, 200, 429]);
    const direct = await serverWith(t, limits);
    assert.deepEqual(await direct.statuses(...calls), [200, 429, 429]);
  });

  test('count bodies that are not valid, and no route that is open to all', async (t) => {
    const { server } = await serverWith(t, { REQUESTS_PER_MINUTE: '1' });
    assert.equal((await postExecute(server, '{')).statusCode, 400);
    assert.equal((await postExecute(server, '{')).statusCode, 429);
    for (const url of ['/health/live', '/api/v1/health', '/openapi.json']) {
      const answer = await server.inject(url);
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.headers['ratelimit-limit'], undefined);
    }
  });

  test('are not counted for who has no valid key', async (t) => {
    const { statuses } = await serverWith(t, { REQUESTS_PER_MINUTE: '1', API_KEYS: 'one-long-key' });
    assert.deepEqual(
      await statuses({ key: 'wrong' }, { key: 'wrong' }, {}, { key: 'one-long-key' }),
      [401, 401, 401, 200],
    );
  });

  test('are without limit at 0, and then no header speaks of one', async (t) => {
    const { post } = await serverWith(t, { REQUESTS_PER_MINUTE: '0', USER_EXECUTIONS_PER_MINUTE: '0' });
    const { headers } = await post({ user: 'a' });
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('ratelimit')),
      [],
    );
  });
});

suite('executions', () => {
  test('of a user are counted within the key, and those without a user are not', async (t) => {
    const { statuses } = await serverWith(t, {
      API_KEYS: 'one-long-key,other-long-key',
      USER_EXECUTIONS_PER_MINUTE: '1',
    });
    const alice = { key: 'one-long-key', user: 'alice' };
    assert.deepEqual(await statuses(alice, alice, { key: 'one-long-key', user: 'bob' }), [200, 429, 200]);
    assert.deepEqual(
      await statuses(
        { key: 'other-long-key', user: 'alice' },
        { key: 'one-long-key' },
        { key: 'one-long-key' },
      ),
      [200, 200, 200],
    );
  });

  test('a day have a quota for the user and one for all users of the key', async (t) => {
    const environment = { USER_EXECUTIONS_PER_DAY: '2', EXECUTIONS_PER_DAY: '3' };
    const { post, statuses } = await serverWith(t, environment);
    assert.deepEqual(
      await statuses({ user: 'a' }, { user: 'a' }, { user: 'a' }, { user: 'b' }),
      [200, 200, 429, 200],
    );
    const refused = await post({ user: 'c' });
    assert.equal(
      refused.json().detail,
      'At most 3 executions a day from one address are allowed, 3 were used',
    );
    assert.equal(refused.headers['retry-after'], String(12 * 3600 - 10));
    assert.equal(
      refused.headers['ratelimit-policy'],
      '"requests-per-minute";q=60000;w=60, "executions-per-day";q=3;w=86400, ' +
        '"user-executions-per-minute";q=30000;w=60, "user-executions-per-day";q=2;w=86400',
    );
    assert.equal(refused.headers['ratelimit-limit'], '3');
  });

  test('that were rejected before anything ran are not counted', async (t) => {
    const refusals = [
      new ServiceError('queue_full', 'full'),
      new ServiceError('unsupported_version', 'none'),
    ];
    const { statuses } = await serverWith(
      t,
      { EXECUTIONS_PER_DAY: '1', USER_EXECUTIONS_PER_DAY: '1' },
      {
        submit: async (request) => {
          const refusal = refusals.shift();
          if (refusal) throw refusal;
          return resultOf(request);
        },
      },
    );
    const user = { user: 'a' };
    assert.deepEqual(await statuses(user, user, user, user), [429, 422, 200, 429]);
  });
});

test('what is over several limits waits for the one that lasts longest', async (t) => {
  const environment = { USER_EXECUTIONS_PER_MINUTE: '1', USER_EXECUTIONS_PER_DAY: '1' };
  const { post } = await serverWith(t, environment);
  assert.equal((await post({ user: 'a' })).statusCode, 200);
  const refused = await post({ user: 'a' });
  assert.equal(refused.statusCode, 429);
  const untilMidnight = (Date.parse('2030-05-06T00:00:00Z') - NOON) / 1000;
  assert.equal(refused.headers['retry-after'], String(untilMidnight));
  assert.match(refused.json().detail, /^At most 1 executions a day of the user a/);
});

test('the documentation lists the headers', async (t) => {
  const server = await createTestServer(t);
  const { responses } = (await server.inject('/openapi.json')).json().paths['/api/v1/execute'].post;
  assert.deepEqual(Object.keys(responses[200].headers), [
    'RateLimit-Limit',
    'RateLimit-Remaining',
    'RateLimit-Reset',
    'RateLimit-Policy',
  ]);
  for (const status of [429, 503]) {
    assert.equal(responses[status].headers['Retry-After'].schema.type, 'integer');
    assert.ok(responses[status].content['application/problem+json']);
  }
});

test('a key may have limits of its own, which replace those of the settings', async (t) => {
  const key: ApiKey = {
    name: 'course',
    digest: digestOf('secret'),
    scopes: ['execute'],
    expiresAtMs: null,
    requestsPerMinute: 3,
    executionsPerDay: 2,
  };
  const keys = createKeyRing({
    apiKeys: ['plain'],
    adminApiKeys: [],
    watched: { keys: () => [key], areRequired: () => true },
  });
  const { statuses, post } = await serverWith(t, { REQUESTS_PER_MINUTE: '1' }, { keys });
  const own = { key: 'secret' };
  assert.deepEqual(await statuses(own, own, own), [200, 200, 429]);
  assert.match((await post(own)).json().detail, /At most 3 requests a minute with the key course/);
  assert.deepEqual(await statuses({ key: 'plain' }, { key: 'plain' }), [200, 429]);
});
