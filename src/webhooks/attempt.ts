// One attempt to deliver a webhook, from the stored execution to the stored outcome: body, signature, POST, what comes next,
// the log and the count.

import type { Log } from '../log.ts';
import type { DueWebhook, NextDelivery, StoredWebhooks, WebhookDelivery } from '../store/stored-webhooks.ts';
import type { PostResult, WebhookMessage, WebhookPost } from './post.ts';
import { delayAfter, isDelivered } from './retry.ts';
import { signatureHeaders } from './signature.ts';

/** How an attempt ended, as it is counted: `failed` was the last one, `refused` was not allowed to be made. */
export type WebhookOutcome = 'delivered' | 'retried' | 'failed' | 'refused';

export interface AttemptParts {
  readonly store: Pick<StoredWebhooks, 'record'>;
  /** The valid secrets of an owner, the newest first. */
  readonly secretsOf: (owner: string) => Promise<readonly string[]>;
  /** What an execution is reported with; `null` if it is not there any more. */
  readonly messageOf: (executionId: string) => Promise<WebhookMessage | null>;
  readonly post: (message: WebhookPost, signal: AbortSignal) => Promise<PostResult>;
  readonly userAgent: string;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly onAttempt: (outcome: WebhookOutcome) => void;
  readonly random?: () => number;
}

/** Rejects if the execution cannot be read or the outcome not stored. An aborted attempt leaves nothing behind. */
export type Attempt = (webhook: DueWebhook, signal: AbortSignal) => Promise<void>;

export function createAttempt(parts: AttemptParts): Attempt {
  const { store, random = Math.random } = parts;
  return async (webhook, signal) => {
    const startedMs = Date.now();
    const since = performance.now();
    const result = await send(parts, { webhook, startedMs, signal });
    // Broken off because the service stops: it is made again after the start.
    if (signal.aborted && result.statusCode === null) return;
    const delivery = {
      attempt: webhook.attempts + 1,
      at: new Date(startedMs).toISOString(),
      status: result.statusCode,
      duration_ms: Math.round((performance.now() - since) * 10) / 10,
      error: result.error,
    };
    const next = nextAfter(result, delivery.attempt, random);
    await store.record(webhook.executionId, delivery, next);
    report(parts, { webhook, delivery, next, result });
  };
}

async function send(
  { messageOf, secretsOf, post, userAgent }: AttemptParts,
  { webhook, startedMs, signal }: { webhook: DueWebhook; startedMs: number; signal: AbortSignal },
): Promise<PostResult> {
  const { executionId, owner, url } = webhook;
  const [reported, secrets] = await Promise.all([messageOf(executionId), secretsOf(owner)]);
  if (reported === null) return unsendable('the result has expired');
  if (secrets.length === 0) return unsendable('the key has no secret to sign with');
  const { method, body } = reported;
  // Receivers know by the id what they already have.
  const message = { id: `msg_${executionId}`, timestampSeconds: Math.floor(startedMs / 1000), body };
  const headers = {
    'content-type': 'application/json',
    'user-agent': userAgent,
    ...signatureHeaders(message, secrets),
  };
  return post({ url, method, headers, body }, signal);
}

function unsendable(error: string): PostResult {
  return { statusCode: null, error, isRefused: true, refusedAddress: null, retryAfterMs: null };
}

function nextAfter(result: PostResult, tries: number, random: () => number): NextDelivery {
  if (isDelivered(result)) return 'delivered';
  const afterMs = delayAfter(result, tries, random);
  return afterMs === null ? 'failed' : { afterMs };
}

interface Attempted {
  readonly webhook: DueWebhook;
  readonly delivery: WebhookDelivery;
  readonly next: NextDelivery;
  readonly result: PostResult;
}

/** The log has the host only: a path or query may hold a secret of the receiver. */
function report({ log, onAttempt }: AttemptParts, { webhook, delivery, next, result }: Attempted): void {
  const outcome = outcomeOf(next, result);
  onAttempt(outcome);
  const { attempt, status, error, duration_ms } = delivery;
  const line = {
    execution_id: webhook.executionId,
    owner: webhook.owner,
    host: URL.parse(webhook.url)?.hostname ?? null,
    attempt,
    outcome,
    status,
    error,
    ...(result.refusedAddress !== null && { address: result.refusedAddress }),
    duration_ms,
  };
  if (outcome === 'delivered') log.info(line, 'webhook');
  else log.warn(line, 'webhook');
}

function outcomeOf(next: NextDelivery, { isRefused }: PostResult): WebhookOutcome {
  if (next === 'delivered') return 'delivered';
  if (next !== 'failed') return 'retried';
  return isRefused ? 'refused' : 'failed';
}
