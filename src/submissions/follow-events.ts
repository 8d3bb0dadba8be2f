// Follows the events of a stored execution for one reader: those of the past, then each as it comes, in the form that
// clients see. It reads ahead no more than a page, however slow the reader is.

import { setTimeout as delay } from 'node:timers/promises';
import type { LiveOutput, LiveOutputs } from '../execution/live-output.ts';
import type { ExecutionStore, StoredEvent } from '../store/store.ts';
import { KIB } from '../units.ts';
import type { ChangeWatch } from './change-watch.ts';
import { clientEvent } from './client-event.ts';
import type { ClientEvent, OutputEvent, View } from './executions.ts';
import { createOutputEvents, GATHER_MS, type OutputEvents } from './output-events.ts';
import { DEFAULT_VIEW, viewOf } from './stored-view.ts';

/** Of events that are read at once. */
const PAGE_BYTES = 256 * KIB;

export interface FollowParts {
  readonly store: Pick<ExecutionStore, 'find' | 'results' | 'events'>;
  readonly changes: ChangeWatch;
  readonly outputs: Pick<LiveOutputs, 'follow'>;
  /** Aborted when the service stops. */
  readonly closing: AbortSignal;
}

export interface FollowOptions extends Partial<View> {
  readonly after: number;
  readonly signal: AbortSignal;
  readonly output?: boolean;
}

export async function* followEvents(
  { store, changes, outputs, closing }: FollowParts,
  id: string,
  { after, signal: left, output: hasOutput, ...view }: FollowOptions,
): AsyncGenerator<ClientEvent | OutputEvent> {
  const whole = { ...DEFAULT_VIEW, ...view };
  const signal = AbortSignal.any([left, closing]);
  using live = hasOutput ? outputs.follow(id) : null;
  const output = live && createOutputEvents(live, whole);
  let next = after;
  while (!signal.aborted) {
    const changed = changes.next(id, signal);
    // Before its events: what had ended by then has all of them.
    const stored = await store.find(id);
    if (stored === null) return;
    const page = await store.events(id, next, PAGE_BYTES);
    for (const { id: eventId, event } of page) {
      if (output !== null) yield* outputBefore(event, output);
      if (event.type === 'done') {
        const ended = await store.find(id);
        if (ended !== null)
          yield { id: eventId, type: 'done', data: viewOf(ended, await store.results(id), whole) };
        return;
      }
      yield { id: eventId, ...clientEvent(event, stored.outline, whole) };
      next = eventId;
      if (signal.aborted) return;
    }
    if (page.length > 0) continue;
    // Nothing comes after the end.
    if (stored.ending !== null) return;
    const isShown = stored.status === 'running' && stored.lastEventId === next;
    if (live !== null && output !== null && isShown) yield* outputUntil(changed, live, output);
    else await changed;
  }
}

/** What a reader must have before it gets this event. */
function outputBefore(event: StoredEvent['event'], output: OutputEvents): readonly OutputEvent[] {
  if (event.type === 'status') output.reset();
  return event.type === 'test' ? [...output.next(), ...output.restOf(event.test)] : [];
}

async function* outputUntil(
  changed: Promise<void>,
  live: LiveOutput,
  output: OutputEvents,
): AsyncGenerator<OutputEvent> {
  let isOver = false;
  void changed.then(() => {
    isOver = true;
    live.wake();
  });
  while (!isOver) {
    yield* output.next();
    await live.changed();
    if (!isOver) await delay(GATHER_MS);
  }
}
