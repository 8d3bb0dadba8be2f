// Problems and blobs over HTTP: what a key keeps is there for this key alone, and answers are as the document says.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { openDirectoryStore } from '../../problems/embedded/directory-store.ts';
import { BOUNDS } from '../../problems/problem-contract.ts';
import { createProblemPackages } from '../../submissions/problem-packages.ts';
import { createProblems } from '../../submissions/problems.ts';
import { createServiceForTests } from '../../submissions/service-fixture.ts';
import { createJudge, type OpenApiDocument } from '../openapi-fixture.ts';
import { createTestServer } from '../server-fixture.ts';

const MIB = 1024 * 1024;
const [FIRST, SECOND] = ['the-first-long-key', 'the-second-long-key'];
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

const isBlob = (path: string) => path.startsWith('/blobs/');
const templateOf = (path: string) =>
  path.startsWith('/problems/') ? '/api/v1/problems/{id}' : `/api/v1${path.split('?')[0]}`;

suite('problems over HTTP', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'problems-test-'));
  const store = await openDirectoryStore(directory, BOUNDS);
  const environment = { API_KEYS: 'the-first-long-key,the-second-long-key', MAX_BLOB_MB: '1' };
  const submit = async () => assert.fail('no submission is run');
  const problems = createProblems({ ...createServiceForTests().accepting, store, submit });
  const packages = createProblemPackages({ ...createServiceForTests().accepting, store, submit });
  const server = await createTestServer({ after }, { problems, packages, environment });
  after(() => rm(directory, { recursive: true }));
  const document = (
    await server.inject({ url: '/openapi.json', headers: { 'x-api-key': FIRST } })
  ).json() as OpenApiDocument;
  const judge = createJudge(document);

  const call = async (
    method: 'GET' | 'PUT' | 'HEAD' | 'DELETE',
    path: string,
    body?: unknown,
    key = FIRST,
  ) => {
    const isRaw = Buffer.isBuffer(body);
    const answer = await server.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        'x-api-key': key,
        ...(body !== undefined && {
          'content-type': isRaw ? 'application/octet-stream' : 'application/json',
        }),
      },
      ...(body !== undefined && { payload: isRaw ? body : JSON.stringify(body) }),
    });
    if (method !== 'HEAD' && answer.body !== '' && !isBlob(path))
      assert.equal(judge(templateOf(path), method.toLowerCase(), answer), null, `${method} ${path}`);
    return answer;
  };

  test('a blob is stored once, returned as it is, and unknown to another key', async () => {
    const content = Buffer.from([0, 0xff, 13, 10]);
    const path = `/blobs/${sha256(content)}`;
    assert.equal((await call('HEAD', path)).statusCode, 404);
    assert.equal((await call('PUT', path, content)).statusCode, 201);
    assert.equal((await call('PUT', path, content)).statusCode, 200);
    assert.deepEqual((await call('GET', path)).rawPayload, content);
    assert.equal((await call('HEAD', path)).headers['content-length'], '4');
    assert.equal((await call('GET', path, undefined, SECOND)).statusCode, 404);
    assert.equal((await call('HEAD', path, undefined, SECOND)).statusCode, 404);
  });

  test('a blob may be empty, and is no larger than the setting says', async () => {
    const empty = `/blobs/${sha256('')}`;
    assert.equal((await call('PUT', empty)).statusCode, 201);
    const [most, more] = [Buffer.alloc(MIB), Buffer.alloc(MIB + 1)];
    assert.equal((await call('PUT', `/blobs/${sha256(most)}`, most)).statusCode, 201);
    assert.equal((await call('PUT', `/blobs/${sha256(more)}`, more)).json().code, 'too_large');
  });

  test('a digest that is none, or that of something else, is rejected', async () => {
    const other = await call('PUT', `/blobs/${'0'.repeat(64)}`, Buffer.from('x'));
    assert.deepEqual([other.statusCode, other.json().code], [400, 'invalid_request']);
    assert.match(other.json().detail, /must be the SHA-256 of the body, which is 2d711642b726b044/);
    assert.match(
      (await call('PUT', '/blobs/abc', Buffer.from('x'))).json().detail,
      /sha256 must be 64 hexadecimal digits/,
    );
  });

  test('a problem is put, shown, listed and removed, by its key alone', async () => {
    const definition = {
      name: 'Sum',
      test_cases: [{ input: '1 2', expected_output: '3', is_hidden: false }, {}],
    };
    const put = await call('PUT', '/problems/sum', definition);
    assert.equal(put.statusCode, 200);
    const { version, tests } = put.json();
    assert.deepEqual([version.length, tests], [32, 2]);
    const shown = (await call('GET', `/problems/sum@${version}`)).json();
    assert.deepEqual(shown.definition, {
      ...definition,
      test_cases: [definition.test_cases[0], { is_hidden: true }],
    });
    assert.deepEqual((await call('GET', '/problems')).json().problems, [put.json()]);
    assert.deepEqual((await call('GET', '/problems', undefined, SECOND)).json().problems, []);
    for (const method of ['GET', 'DELETE'] as const)
      assert.equal((await call(method, '/problems/sum', undefined, SECOND)).statusCode, 404);
    const removed = await server.inject({
      method: 'DELETE',
      url: '/api/v1/problems/sum',
      headers: { 'x-api-key': FIRST, 'content-type': 'application/json' },
    });
    assert.equal(removed.statusCode, 204, 'an empty body of JSON counts as none');
    assert.equal((await call('GET', '/problems/sum')).statusCode, 404);
  });

  test('a package is put as ZIP or as bytes, checked, and returned as a file', async () => {
    const files = {
      'problem.yaml': 'name: Sum',
      '.timelimit': '2',
      'data/secret/1.in': '1',
      'data/secret/1.ans': '1',
    };
    const archive = Buffer.from(
      zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))),
    );
    const send = (method: 'PUT' | 'POST', path: string, type: string) =>
      server.inject({
        method,
        url: `/api/v1${path}`,
        headers: { 'x-api-key': FIRST, 'content-type': type },
        payload: archive,
      });
    const versions = [];
    for (const type of ['application/zip', 'application/octet-stream']) {
      assert.equal((await send('POST', '/problems/check', type)).statusCode, 200);
      const put = await send('PUT', '/problems/package', type);
      assert.equal(put.statusCode, 200, put.body);
      versions.push(put.json().version);
    }
    assert.equal(versions[0], versions[1]);
    const { headers } = await server.inject({
      url: `/api/v1/problems/package@${versions[0]}/package`,
      headers: { 'x-api-key': FIRST },
    });
    assert.equal(headers['content-disposition'], 'attachment; filename="package.zip"');
    assert.equal(headers['content-type'], 'application/octet-stream');
    const text = await send('POST', '/problems/check', 'text/plain');
    assert.equal(text.statusCode, 415);
    await call('DELETE', '/problems/package');
  });

  test('pages of problems lead from one to the next', async () => {
    for (const id of ['b', 'a', 'c']) await call('PUT', `/problems/${id}`, { test_cases: [{ input: id }] });
    const first = (await call('GET', '/problems?limit=2')).json();
    const second = (await call('GET', `/problems?limit=2&cursor=${first.next_cursor}`)).json();
    const ids = [first, second].map((page) => page.problems.map(({ id }: { id: string }) => id));
    assert.deepEqual([ids, second.next_cursor], [[['a', 'b'], ['c']], null]);
  });

  test('too many tests, an unknown field and a bad id are named', async () => {
    const detailOf = async (path: string, body: unknown) => (await call('PUT', path, body)).json().detail;
    const tests = Array.from({ length: 1001 }, () => ({}));
    assert.match(
      await detailOf('/problems/many', { test_cases: tests }),
      /test_cases must have at most 1000/,
    );
    assert.match(await detailOf('/problems/x', { test_cases: [{}], code: '1' }), /code is not a known field/);
    assert.match(await detailOf('/problems/-x', { test_cases: [{}] }), /id must be 1–64 letters/);
    assert.match(await detailOf('/problems/x', {}), /test_cases is required/);
  });
});
