// The checks of the parts: what makes each well, and what their details say.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  checkDisk,
  checkDocker,
  checkLanguages,
  checkQueue,
  checkRedis,
  checkSandbox,
  checkUnused,
} from './health-checks.ts';
import type { LanguageDescription } from './v1/language-description.ts';

suite('the check of', () => {
  /** Slots that are granted by hand. */
  function sandboxOf(probe: () => Promise<number>, longestMs = 60_000) {
    const turns: PromiseWithResolvers<Disposable>[] = [];
    const held = { count: 0, most: 0 };
    const check = checkSandbox({
      acquire: () => {
        turns.push(Promise.withResolvers<Disposable>());
        return turns.at(-1)?.promise as Promise<Disposable>;
      },
      probe: async () => {
        assert.equal(held.count, 1);
        return probe();
      },
      longestMs,
      warm: async () => ({ waiting: 2 }),
      choice: 'native: as asked',
    });
    const grant = () => {
      held.count += 1;
      held.most = Math.max(held.most, held.count);
      turns.at(-1)?.resolve({
        [Symbol.dispose]: () => {
          held.count -= 1;
        },
      });
    };
    return { check, grant, held, turns };
  }

  test('the sandbox makes a box in a slot, which it gives back', async () => {
    const { check, grant, held } = sandboxOf(async () => 3.21);
    const found = check();
    grant();
    assert.deepEqual(await found, {
      status: 'healthy',
      detail: 'a box ran in 3.2 ms; 2 runtimes wait; native: as asked',
    });
    assert.deepEqual(held, { count: 0, most: 1 });
  });

  test('the sandbox throws what the probe threw, and tries again', async () => {
    let tries = 0;
    const { check, grant, held } = sandboxOf(async () => {
      tries += 1;
      if (tries === 1) throw new Error('no box');
      return 1;
    });
    const first = check();
    grant();
    await assert.rejects(first, /no box/);
    assert.equal(held.count, 0);
    const second = check();
    grant();
    assert.equal((await second).status, 'healthy');
  });

  test('the sandbox finds it well when all slots are busy, and keeps its place among those who wait', async () => {
    let probes = 0;
    const { check, grant, held, turns } = sandboxOf(async () => {
      probes += 1;
      return 1;
    });
    for (const _ of [1, 2]) {
      assert.deepEqual(await check(), {
        status: 'healthy',
        detail: 'every slot runs a program; native: as asked',
      });
    }
    assert.equal(turns.length, 1);
    grant();
    await delay(1);
    assert.deepEqual({ probes, held: held.count }, { probes: 1, held: 0 });
    void check();
    assert.equal(turns.length, 2);
  });

  test('the sandbox is unhealthy when no slot is freed for longer than a program may run', async () => {
    const { check } = sandboxOf(async () => 1, 400);
    const { status, detail } = await check();
    assert.equal(status, 'unhealthy');
    assert.match(detail, /^no slot was freed for \d+ s$/);
  });

  test('the Docker engine reports its version', async () => {
    assert.deepEqual(await checkDocker(async () => '28.5')(), {
      status: 'healthy',
      detail: 'engine 28.5 answers',
    });
    await assert.rejects(checkDocker(() => Promise.reject(new Error('no engine')))(), /no engine/);
  });

  test('the queue is degraded when it is full', async () => {
    const state = { isAvailable: true, waiting: 1, running: 1, capacity: 3 };
    const check = (active: number, changed: Partial<typeof state> = {}) =>
      checkQueue(() => ({ active, capacity: 4 }), {
        promise: 'all survives',
        state: () => ({ ...state, ...changed }),
      })();
    assert.deepEqual(await check(3), {
      status: 'healthy',
      detail: '3 of at most 4 executions wait or run; 2 of at most 3 stored ones; all survives',
    });
    assert.equal((await check(4)).status, 'degraded');
    assert.equal((await check(0, { waiting: 2 })).status, 'degraded');
    const lost = await check(0, { isAvailable: false });
    assert.equal(lost.status, 'degraded');
    assert.match(lost.detail, /the store is not available/);
  });

  test('the disk reports how much is free', async () => {
    assert.match((await checkDisk(import.meta.dirname)()).detail, /^\d+ MB free$/);
    await assert.rejects(checkDisk('/there/is/no/such/directory')(), /ENOENT/);
  });

  test('Redis is degraded when it does not answer, and nothing when none is used', async () => {
    assert.deepEqual(await checkRedis(async () => {})(), { status: 'healthy', detail: 'it answers' });
    const lost = await checkRedis(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:6379')))();
    assert.equal(lost.status, 'degraded');
    assert.doesNotMatch(lost.detail, /10\.0\.0\.1/);
    assert.deepEqual(await checkRedis(null)(), { status: 'healthy', detail: 'not used' });
  });

  test('a part that is not used has nothing to find', async () => {
    assert.deepEqual(await checkUnused(), { status: 'healthy', detail: 'not used' });
  });

  const cases: [states: LanguageDescription['status'][], status: string, detail: string][] = [
    [['ready', 'ready'], 'healthy', '2 ready'],
    [['ready', 'missing'], 'healthy', '1 ready; missing: b'],
    [['ready', 'installing'], 'healthy', '1 ready; installing: b'],
    [['installing', 'missing'], 'degraded', '0 ready; installing: a; missing: b'],
    [['missing', 'missing'], 'unhealthy', '0 ready; missing: a, b'],
  ];
  for (const [states, status, detail] of cases) {
    test(`languages that are ${states.join(' and ')}`, async () => {
      const languages = states.map((status, index) => ({ id: 'ab'[index], status }) as LanguageDescription);
      assert.deepEqual(await checkLanguages(() => languages)(), { status, detail });
    });
  }
});
