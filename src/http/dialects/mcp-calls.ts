// Calls of tools in progress, so that a notification in another request can cancel one. Ids are the clients' own: of two
// calls with the same id from one client, neither can be meant, and neither is cancelled.

export interface CallsInProgress {
  /** Returns how to forget the call. */
  add(clientId: string, id: unknown, cancel: () => void): () => void;
  cancel(clientId: string, id: unknown): void;
}

export function createCallsInProgress(): CallsInProgress {
  const calls = new Map<string, Set<() => void>>();
  const keyOf = (clientId: string, id: unknown) => `${clientId} ${JSON.stringify(id)}`;
  return {
    add: (clientId, id, cancel) => {
      const key = keyOf(clientId, id);
      const same = calls.get(key) ?? new Set();
      calls.set(key, same.add(cancel));
      return () => {
        same.delete(cancel);
        if (same.size === 0) calls.delete(key);
      };
    },
    cancel: (clientId, id) => {
      const [only, ...others] = calls.get(keyOf(clientId, id)) ?? [];
      if (others.length === 0) only?.();
    },
  };
}
