-- ARGV: process, id, '1' to take it from whoever runs it.
local id = ARGV[2]
local row = call('HMGET', rowKey(id), 'state', 'worker')
if not row[1] then return { 'unknown', state() } end
if row[1] == 'ended' then return { 'ended', state() } end
call('HSET', rowKey(id), 'cancelling', 1)
if row[1] == 'running' and ARGV[3] ~= '1' then
  if row[2] ~= process then call('PUBLISH', base .. 'p:' .. row[2], 'cancelling ' .. id .. ' ' .. process) end
  return { 'running', state() }
end
call('ZREM', base .. 'suspects', id)
call('ZREM', base .. 'delayed', id)
dequeue(id)
return { begin(id, false), state() }
