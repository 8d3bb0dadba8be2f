// Waits for changes of single executions: one watch of the store, however many wait.

import type { ExecutionStore } from '../store/store.ts';

export interface ChangeWatch extends Disposable {
  /** Resolves at the next change of the execution, or when the signal is aborted. */
  next(id: string, signal: AbortSignal): Promise<void>;
}

export function watchChanges(store: Pick<ExecutionStore, 'watch'>): ChangeWatch {
  const waiting = new Map<string, Set<() => void>>();
  const watch = store.watch(({ id }) => {
    const woken = waiting.get(id);
    waiting.delete(id);
    for (const wake of woken ?? []) wake();
  });
  return {
    next: async (id, signal) => {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const all = waiting.get(id) ?? new Set();
      waiting.set(id, all.add(resolve));
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      all.delete(resolve);
      if (all.size === 0 && waiting.get(id) === all) waiting.delete(id);
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}
