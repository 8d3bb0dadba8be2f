// The MCP server: its tools, made for language models that write programs and want to run them. It knows nothing of how
// messages reach it.

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { ExecuteRequest } from '../api/execution.ts';
import { REQUEST_LIMITS, REQUEST_SIZES } from '../limits.ts';
import type { CodeRunner, Progress, RunnableLanguage } from './code-runner.ts';
import { RUN_OUTPUT, toolResult } from './tool-result.ts';

const ANNOTATIONS = {
  readOnlyHint: true,
  destructiveHint: false,
  openWorldHint: false,
  idempotentHint: true,
};
const MAX_TESTS = 100;

/** One server for one client. Its languages are those that are ready now. */
export async function createMcpServer(runner: CodeRunner, version: string): Promise<McpServer> {
  const server = new McpServer({ name: 'code-execution-service', version });
  const languages = await runner.languages();
  addExecuteTool(server, runner, languages);
  addLanguagesTool(server, runner);
  return server;
}

function addExecuteTool(server: McpServer, runner: CodeRunner, languages: readonly RunnableLanguage[]): void {
  const config = {
    title: 'Run a program',
    description:
      'Compiles and runs a program in a sandbox without network, and returns what it printed. With test_cases, it ' +
      'runs once for each input and compares the output. A program that fails is a normal result.',
    inputSchema: inputSchema(languages),
    outputSchema: RUN_OUTPUT,
    annotations: { ...ANNOTATIONS, title: 'Run a program' },
  };
  server.registerTool('execute_code', config, async (input, extra) => {
    const { progressToken } = extra._meta ?? {};
    const onProgress = ({ completed, total, message }: Progress) => {
      if (progressToken === undefined) return;
      const params = { progressToken, progress: completed, total, message };
      void extra.sendNotification({ method: 'notifications/progress', params }).catch(() => {});
    };
    try {
      const result = await runner.execute(input as ExecuteRequest, { signal: extra.signal, onProgress });
      return toolResult(result);
    } catch (error) {
      return { isError: true, content: [{ type: 'text', text: (error as Error).message }] };
    }
  });
}

function inputSchema(languages: readonly RunnableLanguage[]) {
  const ready = languages.filter(({ status }) => status === 'ready').map(({ id }) => id);
  const language = ready.length === 0 ? z.string() : z.enum(ready as [string, ...string[]]);
  const { time_limit: time, memory_limit: memory } = REQUEST_LIMITS;
  const encoding = z.enum(['utf8', 'base64']).optional();
  const file = z.object({ path: z.string(), content: z.string(), encoding });
  const test = z.object({
    name: z.string().optional(),
    input: z.string().optional().describe('Input of the program on stdin.'),
    expected_output: z.string().optional().describe('White space at ends of lines does not count.'),
  });
  return {
    language: language.describe('The language of the program.'),
    code: z.string().min(1).describe('The whole program, which reads stdin and writes stdout.'),
    stdin: z.string().optional().describe('Input of the program if there are no test_cases.'),
    args: z.array(z.string()).max(32).optional().describe('Arguments of the program.'),
    files: z.array(file).max(REQUEST_SIZES.files).optional().describe('Further files beside the program.'),
    test_cases: z.array(test).max(MAX_TESTS).optional(),
    time_limit: limit(time).describe(`Seconds of CPU time of one run, ${time.default} by default.`),
    memory_limit: limit(memory).describe(`MB of one run, ${memory.default} by default.`),
  };
}

function limit({ minimum, maximum }: { readonly minimum: number; readonly maximum: number }) {
  return z.number().min(minimum).max(maximum).optional();
}

function addLanguagesTool(server: McpServer, runner: CodeRunner): void {
  const language = z.object({
    id: z.string(),
    name: z.string(),
    versions: z.array(z.string()),
    example: z.string().describe('A whole program that runs as it is.'),
  });
  const config = {
    title: 'List languages',
    description: 'Lists the languages that programs can be written in, with versions and an example of each.',
    outputSchema: { languages: z.array(language) },
    annotations: { ...ANNOTATIONS, title: 'List languages' },
  };
  server.registerTool('list_languages', config, async () => {
    const ready = (await runner.languages()).filter(({ status }) => status === 'ready');
    const languages = ready.map(({ id, name, versions, example }) => ({
      id,
      name,
      versions: [...versions],
      example,
    }));
    const text = languages.map(({ id, versions }) => `${id} ${versions.join(', ')}`).join('\n');
    return { structuredContent: { languages }, content: [{ type: 'text', text }] };
  });
}
