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
    stack_redis ops HGET "dondoc:{quang-ngai}:facts:$1" \
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

# --- the outbox ---

box=$XDG_STATE_HOME/dondoc/quang-ngai/three
waiting() {
    local found
    found=$(find "$box" -maxdepth 1 -name '0*.json' | wc -l)
    [ "$found" -eq "$1" ] || { echo "$found wait, expected $1"; return 1; }
}

ok nothing-waits waiting 0
ok receipts-are-kept test -s "$box/kept/0000000001.json"
ok without-a-file-nothing-to-say push 0
ok without-a-file-silent test ! -s "$scratch/out"

# Whoever holds the lock goes on alone.
exec 9>>"$box/lock"
flock -x 9
ok locked push 75 "$scratch/three.csv"
ok locked-says says 'Another run is using the outbox'
ok locked-changed-nothing waiting 0
exec 9>&-

kill -9 "${stack_pids[1]}"
wait "${stack_pids[1]}" 2>/dev/null
three 1.203 >"$scratch/three.csv"
ok away-dry-run push 69 "$scratch/three.csv" --dry-run --timeout 1
ok away-dry-run-keeps-nothing waiting 0
ok away-kept push 75 "$scratch/three.csv" --reason 'sổ sót' --timeout 1
ok away-waits waiting 3
ok away-says says 'kept in the outbox .*/dondoc/quang-ngai/three'
ok away-not-by-itself says 'Nothing sends them by itself'
ok away-cron-line says '^\*/15 \* \* \* \* /.*/dondoc push .*--key=.*three.key --outbox='
ok away-no-secret bash -c '! grep -qF "$(sed -n "s/^secret //p" "$1")" "$2"' - \
    "$stack/three.key" "$scratch/out"
# shellcheck disable=SC2016 # expanded by the inner shell
mkdir -p "$scratch/bin"
printf '#!/bin/sh\necho "# dondoc push"\necho "7 8 * * * /opt/dondoc push"\n' >"$scratch/bin/crontab"
chmod +x "$scratch/bin/crontab"
PATH=$scratch/bin:$PATH ok away-cron-there push 75 --timeout 1
ok away-cron-shown says '^7 8 \* \* \* /opt/dondoc push'
ok away-cron-not-promised says 'only if it uses the same key'
ok away-same-file-once push 75 "$scratch/three.csv" --reason 'sổ sót' --timeout 1
ok away-still-three waiting 3
DONDOC_LANG=vi ok away-in-vietnamese push 75 --timeout 1
ok away-vietnamese-says says '3 báo cáo chưa được tiếp nhận, đang được giữ trong hộp thư đi'

# The very line that it printed sends them.
stack_port_units=${units##*:}
ok away-line push 75 --timeout 1
grep -E '^\*/15' "$scratch/out" | sed 's|^\*/15 [* ]*||; s/\\%/%/g' >"$scratch/line.sh"
ok server-again stack_service ingest --listen "$units" --listen-ops "$ops" \
    --listen-hints 'tcp://127.0.0.1:*'
ok clock-again clock 'clock 2023-02-10 10:00'
ok cron-line-runs bash -c 'unset ${!DONDOC_*} XDG_STATE_HOME; bash "$1" >"$2" 2>&1' - \
    "$scratch/line.sh" "$scratch/out"
ok cron-line-says says 'three.csv:2 +21055 .*replaces'
ok cron-line-stands holds 21055 'results_in_force_digitised=1203'
ok cron-line-sent-all waiting 0
ok cron-line-silent-after push 0

# --- two desks ---

# desk NAME STATUS SERVER FILE…: as push, with an outbox of its own.
desk() {
    local name=$1 want=$2 server=$3 got
    shift 3
    "$bin/dondoc" push --timeout 5 "$@" --server "$server" --key "$stack/three.key" \
        --outbox "$scratch/desk-$name" >"$scratch/out" 2>&1
    got=$?
    [ "$got" -eq "$want" ] || { echo "exit $got, expected $want"; return 1; }
}
nowhere='tcp://127.0.0.1:1'
# later NAME DIGITISED: a file that this desk cannot send now.
later() {
    three "$2" >"$scratch/later.csv"
    desk "$1" 75 "$nowhere" "$scratch/later.csv" --reason 'sổ sót' --timeout 1
}

ok desk-day clock 'clock 2023-02-11 09:00'
ok desk-known desk a 0 "$units"
ok desk-first-waits later a 1.210
ok desk-second-waits later a 1.211
ok desk-both-sent desk a 0 "$units"
ok desk-replaces-what-was-older says 'later.csv:2 +21055 .*replaces'
ok desk-replaces-its-own holds 21055 'rev=6 .*results_in_force_digitised=1211'

ok desk-third-waits later a 1.212
ok desk-hour clock 'clock 2023-02-11 10:00'
ok desk-other-known desk b 0 "$units"
three 1.213 >"$scratch/newer.csv"
ok desk-other-sends desk b 0 "$units" "$scratch/newer.csv" --reason 'sổ sót'
ok desk-overtaken desk a 65 "$units"
ok desk-overtaken-shown says 'waited in the outbox and was never sent before'
ok desk-overtaken-what-stands says 'What stands .*results_in_force_digitised 1213'
ok desk-overtaken-where says 'kept in .*desk-a/refused/0000000005.json'
ok desk-overtaken-there test -s "$scratch/desk-a/refused/0000000005.json"
ok desk-newer-stands holds 21055 'rev=7 .*results_in_force_digitised=1213'
ok desk-said-once desk a 0 "$units"
ok desk-silent test ! -s "$scratch/out"
three 1.212 >"$scratch/later.csv"
ok desk-by-hand desk a 0 "$units" "$scratch/later.csv" --reason 'sổ sót'
ok desk-by-hand-stands holds 21055 'rev=8 .*results_in_force_digitised=1212'

# Refused after it had waited: for a program, too.
three 1.214 >"$scratch/later.csv"
ok desk-no-reason-waits desk a 75 "$nowhere" "$scratch/later.csv" --timeout 1
ok desk-no-reason desk a 65 "$units" --json
ok desk-no-reason-json bash -c 'python3 -c "
import json, sys
of = {r[\"code\"]: r for r in json.load(sys.stdin)[\"before\"] if \"code\" in r}
assert of[\"reason_needed\"][\"aside\"].startswith(\"refused/\")" <"$1"' - "$scratch/out"
