#!/bin/bash
# Every programme passes its own tests, and they test every kind of target it uses. Then the
# command itself: what ends with 64 and 65, and what it says.
set -uo pipefail
export LC_ALL=C.UTF-8 DONDOC_LANG=en HOME=/nonexistent
dondoc=$DONDOC_BUILD/bin/dondoc
root=$DONDOC_ROOT
dir=$DONDOC_TEST_DIR
failed=0

claim() { # NAME CODE [PART]...: the last run ended so and said each part
    local name=$1 want=$2 part
    shift 2
    if [ "$code" -ne "$want" ]; then
        echo "not ok $name: want exit $want, got $code"
        sed 's/^/    /' "$dir/out"
        failed=1
        return
    fi
    for part in "$@"; do
        if ! grep -qF -- "$part" "$dir/out"; then
            echo "not ok $name: nothing says: $part"
            sed 's/^/    /' "$dir/out"
            failed=1
            return
        fi
    done
    echo "ok $name"
}

run() {
    "$dondoc" "$@" >"$dir/out" 2>&1 </dev/null
    code=$?
}

for programme in "$root"/programmes/*/; do
    programme=${programme%/}
    run test "$programme"
    claim "${programme##*/} passes its tests, and they are complete" 0 ", 0 fail" \
        " expectations hold" "/tests.yaml: "
    run test --lang vi "$programme"
    claim "${programme##*/} says so in Vietnamese" 0 "kết quả đúng, 0 không đúng"
    widest=$(grep -v '^/' "$dir/out" | wc -L)
    [ "$widest" -le 100 ] || {
        echo "not ok ${programme##*/}: a table of $widest columns"
        failed=1
    }
done

# --- who would hear of what -----------------------------------------------------------

run check "$root/programmes/quang-ngai"
claim "check shows the ladder by level" 0 "offices that hear" \
    "commune        at once  head-… (176)" \
    "               rung 2   head-… (13)" \
    "               rung 3   office-chief, home-affairs" \
    "held messages           office-chief, operations" \
    "progress                office-chief, standing-committee"
run check --lang vi "$root/programmes/quang-ngai"
claim "and in Vietnamese" 0 "chức danh nhận" "nấc 2  head-… (13)"
run check "$root/programmes/phu-tho-illustration"
claim "of an illustration nobody hears" 0 "opens no alert"
if grep -qF "rung 2" "$dir/out"; then
    echo "not ok an illustration shows a ladder"
    failed=1
fi

# --- the command, on a copy -----------------------------------------------------------

copy=$dir/quang-ngai
cp -r "$root/programmes/quang-ngai" "$copy"

run test
claim "without a programme it is misused" 64 "name a programme's folder"
run test --nonsense "$copy"
claim "so it is with an unknown flag" 64
run test "$dir/nowhere"
claim "a folder that is not there" 65 "no such folder"

run test "$copy" "$copy/tests.yaml"
claim "a folder and its file are the same tests" 0 "$copy/tests.yaml: "
[ "$(grep -c ' expectations hold' "$dir/out")" = 2 ] || {
    echo "not ok both operands are run"
    failed=1
}
(cd "$copy" && "$dondoc" test tests.yaml . >"$dir/out" 2>&1)
code=$?
claim "a file named alone stands in this folder" 0 "./tests.yaml: "

# One dossier fewer than the line asks for: 499 of 1.000 where 500 are expected.
sed 's/verdict: on_pace, value: "50.00", required: "49.92"/verdict: behind, value: "49.90", required: "49.92"/' \
    "$root/programmes/quang-ngai/tests.yaml" >"$copy/tests.yaml"
run test "$copy"
claim "what differs is told with the arithmetic" 65 \
    "fails: 7b one result decides on the line: 7b 525, 2023-06" \
    "verdict   want behind          got on_pace" "value     want 49.90           got 50.00" \
    "500 / 1,000 = 50% → 50.00%" "40 + 20 × 181/365 = 49.9178… → 49.92%" ", 1 fail"
run test --lang vi "$copy"
claim "and in Vietnamese" 65 "không đúng: 7b one result" "cần behind" "được on_pace" \
    "500 / 1.000 = 50% → 50,00%"
run test --json "$copy"
claim "and for programs" 65 '"field":"verdict","want":"behind","got":"on_pace"' '"fail":1' \
    '"complete":true'

cat >"$copy/few.yaml" <<'END'
tests:
  - name: one
    target: 7c
    boundary: true
    reports:
      - {unit: "21055", group: digitisation, period: 2023-12, figures: {results_in_force: 200, results_in_force_digitised: 50}}
    expect:
      - {subject: "21055", window: 2023-12, verdict: missed}
END
run test "$copy/few.yaml"
claim "a file that is not complete says what lacks" 65 "lacking: steps: met, boundary" \
    "lacking: rank_gain: met, short, boundary" "few.yaml:2:5: one: marked boundary, but" \
    "1 expectations hold, 0 fail"
run test --json "$copy/few.yaml"
claim "also for programs" 65 '"not_boundary":["one"]' '"lacking":["met","boundary"]' \
    '"complete":false'

sed -i 's/target: 7c/target: 7x/; s/unit: "21055"/unt: "21055"/' "$copy/few.yaml"
run test "$copy/few.yaml"
claim "mistakes are shown at their place, several a run" 65 \
    'few.yaml:3:13: error: "target" names "7x"' 'unknown key "unt"; did you mean "unit"?' \
    "                ^" "few.yaml: 2 errors"
run test --json "$copy/few.yaml"
claim "mistakes for programs" 65 '"line":3,"column":13'

sed -i 's/unt: "21055"/unit: "21055"/' "$copy/few.yaml"
run test "$copy/few.yaml"
claim "one is no plural" 65 "few.yaml: 1 error"
! grep -q "1 errors" "$dir/out" || { echo "not ok one is no plural"; failed=1; }

rm "$copy/tests.yaml"
run test "$copy"
claim "a programme without tests.yaml is refused" 65 "tests.yaml" "programmes/README.md"
sed -i 's/kind: steps/kind: stps/' "$copy/targets.yaml"
run test "$copy/few.yaml"
claim "a programme that cannot be read is refused first" 65 "targets.yaml:" '"kind" is "stps"'
exit "$failed"
