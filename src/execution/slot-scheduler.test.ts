// The invariants of sharing slots, held against random orders of events.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { createSlotScheduler, type Slot, type SlotScheduler, type SlotShare } from './slot-scheduler.ts';

const never = new AbortController().signal;

/** Lets everything run that is ready to. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A share that always wants a slot, and counts those it got. Frees the one it holds on request. */
function createBusyShare(scheduler: SlotScheduler, weight: number, parallel: number, owner: string[] = []) {
  const share = scheduler.share(weight, owner);
  const held: Slot[] = [];
  const busy = { granted: 0, held };
  const want = async () => {
    const slot = await share.acquire(never);
    busy.granted += 1;
    held.push(slot);
  };
  return Object.assign(busy, {
    start: () => {
      for (let index = 0; index < parallel; index += 1) void want();
    },
    freeOne: () => {
      const slot = held.shift();
      if (slot === undefined) return false;
      void want();
      slot[Symbol.dispose]();
      return true;
    },
  });
}

test('never more slots are held than there are, none is lost, and every wait ends', async () => {
  const step = fc.record({
    kind: fc.constantFrom('acquire', 'release', 'abort'),
    share: fc.nat(3),
    pick: fc.nat(),
  });
  const run = fc.asyncProperty(
    fc.integer({ min: 1, max: 4 }),
    fc.array(step, { maxLength: 60 }),
    fc.array(fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
    async (slots, steps, owners, most) => {
      const scheduler = createSlotScheduler(slots);
      const shares: SlotShare[] = [1, 1, 2, 4].map((weight, index) =>
        scheduler.share(weight, owners[index], most[index]),
      );
      const held: { slot: Slot; share: number }[] = [];
      const waiting = new Map<AbortController, number>();
      const acquire = async (share: number) => {
        const controller = new AbortController();
        waiting.set(controller, share);
        try {
          held.push({ slot: await (shares[share] as SlotShare).acquire(controller.signal), share });
        } catch (error) {
          assert.equal(error, controller.signal.reason);
        } finally {
          waiting.delete(controller);
        }
      };
      const isSated = (share: number) =>
        held.filter((each) => each.share === share).length >= Math.min(most[share] ?? slots, slots);
      const ends: Promise<void>[] = [];
      for (const { kind, share, pick } of steps) {
        if (kind === 'acquire') ends.push(acquire(share));
        if (kind === 'release') held.splice(pick % (held.length || 1), 1)[0]?.slot[Symbol.dispose]();
        if (kind === 'abort') [...waiting.keys()][pick % (waiting.size || 1)]?.abort();
        await settle();
        assert.equal(scheduler.state().held, held.length);
        assert.equal(scheduler.state().waiting, waiting.size);
        assert.ok(held.length <= slots);
        const areSated = [...waiting.values()].every(isSated);
        assert.ok(held.length === slots || areSated, 'a slot is free while someone waits who may have it');
      }
      for (; held.length > 0; await settle()) held.shift()?.slot[Symbol.dispose]();
      await Promise.all(ends);
      assert.deepEqual(scheduler.state(), { slots, held: 0, waiting: 0 });
    },
  );
  await fc.assert(run, { numRuns: 200 });
});

test('two shares of equal weight that are always busy differ by at most 1 + slots', async () => {
  const run = fc.asyncProperty(
    fc.integer({ min: 1, max: 4 }),
    fc.nat(20),
    fc.array(fc.boolean(), { minLength: 20, maxLength: 80 }),
    async (slots, headStart, frees) => {
      const scheduler = createSlotScheduler(slots);
      const one = createBusyShare(scheduler, 2, slots * 2);
      const other = createBusyShare(scheduler, 2, slots * 2);
      one.start();
      await settle();
      for (let index = 0; index < headStart; index += 1) {
        one.freeOne();
        await settle();
      }
      const before = one.granted;
      other.start();
      for (const isOne of frees) {
        if (isOne ? !one.freeOne() : !other.freeOne()) (isOne ? other : one).freeOne();
        await settle();
        const difference = Math.abs(one.granted - before - other.granted);
        assert.ok(difference <= 1 + slots, `${difference} with ${slots} slots`);
      }
    },
  );
  await fc.assert(run, { numRuns: 100 });
});

test('busy shares get slots in the proportion of their weights', async () => {
  const scheduler = createSlotScheduler(1);
  const shares = [1, 2, 4].map((weight) => createBusyShare(scheduler, weight, 2));
  for (const share of shares) share.start();
  await settle();
  for (let index = 0; index < 69; index += 1) {
    shares.find(({ held }) => held.length > 0)?.freeOne();
    await settle();
  }
  for (const [index, { granted }] of shares.entries()) {
    assert.ok(Math.abs(granted - 10 * 2 ** index) <= 1, `share ${index} got ${granted} of 70`);
  }
});

test('one that comes late waits for one slot, not for all that came before', async () => {
  const scheduler = createSlotScheduler(1);
  const large = createBusyShare(scheduler, 2, 100);
  large.start();
  await settle();
  const small = createBusyShare(scheduler, 2, 1);
  small.start();
  large.freeOne();
  await settle();
  assert.equal(small.granted, 1);
});

test('a stream of newcomers does not starve a share that waits', async () => {
  const scheduler = createSlotScheduler(1);
  const large = createBusyShare(scheduler, 2, 2);
  large.start();
  await settle();
  let holder: { freeOne(): boolean } = large;
  let newcomer = createBusyShare(scheduler, 2, 1);
  newcomer.start();
  for (let index = 0; index < 100; index += 1) {
    const slots = holder as { held?: Slot[] };
    if (holder === large) large.freeOne();
    else slots.held?.shift()?.[Symbol.dispose]();
    await settle();
    if (newcomer.granted > 0 && newcomer.held.length > 0) {
      holder = newcomer;
      newcomer = createBusyShare(scheduler, 2, 1);
      newcomer.start();
    } else holder = large;
  }
  assert.ok(large.granted >= 45 && large.granted <= 56, `${large.granted} of 100`);
});

test('within a share it is first come, first served', async () => {
  const scheduler = createSlotScheduler(1);
  const share = scheduler.share(1);
  const first = await share.acquire(never);
  const order: number[] = [];
  const others = [1, 2, 3].map(async (number) => {
    using _slot = await share.acquire(never);
    order.push(number);
  });
  first[Symbol.dispose]();
  await Promise.all(others);
  assert.deepEqual(order, [1, 2, 3]);
});

test('a share that holds as many slots as it may leaves the others to others, and goes on with its own', async () => {
  const scheduler = createSlotScheduler(3);
  const modest = scheduler.share(1, ['user'], 1);
  const first = await modest.acquire(never);
  const order: string[] = [];
  const second = modest.acquire(never).then((slot) => {
    order.push('second');
    return slot;
  });
  const controller = new AbortController();
  const third = modest.acquire(controller.signal);
  using _other = await scheduler.share(1, ['user']).acquire(never);
  await settle();
  assert.deepEqual([order, scheduler.state()], [[], { slots: 3, held: 2, waiting: 2 }]);
  controller.abort(new Error('gone'));
  await assert.rejects(third, /gone/);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  assert.deepEqual(scheduler.state(), { slots: 3, held: 1, waiting: 0 });
});

test('a wait that is aborted leaves no trace, and one aborted before it began does not begin', async () => {
  const scheduler = createSlotScheduler(1);
  const share = scheduler.share(1);
  const held = await share.acquire(never);
  const controller = new AbortController();
  const wait = share.acquire(controller.signal);
  controller.abort(new Error('gone'));
  await assert.rejects(wait, /gone/);
  await assert.rejects(share.acquire(controller.signal), /gone/);
  assert.deepEqual(scheduler.state(), { slots: 1, held: 1, waiting: 0 });
  held[Symbol.dispose]();
  held[Symbol.dispose]();
  assert.deepEqual(scheduler.state(), { slots: 1, held: 0, waiting: 0 });
});

suite('between owners', () => {
  /** Frees held slots one after the other until `done`; returns how many were freed. */
  async function freeUntil(shares: readonly ReturnType<typeof createBusyShare>[], done: () => boolean) {
    let freed = 0;
    for (; !done(); freed += 1) {
      assert.ok(shares.find(({ held }) => held.length > 0)?.freeOne());
      await settle();
    }
    return freed;
  }

  for (const [who, hog, other] of [
    ['user', ['client', 'hog'], ['client', 'other']],
    ['client', ['large', 'user'], ['small', 'user']],
  ] as const) {
    for (const weight of [1, 2, 4]) {
      test(`a ${who}'s thousand executions do not delay another's one by more than a slot, weight ${weight}`, async () => {
        const scheduler = createSlotScheduler(2);
        const thousand = Array.from({ length: 1000 }, () => createBusyShare(scheduler, weight, 1, [...hog]));
        for (const share of thousand) share.start();
        await settle();
        await freeUntil(thousand, () => thousand.filter(({ granted }) => granted > 0).length === 50);
        const single = createBusyShare(scheduler, weight, 1, [...other]);
        single.start();
        await settle();
        assert.equal(await freeUntil(thousand, () => single.granted === 1), 1);
      });
    }
  }

  test('one who has one execution gets as many slots as one who has a hundred', async () => {
    const scheduler = createSlotScheduler(1);
    const one = createBusyShare(scheduler, 2, 2, ['client', 'one']);
    const hundred = Array.from({ length: 100 }, () =>
      createBusyShare(scheduler, 2, 2, ['client', 'hundred']),
    );
    const all = [one, ...hundred];
    for (const share of all) share.start();
    await settle();
    await freeUntil(all, () => one.granted === 50);
    const others = hundred.reduce((sum, { granted }) => sum + granted, 0);
    assert.ok(Math.abs(others - 50) <= 2, `${others} against 50`);
  });

  test('a priority counts, also against the executions of others', async () => {
    const scheduler = createSlotScheduler(1);
    const high = createBusyShare(scheduler, 4, 2, ['client', 'one']);
    const low = createBusyShare(scheduler, 1, 2, ['client', 'other']);
    for (const share of [high, low]) share.start();
    await settle();
    await freeUntil([high, low], () => low.granted === 20);
    assert.ok(Math.abs(high.granted - 80) <= 4, `${high.granted} against 80`);
  });

  test('one urgent execution does not carry along the others of its user', async () => {
    const scheduler = createSlotScheduler(1);
    const urgent = createBusyShare(scheduler, 4, 2, ['client', 'one']);
    const ordinary = createBusyShare(scheduler, 1, 2, ['client', 'one']);
    const other = createBusyShare(scheduler, 1, 2, ['client', 'other']);
    const all = [urgent, ordinary, other];
    for (const share of all) share.start();
    await settle();
    await freeUntil(all, () => other.granted === 40);
    assert.ok(ordinary.granted <= 42, `${ordinary.granted} against 40`);
    assert.ok(
      urgent.granted > 2 * ordinary.granted,
      `${urgent.granted} urgent, ${ordinary.granted} ordinary`,
    );
  });

  test('who waits for nothing is forgotten, however many there were', async () => {
    const scheduler = createSlotScheduler(1);
    for (let index = 0; index < 1000; index += 1) {
      using _slot = await scheduler.share(2, ['client', `user-${index}`]).acquire(never);
    }
    assert.ok(scheduler.rememberedOwners() <= 3, `${scheduler.rememberedOwners()} owners`);
  });
});
