// The queue of a process that runs nothing: what another process runs, through a real Redis, with as few reads as possible.

import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import type { ExecutionEvent } from '../execution/record.ts';
import { createIdentifier } from '../identifier.ts';
import { createTestLog } from '../log-fixture.ts';
import { connectRedis, type RedisConnection } from '../redis/redis-connection.ts';
import { REDIS_MISSING, startRedis } from '../redis/redis-fixture.ts';
import { openRedisStore, type RedisStore, storeKeys } from '../store/redis/redis-store.ts';
import type { Claim, StoredEvent } from '../store/store.ts';
import { endingOf, newExecution, RUNNING, testEvent } from '../store/store-fixture.ts';
import { createFleetQueue } from './fleet-queue.ts';
import type { ExecutionQueue } from './queue.ts';

const LIMITS = { maxExecutions: 3, maxTaskBytes: 1e9, maxStoredBytes: 1e9, resultTtlMs: 1e9 };

interface Pair {
  readonly queue: ExecutionQueue;
  /** Of the process that has the queue. */
  readonly store: RedisStore;
  readonly worker: RedisStore;
  readonly prefix: string;
  /** How often the queue read events or an execution. */
  readonly reads: () => number;
}

suite('the queue of a process that runs nothing', { skip: REDIS_MISSING }, async () => {
  const server = await startRedis(['--appendfsync', 'no']);
  const log = createTestLog(() => {});
  const settings = { redisHost: '127.0.0.1', redisPort: server.port, redisPassword: null };
  const connection = (await connectRedis(settings, log)) as RedisConnection;
  const started = new AsyncDisposableStack();
  after(async () => {
    await started.disposeAsync();
    await connection.close();
    await server[Symbol.asyncDispose]();
  });

  /** `readEvents` reads in place of the store, with the store's own function. */
  async function openPair(
    readEvents: (read: () => Promise<readonly StoredEvent[]>) => Promise<readonly StoredEvent[]> = (read) =>
      read(),
  ): Promise<Pair> {
    const prefix = createIdentifier();
    const open = async () => {
      const store = await openRedisStore(connection, {
        ...{ prefix, leaseMs: 60_000, promise: () => '', log },
        ...LIMITS,
      });
      started.defer(() => store.close());
      return store;
    };
    const [store, worker] = [await open(), await open()];
    let reads = 0;
    const counted = <T extends unknown[], R>(read: (...args: T) => R) => {
      return (...args: T): R => {
        reads += 1;
        return read(...args);
      };
    };
    const queue = createFleetQueue({
      store: Object.assign(Object.create(store), {
        events: counted((...args: Parameters<RedisStore['events']>) =>
          readEvents(() => store.events(...args)),
        ),
        find: counted(store.find),
      }) as RedisStore,
      work: { cancel: async () => 'unknown', secondsFor: () => 1 },
      isOffered: () => true,
    });
    return { queue, store, worker, prefix, reads: () => reads };
  }

  async function claim(worker: RedisStore): Promise<Claim> {
    const claimed = await worker.claim({ isIdle: true, except: [] });
    assert.ok(claimed);
    return claimed;
  }

  async function finish(worker: RedisStore, claimed: Claim, events: readonly ExecutionEvent[]) {
    const { executionId: id } = claimed.task;
    assert.equal(await worker.finish(id, claimed.fence, events, endingOf(claimed)), true);
  }

  test('a small result comes with the news of its end, and nothing is read', async () => {
    const { queue, worker, reads } = await openPair();
    const id = await queue.submit(newExecution().task);
    await finish(worker, await claim(worker), [RUNNING, testEvent('a small ü')]);
    const { status, results } = await queue.result(id);
    assert.deepEqual([status, results.map(({ stdout }) => stdout)], ['completed', ['a small ü']]);
    assert.equal(reads(), 0);
  });

  test('what was stored before the end counts too, and is not repeated', async () => {
    const { queue, worker } = await openPair();
    const id = await queue.submit(newExecution().task);
    const claimed = await claim(worker);
    await worker.append(id, claimed.fence, [RUNNING, testEvent('first', 0)]);
    await finish(worker, claimed, [testEvent('second', 1)]);
    const { results } = await queue.result(id);
    assert.deepEqual(
      results.map(({ stdout }) => stdout),
      ['first', 'second'],
    );
  });

  test('events are numbered on, whether they were read or brought', async () => {
    const { queue, worker } = await openPair();
    const id = await queue.submit(newExecution().task);
    const events = queue.events(id)[Symbol.asyncIterator]();
    const claimed = await claim(worker);
    await worker.append(id, claimed.fence, [RUNNING]);
    assert.equal((await events.next()).value?.id, 1);
    await finish(worker, claimed, [testEvent('out')]);
    const rest = [];
    for (let next = await events.next(); !next.done; next = await events.next()) {
      rest.push([next.value.id, next.value.event.type]);
    }
    assert.deepEqual(rest, [[2, 'test']]);
  });

  test('a large result is read', async () => {
    const { queue, worker, reads } = await openPair();
    const id = await queue.submit(newExecution().task);
    const stdout = 'x'.repeat(100_000);
    await finish(worker, await claim(worker), [testEvent(stdout)]);
    assert.equal((await queue.result(id)).results[0]?.stdout, stdout);
    assert.ok(reads() > 0);
  });

  test('an end that comes while earlier events are read is read next', async () => {
    const gate = Promise.withResolvers<void>();
    const looked = Promise.withResolvers<void>();
    const { queue, store, worker, prefix } = await openPair(async (read) => {
      const page = await read();
      looked.resolve();
      await gate.promise;
      return page;
    });
    const id = await queue.submit(newExecution().task);
    const claimed = await claim(worker);
    // News of events that are not there yet.
    await connection.client.publish(storeKeys(prefix)('p', store.processId), `events ${id} other`);
    await looked.promise;
    const ended = Promise.withResolvers<void>();
    using _watch = store.watch(({ kind }) => (kind === 'ended' ? ended.resolve() : undefined), id);
    const stdout = 'x'.repeat(100_000);
    await finish(worker, claimed, [testEvent(stdout)]);
    await ended.promise;
    gate.resolve();
    assert.equal((await queue.result(id)).results[0]?.stdout, stdout);
  });

  test('an execution that the store does not take has no result, and one that it loses is an error', async () => {
    const { queue, prefix } = await openPair();
    const ids = [];
    for (let count = 0; count < LIMITS.maxExecutions; count += 1)
      ids.push(await queue.submit(newExecution().task));
    const refused = newExecution().task;
    await assert.rejects(queue.submit(refused), { code: 'queue_full' });
    await assert.rejects(queue.result(refused.executionId), { code: 'not_found' });
    const keys = await connection.client.keys(`${prefix}*`);
    await connection.client.del(...keys, ...(await connection.client.keys(`*${prefix}*`)));
    await assert.rejects(queue.result(ids[0] as string), { code: 'unavailable' });
  });
});
