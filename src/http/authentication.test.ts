// Keys: which are accepted, and which routes require one.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { type ApiKey, digestOf } from '../access/key.ts';
import { createKeyRing } from '../access/key-ring.ts';
import { loadConfig } from '../settings/config.ts';
import { authenticate, requireScope } from './authentication.ts';
import { createTestServer, postExecute } from './server-fixture.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const environment = { API_KEYS: 'first-long-key,second-long-key' };

suite('with API_KEYS', () => {
  const accepted: Record<string, string>[] = [
    { authorization: 'Bearer first-long-key' },
    { authorization: 'bearer second-long-key' },
    { 'x-api-key': 'second-long-key' },
    { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': 'first-long-key' },
  ];
  for (const headers of accepted) {
    test(`${JSON.stringify(headers)} may execute`, async (t) => {
      const server = await createTestServer(t, { environment });
      assert.equal((await postExecute(server, PROGRAM, headers)).statusCode, 200);
    });
  }

  const refused: Record<string, string>[] = [
    {},
    { authorization: 'Bearer' },
    { authorization: 'Bearer third-key' },
    { authorization: 'Bearer first-ke' },
    { authorization: 'Bearer first-long-key,second-long-key' },
    { authorization: 'first-long-key' },
    { 'x-api-key': '' },
    { 'x-api-key': 'FIRST-KEY' },
  ];
  for (const headers of refused) {
    test(`${JSON.stringify(headers)} may not execute`, async (t) => {
      const server = await createTestServer(t, { environment });
      const answer = await postExecute(server, PROGRAM, headers);
      assert.equal(answer.statusCode, 401);
      assert.equal(answer.json().code, 'unauthorized');
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
      assert.doesNotMatch(answer.body, /third-key|first-ke/);
    });
  }

  test('a request without a key is rejected before its body is read', async (t) => {
    const server = await createTestServer(t, { environment });
    assert.equal((await postExecute(server, '{')).statusCode, 401);
    assert.equal((await server.inject('/api/v1/languages')).statusCode, 401);
    assert.equal((await server.inject({ method: 'HEAD', url: '/api/v1/languages' })).statusCode, 401);
  });

  test('health and documentation need no key', async (t) => {
    const server = await createTestServer(t, { environment });
    for (const url of [
      '/api/v1/health',
      '/health/live',
      '/health/ready',
      '/openapi.json',
      '/',
      '/docs',
      '/docs/reference',
    ]) {
      assert.equal((await server.inject(url)).statusCode, 200, url);
    }
    assert.equal((await server.inject('/nothing')).statusCode, 404);
  });

  test('the documentation says how a key is sent', async (t) => {
    const server = await createTestServer(t, { environment });
    const document = (await server.inject('/openapi.json')).json();
    assert.deepEqual(document.security, [{ bearer: [] }, { apiKey: [] }]);
  });
});

test('without API_KEYS no key is required', async (t) => {
  const server = await createTestServer(t);
  assert.equal((await postExecute(server, PROGRAM)).statusCode, 200);
  assert.equal((await postExecute(server, PROGRAM, { authorization: 'Bearer x' })).statusCode, 200);
});

suite('a route for administrators', () => {
  const url = '/other/admin';
  const withRoute = async (t: TestContext, environment: Record<string, string>) => {
    const server = await createTestServer(t, { environment });
    server.register(async (api) => {
      authenticate(api, createKeyRing(loadConfig(environment)));
      api.post(url, requireScope('admin'), async (request) => ({ as: request.apiKey?.name }));
    });
    return (key?: string) =>
      server.inject({ method: 'POST', url, ...(key && { headers: { 'x-api-key': key } }) });
  };

  test('answers 403 to everyone without ADMIN_API_KEY', async (t) => {
    const post = await withRoute(t, environment);
    for (const key of [undefined, 'first-long-key', 'unknown']) {
      const answer = await post(key);
      assert.equal(answer.statusCode, 403);
      assert.equal(answer.json().code, 'forbidden');
      assert.equal(answer.json().detail, 'The admin routes are disabled');
    }
    assert.equal((await (await withRoute(t, {}))()).statusCode, 403);
  });

  for (const [name, others] of Object.entries({ 'with API_KEYS': environment, 'without API_KEYS': {} })) {
    test(`needs the key of ADMIN_API_KEY, ${name}`, async (t) => {
      const post = await withRoute(t, { ...others, ADMIN_API_KEY: 'the-admin-key' });
      assert.equal((await post()).statusCode, 401);
      assert.equal((await post('unknown')).json().code, 'unauthorized');
      assert.deepEqual((await post('the-admin-key')).json(), { as: 'admin-1' });
    });
  }

  test('is forbidden to an ordinary key, with the scope that it lacks', async (t) => {
    const post = await withRoute(t, { ...environment, ADMIN_API_KEY: 'the-admin-key' });
    const answer = await post('first-long-key');
    assert.equal(answer.statusCode, 403);
    assert.equal(answer.json().detail, 'The API key allows execute, metrics; this route requires admin');
  });

  test('says in the documentation that it needs a key, also where others do not', async (t) => {
    const server = await createTestServer(t);
    server.post(url, { ...requireScope('admin'), schema: { tags: ['administration'] } }, async () => ({}));
    const document = (await server.inject('/openapi.json')).json();
    assert.deepEqual(document.security, []);
    assert.deepEqual(document.paths[url].post.security, [{ bearer: ['admin'] }, { apiKey: ['admin'] }]);
  });
});

test('the key of the administrator may execute', async (t) => {
  const server = await createTestServer(t, {
    environment: { ...environment, ADMIN_API_KEY: 'the-admin-key' },
  });
  assert.equal((await postExecute(server, PROGRAM, { 'x-api-key': 'the-admin-key' })).statusCode, 200);
});

test('ADMIN_API_KEY alone requires no key of others', async (t) => {
  const server = await createTestServer(t, { environment: { ADMIN_API_KEY: 'the-admin-key' } });
  assert.equal((await postExecute(server, PROGRAM)).statusCode, 200);
});

suite('a key of the file', () => {
  const keyWith = (change: Partial<ApiKey>): ApiKey => ({
    name: 'course',
    digest: digestOf('secret'),
    scopes: ['execute'],
    expiresAtMs: null,
    ...change,
  });
  const post = async (
    t: TestContext,
    keys: ApiKey[],
    headers: Record<string, string> = { 'x-api-key': 'secret' },
  ) => {
    const watched = { keys: () => keys, areRequired: () => true };
    const ring = createKeyRing({ apiKeys: [], adminApiKeys: [], watched });
    return postExecute(await createTestServer(t, { keys: ring }), PROGRAM, headers);
  };

  test('may do what its scopes say', async (t) => {
    assert.equal((await post(t, [keyWith({})])).statusCode, 200);
    assert.equal((await post(t, [keyWith({ scopes: ['metrics'] })])).statusCode, 403);
    assert.equal((await post(t, [keyWith({})], {})).statusCode, 401);
    assert.equal((await post(t, [])).statusCode, 401);
  });

  test('is refused when it has expired', async (t) => {
    assert.equal((await post(t, [keyWith({ expiresAtMs: Date.now() + 60_000 })])).statusCode, 200);
    const answer = await post(t, [keyWith({ expiresAtMs: Date.now() - 1 })]);
    assert.equal(answer.statusCode, 401);
    assert.equal(answer.json().detail, 'The API key has expired');
  });
});

test('the documentation says of every route that asks for a key what a key, a limit and load may bring', async (t) => {
  const server = await createTestServer(t, { environment });
  const { paths } = (await server.inject('/openapi.json')).json();
  const statusesOf = (path: string, method: string) => Object.keys(paths[path][method].responses).map(Number);
  for (const [path, method] of [
    ['/api/v1/execute', 'post'],
    ['/api/v1/languages', 'get'],
    ['/api/v1/metrics', 'get'],
  ] as const) {
    for (const status of [401, 403, 429, 503])
      assert.ok(statusesOf(path, method).includes(status), `${path} ${status}`);
  }
  assert.ok(!statusesOf('/api/v1/health', 'get').includes(401));
});
