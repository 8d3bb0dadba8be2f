// Settings of Redis and of the fleet that shares it. They are part of the table in config.ts.

import { format, setting } from './checked-setting.ts';
import { parseRedisUrl, type RedisAddress } from './redis-url.ts';
import { choice, integer, optionalText, text } from './setting.ts';

const redisUrl = setting<string | null, RedisAddress | null>({
  name: 'REDIS_URL',
  schema: format('redis-address', (written) => parseRedisUrl(written) !== undefined),
  defaultText: 'none',
  allowed:
    '`redis://USER:PASSWORD@HOST:PORT/DATABASE`, `rediss://…` with TLS, `redis+sentinel://HOST:PORT,…/NAME` or `redis+cluster://HOST:PORT,…`',
  meaning:
    'Redis that keeps stored executions, metrics and rate limits, and connects the processes of a fleet. Instead of `REDIS_HOST`, `REDIS_PORT` and `REDIS_PASSWORD`.',
  absent: null,
  secret: true,
  read: (written) => written,
  complete: (written) => (written === null ? null : (parseRedisUrl(written) ?? null)),
});

export const REDIS_SETTINGS = {
  role: choice('ROLE', 'all', ['all', 'api', 'worker'], {
    meaning:
      'What this process does: `api` answers requests and runs nothing, `worker` runs what others accepted, `all` does both. `api` and `worker` need Redis.',
  }),
  redisUrl,
  redisHost: optionalText('REDIS_HOST', {
    defaultText: '`localhost`, if a Redis answers there',
    pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
    allowed: 'an address or host name',
    meaning: 'Redis for metrics and rate limits. Without Redis, metrics are kept in `DATA_DIR`.',
  }),
  redisPort: integer('REDIS_PORT', 6379, 1, 65_535, 'Port of Redis.'),
  redisPassword: optionalText('REDIS_PASSWORD', {
    pattern: /^[\x20-\x7e]{1,512}$/,
    allowed: 'printable ASCII',
    secret: true,
    meaning: 'Password of Redis.',
  }),
  redisPrefix: text('REDIS_PREFIX', {
    default: 'ces',
    pattern: /^[A-Za-z0-9._:-]{1,64}$/,
    allowed: 'letters, digits and `.` `_` `:` `-`, at most 64',
    meaning: 'Prefix of all keys in Redis. Services with the same prefix share their metrics and limits.',
  }),
  leaseSeconds: integer(
    'LEASE_SECONDS',
    15,
    1,
    600,
    'Seconds without a sign of life after which what a worker runs is given to another one.',
  ),
  fleetSecret: optionalText('FLEET_SECRET', {
    pattern: /^[\x21-\x7e]{32,512}$/,
    allowed: '32 to 512 printable ASCII characters without spaces (`openssl rand -hex 32` makes one)',
    secret: true,
    meaning:
      'Seals the builds that workers share through Redis, the same for all of them. If empty, each worker has only its own.',
  }),
  sharedBuildsMb: integer(
    'SHARED_BUILDS_MB',
    256,
    0,
    65_536,
    'MB of builds that workers share in Redis, and at most a quarter of its `maxmemory`. 0 shares none.',
  ),
};
