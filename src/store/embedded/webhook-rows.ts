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

/** Of one client, how many are returned at once, and how many are looked at for them. */
const MAX_OF_CLIENT = 4;
const MAX_ROWS_OF_CLIENT = 100;
/** Clients that are looked at, so that no backlog keeps the thread busy. */
const MAX_CLIENTS = 200;

interface DueRow {
  readonly id: string;
  readonly owner: string;
  readonly client: string;
  readonly webhook_url: string;
  readonly deliveries: string;
}

/** The client that was looked at last: the next call begins behind it. */
const lastClients = new WeakMap<OpenedStore, string>();

export function dueWebhooks(
  store: OpenedStore,
  limit: number,
  except: ExceptWebhooks,
): readonly DueWebhook[] {
  const found: DueWebhook[] = [];
  const seen = new Set<string>();
  let client = lastClients.get(store) ?? '';
  while (found.length < limit && seen.size < MAX_CLIENTS) {
    const next = clientAfter(store, client);
    if (next === undefined || seen.has(next)) break;
    client = next;
    seen.add(client);
    lastClients.set(store, client);
    if (!except.clients.includes(client)) found.push(...dueOf(store, client, except));
  }
  return found.slice(0, limit);
}

/** The next in the order of names that has a webhook which is not done, around the end. */
function clientAfter({ sql }: OpenedStore, client: string): string | undefined {
  const row = sql.nextWebhookClient.get(client) ?? sql.nextWebhookClient.get('');
  return (row as { client: string } | undefined)?.client;
}

function dueOf({ sql, now }: OpenedStore, client: string, except: ExceptWebhooks): DueWebhook[] {
  const rows = sql.dueWebhooks.all(client, now(), MAX_ROWS_OF_CLIENT) as unknown as DueRow[];
  return rows
    .filter((row) => !isExcepted(row, except))
    .slice(0, MAX_OF_CLIENT)
    .map((row) => ({
      executionId: row.id,
      owner: row.owner,
      client,
      url: row.webhook_url,
      attempts: deliveriesOf(row).at(-1)?.attempt ?? 0,
    }));
}

function isExcepted({ id, webhook_url: url }: DueRow, except: ExceptWebhooks): boolean {
  if (except.executionIds.includes(id)) return true;
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
