// What pages of other origins may do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer, postExecute } from './server-fixture.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const APP = 'https://app.example.org';
const preflight = (origin: string) => ({
  method: 'OPTIONS' as const,
  url: '/api/v1/execute',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
});

test('without CORS_ORIGINS no page of another origin may call', async (t) => {
  const server = await createTestServer(t);
  const refused = await server.inject(preflight(APP));
  assert.equal(refused.statusCode, 403);
  assert.match(refused.json().detail, /^Pages of "https:\/\/app\.example\.org" may not call this service/);
  assert.equal(refused.headers['access-control-allow-origin'], undefined);
  const { headers } = await postExecute(server, PROGRAM, { origin: APP });
  assert.equal(headers['access-control-allow-origin'], undefined);
});

test('a named origin may call with a key, and read the headers', async (t) => {
  const environment = { CORS_ORIGINS: `${APP}, http://localhost:5173`, API_KEYS: 'key-of-the-page' };
  const server = await createTestServer(t, { environment });
  const asked = await server.inject(preflight(APP));
  assert.equal(asked.statusCode, 204);
  assert.equal(asked.headers['access-control-allow-origin'], APP);
  assert.match(String(asked.headers['access-control-allow-headers']), /authorization/);
  assert.match(String(asked.headers['access-control-allow-methods']), /POST/);
  assert.equal(asked.headers['access-control-allow-credentials'], undefined);
  const { headers, statusCode } = await postExecute(server, PROGRAM, {
    origin: APP,
    'x-api-key': 'key-of-the-page',
  });
  assert.equal(statusCode, 200);
  assert.equal(headers['access-control-allow-origin'], APP);
  assert.match(String(headers['access-control-expose-headers']), /retry-after/);
  assert.match(String(headers.vary), /Origin/i);
});

test('a named origin can also read a rejection', async (t) => {
  const server = await createTestServer(t, {
    environment: { CORS_ORIGINS: APP, API_KEYS: 'key-of-the-page' },
  });
  const answer = await postExecute(server, PROGRAM, { origin: APP });
  assert.equal(answer.statusCode, 401);
  assert.equal(answer.headers['access-control-allow-origin'], APP);
});

test('an origin that is not named may not call', async (t) => {
  const server = await createTestServer(t, { environment: { CORS_ORIGINS: APP } });
  for (const origin of [
    'https://other.example.org',
    'http://app.example.org',
    'null',
    `${APP}.evil.example`,
  ]) {
    const { headers, statusCode } = await server.inject(preflight(origin));
    assert.equal(statusCode, 403);
    assert.equal(headers['access-control-allow-origin'], undefined, origin);
  }
});

test('a preflight of any route is answered, and one of none is not found', async (t) => {
  const server = await createTestServer(t, {
    environment: { CORS_ORIGINS: APP, API_KEYS: 'key-of-the-page' },
  });
  for (const url of [
    '/api/v1/execute',
    '/api/v1/languages',
    '/api/v1/metrics/user/ada?hours=1',
    '/openapi.json',
  ]) {
    const { statusCode, headers } = await server.inject({ ...preflight(APP), url });
    assert.deepEqual([statusCode, headers['access-control-allow-origin']], [204, APP], url);
  }
  assert.equal((await server.inject({ ...preflight(APP), url: '/nothing' })).statusCode, 404);
});

test('with * every origin may call', async (t) => {
  const server = await createTestServer(t, { environment: { CORS_ORIGINS: '*' } });
  const { headers } = await postExecute(server, PROGRAM, { origin: 'https://any.example' });
  assert.equal(headers['access-control-allow-origin'], '*');
});
