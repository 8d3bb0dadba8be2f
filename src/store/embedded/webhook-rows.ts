// The webhooks of the embedded store: which are due, and what became of their deliveries. Runs within a transaction.

import type {
  DueWebhook,
  ExceptWebhooks,
  NextDelivery,
  WebhookBacklog,
  WebhookDelivery,
} from '../stored-webhooks.ts';
import type { OpenedStore } from './opened-store.ts';
import { rowOf } from './reading.ts';

/** Deliveries kept of one execution, the last ones. */
const MAX_DELIVERIES = 20;

interface DueRow {
  readonly id: string;
  readonly owner: string;
  readonly webhook_url: string;
  readonly deliveries: string;
}

export function dueWebhooks(
  { sql, now }: OpenedStore,
  limit: number,
  except: ExceptWebhooks,
): readonly DueWebhook[] {
  const found: DueWebhook[] = [];
  for (const row of sql.dueWebhooks.iterate(now()) as Iterable<unknown> as Iterable<DueRow>) {
    if (found.length === limit) break;
    if (isExcepted(row, except)) continue;
    const attempts = deliveriesOf(row).at(-1)?.attempt ?? 0;
    found.push({ executionId: row.id, owner: row.owner, url: row.webhook_url, attempts });
  }
  return found;
}

function isExcepted({ id, owner, webhook_url: url }: DueRow, except: ExceptWebhooks): boolean {
  if (except.owners.includes(owner) || except.executionIds.includes(id)) return true;
  return except.hosts.length > 0 && except.hosts.includes(URL.parse(url)?.hostname ?? '');
}

export function webhookBacklog({ sql, now }: OpenedStore): WebhookBacklog {
  const { pending, due } = sql.webhookBacklog.get() as { pending: number; due: number | null };
  return { pending, overdueMs: due === null ? 0 : Math.max(0, now() - due) };
}

export function nextWebhookMs({ sql, now }: OpenedStore): number | null {
  const { due } = sql.nextWebhook.get() as { due: number | null };
  return due === null ? null : Math.max(0, due - now());
}

export function recordDelivery(
  store: OpenedStore,
  id: string,
  delivery: WebhookDelivery,
  next: NextDelivery,
): boolean {
  const row = rowOf(store, id);
  if (row === null) return false;
  const deliveries = [...deliveriesOf(row), delivery].slice(-MAX_DELIVERIES);
  const [status, due] = typeof next === 'string' ? [next, null] : ['pending', store.now() + next.afterMs];
  store.sql.setWebhook.run(status, due, JSON.stringify(deliveries), row.seq);
  return true;
}

export function redeliver(store: OpenedStore, id: string): boolean {
  const row = rowOf(store, id);
  if (row === null || row.state !== 'ended' || row.webhook_url === null) return false;
  store.sql.setWebhook.run('pending', store.now(), row.deliveries, row.seq);
  return true;
}

function deliveriesOf({ deliveries }: Pick<DueRow, 'deliveries'>): readonly WebhookDelivery[] {
  return JSON.parse(deliveries) as WebhookDelivery[];
}
