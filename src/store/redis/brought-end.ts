// The end of an execution as a text that is published to the process that waits for it, which then need not read it. Only
// if it is small: Redis keeps what is published for each subscriber until it has read it.

import type { ExecutionEvent } from '../../execution/record.ts';
import type { BroughtEnd } from '../store.ts';

const MAX_BYTES = 16 * 1024;

interface Written {
  readonly after: number;
  readonly events: readonly ExecutionEvent[];
  readonly ending: BroughtEnd['ending'];
}

/** `events` are those after the event with the id `after`. Empty if it is too large. */
export function writeEnd(end: Written): string {
  if (!Number.isSafeInteger(end.after + end.events.length + 1)) return '';
  const written = JSON.stringify(end);
  return Buffer.byteLength(written) > MAX_BYTES ? '' : written;
}

/** `detail` is the time in milliseconds, a space and the text. `null` without one that can be read, as of another release. */
export function readEnd(detail: string): BroughtEnd | null {
  const space = detail.indexOf(' ');
  const atMs = Number(detail.slice(0, space));
  const { after, events, ending } = parsed(detail.slice(space + 1)) ?? {};
  if (!Number.isFinite(atMs) || !Number.isSafeInteger(after) || !Array.isArray(events) || !ending)
    return null;
  const first = Number(after) + 1;
  const all: readonly ExecutionEvent[] = [...events, { type: 'done' }];
  return {
    after: Number(after),
    ending,
    events: all.map((event, index) => ({ id: first + index, atMs, event })),
  };
}

function parsed(text: string): Partial<Written> | null {
  try {
    return JSON.parse(text) as Partial<Written> | null;
  } catch {
    return null;
  }
}
