-- Keeps what a running execution wrote for those in other processes who look on. ARGV: process, id, number of the first
-- chunk, number of the oldest that is kept on, then test, stream, offset and bytes of each.
local KEPT_SECONDS = 600
local id, number = ARGV[2], tonumber(ARGV[3])
local row = call('HMGET', rowKey(id), 'state', 'worker')
if row[1] ~= 'running' or row[2] ~= process then return { '0', state() } end
local key = outputKey(id)
for i = 5, #ARGV, 4 do
  call('XADD', key, number .. '-0', 't', ARGV[i], 's', ARGV[i + 1], 'o', ARGV[i + 2], 'b', ARGV[i + 3])
  number = number + 1
end
call('XTRIM', key, 'MINID', ARGV[4] .. '-0')
call('EXPIRE', key, KEPT_SECONDS)
notify('output', id)
return { '1', state() }
