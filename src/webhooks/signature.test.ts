// Signatures as receivers verify them, with the library that Standard Webhooks publishes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { signatureHeaders } from './signature.ts';

const NEW_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

function messageOf(body: string) {
  return { id: 'msg_1', timestampSeconds: Math.floor(Date.now() / 1000), body };
}

test('a signature is verified by the published library, and only with its secret and unchanged', () => {
  const body = JSON.stringify({ type: 'execution.completed', data: { stdout: 'grüße\n' } });
  const headers = signatureHeaders(messageOf(body), [NEW_SECRET]);
  assert.deepEqual(new Webhook(NEW_SECRET).verify(body, headers), JSON.parse(body));
  assert.equal(
    headers['webhook-signature'],
    new Webhook(NEW_SECRET).sign('msg_1', new Date(Number(headers['webhook-timestamp']) * 1000), body),
  );
  assert.throws(() => new Webhook(OTHER_SECRET).verify(body, headers), WebhookVerificationError);
  assert.throws(() => new Webhook(NEW_SECRET).verify(`${body} `, headers), WebhookVerificationError);
  for (const changed of [{ 'webhook-id': 'msg_2' }, { 'webhook-timestamp': '1' }])
    assert.throws(
      () => new Webhook(NEW_SECRET).verify(body, { ...headers, ...changed }),
      WebhookVerificationError,
    );
});

test('while secrets are replaced, a receiver may have either one', () => {
  const headers = signatureHeaders(messageOf('{}'), [NEW_SECRET, OLD_SECRET]);
  assert.equal(headers['webhook-signature']?.split(' ').length, 2);
  for (const secret of [NEW_SECRET, OLD_SECRET])
    assert.deepEqual(new Webhook(secret).verify('{}', headers), {});
  assert.throws(() => new Webhook(OTHER_SECRET).verify('{}', headers), WebhookVerificationError);
});
