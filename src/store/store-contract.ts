// The cases that every store passes: what was added is there after a crash, has its turn, is run by one claim at a time
// and ends once; events, lists, keys, bounds, expiry and webhooks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PAGE_CURSOR_PATTERN } from '../limits.ts';
import type { Admission, Change, Claim, ExecutionStore, NewExecution } from './store.ts';
import { type Choices, endingOf, newExecution, RUNNING, testEvent } from './store-fixture.ts';

export interface StoreChoices {
  readonly maxExecutions?: number;
  readonly maxTaskBytes?: number;
  readonly maxStoredBytes?: number;
  readonly resultTtlMs?: number;
}

export interface StoreUnderTest extends AsyncDisposable {
  readonly store: ExecutionStore;
  /** Another store with what this one had when every process died at this moment. */
  afterCrash(): Promise<StoreUnderTest>;
}

type Open = (choices?: StoreChoices) => Promise<StoreUnderTest>;

const ANY = { isIdle: true, except: [] };
const ALL_BYTES = 1e9;
const NO_EXCEPTIONS = { executionIds: [], hosts: [], clients: [] };

async function addOne(store: ExecutionStore, choices: Choices = {}): Promise<NewExecution> {
  const added = newExecution(choices);
  assert.equal((await store.add([added]))[0]?.kind, 'added');
  return added;
}

async function claimNext(store: ExecutionStore): Promise<Claim> {
  const claim = await store.claim(ANY);
  assert.ok(claim, 'nothing waits');
  return claim;
}

function finish(store: ExecutionStore, claim: Claim, stdout = 'out'): Promise<boolean> {
  return store.finish(claim.task.executionId, claim.fence, [testEvent(stdout)], endingOf(claim));
}

/** Types of all events, with the status or the output of each. */
async function story(store: ExecutionStore, id: string): Promise<string[]> {
  const events = await store.events(id, 0, ALL_BYTES);
  assert.deepEqual(
    events.map((each) => each.id),
    events.map((_each, index) => index + 1),
  );
  return events.map(({ event }) => {
    if (event.type === 'status') return event.status;
    return event.type === 'test' ? `test ${String(event.test.stdout)}` : event.type;
  });
}

export function testStoreContract(open: Open): void {
  testLives(open);
  testCrashes(open);
  testTurns(open);
  testCancelling(open);
  testKeys(open);
  testBounds(open);
  testReading(open);
  testExpiry(open);
  testWebhooks(open);
}

function testLives(open: Open): void {
  test('an execution is added, claimed, followed and finished', async () => {
    await using tested = await open();
    const { store } = tested;
    const { task } = await addOne(store, { userId: 'ada', batchId: 'batch' });
    const id = task.executionId;
    const added = await store.find(id);
    assert.deepEqual([added?.status, added?.attempts, added?.ending], ['queued', 0, null]);
    assert.deepEqual([added?.owner, added?.batchId, added?.outline.userId], ['key:a', 'batch', 'ada']);
    const claim = await claimNext(store);
    assert.deepEqual(claim.task, task);
    assert.deepEqual([claim.attempt, claim.isCancelled, claim.isAlone], [1, false, false]);
    assert.equal(await store.claim(ANY), null);
    assert.equal(await store.append(id, claim.fence, [RUNNING]), true);
    assert.equal((await store.find(id))?.status, 'running');
    assert.equal(await finish(store, claim), true);
    assert.deepEqual(await story(store, id), ['queued', 'running', 'test out', 'done']);
    const ended = await store.find(id);
    assert.deepEqual([ended?.status, ended?.ending?.status, ended?.attempts], ['completed', 'completed', 1]);
    assert.deepEqual((await store.results(id)).results, [testEvent().test]);
    assert.deepEqual([store.state().waiting, store.state().running, store.state().taskBytes], [0, 0, 0]);
  });

  test('an execution ends once', async () => {
    await using tested = await open();
    const { store } = tested;
    await addOne(store);
    const claim = await claimNext(store);
    const ends = await Promise.all([finish(store, claim, 'one'), finish(store, claim, 'two')]);
    assert.deepEqual(ends, [true, false]);
    assert.equal(await store.append(claim.task.executionId, claim.fence, [RUNNING]), false);
    assert.deepEqual(await story(store, claim.task.executionId), ['queued', 'test one', 'done']);
  });

  test('watchers learn of each change, after it is stored', async () => {
    await using tested = await open();
    const { store } = tested;
    const seen: Change['kind'][] = [];
    using _watch = store.watch(({ kind }) => seen.push(kind));
    await addOne(store);
    const claim = await claimNext(store);
    await store.append(claim.task.executionId, claim.fence, [RUNNING]);
    await finish(store, claim);
    assert.deepEqual(seen, ['added', 'events', 'ended']);
  });

  test('what is given back waits again, and counts as an attempt or not', async () => {
    await using tested = await open();
    const { store } = tested;
    await addOne(store);
    const first = await claimNext(store);
    const id = first.task.executionId;
    await store.append(id, first.fence, [RUNNING, testEvent('lost')]);
    assert.equal(await store.giveBack(id, first.fence, { delayMs: 0, counts: false }), true);
    assert.deepEqual([(await store.find(id))?.status, (await store.find(id))?.attempts], ['queued', 0]);
    assert.deepEqual((await store.results(id)).results, []);
    const second = await claimNext(store);
    assert.deepEqual([second.attempt, second.isAlone], [1, false]);
    assert.equal(await finish(store, first), false);
    assert.equal(await store.giveBack(id, second.fence, { delayMs: 30, counts: true }), true);
    assert.equal(await store.claim(ANY), null);
    assert.equal(store.state().waiting, 1);
    await sleep(60);
    const third = await claimNext(store);
    assert.deepEqual([third.attempt, third.isAlone], [2, true]);
    await finish(store, third);
    assert.deepEqual(
      (await store.results(id)).results.map(({ stdout }) => stdout),
      ['out'],
    );
  });
}

function testCrashes(open: Open): void {
  test('what was added is there after a crash, in its order', async () => {
    await using tested = await open();
    const added = [await addOne(tested.store), await addOne(tested.store, { code: 'x'.repeat(200_000) })];
    await using crashed = await tested.afterCrash();
    for (const { task } of added) assert.deepEqual((await claimNext(crashed.store)).task, task);
    assert.equal(await crashed.store.claim(ANY), null);
  });

  test('what ran is run again, alone, and nothing of the lost attempt counts', async () => {
    await using tested = await open();
    const { store } = tested;
    const lost = await addOne(store);
    const claim = await claimNext(store);
    const id = lost.task.executionId;
    await store.append(id, claim.fence, [RUNNING, testEvent('lost')]);
    await addOne(store);
    await using crashed = await tested.afterCrash();
    const { store: next } = crashed;
    assert.equal((await next.find(id))?.status, 'queued');
    assert.equal(await next.claim({ isIdle: false, except: [] }), null);
    const again = await claimNext(next);
    assert.deepEqual([again.task.executionId, again.attempt, again.isAlone], [id, 2, true]);
    assert.equal(await next.append(id, claim.fence, [RUNNING]), false);
    assert.equal(await finish(next, claim), false);
    assert.equal(await finish(next, again), true);
    assert.deepEqual(await story(next, id), ['queued', 'running', 'test lost', 'queued', 'test out', 'done']);
    assert.equal((await next.results(id)).results.length, 1);
  });

  test('what ended stays ended, with its result', async () => {
    await using tested = await open();
    await addOne(tested.store);
    const claim = await claimNext(tested.store);
    await finish(tested.store, claim, 'x'.repeat(200_000));
    await using crashed = await tested.afterCrash();
    assert.equal(await crashed.store.claim(ANY), null);
    const { results } = await crashed.store.results(claim.task.executionId);
    assert.equal(results[0]?.stdout, 'x'.repeat(200_000));
  });
}

function testTurns(open: Open): void {
  const order = async (store: ExecutionStore, name: (claim: Claim) => string) => {
    const names: string[] = [];
    for (let claim = await store.claim(ANY); claim !== null; claim = await store.claim(ANY))
      names.push(name(claim));
    return names.join('');
  };

  test('turns go around users, whatever the length of their lines', async () => {
    await using tested = await open();
    const { store } = tested;
    await store.add(Array.from({ length: 8 }, () => newExecution({ userId: 'a' })));
    await store.add(Array.from({ length: 3 }, () => newExecution({ userId: 'b' })));
    assert.equal(await order(store, ({ task }) => task.userId ?? ''), 'abababaaaaa');
  });

  test('turns go around clients first: many users are no reason for more', async () => {
    await using tested = await open();
    const { store } = tested;
    await store.add([...'1234'].map((userId) => newExecution({ userId, clientId: 'key:x' })));
    await store.add([...'ab'].map((userId) => newExecution({ userId, clientId: 'key:y' })));
    assert.equal(await order(store, ({ task }) => task.userId ?? ''), '1a2b34');
  });

  test('a higher priority has more turns, and none has all', async () => {
    await using tested = await open();
    const { store } = tested;
    const many = (priority: 'low' | 'high') => Array.from({ length: 5 }, () => newExecution({ priority }));
    await store.add([...many('low'), ...many('high')]);
    assert.equal(await order(store, ({ task }) => task.priority.charAt(0)), 'lhhhhlhlll');
  });

  test('languages that are not ready wait, and others pass them', async () => {
    await using tested = await open();
    const { store } = tested;
    await addOne(store, { languageId: 'rust' });
    await addOne(store, { languageId: 'python' });
    const claim = await store.claim({ isIdle: true, except: ['rust'] });
    assert.equal(claim?.task.languageId, 'python');
    assert.equal(await store.claim({ isIdle: true, except: ['rust'] }), null);
    assert.equal((await claimNext(store)).task.languageId, 'rust');
  });
}

function testCancelling(open: Open): void {
  test('what waits is handed to whoever cancels it', async () => {
    await using tested = await open();
    const { store } = tested;
    const { task } = await addOne(store);
    const cancellation = await store.cancel(task.executionId);
    assert.ok(cancellation.kind === 'claimed');
    assert.equal(cancellation.claim.isCancelled, true);
    assert.equal(await store.claim(ANY), null);
    await store.finish(task.executionId, cancellation.claim.fence, [], endingOf({ task }, 'cancelled'));
    assert.equal((await store.find(task.executionId))?.status, 'cancelled');
    assert.equal((await store.find(task.executionId))?.attempts, 0);
    assert.deepEqual(await store.cancel(task.executionId), { kind: 'ended' });
    assert.deepEqual(await store.cancel('nothing'), { kind: 'unknown' });
  });

  test('whoever runs it learns of it, and what does not end is taken away', async () => {
    await using tested = await open();
    const { store } = tested;
    const { task } = await addOne(store);
    const claim = await claimNext(store);
    const seen: Change[] = [];
    using _watch = store.watch((change) => seen.push(change));
    assert.deepEqual(await store.cancel(task.executionId), { kind: 'running' });
    assert.deepEqual(seen, [{ id: task.executionId, kind: 'cancelling' }]);
    const forced = await store.cancel(task.executionId, { force: true });
    assert.ok(forced.kind === 'claimed');
    assert.equal(await finish(store, claim), false);
    assert.equal(await finish(store, forced.claim), true);
  });

  test('a cancellation that a crash interrupts is not forgotten', async () => {
    await using tested = await open();
    const { task } = await addOne(tested.store);
    await tested.store.cancel(task.executionId);
    await using crashed = await tested.afterCrash();
    assert.equal((await claimNext(crashed.store)).isCancelled, true);
  });
}

function testKeys(open: Open): void {
  const kinds = (admissions: readonly Admission[]) => admissions.map(({ kind }) => kind);

  test('a key means the same execution, also when many come at once and after a crash', async () => {
    await using tested = await open();
    const { store } = tested;
    const added = await Promise.all(
      Array.from({ length: 20 }, async () => (await store.add([newExecution({ key: 'k' })]))[0]),
    );
    const [first, ...others] = added;
    assert.ok(first?.kind === 'added');
    for (const other of others) assert.deepEqual(other, { kind: 'known', id: first.execution.id });
    assert.equal(store.state().waiting, 1);
    await using crashed = await tested.afterCrash();
    const again = await crashed.store.add([newExecution({ key: 'k' })]);
    assert.deepEqual(again, [{ kind: 'known', id: first.execution.id }]);
    assert.deepEqual(await crashed.store.findKey('key:a', 'k'), { id: first.execution.id, digest: 'digest' });
    assert.equal(await crashed.store.findKey('key:b', 'k'), null);
  });

  test('a key with another request is a conflict, and another owner has keys of its own', async () => {
    await using tested = await open();
    const admissions = await tested.store.add([
      newExecution({ key: 'k' }),
      newExecution({ key: 'k', digest: 'other' }),
      newExecution({ key: 'k', owner: 'key:b' }),
      newExecution({ key: 'l' }),
    ]);
    assert.deepEqual(kinds(admissions), ['added', 'conflict', 'added', 'added']);
  });
}

function testBounds(open: Open): void {
  test('there is room for so many that wait or run, each of a batch by itself', async () => {
    await using tested = await open({ maxExecutions: 2 });
    const { store } = tested;
    const admissions = await store.add([newExecution(), newExecution(), newExecution()]);
    assert.deepEqual(
      admissions.map(({ kind }) => kind),
      ['added', 'added', 'full'],
    );
    assert.match(admissions[2]?.kind === 'full' ? admissions[2].reason : '', /^2 of at most 2 /);
    const claim = await claimNext(store);
    assert.equal((await store.add([newExecution()]))[0]?.kind, 'full');
    await finish(store, claim);
    assert.equal((await store.add([newExecution()]))[0]?.kind, 'added');
  });

  test('there is room for so many bytes of them', async () => {
    await using tested = await open({ maxTaskBytes: 100_000 });
    const { store } = tested;
    const large = () => newExecution({ code: 'x'.repeat(50_000) });
    const [first, second] = await store.add([large(), large()]);
    assert.deepEqual([first?.kind, second?.kind], ['added', 'full']);
    assert.match(second?.kind === 'full' ? second.reason : '', /may have 100000 bytes together/);
    assert.equal((await store.add([newExecution()]))[0]?.kind, 'added');
    await using crashed = await tested.afterCrash();
    assert.equal((await crashed.store.add([large()]))[0]?.kind, 'full');
  });

  test('who fills it leaves a reserve for others', async () => {
    await using tested = await open({ maxExecutions: 8 });
    const { store } = tested;
    await store.add(Array.from({ length: 8 }, () => newExecution({ userId: 'hog' })));
    const add = async (userId: string) => (await store.add([newExecution({ userId })]))[0]?.kind;
    assert.deepEqual([await add('hog'), await add('b'), await add('c')], ['full', 'added', 'added']);
    assert.equal(await add('d'), 'full');
  });
}

function testReading(open: Open): void {
  test('events come after an id, and in pages of about so many bytes', async () => {
    await using tested = await open();
    const { store } = tested;
    await addOne(store);
    const claim = await claimNext(store);
    const id = claim.task.executionId;
    await store.append(
      id,
      claim.fence,
      [0, 1, 2, 3].map((index) => testEvent('x'.repeat(1000), index)),
    );
    const ids = async (after: number, bytes: number) =>
      (await store.events(id, after, bytes)).map((event) => event.id);
    assert.deepEqual(await ids(0, ALL_BYTES), [1, 2, 3, 4, 5]);
    assert.deepEqual(await ids(2, ALL_BYTES), [3, 4, 5]);
    assert.deepEqual(await ids(2, 3000), [3, 4]);
    assert.deepEqual(await ids(2, 1), [3]);
    assert.deepEqual(await ids(5, ALL_BYTES), []);
    assert.deepEqual(await store.events('nothing', 0, ALL_BYTES), []);
  });

  test('lists are of one owner, the newest first, in pages that neither miss nor repeat', async () => {
    await using tested = await open();
    const { store } = tested;
    const added: NewExecution[] = [];
    for (let index = 0; index < 5; index += 1) added.push(await addOne(store));
    await addOne(store, { owner: 'key:b' });
    const ids = added.map(({ task }) => task.executionId).reverse();
    const first = await store.list({ owner: 'key:a', limit: 2 });
    const newer = await addOne(store);
    const second = await store.list({ owner: 'key:a', limit: 3, cursor: first.nextCursor ?? '' });
    assert.deepEqual(
      [...first.executions, ...second.executions].map(({ id }) => id),
      ids,
    );
    assert.equal(second.nextCursor, null);
    const all = await store.list({ owner: 'key:a', limit: 100 });
    assert.equal(all.executions[0]?.id, newer.task.executionId);
    assert.match(first.nextCursor ?? '', new RegExp(PAGE_CURSOR_PATTERN));
    await assert.rejects(store.list({ owner: 'key:a', limit: 1, cursor: 'x' }), { code: 'invalid_request' });
  });

  test('lists filter by user, client, batch and status', async () => {
    await using tested = await open();
    const { store } = tested;
    const one = await addOne(store, { userId: 'ada', batchId: 'batch', clientId: 'address:1' });
    await addOne(store, { userId: 'bob' });
    const id = one.task.executionId;
    await finish(store, await claimNext(store));
    const found = async (filter: object) =>
      (await store.list({ owner: 'key:a', limit: 10, ...filter })).executions.map((each) => each.id);
    for (const filter of [
      { userId: 'ada' },
      { batchId: 'batch' },
      { clientId: 'address:1' },
      { status: 'completed' },
    ])
      assert.deepEqual(await found(filter), [id], JSON.stringify(filter));
    assert.deepEqual(await found({ status: 'completed', userId: 'bob' }), []);
  });

  test('a page with filters looks at a bounded number, and its cursor leads to the rest', async () => {
    await using tested = await open({ maxExecutions: 5000 });
    const { store } = tested;
    const oldest = await addOne(store, { batchId: 'batch', clientId: 'address:1' });
    await finish(store, await claimNext(store));
    await store.add(Array.from({ length: 2500 }, () => newExecution()));
    const found = async (filter: object) => {
      const { executions, nextCursor } = await store.list({ owner: 'key:a', limit: 10, ...filter });
      return { ids: executions.map(({ id }) => id), nextCursor };
    };
    const id = oldest.task.executionId;
    const { ids, nextCursor } = await found({ status: 'completed' });
    assert.deepEqual(ids, []);
    assert.ok(nextCursor);
    assert.deepEqual(await found({ status: 'completed', cursor: nextCursor }), {
      ids: [id],
      nextCursor: null,
    });
    for (const filter of [
      { batchId: 'batch' },
      { clientId: 'address:1' },
      { batchId: 'batch', userId: 'nobody' },
    ])
      assert.equal((await found({ ...filter, status: 'completed' })).nextCursor, null);
  });

  test('the state counts what waits and runs, and knows the oldest that waits', async () => {
    await using tested = await open({ maxExecutions: 7 });
    const { store } = tested;
    assert.deepEqual([store.state().waiting, store.state().oldestAcceptedAtMs], [0, null]);
    await addOne(store, { acceptedAtMs: 1000 });
    await addOne(store, { acceptedAtMs: 2000 });
    await claimNext(store);
    const { waiting, running, capacity, taskBytes, oldestAcceptedAtMs } = store.state();
    assert.deepEqual([waiting, running, capacity, oldestAcceptedAtMs], [1, 1, 7, 2000]);
    assert.ok(taskBytes > 500 && taskBytes < 5000, `${taskBytes}`);
  });
}

function testExpiry(open: Open): void {
  test('what ended long ago is removed, and nothing else', async () => {
    await using tested = await open({ resultTtlMs: 20 });
    const { store } = tested;
    const old = await addOne(store, { code: 'x'.repeat(200_000) });
    await finish(store, await claimNext(store), 'x'.repeat(200_000));
    const waiting = await addOne(store);
    await sleep(40);
    const removed = await store.removeExpired();
    assert.equal(removed.executions, 1);
    assert.ok(removed.bytes > 200_000, `${removed.bytes}`);
    assert.equal(await store.find(old.task.executionId), null);
    assert.deepEqual(await store.events(old.task.executionId, 0, ALL_BYTES), []);
    assert.ok(await store.find(waiting.task.executionId));
    assert.equal((await store.removeExpired()).executions, 0);
  });

  test('beyond its size the client that has most loses its oldest', async () => {
    await using tested = await open({ maxStoredBytes: 25_000 });
    const { store } = tested;
    const of: Record<string, string[]> = { 'key:x': [], 'key:y': [] };
    for (const clientId of ['key:x', 'key:y', 'key:x']) {
      const { task } = await addOne(store, { clientId });
      of[clientId]?.push(task.executionId);
      await finish(store, await claimNext(store), 'x'.repeat(10_000));
    }
    assert.equal((await store.removeExpired()).executions, 1);
    const isThere = async (id = '') => (await store.find(id)) !== null;
    const [first, second] = of['key:x'] ?? [];
    assert.deepEqual(
      [await isThere(first), await isThere(second), await isThere(of['key:y']?.[0])],
      [false, true, true],
    );
  });
}

function testWebhooks(open: Open): void {
  const delivery = {
    attempt: 1,
    at: new Date().toISOString(),
    status: 500,
    duration_ms: 3,
    error: 'HTTP 500',
  };
  const url = 'https://example.org/hook';

  test('a webhook is due when its execution has ended, until it is delivered or given up', async () => {
    await using tested = await open();
    const { store } = tested;
    const { task } = await addOne(store, { webhookUrl: url });
    const id = task.executionId;
    assert.deepEqual(await store.webhooks.due(10, NO_EXCEPTIONS), []);
    assert.equal(await store.webhooks.redeliver(id), false);
    assert.equal(await store.webhooks.nextDueMs(), null);
    await finish(store, await claimNext(store));
    const due = { executionId: id, owner: 'key:a', client: task.clientId, url, attempts: 0 };
    assert.deepEqual(await store.webhooks.due(10, NO_EXCEPTIONS), [due]);
    const exceptions = [{ hosts: ['example.org'] }, { clients: [task.clientId] }, { executionIds: [id] }];
    for (const except of exceptions)
      assert.deepEqual(await store.webhooks.due(10, { ...NO_EXCEPTIONS, ...except }), []);
    assert.equal(await store.webhooks.nextDueMs(), 0);
    assert.equal((await store.webhooks.backlog()).pending, 1);
    assert.equal(await store.webhooks.record(id, delivery, { afterMs: 60_000 }), true);
    assert.deepEqual(await store.webhooks.due(10, NO_EXCEPTIONS), []);
    const waitMs = (await store.webhooks.nextDueMs()) ?? 0;
    assert.ok(waitMs > 50_000 && waitMs <= 60_000, `${waitMs}`);
    await store.webhooks.record(id, { ...delivery, attempt: 2, status: 200, error: null }, 'delivered');
    const webhook = (await store.find(id))?.webhook;
    assert.deepEqual([webhook?.status, webhook?.deliveries.length], ['delivered', 2]);
    assert.equal(await store.webhooks.redeliver(id), true);
    assert.deepEqual(await store.webhooks.due(10, NO_EXCEPTIONS), [{ ...due, attempts: 2 }]);
    assert.equal(await store.webhooks.record('nothing', delivery, 'failed'), false);
  });

  test('a client with many webhooks that are due delays no other, nor do those that are under way', async () => {
    await using tested = await open({ maxExecutions: 5000 });
    const { store } = tested;
    const many = Array.from({ length: 300 }, () => newExecution({ webhookUrl: url, clientId: 'many' }));
    await store.add(many);
    for (const _ of many) await finish(store, await claimNext(store));
    const one = await addOne(store, { webhookUrl: 'https://other.example/hook', clientId: 'one' });
    await finish(store, await claimNext(store));
    const clients = async (except: object) => {
      const due = await store.webhooks.due(32, { ...NO_EXCEPTIONS, ...except });
      return due.map(({ client }) => client);
    };
    const mixed = await clients({});
    assert.ok(mixed.includes('one') && mixed.includes('many'), mixed.join());
    for (const except of [{ clients: ['many'] }, { hosts: ['example.org'] }])
      assert.deepEqual(await clients(except), ['one']);
    assert.ok((await clients({ executionIds: [one.task.executionId] })).every((client) => client === 'many'));
  });

  test('what is due is due after a crash', async () => {
    await using tested = await open();
    const { task } = await addOne(tested.store, { webhookUrl: url });
    await finish(tested.store, await claimNext(tested.store));
    await tested.store.webhooks.record(task.executionId, delivery, { afterMs: 0 });
    await using crashed = await tested.afterCrash();
    assert.equal((await crashed.store.webhooks.due(10, NO_EXCEPTIONS))[0]?.attempts, 1);
  });
}
