// The webhooks of the store in Redis: which are due, and what became of their deliveries. While one process delivers a
// webhook, the others leave it alone for a while.

import type { Redis } from 'ioredis';
import type { StoredWebhooks, WebhookDelivery } from '../stored-webhooks.ts';
import { type Answer, asUnavailable, type Scripts, textOf } from './scripts.ts';

/** Deliveries kept of one execution, the last ones. */
const MAX_DELIVERIES = 20;
/** Longer than an attempt takes. */
const TAKEN_MS = 60_000;

type KeyOf = (...parts: readonly (string | number)[]) => string;

export function createWebhookRows(client: Redis, keyOf: KeyOf, scripts: Scripts): StoredWebhooks {
  const write = async (
    id: string,
    status: string,
    dueMs: number | '',
    deliveries = '',
    attempts: number | '' = '',
  ) => {
    const [isThere] = await scripts.run('record-delivery', id, status, dueMs, deliveries, attempts);
    return textOf(isThere) === '1';
  };
  const untilFirst = async () => {
    const [[seconds, microseconds], [, due]] = await Promise.all([
      client.time(),
      client.zrange(keyOf('hooks'), '0', '0', 'WITHSCORES'),
    ]).catch(asUnavailable);
    return due === undefined ? null : Number(due) - (Number(seconds) * 1000 + Number(microseconds) / 1000);
  };
  return {
    due: async (limit, except) => {
      const { executionIds, hosts, clients } = except;
      const lists = [executionIds, hosts, clients].map((names) => names.join('\n'));
      const [found] = await scripts.run('due-webhooks', limit, ...lists, TAKEN_MS);
      const fields = (found as readonly Answer[]).map((part) => textOf(part));
      return Array.from({ length: fields.length / 5 }, (_, index) => {
        const [executionId = '', owner = '', client = '', url = '', attempts] = fields.slice(
          5 * index,
          5 * index + 5,
        );
        return { executionId, owner, client, url, attempts: Number(attempts) };
      });
    },
    nextDueMs: async () => {
      const ms = await untilFirst();
      return ms === null ? null : Math.max(0, ms);
    },
    backlog: async () => {
      const [pending, ms] = await Promise.all([
        client.zcard(keyOf('hooks')).catch(asUnavailable),
        untilFirst(),
      ]);
      return { pending, overdueMs: Math.max(0, -(ms ?? 0)) };
    },
    record: async (id, delivery, next) => {
      const [written] = await client.hmget(keyOf('x', id), 'deliveries').catch(asUnavailable);
      if (written === null || written === undefined) return false;
      const deliveries = [...(JSON.parse(written) as WebhookDelivery[]), delivery].slice(-MAX_DELIVERIES);
      const [status, dueMs] = typeof next === 'string' ? [next, '' as const] : ['pending', next.afterMs];
      return write(id, status, dueMs, JSON.stringify(deliveries), delivery.attempt);
    },
    redeliver: (id) => write(id, 'pending', 0),
  };
}
