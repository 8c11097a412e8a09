#!/bin/bash
# etc/redis-users and etc/redis-start: passwords are made once, stand in no list and in no
# output; `default` is off; a password is renewed without a break; what would let anybody
# in does not start. Prints `ok NAME` or `not ok NAME` for each claim; tests/run counts.
set -uo pipefail
export LC_ALL=C DONDOC_REDIS_WATCH_S=1

. "$(dirname "$0")/redis_scene.sh"
users=$root/etc/redis-users
passwords=$work/passwords
mkdir -p "$data"

# as USER [FILE] COMMAND…
as() {
    local user=$1
    shift
    REDISCLI_AUTH=$(head -n 1 "${password:-$passwords/$user}") \
        timeout 5 redis-cli -s "$data/redis.sock" --user "$user" "$@" 2>&1
}
is() { # WANT COMMAND…
    local want=$1 got
    shift
    got=$("$@")
    [[ $got == *"$want"* ]] || { echo "want $want, got $got" >>"$log"; return 1; }
}
mode() { # MODE FILE…
    local want=$1 file
    shift
    for file; do
        [ "$(stat -c %a "$file")" = "$want" ] || return 1
    done
}
in_no() { # FILE…: no password stands there
    local file
    for file in "$passwords"/* "$data/watch.password"; do
        ! grep -qF "$(cat "$file")" "$@" || return 1
    done
}
refuses() { # WORDS OPTION…: exit 64 before anything is started
    local words=$1
    shift
    if start "$@"; then
        stop
        return 1
    fi
    [ "$status" = 64 ] && grep -q -- "$words" "$log"
}

# --- without users: only this machine ---
claim open_address_refused refuses 'without asking who' --port 6390 --bind 0.0.0.0
claim every_address_refused refuses 'without asking who' --port 6390 --bind '*'
claim one_of_two_addresses_refused refuses 'without asking who' --port 6390 --bind 127.0.0.1 192.0.2.1
claim tls_port_refused refuses 'without asking who' --tls-port 6390 --bind 192.0.2.1
claim unprotected_refused refuses 'protected-mode no' --protected-mode no
claim socket_alone_starts start
claim ends_cleanly stop

# --- with them ---
touch "$work/out"
claim users_are_made bash -c '"$@" >"$0" 2>&1' "$work/out" "$users" "$data" "$passwords"
claim eight_passwords test "$(find "$passwords" "$data/watch.password" -type f | wc -l)" = 8
claim only_for_their_owner mode 600 "$passwords"/* "$data/users.acl" "$data/watch.password"
claim long_and_different test "$(cat "$passwords"/* | sort -u | grep -cE '^[0-9a-f]{64}$')" = 7
claim no_password_in_the_list_or_the_output in_no "$data/users.acl" "$work/out"
cp "$data/users.acl" "$work/first.acl"
claim again_changes_nothing bash -c '"$1" "$2" "$3" && cmp "$2/users.acl" "$4"' - \
    "$users" "$data" "$passwords" "$work/first.acl"
start_users() {
    "$root/etc/redis-start" "$data" "$root/etc/redis.conf" >"$log" 2>&1 &
    wrapper=$!
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        is PONG as ops PING && return 0
        kill -0 "$wrapper" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}
claim starts_with_users start_users
claim nobody_is_let_in_without_a_name is NOAUTH ask PING
claim default_has_no_password is NOAUTH env REDISCLI_AUTH=x redis-cli -s "$data/redis.sock" PING
claim a_wrong_password_is_refused is NOAUTH env REDISCLI_AUTH=x redis-cli -s "$data/redis.sock" \
    --user ops PING
watched() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        is ok as ops HGET dondoc:ops:redis files && return 0
        sleep 0.05
    done
    return 1
}
claim the_watch_speaks_as_its_own_user watched
claim ops_may_not_write is NOPERM as ops SET dondoc:ops:redis x
claim ends_with_users stop

# --- what was written in a transaction is there after a start ---
# Redis reads its file back as `default`, and asks what that user may.
echo 'user tester on nopass ~* &* +@all' >>"$data/users.acl"
tester() {
    redis-cli -s "$data/redis.sock" --user tester --pass x --no-auth-warning "$@"
}
claim starts_with_a_tester start_users
claim writes_in_a_transaction is OK tester EVAL \
    'redis.call("SET", "{a}1", "x") redis.call("SET", "{a}2", "y") return "OK"' 2 '{a}1' '{a}2'
claim ends_with_a_tester stop
claim starts_again start_users
claim a_transaction_outlives_a_start is y tester GET '{a}2'
claim ends_again stop
sed -i 's/^user default off .*/user default off resetpass -@all/' "$data/users.acl"
claim a_default_that_may_nothing_is_refused refuses 'reads its file'
claim the_list_is_made_anew bash -c '"$1" "$2" "$3" && cmp "$2/users.acl" "$4"' - \
    "$users" "$data" "$passwords" "$work/first.acl"
claim starts_with_the_new_list start_users

# --- a new password ---
cp "$passwords/scorer" "$work/old"
claim renewed is 'has taken' bash -c '"$@" 2>&1' - "$users" --renew scorer "$data" "$passwords"
claim another_password bash -c '! cmp -s "$1" "$2"' - "$work/old" "$passwords/scorer"
claim the_new_one_is_good is PONG as scorer PING
password=$work/old
claim the_old_one_is_good_still is PONG as scorer PING
password=
claim settled is 'has taken' bash -c '"$@" 2>&1' - "$users" --settle "$data" "$passwords"
claim the_new_one_stays_good is PONG as scorer PING
password=$work/old
claim the_old_one_is_over is WRONGPASS as scorer PING
password=
claim others_go_on is PONG as ingest PING
claim no_password_in_any_log in_no "$log" "$data/users.acl"
stop

# --- a list that would let anybody in ---
chmod 644 "$data/users.acl"
claim readable_list_refused refuses 'has mode 644'
chmod 600 "$data/users.acl"
sed -i 's/^user default off .*/user default on nopass ~* +@all/' "$data/users.acl"
claim default_on_refused refuses 'switching "default" off'
claim unknown_user_refused bash -c '! "$@" 2>/dev/null' - "$users" --renew nobody "$data" "$passwords"

scene_end
