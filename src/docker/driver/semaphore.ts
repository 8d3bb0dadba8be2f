// A FIFO semaphore. Waiting has no time limit; an aborted signal ends it.

export interface Semaphore {
  /** Waits for a permit, which is held until it is disposed of. Resolves with `null` if the signal is aborted first. */
  acquire(signal: AbortSignal): Promise<Disposable | null>;
}

type Waiter = (permit: Disposable | null) => void;

export function createSemaphore(permits: number): Semaphore {
  const waiting = new Set<Waiter>();
  let taken = 0;

  /** A released permit passes to the first waiter at once, so that no newcomer overtakes it. */
  function createPermit(): Disposable {
    let isHeld = true;
    return {
      [Symbol.dispose]() {
        if (!isHeld) return;
        isHeld = false;
        const next = waiting.values().next().value;
        if (next === undefined) {
          taken -= 1;
          return;
        }
        waiting.delete(next);
        next(createPermit());
      },
    };
  }

  return {
    acquire(signal) {
      if (signal.aborted) return Promise.resolve(null);
      if (taken < permits) {
        taken += 1;
        return Promise.resolve(createPermit());
      }
      const { promise, resolve } = Promise.withResolvers<Disposable | null>();
      const abandon = () => void (waiting.delete(waiter) && resolve(null));
      const waiter: Waiter = (permit) => {
        signal.removeEventListener('abort', abandon);
        resolve(permit);
      };
      waiting.add(waiter);
      signal.addEventListener('abort', abandon, { once: true });
      return promise;
    },
  };
}
