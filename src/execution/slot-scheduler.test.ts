// The invariants of sharing slots, held against random orders of events.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSlotScheduler, type Slot, type SlotScheduler, type SlotShare } from './slot-scheduler.ts';

const never = new AbortController().signal;

/** Lets everything run that is ready to. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A share that always wants a slot, and counts those it got. Frees the one it holds when told to. */
function createBusyShare(scheduler: SlotScheduler, weight: number, parallel: number) {
  const share = scheduler.share(weight);
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
    async (slots, steps) => {
      const scheduler = createSlotScheduler(slots);
      const shares: SlotShare[] = [1, 1, 2, 4].map((weight) => scheduler.share(weight));
      const held: Slot[] = [];
      const waiting = new Set<AbortController>();
      const acquire = async (share: SlotShare) => {
        const controller = new AbortController();
        waiting.add(controller);
        try {
          held.push(await share.acquire(controller.signal));
        } catch (error) {
          assert.equal(error, controller.signal.reason);
        } finally {
          waiting.delete(controller);
        }
      };
      const ends: Promise<void>[] = [];
      for (const { kind, share, pick } of steps) {
        if (kind === 'acquire') ends.push(acquire(shares[share] as SlotShare));
        if (kind === 'release') held.splice(pick % (held.length || 1), 1)[0]?.[Symbol.dispose]();
        if (kind === 'abort') [...waiting][pick % (waiting.size || 1)]?.abort();
        await settle();
        assert.equal(scheduler.state().held, held.length);
        assert.equal(scheduler.state().waiting, waiting.size);
        assert.ok(held.length <= slots);
        assert.ok(held.length === slots || waiting.size === 0, 'a slot is free while someone waits');
      }
      for (; held.length > 0; await settle()) held.shift()?.[Symbol.dispose]();
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
