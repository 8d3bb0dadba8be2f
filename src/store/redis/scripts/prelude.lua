-- What every script begins with. KEYS[1] is the base of all keys, which are in its slot; ARGV[1] is the process that calls.
--
--   x:ID        an execution: its owner, state, fence, outline, ending
--   task:ID     what it runs, until it has ended          ev:ID      its events, a stream
--   list:NAME   executions of an owner and of its users, clients, batches, by number
--   meta        counters                                  owners     how many unfinished executions each user has
--   waiting     those that wait, by when they were accepted; waiting:KIND those of a kind
--   line:…      parties by virtual time of their next turn (see line.lua); queue:… what waits of one kind at one place
--   suspects    those whose attempt was lost              delayed    those that wait for a time
--   leases      processes by when they count as dead      runs:…     what a process runs
--   ended       by when it expires                        ended:…    of a client, by when it ended
--   hooks       webhooks by when they are due             hooks:…    those of a client; hookclients has the clients
--   deliverers  who delivers a webhook now                key:…      idempotency keys
--   out:ID      what it wrote while it runs, a stream     asked:ID   there while somebody asks for that
--   turns       one element for each execution that began to wait, for workers that wait for work
-- Channels: p:PROCESS for one process, c:ID for who follows an execution, hooks for who delivers webhooks.
local call = redis.call
local base, process = KEYS[1] .. ':', ARGV[1]
local time = call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local function text(number) return string.format('%.3f', number) end
local function rowKey(id) return base .. 'x:' .. id end
local function count(name, change) return call('HINCRBY', base .. 'meta', name, change) end
local function counted(name) return tonumber(call('HGET', base .. 'meta', name) or 0) end

-- What every answer ends with, so that each process knows how much waits.
local function state()
  local found = call('HMGET', base .. 'meta', 'unfinished', 'running', 'task_bytes', 'stored_bytes')
  local oldest = call('ZRANGE', base .. 'waiting', 0, 0, 'WITHSCORES')
  return { found[1] or '0', found[2] or '0', found[3] or '0', found[4] or '0', oldest[2] or '' }
end

-- Ids only: a subscriber reads what it wants to know. What is small may come along for the one that waits for it.
local function notify(kind, id, detail)
  local message = kind .. ' ' .. id .. ' ' .. process
  local home = call('HGET', rowKey(id), 'home')
  if home and home ~= process then
    call('PUBLISH', base .. 'p:' .. home, detail and message .. ' ' .. detail or message)
  end
  call('PUBLISH', base .. 'c:' .. id, message)
end

local function argumentsFrom(first)
  local rest = {}
  for i = first, #ARGV do rest[#rest + 1] = ARGV[i] end
  return rest
end
