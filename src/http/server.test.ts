// What the server answers and rejects, its headers and its log, with injected requests.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ERROR_CATALOG, type ErrorCode, ServiceError } from '../errors.ts';
import type { ExecutionEntry } from '../submissions/log-entry.ts';
import type { Submit } from '../submissions/submission.ts';
import { READINESS, type Readiness } from './health-report.ts';
import { createTestServer, HEALTH, postExecute, resultOf } from './server-fixture.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };

type Answer = { statusCode: number; headers: Record<string, unknown>; json: () => Record<string, unknown> };

function assertError(answer: Answer, code: ErrorCode, detail?: string | RegExp) {
  const body = answer.json();
  assert.equal(answer.statusCode, ERROR_CATALOG[code].status);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  assert.equal(body.code, code);
  assert.equal(body.status, ERROR_CATALOG[code].status);
  assert.equal(body.title, ERROR_CATALOG[code].title);
  assert.equal(body.request_id, answer.headers['x-request-id']);
  if (typeof detail === 'string') assert.equal(body.detail, detail);
  if (detail instanceof RegExp) assert.match(String(body.detail), detail);
}

suite('the server answers', () => {
  test('an execution with its result', async (t) => {
    const server = await createTestServer(t, { submit: async (request) => resultOf(request, '1\n') });
    const answer = await postExecute(server, PROGRAM);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.deepEqual(answer.json(), resultOf(PROGRAM, '1\n'));
  });

  test('texts with lone surrogates and control characters as valid JSON', async (t) => {
    const stdout = 'a\ud800b\u0000\u2028"\\';
    const server = await createTestServer(t, { submit: async (request) => resultOf(request, stdout) });
    const answer = await postExecute(server, PROGRAM);
    assert.equal(answer.json().results[0].stdout, 'a\ufffdb\u0000\u2028"\\'.replace('\ufffd', '\ud800'));
  });

  test('the requested encoding', async (t) => {
    const encodings: string[] = [];
    const server = await createTestServer(t, {
      submit: async (request, { encoding }) => {
        encodings.push(encoding);
        return resultOf(request);
      },
    });
    const post = (url: string) => server.inject({ method: 'POST', url, payload: PROGRAM });
    await post('/api/v1/execute');
    await post('/api/v1/execute?encoding=base64');
    assert.deepEqual(encodings, ['utf8', 'base64']);
    assertError(
      await post('/api/v1/execute?encoding=latin1'),
      'invalid_request',
      'encoding must be one of "utf8", "base64", got "latin1"',
    );
    assertError(await post('/api/v1/execute?encodng=base64'), 'invalid_request', /^encodng is not a known/);
    assertError(await post('/api/v1/execute?encoding=utf8&encoding=utf8'), 'invalid_request', /^encoding /);
  });

  test('the languages as a list', async (t) => {
    const server = await createTestServer(t);
    const answer = await server.inject('/api/v1/languages');
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(
      answer.json().map(({ id }: { id: string }) => id),
      ['python'],
    );
  });

  test('its health, as 503 when it is unhealthy', async (t) => {
    for (const [status, code] of [
      ['healthy', 200],
      ['degraded', 200],
      ['unhealthy', 503],
    ] as const) {
      const server = await createTestServer(t, { health: async () => ({ ...HEALTH, status }) });
      const answer = await server.inject('/api/v1/health');
      assert.equal(answer.statusCode, code);
      assert.equal(answer.json().status, status);
    }
  });

  test('orchestrators: alive always, ready only when programs can be run', async (t) => {
    let readiness: Readiness = 'ready';
    const server = await createTestServer(t, { readiness: async () => readiness });
    for (const root of ['/health', '/api/v1/health']) {
      for (const state of READINESS) {
        readiness = state;
        assert.equal((await server.inject(`${root}/live`)).statusCode, 200);
        const answer = await server.inject(`${root}/ready`);
        assert.equal(answer.statusCode, state === 'ready' ? 200 : 503);
        assert.deepEqual(answer.json(), { status: state });
      }
    }
  });

  test('a path with a slash at its end', async (t) => {
    const server = await createTestServer(t);
    assert.equal((await server.inject('/api/v1/languages/')).statusCode, 200);
  });
});

suite('the server rejects', () => {
  test('a body that is not JSON, and says where', async (t) => {
    const server = await createTestServer(t);
    assertError(
      await postExecute(server, '{"language": "python",}'),
      'invalid_request',
      'The body is not valid JSON at line 1, column 23',
    );
    assertError(await postExecute(server, '{'), 'invalid_request', /^The body is not valid JSON/);
    assertError(await postExecute(server, ''), 'invalid_request', 'The body is empty, it must be JSON');
  });

  test('a request without any body', async (t) => {
    const server = await createTestServer(t);
    assertError(await postExecute(server, 'null'), 'invalid_request', 'the body must be an object, got null');
    assertError(
      await server.inject({ method: 'POST', url: '/api/v1/execute' }),
      'invalid_request',
      'The body is empty, it must be JSON',
    );
  });

  test('keys that could reach a prototype', async (t) => {
    const server = await createTestServer(t);
    for (const key of ['"__proto__"', '"constructor"', '"\\u005f_proto__"']) {
      const body = `{"language":"python","code":"1",${key}:{"prototype":{"code":"2"}}}`;
      assertError(await postExecute(server, body), 'invalid_request');
    }
    assert.equal(({} as { code?: string }).code, undefined);
  });

  test('a body that is larger than MAX_BODY_BYTES', async (t) => {
    const server = await createTestServer(t, { environment: { MAX_BODY_BYTES: '20000' } });
    assertError(await postExecute(server, { ...PROGRAM, stdin: 'x'.repeat(20_000) }), 'too_large');
  });

  test('code that is longer than MAX_CODE_LENGTH, counted in characters', async (t) => {
    const server = await createTestServer(t, { environment: { MAX_CODE_LENGTH: '10' } });
    assert.equal((await postExecute(server, { ...PROGRAM, code: '😀'.repeat(10) })).statusCode, 200);
    assertError(
      await postExecute(server, { ...PROGRAM, code: 'x'.repeat(11) }),
      'too_large',
      'code must have at most 10 characters, got 11',
    );
  });

  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/xml',
  ]) {
    test(`a body of the type ${type}`, async (t) => {
      const server = await createTestServer(t);
      assertError(await postExecute(server, PROGRAM, { 'content-type': type }), 'unsupported_media_type');
    });
  }

  test('a body in another charset than UTF-8', async (t) => {
    const server = await createTestServer(t);
    const post = (parameters: string) =>
      postExecute(server, PROGRAM, { 'content-type': `application/json${parameters}` });
    for (const parameters of ['; charset=utf-8', ';charset="UTF8"', '; profile=x; charset=utf-8']) {
      assert.equal((await post(parameters)).statusCode, 200, parameters);
    }
    assertError(
      await post('; charset=utf-16'),
      'unsupported_media_type',
      'The charset of the body must be utf-8, got "utf-16"',
    );
    assertError(await post(';CHARSET="latin1"'), 'unsupported_media_type');
  });

  test('a compressed body', async (t) => {
    const server = await createTestServer(t);
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    assertError(
      await postExecute(server, PROGRAM, headers),
      'unsupported_media_type',
      'Compressed bodies are not supported',
    );
  });

  test('a body without a type', async (t) => {
    const server = await createTestServer(t);
    const payload = JSON.stringify(PROGRAM);
    const answer = await server.inject({ method: 'POST', url: '/api/v1/execute', payload });
    assertError(answer, 'unsupported_media_type');
  });

  test('routes that do not exist', async (t) => {
    const server = await createTestServer(t);
    assertError(await server.inject('/nothing'), 'not_found', 'There is no GET /nothing');
    assertError(await server.inject('/%zz'), 'invalid_request', 'The path is not a valid URL');
  });

  const otherMethods: [
    method: 'GET' | 'PUT' | 'DELETE' | 'PATCH' | 'POST' | 'HEAD',
    url: string,
    allow: string,
  ][] = [
    ['GET', '/api/v1/execute', 'POST, OPTIONS'],
    ['HEAD', '/api/v1/execute', 'POST, OPTIONS'],
    ['PUT', '/api/v1/execute/', 'POST, OPTIONS'],
    ['DELETE', '/api/v1/languages', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/v1/metrics/user/ada', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/api/v1/admin/pull-images', 'POST, GET, HEAD, OPTIONS'],
    ['POST', '/health/live?x=1', 'GET, HEAD, OPTIONS'],
  ];
  for (const [method, url, allow] of otherMethods) {
    test(`${method} ${url} with the methods that there are`, async (t) => {
      const server = await createTestServer(t, { environment: { API_KEYS: 'a-key-that-is-asked-for' } });
      const headers = { 'content-type': 'text/plain' };
      const answer = await server.inject({ method, url, ...(method !== 'GET' && { payload: 'x', headers }) });
      assert.equal(answer.statusCode, 405);
      assert.equal(answer.headers.allow, allow);
      if (method !== 'HEAD')
        assertError(
          answer,
          'method_not_allowed',
          /^Method [A-Z]+ is not allowed; use (GET|POST|POST or GET)$/,
        );
    });
  }

  test('nothing of OPTIONS: it lists the methods of a route, also without a key', async (t) => {
    const server = await createTestServer(t, { environment: { API_KEYS: 'a-key-that-is-asked-for' } });
    const answer = await server.inject({ method: 'OPTIONS', url: '/api/v1/execute' });
    assert.deepEqual([answer.statusCode, answer.headers.allow, answer.body], [204, 'POST, OPTIONS', '']);
    assertError(await server.inject({ method: 'OPTIONS', url: '/nothing' }), 'not_found');
  });

  test('no HEAD of what GET answers', async (t) => {
    const server = await createTestServer(t);
    const answer = await server.inject({ method: 'HEAD', url: '/api/v1/languages' });
    assert.deepEqual([answer.statusCode, answer.body], [200, '']);
  });

  const thrown: [ErrorCode, retryAfter?: string][] = [
    ['unsupported_language'],
    ['unsupported_version'],
    ['rate_limited', '1'],
    ['queue_full', '7'],
    ['unavailable', '7'],
    ['shutting_down', '7'],
  ];
  for (const [code, retryAfter] of thrown) {
    test(`an execution that ends as ${code}`, async (t) => {
      const options = retryAfter === '7' ? { retryAfterSeconds: 6.2 } : {};
      const server = await createTestServer(t, {
        submit: async () => {
          throw new ServiceError(code, 'what is wrong', options);
        },
      });
      const answer = await postExecute(server, PROGRAM);
      assertError(answer, code, 'what is wrong');
      assert.equal(answer.headers['retry-after'], retryAfter);
    });
  }

  test('its own faults without details, and logs them', async (t) => {
    const lines: string[] = [];
    const server = await createTestServer(t, {
      lines,
      submit: async () => {
        throw new Error('cannot open /var/lib/service/secret');
      },
    });
    const answer = await postExecute(server, PROGRAM);
    assertError(answer, 'internal_error', 'An internal error occurred');
    assert.doesNotMatch(answer.body, /\/var|secret|\.ts|at /);
    const line = lines.find((text) => text.includes('request failed')) ?? '';
    assert.match(line, /cannot open \/var\/lib\/service\/secret/);
    assert.ok(line.includes(String(answer.headers['x-request-id'])));
  });
});

suite('every answer', () => {
  const targets = ['/api/v1/languages', '/api/v1/health', '/nothing', '/%zz', '/docs', '/openapi.json'];

  for (const url of targets) {
    test(`of ${url} has the headers that keep browsers from misusing it`, async (t) => {
      const server = await createTestServer(t);
      const { headers } = await server.inject(url);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-frame-options'], 'DENY');
      // A page may be kept, if the browser asks each time whether it is still the same.
      assert.equal(headers['cache-control'], url === '/docs' ? 'no-cache' : 'no-store');
      assert.match(String(headers['content-security-policy']), /default-src 'none'/);
      assert.equal(headers['access-control-allow-origin'], undefined);
      assert.match(String(headers['x-request-id']), /^[0-9A-Z]{26}$/);
    });
  }

  test('echoes a plain X-Request-Id and replaces any other', async (t) => {
    const server = await createTestServer(t);
    const idFor = async (given: string) =>
      (await server.inject({ url: '/api/v1/languages', headers: { 'x-request-id': given } })).headers[
        'x-request-id'
      ];
    assert.equal(await idFor('job-17:a.b_c'), 'job-17:a.b_c');
    for (const given of ['', 'a b', '"x"', 'x'.repeat(129), '<script>']) {
      assert.match(String(await idFor(given)), /^[0-9A-Z]{26}$/);
    }
  });
});

suite('the log', () => {
  test('has one line a request, without code, inputs, outputs and keys', async (t) => {
    const lines: string[] = [];
    const server = await createTestServer(t, {
      lines,
      environment: { API_KEYS: 'KEY-SECRET-KEY-SECRET', DEBUG: 'true' },
      submit: async (request) => resultOf(request, 'OUT-SECRET'),
    });
    const body = { language: 'python', code: 'CODE-SECRET', stdin: 'IN-SECRET' };
    const answer = await postExecute(server, body, { authorization: 'Bearer KEY-SECRET-KEY-SECRET' });
    await postExecute(server, { ...body, colour: 1 }, { 'x-api-key': 'OTHER-SECRET' });
    const [line, ...others] = lines.map((text) => JSON.parse(text));
    assert.equal(others.length, 1);
    assert.doesNotMatch(lines.join(''), /SECRET/);
    const { time: _time, duration_ms: duration, ...rest } = line;
    assert.ok(duration >= 0);
    assert.deepEqual(rest, {
      level: 'info',
      request_id: answer.headers['x-request-id'],
      method: 'POST',
      route: '/api/v1/execute',
      status: 200,
      key: 'key-1',
      request_bytes: JSON.stringify(body).length,
      response_bytes: Buffer.byteLength(answer.body),
      msg: 'request',
    });
  });

  test('has the execution of a request in its line, and further ones in lines of their own', async (t) => {
    const lines: string[] = [];
    const submit: Submit = async (request, { onLogEntry }) => {
      for (const execution_id of ['one', 'two']) onLogEntry?.({ execution_id } as ExecutionEntry);
      return resultOf(request);
    };
    const server = await createTestServer(t, { lines, submit });
    await postExecute(server, { language: 'python', code: '1' });
    const logged = lines.map((line) => JSON.parse(line)).map(({ msg, execution }) => ({ msg, execution }));
    assert.deepEqual(logged, [
      { msg: 'execution', execution: { execution_id: 'two' } },
      { msg: 'request', execution: { execution_id: 'one' } },
    ]);
  });

  test('has the code of a rejected request, and the path if there is no route, without its query', async (t) => {
    const lines: string[] = [];
    const server = await createTestServer(t, { lines });
    await postExecute(server, { language: 'python', code: '', SECRET: 'SECRET' });
    await server.inject(`/${'x'.repeat(200)}?key=SECRET`);
    await server.inject('/%zz?key=SECRET');
    const logged = lines
      .map((line) => JSON.parse(line))
      .map(({ route, path, status, code }) => ({ route, path, status, code }));
    assert.deepEqual(logged, [
      { route: '/api/v1/execute', path: undefined, status: 400, code: 'invalid_request' },
      { route: null, path: `/${'x'.repeat(99)}`, status: 404, code: 'not_found' },
      { route: null, path: '/%zz', status: 400, code: 'invalid_request' },
    ]);
    assert.doesNotMatch(lines.join(''), /SECRET/);
  });

  test('has answered probes only when debugging', async (t) => {
    const lines: string[] = [];
    const server = await createTestServer(t, { lines });
    await server.inject('/health/live');
    assert.deepEqual(lines, []);
  });
});
