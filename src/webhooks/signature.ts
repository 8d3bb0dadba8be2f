// The signature of a webhook as Standard Webhooks defines it (github.com/standard-webhooks): HMAC-SHA-256 of the id, the
// time and the body, once for each valid secret, so that a receiver may have either one while they are replaced.

import { createHmac } from 'node:crypto';

export interface SignedMessage {
  /** The same for every attempt. */
  readonly id: string;
  /** When this attempt is made, in seconds. */
  readonly timestampSeconds: number;
  readonly body: string;
}

/** The three headers. `secrets` are Base64 behind `whsec_`. */
export function signatureHeaders(message: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const { id, timestampSeconds, body } = message;
  const signed = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => `v1,${hmacOf(signed, secret)}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}

function hmacOf(signed: string, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(signed).digest('base64');
}
