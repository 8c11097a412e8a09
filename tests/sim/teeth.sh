#!/bin/bash
# teeth.sh - does the simulator find what it should? Wrong builds, each one change on a
# copy of the tree; each must fail within so many seeds.
#     tests/sim/teeth.sh [--seeds N] [NAME]...
set -euo pipefail
cd "$(dirname "$0")/../.."

seeds=2000
[ "${1:-}" = --seeds ] && { seeds=$2; shift 2; }
wanted=" $* "
make --no-print-directory BUILD=build/sim FAULTS=1 simulator >/dev/null
tree=build/sim/teeth
rm -rf $tree
mkdir -p $tree/build
cp -a Makefile proto lib ingest scorer notifier tools $tree/
mkdir -p $tree/tests
cp -a tests/sim $tree/tests/
mkdir -p $tree/build/sim
for part in gen lib ingest scorer notifier tests proto; do
    [ -e build/sim/$part ] && cp -a build/sim/$part $tree/build/sim/
done

bad=0
# mutant NAME FILE PERL WHAT: the substitution must change the file, the build must fail.
mutant() {
    local name=$1 file=$2 change=$3 what=$4 out
    [ "$wanted" = "  " ] || [[ $wanted == *" $name "* ]] || return 0
    perl -0pi -e "$change" $tree/$file
    if cmp -s $file $tree/$file; then
        echo "teeth: $name: $file has changed: mend the substitution"
        bad=1
        return 0
    fi
    if ! out=$(make --no-print-directory -C $tree BUILD=build/sim FAULTS=1 CFLAGS=-Wno-error simulator 2>&1); then
        echo "teeth: $name does not compile"
        echo "$out" | tail -5
        bad=1
    elif out=$(cd $tree && build/sim/simulator --seeds "1:$seeds" --jobs 2 2>&1); then
        echo "teeth: $name: $what: NOT FOUND in $seeds seeds"
        bad=1
    else
        printf 'teeth: %-15s %s: found, %s\n' "$name" "$what" \
            "$(echo "$out" | grep -m1 -o 'seed [0-9]* FAILED.*' | cut -c1-100)"
    fi
    cp -p $file $tree/$file
    touch $tree/$file
}

mutant ack-first ingest/batch.c 's/(FAULT\("ingest\.sent"\);\n\})/FAULT("ingest.sent");\n    for (size_t i = 0; i < p->batch_count; i++) {\n        struct receipt now;\n        present_of_batch(p, i, &now);\n        receipt_from_present(p, &p->batch[i]->push->receipts[p->batch[i]->at], p->batch[i], p->outcomes[i], &now);\n        pending_done(p, p->batch[i]);\n    }\n    p->batch_count = 0;\n}/' \
    "acknowledged before Redis has answered"
mutant two-calls lib/follow.c 's/    FAULT\("follow\.put"\);\n/    if (seq != f->checkpoint && e->count > 0) {\n        struct args first;\n        args_init(&first);\n        apply_args(&first, f, e, f->checkpoint, f->programme, f->tick);\n        st = redis_call(r, first.argc, first.argv, first.lens, &rep);\n        reply_free(&rep);\n        args_fini(&first);\n        if (st != ST_OK) { args_fini(&a); return st; }\n        args_clear(&a);\n        e->keys.argc = 0;\n        e->ops.argc = 0;\n        apply_args(&a, f, e, seq, programme, tick);\n    }\n/' \
    "effects and checkpoint in two calls"
mutant no-guards tests/sim/functions.c 's/broken = guards_broken\(c, guards\);/broken = guards > 100000 ? guards_broken(c, guards) : NULL;/' \
    "an append looks at no guard"
mutant no-epoch tests/sim/functions.c 's/    if \(!text_same\(epoch, c->args\[1\]\)\)/    if (epoch.len == 0)/' \
    "effects of an old epoch are taken"
mutant believes-first tests/sim/client.c 's/\{"INCR", first_key\}/{"GET", first_key}/' \
    "reads are believed before the first write"
mutant everysec tests/sim/server.c 's/(        server\.syncing = true;)/        answers_send();\n$1/' \
    "Redis answers before it has synced"
mutant torn tests/sim/server.c 's/while \(kept < server\.log_count && server\.log_tx\[kept\] <= keep\)/while (kept < server.log_count \&\& (server.log_tx[kept] <= keep || (server.log_tx[kept] == keep + 1 \&\& chance_of(500))))/' \
    "half a transaction survives a power cut"
mutant hint-only scorer/turn.c 's/s->look \|\| mono_since_us\(s->swept\) >= [^;{]*\* 1000/s->look/' \
    "the scorer waits for hints and never sweeps"
mutant hint-gap notifier/inbox.c 's/h->entries\[i\]\.seq != last \+ 1/h->entries[i].seq <= last/; s/\n        last\+\+;/\n        last = h->entries[i].seq;/' \
    "the notifier takes entries of a hint behind a gap"
mutant stale-is-ok lib/journal.c 's/(strcmp\(word, "HEAD"\) == 0\) \{\n        return )ST_STALE/$1ST_OK/' \
    "who was late with an append takes it for done"
mutant wrong-eyes notifier/route.c 's/return hears_level && \(l->own[^;]*;/return hears_level || (l->own \&\& unit < 0);/' \
    "alerts reach other leaders"
exit $bad
