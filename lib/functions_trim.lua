----------------------------------------------------------------------------- dd_trim
-- Removes the reports journal's entries up to one that every reader has passed. Who
-- calls it has exported them.
-- KEYS  reports head checkpoint:<reader>… parked
-- ARGV  version, expected head seq, trim up to this seq, chain at that seq
-- Answers  OK removed | HEAD seq (it moved) | BEHIND reader seq | PARKED id |
--          CHAIN (the entry there is not the one that the caller means)

-- Who reads the reports journal behind a checkpoint of its own.
local READERS = {'scorer'}

-- The reader of a checkpoint's key; nil if it is none of this journal.
local function reader_of(key, reports)
    local front = string.sub(reports, 1, -#'reports' - 1) .. 'checkpoint:'
    if string.sub(key, 1, #front) == front and #key > #front then
        return string.sub(key, #front + 1)
    end
end

local function trim_shape_wrong(keys, args)
    local given = {}
    if #args ~= 4 or #keys < 4 or not string.match(args[3], '^[1-9]%d*$')
        or not string.match(args[2], '^%d+$') or #args[2] > 19
        or string.sub(keys[1], -#':reports') ~= ':reports' then
        return refuse('ARGS', 'dd_trim: a head, a seq and a chain, and their keys')
    end
    for i = 3, #keys - 1 do
        local reader = reader_of(keys[i], keys[1])
        if not reader then
            return refuse('ARGS', 'dd_trim: ' .. keys[i] .. ' is no checkpoint')
        end
        given[reader] = true
    end
    for _, reader in ipairs(READERS) do
        if not given[reader] then
            return refuse('ARGS', 'dd_trim: the checkpoint of ' .. reader
                .. ' is missing')
        end
    end
    if not digits_above(args[2], args[3]) then
        return refuse('ARGS', 'dd_trim: the newest entry stays')
    end
end

local function trim_keys_wrong(keys)
    local wrong = type_wrong(keys[1], 'stream') or type_wrong(keys[2], 'hash')
        or type_wrong(keys[#keys], 'stream')
        or right_missing('XTRIM', keys[1])
        or right_missing('HSET', keys[2])
    for i = 3, #keys - 1 do
        wrong = wrong or type_wrong(keys[i], 'hash')
    end
    return wrong
end

-- Is `chain` that of the entry at `seq`? When it was trimmed away, the head has it.
local function chain_stands(keys, seq, chain)
    local entry = redis.call('XRANGE', keys[1], seq .. '-0', seq .. '-0')[1]
    if not entry then
        local head = redis.call('HMGET', keys[2], 'trim_seq', 'trim_chain')
        return head[1] == seq and head[2] == chain
    end
    for i = 1, #entry[2], 2 do
        if entry[2][i] == 'h' then
            return entry[2][i + 1] == chain
        end
    end
    return false
end

-- nil, or the answer why nothing may be removed up to `seq`.
local function trim_held(keys, seq)
    for i = 3, #keys - 1 do
        local at = redis.call('HGET', keys[i], 'seq') or '0'
        if digits_above(seq, at) then
            return {'BEHIND', reader_of(keys[i], keys[1]), at}
        end
    end
    -- Ids of `parked` are <entry>-<index>: the first one is of the oldest entry.
    local first = redis.call('XRANGE', keys[#keys], '-', '+', 'COUNT', '1')[1]
    if first and not digits_above(string.match(first[1], '^%d+'), seq) then
        return {'PARKED', first[1]}
    end
end

local function dd_trim(keys, args)
    local wrong = version_wrong(args[1]) or trim_shape_wrong(keys, args)
        or trim_keys_wrong(keys)
    if wrong then
        return wrong
    end
    local head = redis.call('HGET', keys[2], 'seq') or '0'
    if head ~= args[2] then
        return {'HEAD', head}
    end
    local held = trim_held(keys, args[3])
    if held then
        return held
    end
    if not chain_stands(keys, args[3], args[4]) then
        return {'CHAIN'}
    end
    local removed = redis.call('XTRIM', keys[1], 'MINID', '=',
        digits_next(args[3]) .. '-0')
    redis.call('HSET', keys[2], 'trim_seq', args[3], 'trim_chain', args[4])
    return {'OK', tostring(removed)}
end

redis.register_function('dd_trim_' .. VERSION, dd_trim)
