// The steps of the store of problems in Redis that must happen whole or not at all. The keys of an owner have one hash
// tag. They answer with what the owner holds, so that the caller can say which bound is exceeded.

/** KEYS: info, used, bytes, blob. ARGV: sha256, content, size, 1 for text, now, most blobs, most bytes. */
export const ADD_BLOB = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
  return { 'known', 0, 0 }
end
local blobs = redis.call('HLEN', KEYS[1])
local bytes = tonumber(redis.call('GET', KEYS[3]) or '0')
if blobs + 1 > tonumber(ARGV[6]) or bytes + tonumber(ARGV[3]) > tonumber(ARGV[7]) then
  return { 'full', blobs, bytes }
end
redis.call('SET', KEYS[4], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ' ' .. ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
redis.call('INCRBY', KEYS[3], ARGV[3])
return { 'added', blobs + 1, bytes }
`;

/** KEYS: info, used. ARGV: sha256, now. */
export const FIND_BLOB = `
local info = redis.call('HGET', KEYS[1], ARGV[1])
if info then redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1]) end
return info
`;

/** KEYS: info, used, bytes, blob. ARGV: sha256, the time until which it must not have been used. */
export const REMOVE_BLOB = `
local used = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not used or tonumber(used) > tonumber(ARGV[2]) then return 0 end
local size = string.match(redis.call('HGET', KEYS[1], ARGV[1]), '^%d+')
redis.call('DEL', KEYS[4])
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DECRBY', KEYS[3], size)
return size + 1
`;

/** Each value of the hash begins with the bytes of the content. */
const REMOVE = `
local function remove(contents, versions, bytes, version)
  local size = string.match(redis.call('HGET', contents, version), '^%d+')
  redis.call('HDEL', contents, version)
  redis.call('ZREM', versions, version)
  redis.call('DECRBY', bytes, size)
end
`;

/** KEYS: ids, versions, bytes, contents. ARGV: id, version, content, size, now, most problems, bytes, versions. */
export const ADD_VERSION = `${REMOVE}
local latest = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local now = tonumber(ARGV[5])
if latest[1] == ARGV[2] then return { 'known', latest[2], 0 } end
if latest[2] and tonumber(latest[2]) >= now then now = tonumber(latest[2]) + 1 end
if redis.call('HEXISTS', KEYS[4], ARGV[2]) == 0 then
  local problems = redis.call('ZCARD', KEYS[1])
  local bytes = tonumber(redis.call('GET', KEYS[3]) or '0')
  local more = latest[1] and 0 or 1
  if problems + more > tonumber(ARGV[6]) or bytes + tonumber(ARGV[4]) > tonumber(ARGV[7]) then
    return { 'full', problems, bytes, more }
  end
  redis.call('HSET', KEYS[4], ARGV[2], ARGV[4] .. ' ' .. ARGV[3])
  redis.call('INCRBY', KEYS[3], ARGV[4])
end
redis.call('ZADD', KEYS[1], 0, ARGV[1])
redis.call('ZADD', KEYS[2], now, ARGV[2])
for _, version in ipairs(redis.call('ZREVRANGE', KEYS[2], ARGV[8], -1)) do
  remove(KEYS[4], KEYS[2], KEYS[3], version)
end
return { 'added', string.format('%.0f', now), 0 }
`;

/** KEYS: ids, versions, bytes, contents. ARGV: id. */
export const REMOVE_PROBLEM = `${REMOVE}
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
for _, version in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  remove(KEYS[4], KEYS[2], KEYS[3], version)
end
return 1
`;
