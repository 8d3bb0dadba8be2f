// Waits for changes of single executions: one watch of the store for each, however many wait.

import type { ExecutionStore } from '../store/store.ts';

export interface ChangeWatch extends Disposable {
  /** Resolves at the next change of the execution, or when the signal is aborted. */
  next(id: string, signal: AbortSignal): Promise<void>;
}

export function watchChanges(store: Pick<ExecutionStore, 'watch'>): ChangeWatch {
  const waiting = new Map<string, { readonly wakes: Set<() => void>; readonly watch: Disposable }>();
  const forget = (id: string) => {
    waiting.get(id)?.watch[Symbol.dispose]();
    waiting.delete(id);
  };
  const wakeAll = (id: string) => {
    const wakes = waiting.get(id)?.wakes ?? [];
    forget(id);
    for (const wake of wakes) wake();
  };
  // Output is not an event; those who want it watch for themselves.
  const watchOne = (id: string) => store.watch(({ kind }) => kind !== 'output' && wakeAll(id), id);
  return {
    next: async (id, signal) => {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const all = waiting.get(id) ?? { wakes: new Set(), watch: watchOne(id) };
      waiting.set(id, all);
      all.wakes.add(resolve);
      const stop = () => resolve();
      signal.addEventListener('abort', stop, { once: true });
      await promise;
      signal.removeEventListener('abort', stop);
      all.wakes.delete(resolve);
      if (all.wakes.size === 0 && waiting.get(id) === all) forget(id);
    },
    [Symbol.dispose]: () => {
      for (const id of [...waiting.keys()]) forget(id);
    },
  };
}
