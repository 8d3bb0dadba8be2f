// Whether a webhook came from the service: its signature as Standard Webhooks defines it, and its age.

import { CodeExecutionError } from './errors.ts';
import type { Execution } from './types.ts';

const TOLERANCE_SECONDS = 300;

export interface WebhookMessage {
  readonly type: 'execution.completed';
  readonly timestamp: string;
  /** Whether texts were shortened; `get` has all of the execution. */
  readonly truncated: boolean;
  readonly data: Omit<Execution, 'webhook'>;
}

type HeaderSource = Headers | Readonly<Record<string, string | string[] | undefined>>;

/** Resolves with the message in the body, as it arrived. Rejects if it is not signed with `secret`, or too old. */
export async function verifyWebhook(
  secret: string,
  headers: HeaderSource,
  body: string,
  now: Date = new Date(),
): Promise<WebhookMessage> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name),
  );
  if (!id || !timestamp || !signatures) throw refused('the signature headers are missing');
  const age = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (!(age <= TOLERANCE_SECONDS)) throw refused('its time is too far from now');
  const key = await keyOf(secret);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const signature of signatures.split(' ')) {
    const [version, base64 = ''] = signature.split(',', 2);
    if (version === 'v1' && (await crypto.subtle.verify('HMAC', key, bytesOf(base64), signed))) {
      return JSON.parse(body) as WebhookMessage;
    }
  }
  throw refused('no signature fits');
}

function refused(reason: string): CodeExecutionError {
  return new CodeExecutionError('unauthorized', `The webhook is not valid: ${reason}`);
}

function headerOf(headers: HeaderSource, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function keyOf(secret: string) {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''));
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** Empty for what is no Base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
