// A server whose executions are real but for the programs: accepted, stored in a file, run by the work on a scripted
// sandbox, and shown over HTTP.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { Execution } from '../../api/stored-execution.ts';
import type { Script } from '../../execution/scripted-sandbox-fixture.ts';
import { createInProcessQueue } from '../../queue/in-process-queue.ts';
import { startStoredWork } from '../../queue/stored-work.ts';
import { openEmbeddedStore } from '../../store/embedded/embedded-store.ts';
import { createExecutions } from '../../submissions/create-executions.ts';
import { createServiceForTests, languageCatalog } from '../../submissions/service-fixture.ts';
import { createSubmit } from '../../submissions/submit.ts';
import { createTestServer } from '../server-fixture.ts';

const LIMITS = {
  maxExecutions: 1000,
  maxTaskBytes: 1e9,
  maxStoredBytes: 1e9,
  resultTtlMs: 1e9,
  sync: 'normal',
} as const;
const log = { info: () => {}, warn: () => {}, error: () => {} };

export interface ServedExecutions {
  readonly server: FastifyInstance;
  readonly url: string;
  readonly close: () => void;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  cancel(id: string, headers?: Record<string, string>): Promise<Answer>;
  /** Submits and returns the id. */
  submit(body?: object, headers?: Record<string, string>): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Execution & {
    readonly code?: string;
    readonly detail?: string;
    readonly next_cursor?: string | null;
    readonly executions: readonly {
      readonly execution_id?: string;
      readonly status?: string;
      readonly error?: { readonly code: string; readonly detail: string };
    }[];
  };
}

export async function serveExecutions(
  t: TestContext,
  script: Script,
  options: { environment?: Record<string, string>; maxExecutions?: number } = {},
): Promise<ServedExecutions> {
  const directory = await mkdtemp(join(tmpdir(), 'executions-test-'));
  const service = createServiceForTests(script);
  const { maxExecutions = LIMITS.maxExecutions } = options;
  const store = await openEmbeddedStore({ directory, ...LIMITS, maxExecutions, log });
  const work = startStoredWork({
    store,
    execute: service.executeTask,
    slots: service.sandbox.slots,
    sandboxName: 'scripted',
    maxAttempts: 3,
    waitingLanguages: () => [],
    probe: async () => {},
    onEnd: () => {},
    onAttempt: () => {},
    log,
  });
  const languageId = (name: string) => languageCatalog.find(name)?.id ?? null;
  const executions = createExecutions({
    accept: service.accept,
    outputs: service.outputs,
    store,
    work,
    languageId,
    metrics: null,
    admitWebhook: async () => {},
  });
  const opened: FastifyInstance[] = [];
  t.after(async () => {
    executions.close();
    for (const app of opened) await closeServer(app);
    await work.close({ graceMs: 0 });
    await store.close();
    await rm(directory, { recursive: true });
  });
  const queue = createInProcessQueue(service.executeTask, { slots: service.sandbox.slots, queueSize: 10 });
  const submit = createSubmit({
    accept: service.accept,
    outputs: service.outputs,
    queue,
    audit: () => {},
    log,
    languageId,
    metrics: null,
  });
  const server = await createTestServer(t, { submit, executions, environment: options.environment ?? {} });
  opened.push(server);
  const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/api/v1`;
  return { server, url, close: executions.close, ...callsTo(url) };
}

/** A client may open a connection that it does not use, for which the server would wait. */
async function closeServer(app: FastifyInstance): Promise<void> {
  const timer = setInterval(() => app.server.closeAllConnections(), 10);
  await app.close();
  clearInterval(timer);
}

function callsTo(url: string): Omit<ServedExecutions, 'server' | 'url' | 'close'> {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, init);
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] };
  };
  const post: ServedExecutions['post'] = (path, body, headers = {}) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return {
    post,
    get: (path, headers = {}) => call(path, { headers }),
    cancel: (id, headers = {}) => call(`/executions/${id}`, { method: 'DELETE', headers }),
    submit: async (body = {}, headers = {}) => {
      const { status, body: answer } = await post(
        '/executions',
        { language: 'script', code: 'x', ...body },
        headers,
      );
      if (status !== 202) throw new Error(`${status}: ${JSON.stringify(answer)}`);
      return answer.execution_id;
    },
  };
}
