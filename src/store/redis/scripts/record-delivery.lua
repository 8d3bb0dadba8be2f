-- What became of a webhook. ARGV: process, id, status, milliseconds until the next attempt or '', deliveries or '' to leave
-- them, attempts or ''. Only what has ended has one.
local id = ARGV[2]
local row = call('HMGET', rowKey(id), 'state', 'webhook_url', 'client')
if row[1] ~= 'ended' or (row[2] or '') == '' then return { '0', state() } end
call('HSET', rowKey(id), 'webhook_status', ARGV[3])
if ARGV[5] ~= '' then call('HSET', rowKey(id), 'deliveries', ARGV[5], 'webhook_attempts', ARGV[6]) end
setHook(id, row[3], ARGV[4] ~= '' and now + tonumber(ARGV[4]) or nil)
return { '1', state() }
