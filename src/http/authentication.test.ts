// Keys: which are accepted, which routes ask for one.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createTestServer, postExecute } from './server-fixture.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const environment = { API_KEYS: 'first-key,second-key' };

suite('with API_KEYS', () => {
  const accepted: Record<string, string>[] = [
    { authorization: 'Bearer first-key' },
    { authorization: 'bearer second-key' },
    { 'x-api-key': 'second-key' },
    { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': 'first-key' },
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
    { authorization: 'Bearer first-key,second-key' },
    { authorization: 'first-key' },
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

  test('a request without a key is refused before its body is looked at', async (t) => {
    const server = await createTestServer(t, { environment });
    assert.equal((await postExecute(server, '{')).statusCode, 401);
    assert.equal((await server.inject('/api/v1/languages')).statusCode, 401);
    assert.equal((await server.inject({ method: 'HEAD', url: '/api/v1/languages' })).statusCode, 401);
  });

  test('health and documentation need no key', async (t) => {
    const server = await createTestServer(t, { environment });
    for (const url of ['/api/v1/health', '/health/live', '/health/ready', '/openapi.json', '/docs']) {
      assert.equal((await server.inject(url)).statusCode, 200, url);
    }
    assert.equal((await server.inject('/')).statusCode, 302);
    assert.equal((await server.inject('/nothing')).statusCode, 404);
  });

  test('the documentation says how a key is sent', async (t) => {
    const server = await createTestServer(t, { environment });
    const document = (await server.inject('/openapi.json')).json();
    assert.deepEqual(document.security, [{ bearer: [] }, { apiKey: [] }]);
  });
});

test('without API_KEYS a key is not asked for', async (t) => {
  const server = await createTestServer(t);
  assert.equal((await postExecute(server, PROGRAM)).statusCode, 200);
  assert.equal((await postExecute(server, PROGRAM, { authorization: 'Bearer x' })).statusCode, 200);
});
