// Requests to this service: with the key, and with errors as values that say what to show.

import { apiKey } from './key.ts';

/** The body of an error answer, RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly request_id?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly findings?: readonly Finding[];
}

interface Finding {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly snippet: string;
}

/** The service answered, and refused. */
export class RefusedError extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | null;
  constructor(problem: Problem, retryAfterSeconds: number | null) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** There was no answer, or one that is not from the service, such as a proxy's. */
export class UnreachableError extends Error {}

const GATEWAY_STATUSES: readonly number[] = [502, 504];

/** Sends a request with the key. Throws a `RefusedError`, an `UnreachableError`, or `AbortError`. */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (apiKey.value !== '') headers.set('authorization', `Bearer ${apiKey.value}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, cache: 'no-store' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new UnreachableError('The service cannot be reached', { cause: error });
  }
  if (response.ok) return response;
  throw await errorOf(response);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await call(path, signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function sendJson<T>(
  path: string,
  { method = 'POST', body, headers = {}, signal }: JsonRequest,
): Promise<T> {
  const response = await call(path, {
    method,
    ...(body === undefined ? { headers } : { headers: { 'content-type': 'application/json', ...headers } }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  return (await response.json()) as T;
}

interface JsonRequest {
  readonly method?: 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

async function errorOf(response: Response): Promise<Error> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  if (!isProblem || GATEWAY_STATUSES.includes(response.status)) {
    return new UnreachableError(`The service cannot be reached: HTTP ${response.status}`);
  }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const problem = (await response.json().catch(() => null)) as Problem | null;
  if (problem === null) return new UnreachableError('The answer was cut off');
  return new RefusedError(problem, Number.isFinite(seconds) ? seconds : null);
}
