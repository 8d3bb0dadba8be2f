-- Stores the one result. ARGV: process, id, fence, id of the last event that the caller knows of, '1' if the answer to the
-- same call may have been lost, ending, its status, milliseconds that it is kept, the end as a text for the process that
-- waits for it or '', then the events as in append.lua.
local id, fence, known = ARGV[2], ARGV[3], tonumber(ARGV[4])
local row = call('HMGET', rowKey(id), 'state', 'fence', 'worker', 'client', 'party', 'task_bytes', 'last_event',
  'webhook_url', 'stored_bytes', 'keep')
if ARGV[5] == '1' and row[1] == 'ended' and row[2] == fence and row[3] == process then return { '1', state() } end
if not isHeld(id, fence) then return { '0', state() } end

local events = argumentsFrom(10)
for _, part in ipairs({ 'done', '', '0', '' }) do events[#events + 1] = part end
append(id, events, math.max(0, tonumber(row[7]) - known))
local bytes = tonumber(row[6])
call('HSET', rowKey(id), 'state', 'ended', 'status', ARGV[7], 'ending', ARGV[6], 'ended', text(now))
local kept = call('HINCRBY', rowKey(id), 'stored_bytes', -bytes)
-- With the task go the inputs of hidden tests.
call('DEL', base .. 'task:' .. id, outputKey(id))
call('SREM', base .. 'runs:' .. process, id)
count('running', -1)
count('unfinished', -1)
count('task_bytes', -bytes)
count('stored_bytes', -bytes)
if call('HINCRBY', base .. 'owners', row[5], -1) <= 0 then call('HDEL', base .. 'owners', row[5]) end
call('ZADD', base .. 'ended', now + tonumber(row[10] or ARGV[8]), id)
call('ZADD', base .. 'ended:' .. row[4], now, id)
call('ZINCRBY', base .. 'bytes', kept, row[4])
if row[8] and row[8] ~= '' then
  call('HSET', rowKey(id), 'webhook_status', 'pending')
  setHook(id, row[4], now)
  call('PUBLISH', base .. 'hooks', 'ended ' .. id .. ' ' .. process)
end
notify('ended', id, ARGV[9] ~= '' and text(now) .. ' ' .. ARGV[9])
return { '1', state() }
