#!/bin/bash
# etc/redis-start and redis-watch: what lies on the disk is what Redis writes, or nothing is
# acknowledged; doubtful files are written anew; room; starting again by itself.
set -uo pipefail
export LC_ALL=C

. "$(dirname "$0")/redis_scene.sh"
export DONDOC_REDIS_WATCH_S=0.1
files=$data/appendonlydir

says() {
    grep -q "$1" "$log"
}

ops() { # FIELD TEXT: the field of dondoc:ops:redis begins so
    case $(ask HGET dondoc:ops:redis "$1") in
    "$2"*) return 0 ;;
    esac
    return 1
}

all_there() { # 1 … N
    [ "$(ask LRANGE all 0 -1 | tr '\n' ' ')" = "$(seq -s ' ' "$1") " ]
}

next() {
    count=$((${count:-0} + 1))
    [ "$(ask RPUSH all "$count")" = "$count" ]
}

redis_pid() {
    cat "$data/redis.pid"
}

redis_kill() {
    kill -KILL "$(redis_pid)"
    wait "$wrapper" 2>/dev/null
    wrapper=
}

incr_now() {
    find "$files" -name '*.incr.aof' | sort -V | tail -n 1
}

# --- files that are not there any more ----------------------------------------------------
incr_deleted() { rm "$(incr_now)"; }
manifest_deleted() { rm "$files/appendonly.aof.manifest"; }
base_deleted() { rm "$files"/*.base.rdb; }
directory_moved() { mv "$files" "$work/moved"; }
directory_deleted() { rm -r "$files"; }
incr_replaced() { cp "$(incr_now)" "$work/copy" && mv "$work/copy" "$(incr_now)"; }
incr_emptied() { : >"$(incr_now)"; }
manifest_garbled() { echo garbage >"$files/appendonly.aof.manifest"; }

mended() {
    says 'the files are right again' && ops files ok
}

survives() { # WHAT: nothing is lost, neither what came before nor what came while it was wrong
    : >"$log"
    next && "$1" && next && soon mended && says "ALARM" && ops last_error 20 && next || return 1
    redis_kill
    start && all_there "$count"
}

start
for what in incr_deleted manifest_deleted base_deleted directory_moved directory_deleted \
    incr_replaced incr_emptied manifest_garbled; do
    claim "${what}_is_seen_and_mended_before_the_power_goes" survives "$what"
done

# As long as it cannot be mended nothing is acknowledged.
rm -r "$files"
: >"$files" # (no directory can be made here)
refused_all() {
    says 'could not write its files anew'
}
claim what_cannot_be_mended_is_said soon refused_all
claim meanwhile_nothing_is_acknowledged [ -z "$(timeout 0.5 redis-cli -s "$data/redis.sock" RPUSH all 0)" ]
claim meanwhile_it_can_be_read ops hold 'files: '
rm "$files"
claim it_is_mended_as_soon_as_possible soon mended
claim then_it_is_acknowledged_again next
claim the_hold_is_gone [ -z "$(ask HGET dondoc:ops:redis hold)" ]

# A rewrite is nothing wrong, and a watch that died is started again.
: >"$log"
ask BGREWRITEAOF >/dev/null
watcher() {
    local pid
    for pid in $(cat "/proc/$wrapper/task/$wrapper/children"); do
        if [ "$pid" != "$(redis_pid)" ] && grep -qs redis-watch "/proc/$pid/cmdline"; then
            echo "$pid"
        fi
    done
}
old=$(watcher)
sleep 0.6
claim a_rewrite_is_no_alarm eval '! says ALARM'
kill -KILL "$old"
another_watch() {
    local now
    now=$(watcher)
    [ -n "$now" ] && [ "$now" != "$old" ]
}
claim a_watch_that_died_is_started_again soon another_watch
children=$(cat "/proc/$wrapper/task/$wrapper/children")
claim term_stops_with_status_zero stop
none_left() {
    local pid
    for pid in $children; do
        ! [ -e "/proc/$pid" ] || return 1
    done
}
claim term_leaves_no_children none_left

# --- room -----------------------------------------------------------------------------------
export DONDOC_REDIS_FREE_MARK_MB=99999999
start
claim less_than_the_mark_holds_from_the_first_moment ops hold 'disk: '
claim it_was_told_before_it_was_opened says 'told to hold before it is opened'
claim the_private_socket_is_gone [ ! -e "$data/redis.private" ]
claim a_hold_refuses_no_write next
stop
export DONDOC_REDIS_FREE_MARK_MB=1
start
no_hold() {
    [ -z "$(ask HGET dondoc:ops:redis hold)" ]
}
claim with_room_the_hold_of_before_is_lifted soon no_hold
claim free_space_and_mark_are_told [ "$(ask HGET dondoc:ops:redis disk_mark_mb)" = 1 ]

# --- doubtful files --------------------------------------------------------------------------
inode() {
    stat -c %i "$(incr_now)"
}

anew() { # were the files written anew at this start?
    says 'written anew' && [ "$(inode)" != "$before" ] && all_there "$count" &&
        [ ! -e "$data/redis.doubtful" ]
}

as_they_were() {
    ! says 'written anew' && [ "$(inode)" = "$before" ] && all_there "$count"
}

before=$(inode)
stop
start
claim a_clean_end_leaves_no_doubt as_they_were
redis_kill
start
claim a_kill_of_redis_leaves_no_doubt as_they_were
kill -XCPU "$(redis_pid)" # (ends it at once with a status that is none of the good ones)
wait "$wrapper" 2>/dev/null
claim any_other_end_leaves_a_mark [ -s "$data/redis.doubtful" ]
start
claim after_any_other_end_the_files_are_written_anew anew
before=$(inode)
kill -KILL "$wrapper" "$(redis_pid)"
wait "$wrapper" 2>/dev/null
start
claim an_end_that_nobody_saw_is_doubtful anew
before=$(inode)
kill -KILL "$wrapper" # Redis stops by itself, and removes its process id
wait "$wrapper" 2>/dev/null
soon eval '[ ! -e "$data/redis.pid" ]'
start
claim a_killed_wrapper_alone_leaves_no_doubt as_they_were
kill -XCPU "$(redis_pid)"
wait "$wrapper" 2>/dev/null
sed -i 1s/.*/00000000-0000-4000-8000-000000000000/ "$data/redis.doubtful"
start
claim another_boot_ends_the_doubt as_they_were
kill -XCPU "$(redis_pid)"
wait "$wrapper" 2>/dev/null
mkdir "$(incr_now).again" # so the copy cannot be made
claim no_copy_no_start eval '! start'
claim it_ends_with_75_and_says_why eval '[ "$status" = 75 ] && says "NOT STARTED"'

# --- by itself -------------------------------------------------------------------------------
flags=(--supervise)
"$root/etc/redis-start" --supervise "$data" "$root/etc/redis.conf" >"$log" 2>&1 &
wrapper=$!
claim supervised_it_waits_for_the_disk soon says 'NOT STARTED'
claim and_serves_nobody [ -z "$(ask PING)" ]
rmdir "$files"/*.again
answers() {
    [ "$(ask PING)" = PONG ]
}
claim it_starts_as_soon_as_it_can soon answers
claim with_everything_there anew
redis_kill_only() {
    local old
    old=$(redis_pid)
    kill -KILL "$old"
    soon eval '[ "$(redis_pid 2>/dev/null || echo none)" != "'"$old"'" ] && answers'
}
claim a_redis_that_was_killed_comes_back redis_kill_only
claim nothing_is_missing all_there "$count"
claim term_ends_it_with_status_zero stop
put_byte "$(incr_now)" 0
start
claim damage_is_not_tried_again [ "$status" = 78 ]
scene_end
