// Reads the embedded store: executions, lists of them, events and results. It changes nothing.

import type { ExecutionEnding, ExecutionEvent } from '../../execution/record.ts';
import type { TaskOutline } from '../../execution/task.ts';
import { cursorOf, placeOf } from '../page-cursor.ts';
import type { ListQuery, Origin, StoredEvent, StoredExecution, StoredResults } from '../store.ts';
import type { WebhookState } from '../stored-webhooks.ts';
import type { OpenedStore } from './opened-store.ts';

/** Events of one execution; their place is its number times this, plus their id. */
export const EVENTS_PER_EXECUTION = 2 ** 20;

export interface ExecutionRow {
  readonly seq: number;
  readonly id: string;
  readonly owner: string;
  readonly client: string;
  readonly user: string | null;
  readonly batch: string | null;
  readonly state: 'waiting' | 'running' | 'ended';
  readonly status: StoredExecution['status'];
  readonly fence: number;
  readonly uncounted: number;
  readonly lost: number;
  readonly cancelling: number;
  readonly last_event: number;
  readonly task_bytes: number;
  readonly stored_bytes: number;
  readonly origin: string;
  readonly outline: string;
  readonly ending: string | null;
  readonly webhook_url: string | null;
  readonly webhook_status: WebhookState['status'] | null;
  readonly deliveries: string;
}

interface EventRow {
  readonly place: number;
  readonly at: number;
  readonly type: string;
  readonly bytes: number;
  readonly body: string | null;
  readonly file: string | null;
}

export function rowOf({ sql }: Pick<OpenedStore, 'sql'>, id: string): ExecutionRow | null {
  return (sql.findExecution.get(id) as ExecutionRow | undefined) ?? null;
}

export function executionAt({ sql }: OpenedStore, seq: number): StoredExecution {
  return executionOf(sql.findBySeq.get(seq) as unknown as ExecutionRow);
}

export function find(store: OpenedStore, id: string): StoredExecution | null {
  const row = rowOf(store, id);
  return row === null ? null : executionOf(row);
}

function executionOf(row: ExecutionRow): StoredExecution {
  return {
    id: row.id,
    owner: row.owner,
    origin: JSON.parse(row.origin) as Origin,
    batchId: row.batch,
    outline: JSON.parse(row.outline) as TaskOutline,
    ending: row.ending === null ? null : (JSON.parse(row.ending) as ExecutionEnding),
    status: row.status,
    attempts: row.fence - row.uncounted,
    lastEventId: row.last_event,
    webhook: webhookOf(row),
  };
}

function webhookOf({
  webhook_url: url,
  webhook_status: status,
  deliveries,
}: ExecutionRow): WebhookState | null {
  if (url === null || status === null) return null;
  return { url, status, deliveries: JSON.parse(deliveries) as WebhookState['deliveries'] };
}

/** `[first, last]` exclusive: the places of an execution's events with an id over `after`. */
export function placesOf(seq: number, after = 0): [number, number] {
  return [seq * EVENTS_PER_EXECUTION + after, (seq + 1) * EVENTS_PER_EXECUTION];
}

/** The first event is in no row: every execution was queued when it was accepted. */
export function events(
  store: OpenedStore,
  id: string,
  after: number,
  maxBytes: number,
): readonly StoredEvent[] {
  const row = rowOf(store, id);
  if (row === null) return [];
  const found: StoredEvent[] = [];
  if (after < 1) {
    const { acceptedAtMs } = JSON.parse(row.outline) as TaskOutline;
    found.push({ id: 1, atMs: acceptedAtMs, event: { type: 'status', status: 'queued' } });
  }
  let bytes = 0;
  const rows = store.sql.findEvents.iterate(...placesOf(row.seq, Math.max(after, 0)));
  for (const event of rows as Iterable<unknown> as Iterable<EventRow>) {
    bytes += event.bytes;
    if (found.length > 0 && bytes > maxBytes) break;
    found.push(eventOf(store, row.seq, event));
  }
  return found;
}

function eventOf({ bodies }: OpenedStore, seq: number, row: EventRow): StoredEvent {
  const event = row.type === 'done' ? { type: 'done' } : JSON.parse(bodies.read(row));
  return { id: row.place - seq * EVENTS_PER_EXECUTION, atMs: row.at, event: event as StoredEvent['event'] };
}

/** Of the attempt that runs or ran last. What waits has none. */
export function results(store: OpenedStore, id: string): StoredResults {
  const row = rowOf(store, id);
  if (row === null || row.state === 'waiting') return { compile: null, results: [] };
  const rows = store.sql.findResults.all(...placesOf(row.seq), row.fence) as unknown as EventRow[];
  const found = rows.map((event) => JSON.parse(store.bodies.read(event)) as ExecutionEvent);
  const compiled = found.find((event) => event.type === 'compile');
  return {
    compile: compiled?.compile ?? null,
    results: found.filter((event) => event.type === 'test').map(({ test }) => test),
  };
}

/** Rows that one page looks at. One that looked at so many has fewer entries than asked for, and a cursor for the rest. */
const MAX_ROWS_OF_PAGE = 2000;
/** Columns with an index for each owner, the one with the fewest rows first. */
const INDEXED = ['batch', 'user', 'client'] as const;

export function list({ database }: OpenedStore, query: ListQuery) {
  const { owner, limit } = query;
  const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : placeOf(query.cursor);
  const wanted = { user: query.userId, client: query.clientId, batch: query.batchId, status: query.status };
  const indexed = INDEXED.find((column) => wanted[column] !== undefined);
  const condition = indexed === undefined ? '' : `AND ${indexed} = ?`;
  const text = `SELECT * FROM executions WHERE owner = ? AND seq < ? ${condition} ORDER BY seq DESC LIMIT ?`;
  const values = indexed === undefined ? [] : [wanted[indexed] ?? ''];
  const rows = database.prepare(text).iterate(owner, before, ...values, MAX_ROWS_OF_PAGE + 1);
  const page: ExecutionRow[] = [];
  let [seen, last] = [0, before];
  for (const row of rows as Iterable<unknown> as Iterable<ExecutionRow>) {
    const isFull = page.length === limit || seen === MAX_ROWS_OF_PAGE;
    if (isFull) return { executions: page.map(executionOf), nextCursor: cursorOf(last) };
    if (fits(row, wanted)) page.push(row);
    seen += 1;
    last = row.seq;
  }
  return { executions: page.map(executionOf), nextCursor: null };
}

function fits(row: ExecutionRow, wanted: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(wanted).every(
    ([column, value]) => value === undefined || row[column as keyof ExecutionRow] === value,
  );
}
