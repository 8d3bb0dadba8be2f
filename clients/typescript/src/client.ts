// The client of a Code Execution Service: runs programs, and follows those that outlive their request.

import { type EventsOptions, type ExecutionEvent, followEvents, type OutputEvent } from './events.ts';
import { type CallOptions, type ClientOptions, createSend } from './http.ts';
import { type InteractiveRequest, type InteractiveSession, openSession } from './interactive.ts';
import { type Blobs, createBlobs, createProblems, type Problems } from './problems.ts';
import type {
  ExecuteRequest,
  Execution,
  ExecutionResult,
  ExecutionSummary,
  HealthReport,
  Language,
  SubmitRequest,
} from './types.ts';

export { CodeExecutionError, type ErrorCode } from './errors.ts';
export type { EventsOptions, ExecutionEvent, OutputEvent } from './events.ts';
export type { CallOptions, ClientOptions } from './http.ts';
export type { InteractiveMessage, InteractiveRequest, InteractiveSession } from './interactive.ts';
export type { Blobs, Problems } from './problems.ts';
export type * from './types.ts';
export { verifyWebhook, type WebhookMessage } from './webhook.ts';

/** How results are shown. */
export interface ViewOptions extends CallOptions {
  /** `base64` for outputs that are not text. */
  readonly encoding?: 'utf8' | 'base64' | undefined;
  readonly include?: readonly ('analysis' | 'input')[] | undefined;
}

export interface SubmitOptions extends CallOptions {
  /** Keeps what the program writes, for those who follow its events with `output`. */
  readonly output?: boolean;
  /** The same key with the same request is the same execution. Without one, the client makes one for its retries. */
  readonly idempotencyKey?: string | undefined;
}

export interface Client {
  /** Runs a program and waits for its result. */
  execute(request: ExecuteRequest, options?: ViewOptions): Promise<ExecutionResult>;
  /** Accepts a program that runs when its turn comes. */
  submit(request: SubmitRequest, options?: SubmitOptions): Promise<Execution>;
  /** At most 100; each succeeds or fails alone. */
  submitAll(
    requests: readonly SubmitRequest[],
    options?: SubmitOptions,
  ): Promise<{
    batch_id: string;
    executions: { execution_id?: string; status?: string; error?: { detail: string } }[];
  }>;
  /** An execution at whatever stage it is. */
  get(id: string, options?: ViewOptions): Promise<Execution>;
  /** Waits for the end of an execution, however long it takes. */
  wait(id: string, options?: ViewOptions): Promise<Execution>;
  /** Events of an execution from its begin, or after the one with the id `after`. */
  events(id: string, options?: EventsOptions & { readonly output?: false }): AsyncIterable<ExecutionEvent>;
  events(id: string, options: EventsOptions): AsyncIterable<ExecutionEvent | OutputEvent>;
  /** The newest first, page by page. */
  list(
    filter?: { readonly user_id?: string; readonly status?: string; readonly batch_id?: string },
    options?: CallOptions,
  ): AsyncIterable<ExecutionSummary>;
  cancel(id: string, options?: CallOptions): Promise<Execution>;
  /** Starts a program with live streams. */
  interactive(request: InteractiveRequest, options?: CallOptions): Promise<InteractiveSession>;
  /** Problems that the service keeps. */
  readonly problems: Problems;
  /** Large data for requests and problems. */
  readonly blobs: Blobs;
  languages(options?: CallOptions): Promise<Language[]>;
  health(options?: CallOptions): Promise<HealthReport>;
}

/** Seconds of one long poll. */
const POLL_SECONDS = 25;
const PAGE = 100;

export function createClient(options: ClientOptions): Client {
  const send = createSend(options);
  const json = async <T>(call: Parameters<typeof send>[0]) => (await (await send(call)).json()) as T;
  const get = <T>(
    path: string,
    { query, ...rest }: CallOptions & { query?: Record<string, string | number> } = {},
  ) => json<T>({ ...rest, path, ...(query && { query }), isRepeatable: true });
  const submit = <T>(path: string, body: unknown, { idempotencyKey, output, ...rest }: SubmitOptions) =>
    json<T>({
      ...rest,
      method: 'POST',
      path,
      ...(output && { query: { output: 'true' } }),
      body,
      headers: { 'idempotency-key': idempotencyKey ?? crypto.randomUUID() },
      isRepeatable: true,
    });
  const idPath = (id: string) => `/executions/${encodeURIComponent(id)}`;
  return {
    execute: (body, view = {}) =>
      json({
        ...callOf(view),
        method: 'POST',
        path: '/execute',
        query: queryOf(view),
        body,
        isRepeatable: false,
      }),
    submit: (body, given = {}) => submit('/executions', body, given),
    submitAll: (executions, given = {}) => submit('/executions/batch', { executions }, given),
    get: (id, view = {}) => get(idPath(id), { ...callOf(view), query: queryOf(view) }),
    wait: async (id, view = {}) => {
      for (;;) {
        const query = { ...queryOf(view), wait: POLL_SECONDS };
        const execution = await get<Execution>(idPath(id), { ...callOf(view), query });
        if (execution.finished_at !== null) return execution;
      }
    },
    events: (id: string, given: EventsOptions = {}) =>
      followEvents(send, id, given) as AsyncIterable<ExecutionEvent>,
    list: (filter = {}, given = {}) => listAll((query) => get('/executions', { ...given, query }), filter),
    cancel: (id, given = {}) => json({ ...given, method: 'DELETE', path: idPath(id), isRepeatable: true }),
    interactive: (request, given) => openSession(options, request, given),
    problems: createProblems(send),
    blobs: createBlobs(send),
    languages: (given) => get('/languages', given),
    health: (given) => get('/health', given),
  };
}

function callOf({ signal, timeoutMs }: ViewOptions): CallOptions {
  return { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

function queryOf({ encoding, include = [] }: ViewOptions): Record<string, string> {
  return { ...(encoding && { encoding }), ...(include.length > 0 && { include: include.join(',') }) };
}

async function* listAll(
  page: (
    query: Record<string, string | number>,
  ) => Promise<{ executions: ExecutionSummary[]; next_cursor: string | null }>,
  filter: Readonly<Record<string, string>>,
): AsyncGenerator<ExecutionSummary> {
  let cursor: string | null = '';
  while (cursor !== null) {
    const { executions, next_cursor } = await page({
      ...filter,
      limit: PAGE,
      ...(cursor !== '' && { cursor }),
    });
    yield* executions;
    cursor = next_cursor;
  }
}
