// Server-sent events: writes events to a client as fast as it reads them, says now and then that the connection lives, and
// disconnects a client that does not read.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { KIB } from '../units.ts';
import { bytesOfStored } from './answer-budget.ts';
import { jsonStream } from './json-stream.ts';

/** Proxies and clients take a connection for dead that is silent for longer. */
const HEARTBEAT_MS = 15_000;
/** How long a client waits before it comes back. */
const RETRY_MS = 1000;
/** A larger event is written in pieces. */
const MAX_WHOLE_BYTES = 64 * KIB;

export interface SentEvent {
  /** `null` if a client that comes back cannot go on after it. */
  readonly id: number | null;
  readonly type: string;
  readonly data: object;
}

export interface EventStreamOptions {
  /** How long a client may leave what was written unread. */
  readonly patienceMs: number;
  readonly onBytes: (bytes: number) => void;
  /** Counts the bytes of a long event until it is written; may throw, or call `onEvicted` later. */
  readonly hold?: (bytes: number, onEvicted: () => void) => Disposable;
  readonly heartbeatMs?: number;
}

/** Whether the client wants events and not one answer in JSON. */
export function wantsEvents(accept = ''): boolean {
  return /\btext\/event-stream\b/i.test(accept) && !/\bapplication\/json\b/i.test(accept);
}

/** The id of the last event that the client received before it was disconnected; 0 for one that is new. */
export function lastEventId(header: string | string[] | undefined): number {
  const written = typeof header === 'string' ? header.trim() : '';
  return /^\d{1,9}$/.test(written) ? Number(written) : 0;
}

/** Takes over the answer. Resolves when all events are written, or the client has gone; rejects with what the events reject. */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<SentEvent>,
  options: EventStreamOptions,
): Promise<void> {
  const { raw } = reply;
  const write = begin(reply, options);
  const beat = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(': alive\n\n');
  }, options.heartbeatMs ?? HEARTBEAT_MS);
  try {
    for await (const event of events) await writeEvent(event, write, (bytes) => hold(options, raw, bytes));
    raw.end();
  } catch (error) {
    raw.destroy();
    if (!(error instanceof ClientGone)) throw error;
  } finally {
    clearInterval(beat);
  }
}

/** No answer is sent for it. */
class ClientGone extends Error {}

type WriteText = (text: string | Buffer) => Promise<void>;

function begin(reply: FastifyReply, { patienceMs, onBytes }: EventStreamOptions): WriteText {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    // Nginx would keep events until its buffer is full.
    'x-accel-buffering': 'no',
  });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  return async (text) => {
    const bytes = Buffer.byteLength(text);
    reply.streamedBytes += bytes;
    onBytes(bytes);
    if (raw.destroyed) throw new ClientGone();
    if (!raw.write(text)) await drained(raw, patienceMs);
  };
}

async function drained(raw: ServerResponse, patienceMs: number): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs);
  const gone = new AbortController();
  const leave = () => gone.abort();
  raw.once('close', leave);
  try {
    await once(raw, 'drain', { signal: AbortSignal.any([patience, gone.signal]) });
  } catch {
    throw new ClientGone();
  } finally {
    raw.off('close', leave);
  }
}

/** Whoever takes too much memory is disconnected, and may come back for the rest. */
function hold(
  { hold: count }: EventStreamOptions,
  raw: ServerResponse,
  bytes: number,
): Disposable | undefined {
  try {
    return count?.(bytes, () => raw.destroy());
  } catch {
    throw new ClientGone();
  }
}

async function writeEvent(
  { id, type, data }: SentEvent,
  write: WriteText,
  holding: (bytes: number) => Disposable | undefined,
): Promise<void> {
  const head = `${id === null ? '' : `id: ${id}\n`}event: ${type}\ndata: `;
  const bytes = bytesOfStored(data);
  if (bytes <= MAX_WHOLE_BYTES) return write(`${head}${JSON.stringify(data)}\n\n`);
  using _held = holding(bytes);
  await write(head);
  for await (const piece of jsonStream(data)) await write(piece as Buffer);
  await write('\n\n');
}
