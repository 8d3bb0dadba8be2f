// Stored executions are run in turn with a real store: each ends once, failures are tried again and end at some time, a
// stop loses nothing, and what may end a worker takes nothing else along.

import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../errors.ts';
import type { Execute, ExecutionRecord } from '../execution/record.ts';
import { recordWithoutRun } from '../execution/without-run.ts';
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts';
import type { ExecutionStore } from '../store/store.ts';
import { type Choices, newExecution, RUNNING, testEvent } from '../store/store-fixture.ts';
import { type StoredWorkParts, startStoredWork } from './stored-work.ts';

const LIMITS = {
  maxExecutions: 1000,
  maxTaskBytes: 1e9,
  maxStoredBytes: 1e9,
  resultTtlMs: 1e9,
  sync: 'normal',
} as const;
type OpenStore = ExecutionStore & { readonly directory: string };
const log = { warn: () => {}, error: () => {} };

/** How the work on a store is stopped, by the store's directory: before the store. */
const closings = new Map<string, (() => Promise<void>)[]>();

async function openStore(t: TestContext, copied?: string): Promise<OpenStore> {
  const directory = await mkdtemp(join(tmpdir(), 'work-test-'));
  if (copied !== undefined) await cp(copied, directory, { recursive: true });
  const store = await openEmbeddedStore({ directory, ...LIMITS, log });
  t.after(async () => {
    for (const close of closings.get(directory) ?? []) await close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  return { ...store, directory };
}

function start(store: OpenStore, execute: Execute, parts: Partial<StoredWorkParts> = {}) {
  const ended: string[] = [];
  const work = startStoredWork({
    store,
    execute,
    slots: 1,
    sandboxName: 'scripted',
    maxAttempts: 3,
    firstRetryMs: 1,
    waitingLanguages: () => [],
    probe: async () => {},
    onEnd: (_claim, { execution_id: id }) => ended.push(id),
    onAttempt: () => {},
    log,
    ...parts,
  });
  const others = closings.get(store.directory) ?? [];
  closings.set(store.directory, [...others, () => work.close({ graceMs: 0 })]);
  return { work, ended };
}

async function add(store: ExecutionStore, choices: Choices = {}): Promise<string> {
  const added = newExecution(choices);
  await store.add([added]);
  return added.task.executionId;
}

async function ended(store: ExecutionStore, id: string) {
  for (let turn = 0; turn < 2000; turn += 1) {
    const found = await store.find(id);
    if (found?.ending) return { ...found, ending: found.ending, results: (await store.results(id)).results };
    await sleep(5);
  }
  throw new Error(`${id} does not end`);
}

const completed: Execute = async (task, _signal, onEvent) => {
  const test = testEvent('fine').test;
  onEvent?.(RUNNING);
  onEvent?.({ type: 'test', test });
  return { ...recordOf(task), status: 'completed', results: [test] };
};

function recordOf(task: Parameters<Execute>[0]): ExecutionRecord {
  return recordWithoutRun(task, { status: 'cancelled', message: 'cancelled', sandbox: 'scripted' });
}

/** Ends only when it is cancelled. */
const endless: Execute = (task, signal, onEvent) => {
  onEvent?.(RUNNING);
  const { promise, resolve } = Promise.withResolvers<ExecutionRecord>();
  const end = () => resolve(recordOf(task));
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return promise;
};

async function untilRunning(store: ExecutionStore, id: string): Promise<void> {
  while ((await store.find(id))?.status !== 'running') await sleep(2);
}

suite('the work on stored executions', () => {
  test('runs what was added before and after it started, and reports each end once', async (t) => {
    const store = await openStore(t);
    const before = await add(store);
    const { ended: reported } = start(store, completed);
    const after = await add(store);
    for (const id of [before, after]) {
      const { ending, results, attempts } = await ended(store, id);
      assert.deepEqual([ending.status, results[0]?.stdout, attempts], ['completed', 'fine', 1]);
    }
    await sleep(10);
    assert.deepEqual(reported, [before, after]);
  });

  test('begins no more than it has slots for, twice over', async (t) => {
    const store = await openStore(t);
    await store.add(Array.from({ length: 10 }, () => newExecution()));
    start(store, endless, { slots: 2 });
    while (store.state().running < 4) await sleep(2);
    await sleep(50);
    assert.deepEqual([store.state().running, store.state().waiting], [4, 6]);
  });

  test('tries again what the service failed, and keeps the results of the attempt that ended', async (t) => {
    const store = await openStore(t);
    const id = await add(store);
    let attempts = 0;
    start(store, async (...args) => {
      attempts += 1;
      if (attempts < 3) {
        args[2]?.({ type: 'test', test: testEvent('of a failed attempt').test });
        throw new ServiceError('unavailable', 'The sandbox is temporarily unavailable');
      }
      return completed(...args);
    });
    const found = await ended(store, id);
    assert.deepEqual([found.ending.status, found.attempts, found.results.length], ['completed', 3, 1]);
    assert.equal(found.results[0]?.stdout, 'fine');
  });

  test('gives up after the last attempt, and says why', async (t) => {
    const store = await openStore(t);
    const [failing, fine] = [await add(store), await add(store)];
    start(store, async (task, ...rest) => {
      if (task.executionId === fine) return completed(task, ...rest);
      throw new ServiceError('unavailable', 'The sandbox is temporarily unavailable');
    });
    const found = await ended(store, failing);
    assert.deepEqual([found.ending.status, found.attempts], ['internal_error', 3]);
    assert.match(found.ending.message ?? '', /temporarily unavailable.*3 attempts/);
    assert.deepEqual(
      found.results.map(({ status }) => status),
      ['internal_error'],
    );
    assert.equal((await ended(store, fine)).ending.status, 'completed');
  });

  test('does not count attempts while nothing can be run at all', async (t) => {
    const store = await openStore(t);
    const id = await add(store);
    let works = false;
    const execute: Execute = async (...args) => {
      if (!works) throw new ServiceError('unavailable', 'no engine');
      return completed(...args);
    };
    const probe = async () => {
      if (!works) throw new Error('no engine');
    };
    const failures: string[] = [];
    start(store, execute, { probe, outageMs: 5, onAttempt: (outcome) => failures.push(outcome) });
    while (failures.length === 0) await sleep(2);
    await sleep(50);
    works = true;
    const found = await ended(store, id);
    assert.deepEqual([found.ending.status, found.attempts], ['completed', 1]);
  });

  test('ends what took its worker along in every attempt, which no other shares', async (t) => {
    const first = await openStore(t);
    const [poison, innocent] = [await add(first), await add(first)];
    let store = first;
    let crashes = 0;
    // Each turn, the process dies as soon as the poison runs.
    for (let isPoisonDone = false; !isPoisonDone; ) {
      const begun: string[] = [];
      const { work } = start(store, async (task, signal, onEvent) => {
        begun.push(task.executionId);
        if (task.executionId === poison) return endless(task, signal, onEvent);
        await sleep(20);
        return begun.includes(poison) ? endless(task, signal, onEvent) : completed(task, signal, onEvent);
      });
      while (!begun.includes(poison) && (await store.find(poison))?.ending === null) await sleep(2);
      isPoisonDone = (await store.find(poison))?.ending !== null;
      if (isPoisonDone) break;
      crashes += 1;
      assert.ok(crashes <= 3, 'it is run more often than it may');
      const crashed = await openStore(t, store.directory);
      await work.close({ graceMs: 0 });
      store = crashed;
    }
    const found = await ended(store, poison);
    assert.deepEqual([found.ending.status, crashes], ['internal_error', 3]);
    assert.match(found.ending.message ?? '', /interrupted in each of 3 attempts/);
    const other = await ended(store, innocent);
    assert.equal(other.ending.status, 'completed');
    assert.ok(other.attempts <= 2, `${other.attempts}`);
  });

  test('cancels what waits and what runs within a second, also what does not listen', async (t) => {
    const store = await openStore(t);
    const ids = [await add(store), await add(store), await add(store)];
    const [listening = '', deaf = '', waiting = ''] = ids;
    const { work, ended: reported } = start(store, async (task, signal, onEvent) =>
      task.executionId === deaf
        ? endless(task, AbortSignal.timeout(3000), onEvent)
        : endless(task, signal, onEvent),
    );
    for (const id of [listening, deaf]) await untilRunning(store, id);
    const begin = performance.now();
    assert.deepEqual(await Promise.all(ids.map((id) => work.cancel(id))), [
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    assert.ok(performance.now() - begin < 3000, 'before the deaf one ends');
    for (const id of ids) assert.equal((await store.find(id))?.status, 'cancelled');
    assert.equal(await work.cancel(waiting), 'ended');
    assert.equal(await work.cancel('nothing'), 'unknown');
    assert.deepEqual(reported.toSorted(), ids.toSorted());
  });

  test('a stop lets short work finish, gives back the rest uncounted, and loses none', async (t) => {
    const store = await openStore(t);
    const [short, long, waiting] = [await add(store), await add(store), await add(store)];
    const { work } = start(store, async (task, signal, onEvent) => {
      if (task.executionId !== short) return endless(task, signal, onEvent);
      await sleep(50);
      return completed(task, signal, onEvent);
    });
    await untilRunning(store, long);
    await work.close({ graceMs: 100 });
    assert.equal((await store.find(short))?.status, 'completed');
    const kept = await Promise.all([long, waiting].map(async (id) => store.find(id)));
    assert.deepEqual(
      kept.map((each) => [each?.status, each?.attempts]),
      [
        ['queued', 0],
        ['queued', 0],
      ],
    );
    start(store, completed);
    for (const id of [long, waiting]) assert.equal((await ended(store, id)).attempts, 1);
  });

  test('keeps a result until the store can write again', async (t) => {
    const store = await openStore(t);
    const id = await add(store);
    let failures = 3;
    const finish: ExecutionStore['finish'] = async (...args) => {
      failures -= 1;
      if (failures >= 0) throw new ServiceError('unavailable', 'the disk is full');
      return store.finish(...args);
    };
    start({ ...store, append: () => Promise.reject(new Error('full')), finish }, completed);
    const found = await ended(store, id);
    assert.deepEqual([found.ending.status, found.results[0]?.stdout], ['completed', 'fine']);
  });
});
