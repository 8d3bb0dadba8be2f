// The store in Redis passes the cases of all stores, on one server and on a cluster. A crash is the end of every process
// that uses it: their leases end.

import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIdentifier } from '../../identifier.ts';
import { createLog } from '../../log.ts';
import { connectRedis, type RedisConnection } from '../../redis/redis-connection.ts';
import { REDIS_MISSING, startCluster, startRedis } from '../../redis/redis-fixture.ts';
import { parseRedisUrl } from '../../settings/redis-url.ts';
import { type StoreChoices, type StoreUnderTest, testStoreContract } from '../store-contract.ts';
import { endingOf, newExecution, RUNNING, testEvent } from '../store-fixture.ts';
import { openRedisStore, type RedisStore, storeKeys } from './redis-store.ts';

const LIMITS = { maxExecutions: 1000, maxTaskBytes: 1e9, maxStoredBytes: 1e9, resultTtlMs: 1e9 };
const LEASE_MS = 60_000;
const ANY = { isIdle: true, except: [] };
const log = createLog({ logLevel: 'CRITICAL', debug: false });

async function connect(url: string): Promise<RedisConnection> {
  const connection = await connectRedis(
    { redisUrl: parseRedisUrl(url) ?? null, redisHost: null, redisPort: 0, redisPassword: null },
    log,
  );
  assert.ok(connection);
  return connection;
}

/** Of processes that share a prefix. */
async function open(
  connection: RedisConnection,
  choices: StoreChoices = {},
  prefix = createIdentifier(),
): Promise<StoreUnderTest & { readonly store: RedisStore }> {
  const store = await openRedisStore(connection, {
    prefix,
    leaseMs: LEASE_MS,
    promise: () => '',
    log,
    ...LIMITS,
    ...choices,
  });
  return {
    store,
    afterCrash: async () => {
      await store.close();
      await endLease(connection, prefix, store);
      return open(connection, choices, prefix);
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

async function endLease(
  { client }: RedisConnection,
  prefix: string,
  { processId }: RedisStore,
): Promise<void> {
  await client.zadd(storeKeys(prefix)('leases'), 'XX', 0, processId);
}

suite('the store in a cluster of Redis', { skip: REDIS_MISSING }, async () => {
  const server = await startCluster(['--appendfsync', 'everysec']);
  const connection = await connect(`redis+cluster://127.0.0.1:${server.port}`);
  after(async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  });
  testStoreContract((choices) => open(connection, choices));
});

suite('the store in Redis', { skip: REDIS_MISSING }, async () => {
  const server = await startRedis(['--appendfsync', 'everysec']);
  const connection = await connect(`redis://127.0.0.1:${server.port}`);
  after(async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  });
  testStoreContract((choices) => open(connection, choices));

  /** Two processes of one fleet. */
  const openTwo = async (choices?: StoreChoices) => {
    const prefix = createIdentifier();
    const [one, other] = [await open(connection, choices, prefix), await open(connection, choices, prefix)];
    return {
      prefix,
      one: one.store,
      other: other.store,
      [Symbol.asyncDispose]: async () => void (await Promise.all([one.store.close(), other.store.close()])),
    };
  };

  test('what one process adds another runs, and who follows it anywhere learns of its end', async () => {
    await using fleet = await openTwo();
    const added = newExecution();
    const id = added.task.executionId;
    const ends = [fleet.one, fleet.other].map((store) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      store.watch(({ kind }) => (kind === 'ended' ? resolve() : undefined), id);
      return promise;
    });
    await fleet.one.add([added]);
    const claim = await fleet.other.claim(ANY);
    assert.ok(claim);
    await fleet.other.finish(id, claim.fence, [], endingOf(claim));
    await Promise.all(ends);
    assert.equal((await fleet.one.find(id))?.status, 'completed');
  });

  test('a process that was stopped past its lease comes back and changes nothing', async () => {
    await using fleet = await openTwo();
    await fleet.one.add([newExecution()]);
    const claim = await fleet.one.claim(ANY);
    assert.ok(claim);
    const id = claim.task.executionId;
    const lost: string[] = [];
    fleet.one.watch((change) => (change.kind === 'lost' ? lost.push(change.id) : undefined));
    await endLease(connection, fleet.prefix, fleet.one);
    const again = await fleet.other.claim(ANY);
    assert.deepEqual([again?.task.executionId, again?.attempt, again?.isAlone], [id, 2, true]);
    assert.equal(await fleet.one.append(id, claim.fence, [RUNNING]), false);
    assert.equal(await fleet.one.finish(id, claim.fence, [], endingOf(claim)), false);
    await fleet.one.announce();
    assert.ok(again && (await fleet.other.finish(id, again.fence, [testEvent('right')], endingOf(again))));
    const { results } = await fleet.one.results(id);
    assert.deepEqual(
      results.map(({ stdout }) => stdout),
      ['right'],
    );
  });

  test('a process that lives but lost its lease learns what it lost', async () => {
    await using fleet = await openTwo();
    await fleet.one.add([newExecution()]);
    const claim = await fleet.one.claim(ANY);
    const lost: string[] = [];
    fleet.one.watch((change) => (change.kind === 'lost' ? lost.push(change.id) : undefined));
    await endLease(connection, fleet.prefix, fleet.one);
    await fleet.other.announce();
    await fleet.one.announce();
    assert.deepEqual(lost, [claim?.task.executionId]);
  });

  test('a claim whose answer was lost is given back without counting', async () => {
    await using fleet = await openTwo();
    await fleet.one.add([newExecution()]);
    // As if the answer had not come: the process learns of no claim.
    const key = storeKeys(fleet.prefix);
    const claim = await fleet.other.claim(ANY);
    assert.ok(claim);
    const id = claim.task.executionId;
    await connection.client.hset(key('x', id), 'worker', fleet.one.processId);
    await connection.client.smove(key('runs', fleet.other.processId), key('runs', fleet.one.processId), id);
    await fleet.one.announce();
    await fleet.one.announce();
    const again = await fleet.other.claim(ANY);
    assert.deepEqual([again?.task.executionId, again?.attempt], [id, 1]);
  });

  test('a cancellation reaches the process that runs it', async () => {
    await using fleet = await openTwo();
    await fleet.one.add([newExecution()]);
    const claim = await fleet.other.claim(ANY);
    assert.ok(claim);
    const id = claim.task.executionId;
    const reported = new Promise<string>((resolve) => {
      fleet.other.watch((change) => (change.kind === 'cancelling' ? resolve(change.id) : undefined));
    });
    assert.deepEqual(await fleet.one.cancel(id), { kind: 'running' });
    assert.equal(await reported, id);
  });

  test('a process claims only kinds that it can run, and others find the rest', async () => {
    const prefix = createIdentifier();
    const options = { prefix, leaseMs: LEASE_MS, promise: () => '', log, ...LIMITS };
    const python = await openRedisStore(connection, { ...options, kinds: () => ['python 3.11.2'] });
    const java = await openRedisStore(connection, { ...options, kinds: () => ['java 17', 'python 3.12.0'] });
    try {
      await python.add([newExecution({ languageId: 'java' }), newExecution()]);
      assert.equal((await python.claim(ANY))?.task.languageId, 'python');
      assert.equal(await python.claim(ANY), null);
      assert.equal(await java.claim(ANY), null);
    } finally {
      await Promise.all([python.close(), java.close()]);
    }
  });

  test('what somebody waits for has more turns, and is gone a moment after its end', async () => {
    await using fleet = await openTwo();
    await fleet.one.add([newExecution(), newExecution(), { ...newExecution(), keepMs: 1 }]);
    const claims = [await fleet.one.claim(ANY), await fleet.one.claim(ANY)];
    const now = claims[1];
    assert.ok(now);
    await fleet.one.finish(now.task.executionId, now.fence, [], endingOf(now));
    assert.equal((await fleet.one.list({ owner: 'key:a', limit: 10 })).executions.length, 2);
    await sleep(20);
    assert.equal((await fleet.one.removeExpired()).executions, 1);
    assert.equal(await fleet.one.find(now.task.executionId), null);
  });

  test('no webhook is delivered by two processes at a time', async () => {
    await using fleet = await openTwo();
    await fleet.one.add([newExecution({ webhookUrl: 'https://example.org' })]);
    const claim = await fleet.one.claim(ANY);
    assert.ok(claim);
    await fleet.one.finish(claim.task.executionId, claim.fence, [], endingOf(claim));
    const none = { executionIds: [], hosts: [], clients: [] };
    assert.equal((await fleet.other.webhooks.due(10, none)).length, 1);
    assert.equal((await fleet.one.webhooks.due(10, none)).length, 0);
  });

  test('nothing is left of what has ended and expired', async () => {
    const prefix = createIdentifier();
    await using tested = await open(connection, { resultTtlMs: 1 }, prefix);
    const { store } = tested;
    await store.add([newExecution({ userId: 'ada', batchId: 'b', webhookUrl: 'https://example.org' })]);
    const claim = await store.claim(ANY);
    assert.ok(claim);
    await store.finish(claim.task.executionId, claim.fence, [testEvent()], endingOf(claim));
    await sleep(20);
    await store.removeExpired();
    const keys = await connection.client.keys(`${prefix}:*`);
    const bases = ['leases', 'meta', 'times', 'turns', 'hooklast'].map((name) => storeKeys(prefix)(name));
    assert.deepEqual(keys.filter((key) => !bases.includes(key)).sort(), []);
  });

  test('a Redis without memory refuses with 503 and loses nothing', async () => {
    await using full = await startRedis(['--maxmemory', '3mb']);
    await using own = Object.assign(await connect(`redis://127.0.0.1:${full.port}`), {
      [Symbol.asyncDispose]: async () => {},
    });
    const { store } = await open(own);
    const noise = () => newExecution({ code: Array.from({ length: 20_000 }, () => Math.random()).join('') });
    let added = 0;
    const refusal = await (async () => {
      for (; added < 100; added += 1) await store.add([noise()]);
    })().catch((error: unknown) => error);
    assert.match(String(refusal), /Redis has no memory left/);
    assert.equal((refusal as { code?: string }).code, 'unavailable');
    assert.equal(
      (await connection.client.ping()) &&
        (await store.list({ owner: 'key:a', limit: 100 })).executions.length,
      added,
    );
    await own.close();
  });

  test('a Redis that hangs is reported, and what it has is there afterwards', async () => {
    await using hanging = await startRedis();
    const own = await connect(`redis://127.0.0.1:${hanging.port}`);
    const { store } = await open(own);
    const added = newExecution();
    await store.add([added]);
    hanging.signal('SIGSTOP');
    await assert.rejects(store.add([newExecution()]), { code: 'unavailable' });
    hanging.signal('SIGCONT');
    const find = () => store.find(added.task.executionId).catch(() => null);
    while ((await find()) === null) await sleep(20);
    await store.close();
    await own.close();
  });

  test('what Redis answered with appendfsync always is there after it was killed', async () => {
    await using killed = await startRedis();
    const own = await connect(`redis://127.0.0.1:${killed.port}`);
    const { store } = await open(own);
    await store.add([newExecution(), newExecution()]);
    const claim = await store.claim(ANY);
    assert.ok(claim);
    await store.finish(claim.task.executionId, claim.fence, [], endingOf(claim));
    await killed.kill();
    await assert.rejects(store.add([newExecution()]), { code: 'unavailable' });
    await killed.start();
    while (
      (await own.ping().then(
        () => true,
        () => false,
      )) === false
    )
      await sleep(20);
    assert.equal((await store.find(claim.task.executionId))?.status, 'completed');
    assert.ok(await store.claim(ANY));
    await store.close();
    await own.close();
  });
});
