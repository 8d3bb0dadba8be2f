// The OpenAPI document: valid, complete, and in agreement with every answer.

import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { ERROR_CATALOG } from '../errors.ts';
import { createMetricsForTests } from '../metrics/metrics-fixture.ts';
import { createJudge, type OpenApiDocument, type Schema } from './openapi-fixture.ts';
import { createTestServer, postExecute } from './server-fixture.ts';

async function documentOf(t: TestContext) {
  const server = await createTestServer(t);
  const document = (await server.inject('/openapi.json')).json() as OpenApiDocument;
  return { server, document };
}

/** Mostly values that a schema allows, some beyond its bounds, and now and then anything. */
function arbitraryFor(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 200, arbitrary: wellTyped(schema) }, { weight: 1, arbitrary: fc.jsonValue() });
}

function wellTyped(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern));
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'number' || schema.type === 'integer') return numberFor(schema);
  if (schema.type === 'string')
    return fc.string({ unit: 'binary', minLength: schema.minLength ?? 0, maxLength: 30 });
  if (schema.type === 'array') return fc.array(arbitraryFor(schema.items ?? {}), { maxLength: 4 });
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    name,
    arbitraryFor(member),
  ]);
  return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: schema.required ?? [],
  });
}

function numberFor({ type, minimum = 0, maximum = 1e6 }: Schema): fc.Arbitrary<number> {
  const edges = fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, 1e308, -0, Number.NaN);
  const within =
    type === 'integer'
      ? fc.integer({ min: minimum, max: maximum })
      : fc.double({ min: minimum, max: maximum, noNaN: true });
  return fc.oneof({ weight: 100, arbitrary: within }, { weight: 1, arbitrary: edges });
}

suite('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async (t) => {
    const { document } = await documentOf(t);
    const { valid, errors } = await new Validator().validate(structuredClone(document) as object as never);
    assert.deepEqual(errors, undefined);
    assert.ok(valid);
    assert.match(document.openapi, /^3\.1\./);
    assert.ok(!('license' in document.info), 'there is no licence to name');
  });

  test('names its components and describes every route', async (t) => {
    const { document } = await documentOf(t);
    assert.deepEqual(Object.keys(document.components.schemas).sort(), [
      'BatchAnswer',
      'BatchRequest',
      'CleanUpResult',
      'ExecuteRequest',
      'Execution',
      'ExecutionPage',
      'ExecutionResult',
      'ExecutionSummary',
      'FailuresReport',
      'HealthReport',
      'ImageInstallations',
      'KeptProblem',
      'Language',
      'MetricsReport',
      'PackageReport',
      'Problem',
      'ProblemDefinition',
      'ProblemPage',
      'ProblemSummary',
      'PullImagesRequest',
      'Redelivery',
      'SubmissionReport',
      'SubmitRequest',
      'TopUsersReport',
      'UserMetricsReport',
    ]);
    assert.deepEqual(Object.keys(document.paths).sort(), [
      '/api/v1/admin/cleanup',
      '/api/v1/admin/executions/{id}/redeliver',
      '/api/v1/admin/pull-images',
      '/api/v1/blobs/{sha256}',
      '/api/v1/execute',
      '/api/v1/executions',
      '/api/v1/executions/batch',
      '/api/v1/executions/{id}',
      '/api/v1/executions/{id}/events',
      '/api/v1/health',
      '/api/v1/health/live',
      '/api/v1/health/ready',
      '/api/v1/languages',
      '/api/v1/metrics',
      '/api/v1/metrics/failures',
      '/api/v1/metrics/user/{user_id}',
      '/api/v1/metrics/users',
      '/api/v1/problems',
      '/api/v1/problems/check',
      '/api/v1/problems/{id}',
      '/api/v1/problems/{id}/package',
      '/metrics',
    ]);
    assert.deepEqual(Object.keys(document['x-websockets']), ['/api/v1/interactive']);
  });

  test('requires a key where the service does, and only with keys', async (t) => {
    const environment = { API_KEYS: 'KEY-OF-CLIENTS', ADMIN_API_KEY: 'KEY-OF-ADMINS' };
    const server = await createTestServer(t, { environment });
    const headers = { 'x-api-key': 'KEY-OF-CLIENTS' };
    const document = (await server.inject({ url: '/openapi.json', headers })).json() as OpenApiDocument;
    assert.deepEqual(document.security, [{ bearer: [] }, { apiKey: [] }]);
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const answer = await server.inject({ method: method as 'GET' | 'POST', url: path });
        const needsKey: boolean = (operation.security ?? document.security).length > 0;
        assert.equal(needsKey, answer.statusCode === 401, `${method} ${path}`);
      }
    }
    assert.deepEqual((await documentOf(t)).document.security, []);
  });

  test('says what is too large or no receiver where a schema would call it badly formed', async (t) => {
    const { document } = await documentOf(t);
    for (const name of ['ExecuteRequest', 'SubmitRequest']) {
      const { maxLength, description } = document.components.schemas[name]?.properties?.code ?? {};
      assert.equal(maxLength, undefined);
      assert.match(description ?? '', /More than 50000 characters are a 413\.$/);
    }
    const { pattern = 'x' } = document.components.schemas.SubmitRequest?.properties?.webhook_url ?? {};
    const urls = ['https://example.com:8443/hooks?id=1', 'http://a.b.museum', '', 'ftp://example.com'];
    assert.deepEqual(
      urls.map((url) => new RegExp(pattern).test(url)),
      [true, true, false, false],
    );
  });

  test('says what else bounds the time of a run', async (t) => {
    const { document } = await documentOf(t);
    const { time_limit } = document.components.schemas.ExecuteRequest?.properties ?? {};
    assert.match(time_limit?.description ?? '', /CPU time.* wall-clock limit.* at most `EXECUTION_TIMEOUT`/);
  });

  test('documents every rejection of an execution', async (t) => {
    const { document } = await documentOf(t);
    const documented = Object.keys(document.paths['/api/v1/execute']?.post?.responses ?? {}).map(Number);
    assert.deepEqual(documented, [200, 400, 401, 403, 404, 413, 415, 422, 429, 500, 503]);
    const statuses = new Set<number>(Object.values(ERROR_CATALOG).map(({ status }) => status));
    assert.ok(documented.slice(1).every((status) => statuses.has(status)));
  });

  test('has examples that its own schemas accept', async (t) => {
    const { server, document } = await documentOf(t);
    for (const example of document.components.schemas.ExecuteRequest?.examples ?? []) {
      assert.equal((await postExecute(server, example)).statusCode, 200);
    }
    const judge = createJudge(document);
    for (const example of document.components.schemas.ExecutionResult?.examples ?? []) {
      const headers = { 'content-type': 'application/json' };
      const answer = { statusCode: 200, headers, body: JSON.stringify(example) };
      assert.equal(judge('/api/v1/execute', 'post', answer), null);
    }
    for (const name of ['ExecuteRequest', 'ExecutionResult', 'Problem']) {
      assert.ok(document.components.schemas[name]?.examples?.length, `${name} has no example`);
    }
  });

  test('agrees with every answer to any request, and none is a 500', async (t) => {
    const { server, document } = await documentOf(t);
    const judge = createJudge(document);
    const request = document.components.schemas.ExecuteRequest ?? {};
    let accepted = 0;
    const property = fc.asyncProperty(arbitraryFor(request), async (body) => {
      const answer = await postExecute(server, body);
      accepted += answer.statusCode === 200 ? 1 : 0;
      assert.notEqual(answer.statusCode, 500);
      assert.equal(judge('/api/v1/execute', 'post', answer), null);
    });
    await fc.assert(property, { numRuns: 1000 });
    assert.ok(accepted > 50, `only ${accepted} of 1000 requests were accepted`);
  });

  test('agrees with every answer to any text', async (t) => {
    const { server, document } = await documentOf(t);
    const judge = createJudge(document);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => json.slice(1)),
    );
    const property = fc.asyncProperty(text, async (body) => {
      const answer = await postExecute(server, body);
      assert.equal(answer.statusCode, 400);
      assert.equal(judge('/api/v1/execute', 'post', answer), null);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('agrees with the answers of the other routes', async (t) => {
    const { server: withoutAny, document } = await documentOf(t);
    const metrics = createMetricsForTests(t);
    const server = await createTestServer(t, { metrics, environment: { ADMIN_API_KEY: 'KEY-OF-ADMINS' } });
    await postExecute(server, { user_id: 'ada' });
    const judge = createJudge(document);
    for (const [path, operations] of Object.entries(document.paths)) {
      if (path === '/api/v1/execute') continue;
      for (const method of Object.keys(operations) as ('get' | 'post')[]) {
        const url = path.replace('{user_id}', 'ada');
        const answer = await server.inject({ method, url, headers: { 'x-api-key': 'KEY-OF-ADMINS' } });
        // Those of executions, problems and blobs need one; `v1/executions.test.ts` and
        // `v1/problems.test.ts` compare their answers with the document.
        const isServed =
          answer.statusCode < 300 || /^\/api\/v1\/(admin|blobs|executions|problems)\//.test(`${path}/`);
        assert.ok(isServed, `${method} ${url} is answered with ${answer.statusCode}`);
        assert.equal(judge(path, method, answer), null, `${method} ${path}`);
        assert.equal(judge(path, method, await withoutAny.inject({ method, url: path })), null, path);
      }
    }
  });
});

suite('what generators make of the OpenAPI document', () => {
  test('no field of a request has a default, which would make it required in types', async (t) => {
    const { document } = await documentOf(t);
    const { ExecuteRequest, PullImagesRequest } = document.components.schemas;
    const parameters = Object.values(document.paths)
      .flatMap(Object.values)
      .map(({ parameters = [] }) => parameters);
    assert.doesNotMatch(JSON.stringify([ExecuteRequest, PullImagesRequest, parameters]), /"default":/);
  });

  test('a request needs code or files, as the service does', async (t) => {
    const { server, document } = await documentOf(t);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const isValid = ajv.compile(document.components.schemas.ExecuteRequest ?? {});
    const file = { path: 'main.py', content: '1' };
    const bodies = [{}, { code: '1' }, { files: [file] }, { files: [] }, { code: '1', files: [] }];
    const valid = bodies.map((body) => isValid({ language: 'python', ...body }));
    assert.deepEqual(valid, [false, true, true, false, true]);
    for (const [index, body] of bodies.entries()) {
      const answer = await postExecute(server, { language: 'python', ...body });
      assert.equal(answer.statusCode === 200, valid[index], JSON.stringify(body));
      if (!valid[index]) assert.equal(answer.json().detail, 'code is required (or files)');
    }
  });

  test('a body that may be left out is not required, and every tag is declared', async (t) => {
    const { document } = await documentOf(t);
    assert.equal(document.paths['/api/v1/admin/pull-images']?.post?.requestBody?.required, false);
    assert.equal(document.paths['/api/v1/admin/cleanup']?.post?.requestBody, undefined);
    assert.equal(document.paths['/api/v1/execute']?.post?.requestBody?.required, true);
    const declared = document.tags.map(({ name }) => name);
    for (const operation of Object.values(document.paths).flatMap(Object.values)) {
      for (const tag of operation.tags) assert.ok(declared.includes(tag), tag);
    }
  });

  test('an empty body of JSON is none where one may be left out', async (t) => {
    const server = await createTestServer(t, { environment: { ADMIN_API_KEY: 'KEY-OF-ADMINS' } });
    const headers = { 'x-api-key': 'KEY-OF-ADMINS', 'content-type': 'application/json' };
    const post = (url: string) => server.inject({ method: 'POST', url, headers, payload: '' });
    assert.equal((await post('/api/v1/admin/cleanup')).statusCode, 200);
    assert.equal((await post('/api/v1/admin/pull-images')).json().code, 'conflict');
    assert.equal((await post('/api/v1/execute')).json().code, 'invalid_request');
  });
});
