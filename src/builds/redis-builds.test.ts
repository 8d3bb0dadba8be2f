// What workers share of builds, through a real Redis: found by others, planted by nobody, bounded, and never waited for.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, suite, test } from 'node:test';
import { createIdentifier } from '../identifier.ts';
import { createTestLog } from '../log-fixture.ts';
import { connectRedis, type RedisConnection } from '../redis/redis-connection.ts';
import { REDIS_MISSING, startCluster } from '../redis/redis-fixture.ts';
import { createKeys } from '../redis/redis-keys.ts';
import { CANCELLED } from '../sandbox/sandbox.ts';
import type { PortableBuild } from '../sandbox/shared-builds.ts';
import { parseRedisUrl } from '../settings/redis-url.ts';
import { KIB, MIB } from '../units.ts';
import { openRedisBuilds } from './redis-builds.ts';

const SECRET = 'a-secret-of-the-fleet-with-entropy';
const OUTCOME = { ...CANCELLED, cancelled: false, exitCode: 0, cpuTimeMs: 12.5 };

function buildOf(text: string, files: Uint8Array = Buffer.from(`files of ${text}`)): PortableBuild {
  return { outcome: { ...OUTCOME, stdout: Buffer.from(text), stderr: Buffer.from('noted') }, files };
}

suite('builds that workers share', { skip: REDIS_MISSING }, async () => {
  // A cluster of one node refuses scripts whose keys are not together.
  const server = await startCluster(['--appendfsync', 'no']);
  const log = createTestLog(() => {});
  const connection = (await connectRedis(
    {
      ...{ redisHost: null, redisPort: 0, redisPassword: null },
      redisUrl: parseRedisUrl(`redis+cluster://127.0.0.1:${server.port}`) ?? null,
    },
    log,
  )) as RedisConnection;
  after(async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  });
  /** However busy the machine is, what is there is found. */
  const open = (prefix: string, { secret = SECRET, capacityBytes = 64 * MIB, findMs = 60_000 } = {}) =>
    openRedisBuilds(connection, { prefix, secret, capacityBytes, findMs, log });

  test('are found by other workers, with their files, outcome and output', async () => {
    const prefix = createIdentifier();
    const [one, other] = [await open(prefix), await open(prefix)];
    assert.equal(await other.find('key'), null);
    await one.keep('key', buildOf('built'));
    assert.deepEqual(await other.find('key'), buildOf('built'));
    assert.equal(await other.find('another key'), null);
    assert.deepEqual(
      [one.counts(), other.counts()],
      [
        { found: 0, missed: 0, kept: 1 },
        { found: 1, missed: 2, kept: 0 },
      ],
    );
  });

  test('are not used if somebody without the secret made, changed or renamed them', async () => {
    const prefix = createIdentifier();
    const keyOf = createKeys(prefix, 'builds');
    const { client } = connection;
    const builds = await open(prefix);
    const stranger = await open(prefix, { secret: 'a-guess-that-is-long-enough-to-be-one' });
    await stranger.keep('key', buildOf('planted'));
    assert.equal(await builds.find('key'), null);

    const nameOfLast = async () => (await client.zrange(keyOf('used'), '-1', '-1'))[0] ?? '';
    const planted = (await client.getBuffer(keyOf('b', await nameOfLast()))) as Buffer;
    await builds.keep('first', buildOf('first'));
    const first = await nameOfLast();
    const genuine = (await client.getBuffer(keyOf('b', first))) as Buffer;
    assert.deepEqual(await builds.find('first'), buildOf('first'));
    const changed = Buffer.from(genuine);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    for (const value of [changed, planted, genuine.subarray(0, 20), Buffer.alloc(0)]) {
      await client.set(keyOf('b', first), value);
      assert.equal(await builds.find('first'), null);
    }
    await client.set(keyOf('b', first), genuine);
    assert.deepEqual(await builds.find('first'), buildOf('first'));

    await builds.keep('second', buildOf('second'));
    await client.copy(keyOf('b', first), keyOf('b', await nameOfLast()), 'REPLACE');
    assert.equal(await builds.find('second'), null);
  });

  test('are bounded together, and the least recently used goes first', async () => {
    const builds = await open(createIdentifier(), { capacityBytes: 100 * KIB });
    const isThere = async (key: string) => (await builds.find(key)) !== null;
    for (const key of ['a', 'b', 'c']) {
      await builds.keep(key, buildOf(key, randomBytes(30 * KIB)));
    }
    // The order of use counts in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2));
    assert.ok(await isThere('a'));
    await builds.keep('d', buildOf('d', randomBytes(30 * KIB)));
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map(isThere)), [true, false, true, true]);
    await builds.keep('too large', buildOf('too large', randomBytes(101 * KIB)));
    assert.ok(!(await isThere('too large')) && (await isThere('d')));
  });

  test('take at most a quarter of what Redis may have', async (t) => {
    await connection.client.config('SET', 'maxmemory', String(40 * MIB));
    t.after(() => connection.client.config('SET', 'maxmemory', '0'));
    const builds = await open(createIdentifier());
    const keys = ['1', '2', '3', '4'];
    for (const key of keys) await builds.keep(key, buildOf(key, randomBytes(3 * MIB)));
    const found = await Promise.all(keys.map((key) => builds.find(key)));
    assert.deepEqual(
      found.map((build) => build !== null),
      [false, true, true, true],
    );
  });

  test('are missed while Redis hangs, and nobody waits for it', async (t) => {
    const builds = await open(createIdentifier(), { findMs: 50 });
    server.signal('SIGSTOP');
    t.after(() => server.signal('SIGCONT'));
    const failure = connection.client.get('{builds}').then(
      () => 'answered',
      () => 'failed',
    );
    assert.equal(await Promise.race([builds.find('key'), failure]), null);
  });
});
