#!/bin/bash
# push - a clerk's day with `dondoc push`: one key for three communes, a fourth row that is
# refused alone, the same file again, a cell changed, a correction after the due date.
set -uo pipefail
root=${DONDOC_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
bin=${DONDOC_BUILD:-$root/build}/bin
cd "$root" || exit 70
scratch=$(mktemp -d "${TMPDIR:-/tmp}/dondoc-push.XXXXXX")
stack=$scratch
stack_more_keys=("three role=unit name=system scope=21055,21412,21436")
. tools/stack.sh
trap 'stack_down; rm -rf "$scratch"' EXIT
export DONDOC_LANG=en

ok() {
    local name=$1
    shift
    if "$@" >"$scratch/why" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        cat "$scratch/why" "$scratch/out" 2>/dev/null
    fi
}

clock() {
    printf '%s\n' "$@" >"$scratch/clock.play"
    "$bin/dondoc" play "$scratch/clock.play" --ops-server "$ops" --ops-key "$stack/ops.key" \
        --server "$units" --key "$stack/three.key"
}

# push STATUS FILE…: what push prints goes to out; its exit status must be STATUS.
push() {
    local want=$1 got
    shift
    "$bin/dondoc" push "$@" --server "$units" --key "$stack/three.key" >"$scratch/out" 2>&1
    got=$?
    [ "$got" -eq "$want" ] || { echo "exit $got, expected $want"; return 1; }
}

says() {
    grep -Eq "$1" "$scratch/out" || { echo "does not say: $1"; return 1; }
}

fact() {
    redis-cli -s "$stack/redis/redis.sock" HGET "dondoc:{quang-ngai}:facts:$1" \
        digitisation/2023-01
}

# The scorer has caught up when the fact holds this text.
holds() {
    local i
    for ((i = 0; i < 100; i++)); do
        fact "$1" | grep -q "$2" && return 0
        sleep 0.05
    done
    fact "$1"
    return 1
}

header='unit;period;results_in_force;results_in_force_digitised'
three() {
    printf '%s\r\n' "$header" "21055;2023-01;2.386;$1" '21412;2023-01;2.400;1.200' \
        '21436;2023-01;2.500;1.250'
}

stack_up quang-ngai --simulated || exit 1
ok clock-and-programme clock 'clock 2023-02-03 09:00' 'programme programmes/quang-ngai'

{
    printf '\xef\xbb\xbf'
    three 1.204
    printf '21061;2023-01;10;1\r\n'
} >"$scratch/four.csv"
ok fourth-row-refused push 65 "$scratch/four.csv"
ok fourth-row-named says '^ *5 .*21061'
ok others-taken holds 21436 results_in_force_digitised=1250
ok fourth-not-stored test -z "$(fact 21061)"

three 1.204 >"$scratch/three.csv"
ok same-file-again push 0 "$scratch/three.csv"
ok same-file-says says '3 (already|stood|.*before)'

three 1.024 >"$scratch/three.csv"
ok one-cell-changed push 0 "$scratch/three.csv"
ok one-cell-stands holds 21055 'rev=2 .*results_in_force_digitised=1024'

ok after-due-date clock 'clock 2023-02-10 09:00'
three 1.204 >"$scratch/three.csv"
ok late-needs-reason push 65 "$scratch/three.csv"
ok late-says-so says 'reason'
ok late-with-reason push 0 "$scratch/three.csv" --reason 'một sổ bị sót'
ok late-stands holds 21055 'rev=3 .*results_in_force_digitised=1204'

sed 's/1.204/1,204/' "$scratch/three.csv" >"$scratch/bad.csv"
ok comma-not-guessed push 65 "$scratch/bad.csv"
ok comma-named says '1,204'
