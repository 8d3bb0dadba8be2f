-- The process ends. What it still runs is lost when its lease ends. ARGV: process.
call('HDEL', base .. 'workers', process)
call('ZREM', base .. 'draining', process)
if call('EXISTS', base .. 'runs:' .. process) == 0 then call('ZREM', base .. 'leases', process) end
return { '', state() }
