// The semaphore: how many permits are held at once, who gets the next one, and what aborting a wait does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSemaphore, type Semaphore } from './semaphore.ts';

const never = new AbortController().signal;

/** Acquires a permit and records the name. */
function wait(semaphore: Semaphore, name: string, had: string[], signal = never) {
  return semaphore.acquire(signal).then((permit) => {
    had.push(permit === null ? `not ${name}` : name);
    return permit;
  });
}

test('as many permits are held at once as there are, and the others follow in order', async () => {
  const semaphore = createSemaphore(2);
  const had: string[] = [];
  const waiting = ['a', 'b', 'c', 'd'].map((name) => wait(semaphore, name, had));
  await Promise.all(waiting.slice(0, 2));
  assert.deepEqual(had, ['a', 'b']);
  (await waiting[1])?.[Symbol.dispose]();
  await waiting[2];
  assert.deepEqual(had, ['a', 'b', 'c']);
  (await waiting[0])?.[Symbol.dispose]();
  await waiting[3];
  assert.deepEqual(had, ['a', 'b', 'c', 'd']);
});

test('a permit that is released twice is released once', async () => {
  const semaphore = createSemaphore(1);
  const first = await semaphore.acquire(never);
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  assert.ok(await semaphore.acquire(never));
  const had: string[] = [];
  void wait(semaphore, 'one too many', had);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(had, []);
});

test('an aborted wait gets no permit and delays no other', async () => {
  const semaphore = createSemaphore(1);
  const had: string[] = [];
  const first = await semaphore.acquire(never);
  const impatience = new AbortController();
  const second = wait(semaphore, 'b', had, impatience.signal);
  const third = wait(semaphore, 'c', had);
  impatience.abort();
  assert.equal(await second, null);
  first?.[Symbol.dispose]();
  assert.ok(await third);
  assert.deepEqual(had, ['not b', 'c']);
});

test('an aborted signal gets no permit, even if one is free', async () => {
  const semaphore = createSemaphore(1);
  assert.equal(await semaphore.acquire(AbortSignal.abort()), null);
  assert.ok(await semaphore.acquire(never));
});

test('a permit is kept if its signal is aborted later', async () => {
  const semaphore = createSemaphore(1);
  const signal = new AbortController();
  using first = await semaphore.acquire(never);
  const second = semaphore.acquire(signal.signal);
  first?.[Symbol.dispose]();
  const had = await second;
  signal.abort();
  assert.ok(had);
  const third: string[] = [];
  void wait(semaphore, 'c', third);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(third, []);
});

test('in any order of acquiring, releasing and aborting, no permit is lost and none is held twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.constantFrom('take', 'give up', 'abandon'), fc.nat(20)), { maxLength: 60 }),
      async (atOnce, steps) => {
        const semaphore = createSemaphore(atOnce);
        const held: Disposable[] = [];
        const waiting: { abandon: AbortController; answer: Promise<unknown> }[] = [];
        let most = 0;
        for (const [step, choice] of steps) {
          if (step === 'take') {
            const abandon = new AbortController();
            const answer = semaphore.acquire(abandon.signal).then((permit) => {
              if (permit) held.push(permit);
              most = Math.max(most, held.length);
            });
            waiting.push({ abandon, answer });
          } else if (step === 'give up') held.splice(choice % (held.length || 1), 1)[0]?.[Symbol.dispose]();
          else waiting[choice % (waiting.length || 1)]?.abandon.abort();
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const { abandon } of waiting) abandon.abort();
        await Promise.all(waiting.map(({ answer }) => answer));
        assert.ok(most <= atOnce);
        for (const permit of held) permit[Symbol.dispose]();
        const all = Array.from({ length: atOnce }, () => semaphore.acquire(AbortSignal.timeout(1000)));
        assert.ok((await Promise.all(all)).every((permit) => permit !== null));
      },
    ),
    { numRuns: 100 },
  );
});
