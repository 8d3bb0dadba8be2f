// Counters in Redis, shared by all processes that use it. One script takes from several at once; it uses Redis' clock,
// so that the clients' clocks do not matter.

import type { Redis } from 'ioredis';
import { createKeys } from '../redis/redis-keys.ts';
import type { RateCounters } from './rate-counters.ts';

/** KEYS: the counters. ARGV: limit, window in milliseconds and cost of each. */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local used = {}
local allowed = 1
for i, key in ipairs(KEYS) do
  used[i] = tonumber(redis.call('GET', key) or '0')
  local cost = tonumber(ARGV[3 * i])
  if cost > 0 and used[i] + cost > tonumber(ARGV[3 * i - 2]) then allowed = 0 end
end
local reply = { allowed }
for i, key in ipairs(KEYS) do
  local window = tonumber(ARGV[3 * i - 1])
  local ends = (math.floor(now / window) + 1) * window
  if allowed == 1 then
    used[i] = math.max(0, used[i] + tonumber(ARGV[3 * i]))
    redis.call('SET', key, used[i], 'PX', ends - now)
  end
  reply[2 * i] = used[i]
  reply[2 * i + 1] = ends - now
end
return reply
`;

/** Names of the counters begin with `prefix`; those of a group are in one slot of a cluster. */
export function createRedisCounters(client: Pick<Redis, 'eval'>, prefix: string): RateCounters {
  return {
    take: async (group, counters) => {
      const keyOf = createKeys(`${prefix}:rate`, encodeURIComponent(group));
      const keys = counters.map(({ name }) => keyOf(name));
      const values = counters.flatMap(({ limit, windowSeconds, cost }) => [
        limit,
        windowSeconds * 1000,
        cost,
      ]);
      const reply = (await client.eval(TAKE, keys.length, ...keys, ...values)) as number[];
      return {
        isAllowed: reply[0] === 1,
        standings: counters.map((_counter, index) => ({
          used: reply[2 * index + 1] ?? 0,
          resetSeconds: (reply[2 * index + 2] ?? 0) / 1000,
        })),
      };
    },
  };
}
