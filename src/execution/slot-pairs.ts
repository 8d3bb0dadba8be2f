// Two slots at once, for two boxes that need each other. Those who want two wait for each other in turn, each holding
// nothing before its turn: so no two ever hold one slot each and wait for the other's.

import type { Slot, SlotScheduler } from './slot-scheduler.ts';

interface SlotPairs {
  /** `acquire` takes one slot. Rejects with the signal's reason when it is aborted. */
  acquire(acquire: (signal: AbortSignal) => Promise<Slot>, signal: AbortSignal): Promise<Slot>;
}

const PAIRS = new WeakMap<SlotScheduler, SlotPairs>();

/** The one queue of those who want two of a scheduler's slots. */
export function pairsOf(scheduler: SlotScheduler): SlotPairs {
  const known = PAIRS.get(scheduler);
  if (known !== undefined) return known;
  const pairs = createSlotPairs();
  PAIRS.set(scheduler, pairs);
  return pairs;
}

function createSlotPairs(): SlotPairs {
  let last: Promise<unknown> = Promise.resolve();
  return {
    acquire(acquire, signal) {
      const turn = last.then(() => acquireTwo(acquire, signal));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function acquireTwo(
  acquire: (signal: AbortSignal) => Promise<Slot>,
  signal: AbortSignal,
): Promise<Slot> {
  signal.throwIfAborted();
  const first = await acquire(signal);
  try {
    const second = await acquire(signal);
    const dispose = () => {
      first[Symbol.dispose]();
      second[Symbol.dispose]();
    };
    return { [Symbol.dispose]: dispose };
  } catch (error) {
    first[Symbol.dispose]();
    throw error;
  }
}
