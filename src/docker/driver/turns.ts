// So many may go on at the same time; the others wait, first come first served, as long as they like.

export interface Turns {
  /** Waits for a turn, which lasts until it is disposed of. Resolves with `null` when the signal is aborted first. */
  take(signal: AbortSignal): Promise<Disposable | null>;
}

type Waiter = (turn: Disposable | null) => void;

export function createTurns(atOnce: number): Turns {
  const waiting = new Set<Waiter>();
  let taken = 0;

  /** A turn that ends is the next one's at once: nobody comes between. */
  function createTurn(): Disposable {
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
        next(createTurn());
      },
    };
  }

  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(null);
      if (taken < atOnce) {
        taken += 1;
        return Promise.resolve(createTurn());
      }
      const { promise, resolve } = Promise.withResolvers<Disposable | null>();
      const abandon = () => void (waiting.delete(waiter) && resolve(null));
      const waiter: Waiter = (turn) => {
        signal.removeEventListener('abort', abandon);
        resolve(turn);
      };
      waiting.add(waiter);
      signal.addEventListener('abort', abandon, { once: true });
      return promise;
    },
  };
}
