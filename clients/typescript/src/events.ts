// Events of an execution as an async iterator, which goes on where the connection broke.

import { CodeExecutionError } from './errors.ts';
import type { CallOptions, Send } from './http.ts';
import { pause } from './http.ts';
import type { CompileResult, Execution, TestResult } from './types.ts';

/** Ids count up for each execution. `done` is the last, with the whole execution. */
export type ExecutionEvent = { readonly id: number } & (
  | { readonly type: 'status'; readonly data: { readonly status: 'queued' | 'compiling' | 'running' } }
  | { readonly type: 'compile'; readonly data: CompileResult }
  | { readonly type: 'test'; readonly data: TestResult }
  | { readonly type: 'done'; readonly data: Execution }
);

/** What a program writes while it runs. It is not kept, so it has no id. */
export interface OutputEvent {
  readonly id: null;
  readonly type: 'output';
  readonly data: {
    readonly test_index: number;
    readonly stream: 'stdout' | 'stderr';
    readonly data: string;
    readonly encoding: 'utf8' | 'base64';
    /** Of the stream, just before `data`, that this reader missed. */
    readonly dropped_bytes: number;
  };
}

export interface EventsOptions extends CallOptions {
  readonly after?: number;
  /** Also what the program writes, as it does; submit it with `output` too, so that none is missed. */
  readonly output?: boolean;
}

const RECONNECT_MS = 1000;
/** Connections that break one after the other without an event in between. */
const MAX_EMPTY_CONNECTIONS = 10;

export async function* followEvents(
  send: Send,
  id: string,
  { signal, after = 0, output = false, ...options }: EventsOptions,
): AsyncGenerator<ExecutionEvent | OutputEvent> {
  let last = after;
  for (let empty = 0; empty < MAX_EMPTY_CONNECTIONS; empty += 1) {
    const answer = await send({
      ...options,
      path: `/executions/${encodeURIComponent(id)}/events`,
      ...(output && { query: { output: 'true' } }),
      headers: { accept: 'text/event-stream', ...(last > 0 && { 'last-event-id': String(last) }) },
      isRepeatable: true,
      isStream: true,
      signal,
    });
    if (answer.status === 204) return;
    for await (const event of eventsIn(answer, signal)) {
      last = event.id ?? last;
      empty = 0;
      yield event;
      if (event.type === 'done') return;
    }
    await pause(RECONNECT_MS * (0.5 + Math.random()), signal);
  }
  throw new CodeExecutionError('connection_failed', `The events of ${id} break off again and again`);
}

/** A connection that breaks ends the events without an error. */
async function* eventsIn(
  answer: Response,
  signal?: AbortSignal,
): AsyncGenerator<ExecutionEvent | OutputEvent> {
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  let buffered = '';
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        signal?.throwIfAborted();
        return { done: true as const, value: undefined };
      });
      if (done) return;
      buffered += decoder.decode(value, { stream: true });
      const blocks = buffered.split('\n\n');
      buffered = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = eventOf(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** `null` for a comment. */
function eventOf(block: string): ExecutionEvent | OutputEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([a-z]+): ?(.*)$/s.exec(line) ?? [];
    if (name !== '') fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }
  const data = fields.get('data');
  if (data === undefined || !fields.has('event')) return null;
  return {
    id: fields.has('id') ? Number(fields.get('id')) : null,
    type: fields.get('event'),
    data: JSON.parse(data),
  } as ExecutionEvent | OutputEvent;
}
