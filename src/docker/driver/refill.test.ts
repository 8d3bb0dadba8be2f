// Starts in the background: how many at once, who gets them, and what happens when they fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestLog } from '../../log-fixture.ts';
import type { Container } from './container.ts';
import { createStarts, spec, until } from './pool-fixture.ts';
import { createRefill } from './refill.ts';

const ONE = spec('one');
const TWO = spec('two');

function createParts(limit = 8) {
  const starts = createStarts();
  const announced: Container[] = [];
  const log: string[] = [];
  const refill = createRefill({
    limit,
    start: starts.start,
    onStarted: (container) => void announced.push(container),
    log: createTestLog(({ message }) => log.push(message)),
  });
  return { starts, announced, log, refill };
}

/** Long enough for whatever would be started. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 120));

test('what is wanted is started and announced, no more than two at once', async () => {
  const { starts, announced, refill } = createParts();
  for (const wanted of [ONE, TWO, ONE, TWO]) refill.want(wanted);
  await until(() => starts.pending.length === 2);
  await settle();
  assert.deepEqual(starts.asked, ['one', 'two']);
  while (announced.length < 4) {
    starts.pending[0]?.succeed();
    await settle();
    assert.ok(starts.pending.length <= 2);
  }
  assert.deepEqual(starts.asked, ['one', 'two', 'one', 'two']);
  await refill.close();
});

test('of more than the limit the oldest are forgotten', async () => {
  const { starts, refill } = createParts(2);
  for (const image of ['a', 'b', 'c', 'd', 'e']) refill.want(spec(image));
  await until(() => starts.pending.length === 2);
  assert.deepEqual(starts.asked, ['d', 'e']);
  for (const start of [...starts.pending]) start.succeed();
  await refill.close();
});

test('with a limit of 0 nothing is started', async () => {
  const { starts, refill } = createParts(0);
  refill.want(ONE);
  await settle();
  assert.deepEqual(starts.asked, []);
  await refill.close();
});

test('a start under way is claimed by one of the same kind, once, and not announced', async () => {
  const { starts, announced, refill } = createParts();
  refill.want(ONE);
  assert.equal(refill.claim(ONE), null, 'it has not begun');
  await until(() => starts.pending.length === 1);
  assert.equal(refill.claim(TWO), null);
  const claimed = refill.claim(ONE);
  assert.ok(claimed);
  assert.equal(refill.claim(ONE), null);
  const container = starts.pending[0]?.succeed();
  assert.equal(await claimed, container);
  await settle();
  assert.deepEqual(announced, []);
  await refill.close();
});

test('what waits or is under way is wanted, until it is there', async () => {
  const { starts, announced, refill } = createParts();
  assert.equal(refill.isWanted(ONE), false);
  refill.want(ONE);
  assert.equal(refill.isWanted(ONE), true);
  await until(() => starts.pending.length === 1);
  assert.equal(refill.isWanted(ONE), true);
  assert.equal(refill.isWanted(spec('one', { processes: 3 })), false);
  starts.pending[0]?.succeed();
  await until(() => announced.length === 1);
  assert.equal(refill.isWanted(ONE), false);
  await refill.close();
});

test('a start that fails is logged, and others are made after it', async () => {
  const { starts, announced, log, refill } = createParts();
  refill.want(ONE);
  await until(() => starts.pending.length === 1);
  starts.pending[0]?.fail();
  await until(() => log.length === 1);
  assert.deepEqual(log, ['a container could not be made ready']);
  refill.want(TWO);
  await until(() => starts.pending.length === 1);
  starts.pending[0]?.succeed();
  await until(() => announced.length === 1);
  assert.equal(announced[0]?.spec, TWO);
  await refill.close();
});

test('a start that fails fails for the one who claimed it', async () => {
  const { starts, refill } = createParts();
  refill.want(ONE);
  await until(() => starts.pending.length === 1);
  const claimed = refill.claim(ONE);
  starts.pending[0]?.fail();
  await assert.rejects(claimed as Promise<Container>, /the engine refused/);
  assert.equal(refill.isWanted(ONE), false);
  await refill.close();
});

test('a refill that is closed waits for what is under way, and starts nothing more', async () => {
  const { starts, announced, refill } = createParts();
  for (const wanted of [ONE, TWO, ONE]) refill.want(wanted);
  await until(() => starts.pending.length === 2);
  const closed = refill.close();
  refill.want(TWO);
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  await settle();
  assert.equal(isClosed, false);
  for (const start of [...starts.pending]) start.succeed();
  await closed;
  assert.equal(announced.length, 2);
  assert.deepEqual(starts.asked, ['one', 'two']);
});
