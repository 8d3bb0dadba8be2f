// The builds that the workers of a fleet share, in its Redis: bounded in bytes together, the least recently used goes
// first. A Redis that is lost, slow or full costs a worker no more than the time of making a build itself.

import { setTimeout as delay } from 'node:timers/promises';
import type { RedisConnection } from '../redis/redis-connection.ts';
import { createKeys } from '../redis/redis-keys.ts';
import type { SharedBuilds } from '../sandbox/shared-builds.ts';
import { KIB, MIB } from '../units.ts';
import { createSealer } from './sealed-build.ts';

/** A larger value would block Redis for milliseconds. */
const MAX_VALUE_BYTES = 4 * MIB;
/** Before they are compressed. */
const MAX_FILE_BYTES = 16 * MIB;
/** Beside the files: the outcome, and the outputs of a compiler. */
const MAX_REST_BYTES = 21 * MIB;
/** A build that takes longer to be found is made. */
const FIND_MS = 500;
/** Bytes of Redis for a build beside its value. */
const ENTRY_BYTES = KIB / 2;
/** Of a Redis whose memory is bounded, builds take at most this part: executions need the rest. */
const SHARE_OF_MEMORY = 1 / 4;

/** KEYS: value, names by use, sizes. ARGV: name, value, its size, most bytes, beginning of all keys of values. */
const KEEP = `
local call, size = redis.call, tonumber(ARGV[3])
if call('EXISTS', KEYS[1]) == 1 then return 0 end
local known = tonumber(call('HGET', KEYS[3], ARGV[1]) or 0)
call('SET', KEYS[1], ARGV[2])
call('HSET', KEYS[3], ARGV[1], size)
local time = call('TIME')
call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
local total = call('HINCRBY', KEYS[3], '', size - known)
while total > tonumber(ARGV[4]) do
  local oldest = call('ZPOPMIN', KEYS[2])[1]
  if not oldest then break end
  call('DEL', ARGV[5] .. oldest)
  total = call('HINCRBY', KEYS[3], '', -tonumber(call('HGET', KEYS[3], oldest) or 0))
  call('HDEL', KEYS[3], oldest)
end
return 1`;

export interface RedisBuildsOptions {
  readonly prefix: string;
  readonly secret: string;
  /** Of all of them together. */
  readonly capacityBytes: number;
  /** Other than usual, for tests. */
  readonly findMs?: number;
  readonly log: { warn(details: object, message: string): void };
}

export interface RedisBuilds extends SharedBuilds {
  /** Of this process. */
  counts(): { readonly found: number; readonly missed: number; readonly kept: number };
}

export async function openRedisBuilds(
  { client }: Pick<RedisConnection, 'client'>,
  options: RedisBuildsOptions,
): Promise<RedisBuilds> {
  const keyOf = createKeys(options.prefix, 'builds');
  const sealer = createSealer(options.secret);
  const capacityBytes = Math.min(options.capacityBytes, (await maxMemory(client)) * SHARE_OF_MEMORY);
  const counts = { found: 0, missed: 0, kept: 0 };
  const read = async (name: string) => {
    const value = await client.getBuffer(keyOf('b', name));
    return value && sealer.open(name, value, MAX_FILE_BYTES + MAX_REST_BYTES);
  };
  return {
    maxFileBytes: MAX_FILE_BYTES,
    counts: () => ({ ...counts }),
    find: async (key) => {
      const name = sealer.nameOf(key);
      const reading = read(name).catch((error: Error) => {
        if (/seal/.test(error.message)) options.log.warn({ build: name }, error.message);
        return null;
      });
      const build = await Promise.race([reading, delay(options.findMs ?? FIND_MS, null, { ref: false })]);
      if (build === null) counts.missed += 1;
      else {
        counts.found += 1;
        void client.zadd(keyOf('used'), 'XX', Date.now(), name).catch(() => {});
      }
      return build;
    },
    keep: async (key, build) => {
      const name = sealer.nameOf(key);
      try {
        const value = await sealer.seal(name, build);
        const bytes = value.length + ENTRY_BYTES;
        if (value.length > MAX_VALUE_BYTES || bytes > capacityBytes) return;
        const keys = [keyOf('b', name), keyOf('used'), keyOf('sizes')] as const;
        const most = Math.floor(capacityBytes);
        counts.kept += Number(
          await client.eval(KEEP, 3, ...keys, name, value, bytes, most, `${keyOf('b')}:`),
        );
      } catch {
        // The next worker makes it too.
      }
    },
  };
}

/** Infinity if it has no bound, or says none. */
async function maxMemory(client: RedisConnection['client']): Promise<number> {
  const [, bytes] = (await client.config('GET', 'maxmemory').catch(() => [])) as string[];
  return Number(bytes ?? 0) || Number.POSITIVE_INFINITY;
}
