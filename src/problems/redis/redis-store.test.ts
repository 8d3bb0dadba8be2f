// The store of problems in Redis passes the cases of all stores of problems, on one server and on a cluster, and says when
// Redis is lost.

import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { ServiceError } from '../../errors.ts';
import { createIdentifier } from '../../identifier.ts';
import { createLog } from '../../log.ts';
import { connectRedis } from '../../redis/redis-connection.ts';
import { REDIS_MISSING, startCluster, startRedis } from '../../redis/redis-fixture.ts';
import { parseRedisUrl } from '../../settings/redis-url.ts';
import { BOUNDS, type ProblemsUnderTest, testProblemContract } from '../problem-contract.ts';
import { openRedisStore } from './redis-store.ts';

const log = createLog({ logLevel: 'CRITICAL', debug: false });

async function connect(url: string) {
  const connection = await connectRedis(
    { redisUrl: parseRedisUrl(url) ?? null, redisHost: null, redisPort: 0, redisPassword: null },
    log,
  );
  assert.ok(connection);
  return connection;
}

type Connection = Awaited<ReturnType<typeof connect>>;

async function open(
  { client }: Connection,
  bounds: typeof BOUNDS,
  prefix: string,
): Promise<ProblemsUnderTest> {
  const store = openRedisStore(client, prefix, bounds);
  return {
    store,
    afterRestart: async () => open({ client } as Connection, bounds, prefix),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

suite('the store of problems in a cluster of Redis', { skip: REDIS_MISSING }, async () => {
  const server = await startCluster();
  const connection = await connect(`redis+cluster://127.0.0.1:${server.port}`);
  after(async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  });
  testProblemContract((bounds) => open(connection, { ...BOUNDS, ...bounds }, createIdentifier()));
});

suite('the store of problems in Redis', { skip: REDIS_MISSING }, async () => {
  const server = await startRedis();
  const connection = await connect(`redis://127.0.0.1:${server.port}`);
  after(async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  });
  testProblemContract((bounds) => open(connection, { ...BOUNDS, ...bounds }, createIdentifier()));

  test('a store without Redis says that it is unavailable, not that there is nothing', async () => {
    await using lost = await startRedis();
    const own = await connect(`redis://127.0.0.1:${lost.port}`);
    const { store } = await open(own, BOUNDS, createIdentifier());
    await lost.kill();
    await assert.rejects(
      store.find('key:a', 'sum'),
      (error) => error instanceof ServiceError && error.code === 'unavailable',
    );
    await own.close();
  });
});
