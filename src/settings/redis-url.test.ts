// What REDIS_URL may be, and what it then means.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, loadConfig } from './config.ts';
import { parseRedisUrl } from './redis-url.ts';

const PLAIN = {
  kind: 'single',
  isEncrypted: false,
  username: null,
  password: null,
  name: null,
  database: 0,
} as const;

test('an address of a server may have TLS, a user, a password and a database', () => {
  assert.deepEqual(parseRedisUrl('redis://cache'), { ...PLAIN, nodes: [{ host: 'cache', port: 6379 }] });
  assert.deepEqual(parseRedisUrl('rediss://ada:p%40ss%2F:word@10.0.0.1:6380/3'), {
    ...PLAIN,
    nodes: [{ host: '10.0.0.1', port: 6380 }],
    isEncrypted: true,
    username: 'ada',
    password: 'p@ss/:word',
    database: 3,
  });
  assert.deepEqual(parseRedisUrl('redis://:secret@[::1]:7000')?.password, 'secret');
});

test('sentinels name a server, and a cluster is some of its nodes', () => {
  assert.deepEqual(parseRedisUrl('rediss+sentinel://:secret@one,two:5000/main'), {
    ...PLAIN,
    kind: 'sentinel',
    nodes: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 5000 },
    ],
    isEncrypted: true,
    password: 'secret',
    name: 'main',
  });
  const cluster = parseRedisUrl('redis+cluster://a:7000,b:7001');
  assert.deepEqual([cluster?.kind, cluster?.nodes.length], ['cluster', 2]);
});

test('anything else is rejected without showing it', () => {
  const wrong = [
    'cache',
    'http://cache',
    'redis://',
    'redis://a,b',
    'redis://a:0',
    'redis://a/x',
    'redis://a/99999',
  ];
  const fleet = ['redis+sentinel://a', 'redis+cluster://a/1', 'redis://%zz@a', 'redis://a b'];
  for (const written of [...wrong, ...fleet]) assert.equal(parseRedisUrl(written), undefined, written);
  assert.throws(
    () => loadConfig({ REDIS_URL: 'redis://:hunter2@' }),
    (error) =>
      error instanceof ConfigError &&
      /^REDIS_URL must be/.test(error.message) &&
      !/hunter2/.test(error.message),
  );
});

test('a part of a fleet needs the Redis that the fleet shares', () => {
  assert.throws(() => loadConfig({ ROLE: 'worker' }), /ROLE is worker, which needs .* REDIS_URL/);
  assert.equal(loadConfig({ ROLE: 'api', REDIS_URL: 'redis://cache' }).role, 'api');
});

test('a worker, which answers no one, may listen on any address without keys', () => {
  const environment = { HOST: '0.0.0.0', REDIS_URL: 'redis://cache', DATA_DIR: '/nowhere' };
  assert.equal(loadConfig({ ...environment, ROLE: 'worker' }).host, '0.0.0.0');
  assert.throws(() => loadConfig({ ...environment, ROLE: 'api' }), /anyone could run programs/);
});
