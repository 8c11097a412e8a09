#!/bin/bash
# tests/run itself: side by side or one at a time, it counts the same, tells in order, and
# ends what it started. Prints `ok NAME` or `not ok NAME` for each claim.
set -uo pipefail
root=${DONDOC_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d "${DONDOC_TEST_DIR:-${TMPDIR:-/tmp}}/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
export work

claim() { # NAME COMMAND...: the command's success decides
    local name=$1
    shift
    if "$@"; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/# /' "$work/out"
    fi
}

script() { # NAME: its text is stdin
    cat >"$work/$1.sh"
}

paths() { # NAME...
    printf "$work/%s.sh\n" "$@"
}

# run ARGUMENT...: its exit status goes to `status`, what it prints to out.
run() {
    DONDOC_TEST_MAX_S=20 TMPDIR=$work "$root/tests/run" "$@" >"$work/out" 2>&1
    status=$?
}

last_is() { # TEXT STATUS
    [ "$(tail -n 1 "$work/out")" = "$1" ] && [ "$status" = "$2" ]
}

told_are() { # NAMES, in order
    local got
    got=$(sed -nE "s,^(ok|FAIL) +$work/([a-z]+)\.sh .*,\2,p" "$work/out" | tr '\n' ' ')
    [ "$got" = "$1 " ]
}

soon() {
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        "$@" && return 0
        sleep 0.05
    done
    return 1
}

# --- two that wait for each other: only side by side do they pass ------------------------
for pair in one:other other:one; do
    script "${pair%:*}" <<EOF
: >"\$work/${pair%:*}.here"
for ((i = 0; i < 60; i++)); do
    [ -e "\$work/${pair#*:}.here" ] && { echo "ok met"; exit; }
    sleep 0.05
done
echo "not ok met"
exit 1
EOF
done
mapfile -t both < <(paths one other)
run --jobs 2 "${both[@]}"
claim two_run_side_by_side last_is '2 passed, 0 failed' 0
rm "$work"/*.here
run --quiet "${both[@]}"
claim without_jobs_one_runs_at_a_time last_is '1 passed, 1 failed' 1

# --- what is told and counted --------------------------------------------------------------
script slow <<'EOF'
sleep 0.5
echo "ok slow"
EOF
script fails <<'EOF'
echo "ok first"
echo "not ok second"
echo "what it said"
exit 1
EOF
script dies <<'EOF'
echo "ok before"
kill -KILL $$
EOF
script silent <<'EOF'
exit 0
EOF
script alone <<'EOF'
# alone: it looks whether anybody is beside it
[ -e "$work/beside.here" ] && echo "not ok alone" || echo "ok alone"
EOF
script beside <<'EOF'
: >"$work/beside.here"
sleep 0.4
rm "$work/beside.here"
echo "ok beside"
EOF
mapfile -t all < <(paths alone slow beside fails dies silent)
run --jobs 4 "${all[@]}"
claim what_fails_is_counted_side_by_side last_is '5 passed, 3 failed' 1
claim what_ends_early_is_not_told_early told_are 'slow beside fails dies silent alone'
claim what_a_failed_one_said_is_shown grep -q '| what it said' "$work/out"
kept() {
    find "$work" -path '*/dondoc-tests.*' -name output.log | wc -l
}
before=$(kept)
run "${all[@]}"
claim one_at_a_time_counts_the_same last_is '5 passed, 3 failed' 1
claim one_at_a_time_keeps_the_given_order told_are 'alone slow beside fails dies silent'
claim what_the_failed_ones_left_is_kept [ "$(kept)" = $((before + 3)) ]
mapfile -t good < <(paths slow beside alone)
run --quiet --jobs 3 "${good[@]}"
claim quiet_is_one_line [ "$(cat "$work/out")" = '3 passed, 0 failed' ]

# --- interrupted ---------------------------------------------------------------------------
script endless <<'EOF'
echo $$ >>"$work/endless.here"
exec sleep 300
EOF
cp "$work/endless.sh" "$work/more.sh"
mapfile -t both < <(paths endless more)
TMPDIR=$work "$root/tests/run" --jobs 2 "${both[@]}" >"$work/out" 2>&1 &
runs=$!
both_run() {
    [ "$(cat "$work/endless.here" 2>/dev/null | wc -l)" = 2 ]
}
claim both_have_begun soon both_run
kill -TERM "$runs"
wait "$runs"
claim interrupted_it_ends_with_130 [ $? = 130 ]
claim interrupted_it_says_what_is_kept grep -q '^interrupted; kept: ' "$work/out"
none_runs() {
    local pid
    while read -r pid; do
        ! kill -0 "$pid" 2>/dev/null || return 1
    done <"$work/endless.here"
}
claim interrupted_nothing_goes_on soon none_runs
