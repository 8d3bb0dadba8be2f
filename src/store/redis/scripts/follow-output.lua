-- Asks for what an execution writes while it runs: whoever runs it now learns of it, and whoever begins it while the asking
-- lasts. ARGV: process, id, milliseconds.
call('SET', base .. 'asked:' .. ARGV[2], '1', 'PX', ARGV[3])
local row = call('HMGET', rowKey(ARGV[2]), 'state', 'worker')
if row[1] == 'running' and row[2] ~= process then
  call('PUBLISH', base .. 'p:' .. row[2], 'followed ' .. ARGV[2] .. ' ' .. process)
end
return { '', state() }
