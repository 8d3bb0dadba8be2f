-- Takes in an execution: once for each idempotency key, and no more than there is room for.
-- ARGV: process, id, fields as names and values joined to one JSON object, idempotency key or '', digest, seconds of the
-- key, bytes of the task, most executions, most bytes of tasks, the task.
local id, key, digest, bytes = ARGV[2], ARGV[4], ARGV[5], tonumber(ARGV[7])
local maxExecutions, maxBytes = tonumber(ARGV[8]), tonumber(ARGV[9])
local fields = cjson.decode(ARGV[3])
local RESERVE = 1 / 4

if key ~= '' then
  local known = call('HMGET', base .. 'key:' .. key, 'digest', 'id')
  if known[1] then
    if known[1] == digest then return { 'known', known[2], state() } end
    return { 'conflict', state() }
  end
end

-- Beyond what there is room for, there is a reserve for owners with less than their share.
local function hasRoom(used, room, more)
  if used + more <= room then return true end
  local own = tonumber(call('HGET', base .. 'owners', fields.party) or 0)
  local owners = call('HLEN', base .. 'owners') + (own == 0 and 1 or 0)
  return owners > 1 and own < maxExecutions / owners and used + more <= room + math.ceil(room * RESERVE)
end
if not hasRoom(counted('unfinished'), maxExecutions, 1) then return { 'full', 'executions', state() } end
if not hasRoom(counted('task_bytes'), maxBytes, bytes) then return { 'full', 'bytes', state() } end

local seq = count('seq', 1)
local values = {}
for name, value in pairs(fields) do
  values[#values + 1] = name
  values[#values + 1] = value
end
call('SET', base .. 'task:' .. id, ARGV[10])
call('HSET', rowKey(id), 'state', 'waiting', 'status', 'queued', 'home', process, 'seq', seq, 'fence', 0, 'uncounted', 0,
  'lost', 0, 'cancelling', 0, 'last_event', 1, 'task_bytes', bytes, 'stored_bytes', bytes, 'deliveries', '[]', unpack(values))
if key ~= '' then
  call('HSET', base .. 'key:' .. key, 'digest', digest, 'id', id)
  call('EXPIRE', base .. 'key:' .. key, ARGV[6])
end
for list in string.gmatch(fields.lists, '[^\n]+') do call('ZADD', base .. 'list:' .. list, seq, id) end
call('ZADD', base .. 'waiting', fields.accepted, id)
call('ZADD', base .. 'waiting:' .. fields.kind, fields.accepted, id)
call('HINCRBY', base .. 'owners', fields.party, 1)
count('unfinished', 1)
count('task_bytes', bytes)
count('stored_bytes', bytes)
wait(id)
return { 'added', state() }
