// Follows the events of a stored execution for one reader: those of the past, then each as it comes, in the form that
// clients see. It reads ahead no more than a page, however slow the reader is.

import type { ExecutionStore } from '../store/store.ts';
import { KIB } from '../units.ts';
import type { ChangeWatch } from './change-watch.ts';
import { clientEvent } from './client-event.ts';
import type { ClientEvent, View } from './executions.ts';
import { DEFAULT_VIEW, viewOf } from './stored-view.ts';

/** Of events that are read at once. */
const PAGE_BYTES = 256 * KIB;

export interface FollowParts {
  readonly store: Pick<ExecutionStore, 'find' | 'results' | 'events'>;
  readonly changes: ChangeWatch;
  /** Aborted when the service stops. */
  readonly closing: AbortSignal;
}

export interface FollowOptions extends Partial<View> {
  readonly after: number;
  readonly signal: AbortSignal;
}

export async function* followEvents(
  { store, changes, closing }: FollowParts,
  id: string,
  { after, signal: left, ...view }: FollowOptions,
): AsyncGenerator<ClientEvent> {
  const whole = { ...DEFAULT_VIEW, ...view };
  const signal = AbortSignal.any([left, closing]);
  let next = after;
  while (!signal.aborted) {
    const changed = changes.next(id, signal);
    const page = await store.events(id, next, PAGE_BYTES);
    const stored = await store.find(id);
    if (stored === null) return;
    for (const event of page) {
      yield event.event.type === 'done'
        ? { id: event.id, type: 'done', data: viewOf(stored, await store.results(id), whole) }
        : { id: event.id, ...clientEvent(event.event, stored.outline, whole) };
      next = event.id;
      if (event.event.type === 'done' || signal.aborted) return;
    }
    // Nothing comes after the end.
    if (page.length === 0 && stored.ending !== null) return;
    if (page.length === 0) await changed;
  }
}
