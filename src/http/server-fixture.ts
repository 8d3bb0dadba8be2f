// A server for tests, whose parts answer at once with plausible values and need no sandbox.

import type { FastifyInstance } from 'fastify';
import { createKeyRing } from '../access/key-ring.ts';
import { createMemoryCounters } from '../access/memory-counters.ts';
import type { ExecuteRequest, ExecutionResult } from '../api/execution.ts';
import { ServiceError } from '../errors.ts';
import { createLog } from '../log.ts';
import { loadConfig } from '../settings/config.ts';
import type { Executions } from '../submissions/executions.ts';
import type { Problems } from '../submissions/problems.ts';
import type { HealthReport } from './health-report.ts';
import { createServer, type ServerParts } from './server.ts';
import type { Administration } from './v1/admin.ts';
import { RESULT_EXAMPLE } from './v1/examples.ts';
import type { LanguageDescription } from './v1/language-description.ts';

const LANGUAGE: LanguageDescription = {
  id: 'python',
  name: 'Python',
  version: '3.11.2',
  versions: ['3.11.2'],
  aliases: ['py'],
  compiled: false,
  compile_options: [],
  unit_tests: [],
  validated: false,
  file_extension: '.py',
  status: 'ready',
  example: 'print("Hello, World!")\n',
  examples: [
    {
      title: 'Echo',
      file: 'main.py',
      code: 'print(input())\n',
      test_cases: [{ input: 'a\n', expected_output: 'a\n' }],
    },
  ],
  default_limits: { time_limit: 5, memory_limit: 128, output_limit_kb: 1024 },
  memory_allowance_mb: 0,
};

const CHECK = { status: 'healthy', detail: 'works', latency_ms: 1.5 } as const;

export const HEALTH: HealthReport = {
  status: 'healthy',
  version: '0.1.0',
  uptime_s: 12.5,
  checks: {
    sandbox: CHECK,
    docker: CHECK,
    redis: CHECK,
    queue: CHECK,
    disk: CHECK,
    toolchains: CHECK,
    webhooks: CHECK,
  },
};

/** Of a service whose programs run in native boxes. */
const ADMINISTRATION: Administration = {
  languageId: (name) => (name === 'python' || name === 'py' ? 'python' : null),
  images: null,
  cleanUp: async () => ({
    removed: { containers: 0, workspaces: 0, cached_artifacts: 0, expired_results: 0, unused_blobs: 0 },
    freed_bytes: 0,
  }),
};

const notFound = async (id: unknown) => {
  throw new ServiceError('not_found', `There is no execution ${String(id)}`);
};

/** Of a service that has none. */
export const NO_EXECUTIONS: Executions = {
  submit: () => notFound('yet'),
  submitAll: () => notFound('yet'),
  get: notFound,
  list: async () => ({ executions: [], nextCursor: null }),
  cancel: notFound,
  events: notFound,
  ended: async () => null,
  note: notFound,
};

const noProblem = async (reference: unknown) => {
  throw new ServiceError('not_found', `There is no problem ${String(reference)}`);
};

/** Of a service that keeps none. */
export const NO_PROBLEMS: Problems = {
  putBlob: async () => true,
  blobBytes: noProblem,
  readBlob: noProblem,
  put: noProblem,
  get: noProblem,
  list: async () => ({ problems: [], next_cursor: null }),
  remove: noProblem,
};

/** A result as of a program that printed `stdout`. */
export function resultOf(request: ExecuteRequest, stdout = ''): ExecutionResult {
  const results = RESULT_EXAMPLE.results.slice(0, 1).map((test) => ({ ...test, stdout }));
  return { ...RESULT_EXAMPLE, language: request.language, results };
}

/** Creates a server that is closed with the test, or with the file when `after` is node:test's own. `lines` gets what it logs. */
export async function createTestServer(
  test: { after(close: () => Promise<void>): void },
  options: Partial<Omit<ServerParts, 'config' | 'log'>> & {
    environment?: Record<string, string>;
    lines?: string[];
  } = {},
): Promise<FastifyInstance> {
  const { environment = {}, lines = [], ...parts } = options;
  // Requests that are injected one after the other leave the event loop no turn.
  const config = loadConfig({ MAX_EVENT_LOOP_DELAY_MS: '0', ...environment });
  const server = await createServer({
    config,
    keys: createKeyRing(config),
    counters: createMemoryCounters(),
    isStopping: () => false,
    version: '0.1.0',
    log: createLog(config, { write: (line) => lines.push(line) }),
    submit: async (request) => resultOf(request),
    executions: NO_EXECUTIONS,
    interactions: null,
    metrics: null,
    languages: () => [LANGUAGE],
    sourceFileOf: () => 'main.py',
    queue: () => ({ active: 0 }),
    health: async () => HEALTH,
    readiness: async () => 'ready',
    administration: ADMINISTRATION,
    traces: null,
    redeliver: async () => false,
    problems: NO_PROBLEMS,
    packages: { read: noProblem, write: noProblem },
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
