// Metrics in Redis, shared by all services with the same prefix. Each time step is a hash of counts that expires by
// itself; distinct users are counted by HyperLogLog.
//
// All keys have the hash tag `{metrics}`, so that on a cluster they are in one slot and a batch is one script. The keys,
// after the prefix and the tag:
//   fine:START, hour:START                 counts of a step
//   users:fine:START, users:hour:START     users active in a step, a HyperLogLog
//   user:START:ID                          counts of an hour of a user
//   ranks:START                            executions by user in an hour
//   faults                                 the latest failures of the service, as JSON
//   seen, executed                         users by when they were last seen, by the end of their last execution
//   batch:ID                               marks a batch as added

import type { Redis } from 'ioredis';
import { createKeys } from '../redis/redis-keys.ts';
import {
  type Batch,
  type Counts,
  EXECUTIONS,
  type Fault,
  MAX_FAULTS,
  MAX_USERS,
  type MetricsStore,
  RESOLUTIONS,
  type Reading,
  type Resolution,
  type Window,
} from './metrics.ts';
import { GIVE_UP_MS } from './recorder.ts';
import { stepStart } from './window.ts';

/** Users of a batch added per script call, which blocks Redis for a millisecond or two. */
const USERS_PER_SCRIPT = 50;
/** Steps read in one round trip. */
const STEPS_PER_READ = 100;

/**
 * KEYS: the mark of the batch, `seen`, `executed`, `faults`, then those that the lists name by their place.
 * ARGV: seconds of the mark, users kept at most, the moment before which users are forgotten, a JSON object, the faults
 * kept at most, and the seconds that they are kept. The object has `hashes` [key, expires at, name, amount, ...], `sketches` [key, expires at, user, ...] and `users`
 * [key, expires at, user, seen, executed or 0, key of ranks, executions, name, amount, ...], and `faults`. Answers how many users are not kept.
 */
const ADD_SCRIPT = `
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then return 0 end
local batch = cjson.decode(ARGV[4])
local function add(list, first)
  local key = KEYS[list[1]]
  for i = first, #list, 2 do redis.call('HINCRBY', key, list[i], list[i + 1]) end
  redis.call('EXPIREAT', key, list[2])
end
local function raise(key, user, at)
  local known = tonumber(redis.call('ZSCORE', key, user) or 0)
  if at > known then redis.call('ZADD', key, at, user) end
end
for _, list in ipairs(batch.hashes) do add(list, 3) end
for _, list in ipairs(batch.sketches) do
  local key = KEYS[list[1]]
  for i = 3, #list do redis.call('PFADD', key, list[i]) end
  redis.call('EXPIREAT', key, list[2])
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[3])
local refused = 0
for _, list in ipairs(batch.users) do
  local user = list[3]
  if redis.call('ZSCORE', KEYS[2], user) or redis.call('ZCARD', KEYS[2]) < tonumber(ARGV[2]) then
    add(list, 8)
    if list[7] > 0 then
      redis.call('ZINCRBY', KEYS[list[6]], list[7], user)
      redis.call('EXPIREAT', KEYS[list[6]], list[2])
    end
    raise(KEYS[2], user, list[4])
    if list[5] > 0 then raise(KEYS[3], user, list[5]) end
  else
    refused = refused + 1
  end
end
for _, fault in ipairs(batch.faults) do redis.call('LPUSH', KEYS[4], fault) end
if #batch.faults > 0 then
  redis.call('LTRIM', KEYS[4], 0, ARGV[5] - 1)
  redis.call('EXPIRE', KEYS[4], ARGV[6])
end
return refused`;

/** KEYS: the place of the sum, then the ranks to add. ARGV: how many users to answer, with their executions. */
const RANK_SCRIPT = `
redis.call('ZUNIONSTORE', KEYS[1], #KEYS - 1, unpack(KEYS, 2))
local found = redis.call('ZREVRANGE', KEYS[1], 0, ARGV[1] - 1, 'WITHSCORES')
redis.call('DEL', KEYS[1])
return found`;

interface StoreOptions {
  readonly prefix: string;
  readonly maxUsers?: number;
  readonly now?: () => number;
}

export function createRedisStore(client: Redis, options: StoreOptions): MetricsStore {
  const { maxUsers = MAX_USERS, now = Date.now } = options;
  const keyOf = createKeys(options.prefix, 'metrics');
  const markSeconds = Math.ceil((2 * GIVE_UP_MS) / 1000);

  async function addPart(batch: Batch): Promise<number> {
    const { keys, content } = scriptInput(batch, keyOf);
    const all = [keyOf('batch', batch.id), keyOf('seen'), keyOf('executed'), keyOf('faults'), ...keys];
    const forgetBefore = now() - RESOLUTIONS.hour.retentionMs;
    const faultBounds = [MAX_FAULTS, RESOLUTIONS.hour.retentionMs / 1000];
    const args = [markSeconds, maxUsers, forgetBefore, JSON.stringify(content), ...faultBounds];
    return (await client.eval(ADD_SCRIPT, all.length, ...all, ...args)) as number;
  }

  return {
    add: async (batch) => {
      let refused = 0;
      for (const part of partsOf(batch)) refused += await addPart(part);
      return refused;
    },
    read: async (window, series) => {
      const starts = startsOf(window);
      const reading = await readHashes(
        client,
        starts.map((start) => [start, keyOf(window.resolution, start)] as const),
        series,
      );
      const sketches = starts.map((start) => keyOf('users', window.resolution, start));
      return { ...reading, activeUsers: await client.pfcount(...sketches) };
    },
    readUser: async (userId, window, series) => {
      const [seen, executed] = await Promise.all([
        client.zscore(keyOf('seen'), userId),
        client.zscore(keyOf('executed'), userId),
      ]);
      if (seen === null) return null;
      const hours = startsOf({ ...window, resolution: 'hour' });
      const keys = hours.map((start) => [start, keyOf('user', start, userId)] as const);
      const reading = await readHashes(client, keys, series);
      return { ...reading, lastExecutionAtMs: executed === null ? null : Number(executed) };
    },
    readTopUsers: async (window, limit) => {
      const ranks = startsOf({ ...window, resolution: 'hour' }).map((start) => keyOf('ranks', start));
      const keys = [keyOf('ranking'), ...ranks];
      const found = (await client.eval(RANK_SCRIPT, keys.length, ...keys, limit)) as string[];
      const pairs = Array.from({ length: found.length / 2 }, (_, place) =>
        found.slice(2 * place, 2 * place + 2),
      );
      const ends = await Promise.all(pairs.map(([userId = '']) => client.zscore(keyOf('executed'), userId)));
      return pairs.map(([userId = '', executions], place) => {
        const end = ends[place] ?? null;
        return {
          userId,
          executions: Number(executions),
          lastExecutionAtMs: end === null ? null : Number(end),
        };
      });
    },
    readFaults: async (fromMs, limit) => {
      const faults = (await client.lrange(keyOf('faults'), 0, -1)).map((each) => JSON.parse(each) as Fault);
      const recent = faults.filter(({ atMs }) => atMs >= fromMs).sort((one, other) => other.atMs - one.atMs);
      return recent.slice(0, limit);
    },
    close: async () => {},
  };
}

/** Each part is added atomically and once; a batch interrupted between two parts continues where it stopped. */
function* partsOf(batch: Batch): Generator<Batch> {
  const { id, periods, users, faults } = batch;
  yield { id: `${id}:0`, periods, users: users.slice(0, USERS_PER_SCRIPT), faults };
  for (let from = USERS_PER_SCRIPT; from < users.length; from += USERS_PER_SCRIPT) {
    const some = users.slice(from, from + USERS_PER_SCRIPT);
    yield { id: `${id}:${from}`, periods: [], users: some, faults: [] };
  }
}

type ScriptList = (string | number)[];

function scriptInput({ periods, users, faults }: Batch, keyOf: (...parts: (string | number)[]) => string) {
  const keys: string[] = [];
  /** The place of a key, after the four that every batch has, counted from 1 as Lua does. */
  const place = (key: string) => keys.push(key) + 4;
  const expiry = (resolution: Resolution, startMs: number) => {
    const { stepMs, retentionMs } = RESOLUTIONS[resolution];
    return Math.ceil((startMs + stepMs + retentionMs) / 1000);
  };
  const inBoth = periods.flatMap((period) =>
    (['fine', 'hour'] as const).map((resolution) => ({
      ...period,
      resolution,
      startMs: stepStart(resolution, period.startMs),
    })),
  );
  const hashes = inBoth.map(({ resolution, startMs, counts }): ScriptList => {
    const key = place(keyOf(resolution, startMs));
    return [key, expiry(resolution, startMs), ...[...counts].flat()];
  });
  const sketches = inBoth.map(({ resolution, startMs, users }): ScriptList => {
    const key = place(keyOf('users', resolution, startMs));
    return [key, expiry(resolution, startMs), ...users];
  });
  const lists = users.map(({ userId, startMs, counts, seenAtMs, lastExecutionAtMs }): ScriptList => {
    const key = place(keyOf('user', startMs, userId));
    const ranks = place(keyOf('ranks', startMs));
    const about = [userId, seenAtMs, lastExecutionAtMs ?? 0, ranks, counts.get(EXECUTIONS) ?? 0];
    return [key, expiry('hour', startMs), ...about, ...[...counts].flat()];
  });
  return {
    keys,
    content: { hashes, sketches, users: lists, faults: faults.map((fault) => JSON.stringify(fault)) },
  };
}

function startsOf({ resolution, fromMs, toMs }: Window): number[] {
  const { stepMs } = RESOLUTIONS[resolution];
  const first = stepStart(resolution, fromMs);
  return Array.from(
    { length: Math.floor((toMs - first) / stepMs) + 1 },
    (_, index) => first + index * stepMs,
  );
}

async function readHashes(
  client: Redis,
  keys: readonly (readonly [startMs: number, key: string])[],
  series: readonly string[],
): Promise<Reading> {
  const totals = new Map<string, number>();
  const steps: { startMs: number; counts: Counts }[] = [];
  const named = new Set(series);
  for (let from = 0; from < keys.length; from += STEPS_PER_READ) {
    const some = keys.slice(from, from + STEPS_PER_READ);
    const pipeline = client.pipeline();
    for (const [, key] of some) pipeline.hgetall(key);
    const answers = (await pipeline.exec()) ?? [];
    for (const [index, [error, hash]] of answers.entries()) {
      if (error) throw error;
      const amounts = Object.entries(hash as Record<string, string>);
      if (amounts.length === 0) continue;
      for (const [name, amount] of amounts) totals.set(name, (totals.get(name) ?? 0) + Number(amount));
      const wanted = amounts.filter(([name]) => named.has(name));
      const counts = new Map(wanted.map(([name, amount]) => [name, Number(amount)]));
      steps.push({ startMs: some[index]?.[0] ?? 0, counts });
    }
  }
  return { totals, steps };
}
