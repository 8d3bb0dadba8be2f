// The MCP server over stdio, started by the official client, with programs that really run.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { launch, PROJECT, ready, type Service, stop, TIME_FACTOR } from '../service.ts';

const KEY = 'a-key-of-some-length';

suite('an agent that starts the MCP server', () => {
  let service: Service;
  before(async () => {
    const child = launch({ LANGUAGES: 'python', API_KEYS: KEY });
    service = await ready(child, ['python'], KEY);
  });
  after(() => stop(service));

  async function connect(t: TestContext): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [join(PROJECT, 'scripts/launch.mjs'), 'src/mcp/stdio.ts'],
        cwd: PROJECT,
        env: { ...(process.env as Record<string, string>), SERVICE_URL: service.url, API_KEY: KEY },
      }) as Parameters<typeof client.connect>[0],
    );
    t.after(() => client.close());
    return client;
  }

  test('runs tests, follows them, and gets verdicts', async (t) => {
    const client = await connect(t);
    const messages: (string | undefined)[] = [];
    const result = await client.callTool(
      {
        name: 'execute_code',
        arguments: {
          language: 'python',
          code: 'print(int(input()) + 1)',
          test_cases: [
            { input: '1', expected_output: '2' },
            { input: '2', expected_output: '4' },
          ],
        },
      },
      undefined,
      { onprogress: ({ message }) => void messages.push(message) },
    );
    const { status, passed, total } = result.structuredContent as Record<string, unknown>;
    assert.deepEqual([status, passed, total], ['wrong_answer', 1, 2]);
    // The client hears no progress that arrives together with the result.
    assert.ok(messages.includes('running'), JSON.stringify(messages));
    const [content] = result.content as { text: string }[];
    assert.match(content?.text ?? '', /1 of 2 tests passed[\s\S]*test 2: wrong_answer/);
  });

  test('cancels a program that runs', async (t) => {
    const client = await connect(t);
    const controller = new AbortController();
    const program = { language: 'python', code: 'import time\ntime.sleep(25)', time_limit: 30 };
    const call = client.callTool({ name: 'execute_code', arguments: program }, undefined, {
      signal: controller.signal,
      onprogress: ({ message }) => {
        if (message === 'running') controller.abort();
      },
    });
    await assert.rejects(call);
    const isCancelled = () => service.lines.some((line) => line.includes('"status":"cancelled"'));
    const deadline = Date.now() + 10_000 * TIME_FACTOR;
    while (!isCancelled() && Date.now() < deadline) await delay(50);
    assert.ok(isCancelled(), service.lines.slice(-5).join('\n'));
  });
});
