// Reads of a store that many readers of the same events have in common: those that begin in one turn of the event loop
// become one. It starts after all who share it have asked, so each gets at least what a read of its own would return.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionStore } from '../store/store.ts';

type Reads = Pick<ExecutionStore, 'find' | 'results' | 'events'>;

export function shareReads(store: Reads): Reads {
  return {
    find: shared((id) => store.find(id)),
    results: shared((id) => store.results(id)),
    events: shared((id, after, maxBytes) => store.events(id, after, maxBytes)),
  };
}

function shared<Key extends (string | number)[], T>(read: (...key: Key) => Promise<T>) {
  const pending = new Map<string, Promise<T>>();
  return (...key: Key): Promise<T> => {
    const name = key.join(' ');
    const known = pending.get(name);
    if (known !== undefined) return known;
    const promise = nextTurn().then(() => {
      pending.delete(name);
      return read(...key);
    });
    pending.set(name, promise);
    return promise;
  };
}
