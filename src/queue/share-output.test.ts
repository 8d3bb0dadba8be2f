// What an execution writes in one process, as others see it through a real Redis: live, from the beginning for those who
// come late, without what is in events already, and bounded.

import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createLiveOutputs, type LiveOutput, type LiveOutputs } from '../execution/live-output.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { createIdentifier } from '../identifier.ts';
import { createTestLog } from '../log-fixture.ts';
import { connectRedis, type RedisConnection } from '../redis/redis-connection.ts';
import { REDIS_MISSING, startRedis } from '../redis/redis-fixture.ts';
import { openRedisStore, type RedisStore, storeKeys } from '../store/redis/redis-store.ts';
import { endingOf, newExecution, testEvent } from '../store/store-fixture.ts';
import { MIB } from '../units.ts';
import { shareOutput } from './share-output.ts';

const LIMITS = { maxExecutions: 100, maxTaskBytes: 1e9, maxStoredBytes: 1e9, resultTtlMs: 1e9 };

interface Process {
  readonly store: RedisStore;
  readonly outputs: LiveOutputs;
  readonly follow: (id: string) => LiveOutput;
  /** Runs until `end` is called; `write` is what a box writes. */
  run(task: ExecutionTask): { readonly end: () => Promise<void> };
}

/** What the reader gets, as `TEST:TEXT` of each chunk, until it has all of `text`. */
async function read(live: LiveOutput, text: string): Promise<string> {
  let found = '';
  while (found.length < text.length) {
    for (const { testIndex, bytes } of live.take()) found += `${testIndex}:${Buffer.from(bytes)} `;
    if (found.length < text.length) await live.changed();
  }
  return found;
}

suite('output that a fleet shares', { skip: REDIS_MISSING }, async () => {
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

  async function start(prefix: string): Promise<Process> {
    const options = { prefix, leaseMs: 60_000, promise: () => '', log, ...LIMITS };
    const store = await openRedisStore(connection, options);
    started.defer(() => store.close());
    const outputs = createLiveOutputs();
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => {});
    const shared = shareOutput({
      ...{ outputs, store, shared: store.sharedOutput },
      execute: async ({ executionId: id, liveOutput = false }) => {
        using _output = outputs.begin(id, liveOutput);
        return await ended.promise;
      },
    });
    return {
      ...{ store, outputs, follow: shared.outputs.follow },
      run: (task) => {
        const running = shared.execute(task, new AbortController().signal, () => {}).catch(() => {});
        const end = async () => {
          ended.reject(new Error('ended'));
          await running;
        };
        return { end };
      },
    };
  }

  const startThree = async () => {
    const prefix = createIdentifier();
    const [api, other, worker] = await Promise.all([start(prefix), start(prefix), start(prefix)]);
    return { prefix, api, other, worker };
  };
  const claim = async ({ store }: Process) => {
    const claimed = await store.claim({ isIdle: true, except: [] });
    assert.ok(claimed);
    return claimed;
  };
  const sinkOf = ({ outputs }: Process, id: string, index: number) => {
    const sink = outputs.sink(id, index);
    assert.ok(sink, 'nobody asked for it');
    return (text: string) => sink('stdout', Buffer.from(text));
  };

  test('comes live to who followed before, and from the beginning to who follows later', async () => {
    const { prefix, api, other, worker } = await startThree();
    const execution = newExecution({});
    const { executionId: id } = execution.task;
    using before = api.follow(id);
    await api.store.add([execution]);
    const { task, fence } = await claim(worker);
    const { end } = worker.run(task);
    const write = sinkOf(worker, id, 0);
    write('one');
    assert.equal(await read(before, '0:one '), '0:one ');
    using later = other.follow(id);
    assert.equal(await read(later, '0:one '), '0:one ');
    write('two');
    for (const live of [before, later]) assert.equal(await read(live, '0:two '), '0:two ');

    // A test whose event is stored has its output there, and no more here.
    worker.outputs.forget(id, 0);
    await worker.store.append(id, fence, [testEvent('onetwo', 0)]);
    sinkOf(worker, id, 1)('next');
    assert.equal(await read(before, '1:next '), '1:next ');
    using last = other.follow(id);
    assert.equal(await read(last, '1:next '), '1:next ');

    assert.ok(await worker.store.finish(id, fence, [], endingOf(execution)));
    assert.equal(await connection.client.exists(storeKeys(prefix)('out', id)), 0);
    await end();
  });

  test('is asked for while it runs, and passed on for tests that begin after that', async () => {
    const { api, worker } = await startThree();
    const execution = newExecution({});
    const { executionId: id } = execution.task;
    await api.store.add([execution]);
    const { end } = worker.run((await claim(worker)).task);
    assert.equal(worker.outputs.sink(id, 0), undefined, 'nobody asked, and yet it is read');
    using live = api.follow(id);
    while (worker.outputs.sink(id, 1) === undefined) await delay(5);
    sinkOf(worker, id, 1)('seen');
    assert.equal(await read(live, '1:seen '), '1:seen ');
    await end();
    assert.equal(worker.outputs.sink(id, 2), undefined, 'it is read after its end');
  });

  test('takes a bounded amount of Redis, and says what was dropped by its offset', async () => {
    const { prefix, api, other, worker } = await startThree();
    const execution = newExecution({});
    const { executionId: id } = execution.task;
    using follower = api.follow(id);
    await api.store.add([execution]);
    const { end } = worker.run((await claim(worker)).task);
    const write = sinkOf(worker, id, 0);
    const part = 'x'.repeat(MIB / 4);
    for (let count = 0; count < 12; count += 1) {
      write(part);
      await follower.changed();
      follower.take();
    }
    using late = other.follow(id);
    await late.changed();
    const chunks = late.take();
    assert.equal((chunks.at(-1)?.offset ?? 0) + (chunks.at(-1)?.bytes.length ?? 0), 12 * part.length);
    assert.ok((chunks[0]?.offset ?? 0) > 0);
    const bytes = await connection.client.memory('USAGE', storeKeys(prefix)('out', id), 'SAMPLES', 0);
    assert.ok(Number(bytes) < 1.5 * MIB, `${bytes} bytes`);
    await end();
  });
});
