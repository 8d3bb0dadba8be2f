-- ARGV: process, id, fence, id of the last event that the caller knows of, then type, status or test, bytes and body of each event.
-- What a lost answer left behind is not stored a second time.
local id, fence, known = ARGV[2], ARGV[3], tonumber(ARGV[4])
if not isHeld(id, fence) then return { '0', state() } end
local skip = math.max(0, tonumber(call('HGET', rowKey(id), 'last_event')) - known)
local last = append(id, argumentsFrom(5), skip)
notify('events', id)
return { tostring(last), state() }
