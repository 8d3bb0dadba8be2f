// The cases that every implementation of counters passes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Counter, RateCounters } from './rate-counters.ts';

/** A day, so that the window does not end in the middle of a test, but for the one at midnight. */
const DAY = 86_400;

function counter(name: string, limit: number, cost = 1, windowSeconds = DAY): Counter {
  return { name, limit, windowSeconds, cost };
}

/** `create` makes counters of which nothing is used. */
export function testCounters(create: () => RateCounters): void {
  test('take as much as the limit allows, then reject and count no more', async () => {
    const counters = create();
    const one = [counter('requests', 3)];
    const used: [boolean, number | undefined][] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const { isAllowed, standings } = await counters.take('client', one);
      used.push([isAllowed, standings[0]?.used]);
    }
    assert.deepEqual(used, [
      [true, 1],
      [true, 2],
      [true, 3],
      [false, 3],
      [false, 3],
    ]);
  });

  test('take of all counters or of none', async () => {
    const counters = create();
    await counters.take('client', [counter('a', 10, 4), counter('b', 5, 4)]);
    const refused = await counters.take('client', [counter('a', 10, 2), counter('b', 5, 2)]);
    assert.equal(refused.isAllowed, false);
    assert.deepEqual(
      refused.standings.map(({ used }) => used),
      [4, 4],
    );
    assert.equal((await counters.take('client', [counter('a', 10, 6)])).isAllowed, true);
    assert.equal((await counters.take('client', [counter('b', 5, 1)])).isAllowed, true);
  });

  test('reject what costs more than the whole limit, and allow what costs exactly it', async () => {
    const counters = create();
    assert.equal((await counters.take('client', [counter('a', 10, 11)])).isAllowed, false);
    assert.equal((await counters.take('client', [counter('a', 10, 10)])).isAllowed, true);
  });

  test('take back what was taken in vain, and no more', async () => {
    const counters = create();
    await counters.take('client', [counter('a', 10, 10)]);
    const { isAllowed, standings } = await counters.take('client', [counter('a', 10, -4)]);
    assert.deepEqual([isAllowed, standings[0]?.used], [true, 6]);
    await counters.take('client', [counter('a', 10, -40)]);
    assert.equal((await counters.take('client', [counter('a', 10, 11)])).isAllowed, false);
    assert.equal((await counters.take('client', [counter('a', 10, 10)])).isAllowed, true);
  });

  test('take back also while more is used than the limit allows', async () => {
    const counters = create();
    await counters.take('client', [counter('a', 10, 10)]);
    // The limit may have been lowered since.
    const { isAllowed, standings } = await counters.take('client', [counter('a', 5, -4)]);
    assert.deepEqual([isAllowed, standings[0]?.used], [true, 6]);
    assert.equal((await counters.take('client', [counter('a', 6, 0)])).isAllowed, true);
    assert.equal((await counters.take('client', [counter('a', 5, 0)])).isAllowed, true);
    assert.equal((await counters.take('client', [counter('a', 6, 1)])).isAllowed, false);
  });

  test('distinguish groups and names, even those that look alike', async () => {
    const counters = create();
    const names: [group: string, name: string][] = [
      ['key:a', 'b:c'],
      ['key:a:b', 'c'],
      ['key:a}', 'c'],
      ['{key:a', 'c'],
      ['key:a', 'c'],
      ['', 'c'],
    ];
    for (const [group, name] of names) {
      const { isAllowed } = await counters.take(group, [counter(name, 1)]);
      assert.equal(isAllowed, true, `${group} ${name}`);
    }
  });

  test('say when the window ends', async () => {
    const counters = create();
    const { standings } = await counters.take('client', [counter('minute', 5, 1, 60), counter('day', 5)]);
    const [minute = 0, day = 0] = standings.map(({ resetSeconds }) => resetSeconds);
    assert.ok(minute > 0 && minute <= 60, `${minute}`);
    const untilMidnight = DAY - ((Date.now() / 1000) % DAY);
    assert.ok(Math.abs(day - untilMidnight) < 60 || untilMidnight < 60, `${day} and ${untilMidnight}`);
  });

  test('begin again with the next window', async () => {
    const counters = create();
    const take = () => counters.take('client', [counter('second', 1, 1, 1)]);
    let taken = await take();
    // The window may end between two of them, but not between each two.
    for (let turn = 0; taken.isAllowed && turn < 10; turn += 1) taken = await take();
    assert.equal(taken.isAllowed, false);
    await delay((taken.standings[0]?.resetSeconds ?? 0) * 1000 + 10);
    taken = await take();
    assert.equal(taken.isAllowed, true);
    assert.equal(taken.standings[0]?.used, 1);
  });

  test('lose none of many that come at once', async () => {
    const counters = create();
    const takes = Array.from({ length: 200 }, () => counters.take('client', [counter('a', 50)]));
    const allowed = (await Promise.all(takes)).filter(({ isAllowed }) => isAllowed);
    assert.equal(allowed.length, 50);
  });
}
