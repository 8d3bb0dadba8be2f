// Shares the sandbox's slots fairly (stride scheduling): a free slot goes to the client that has had the least for its
// weight, within it to the user, and within that to the execution. It knows nothing of tests, boxes or priorities.

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
  /**
   * `weight` is relative: a share of weight 4 gets four slots while one of weight 1 gets one, and so do their owners.
   * `owner` says whose it is, from the outside in: owners at the same level get the same, however many shares each has.
   * The share holds at most `most` slots at once.
   */
  share(weight: number, owner?: readonly string[], most?: number): SlotShare;
  /** Slots there are and slots held; requests for a slot that wait. */
  state(): { readonly slots: number; readonly held: number; readonly waiting: number };
  /** How many owners are remembered: about as many as wait. */
  rememberedOwners(): number;
}

/** What competes for slots at one level: an owner, or one of its shares. */
interface Competitor {
  /** `null` for the outermost owner, in whom all others are. */
  owner: Owner | null;
  /** Virtual time at which it is due; grows by 1 / weight with each grant. */
  due: number;
  granted: number;
}

interface Owner extends Competitor {
  /** The virtual time that a newcomer starts at: grows by 1 / weight of all that compete with each grant. */
  now: number;
  /** Those that wait for a slot and may have one. All are empty whenever a slot is free. */
  readonly competing: Set<Owner | Share>;
  /** Shares, also those of its members, that wait and may have no slot: they hold as many as they may. */
  sated: number;
  /** Those that wait or are ahead of their time; who is neither is forgotten, and starts as a newcomer. */
  readonly members: Map<string, Owner>;
}

interface Share extends Competitor {
  readonly weight: number;
  readonly most: number;
  held: number;
  /** In the order of their arrival. */
  readonly waiters: Set<Waiter>;
}

interface Waiter {
  grant(): void;
}

interface State {
  readonly slots: number;
  held: number;
  waiting: number;
  readonly root: Owner;
}

export function createSlotScheduler(slots: number): SlotScheduler {
  const state: State = { slots, held: 0, waiting: 0, root: createOwner(null) };
  return {
    share: (weight, owner = [], wanted = slots) => {
      const waiters = new Set<Waiter>();
      const most = wanted < slots ? wanted : Number.POSITIVE_INFINITY;
      const share: Share = { owner: null, weight, most, held: 0, due: 0, granted: 0, waiters };
      return { acquire: (signal) => acquire(state, share, owner, signal) };
    },
    state: () => ({ slots, held: state.held, waiting: state.waiting }),
    rememberedOwners: () => countMembers(state.root),
  };
}

function createOwner(owner: Owner | null): Owner {
  return { owner, due: 0, granted: 0, now: 0, competing: new Set(), sated: 0, members: new Map() };
}

function countMembers({ members }: Owner): number {
  return [...members.values()].reduce((sum, member) => sum + 1 + countMembers(member), 0);
}

function acquire(state: State, share: Share, owner: readonly string[], signal: AbortSignal): Promise<Slot> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<Slot>();
  const abandon = () => {
    withdraw(state, share, waiter);
    reject(signal.reason);
  };
  const waiter: Waiter = {
    grant: () => {
      signal.removeEventListener('abort', abandon);
      resolve(createSlot(state, share));
    },
  };
  signal.addEventListener('abort', abandon, { once: true });
  enqueue(state, share, owner, waiter);
  grantFreeSlots(state);
  return promise;
}

function enqueue(state: State, share: Share, owner: readonly string[], waiter: Waiter): void {
  if (share.waiters.size === 0) {
    const found = findOwner(state.root, owner);
    // An owner that was forgotten in between has a time of its own, in which the share is a newcomer.
    if (share.owner !== found) Object.assign(share, { owner: found, due: 0, granted: 0 });
    if (share.held < share.most) compete(share);
    else countSated(share, 1);
  }
  share.waiters.add(waiter);
  state.waiting += 1;
}

/** Idle time earns no claim: a share starts at the present, or later if it is ahead. */
function compete(competitor: Owner | Share): void {
  const { owner } = competitor;
  if (owner === null || owner.competing.has(competitor)) return;
  competitor.due = Math.max(competitor.due, owner.now);
  owner.competing.add(competitor);
  compete(owner);
}

function findOwner(root: Owner, path: readonly string[]): Owner {
  let owner = root;
  for (const name of path) owner = owner.members.get(name) ?? addMember(owner, name);
  return owner;
}

/** Forgets others meanwhile, so that only as many are ahead of their time as competed lately, by the ratio of weights. */
function addMember(owner: Owner, name: string): Owner {
  for (const [other, { competing, sated, due }] of owner.members) {
    if (competing.size + sated === 0 && due <= owner.now) owner.members.delete(other);
  }
  const member = createOwner(owner);
  owner.members.set(name, member);
  return member;
}

function withdraw(state: State, share: Share, waiter: Waiter): void {
  share.waiters.delete(waiter);
  state.waiting -= 1;
  if (share.waiters.size > 0) return;
  if (share.held >= share.most) countSated(share, -1);
  else leave(share);
}

function countSated(share: Share, change: number): void {
  for (let owner = share.owner; owner !== null; owner = owner.owner) owner.sated += change;
}

/** A share that holds as many slots as it may competes for none, but keeps its place in time. */
function hold(share: Share): void {
  share.held += 1;
  if (share.held < share.most || share.waiters.size === 0) return;
  leave(share);
  countSated(share, 1);
}

function giveBack(share: Share): void {
  share.held -= 1;
  if (share.held !== share.most - 1 || share.waiters.size === 0) return;
  countSated(share, -1);
  compete(share);
}

function leave(competitor: Owner | Share): void {
  const { owner } = competitor;
  if (owner === null) return;
  owner.competing.delete(competitor);
  if (owner.competing.size === 0) leave(owner);
}

function grantFreeSlots(state: State): void {
  while (state.held < state.slots) {
    const share = mostDueShare(state.root);
    const waiter = share?.waiters.values().next().value;
    if (share === undefined || waiter === undefined) return;
    advance(share, share.weight);
    withdraw(state, share, waiter);
    hold(share);
    state.held += 1;
    waiter.grant();
  }
}

function mostDueShare(root: Owner): Share | undefined {
  let found: Owner | Share | undefined = root;
  while (found !== undefined && 'competing' in found) found = mostDue(found.competing);
  return found;
}

/** Of those that are equally due, the one that has had least, so that a newcomer's first slot comes soon. */
function mostDue(competitors: Iterable<Owner | Share>): Owner | Share | undefined {
  let first: Owner | Share | undefined;
  for (const competitor of competitors) {
    if (first === undefined || isBefore(competitor, first)) first = competitor;
  }
  return first;
}

function isBefore(one: Competitor, other: Competitor): boolean {
  return one.due < other.due || (one.due === other.due && one.granted < other.granted);
}

/**
 * The present moves by what a fair division gives each that competes for one slot. So a stream of newcomers, who all
 * start at the present, soon starts behind one that waits, and cannot starve it. Owners pay for the weight of what
 * they were granted, so that a priority counts between users as well.
 */
function advance(competitor: Owner | Share, weight: number): void {
  const { owner } = competitor;
  if (owner === null) return;
  owner.now = Math.max(owner.now + 1 / (weight * owner.competing.size), competitor.due);
  competitor.due += 1 / weight;
  competitor.granted += 1;
  advance(owner, weight);
}

function createSlot(state: State, share: Share): Slot {
  let isHeld = true;
  return {
    [Symbol.dispose]: () => {
      if (!isHeld) return;
      isHeld = false;
      state.held -= 1;
      giveBack(share);
      grantFreeSlots(state);
    },
  };
}
