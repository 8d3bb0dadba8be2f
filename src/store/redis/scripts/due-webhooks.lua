-- Webhooks that are due and that no other process delivers now, by turns of their clients. ARGV: process, most of them,
-- executions, hosts and clients that are left out (a line each), milliseconds for which others leave them alone.
local MAX_OF_CLIENT, LOOKED_AT_OF_CLIENT, MAX_CLIENTS = 4, 100, 200
local limit = tonumber(ARGV[2])
local function linesOf(written)
  local lines = {}
  for line in string.gmatch(written, '[^\n]+') do lines[line] = true end
  return lines
end
local exceptIds, exceptHosts, exceptClients = linesOf(ARGV[3]), linesOf(ARGV[4]), linesOf(ARGV[5])
local deliverers = base .. 'deliverers'

local function isTaken(id)
  local by, untilMs = string.match(call('HGET', deliverers, id) or '', '^(%S+) (%S+)$')
  return by ~= nil and by ~= process and tonumber(untilMs) > now
end

local found, size = {}, 0
local function takeOf(client)
  local taken = 0
  for _, id in ipairs(call('ZRANGEBYSCORE', base .. 'hooks:' .. client, '-inf', now, 'LIMIT', 0, LOOKED_AT_OF_CLIENT)) do
    if taken == MAX_OF_CLIENT or size == limit then return end
    local row = call('HMGET', rowKey(id), 'owner', 'webhook_url', 'webhook_attempts', 'webhook_host')
    if row[1] and not exceptIds[id] and not exceptHosts[row[4]] and not isTaken(id) then
      call('HSET', deliverers, id, process .. ' ' .. text(now + tonumber(ARGV[6])))
      for _, part in ipairs({ id, row[1], client, row[2], row[3] or '0' }) do found[#found + 1] = part end
      taken, size = taken + 1, size + 1
    end
  end
end

-- Begins behind the client that was looked at last, and goes around the end.
local clients, last = base .. 'hookclients', call('GET', base .. 'hooklast') or ''
local order = call('ZRANGEBYLEX', clients, '(' .. last, '+', 'LIMIT', 0, MAX_CLIENTS)
for _, client in ipairs(call('ZRANGEBYLEX', clients, '-', '[' .. last, 'LIMIT', 0, MAX_CLIENTS)) do
  order[#order + 1] = client
end
for index, client in ipairs(order) do
  if size == limit or index > MAX_CLIENTS then break end
  if not exceptClients[client] then takeOf(client) end
  call('SET', base .. 'hooklast', client)
end
return { found, state() }
