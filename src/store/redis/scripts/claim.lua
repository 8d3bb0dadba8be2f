-- Hands out the execution whose turn it is. ARGV: process, '1' if it runs nothing, languages that it cannot run now
-- (a line each), kinds that it can run (a line each, or *).
local isIdle = ARGV[2] == '1'
local DRAINING_MS = 15000

local function linesOf(written)
  local lines = {}
  for line in string.gmatch(written, '[^\n]+') do lines[line] = true end
  return lines
end
local except, kinds = linesOf(ARGV[3]), linesOf(ARGV[4])
local isAny = ARGV[4] == '*'
local function fits(kind)
  return not except[string.match(kind, '^[^ ]*')] and (isAny or kinds[kind])
end

reap()
for _, id in ipairs(call('ZRANGEBYSCORE', base .. 'delayed', '-inf', now, 'LIMIT', 0, 100)) do
  call('ZREM', base .. 'delayed', id)
  wait(id)
end

-- What may have ended a worker runs alone. As many workers as there are of those take nothing more until they are idle.
local draining = base .. 'draining'
local function mustDrain(suspects)
  call('ZREMRANGEBYSCORE', draining, '-inf', now)
  if call('ZSCORE', draining, process) == false and call('ZCARD', draining) >= suspects then return false end
  call('ZADD', draining, now + DRAINING_MS, process)
  return true
end
local chosen
local suspects = call('ZRANGE', base .. 'suspects', 0, 99)
for _, id in ipairs(suspects) do
  if fits(call('HGET', rowKey(id), 'kind')) then
    if isIdle then
      chosen = id
      call('ZREM', base .. 'suspects', id)
      call('ZREM', draining, process)
    elseif mustDrain(#suspects) then
      return { '', state() }
    end
    break
  end
end

local function someFits()
  for _, kind in ipairs(call('HKEYS', base .. 'kinds')) do
    if fits(kind) then return true end
  end
  return false
end
if not chosen then
  if call('EXISTS', base .. 'kinds') == 0 then
    if #suspects == 0 then call('DEL', base .. 'turns') end
  elseif someFits() then
    chosen = nextIn('', 0, fits)
    if chosen then dequeue(chosen) end
  end
end
if not chosen then return { '', state() } end
return { begin(chosen, true), state() }
