// Counters in memory and in a real Redis, and what happens to limits when Redis is lost.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Redis } from 'ioredis';
import { createLog } from '../log.ts';
import { connectRedis } from '../redis/redis-connection.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from '../redis/redis-fixture.ts';
import { createCountersWithFallback } from './counters-with-fallback.ts';
import { createMemoryCounters } from './memory-counters.ts';
import type { Counter } from './rate-counters.ts';
import { testCounters } from './rate-counters-contract.ts';
import { createRedisCounters } from './redis-counters.ts';

const perDay = (limit: number): Counter[] => [{ name: 'requests', limit, windowSeconds: 86_400, cost: 1 }];

suite('counters in memory', () => {
  testCounters(() => createMemoryCounters());

  test('forget those that were not used for longest, when there are too many', async () => {
    const counters = createMemoryCounters({ max: 100 });
    for (let client = 0; client < 1000; client += 1) {
      await counters.take(`client-${client}`, perDay(1));
      await counters.take('busy', perDay(10_000));
    }
    assert.equal(counters.size(), 100);
    const { standings } = await counters.take('busy', perDay(10_000));
    assert.equal(standings[0]?.used, 1001);
    assert.equal((await counters.take('client-0', perDay(1))).isAllowed, true);
    assert.equal((await counters.take('client-999', perDay(1))).isAllowed, false);
  });

  test('have windows that begin at midnight, UTC', async () => {
    let nowMs = Date.parse('2030-05-05T23:59:59Z');
    const counters = createMemoryCounters({ now: () => nowMs });
    const { standings } = await counters.take('client', perDay(1));
    assert.equal(standings[0]?.resetSeconds, 1);
    assert.equal((await counters.take('client', perDay(1))).isAllowed, false);
    nowMs += 1000;
    assert.equal((await counters.take('client', perDay(1))).isAllowed, true);
  });
});

suite('counters in Redis', { skip: REDIS_MISSING }, () => {
  let server: RedisServer;
  let client: Redis;
  let prefix = 0;
  before(async () => {
    server = await startRedis();
    client = new Redis({ port: server.port });
  });
  after(async () => {
    client.disconnect();
    await server[Symbol.asyncDispose]();
  });

  testCounters(() => {
    prefix += 1;
    return createRedisCounters(client, `test${prefix}`);
  });

  test('are shared by all who use the same prefix', async () => {
    const [one, other] = [createRedisCounters(client, 'shared'), createRedisCounters(client, 'shared')];
    assert.equal((await one.take('client', perDay(1))).isAllowed, true);
    assert.equal((await other.take('client', perDay(1))).isAllowed, false);
    assert.equal((await createRedisCounters(client, 'apart').take('client', perDay(1))).isAllowed, true);
  });

  test('leave nothing behind when their windows have ended', async () => {
    await createRedisCounters(client, 'ttl').take('client', [
      { name: 'a', limit: 1, windowSeconds: 60, cost: 1 },
    ]);
    const left = await client.pttl('ttl:rate:{client}:a');
    assert.ok(left > 0 && left <= 60_000, `${left}`);
  });
});

suite('limits without their Redis', { skip: REDIS_MISSING }, () => {
  for (const [name, lose, find] of [
    ['that is killed', (server: RedisServer) => server.kill(), (server: RedisServer) => server.start()],
    [
      'that hangs',
      async (server: RedisServer) => server.signal('SIGSTOP'),
      async (server: RedisServer) => server.signal('SIGCONT'),
    ],
  ] as const) {
    test(`${name} are counted by each process, until it is back`, async () => {
      await using server = await startRedis();
      const settings = { redisHost: '127.0.0.1', redisPort: server.port, redisPassword: null };
      const log = createLog({ logLevel: 'CRITICAL', debug: false });
      const connection = await connectRedis(settings, log);
      assert.ok(connection);
      try {
        let nowMs = 0;
        const counters = createCountersWithFallback(
          createRedisCounters(connection.client, 'test'),
          createMemoryCounters(),
          { now: () => nowMs, answerWithinMs: 1000 },
        );
        const used = async () => (await counters.take('client', perDay(100))).standings[0]?.used;
        assert.equal(await used(), 1);
        assert.equal(await used(), 2);
        await lose(server);
        assert.equal(await used(), 1);
        assert.equal(await used(), 2);
        await find(server);
        await connection.ping().catch(() => {});
        for (let turn = 0; (await connection.ping().catch(() => 'lost')) === 'lost'; turn += 1) {
          assert.ok(turn < 1000);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        assert.equal(await used(), 3, 'it is asked again only after a while');
        nowMs += 60_000;
        assert.ok([3, 4].includes((await used()) ?? 0), 'what a hanging Redis was asked may have counted');
      } finally {
        await connection.close();
      }
    });
  }
});
