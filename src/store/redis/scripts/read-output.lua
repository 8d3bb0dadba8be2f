-- What a running execution wrote after a chunk. ARGV: process, id, fence of that chunk, its number. Chunks of another attempt
-- are not comparable, so then all are read. A process has its own without this.
local row = call('HMGET', rowKey(ARGV[2]), 'state', 'worker', 'fence')
if row[1] ~= 'running' or row[2] == process then return { '', '0', {}, state() } end
local after = row[3] == ARGV[3] and ARGV[4] or '0'
local chunks, last = {}, after
for _, entry in ipairs(call('XRANGE', outputKey(ARGV[2]), '(' .. after .. '-0', '+')) do
  last = string.match(entry[1], '^%d+')
  for i = 2, 8, 2 do chunks[#chunks + 1] = entry[2][i] end
end
return { row[3], last, chunks, state() }
