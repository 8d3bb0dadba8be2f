// Webhooks with a store in memory and a real receiver: what arrives, and how often.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { DueWebhook, ExceptWebhooks, NextDelivery, WebhookDelivery } from '../store/stored-webhooks.ts';
import { openWebhooks } from './open-webhooks.ts';
import { type ReportedExecution, webhookBody } from './payload.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const RESULT = {
  execution_id: '01J',
  status: 'accepted',
  results: [],
  compile: null,
  finished_at: '2030-01-01T00:00:00Z',
};

/** Keeps one webhook. Delays of the schedule pass a million times faster here. */
function storeOf(webhook: DueWebhook) {
  let attempts = 0;
  let dueAtMs: number | null = Date.now();
  const deliveries: WebhookDelivery[] = [];
  const ended = Promise.withResolvers<NextDelivery>();
  return {
    deliveries,
    ended: ended.promise,
    due: async (_: number, { executionIds }: ExceptWebhooks) => {
      const isDue = dueAtMs !== null && dueAtMs <= Date.now() && !executionIds.includes(webhook.executionId);
      return isDue ? [{ ...webhook, attempts }] : [];
    },
    nextDueMs: async () => (dueAtMs === null ? null : Math.max(0, dueAtMs - Date.now())),
    record: async (_: string, delivery: WebhookDelivery, next: NextDelivery) => {
      attempts += 1;
      deliveries.push(delivery);
      dueAtMs = typeof next === 'object' ? Date.now() + next.afterMs / 1e6 : null;
      if (typeof next !== 'object') ended.resolve(next);
      return true;
    },
  };
}

/** Delivers to a receiver that answers with one status after the other. */
async function deliver(t: TestContext, statuses: readonly number[]) {
  const received: { body: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    received.push({ body, headers: request.headers });
    response.writeHead(statuses[received.length - 1] ?? 500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hook?token=t`;
  const store = storeOf({ executionId: '01J', owner: 'key:a', client: 'key:a', url, attempts: 0 });
  const outcomes: string[] = [];
  const webhooks = openWebhooks({
    config: { webhookAllow: [`127.0.0.1:${port}`] },
    store,
    secretsOf: async () => [SECRET],
    messageOf: async () => ({
      method: 'POST',
      body: webhookBody(RESULT as unknown as ReportedExecution),
    }),
    version: '0.1.0',
    log: { info: () => {}, warn: () => {}, error: () => {} },
    onAttempt: (outcome) => void outcomes.push(outcome),
  });
  t.after(() => webhooks[Symbol.asyncDispose]());
  return { received, outcomes, store, end: await store.ended };
}

test('is tried again until a receiver accepts it, each time with the same id and body, signed anew', async (t) => {
  const { received, outcomes, store, end } = await deliver(t, [500, 429, 503, 200]);
  assert.equal(end, 'delivered');
  assert.deepEqual(outcomes, ['retried', 'retried', 'retried', 'delivered']);
  assert.deepEqual(
    store.deliveries.map(({ attempt, status }) => [attempt, status]),
    [
      [1, 500],
      [2, 429],
      [3, 503],
      [4, 200],
    ],
  );
  assert.equal(new Set(received.map(({ body, headers }) => body + headers['webhook-id'])).size, 1);
  for (const { body, headers } of received) {
    const data = new Webhook(SECRET).verify(body, headers as Record<string, string>);
    assert.deepEqual(data, {
      type: 'execution.completed',
      timestamp: RESULT.finished_at,
      truncated: false,
      data: RESULT,
    });
    assert.equal(headers['content-type'], 'application/json');
  }
});

test('is given up when the receiver says that it is gone', async (t) => {
  const { received, outcomes, end } = await deliver(t, [410]);
  await delay(50);
  assert.deepEqual([end, outcomes, received.length], ['failed', ['failed'], 1]);
});

test('is given up after the last attempt', async (t) => {
  const { received, outcomes, end } = await deliver(t, []);
  assert.deepEqual([end, received.length, outcomes.at(-1)], ['failed', 16, 'failed']);
});
