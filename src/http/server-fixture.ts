// A server for tests, whose parts answer at once with plausible values and need no sandbox.

import type { TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { loadConfig } from '../config.ts';
import type { ExecuteRequest, ExecutionResult } from '../execution/execution.ts';
import { createLog } from '../log.ts';
import type { HealthReport } from './health-report.ts';
import type { LanguageDescription } from './language-description.ts';
import type { RouteParts } from './routes.ts';
import { createServer } from './server.ts';

const LANGUAGE: LanguageDescription = {
  id: 'python',
  name: 'Python',
  version: '3.11.2',
  versions: ['3.11.2'],
  aliases: ['py'],
  compiled: false,
  file_extension: '.py',
  status: 'ready',
  example: 'print("Hello, World!")\n',
  default_limits: { time_limit: 5, memory_limit: 128, output_limit_kb: 1024 },
  memory_allowance_mb: 0,
};

const CHECK = { status: 'healthy', detail: 'works', latency_ms: 1.5 } as const;

export const HEALTH: HealthReport = {
  status: 'healthy',
  version: '0.1.0',
  uptime_s: 12.5,
  checks: { sandbox: CHECK, queue: CHECK, disk: CHECK, toolchains: CHECK },
};

/** A result as a program has it that printed `stdout`. */
export function resultOf(request: ExecuteRequest, stdout = ''): ExecutionResult {
  const run = { cpu_time_ms: 11.2, wall_time_ms: 13.9, memory_kb: 9120 };
  return {
    execution_id: '01JDCQ3V5W8K2T4N6P8R0S2T4V',
    status: 'completed',
    language: request.language,
    version: '3.11.2',
    compile: null,
    results: [
      {
        index: 0,
        name: null,
        status: 'completed',
        passed: true,
        is_hidden: false,
        input: request.stdin ?? '',
        expected_output: null,
        stdout,
        stderr: '',
        exit_code: 0,
        signal: null,
        stdout_truncated: false,
        stderr_truncated: false,
        message: null,
        ...run,
      },
    ],
    summary: { total: 1, passed: 1, failed: 0, skipped: 0, score: 1 },
    ...run,
    queue_time_ms: 0.4,
    total_time_ms: 19,
    sandbox: 'native',
    warnings: [],
    created_at: '2026-01-01T00:00:00.000Z',
    finished_at: '2026-01-01T00:00:00.019Z',
  };
}

/** Creates a server that is closed with the test. `lines` gets what it logs. */
export async function createTestServer(
  test: TestContext,
  options: Partial<Omit<RouteParts, 'config'>> & {
    environment?: Record<string, string>;
    lines?: string[];
  } = {},
): Promise<FastifyInstance> {
  const { environment = {}, lines = [], ...parts } = options;
  const config = loadConfig(environment);
  const server = await createServer({
    config,
    version: '0.1.0',
    log: createLog(config, { write: (line) => lines.push(line) }),
    execute: async (request) => resultOf(request),
    languages: () => [LANGUAGE],
    health: async () => HEALTH,
    isReady: () => true,
    ...parts,
  });
  test.after(() => server.close());
  return server;
}

/** Sends a body to `/api/v1/execute`: a text as it is, anything else as JSON. */
export function postExecute(server: FastifyInstance, body: unknown, headers: Record<string, string> = {}) {
  return server.inject({
    method: 'POST',
    url: '/api/v1/execute',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
