-- Whose turn is next: stride scheduling around clients, within a client around its users, within a user around classes of
-- priority. A path is CLIENT|USER|CLASS or the beginning of one. Each party on it is a member of the sorted set of the one
-- before, by the virtual time of its next turn; among equals, the one that came first. At a place, where a path ends, there
-- is a queue for each kind, a language and its version, so that a worker finds what it can run without a search.
local WEIGHTS = { ['now-high'] = 16, ['now-normal'] = 8, ['now-low'] = 4, high = 4, normal = 2, low = 1 }
local ORDER_DIGITS = 15
local PAGE = 32
-- Elements that make workers ask: more do not wait than any fleet has slots.
local MAX_TURNS = 10000

local orders, virtualTimes = base .. 'orders', base .. 'times'
local function lineKey(path) return base .. 'line:' .. path end
local function queueKey(place, kind) return base .. 'queue:' .. place .. ':' .. kind end
local function parentOf(path) return string.match(path, '^(.*)|[^|]*$') or '' end
local function memberOf(order, path) return string.format('%0' .. ORDER_DIGITS .. 'd', order) .. path end

local function enter(path)
  if path == '' or call('HEXISTS', orders, path) == 1 then return end
  local parent = parentOf(path)
  enter(parent)
  local order = count('order', 1)
  call('HSET', orders, path, order)
  call('ZADD', lineKey(parent), call('HGET', virtualTimes, parent) or 0, memberOf(order, path))
end

-- Who waits for nothing is forgotten and comes back as a newcomer.
local function leave(path)
  if path == '' then return end
  local parent = parentOf(path)
  call('ZREM', lineKey(parent), memberOf(call('HGET', orders, path), path))
  call('HDEL', orders, path)
  call('HDEL', virtualTimes, path)
  if call('ZCARD', lineKey(parent)) == 0 then leave(parent) end
end

local function enqueue(id)
  local row = call('HMGET', rowKey(id), 'place', 'kind', 'seq')
  local place, kind = row[1], row[2]
  enter(place)
  call('ZADD', queueKey(place, kind), row[3], id)
  local head = call('ZRANGE', queueKey(place, kind), 0, 0, 'WITHSCORES')
  call('ZADD', lineKey(place), head[2], kind)
  call('HINCRBY', base .. 'kinds', kind, 1)
end

local function dequeue(id)
  local row = call('HMGET', rowKey(id), 'place', 'kind')
  local place, kind = row[1], row[2]
  if call('ZREM', queueKey(place, kind), id) == 0 then return end
  local head = call('ZRANGE', queueKey(place, kind), 0, 0, 'WITHSCORES')
  if head[1] then
    call('ZADD', lineKey(place), head[2], kind)
  else
    call('ZREM', lineKey(place), kind)
    if call('ZCARD', lineKey(place)) == 0 then leave(place) end
  end
  if call('HINCRBY', base .. 'kinds', kind, -1) <= 0 then call('HDEL', base .. 'kinds', kind) end
end

local function nextAt(place, fits)
  for _, kind in ipairs(call('ZRANGE', lineKey(place), 0, -1)) do
    if fits(kind) then return call('ZRANGE', queueKey(place, kind), 0, 0)[1] end
  end
end

-- The first that fits, by turns. Only parties on the way to it pay for the turn.
local function nextIn(path, depth, fits)
  if depth == 3 then return nextAt(path, fits) end
  local line, from, size = lineKey(path), 0, 1
  while true do
    local members = call('ZRANGE', line, from, from + size - 1, 'WITHSCORES')
    if #members == 0 then return nil end
    for i = 1, #members, 2 do
      local member = string.sub(members[i], ORDER_DIGITS + 1)
      local id = nextIn(member, depth + 1, fits)
      if id then
        local due = math.max(tonumber(call('HGET', virtualTimes, path) or 0), tonumber(members[i + 1]))
        local weight = depth == 2 and WEIGHTS[string.match(member, '[^|]*$')] or 1
        call('HSET', virtualTimes, path, due)
        call('ZADD', line, due + 1 / weight, members[i])
        return id
      end
    end
    from, size = from + size, PAGE
  end
end

-- Back in line or, if an attempt was lost, among those that run alone.
local function wait(id)
  local row = call('HMGET', rowKey(id), 'lost', 'seq')
  if tonumber(row[1]) > 0 then call('ZADD', base .. 'suspects', row[2], id) else enqueue(id) end
  call('LPUSH', base .. 'turns', '1')
  call('LTRIM', base .. 'turns', 0, MAX_TURNS - 1)
end
