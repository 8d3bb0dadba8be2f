// One attempt to deliver a webhook: a request within a bounded time, of which the status counts and the body is thrown away.
// It never rejects: whatever happens on the network is the attempt's result.

import { type Dispatcher, request } from 'undici';
import { RefusedTarget, TOO_MANY_ADDRESSES } from './guarded-agent.ts';
import { type AttemptResult, retryAfterMs } from './retry.ts';

/** From the name's resolution to the end of the answer. */
export const POST_TIMEOUT_MS = 15_000;
/** Of the answer's body; the connection is closed if there is more. */
const MAX_ANSWER_BYTES = 16_384;

/** What is sent about an execution. */
export interface WebhookMessage {
  readonly method: 'POST' | 'PUT';
  readonly body: string;
}

export interface WebhookPost extends WebhookMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `refusedAddress` is only for the operator's log. */
export type PostResult = AttemptResult & { readonly refusedAddress: string | null };

/** `signal` ends the attempt early, as when the service stops. */
export async function post(
  dispatcher: Dispatcher,
  { url, method, headers, body }: WebhookPost,
  options: { signal: AbortSignal; timeoutMs?: number; now?: () => number },
): Promise<PostResult> {
  const { timeoutMs = POST_TIMEOUT_MS, now = Date.now } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const answer = await request(url, { dispatcher, method, headers, body, signal });
    // Reading a little of the body keeps the connection; that it does not end changes nothing.
    await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => {});
    const wanted = retryAfterMs(answer.headers['retry-after'], now());
    return { statusCode: answer.statusCode, error: null, ...NOT_REFUSED, retryAfterMs: wanted };
  } catch (error) {
    return failed(error, timeoutMs);
  }
}

const NOT_REFUSED = { isRefused: false, refusedAddress: null };

function failed(error: unknown, timeoutMs: number): PostResult {
  const nothing = { statusCode: null, retryAfterMs: null };
  if (error instanceof RefusedTarget)
    return { ...nothing, error: error.message, isRefused: true, refusedAddress: error.address };
  return { ...nothing, error: sentenceFor(error, timeoutMs), ...NOT_REFUSED };
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is not known',
  ENODATA: 'the host name has no address',
  ESERVFAIL: 'the host name could not be resolved',
  ETIMEOUT: 'the host name could not be resolved in time',
  ECANCELLED: 'the host name could not be resolved in time',
  [TOO_MANY_ADDRESSES]: 'the host name has too many addresses',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed before an answer',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too long',
};

/** A message of a system error names addresses, so only its code is used. */
function sentenceFor(error: unknown, timeoutMs: number): string {
  const { name, code } = codeOf(error);
  if (name === 'TimeoutError' || name === 'HeadersTimeoutError')
    return `there was no answer within ${timeoutMs / 1000} s`;
  if (name === 'AbortError') return 'the attempt was broken off';
  if (name === 'HTTPParserError') return 'the answer is not HTTP';
  if (code === undefined) return 'the attempt failed';
  if (SENTENCES[code] !== undefined) return SENTENCES[code];
  if (/^(HPE_|UND_ERR_)/.test(code)) return 'the answer is not HTTP';
  return /CERT|TLS|SSL|ALTNAME|ISSUER|SELF_SIGNED|DEPTH_ZERO/.test(code)
    ? `the TLS connection was not accepted (${code})`
    : `the attempt failed (${code})`;
}

/** An error of several addresses has the codes of its parts. */
function codeOf(error: unknown): { name: string; code: string | undefined } {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return { name: '', code: undefined };
  const { code } = error as { code?: unknown };
  return { name: error.name, code: typeof code === 'string' ? code.slice(0, 64) : undefined };
}
