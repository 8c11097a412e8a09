#!/bin/bash
# process - what a service does with itself: no core file, no debugger of the same user,
# keys in locked memory, no library that is known to be unfit.
# Prints `ok NAME` or `not ok NAME` for each claim; tests/run counts them.
set -uo pipefail
root=${DONDOC_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
build=$(realpath "${DONDOC_BUILD:-$root/build}")
bin=$build/bin
cd "$root" || exit 70
scratch=$(mktemp -d "${TMPDIR:-/tmp}/dondoc-process.XXXXXX")
pid=
end() {
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
    rm -rf "$scratch"
}
trap end EXIT

ok() {
    local name=$1
    shift
    if "$@" >"$scratch/why" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        cat "$scratch/why" "$scratch/log" 2>/dev/null
    fi
}

"$bin/dondoc" keys new "$scratch/service" >/dev/null 2>&1
"$bin/dondoc" keys add "$scratch/keyring" role=service name=services \
    "$(sed -n 's/^public //p' "$scratch/service.key")" >/dev/null
# Root may look at everything: an unprivileged user shows what another process may.
as=() uid=$(id -u)
if [ "$uid" -eq 0 ]; then
    uid=65534
    as=(setpriv --reuid "$uid" --regid "$uid" --clear-groups)
    chown -R "$uid:$uid" "$scratch"
    chmod 755 "$scratch"
    for ((up = 0; up < 9; up++)); do # TMPDIR of tests is closed to others
        path=$(realpath "$scratch$(printf '/..%.0s' $(seq $((up + 1))))")
        [ "$path" != /tmp ] && [ "$path" != / ] || break
        chmod o+x "$path"
    done
fi

# serve NAME=VALUE…: a scorer that finds no Redis and waits for one.
serve() {
    "${as[@]}" env "$@" "$bin/dondoc-scorer" --redis "unix:$scratch/none.sock" \
        --province quang-ngai --key-file "$scratch/service.key" \
        --keyring "$scratch/keyring" --listen-hints "ipc://$scratch/hints" \
        2>"$scratch/log" &
    pid=$!
    local i
    for ((i = 0; i < 200; i++)); do
        [ -S "$scratch/hints" ] && return 0
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.02
    done
    return 1
}
stop() {
    kill -TERM "$pid" 2>/dev/null
    wait "$pid"
    pid=
    rm -f "$scratch/hints"
}
owner() { # UID: of what can be seen of it in /proc
    [ "$(stat -c %u "/proc/$pid/environ")" = "$1" ] || {
        stat -c '%u %n' "/proc/$pid/environ"
        return 1
    }
}
core() {
    grep -E "^Max core file size +$1 +$2 " "/proc/$pid/limits" ||
        { grep core "/proc/$pid/limits"; return 1; }
}
peek() { # a debugger of the same user
    "${as[@]}" head -c 1 "/proc/$pid/environ" >/dev/null
}
no_peek() {
    ! peek
}
locked() {
    [ "$(sed -n 's/^VmLck:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")" -gt 0 ]
}

ulimit -c unlimited 2>/dev/null || true
ok starts serve DONDOC_CORE=0
ok no-core-file core 0 0
ok not-dumpable owner 0
ok nobody-else-looks-into-it no_peek
ok keys-are-locked locked
stop
ok starts-for-a-debugger serve DONDOC_CORE=1
ok dumpable-when-asked owner "$uid"
ok looked-into-when-asked peek
stop

# --- libzmq ---

unfit() { # VERSION
    local code
    LD_PRELOAD=$build/tests/faults/oldzmq.so DONDOC_ZMQ_VERSION=$1 timeout 10 \
        "$bin/dondoc-ingest" --redis "unix:$scratch/none.sock" --province quang-ngai \
        --key-file "$scratch/service.key" --keyring "$scratch/keyring" \
        --listen "ipc://$scratch/units" --listen-ops "ipc://$scratch/ops" \
        2>"$scratch/log"
    code=$?
    grep -q "libzmq_unfit version=$1 .*remedy=\"install libzmq 4.3.3 or newer" "$scratch/log" &&
        [ "$code" -eq 69 ]
}
remark() { # VERSION
    serve LD_PRELOAD="$build/tests/faults/oldzmq.so" DONDOC_ZMQ_VERSION="$1" || return
    stop
    grep -q "libzmq version=$1 " "$scratch/log"
}
silent() {
    ! remark "$1"
}
chmod -R o+rX "$build/tests/faults" "$build/bin" 2>/dev/null
for version in 4.3.2 4.1.8 3.2.5; do
    ok "libzmq-$version-is-refused" unfit "$version"
done
for version in 4.3.3 4.3.4; do
    ok "libzmq-$version-is-remarked-upon" remark "$version"
done
ok libzmq-4.3.5-is-fine silent 4.3.5
