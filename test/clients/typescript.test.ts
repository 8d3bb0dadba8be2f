// The TypeScript client: packed, installed in an empty project, and run there as its README shows; and what it does when
// a service is busy, slow or gone.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { CodeExecutionError, createClient, verifyWebhook } from '../../clients/typescript/src/client.ts';
import { clientTypes } from '../../scripts/client-types.ts';
import { signatureHeaders } from '../../src/webhooks/signature.ts';
import { launch, PROJECT, ready, type Service, stop } from '../service.ts';

const run = promisify(execFile);
const CLIENT = join(PROJECT, 'clients/typescript');
const DOCUMENTED = 'http://127.0.0.1:3004';
const COMPILER = join(PROJECT, 'node_modules/typescript/bin/tsc');
const README = readFileSync(join(CLIENT, 'README.md'), 'utf8');
/** Programs and what they print, by their headings. */
const EXAMPLES = README.split(/^## /m).flatMap((section) => {
  const found = /^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```/m.exec(section);
  const [heading = ''] = section.split('\n', 1);
  return found ? [{ heading, code: found[1] ?? '', printed: found[2] ?? '' }] : [];
});

suite('the package, in an empty project', () => {
  let service: Service;
  const project = mkdtempSync(join(tmpdir(), 'client-test-'));
  before(async () => {
    const child = launch({ DATA_DIR: join(project, 'data'), LANGUAGES: 'python' });
    service = await ready(child, ['python']);
    const { stdout } = await run('npm', ['pack', CLIENT, '--pack-destination', project, '--json'], {
      cwd: PROJECT,
    });
    const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
    writeFileSync(join(project, 'package.json'), '{"type": "module", "private": true}');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: project });
  });
  after(async () => {
    await stop(service);
    rmSync(project, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  test('has six examples', () => assert.equal(EXAMPLES.length, 6));

  for (const [index, { heading, code, printed }] of EXAMPLES.entries()) {
    test(`runs: ${heading}`, async () => {
      const file = `example-${index}.ts`;
      writeFileSync(join(project, file), code.replaceAll(DOCUMENTED, service.url));
      const { stdout } = await run(process.execPath, [file], { cwd: project });
      assert.equal(stdout.trimEnd(), printed.trimEnd());
    });
  }

  test('keeps problems, as definitions and archives, and bytes that are no text', async () => {
    const { problems, blobs } = createClient({ url: service.url });
    const bytes = Uint8Array.of(0, 255, 13, 10, Date.now() % 256);
    const content = { blob: await blobs.put(bytes) };
    assert.deepEqual(await blobs.get(content.blob), bytes);
    assert.deepEqual([await blobs.has(content.blob), await blobs.has('0'.repeat(64))], [true, false]);
    const definition = { name: 'Bytes', files: [{ path: 'bytes', content }], test_cases: [{}] };
    const { version } = await problems.put('typescript-bytes', definition);
    assert.equal((await problems.get(`typescript-bytes@${version}`)).definition.name, 'Bytes');
    const archive = await problems.package('typescript-bytes');
    assert.deepEqual((await problems.check(archive)).version, null);
    const copied = await problems.put('typescript-copy', archive);
    assert.deepEqual([copied.id, copied.version, copied.submissions], ['typescript-copy', version, []]);
    for (const id of ['typescript-bytes', 'typescript-copy']) await problems.delete(id);
    await assert.rejects(problems.get('typescript-copy'), { code: 'not_found', status: 404 });
    await assert.rejects(problems.check(bytes), { code: 'invalid_request' });
  });

  test('has types that the examples compile with', async () => {
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    const roots = ['--typeRoots', join(PROJECT, 'node_modules/@types')];
    const files = EXAMPLES.map((_, index) => `example-${index}.ts`);
    const { stdout } = await run(
      process.execPath,
      [COMPILER, '--ignoreConfig', ...options, ...roots, ...files],
      {
        cwd: project,
      },
    );
    assert.equal(stdout, '');
  });
});

test('the types of the client are those of the API', async () => {
  assert.equal(
    readFileSync(join(CLIENT, 'src/schema.ts'), 'utf8'),
    await clientTypes(),
    'run npm run documents',
  );
});

async function serviceThat(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const PROGRAM = { language: 'python', code: 'x' } as const;
const answerJson = (response: Parameters<RequestListener>[1], status: number, body: object) =>
  response
    .writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
    .end(JSON.stringify(body));

suite('the client', () => {
  test('sends again what a busy service refused, under one idempotency key', async (t) => {
    const keys: unknown[] = [];
    const url = await serviceThat(t, (request, response) => {
      keys.push(request.headers['idempotency-key']);
      if (keys.length === 1) return void response.destroy();
      const isBusy = keys.length < 4;
      answerJson(response, isBusy ? 503 : 202, isBusy ? { code: 'unavailable' } : { execution_id: 'x' });
    });
    assert.equal((await createClient({ url }).submit(PROGRAM)).execution_id, 'x');
    assert.deepEqual([keys.length, new Set(keys).size, typeof keys[0]], [4, 1, 'string']);
  });

  test('never runs a program twice after a broken connection', async (t) => {
    let requests = 0;
    const url = await serviceThat(t, (_request, response) => {
      requests += 1;
      response.destroy();
    });
    await assert.rejects(createClient({ url }).execute(PROGRAM), { code: 'connection_failed', status: null });
    assert.equal(requests, 1);
  });

  test('lists problems page by page, and sends no package twice', async (t) => {
    const seen: unknown[] = [];
    const url = await serviceThat(t, ({ url: path = '', method }, response) => {
      seen.push(`${method} ${path}`);
      if (method === 'PUT') return void response.destroy();
      const isFirst = !path.includes('cursor');
      answerJson(response, 200, {
        problems: [{ id: isFirst ? 'a' : 'b' }],
        next_cursor: isFirst ? 'a' : null,
      });
    });
    const { problems } = createClient({ url });
    const ids: string[] = [];
    for await (const { id } of problems.list()) ids.push(id);
    assert.deepEqual(ids, ['a', 'b']);
    await assert.rejects(problems.put('a', new Uint8Array()), { code: 'connection_failed' });
    assert.deepEqual(seen, [
      'GET /api/v1/problems?limit=100',
      'GET /api/v1/problems?limit=100&cursor=a',
      'PUT /api/v1/problems/a',
    ]);
  });

  test('gives up after its retries, with all that the service says', async (t) => {
    const problem = { code: 'queue_full', detail: 'The queue is full', request_id: 'r-1' };
    const url = await serviceThat(t, (_request, response) => void answerJson(response, 429, problem));
    const error = await createClient({ url, retries: 1 })
      .execute(PROGRAM)
      .catch((thrown: unknown) => thrown);
    assert.ok(error instanceof CodeExecutionError);
    assert.deepEqual(
      [error.code, error.message, error.status, error.requestId],
      ['queue_full', 'The queue is full', 429, 'r-1'],
    );
  });

  test('has a limit of time, and obeys an abort at once', async (t) => {
    const url = await serviceThat(t, () => {});
    const client = createClient({ url });
    await assert.rejects(client.execute(PROGRAM, { timeoutMs: 50 }), { code: 'timeout' });
    const reason = new Error('enough');
    await assert.rejects(client.execute(PROGRAM, { signal: AbortSignal.abort(reason) }), reason);
  });

  test('goes on with events where the connection broke', async (t) => {
    const seen: unknown[] = [];
    const url = await serviceThat(t, (request, response) => {
      seen.push(request.headers['last-event-id']);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const write = (id: number, event: string) =>
        response.write(`: beat\n\nid: ${id}\nevent: ${event}\ndata: {"n":${id}}\n\n`);
      if (seen.length > 1) return void write(3, 'done');
      write(1, 'status');
      write(2, 'test');
      setTimeout(() => response.destroy(), 20);
    });
    const types: string[] = [];
    for await (const { type, id } of createClient({ url }).events('x')) types.push(`${id} ${type}`);
    assert.deepEqual(types, ['1 status', '2 test', '3 done']);
    assert.deepEqual(seen, [undefined, '2']);
  });

  test('knows webhooks of the service from others', async () => {
    const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`;
    const body = JSON.stringify({ type: 'execution.completed', data: { status: 'accepted' } });
    const now = new Date();
    const message = { id: 'm-1', timestampSeconds: Math.floor(now.getTime() / 1000), body };
    const headers = signatureHeaders(message, [secret]);
    assert.equal((await verifyWebhook(secret, headers, body)).data.status, 'accepted');
    await assert.rejects(verifyWebhook(secret, headers, `${body} `), { code: 'unauthorized' });
    await assert.rejects(verifyWebhook(`whsec_${btoa('another')}`, headers, body), { code: 'unauthorized' });
    const later = new Date(now.getTime() + 600_000);
    await assert.rejects(verifyWebhook(secret, headers, body, later), /too far from now/);
    await assert.rejects(verifyWebhook(secret, {}, body), /are missing/);
  });
});
