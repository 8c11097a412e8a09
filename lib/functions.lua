#!lua name=dondoc_3
--
-- dondoc's Redis Functions: every write that must be whole or not at all.
--
-- A Function is atomic against crashes and other clients, not against its own errors:
-- what was written before an error stays. So each one here
--   1. reads and validates everything first (version, types, rights, ids, guards),
--   2. writes last, and only writes that cannot fail any more.
-- Sequence numbers and epochs stay strings: they are compared for equality, or digit by
-- digit, because Lua's numbers lose integers above 2^53.
-- Answers are arrays of strings ({'OK'}, {'HEAD', …}) or an error whose first word is
-- VERSION, ARGS, WRONGTYPE, NOPERM or JOURNAL; after an error nothing was written.
-- lib/functions_apply.lua and lib/functions_trim.lua go on with this text: the Makefile
-- puts them together.
-- The version stands in the library's and in each Function's name, so that two releases
-- are served side by side; lib/functions.h says when to raise it.

local VERSION = '3'

-- Values unpacked at once: Lua's C stack has an end, and no call takes more than 1000.
local CHUNK_FIELDS = 400

local function refuse(code, words)
    return redis.error_reply(code .. ' ' .. words)
end

local function version_wrong(version)
    if version ~= VERSION then
        return refuse('VERSION', 'the library is ' .. VERSION .. ', the caller '
            .. tostring(version) .. ': load the Functions of one release')
    end
end

-- nil, or the error why `key` cannot take what is meant for it.
local function type_wrong(key, want)
    local present = redis.call('TYPE', key).ok
    if present ~= 'none' and present ~= want then
        return refuse('WRONGTYPE', key .. ' is a ' .. present .. ', must be a ' .. want)
    end
end

-- The same for hashes and streams, at a third of the price: who can say how long it is
-- is of that type. Gives that length, too.
local LENGTH_OF = {hash = 'HLEN', stream = 'XLEN'}

local function length_wrong(key, want)
    local length = redis.pcall(LENGTH_OF[want], key)
    if type(length) == 'number' then
        return nil, length
    end
    return type_wrong(key, want) or length
end

-- A command that the user may not run would end the call half way: ask before. (FCALL
-- itself is refused unless the user may read and write every key named.)
local function right_missing(command, key)
    if not redis.acl_check_cmd(command, key) then
        return refuse('NOPERM', 'this user may not ' .. command .. ' ' .. key)
    end
end

-- The last id a stream ever gave, also when that entry was deleted.
local function last_id(key)
    if redis.call('EXISTS', key) == 0 then
        return '0-0'
    end
    local info = redis.call('XINFO', 'STREAM', key)
    for i = 1, #info, 2 do
        if info[i] == 'last-generated-id' then
            return info[i + 1]
        end
    end
end

-- Is `id` the stream's last one? XINFO carries the first entry too, which in a journal
-- is a whole programme: look at the newest entry first.
local function ends_at(key, id)
    local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', '1')[1]
    if newest and newest[1] == id then
        return true
    end
    return last_id(key) == id
end

-- Strings of digits without leading zeros.
local function digits_above(a, b)
    if #a ~= #b then
        return #a > #b
    end
    return a > b
end

-- The two halves of an id, nil if it is none. 19 digits fit in Redis' 64 bits.
local function id_parts(id)
    local ms, seq = string.match(id, '^(%d+)%-(%d+)$')
    if ms and #ms <= 19 and #seq <= 19 then
        return ms, seq
    end
end

local function id_above(a, b)
    local a_ms, a_seq = id_parts(a)
    local b_ms, b_seq = id_parts(b)
    if not a_ms or not b_ms then
        return false
    end
    if a_ms ~= b_ms then
        return digits_above(a_ms, b_ms)
    end
    return digits_above(a_seq, b_seq)
end

-- The number behind a string of digits, as a string.
local function digits_next(a)
    local front, nines = string.match(a, '^(%d-)(9*)$')
    if front == nil then
        return nil
    end
    local digit = front == '' and '0' or string.sub(front, -1)
    return string.sub(front, 1, -2) .. tostring(tonumber(digit) + 1)
        .. string.rep('0', #nines)
end

-- The counts and places that are common, by their text: looked up, not read each time.
local COUNTS = {}
for i = 0, 2047 do
    COUNTS[i .. ''] = i
end

-- A count in the arguments: a whole number, nil if it is none.
local function count_of(text)
    if text == nil then
        return nil
    end
    local count = COUNTS[text]
    if count == nil and #text <= 7 and string.match(text, '^%d+$') then
        count = tonumber(text)
    end
    return count
end

-- A command on the values from … to, in pieces of `step`.
local function call_range(command, key, values, from, to, step)
    for i = from, to, step do
        redis.call(command, key, unpack(values, i, math.min(i + step - 1, to)))
    end
end

--------------------------------------------------------------------------- dd_append
-- Appends one entry to the reports journal if the head is the expected one and every
-- guard holds.
-- KEYS  reports head receipts acts programme
-- ARGV  version, expected seq, expected chain, next seq, next chain, kind, body,
--       programme text ('': none), then lists, each for one table (receipts, acts or
--       head) and with n fields:
--         guard table n (field expected)*n   expected '': the field is absent
--         set table n (field value)*n
--         new table n (field value)*n        a guard that it is absent, and a set
-- Answers  OK | HEAD seq chain (it moved) | GUARD i… (these do not hold: from 0, fields
--          of guard and new lists as they come)

local APPEND_FIXED = 8

local GUARDS = {guard = true, new = true}
local WRITES = {set = true, new = true}

-- The lists in the arguments; an error instead if they do not add up.
local function append_lists(keys, args)
    local tables = {head = keys[2], receipts = keys[3], acts = keys[4]}
    local count = #args
    if #keys ~= 5 or count < APPEND_FIXED then
        return nil, refuse('ARGS', 'dd_append: the counts do not add up')
    end
    if args[4] ~= digits_next(args[2]) then
        return nil, refuse('ARGS', 'dd_append: the next seq is not the last plus one')
    end
    local lists = {}
    local i = APPEND_FIXED + 1
    while i <= count do
        local name, key, n = args[i], tables[args[i + 1]], count_of(args[i + 2])
        if not (GUARDS[name] or WRITES[name]) or not n or n < 1
            or i + 2 + 2 * n > count then
            return nil, refuse('ARGS', 'dd_append: the counts do not add up')
        end
        if not key then
            return nil, refuse('ARGS', 'dd_append: no table ' .. args[i + 1])
        end
        lists[#lists + 1] = {name = name, key = key, from = i + 3, to = i + 2 + 2 * n}
        i = i + 3 + 2 * n
    end
    return lists
end

local function append_keys_wrong(keys, args)
    return length_wrong(keys[2], 'hash') or length_wrong(keys[3], 'hash')
        or length_wrong(keys[4], 'hash')
        or right_missing('XADD', keys[1]) or right_missing('HSET', keys[2])
        or args[8] ~= ''
            and (type_wrong(keys[5], 'string') or right_missing('SET', keys[5]))
end

-- Only of what this entry brings: whoever appends acts may write no receipt.
local function append_rights_missing(lists)
    local asked = {}
    for _, list in ipairs(lists) do
        if WRITES[list.name] and not asked[list.key] then
            local missing = right_missing('HSET', list.key)
            if missing then
                return missing
            end
            asked[list.key] = true
        end
    end
end

-- Puts the indices of those that do not hold behind `broken`; the first one's is `at`.
local function guards_look(list, args, at, broken)
    local absent = list.name == 'new'
    for from = list.from, list.to, 2 * CHUNK_FIELDS do
        local fields, n = {}, 0
        for i = from, math.min(from + 2 * CHUNK_FIELDS - 2, list.to), 2 do
            n = n + 1
            fields[n] = args[i]
        end
        local present = redis.call('HMGET', list.key, unpack(fields, 1, n))
        for j = 1, n do
            local want = not absent and args[from + 2 * j - 1]
            if want == '' then
                want = false
            end
            if present[j] ~= want then
                broken[#broken + 1] = tostring(at + j - 1)
            end
        end
        at = at + n
    end
    return at
end

local function guards_broken(lists, args)
    local broken = {'GUARD'}
    local at = 0
    for _, list in ipairs(lists) do
        if GUARDS[list.name] then
            at = guards_look(list, args, at, broken)
        end
    end
    return #broken > 1 and broken or nil
end

-- Are all entries there that were appended and not trimmed away, and none behind them?
-- Then the journal ends at its head, and a body of 32 KiB need not be read to see it.
-- (Above 15 digits a number is no longer exact.)
local function journal_whole(key, length, seq, trimmed)
    return #seq <= 15 and length == tonumber(seq) - (tonumber(trimmed) or 0)
        and #redis.call('XRANGE', key, '(' .. seq .. '-0', '+', 'COUNT', '1') == 0
end

local function journal_wrong(key, seq)
    return refuse('JOURNAL', key .. ' does not end at ' .. seq
        .. '-0 as its head says: somebody wrote to it by hand')
end

-- The one write that could still refuse (an id that was given, its entry deleted): the
-- first one.
local function entry_write(keys, args)
    local id = redis.pcall('XADD', keys[1], args[4] .. '-0', 'k', args[6], 'b', args[7],
        'h', args[5])
    if type(id) == 'table' then
        return last_id(keys[1]) == args[2] .. '-0' and id
            or journal_wrong(keys[1], args[2])
    end
end

local function append_write(keys, args, lists)
    if args[8] ~= '' then
        redis.call('SET', keys[5], args[8])
    end
    for _, list in ipairs(lists) do
        if WRITES[list.name] then
            call_range('HSET', list.key, args, list.from, list.to, 2 * CHUNK_FIELDS)
        end
    end
    -- How many there are tells later whether some were lost.
    redis.call('HSET', keys[2], 'seq', args[4], 'chain', args[5],
        'receipts', redis.call('HLEN', keys[3]), 'acts', redis.call('HLEN', keys[4]))
end

local function dd_append(keys, args)
    local wrong = version_wrong(args[1])
    if wrong then
        return wrong
    end
    local lists, bad = append_lists(keys, args)
    if not lists then
        return bad
    end
    local length
    wrong, length = length_wrong(keys[1], 'stream')
    wrong = wrong or append_keys_wrong(keys, args) or append_rights_missing(lists)
    if wrong then
        return wrong
    end
    local head = redis.call('HMGET', keys[2], 'seq', 'chain', 'trim_seq')
    local seq, chain = head[1] or '0', head[2] or ''
    if seq ~= args[2] or chain ~= args[3] then
        return {'HEAD', seq, chain}
    end
    if not journal_whole(keys[1], length, seq, head[3])
        and not ends_at(keys[1], seq .. '-0') then
        return journal_wrong(keys[1], seq)
    end
    wrong = guards_broken(lists, args) or entry_write(keys, args)
    if wrong then
        return wrong
    end
    append_write(keys, args, lists)
    return {'OK'}
end

------------------------------------------------------------------------------ dd_log
-- KEYS  head
-- ARGV  version, a random id
-- Answers  the journal's log id: the one it has, else the given one from now on.

local function dd_log(keys, args)
    local wrong = version_wrong(args[1])
    if wrong then
        return wrong
    end
    if #keys ~= 1 or #args ~= 2 or args[2] == '' then
        return refuse('ARGS', 'dd_log: one key, a version and an id')
    end
    wrong = type_wrong(keys[1], 'hash')
    if wrong then
        return wrong
    end
    local present = redis.call('HGET', keys[1], 'log')
    if present then
        return {present}
    end
    redis.call('HSET', keys[1], 'log', args[2])
    return {args[2]}
end

redis.register_function('dd_append_' .. VERSION, dd_append)
redis.register_function('dd_log_' .. VERSION, dd_log)
