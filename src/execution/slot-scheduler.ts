// Shares the sandbox's slots fairly between executions: each execution has a share, and a free slot goes to the share
// that has had the least for its weight (stride scheduling). It knows nothing of tests, boxes or priorities.

/** Held while a box runs; given back once, however often it is disposed. */
export type Slot = Disposable;

/**
 * One execution's claim to slots. It costs nothing while it waits for none, and needs no closing. How many wait is
 * bounded by those who ask: the queue bounds the executions, and `run-tests.ts` what each asks for.
 */
export interface SlotShare {
  /** Waits for a slot, first come first served within the share. Rejects with the signal's reason when aborted. */
  acquire(signal: AbortSignal): Promise<Slot>;
}

export interface SlotScheduler {
  /** `weight` is relative: a share of weight 4 gets four slots while one of weight 1 gets one. */
  share(weight: number): SlotShare;
  /** Slots there are and slots held; requests for a slot that wait. */
  state(): { readonly slots: number; readonly held: number; readonly waiting: number };
}

interface Share {
  readonly weight: number;
  /** Virtual time at which the share is due; grows by 1 / weight with each grant. */
  due: number;
  granted: number;
  /** In the order of their arrival. */
  readonly waiters: Set<Waiter>;
}

interface Waiter {
  grant(): void;
}

interface State {
  readonly slots: number;
  held: number;
  /** The virtual time that a newcomer starts at: grows by 1 / weight of all that compete with each grant. */
  now: number;
  /** Shares with waiters. Empty whenever a slot is free. */
  readonly competing: Set<Share>;
}

export function createSlotScheduler(slots: number): SlotScheduler {
  const state: State = { slots, held: 0, now: 0, competing: new Set() };
  return {
    share: (weight) => {
      const share: Share = { weight, due: 0, granted: 0, waiters: new Set() };
      return { acquire: (signal) => acquire(state, share, signal) };
    },
    state: () => ({
      slots,
      held: state.held,
      waiting: [...state.competing].reduce((sum, { waiters }) => sum + waiters.size, 0),
    }),
  };
}

function acquire(state: State, share: Share, signal: AbortSignal): Promise<Slot> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<Slot>();
  const abandon = () => {
    withdraw(state, share, waiter);
    reject(signal.reason);
  };
  const waiter: Waiter = {
    grant: () => {
      signal.removeEventListener('abort', abandon);
      resolve(createSlot(state));
    },
  };
  signal.addEventListener('abort', abandon, { once: true });
  enqueue(state, share, waiter);
  grantFreeSlots(state);
  return promise;
}

/** A share that waited for nothing saves up no claim: it starts at the present, or later when it is ahead. */
function enqueue(state: State, share: Share, waiter: Waiter): void {
  if (!state.competing.has(share)) {
    share.due = Math.max(share.due, state.now);
    state.competing.add(share);
  }
  share.waiters.add(waiter);
}

function withdraw(state: State, share: Share, waiter: Waiter): void {
  share.waiters.delete(waiter);
  if (share.waiters.size === 0) state.competing.delete(share);
}

function grantFreeSlots(state: State): void {
  while (state.held < state.slots) {
    const share = mostDue(state.competing);
    const waiter = share?.waiters.values().next().value;
    if (share === undefined || waiter === undefined) return;
    advance(state, share);
    withdraw(state, share, waiter);
    state.held += 1;
    waiter.grant();
  }
}

/** Of shares that are equally due, the one that has had least, so that a newcomer's first slot comes soon. */
function mostDue(shares: Iterable<Share>): Share | undefined {
  let first: Share | undefined;
  for (const share of shares) {
    if (first === undefined || isBefore(share, first)) first = share;
  }
  return first;
}

function isBefore(one: Share, other: Share): boolean {
  return one.due < other.due || (one.due === other.due && one.granted < other.granted);
}

/**
 * The present moves by what a fair division gives each unit of weight for one slot. So a stream of newcomers, who all
 * start at the present, soon starts behind a share that waits, and cannot starve it.
 */
function advance(state: State, share: Share): void {
  let weight = 0;
  for (const competitor of state.competing) weight += competitor.weight;
  state.now = Math.max(state.now + 1 / weight, share.due);
  share.due += 1 / share.weight;
  share.granted += 1;
}

function createSlot(state: State): Slot {
  let isHeld = true;
  return {
    [Symbol.dispose]: () => {
      if (!isHeld) return;
      isHeld = false;
      state.held -= 1;
      grantFreeSlots(state);
    },
  };
}
