// Reads the store in Redis: executions, lists of them, events and results. It changes nothing.

import type { Redis } from 'ioredis';
import type { CompileRecord, ExecutionEnding, ExecutionEvent, TestRecord } from '../../execution/record.ts';
import type { TaskOutline } from '../../execution/task.ts';
import { cursorOf, placeOf } from '../page-cursor.ts';
import type { ListQuery, Origin, StoredEvent, StoredExecution, StoredResults } from '../store.ts';
import type { WebhookState } from '../stored-webhooks.ts';
import { decodeBody } from './body.ts';
import { listName } from './list-names.ts';
import { asUnavailable } from './scripts.ts';

/** Events read in one round trip. */
const EVENTS_AT_ONCE = 32;
/** Executions of a list read in one round trip, and at most for one page, however few of them match. */
const LISTED_AT_ONCE = 100;
const MAX_LISTED = 2000;

type KeyOf = (...parts: readonly (string | number)[]) => string;
type Row = Readonly<Record<string, string>>;

export interface Reading {
  find(id: string): Promise<StoredExecution | null>;
  events(id: string, after: number, maxBytes: number): Promise<readonly StoredEvent[]>;
  results(id: string): Promise<StoredResults>;
  list(
    query: ListQuery,
  ): Promise<{ readonly executions: readonly StoredExecution[]; readonly nextCursor: string | null }>;
  versionsOf(ids: readonly string[]): Promise<readonly (string | null)[]>;
}

export function createReading(client: Redis, keyOf: KeyOf): Reading {
  const rowOf = async (id: string): Promise<Row | null> => {
    const row = await client.hgetall(keyOf('x', id)).catch(asUnavailable);
    return row.state === undefined ? null : row;
  };
  return {
    find: async (id) => {
      const row = await rowOf(id);
      return row === null ? null : executionOf(id, row);
    },
    events: (id, after, maxBytes) => readEvents(client, keyOf, id, after, maxBytes),
    results: (id) => readResults(client, keyOf, id),
    list: (query) => readList(client, keyOf, query),
    versionsOf: async (ids) => {
      const pipeline = client.pipeline();
      for (const id of ids) pipeline.hmget(keyOf('x', id), 'state', 'last_event');
      const answers = (await pipeline.exec().catch(asUnavailable)) ?? [];
      return answers.map(([error, row]) => {
        if (error) throw error;
        const [state, last] = row as (string | null)[];
        return state === null || state === undefined ? null : `${state} ${last}`;
      });
    },
  };
}

function executionOf(id: string, row: Row): StoredExecution {
  return {
    id,
    owner: row.owner ?? '',
    origin: JSON.parse(row.origin ?? '{}') as Origin,
    batchId: row.batch || null,
    outline: JSON.parse(row.outline ?? '{}') as TaskOutline,
    ending: row.ending === undefined ? null : (JSON.parse(row.ending) as ExecutionEnding),
    status: row.status as StoredExecution['status'],
    attempts: Number(row.fence) - Number(row.uncounted),
    lastEventId: Number(row.last_event),
    webhook: webhookOf(row),
  };
}

function webhookOf(row: Row): WebhookState | null {
  if (!row.webhook_url) return null;
  const deliveries = JSON.parse(row.deliveries ?? '[]') as WebhookState['deliveries'];
  return { url: row.webhook_url, status: row.webhook_status as WebhookState['status'], deliveries };
}

interface Entry {
  readonly id: number;
  readonly atMs: number;
  readonly fence: string;
  readonly type: string;
  readonly bytes: number;
  readonly body: Buffer;
}

/** Entries of the stream with an id over `after`, in its order. */
async function* entriesAfter(client: Redis, key: string, after: number): AsyncGenerator<Entry> {
  for (let next = after; ; ) {
    const page = (await client
      .xrangeBuffer(key, `(${next}-0`, '+', 'COUNT', EVENTS_AT_ONCE)
      .catch(asUnavailable)) as readonly [Buffer, readonly Buffer[]][];
    for (const [name, fields] of page) {
      const [, at, , fence, , type, , bytes, , body = Buffer.alloc(0)] = fields;
      next = Number.parseInt(name.toString(), 10);
      yield {
        id: next,
        atMs: Number(at),
        fence: String(fence),
        type: String(type),
        bytes: Number(bytes),
        body,
      };
    }
    if (page.length < EVENTS_AT_ONCE) return;
  }
}

/** The first event is in no stream: every execution was queued when it was accepted. */
async function readEvents(
  client: Redis,
  keyOf: KeyOf,
  id: string,
  after: number,
  maxBytes: number,
): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  if (after < 1) {
    const accepted = await client.hget(keyOf('x', id), 'accepted').catch(asUnavailable);
    if (accepted === null) return [];
    found.push({ id: 1, atMs: Number(accepted), event: { type: 'status', status: 'queued' } });
  }
  let bytes = 0;
  for await (const entry of entriesAfter(client, keyOf('ev', id), Math.max(after, 1))) {
    bytes += entry.bytes;
    if (found.length > 0 && bytes > maxBytes) break;
    found.push({ id: entry.id, atMs: entry.atMs, event: await eventOf(entry) });
  }
  return found;
}

async function eventOf({ type, body }: Entry): Promise<StoredEvent['event']> {
  if (type === 'done') return { type: 'done' };
  // What the scripts write themselves is plain JSON.
  const isPlainJson = body[0] === '{'.charCodeAt(0);
  return (isPlainJson ? JSON.parse(body.toString()) : await decodeBody(body)) as StoredEvent['event'];
}

/** Of the attempt that runs or ran last. What waits has none. */
async function readResults(client: Redis, keyOf: KeyOf, id: string): Promise<StoredResults> {
  const [state, fence] = await client.hmget(keyOf('x', id), 'state', 'fence').catch(asUnavailable);
  let compile: CompileRecord | null = null;
  const results: TestRecord[] = [];
  if (state !== 'running' && state !== 'ended') return { compile, results };
  for await (const entry of entriesAfter(client, keyOf('ev', id), 1)) {
    if (entry.fence !== fence || (entry.type !== 'compile' && entry.type !== 'test')) continue;
    const event = (await eventOf(entry)) as ExecutionEvent;
    if (event.type === 'compile') compile = event.compile;
    if (event.type === 'test') results.push(event.test);
  }
  return { compile, results };
}

async function readList(client: Redis, keyOf: KeyOf, query: ListQuery) {
  const key = keyOf('list', listName(query));
  const matches = (row: Row) =>
    row.state !== undefined &&
    (query.userId === undefined || row.user === query.userId) &&
    (query.clientId === undefined || row.client === query.clientId) &&
    (query.batchId === undefined || row.batch === query.batchId) &&
    (query.status === undefined || row.status === query.status);
  const executions: StoredExecution[] = [];
  let before = query.cursor === undefined ? '+inf' : `(${placeOf(query.cursor)}`;
  for (let seen = 0; seen < MAX_LISTED; seen += LISTED_AT_ONCE) {
    const page = await readPage(client, keyOf, key, before);
    for (const { id, seq, row } of page) {
      if (!matches(row)) continue;
      if (executions.length === query.limit) {
        return { executions, nextCursor: cursorOf(Number(before.slice(1))) };
      }
      executions.push(executionOf(id, row));
      before = `(${seq}`;
    }
    if (page.length < LISTED_AT_ONCE) return { executions, nextCursor: null };
    before = `(${page.at(-1)?.seq}`;
  }
  return { executions, nextCursor: cursorOf(Number(before.slice(1))) };
}

async function readPage(client: Redis, keyOf: KeyOf, key: string, before: string) {
  const names = await client
    .zrange(key, before, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, LISTED_AT_ONCE, 'WITHSCORES')
    .catch(asUnavailable);
  const pipeline = client.pipeline();
  for (let index = 0; index < names.length; index += 2) pipeline.hgetall(keyOf('x', names[index] ?? ''));
  const answers = names.length === 0 ? [] : ((await pipeline.exec().catch(asUnavailable)) ?? []);
  return answers.map(([error, row], index) => {
    if (error) asUnavailable(error);
    return { id: names[2 * index] ?? '', seq: Number(names[2 * index + 1]), row: row as Row };
  });
}
