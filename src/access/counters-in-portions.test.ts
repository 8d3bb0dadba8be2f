// Counters that take portions pass the cases of all counters, ask seldom, and let nobody exceed a limit.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createCountersInPortions } from './counters-in-portions.ts';
import { createMemoryCounters } from './memory-counters.ts';
import type { Counter, RateCounters } from './rate-counters.ts';
import { testCounters } from './rate-counters-contract.ts';

const perMinute = (limit: number): Counter[] => [{ name: 'requests', limit, windowSeconds: 60, cost: 1 }];

/** Processes that share counters, and how often these were asked. */
function share(processes: number, now = () => 0) {
  const shared = createMemoryCounters({ now });
  let asked = 0;
  const counting: RateCounters = {
    take: (group, counters) => {
      asked += 1;
      return shared.take(group, counters);
    },
  };
  return {
    shared,
    asked: () => asked,
    counters: Array.from({ length: processes }, () => createCountersInPortions(counting, { now })),
  };
}

suite('counters in portions', () => {
  testCounters(() => createCountersInPortions(createMemoryCounters()));

  test('ask once for a thousandth of a high limit, and each time for a low one', async () => {
    const { asked, counters } = share(1);
    for (let count = 1; count <= 120; count += 1) {
      const { standings } = await (counters[0] as RateCounters).take('client', perMinute(60_000));
      assert.deepEqual(standings, [{ used: count, resetSeconds: 60 }]);
    }
    assert.equal(asked(), 2);
    for (let count = 1; count <= 5; count += 1) await counters[0]?.take('other', perMinute(500));
    assert.equal(asked(), 7);
  });

  test('let processes together use a limit up to what each holds, and never more', async () => {
    const { counters } = share(3);
    let allowed = 0;
    // Each asks until it is refused.
    for (const each of counters) {
      while ((await each.take('client', perMinute(5000))).isAllowed) allowed += 1;
    }
    assert.equal(allowed, 5000);
  });

  test('asked at the same time, take what they were given and no more', async () => {
    const { shared, counters } = share(1);
    const [one] = counters as [RateCounters];
    await Promise.all(Array.from({ length: 20 }, () => one.take('client', perMinute(5000))));
    const used: number[] = [];
    for (let count = 0; count < 80; count += 1) {
      used.push((await one.take('client', perMinute(5000))).standings[0]?.used ?? 0);
    }
    assert.deepEqual(
      used,
      Array.from(used, (_each, index) => 21 + index),
    );
    const [standing] = (await shared.take('client', [{ ...perMinute(5000)[0], cost: 0 } as Counter]))
      .standings;
    assert.equal(standing?.used, 100);
  });

  test('give up a portion with its window, or when the limit is another', async () => {
    let nowMs = 0;
    const { asked, counters } = share(1, () => nowMs);
    const [one] = counters as [RateCounters];
    await one.take('client', perMinute(60_000));
    await one.take('client', perMinute(30_000));
    assert.equal(asked(), 2);
    nowMs = 60_000;
    assert.deepEqual((await one.take('client', perMinute(30_000))).standings, [
      { used: 1, resetSeconds: 60 },
    ]);
    assert.equal(asked(), 3);
  });
});
