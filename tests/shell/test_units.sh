#!/bin/bash
# etc/systemd: the units are well formed, run as nobody of importance, hand secrets over
# as credentials, and are as closed as systemd-analyze can see. compose.yaml alike.
# Prints `ok NAME` or `not ok NAME`; without systemd-analyze what it would say is skipped.
set -uo pipefail
root=${DONDOC_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
bin=$(realpath "${DONDOC_BUILD:-$root/build}")/bin
cd "$root" || exit 70
scratch=$(mktemp -d "${TMPDIR:-/tmp}/dondoc-units.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
exposure_max=15 # tenths

ok() {
    local name=$1
    shift
    if "$@" >"$scratch/why" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        cat "$scratch/why"
    fi
}

units=(redis ingest scorer notifier courier archive@)
has() { # UNIT LINE
    grep -qxE "$2" "etc/systemd/dondoc-$1.service" || { echo "no line $2"; return 1; }
}
for unit in "${units[@]}"; do
    ok "$unit-own-user" has "$unit" "User=dondoc-${unit%@}"
    ok "$unit-user-is-made" grep -qE "^u dondoc-${unit%@} -" etc/systemd/dondoc.sysusers
    for line in NoNewPrivileges=yes CapabilityBoundingSet= ProtectSystem=strict \
        PrivateTmp=yes PrivateDevices=yes ProtectKernelModules=yes \
        MemoryDenyWriteExecute=yes SystemCallFilter=@system-service LimitCORE=0 \
        'MemoryMax=[0-9]+G' MemorySwapMax=0 'LimitNOFILE=[0-9]+'; do
        ok "$unit-${line%%=*}" has "$unit" "$line"
    done
done
for unit in ingest scorer notifier courier archive@; do
    ok "$unit-password-is-a-credential" has "$unit" \
        "LoadCredential=redis-password:/etc/dondoc/passwords/${unit%@}"
done
for unit in ingest scorer notifier courier; do
    ok "$unit-tells-when-it-is-ready" has "$unit" Type=notify
    ok "$unit-own-redis-user" grep -q -- "--redis-user $unit " \
        "etc/systemd/dondoc-$unit.service"
done
ok no-unit-runs-as-root bash -c '! grep -nE "^(User=root|DynamicUser=no|\+|ExecStart=[+!])" etc/systemd/*.service'

# --- what systemd says ---

exposure() {
    local said tenths
    said=$(systemd-analyze security --offline=true --no-pager \
        "etc/systemd/dondoc-$1.service" 2>&1 | tail -n 1)
    tenths=$(sed -n 's/.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p' <<<"$said")
    [ -n "$tenths" ] && [ "$((10#$tenths))" -le "$exposure_max" ] || { echo "$said"; return 1; }
}
verify() {
    local unit said
    mkdir -p "$scratch/units"
    for unit in etc/systemd/*.service etc/systemd/*.timer; do
        sed -e "s|/usr/bin/dondoc-redis-start|$root/etc/redis-start|" \
            -e "s|/usr/bin/dondoc|$bin/dondoc|" -e '/^Documentation=/d' \
            "$unit" >"$scratch/units/${unit##*/}"
    done
    said=$(cd "$scratch/units" && systemd-analyze verify --man=no ./*.service ./*.timer 2>&1 |
        grep -F dondoc)
    [ -z "$said" ] || { echo "$said"; return 1; }
}
weaker() { # the figure is worth something: it rises when a line is gone
    grep -v '^CapabilityBoundingSet=\|^PrivateUsers=\|^NoNewPrivileges=\|^ProtectSystem=' \
        etc/systemd/dondoc-ingest.service >"$scratch/dondoc-weak.service"
    systemd-analyze security --offline=true --no-pager "$scratch/dondoc-weak.service" 2>&1 |
        tail -n 1 | grep -qE ': ([2-9]|1\.[6-9])'
}
if command -v systemd-analyze >/dev/null &&
    systemd-analyze security --help 2>&1 | grep -q -- --offline; then
    for unit in "${units[@]}"; do
        ok "$unit-exposure-at-most-1.5" exposure "$unit"
    done
    ok a-weaker-unit-is-seen weaker
    ok units-are-well-formed verify
else
    echo "SKIPPED: systemd-analyze (250 or later) is not installed: apt-get install systemd" >&2
fi

# --- compose.yaml ---

common() { # LINE of x-common
    sed -n '/^x-common:/,/^x-environment:/p' compose.yaml | grep -qE "^  $1" || {
        echo "x-common has no $1"
        return 1
    }
}
for line in 'read_only: true' 'cap_drop: \[ALL\]' 'security_opt: .*no-new-privileges:true' \
    'user: "5700:5700"' 'tmpfs: ' 'mem_limit: ' 'ulimits: .*core: 0' 'pids_limit: '; do
    ok "compose-${line%%:*}" common "$line"
done
merged() {
    awk '/^services:/ { in_services = 1 } /^volumes:/ { in_services = 0 }
        in_services && /^  [a-z]+:/ { if (name != "" && !good) { print name; bad = 1 }
            name = $1; good = /\*/ }
        in_services && /^    <<: \*(common|service|command)$/ { good = 1 }
        END { if (name != "" && !good) { print name; bad = 1 }; exit bad }' compose.yaml
}
ok compose-every-service-has-them merged
ok compose-no-service-is-privileged bash -c '! grep -nE "privileged: true|cap_add|network_mode: host|pid: host" compose.yaml'
