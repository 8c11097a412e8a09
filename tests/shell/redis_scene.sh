# redis_scene - one etc/redis-start in a fresh directory, for the tests of it and of
# redis-watch. Sourced by bash scripts that set -uo pipefail. Prints `ok NAME` or
# `not ok NAME` for each claim; tests/run counts them.

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${DONDOC_TEST_DIR:-$(mktemp -d)}
data=$work/data
log=$work/redis-start.log
incr=$data/appendonlydir/appendonly.aof.1.incr.aof
flags=() # before DIR: --supervise
wrapper=
failed=0

claim() { # NAME COMMAND...: the command's success decides
    local name=$1
    shift
    if "$@"; then
        echo "ok $name"
    else
        echo "not ok $name"
        failed=1
        echo "--- $log"
        tail -n 20 "$log"
    fi
}

ask() {
    timeout 5 redis-cli -s "$data/redis.sock" "$@" 2>/dev/null
}

# Starts the wrapper and waits for a PONG or for its end, 20 s at most.
start() {
    "$root/etc/redis-start" "${flags[@]}" "$data" "$root/etc/redis.conf" "$@" >"$log" 2>&1 &
    wrapper=$!
    local tries
    for ((tries = 0; tries < 400; tries++)); do
        if [ "$(ask PING)" = PONG ]; then
            return 0
        fi
        if ! kill -0 "$wrapper" 2>/dev/null; then
            wait "$wrapper"
            status=$?
            wrapper=
            return 1
        fi
        sleep 0.05
    done
    return 1
}

stop() {
    kill -TERM "$wrapper"
    wait "$wrapper"
    status=$?
    wrapper=
    return "$status"
}

put_byte() { # FILE OFFSET: changes one byte
    printf '\001' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# soon COMMAND...: it succeeds within 10 s.
soon() {
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        "$@" && return 0
        sleep 0.05
    done
    return 1
}

scene_end() {
    [ -n "${DONDOC_TEST_DIR:-}" ] || [ "$failed" = 1 ] || rm -rf "$work"
    exit "$failed"
}

trap '[ -z "$wrapper" ] || kill -TERM "$wrapper"' EXIT

