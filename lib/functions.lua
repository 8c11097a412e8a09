#!lua name=dondoc_2
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
-- lib/functions_trim.lua is the end of this text: the Makefile puts them together.
-- The version stands in the library's and in each Function's name, so that two releases
-- are served side by side; lib/functions.h says when to raise it.

local VERSION = '2'

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

-- A command that the user may not run would end the call half way: ask before. (FCALL
-- itself is refused unless the user may read and write every key named.)
local function right_missing(command, key, ...)
    if not redis.acl_check_cmd(command, key, ...) then
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

-- A count in the arguments: a whole number, nil if it is none.
local function count_of(text)
    if text and #text <= 7 and string.match(text, '^%d+$') then
        return tonumber(text)
    end
end

local function hset_range(key, values, from, to)
    local step = 2 * CHUNK_FIELDS
    for i = from, to, step do
        redis.call('HSET', key, unpack(values, i, math.min(i + step - 1, to)))
    end
end

--------------------------------------------------------------------------- dd_append
-- Appends one entry to the reports journal if the head is the expected one and every
-- guard holds.
-- KEYS  reports head receipts acts programme
-- ARGV  version, expected seq, expected chain, next seq, next chain, kind, body,
--       programme text ('': none), number of guards, number of sets,
--       guards (table field expected)…, sets (table field value)…
--       table: receipts, acts or head; expected '': the field is absent
-- Answers  OK | HEAD seq chain (it moved) | GUARD i… (from 0; these do not hold)

local APPEND_FIXED = 10

-- The arguments as three lists; an error instead if they do not add up.
local function append_shape(keys, args)
    local guards, sets = count_of(args[9]), count_of(args[10])
    if #keys ~= 5 or not guards or not sets
        or #args ~= APPEND_FIXED + 3 * (guards + sets) then
        return nil, refuse('ARGS', 'dd_append: the counts do not add up')
    end
    if args[4] ~= digits_next(args[2]) then
        return nil, refuse('ARGS', 'dd_append: the next seq is not the last plus one')
    end
    local tables = {head = keys[2], receipts = keys[3], acts = keys[4]}
    for i = APPEND_FIXED + 1, #args, 3 do
        if not tables[args[i]] then
            return nil, refuse('ARGS', 'dd_append: no table ' .. args[i])
        end
    end
    return {
        tables = tables,
        guards_to = APPEND_FIXED + 3 * guards,
        sets_from = APPEND_FIXED + 3 * guards + 1,
    }
end

local function append_keys_wrong(keys)
    return type_wrong(keys[1], 'stream') or type_wrong(keys[2], 'hash')
        or type_wrong(keys[3], 'hash') or type_wrong(keys[4], 'hash')
        or type_wrong(keys[5], 'string')
        or right_missing('XADD', keys[1], '1-0', 'k', 'v')
        or right_missing('HSET', keys[2], 'f', 'v')
        or right_missing('HLEN', keys[3]) or right_missing('HLEN', keys[4])
end

-- Only of what this entry brings: whoever appends acts may write no receipt.
local function append_rights_missing(keys, shape, args)
    local asked = {}
    for i = shape.sets_from, #args, 3 do
        local key = shape.tables[args[i]]
        local missing = not asked[key] and right_missing('HSET', key, 'f', 'v')
        if missing then
            return missing
        end
        asked[key] = true
    end
    return args[8] ~= '' and right_missing('SET', keys[5], 'v')
end

-- Guards of one table that stand side by side are read with one HMGET.
local function guards_broken(shape, args)
    local broken = {'GUARD'}
    local i = APPEND_FIXED + 1
    while i <= shape.guards_to do
        local from, name, fields = i, args[i], {}
        while i <= shape.guards_to and args[i] == name and #fields < CHUNK_FIELDS do
            fields[#fields + 1] = args[i + 1]
            i = i + 3
        end
        local present = redis.call('HMGET', shape.tables[name], unpack(fields))
        for j = 1, #fields do
            local at = from + 3 * (j - 1)
            local want = args[at + 2]
            if want == '' then
                want = false
            end
            if present[j] ~= want then
                broken[#broken + 1] = tostring((at - APPEND_FIXED - 1) / 3)
            end
        end
    end
    return #broken > 1 and broken or nil
end

local function append_sets(shape, args)
    local i = shape.sets_from
    while i <= #args do
        local name, pairs_flat = args[i], {}
        while i <= #args and args[i] == name and #pairs_flat < 2 * CHUNK_FIELDS do
            pairs_flat[#pairs_flat + 1] = args[i + 1]
            pairs_flat[#pairs_flat + 1] = args[i + 2]
            i = i + 3
        end
        hset_range(shape.tables[name], pairs_flat, 1, #pairs_flat)
    end
end

local function dd_append(keys, args)
    local wrong = version_wrong(args[1])
    if wrong then
        return wrong
    end
    local shape, bad = append_shape(keys, args)
    if not shape then
        return bad
    end
    wrong = append_keys_wrong(keys) or append_rights_missing(keys, shape, args)
    if wrong then
        return wrong
    end
    local head = redis.call('HMGET', keys[2], 'seq', 'chain')
    local seq, chain = head[1] or '0', head[2] or ''
    if seq ~= args[2] or chain ~= args[3] then
        return {'HEAD', seq, chain}
    end
    if not ends_at(keys[1], seq .. '-0') then
        return refuse('JOURNAL', keys[1] .. ' does not end at ' .. seq
            .. '-0 as its head says: somebody wrote to it by hand')
    end
    local broken = guards_broken(shape, args)
    if broken then
        return broken
    end
    -- First the one write that could still refuse (an id that was given and deleted).
    redis.call('XADD', keys[1], args[4] .. '-0', 'k', args[6], 'b', args[7],
        'h', args[5])
    if args[8] ~= '' then
        redis.call('SET', keys[5], args[8])
    end
    append_sets(shape, args)
    -- How many there are tells later whether some were lost.
    redis.call('HSET', keys[2], 'seq', args[4], 'chain', args[5],
        'receipts', redis.call('HLEN', keys[3]), 'acts', redis.call('HLEN', keys[4]))
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

---------------------------------------------------------------------------- dd_apply
-- Commits the effects of entries and the checkpoint behind them, if the caller's epoch
-- is the present one and the checkpoint is the expected one.
-- KEYS  epoch, checkpoint, keys of the effects…
-- ARGV  version, epoch, expected seq, new seq, out seq, programme, tick, updated,
--       seal (chain value of the entry at the new seq; '': this reader seals nothing),
--       then effects, each beginning with its name and the place of its key in KEYS:
--         hset key n (field value)*n
--         hdel key n field*n
--         xadd key id previous maxlen n (field value)*n
--              previous: the stream's last id must be this one; '': only lower
--              maxlen '': not trimmed
--         xdel key n id*n
-- Answers  OK | FENCED epoch | STALE seq

local APPLY_FIXED = 9

local TYPE_OF = {hset = 'hash', hdel = 'hash', xadd = 'stream', xdel = 'stream'}
local WIDTH_OF = {hset = 2, hdel = 1, xadd = 2, xdel = 1}

-- What the checks of one call remember: the kind of each key and where streams end.
local function effect_key_wrong(seen, name, key)
    local want = TYPE_OF[name]
    if seen.types[key] and seen.types[key] ~= want then
        return refuse('WRONGTYPE', key .. ' is used as hash and as stream')
    end
    if not seen.types[key] then
        local wrong = type_wrong(key, want)
        if wrong then
            return wrong
        end
        seen.types[key] = want
    end
    -- (each key for itself: a user may write some hashes and only read others)
    local right = name .. ' ' .. key
    if not seen.rights[right] then
        local wrong = right_missing(name, key, '1-0', 'f', 'v')
        if wrong then
            return wrong
        end
        seen.rights[right] = true
    end
end

local function xadd_wrong(seen, key, id, previous)
    local last = seen.last[key] or last_id(key)
    if previous ~= '' and previous ~= last then
        return refuse('JOURNAL', key .. ' ends at ' .. last .. ', not at ' .. previous
            .. ': somebody wrote to it by hand')
    end
    if not id_above(id, last) then
        return refuse('JOURNAL', key .. ': id ' .. id .. ' is not above ' .. last)
    end
    seen.last[key] = id
end

local function xdel_wrong(effect, args)
    for i = effect.from, effect.to do
        if not id_parts(args[i]) then
            return refuse('ARGS', 'dd_apply: ' .. args[i] .. ' is no id')
        end
    end
end

-- One effect beginning at args[i]; nil and an error if it is not well formed.
local function effect_at(keys, args, i)
    local name = args[i]
    local effect = {name = name, key = keys[count_of(args[i + 1]) or 0]}
    local at = i + 2
    if name == 'xadd' then
        effect.id, effect.previous, effect.maxlen = args[i + 2], args[i + 3], args[i + 4]
        at = i + 5
    end
    local n = count_of(args[at])
    local width = WIDTH_OF[name]
    if not width or not effect.key or not n or n < 1 or at + width * n > #args
        or (effect.maxlen and effect.maxlen ~= '' and not count_of(effect.maxlen)) then
        return nil, refuse('ARGS', 'dd_apply: the effect at ' .. i .. ' is torn')
    end
    effect.from, effect.to = at + 1, at + width * n
    -- Hashes and deletions go in pieces; the fields of an entry cannot.
    if name == 'xadd' and n > CHUNK_FIELDS then
        return nil, refuse('ARGS', 'dd_apply: too many fields in an entry')
    end
    return effect
end

local function effects_read(keys, args)
    local effects = {}
    local seen = {types = {}, rights = {}, last = {}}
    local i = APPLY_FIXED + 1
    while i <= #args do
        local effect, wrong = effect_at(keys, args, i)
        if effect then
            wrong = effect_key_wrong(seen, effect.name, effect.key)
        end
        if not wrong and effect.name == 'xadd' then
            wrong = xadd_wrong(seen, effect.key, effect.id, effect.previous)
        elseif not wrong and effect.name == 'xdel' then
            wrong = xdel_wrong(effect, args)
        end
        if wrong then
            return nil, wrong
        end
        effects[#effects + 1] = effect
        i = effect.to + 1
    end
    return effects
end

local function effect_write(effect, args)
    if effect.name == 'hset' then
        hset_range(effect.key, args, effect.from, effect.to)
    elseif effect.name == 'xadd' then
        if effect.maxlen == '' then
            redis.call('XADD', effect.key, effect.id,
                unpack(args, effect.from, effect.to))
        else
            redis.call('XADD', effect.key, 'MAXLEN', '=', effect.maxlen, effect.id,
                unpack(args, effect.from, effect.to))
        end
    else
        for i = effect.from, effect.to, CHUNK_FIELDS do
            redis.call(effect.name, effect.key,
                unpack(args, i, math.min(i + CHUNK_FIELDS - 1, effect.to)))
        end
    end
end

local function apply_shape_wrong(keys, args)
    if #keys < 2 or #args < APPLY_FIXED then
        return refuse('ARGS', 'dd_apply: too few arguments')
    end
    if args[4] ~= args[3] and not id_above(args[4] .. '-0', args[3] .. '-0') then
        return refuse('ARGS', 'dd_apply: the checkpoint would move back')
    end
    return type_wrong(keys[1], 'string') or type_wrong(keys[2], 'hash')
        or right_missing('HSET', keys[2], 'f', 'v')
end

local function dd_apply(keys, args)
    local wrong = version_wrong(args[1]) or apply_shape_wrong(keys, args)
    if wrong then
        return wrong
    end
    local epoch = redis.call('GET', keys[1]) or '0'
    if epoch ~= args[2] then
        return {'FENCED', epoch}
    end
    local seq = redis.call('HGET', keys[2], 'seq') or '0'
    if seq ~= args[3] then
        return {'STALE', seq}
    end
    local effects, bad = effects_read(keys, args)
    if not effects then
        return bad
    end
    for i = 1, #effects do
        effect_write(effects[i], args)
    end
    redis.call('HSET', keys[2], 'seq', args[4], 'out', args[5], 'programme', args[6],
        'tick', args[7], 'updated', args[8])
    if args[9] ~= '' then
        -- With its place: an older release moves the checkpoint and not the seal.
        redis.call('HSET', keys[2], 'seal', args[9], 'sealed', args[4])
    end
    return {'OK'}
end

redis.register_function('dd_append_' .. VERSION, dd_append)
redis.register_function('dd_log_' .. VERSION, dd_log)
redis.register_function('dd_apply_' .. VERSION, dd_apply)
