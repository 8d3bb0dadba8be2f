-- A sign of life. ARGV: process, milliseconds of its lease, what it says of itself or '', then kinds that it can run.
-- Answers whether its lease had ended, and what it runs, each with '1' if it is to be cancelled.
local hadEnded = ARGV[4] ~= 'first' and call('ZSCORE', base .. 'leases', process) == false
call('ZADD', base .. 'leases', now + tonumber(ARGV[2]), process)
if ARGV[3] ~= '' then call('HSET', base .. 'workers', process, ARGV[3]) end
for i = 5, #ARGV do call('HSET', base .. 'offers', ARGV[i], text(now)) end
reap()
local runs = {}
for _, id in ipairs(call('SMEMBERS', base .. 'runs:' .. process)) do
  local row = call('HMGET', rowKey(id), 'fence', 'cancelling')
  runs[#runs + 1] = id
  runs[#runs + 1] = row[1] or '0'
  runs[#runs + 1] = row[2] or '0'
end
return { hadEnded and '1' or '0', runs, state() }
