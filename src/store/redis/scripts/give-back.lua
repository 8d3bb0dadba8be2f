-- ARGV: process, id, fence, milliseconds to wait, '1' if the attempt counts.
if not isHeld(ARGV[2], ARGV[3]) then return { '0', state() } end
giveBack(ARGV[2], tonumber(ARGV[4]), ARGV[5] == '1')
return { '1', state() }
