// Turns: how many are had at once, who is next, and what becomes of those who do not want to wait any more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTurns, type Turns } from './turns.ts';

const never = new AbortController().signal;

/** Takes a turn when it comes, and notes the name. */
function wait(turns: Turns, name: string, had: string[], signal = never) {
  return turns.take(signal).then((turn) => {
    had.push(turn === null ? `not ${name}` : name);
    return turn;
  });
}

test('as many turns are had at once as there are, and the others come in order', async () => {
  const turns = createTurns(2);
  const had: string[] = [];
  const waiting = ['a', 'b', 'c', 'd'].map((name) => wait(turns, name, had));
  await Promise.all(waiting.slice(0, 2));
  assert.deepEqual(had, ['a', 'b']);
  (await waiting[1])?.[Symbol.dispose]();
  await waiting[2];
  assert.deepEqual(had, ['a', 'b', 'c']);
  (await waiting[0])?.[Symbol.dispose]();
  await waiting[3];
  assert.deepEqual(had, ['a', 'b', 'c', 'd']);
});

test('a turn that is given up twice is given up once', async () => {
  const turns = createTurns(1);
  const first = await turns.take(never);
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  assert.ok(await turns.take(never));
  const had: string[] = [];
  void wait(turns, 'one too many', had);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(had, []);
});

test('one who gives up waiting gets none, and holds up nobody', async () => {
  const turns = createTurns(1);
  const had: string[] = [];
  const first = await turns.take(never);
  const impatience = new AbortController();
  const second = wait(turns, 'b', had, impatience.signal);
  const third = wait(turns, 'c', had);
  impatience.abort();
  assert.equal(await second, null);
  first?.[Symbol.dispose]();
  assert.ok(await third);
  assert.deepEqual(had, ['not b', 'c']);
});

test('one who has given up before gets none, even when there is one', async () => {
  const turns = createTurns(1);
  assert.equal(await turns.take(AbortSignal.abort()), null);
  assert.ok(await turns.take(never));
});

test('a turn that was had is kept when its signal is aborted', async () => {
  const turns = createTurns(1);
  const signal = new AbortController();
  using first = await turns.take(never);
  const second = turns.take(signal.signal);
  first?.[Symbol.dispose]();
  const had = await second;
  signal.abort();
  assert.ok(had);
  const third: string[] = [];
  void wait(turns, 'c', third);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(third, []);
});

test('whatever is taken, given up and abandoned, no more are had than there are, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.constantFrom('take', 'give up', 'abandon'), fc.nat(20)), { maxLength: 60 }),
      async (atOnce, steps) => {
        const turns = createTurns(atOnce);
        const held: Disposable[] = [];
        const waiting: { abandon: AbortController; answer: Promise<unknown> }[] = [];
        let most = 0;
        for (const [step, choice] of steps) {
          if (step === 'take') {
            const abandon = new AbortController();
            const answer = turns.take(abandon.signal).then((turn) => {
              if (turn) held.push(turn);
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
        for (const turn of held) turn[Symbol.dispose]();
        const all = Array.from({ length: atOnce }, () => turns.take(AbortSignal.timeout(1000)));
        assert.ok((await Promise.all(all)).every((turn) => turn !== null));
      },
    ),
    { numRuns: 100 },
  );
});
