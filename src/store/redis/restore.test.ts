// A backup of Redis that is taken while it works, and what a fleet finds after it was restored: what had ended has its
// result, what ran is run again, what waited still waits, and nothing runs twice that had ended before the copy.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIdentifier } from '../../identifier.ts';
import { createTestLog } from '../../log-fixture.ts';
import { connectRedis, type RedisConnection } from '../../redis/redis-connection.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from '../../redis/redis-fixture.ts';
import { endingOf, newExecution, testEvent } from '../store-fixture.ts';
import { openRedisStore, storeKeys } from './redis-store.ts';

const LIMITS = { maxExecutions: 1000, maxTaskBytes: 1e9, maxStoredBytes: 1e9, resultTtlMs: 1e9 };
const ANY = { isIdle: true, except: [] };
const log = createTestLog(() => {});

async function open(server: RedisServer, prefix: string, started: AsyncDisposableStack) {
  const settings = { redisHost: '127.0.0.1', redisPort: server.port, redisPassword: null };
  const connection = (await connectRedis(settings, log)) as RedisConnection;
  started.defer(() => connection.close());
  const options = { prefix, leaseMs: 60_000, promise: () => '', log, ...LIMITS };
  const store = await openRedisStore(connection, options);
  started.defer(() => store.close());
  return { store, client: connection.client };
}

test('a copy of the append-only files, taken while Redis works, is a whole backup', {
  skip: REDIS_MISSING,
}, async () => {
  await using started = new AsyncDisposableStack();
  const server = started.use(await startRedis());
  const prefix = createIdentifier();
  const { store } = await open(server, prefix, started);
  const [ended, ran, waited] = [newExecution(), newExecution(), newExecution({ userId: 'other' })];
  await store.add([ended]);
  const first = await store.claim(ANY);
  assert.equal(first?.task.executionId, ended.task.executionId);
  await store.finish(ended.task.executionId, first?.fence ?? 0, [testEvent('kept')], endingOf(ended));
  await store.add([ran]);
  assert.equal((await store.claim(ANY))?.task.executionId, ran.task.executionId);
  await store.add([waited]);

  // Others go on meanwhile: the copy ends somewhere within what they write.
  let isCopied = false;
  const noise = (async () => {
    while (!isCopied) await store.add([newExecution({ owner: 'key:noise', clientId: 'key:noise' })]);
  })();
  const backup = mkdtempSync(join(tmpdir(), 'redis-backup-'));
  cpSync(join(server.directory, 'appendonlydir'), join(backup, 'appendonlydir'), { recursive: true });
  isCopied = true;
  await noise;
  await server.kill();

  const restored = started.use(await startRedis([], backup));
  const { store: after, client } = await open(restored, prefix, started);
  assert.equal((await after.find(ended.task.executionId))?.status, 'completed');
  assert.equal((await after.results(ended.task.executionId)).results[0]?.stdout, 'kept');
  // The process that ran it is gone, and its lease ends.
  await client.zadd(storeKeys(prefix)('leases'), 'XX', 0, store.processId);
  const claims = new Map<string, boolean>();
  for (let claim = await after.claim(ANY); claim !== null; claim = await after.claim(ANY)) {
    claims.set(claim.task.executionId, claim.isAlone);
    await after.finish(claim.task.executionId, claim.fence, [], endingOf(claim));
  }
  assert.equal(claims.get(ran.task.executionId), true, 'what ran is not run again, alone');
  assert.equal(claims.get(waited.task.executionId), false, 'what waited is lost');
  assert.equal(claims.has(ended.task.executionId), false, 'what had ended runs again');
  assert.equal(after.state().waiting, 0);
});
