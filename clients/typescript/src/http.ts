// Requests to the service: keys, time limits, and retries with jitter for what passes by itself.

import { CodeExecutionError, errorOf } from './errors.ts';

export interface ClientOptions {
  /** Where the service is, such as `http://127.0.0.1:3004`. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** How often a request is sent again that the service was too busy for, or that did not reach it. Default: 4. */
  readonly retries?: number | undefined;
  /** Milliseconds for one request, its retries aside. Default: 120,000. */
  readonly timeoutMs?: number | undefined;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface Call extends CallOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Bytes are sent as they are, with the `content-type` in `headers`. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request may have been carried out already when it is sent again. */
  readonly isRepeatable: boolean;
  /** Whether the answer is a stream that may last: the time limit ends with its headers. */
  readonly isStream?: boolean;
}

export type Send = (call: Call) => Promise<Response>;

const DEFAULT_RETRIES = 4;
const DEFAULT_TIMEOUT_MS = 120_000;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 20_000;
const BUSY: readonly number[] = [429, 503];

export function createSend(options: ClientOptions): Send {
  const { retries = DEFAULT_RETRIES, timeoutMs = DEFAULT_TIMEOUT_MS, fetch: send = fetch } = options;
  return async (call) => {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await sendOnce(send, options, { timeoutMs, ...call });
      if (!(outcome instanceof CodeExecutionError)) return outcome;
      if (attempt >= retries || !isWorthRetrying(outcome, call)) throw outcome;
      await pause(pauseMs(attempt, outcome.retryAfterSeconds), call.signal);
    }
  };
}

/** What the service refused was not carried out; what got no answer may have been. */
function isWorthRetrying({ status, code }: CodeExecutionError, { isRepeatable }: Call): boolean {
  if (status !== null) return BUSY.includes(status);
  return isRepeatable && code === 'connection_failed';
}

/** At least what the service asks for; a random part keeps clients from coming back together. */
function pauseMs(attempt: number, retryAfterSeconds: number | null): number {
  const longest = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return (retryAfterSeconds ?? 0) * 1000 + Math.random() * longest;
}

async function sendOnce(
  send: typeof fetch,
  options: ClientOptions,
  call: Call,
): Promise<Response | CodeExecutionError> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS, body, method = 'GET' } = call;
  const timer = new AbortController();
  const late = setTimeout(() => timer.abort(), timeoutMs);
  const init: RequestInit = {
    method,
    headers: headersOf(options, call),
    signal: signal ? AbortSignal.any([signal, timer.signal]) : timer.signal,
    ...(body !== undefined && {
      body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
    }),
  };
  try {
    const answer = await send(urlOf(options, call), init);
    if (!answer.ok) return await errorOf(answer);
    // The time limit is for the whole answer, unless that is a stream.
    return call.isStream || answer.status === 204 ? answer : new Response(await answer.arrayBuffer(), answer);
  } catch (error) {
    signal?.throwIfAborted();
    if (timer.signal.aborted)
      return new CodeExecutionError('timeout', `No answer within ${timeoutMs} ms`, { cause: error });
    const message = `The service at ${options.url} cannot be reached`;
    return new CodeExecutionError('connection_failed', message, { cause: error });
  } finally {
    clearTimeout(late);
  }
}

export function urlOf({ url }: ClientOptions, { path, query = {} }: Pick<Call, 'path' | 'query'>): string {
  const full = new URL(`${url.replace(/\/+$/, '')}/api/v1${path}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) full.searchParams.set(name, String(value));
  return full.href;
}

function headersOf({ apiKey }: ClientOptions, { body, headers }: Call): Record<string, string> {
  return {
    ...(apiKey !== undefined && apiKey !== '' && { authorization: `Bearer ${apiKey}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
}

/** Rejects with the signal's reason if it is aborted meanwhile. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
