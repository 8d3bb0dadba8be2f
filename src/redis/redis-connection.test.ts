// Which Redis is used, and what its loss means to those who use it, against a real redis-server.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createLog } from '../log.ts';
import { parseRedisUrl } from '../settings/redis-url.ts';
import { connectRedis, type RedisSettings } from './redis-connection.ts';
import { freePort, makeCertificate, REDIS_MISSING, startRedis, startSentinel } from './redis-fixture.ts';

const DEFAULTS = { redisHost: null, redisPassword: null };
const CLOSED_PORT = 1;

async function connect(t: TestContext, settings: RedisSettings) {
  const lines: string[] = [];
  const log = createLog({ logLevel: 'INFO', debug: false }, { write: (line) => lines.push(line) });
  const connection = await connectRedis(settings, log);
  t.after(() => connection?.close());
  const messages = () => lines.map((line) => JSON.parse(line).msg as string);
  return { connection, lines, messages };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await isTrue()) return;
    await delay(25);
  }
  assert.fail('it does not happen');
}

suite('Redis', { skip: REDIS_MISSING }, () => {
  test('on localhost is used if it responds', async (t) => {
    await using server = await startRedis();
    const { connection, messages } = await connect(t, { ...DEFAULTS, redisPort: server.port });
    await connection?.ping();
    assert.deepEqual(messages(), ['Redis on localhost is used']);
    await connection?.close();
    await assert.rejects(connection?.ping() ?? Promise.resolve());
  });

  test('on localhost is not used if it requires a password that is not set', async (t) => {
    await using server = await startRedis(['--requirepass', 'secret']);
    const found = await connect(t, { ...DEFAULTS, redisPort: server.port });
    assert.equal(found.connection, null);
    assert.match(found.lines.join(), /NOAUTH/);
    const { connection } = await connect(t, { ...DEFAULTS, redisPort: server.port, redisPassword: 'secret' });
    await connection?.ping();
  });

  test('that rejects the password is reported, without the password', async (t) => {
    await using server = await startRedis(['--requirepass', 'secret']);
    const settings = { redisHost: '127.0.0.1', redisPort: server.port, redisPassword: 'guess-of-mine' };
    const { lines, messages } = await connect(t, settings);
    assert.deepEqual(messages(), ['Redis does not answer, the service goes on without it']);
    assert.match(lines.join(), /WRONGPASS/);
    assert.doesNotMatch(lines.join(), /guess-of-mine/);
  });

  test('is found through a sentinel, which names the server that serves now', async (t) => {
    await using server = await startRedis();
    await using sentinel = await startSentinel(server);
    const redisUrl = parseRedisUrl(`redis+sentinel://127.0.0.1:${sentinel.port}/fleet`);
    assert.ok(redisUrl);
    const { connection, messages } = await connect(t, { ...DEFAULTS, redisPort: CLOSED_PORT, redisUrl });
    await connection?.client.set('by', 'sentinel');
    assert.deepEqual(messages(), ['Redis is used']);
    const direct = await connect(t, { ...DEFAULTS, redisPort: server.port });
    assert.equal(await direct.connection?.client.get('by'), 'sentinel');
  });

  test('over TLS is used if its certificate is trusted, and only then', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'redis-tls-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const made = makeCertificate(directory);
    if (made === null) return t.skip('openssl is not installed');
    const port = await freePort();
    const files = ['--tls-cert-file', made.cert, '--tls-key-file', made.key];
    const options = ['--tls-port', String(port), '--tls-auth-clients', 'no', ...files];
    await using _server = await startRedis(options);
    // Certificates that Node trusts are read when a process starts.
    const program = `
      import { connectRedis } from ${JSON.stringify(join(import.meta.dirname, 'redis-connection.ts'))};
      import { parseRedisUrl } from ${JSON.stringify(join(import.meta.dirname, '../settings/redis-url.ts'))};
      const redisUrl = parseRedisUrl('rediss://127.0.0.1:${port}');
      const log = { info: () => console.log('used'), warn: ({ reason }) => console.log(reason) };
      const connection = await connectRedis({ redisUrl, redisHost: null, redisPort: 1, redisPassword: null }, log);
      await connection.close();`;
    const outcome = (environment: Record<string, string>) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        env: { PATH: process.env.PATH, ...environment },
        encoding: 'utf8',
      });
    const trusting = outcome({ NODE_EXTRA_CA_CERTS: made.cert });
    assert.equal(trusting.stdout, 'used\n', trusting.stderr);
    assert.match(outcome({}).stdout, /self-signed certificate/);
  });

  test('that dies is reported once, rejects commands at once, and serves again after it restarts', async (t) => {
    await using server = await startRedis();
    const settings = { ...DEFAULTS, redisHost: '127.0.0.1', redisPort: server.port };
    const { connection, messages } = await connect(t, settings);
    assert.ok(connection);
    await server.kill();
    await until(() => messages().length === 2);
    await assert.rejects(connection.ping());
    await delay(500);
    await server.start();
    await until(() => messages().length === 3);
    await connection.ping();
    assert.deepEqual(messages(), [
      'Redis is used',
      'Redis is lost, trying to reach it again',
      'Redis is back',
    ]);
  });

  test('that became a replica is reconnected, since another one may be the primary now', async (t) => {
    await using server = await startRedis();
    const { connection } = await connect(t, {
      ...DEFAULTS,
      redisHost: '127.0.0.1',
      redisPort: server.port,
    });
    assert.ok(connection);
    const { client } = connection;
    const before = await client.client('ID');
    await client.replicaof('127.0.0.1', CLOSED_PORT);
    await assert.rejects(client.set('key', 'value'), /READONLY/);
    await until(async () => (await client.client('ID').catch(() => before)) !== before);
    // The connection may be on its way to being replaced once more.
    await until(async () => (await client.replicaof('NO', 'ONE').catch(() => null)) === 'OK');
    await until(async () => (await client.set('key', 'value').catch(() => null)) === 'OK');
  });

  test('that hangs does not delay its callers for long', async (t) => {
    await using server = await startRedis();
    const settings = { ...DEFAULTS, redisHost: '127.0.0.1', redisPort: server.port };
    const { connection } = await connect(t, settings);
    assert.ok(connection);
    server.signal('SIGSTOP');
    await assert.rejects(connection.ping(), /timed out/);
    server.signal('SIGCONT');
    await connection.ping();
  });
});

test('without REDIS_HOST and without a Redis there is no connection, which is reported once', async (t) => {
  const { connection, messages } = await connect(t, { ...DEFAULTS, redisPort: CLOSED_PORT });
  assert.equal(connection, null);
  assert.deepEqual(messages(), ['No Redis is used: REDIS_HOST is not set, and none answers on localhost']);
});

test('a configured Redis that is missing does not prevent the start', async (t) => {
  const { connection, messages } = await connect(t, {
    ...DEFAULTS,
    redisHost: '127.0.0.1',
    redisPort: CLOSED_PORT,
  });
  await assert.rejects(connection?.ping() ?? Promise.resolve());
  assert.deepEqual(messages(), ['Redis does not answer, the service goes on without it']);
});
