// The store in Redis, against a real redis-server, also one that is part of a cluster, that hangs and that is killed.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createLog } from '../log.ts';
import { connectRedis } from '../redis/redis-connection.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from '../redis/redis-fixture.ts';
import { HOUR_MS } from './metrics.ts';
import { execution, NOW, testMetricsStore } from './metrics-contract.ts';
import { PARTS, SILENT } from './metrics-fixture.ts';
import { createRecorder } from './recorder.ts';
import { createRedisStore } from './redis-store.ts';
import { createReports } from './reports.ts';

const ALL_SLOTS = ['0', '16383'];
const depth = () => ({ active: 0, capacity: 1 });

for (const kind of ['alone', 'of a cluster'] as const) {
  suite(`a Redis ${kind}`, { skip: REDIS_MISSING }, () => {
    let server: RedisServer;
    let client: Redis;
    before(async () => {
      server = await startRedis(kind === 'alone' ? [] : ['--cluster-enabled', 'yes']);
      client = new Redis({ host: '127.0.0.1', port: server.port });
      if (kind === 'alone') return;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', ...ALL_SLOTS);
      while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await delay(20);
    });
    after(async () => {
      client.disconnect();
      await server[Symbol.asyncDispose]();
    });

    testMetricsStore(async (place, options) => createRedisStore(client, { prefix: place, ...options }));

    test('has only keys that expire, and the bounded lists of users', async () => {
      const store = createRedisStore(client, { prefix: 'expiring' });
      const recorder = createRecorder(store, SILENT);
      recorder.record(execution({ userId: 'ada' }));
      await recorder.close();
      const keys = await client.keys('expiring:*');
      assert.ok(keys.length > 5);
      for (const key of keys) {
        assert.match(key, /^expiring:\{metrics\}:/);
        if (!/:(seen|executed)$/.test(key)) assert.ok((await client.ttl(key)) > 0, key);
      }
      const hour = keys.find((key) => key.includes(':hour:'));
      const hoursLeft = (await client.ttl(hour ?? '')) / 3600;
      assert.ok(hoursLeft > 719 && hoursLeft < 723, `${hoursLeft}`);
    });

    test('removes users without counts', async () => {
      const late = createRedisStore(client, { prefix: 'late', now: () => NOW + 800 * HOUR_MS });
      for (const [store, userId] of [
        [createRedisStore(client, { prefix: 'late' }), 'ada'],
        [late, 'bob'],
      ] as const) {
        const recorder = createRecorder(store, SILENT);
        const atMs = userId === 'ada' ? NOW : NOW + 800 * HOUR_MS;
        recorder.record(execution({ userId, atMs }));
        await recorder.close();
      }
      assert.deepEqual(await client.zrange('late:{metrics}:seen', '0', '-1'), ['bob']);
    });
  });
}

suite('a Redis that fails', { skip: REDIS_MISSING }, () => {
  async function connect(server: RedisServer) {
    const lines: string[] = [];
    const log = createLog({ logLevel: 'INFO', debug: false }, { write: (line) => lines.push(line) });
    const settings = { redisHost: '127.0.0.1', redisPort: server.port, redisPassword: null };
    const connection = await connectRedis(settings, log);
    assert.ok(connection);
    const store = createRedisStore(connection.client, { prefix: 'ces' });
    const recorder = createRecorder(store, log);
    const reports = createReports({ store, recorder, depth, present: PARTS });
    const close = async () => {
      await recorder.close();
      await connection.close();
    };
    return { recorder, reports, lines, close };
  }

  async function untilStored(recorder: ReturnType<typeof createRecorder>): Promise<void> {
    for (let attempt = 0; attempt < 400 && recorder.state().pending > 0; attempt += 1) {
      await recorder.flush();
      await delay(25);
    }
    assert.equal(recorder.state().pending, 0);
  }

  test('loses nothing that was recorded while it was dead', async () => {
    await using server = await startRedis();
    const { recorder, reports, lines, close } = await connect(server);
    for (let index = 0; index < 100; index += 1)
      recorder.record(execution({ userId: 'ada', atMs: Date.now() }));
    await recorder.flush();
    await server.kill();
    for (let index = 0; index < 100; index += 1)
      recorder.record(execution({ userId: 'ada', atMs: Date.now() }));
    await recorder.flush();
    assert.equal(recorder.state().pending, 100);
    for (let index = 0; index < 100; index += 1)
      recorder.record(execution({ userId: 'bob', atMs: Date.now() }));
    await assert.rejects(reports.all(24));
    await server.start();
    await untilStored(recorder);
    assert.equal((await reports.all(24)).totals.executions, 300);
    assert.equal((await reports.user('ada', 24))?.totals.executions, 200);
    assert.equal(recorder.state().dropped, 0);
    const logged = lines.map((line) => JSON.parse(line).msg as string);
    assert.equal(logged.filter((message) => /cannot be stored/.test(message)).length, 1);
    assert.equal(logged.filter((message) => /stored again/.test(message)).length, 1);
    assert.doesNotMatch(lines.join(), /ada/);
    await close();
  });

  test('counts nothing twice when it hangs and the answer is lost', async () => {
    await using server = await startRedis();
    const { recorder, reports, close } = await connect(server);
    server.signal('SIGSTOP');
    recorder.record(execution({ userId: 'ada', atMs: Date.now() }));
    await recorder.flush();
    assert.equal(recorder.state().pending, 1);
    server.signal('SIGCONT');
    await untilStored(recorder);
    assert.equal((await reports.all(24)).totals.executions, 1);
    await close();
  });

  test('does not prevent the service from stopping, which reports what is lost', async () => {
    await using server = await startRedis();
    const { recorder, lines, close } = await connect(server);
    await server.kill();
    recorder.record(execution());
    await close();
    assert.match(lines.join(), /"observations":1,"msg":"metrics are lost/);
  });
});
