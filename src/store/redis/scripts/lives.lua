-- The life of an execution: it is begun, gets events, is given back. A fence decides which claim counts.
local MAX_EVENTS = 1048576

local function isHeld(id, fence)
  local row = call('HMGET', rowKey(id), 'state', 'fence')
  return row[1] == 'running' and row[2] == fence
end

-- What other processes read of it while it ran; see write-output.lua.
local function outputKey(id) return base .. 'out:' .. id end

local function dropOutputOf(id, test)
  for _, entry in ipairs(call('XRANGE', outputKey(id), '-', '+')) do
    if entry[2][2] == test then call('XDEL', outputKey(id), entry[1]) end
  end
end

local function begin(id, counts)
  local row = call('HMGET', rowKey(id), 'state', 'worker', 'uncounted', 'lost', 'cancelling', 'origin', 'last_event', 'keep', 'kind')
  local fence = call('HINCRBY', rowKey(id), 'fence', 1)
  local uncounted = tonumber(row[3])
  if not counts then uncounted = call('HINCRBY', rowKey(id), 'uncounted', 1) end
  if row[1] == 'waiting' then
    count('running', 1)
    call('ZREM', base .. 'waiting', id)
    call('ZREM', base .. 'waiting:' .. row[9], id)
  else
    call('SREM', base .. 'runs:' .. row[2], id)
  end
  call('HSET', rowKey(id), 'state', 'running', 'worker', process)
  call('DEL', outputKey(id))
  call('SADD', base .. 'runs:' .. process, id)
  local isAlone = tonumber(row[4]) > 0 and '1' or '0'
  return { id, tostring(fence), tostring(fence - uncounted), row[5], isAlone, row[7], row[6], row[8] or '',
    call('GET', base .. 'task:' .. id), tostring(call('EXISTS', base .. 'asked:' .. id)) }
end

-- `events` are type, status or number of the test, bytes and body of each, of which the first `skip` are stored already.
local function append(id, events, skip)
  local row = call('HMGET', rowKey(id), 'last_event', 'fence', 'status')
  local last, bytes, status = tonumber(row[1]), 0, row[3]
  local hasOutput = call('EXISTS', outputKey(id)) == 1
  for i = 4 * skip + 1, #events, 4 do
    last = last + 1
    if last >= MAX_EVENTS then error(id .. ' has too many events') end
    call('XADD', base .. 'ev:' .. id, last .. '-0', 'a', text(now), 'f', row[2], 't', events[i], 'n', events[i + 2], 'b', events[i + 3])
    bytes = bytes + tonumber(events[i + 2])
    if events[i] == 'status' then status = events[i + 1] end
    if hasOutput and events[i] == 'test' then dropOutputOf(id, events[i + 1]) end
  end
  call('HSET', rowKey(id), 'last_event', last, 'status', status)
  call('HINCRBY', rowKey(id), 'stored_bytes', bytes)
  count('stored_bytes', bytes)
  return last
end

-- When a webhook is due, by client too; without a time, it is done.
local function setHook(id, client, due)
  local own = base .. 'hooks:' .. client
  if due then
    call('ZADD', base .. 'hooks', due, id)
    call('ZADD', own, due, id)
    call('ZADD', base .. 'hookclients', 0, client)
  else
    call('ZREM', base .. 'hooks', id)
    call('ZREM', own, id)
    if call('EXISTS', own) == 0 then call('ZREM', base .. 'hookclients', client) end
  end
  call('HDEL', base .. 'deliverers', id)
end

local QUEUED = '{"type":"status","status":"queued"}'

local function giveBack(id, delayMs, counts)
  local row = call('HMGET', rowKey(id), 'worker', 'accepted', 'kind')
  append(id, { 'status', 'queued', #QUEUED, QUEUED }, 0)
  call('HINCRBY', rowKey(id), counts and 'lost' or 'uncounted', 1)
  call('HSET', rowKey(id), 'state', 'waiting', 'status', 'queued')
  call('SREM', base .. 'runs:' .. row[1], id)
  call('ZADD', base .. 'waiting', row[2], id)
  call('ZADD', base .. 'waiting:' .. row[3], row[2], id)
  count('running', -1)
  if delayMs > 0 then call('ZADD', base .. 'delayed', now + delayMs, id) else wait(id) end
  notify('events', id)
end

-- What processes run that gave no sign of life is lost with them, and runs again.
local function reap()
  for _, dead in ipairs(call('ZRANGEBYSCORE', base .. 'leases', '-inf', now, 'LIMIT', 0, 4)) do
    for _, id in ipairs(call('SMEMBERS', base .. 'runs:' .. dead)) do
      local row = call('HMGET', rowKey(id), 'state', 'worker')
      if row[1] == 'running' and row[2] == dead then giveBack(id, 0, true) end
    end
    call('DEL', base .. 'runs:' .. dead)
    call('ZREM', base .. 'leases', dead)
    call('HDEL', base .. 'workers', dead)
    call('ZREM', base .. 'draining', dead)
  end
end
