-- Removes what ended too long ago or, beyond the size, the oldest of the client that has most. ARGV: process, most bytes,
-- executions removed at once.
local most, limit = tonumber(ARGV[2]), tonumber(ARGV[3])

local function remove(id)
  local row = call('HMGET', rowKey(id), 'stored_bytes', 'client', 'lists')
  local bytes = tonumber(row[1] or 0)
  call('DEL', rowKey(id), base .. 'ev:' .. id)
  call('ZREM', base .. 'ended', id)
  if row[2] then
    setHook(id, row[2], nil)
    call('ZREM', base .. 'ended:' .. row[2], id)
    for list in string.gmatch(row[3], '[^\n]+') do call('ZREM', base .. 'list:' .. list, id) end
    if tonumber(call('ZINCRBY', base .. 'bytes', 0 - bytes, row[2])) <= 0 then call('ZREM', base .. 'bytes', row[2]) end
  end
  count('stored_bytes', 0 - bytes)
  return bytes
end

local executions, bytes = 0, 0
for _, id in ipairs(call('ZRANGEBYSCORE', base .. 'ended', '-inf', now, 'LIMIT', 0, limit)) do
  executions, bytes = executions + 1, bytes + remove(id)
end
if executions == 0 and counted('stored_bytes') > most then
  local client = call('ZREVRANGE', base .. 'bytes', 0, 0)[1]
  for _, id in ipairs(client and call('ZRANGE', base .. 'ended:' .. client, 0, limit - 1) or {}) do
    if counted('stored_bytes') <= most then break end
    executions, bytes = executions + 1, bytes + remove(id)
  end
end
return { tostring(executions), tostring(bytes), state() }
