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

-- What the checks of one call remember: the kind of each key, what was asked of the
-- user for it (each key for itself: a user may write some hashes and only read others)
-- and where streams end.
local function effect_key_wrong(seen, name, key)
    local want, kind = TYPE_OF[name], seen.kinds[key]
    if kind and kind ~= want then
        return refuse('WRONGTYPE', key .. ' is used as ' .. kind .. ' and as ' .. want)
    end
    if not kind then
        local wrong = length_wrong(key, want)
        if wrong then
            return wrong
        end
        seen.kinds[key] = want
    end
    seen[name][key] = true
    return right_missing(name, key)
end

local function xadd_wrong(seen, key, args, i)
    local id, previous, maxlen = args[i + 2], args[i + 3], args[i + 4]
    if maxlen ~= '' and not count_of(maxlen) then
        return refuse('ARGS', 'dd_apply: the effect at ' .. i .. ' is torn')
    end
    -- Hashes and deletions go in pieces; the fields of an entry cannot.
    if count_of(args[i + 5]) > CHUNK_FIELDS then
        return refuse('ARGS', 'dd_apply: too many fields in an entry')
    end
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

local function xdel_wrong(args, from, to)
    for i = from, to do
        if not id_parts(args[i]) then
            return refuse('ARGS', 'dd_apply: ' .. args[i] .. ' is no id')
        end
    end
end

-- nil if every effect can be written; then effects_write need not look again. (Few calls:
-- both go through thousands of effects.)
local function effects_wrong(keys, args)
    local kinds = {[keys[1]] = 'string', [keys[2]] = 'hash'} -- also while they are absent
    local seen = {kinds = kinds, last = {}, hset = {}, hdel = {}, xadd = {}, xdel = {}}
    local count = #args
    local i = APPLY_FIXED + 1
    while i <= count do
        local name = args[i]
        local key = keys[COUNTS[args[i + 1]] or count_of(args[i + 1]) or 0]
        local at = name == 'xadd' and i + 5 or i + 2
        local n, width = COUNTS[args[at]] or count_of(args[at]), WIDTH_OF[name]
        if not width or not key or not n or n < 1 or at + width * n > count then
            return refuse('ARGS', 'dd_apply: the effect at ' .. i .. ' is torn')
        end
        local wrong = not seen[name][key] and effect_key_wrong(seen, name, key)
        if not wrong and name == 'xadd' then
            wrong = xadd_wrong(seen, key, args, i)
        elseif not wrong and name == 'xdel' then
            wrong = xdel_wrong(args, at + 1, at + n)
        end
        if wrong then
            return wrong
        end
        i = at + width * n + 1
    end
end

local function xadd_write(key, args, i, from, to)
    local id, maxlen = args[i + 2], args[i + 4]
    if maxlen == '' then
        redis.call('XADD', key, id, unpack(args, from, to))
    else
        redis.call('XADD', key, 'MAXLEN', '=', maxlen, id, unpack(args, from, to))
    end
end

local function effects_write(keys, args)
    local call, unpack = redis.call, unpack
    local count = #args
    local i = APPLY_FIXED + 1
    while i <= count do
        local name, key = args[i], keys[count_of(args[i + 1])]
        local at = name == 'xadd' and i + 5 or i + 2
        local n = count_of(args[at])
        local to = at + WIDTH_OF[name] * n
        if name == 'xadd' then
            xadd_write(key, args, i, at + 1, to)
        elseif n <= CHUNK_FIELDS then
            call(name, key, unpack(args, at + 1, to))
        else
            call_range(name, key, args, at + 1, to, WIDTH_OF[name] * CHUNK_FIELDS)
        end
        i = to + 1
    end
end

local function apply_shape_wrong(keys, args)
    if #keys < 2 or #args < APPLY_FIXED then
        return refuse('ARGS', 'dd_apply: too few arguments')
    end
    if args[4] ~= args[3] and not id_above(args[4] .. '-0', args[3] .. '-0') then
        return refuse('ARGS', 'dd_apply: the checkpoint would move back')
    end
    return type_wrong(keys[1], 'string') or length_wrong(keys[2], 'hash')
        or right_missing('HSET', keys[2])
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
    wrong = effects_wrong(keys, args)
    if wrong then
        return wrong
    end
    effects_write(keys, args)
    redis.call('HSET', keys[2], 'seq', args[4], 'out', args[5], 'programme', args[6],
        'tick', args[7], 'updated', args[8])
    if args[9] ~= '' then
        -- With its place: an older release moves the checkpoint and not the seal.
        redis.call('HSET', keys[2], 'seal', args[9], 'sealed', args[4])
    end
    return {'OK'}
end

redis.register_function('dd_apply_' .. VERSION, dd_apply)
