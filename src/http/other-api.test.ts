// Another API beside version 1: it reports errors, reads bodies and knows its clients in its own way, and version 1 keeps
// its own.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.ts';
import { createTestServer, postExecute } from './server-fixture.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const KEY = { 'x-api-key': 'a-key-of-version-1' };

/** Reports errors as `{message}` with status 418, reads text, requires `X-Token`, and validates nothing. */
async function otherApi(api: FastifyInstance): Promise<void> {
  api.setErrorHandler((error, _request, reply) => {
    const { code, message } = error as ServiceError;
    return reply.code(418).send({ message, code });
  });
  api.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'unknown here' }));
  api.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  api.setValidatorCompiler(() => () => true);
  api.addHook('onRequest', async (request) => {
    if (request.headers['x-token'] !== 'open') throw new Error('no token');
  });
  api.post('/echo', { schema: { body: { type: 'integer' } } }, async ({ body }) => ({ body }));
  api.get('/fails', async () => {
    throw new Error('it fails');
  });
}

async function serverWithBoth(t: TestContext, environment: Record<string, string> = {}) {
  const server = await createTestServer(t, {
    environment: { API_KEYS: KEY['x-api-key'], COMPAT: 'none', ...environment },
    submit: async () => {
      throw new ServiceError('queue_full', 'what is wrong');
    },
  });
  await server.register(otherApi, { prefix: '/api/v2/other' });
  return server;
}

const TOKEN = { 'x-token': 'open' };

suite('another API', () => {
  test('reports errors in its own shape', async (t) => {
    const server = await serverWithBoth(t);
    const thrown = await server.inject({ url: '/api/v2/other/fails', headers: TOKEN });
    assert.equal(thrown.statusCode, 418);
    assert.deepEqual(thrown.json(), { message: 'it fails' });
    const refused = await server.inject({ url: '/api/v2/other/fails', headers: KEY });
    assert.deepEqual([refused.statusCode, refused.json()], [418, { message: 'no token' }]);
  });

  test('reads bodies by its own parser and validator, and inherits none', async (t) => {
    const server = await serverWithBoth(t);
    const post = (type: string, payload: string) =>
      server.inject({
        method: 'POST',
        url: '/api/v2/other/echo',
        headers: { ...TOKEN, 'content-type': type },
        payload,
      });
    assert.deepEqual((await post('text/plain', 'as it is')).json(), { body: 'as it is' });
    const json = await post('application/json', '{}');
    assert.deepEqual([json.statusCode, json.json().code], [418, 'FST_ERR_CTP_INVALID_MEDIA_TYPE']);
  });

  test('answers its own unknown paths and methods', async (t) => {
    const server = await serverWithBoth(t);
    for (const url of ['/api/v2/other', '/api/v2/other/nothing', '/api/v2/other/echo']) {
      const answer = await server.inject({ url, headers: TOKEN });
      assert.deepEqual([answer.statusCode, answer.json()], [404, { message: 'unknown here' }], url);
    }
  });

  test('has neither the keys nor the rate limits of version 1', async (t) => {
    const server = await serverWithBoth(t, { REQUESTS_PER_MINUTE: '1' });
    for (let time = 0; time < 3; time += 1) {
      const answer = await server.inject({ url: '/api/v2/other/fails', headers: TOKEN });
      assert.equal(answer.json().message, 'it fails');
      assert.equal(answer.headers['ratelimit-limit'], undefined);
    }
  });

  test('has the ids, security headers, log and bounds of the server', async (t) => {
    const lines: string[] = [];
    const server = await createTestServer(t, { lines, environment: { MAX_BODY_BYTES: '20000' } });
    await server.register(otherApi, { prefix: '/api/v2/other' });
    const answer = await server.inject({
      method: 'POST',
      url: '/api/v2/other/echo',
      headers: { ...TOKEN, 'content-type': 'text/plain', 'x-request-id': 'other-1' },
      payload: 'x'.repeat(20_001),
    });
    assert.deepEqual([answer.statusCode, answer.json().code], [418, 'FST_ERR_CTP_BODY_TOO_LARGE']);
    assert.equal(answer.headers['x-request-id'], 'other-1');
    assert.equal(answer.headers['x-frame-options'], 'DENY');
    const entry = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'request');
    assert.equal(entry.route, '/api/v2/other/echo');
  });

  test('is not in the OpenAPI document of version 1', async (t) => {
    const server = await serverWithBoth(t);
    const { paths } = (await server.inject('/openapi.json')).json();
    assert.deepEqual(
      Object.keys(paths).filter((path) => path.startsWith('/api/v2')),
      [],
    );
  });
});

suite('beside another API, version 1', () => {
  const cases: [
    what: string,
    send: (server: FastifyInstance) => ReturnType<typeof postExecute>,
    code: string,
  ][] = [
    ['a thrown error', (server) => postExecute(server, PROGRAM, KEY), 'queue_full'],
    ['a request without a key', (server) => postExecute(server, PROGRAM, TOKEN), 'unauthorized'],
    ['a wrong field', (server) => postExecute(server, { ...PROGRAM, code: 5 }, KEY), 'invalid_request'],
    [
      'a text',
      (server) => postExecute(server, 'x', { ...KEY, 'content-type': 'text/plain' }),
      'unsupported_media_type',
    ],
    ['an unknown path', (server) => server.inject('/api/v1/nothing'), 'not_found'],
    ['its prefix', (server) => server.inject('/api/v1'), 'not_found'],
    ['another method', (server) => server.inject('/api/v1/execute'), 'method_not_allowed'],
    ['an unknown path elsewhere', (server) => server.inject('/api/v2/nothing'), 'not_found'],
    ['a path that begins alike', (server) => server.inject('/api/v1x'), 'not_found'],
    [
      'another method elsewhere',
      (server) => server.inject({ method: 'PUT', url: '/docs' }),
      'method_not_allowed',
    ],
    ['no URL', (server) => server.inject('/api/v2/other/%zz'), 'invalid_request'],
  ];
  for (const [what, send, code] of cases) {
    test(`reports ${what} as RFC 9457 says`, async (t) => {
      const answer = await send(await serverWithBoth(t));
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
      assert.equal(answer.json().code, code);
      assert.equal(answer.json().request_id, answer.headers['x-request-id']);
    });
  }
});
