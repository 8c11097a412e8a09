# stack.sh - a private Redis and the three services in one directory: for the demo and
# for `make run`. Sourced by bash scripts that set -uo pipefail, after these are set:
#   root, bin        the source and where the programs are
#   stack            the directory; made if it is not there
#   stack_more_keys  array of "FILE role=… name=… scope=…": keys to make besides ops
#
#   stack_up PROVINCE [--simulated]   makes keys and Redis users that are not there yet,
#                                     starts all, sets units, ops, leaders (endpoints)
#                                     and the DONDOC_* that the command dondoc reads
#   stack_redis USER COMMAND…         redis-cli as that user
#   stack_down                        ends what it started, by process id
#
# Keys and passwords are made here, at run time; they never leave the directory. The
# command dondoc, and redis-cli --user ops, read Redis as `ops`, which may only look.

stack_pids=()
stack_port_units='*' stack_port_ops='*' stack_port_leaders='*'

stack_wait() {
    local what=$1 test=$2 file=$3 pid=$4 i
    for ((i = 0; i < 400; i++)); do
        [ "$test" "$file" ] && return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.025
    done
    echo "$what did not start; the end of its log:" >&2
    tail -n 5 "$stack/$what.log" >&2
    return 1
}

# stack_endpoint SERVICE NAME: from its ready file, "units=tcp://127.0.0.1:41234 ops=…"
stack_endpoint() {
    tr ' ' '\n' <"$stack/$1.ready" | sed -n "s/^$2=//p"
}

stack_public() {
    sed -n 's/^public //p' "$stack/$1.key"
}

# stack_key FILE role=… name=… [scope=…]: a key pair and its line in the keyring, once.
stack_key() {
    local name=$1
    shift
    [ -s "$stack/$name.key" ] && return 0
    "$bin/dondoc" keys new "$stack/$name" >/dev/null 2>>"$stack/keys.log" &&
        "$bin/dondoc" keys add "$stack/keyring" "$@" "$(stack_public "$name")" >/dev/null
}

stack_service() {
    local name=$1
    shift
    rm -f "$stack/$name.ready"
    "$bin/dondoc-$name" --redis "unix:$stack/redis/redis.sock" --province "$province" \
        --redis-user "$name" --redis-password-file "$stack/passwords/$name" \
        --key-file "$stack/service.key" --keyring "$stack/keyring" \
        --ready-file "$stack/$name.ready" "${simulated[@]}" "$@" 2>>"$stack/$name.log" &
    stack_pids+=($!)
    stack_wait "$name" -s "$stack/$name.ready" $!
}

stack_redis() {
    local user=$1
    shift
    REDISCLI_AUTH=$(cat "$stack/passwords/$user") \
        redis-cli -s "$stack/redis/redis.sock" --user "$user" "$@"
}

stack_up() {
    local line
    province=$1
    shift
    simulated=("$@")
    mkdir -p "$stack/redis"
    "$root/etc/redis-users" "$stack/redis" "$stack/passwords" || return
    "$root/etc/redis-start" --supervise "$stack/redis" "$root/etc/redis.conf" \
        >>"$stack/redis.log" 2>&1 &
    stack_pids+=($!)
    stack_wait redis -S "$stack/redis/redis.sock" $! || return
    stack_key service role=service name=services || return
    stack_key ops role=ops name=ops || return
    for line in "${stack_more_keys[@]}"; do
        # shellcheck disable=SC2086 # words on purpose
        stack_key $line || return
    done
    stack_service ingest --listen "tcp://127.0.0.1:$stack_port_units" \
        --listen-ops "tcp://127.0.0.1:$stack_port_ops" \
        --listen-hints 'tcp://127.0.0.1:*' || return
    stack_service scorer --hints-from "$(stack_endpoint ingest hints)" \
        --hints-from-key "$(stack_public service)" \
        --listen-hints 'tcp://127.0.0.1:*' || return
    stack_service notifier --hints-from "$(stack_endpoint scorer hints)" \
        --hints-from-key "$(stack_public service)" \
        --listen "tcp://127.0.0.1:$stack_port_leaders" || return
    units=$(stack_endpoint ingest units)
    ops=$(stack_endpoint ingest ops)
    leaders=$(stack_endpoint notifier leaders)
    export DONDOC_REDIS=unix:$stack/redis/redis.sock DONDOC_PROVINCE=$province
    export DONDOC_REDIS_USER=ops DONDOC_REDIS_PASSWORD_FILE=$stack/passwords/ops
    REDISCLI_AUTH=$(cat "$stack/passwords/ops")
    export REDISCLI_AUTH
    export DONDOC_SERVER_KEY
    DONDOC_SERVER_KEY=$(stack_public service)
    export XDG_STATE_HOME=$stack/state # outboxes of dondoc push
}

stack_down() {
    local pid i
    # Services first, Redis last: their last words go into it.
    for ((i = ${#stack_pids[@]} - 1; i >= 0; i--)); do
        pid=${stack_pids[i]}
        kill -TERM "$pid" 2>/dev/null || continue
        wait "$pid" 2>/dev/null
    done
    stack_pids=()
}
