// The MCP server over HTTP, with the official client: tools, results, progress, cancellation, and who may call.

import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ServiceError } from '../../errors.ts';
import type { Submit } from '../../submissions/submission.ts';
import { dialectServer, ENDS, type ProgramEnd } from './dialect-fixture.ts';

interface Shown {
  readonly status: string;
  readonly results: { stdout: string; exit_code: number | null }[];
}

async function listening(
  t: TestContext,
  end: ProgramEnd = {},
  environment: Record<string, string> = {},
  submit?: Submit,
) {
  const { server, seen } = await dialectServer(t, end, environment, submit);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/mcp`;
  return { server, seen, url };
}

async function connect(t: TestContext, url: string, headers: Record<string, string> = {}) {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  // The SDK's own types do not agree under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  t.after(() => client.close());
  return client;
}

const CALL = { name: 'execute_code', arguments: { language: 'python', code: 'print(1)' } };

suite('an agent', () => {
  test('finds two tools that change nothing', async (t) => {
    const client = await connect(t, (await listening(t)).url);
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['execute_code', 'list_languages'],
    );
    for (const { annotations, inputSchema, outputSchema } of tools) {
      assert.deepEqual([annotations?.readOnlyHint, annotations?.openWorldHint], [true, false]);
      assert.deepEqual(
        [inputSchema.type, outputSchema?.type, 'anyOf' in inputSchema],
        ['object', 'object', false],
      );
    }
    const [execute] = tools;
    const properties = (execute?.inputSchema.properties ?? {}) as Record<string, { enum?: string[] }>;
    assert.deepEqual(properties.language?.enum, ['python', 'javascript', 'java', 'cpp', 'c', 'bash']);
    const listed = await client.callTool({ name: 'list_languages' });
    const { languages } = listed.structuredContent as { languages: { id: string; versions: string[] }[] };
    assert.deepEqual([languages[0]?.id, languages[0]?.versions], ['python', ['3.11.2']]);
  });

  test('runs a program, and gets fields and a text', async (t) => {
    const { url, seen } = await listening(t, ENDS.exit);
    const result = await (await connect(t, url)).callTool(CALL);
    const { status, results } = result.structuredContent as unknown as Shown;
    assert.deepEqual([result.isError, status, results[0]?.exit_code], [undefined, 'runtime_error', 3]);
    const [content] = result.content as { text: string }[];
    assert.match(content?.text ?? '', /status: runtime_error[\s\S]*stdout:\na\n[\s\S]*stderr:\nb/);
    assert.deepEqual([seen.context?.api, seen.submission?.code], ['mcp', 'print(1)']);
  });

  test('gets the beginning of a long output', async (t) => {
    const { url } = await listening(t, { run: { stdout: 'x'.repeat(30_000) } });
    const result = await (await connect(t, url)).callTool(CALL);
    const { results } = result.structuredContent as unknown as Shown;
    assert.match(results[0]?.stdout ?? '', /^x{20000}\n\[10000 characters left out\]$/);
  });

  test('gets what is wrong in a sentence', async (t) => {
    const client = await connect(
      t,
      (await listening(t, { error: new ServiceError('queue_full', 'The queue is full') })).url,
    );
    const full = await client.callTool(CALL);
    assert.deepEqual(
      [full.isError, (full.content as { text: string }[])[0]?.text],
      [true, 'The queue is full'],
    );
    const wrong = await client.callTool({ name: 'execute_code', arguments: { language: 'cobol', code: '' } });
    assert.equal(wrong.isError, true);
    assert.match((wrong.content as { text: string }[])[0]?.text ?? '', /python/);
  });

  test('follows progress, and may cancel', async (t) => {
    const started = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const { url } = await listening(t, {}, {}, (_submission, { signal, onEvent }) => {
      onEvent({ type: 'status', status: 'running' });
      started.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          cancelled.resolve();
          reject(new ServiceError('unavailable', 'cancelled'));
        });
      });
    });
    const client = await connect(t, url);
    const controller = new AbortController();
    const messages: (string | undefined)[] = [];
    const call = client.callTool(CALL, undefined, {
      signal: controller.signal,
      onprogress: ({ message }) => {
        messages.push(message);
        controller.abort();
      },
    });
    await assert.rejects(call);
    await Promise.all([started.promise, cancelled.promise]);
    assert.deepEqual(messages, ['running']);
  });
});

suite('the endpoint', () => {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

  test('answers JSON to who takes only that, and 202 to a notification', async (t) => {
    const { url } = await listening(t);
    const answer = await fetch(url, { method: 'POST', headers, body });
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.ok(answer.headers.get('x-request-id'));
    assert.equal(answer.headers.get('mcp-session-id'), null);
    assert.equal(((await answer.json()) as { result: { tools: unknown[] } }).result.tools.length, 2);
    const notification = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    assert.equal((await fetch(url, { method: 'POST', headers, body: notification })).status, 202);
  });

  test('has no other methods', async (t) => {
    const { url } = await listening(t);
    for (const method of ['GET', 'DELETE']) {
      const answer = await fetch(url, { method });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST']);
    }
  });

  test('reports what is no message, and an unknown tool', async (t) => {
    const { url } = await listening(t);
    const broken = await fetch(url, { method: 'POST', headers, body: '{' });
    assert.deepEqual(
      [broken.status, ((await broken.json()) as { error: { code: number } }).error.code],
      [400, -32_700],
    );
    const call = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'x', arguments: {} },
    });
    const unknown = await (await fetch(url, { method: 'POST', headers, body: call })).json();
    assert.match(JSON.stringify(unknown), /-32602|not found/);
  });

  test('refuses pages of other sites, other hosts, and callers without a key', async (t) => {
    const { url, server } = await listening(t, {}, { MCP_ALLOWED_ORIGINS: 'https://agent.example' });
    const withOrigin = (origin: string) =>
      fetch(url, { method: 'POST', headers: { ...headers, origin }, body }).then(({ status }) => status);
    assert.equal(await withOrigin('https://evil.example'), 403);
    assert.equal(await withOrigin('https://agent.example'), 200);
    assert.equal(await withOrigin('http://localhost:6274'), 200);
    const rebound = await server.inject({
      method: 'POST',
      url: '/mcp',
      headers: { ...headers, host: 'evil.example' },
      payload: body,
    });
    assert.equal(rebound.statusCode, 403);
    const locked = await listening(t, {}, { API_KEYS: 'a-key-of-some-length' });
    const refused = await fetch(locked.url, { method: 'POST', headers, body });
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer']);
    const client = await connect(t, locked.url, { authorization: 'Bearer a-key-of-some-length' });
    assert.equal((await client.listTools()).tools.length, 2);
  });
});
