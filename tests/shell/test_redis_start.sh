#!/bin/bash
# etc/redis-start: a sound directory starts, a torn tail is cut and kept, damage is refused.
# Prints `ok NAME` or `not ok NAME` for each claim; tests/run counts them.
set -uo pipefail
export LC_ALL=C
# The watch writes what it sees into Redis: once, before the transactions of this test.
export DONDOC_REDIS_WATCH_S=3600

. "$(dirname "$0")/redis_scene.sh"

refused() { # the wrapper must end with 78, name the file, and change nothing
    local before after
    before=$(cksum <"$incr")
    if start; then
        stop
        return 1
    fi
    after=$(cksum <"$incr")
    [ "$status" = 78 ] && [ "$before" = "$after" ] && grep -q "REFUSED to start: $1" "$log"
}

values() {
    [ "$(ask MGET a b c | tr '\n' ' ')" = "$1" ]
}

cuts() {
    find "$data/appendonlydir" -name '*.cut.*' | wc -l
}

restore() {
    rm -rf "$data/appendonlydir"
    cp -a "$work/sound" "$data/appendonlydir"
}

# --- a clean start, and five transactions of three writes each ------------------------
claim empty_directory_starts start
looked() {
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        [ -n "$(ask HGET dondoc:ops:redis updated)" ] && return 0
        sleep 0.05
    done
    return 1
}
claim the_watch_has_looked looked
ask FUNCTION LOAD '#!lua name=probe
redis.register_function("three_writes", function(keys, args)
    redis.call("INCR", "a")
    redis.call("INCR", "b")
    redis.call("SET", "c", args[1])
    return 1
end)' >/dev/null
for n in 1 2 3 4 5; do
    ask FCALL three_writes 0 "value-$n" >/dev/null
done
has_setting() {
    [ "$(ask CONFIG GET "$1" | tail -n 1)" = "$2" ]
}
claim setting_appendonly has_setting appendonly yes
claim setting_appendfsync has_setting appendfsync always
claim setting_no_appendfsync_on_rewrite has_setting no-appendfsync-on-rewrite no
claim setting_aof_load_truncated has_setting aof-load-truncated no
claim setting_maxmemory_policy has_setting maxmemory-policy noeviction
claim setting_maxmemory has_setting maxmemory 1073741824
claim setting_save has_setting save ''
second_is_refused() {
    # The first server must still answer afterwards.
    DONDOC_REDIS_LOCK_WAIT_S=1 "$root/etc/redis-start" "$data" "$root/etc/redis.conf" >"$work/second.log" 2>&1
    [ $? = 75 ] && [ "$(ask PING)" = PONG ]
}
claim second_server_on_the_same_files_is_refused second_is_refused
claim term_stops_with_status_zero stop
cp -a "$data/appendonlydir" "$work/sound"
bytes=$(stat -c %s "$incr")

# --- clean restart ---------------------------------------------------------------------
start
claim clean_restart_keeps_everything values '5 5 value-5 '
claim clean_restart_cuts_nothing [ "$(cuts)" = 0 ]
stop

# --- a torn tail, inside a command inside the last transaction --------------------------
restore
truncate -s $((bytes - 40)) "$incr"
torn=$(tail -c 20 "$incr" | cksum)
claim torn_tail_starts start
claim torn_tail_takes_the_whole_transaction_back values '4 4 value-4 '
claim torn_tail_is_kept [ "$(cuts)" = 1 ]
claim torn_tail_kept_is_what_was_cut \
    [ "$(tail -c 20 "$(find "$data/appendonlydir" -name '*.cut.*')" | cksum)" = "$torn" ]
ask FCALL three_writes 0 again >/dev/null
stop
# The second start is where Redis's own cut would have applied half a transaction.
start
claim second_start_after_a_cut_is_whole values '5 5 again '
claim second_start_cuts_nothing_more [ "$(cuts)" = 1 ]
stop

# --- a long torn tail: a big commit that was cut off --------------------------------------
restore
{
    printf '*1\r\n$5\r\nMULTI\r\n'
    for n in {1000..2999}; do
        printf '*4\r\n$4\r\nHSET\r\n$1\r\nh\r\n$4\r\n%d\r\n$4\r\n%d\r\n' "$n" "$n"
    done
} >>"$incr"
claim long_torn_tail_starts start
claim long_torn_tail_keeps_everything_before values '5 5 value-5 '
claim long_torn_tail_is_kept [ "$(cuts)" = 1 ]
stop

# --- every place where the last transaction can be torn ---------------------------------
restore
last=$(grep -abo MULTI "$incr" | tail -n 1 | cut -d: -f1)
last=$((last - 8)) # where the last transaction begins
tears=0
for ((size = last + 1; size < bytes; size++)); do
    head -c "$size" "$work/sound/${incr##*/}" >"$incr"
    if "$root/etc/redis-check" "$data" >"$log" 2>&1 &&
        [ "$(stat -c %s "$incr")" = "$last" ]; then
        tears=$((tears + 1))
    else
        echo "torn at $size of $bytes: $(head -n 1 "$log")"
    fi
done
claim torn_anywhere_in_the_last_transaction_is_cut [ "$tears" = $((bytes - last - 1)) ]

# --- lengths without blocks: zero bytes at the end ---------------------------------------
restore
head -c 4096 /dev/zero >>"$incr"
start
claim zero_bytes_at_the_end_are_cut values '5 5 value-5 '
stop
restore
truncate -s $((bytes - 40)) "$incr"
head -c 40 /dev/zero >>"$incr"
start
claim zero_bytes_inside_the_last_transaction_are_cut values '4 4 value-4 '
stop

# The length of the write is on disk, of its content only a part.
restore
tears=0
for ((size = last + 1; size < bytes; size++)); do
    {
        head -c "$size" "$work/sound/${incr##*/}"
        head -c $((bytes - size)) /dev/zero
    } >"$incr"
    if "$root/etc/redis-check" "$data" >"$log" 2>&1 &&
        [ "$(stat -c %s "$incr")" = "$last" ]; then
        tears=$((tears + 1))
    else
        echo "zero from $size of $bytes: $(head -n 1 "$log")"
    fi
done
claim zeros_from_anywhere_in_the_last_transaction_are_cut [ "$tears" = $((bytes - last - 1)) ]

# --- damage is refused --------------------------------------------------------------------
restore
middle=$(grep -abo 'value-2' "$incr" | head -n 1 | cut -d: -f1)
put_byte "$incr" $((middle - 3))
claim flipped_byte_in_the_middle_is_refused refused "$incr is damaged at offset"
claim refusal_names_the_remedy grep -q 'restore .* from the newest backup' "$log"
restore
put_byte "$incr" $((bytes - 4))
claim flipped_byte_in_the_last_exec_is_refused refused "$incr is damaged at offset"
restore
length=$(grep -abo 'value-5' "$incr" | head -n 1 | cut -d: -f1)
printf '9' | dd of="$incr" bs=1 seek=$((length - 3)) conv=notrunc status=none
claim wrong_length_in_the_last_transaction_is_refused refused "$incr is damaged at offset"
restore
{
    printf '*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nd\r\n$9000000\r\n'
    head -c 8500000 /dev/zero | tr '\0' x
} >>"$incr"
claim torn_tail_over_8_mib_is_refused refused "$incr is damaged at offset"
restore
base=$data/appendonlydir/appendonly.aof.1.base.rdb
truncate -s -3 "$base"
claim damaged_base_file_is_refused refused "$base is damaged at offset"
# A base file with something in it: a changed byte inside a value is seen by its checksum.
restore
start
ask BGREWRITEAOF >/dev/null
rewritten() {
    [ "$(find "$data/appendonlydir" -name '*.base.rdb')" = "$data/appendonlydir/appendonly.aof.2.base.rdb" ]
}
soon rewritten
stop
base=$data/appendonlydir/appendonly.aof.2.base.rdb
put_byte "$base" $(($(grep -abo value-5 "$base" | cut -d: -f1) + 2))
whole=$incr
incr=$base
claim flipped_byte_in_the_base_file_is_refused refused "$base is damaged at offset"
claim its_refusal_says_what_to_do_without_a_backup grep -q 'dondoc restore' "$log"
claim its_refusal_does_not_say_to_cut eval '! grep -q truncate "$log"'
incr=$whole
restore
rm "$data/appendonlydir/appendonly.aof.manifest"
claim missing_manifest_is_refused refused "$data/appendonlydir/appendonly.aof.manifest is missing"
restore
mv "$incr" "$work/away"
missing() { # here the file that may not change is not there
    if start; then
        stop
        return 1
    fi
    [ "$status" = 78 ] && grep -q 'REFUSED' "$log" && [ ! -e "$incr" ]
}
claim missing_incremental_file_is_refused missing

# --- killed in its very first start: an empty dataset without a manifest --------------------
rm -rf "$data/appendonlydir"
start
stop
incr=$data/appendonlydir/appendonly.aof.1.incr.aof
printf '*1\r\n' >"$incr"
rm "$data/appendonlydir/appendonly.aof.manifest"
claim missing_manifest_beside_one_byte_of_data_is_refused \
    refused "$data/appendonlydir/appendonly.aof.manifest is missing"
: >"$incr"
claim a_first_start_that_was_killed_begins_anew start
claim it_takes_writes [ "$(ask SET first 1)" = OK ]
stop
claim and_keeps_them start
claim what_it_took_is_there [ "$(ask GET first)" = 1 ]
stop
incr=$whole

# --- the end of the server and of the wrapper ----------------------------------------------
restore
start
kill -KILL "$(cat "$data/redis.pid")"
wait "$wrapper"
claim death_of_the_server_is_passed_on [ $? = 137 ]
wrapper=
start
server=$(cat "$data/redis.pid")
kill -KILL "$wrapper"
wait "$wrapper" 2>/dev/null
wrapper=
gone() {
    ! kill -0 "$server" 2>/dev/null
}
claim server_does_not_outlive_its_wrapper soon gone

scene_end
