/* alone: it measures how long the others wait */
/*
 * A leader is away while ten thousand alerts come: nobody else waits for it, and it
 * gets each once, in order, at its own pace; the notifier keeps none of them in memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/notifier_scene.h"

#define AWAY 10000 /* what an inbox keeps */
#define AN_ENTRY 100
#define CREDIT 64
#define CODE_BYTES 24
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MORE_KB (65536 + 262144) /* the sanitizer keeps back what was freed */
#else
#define MEMORY_MORE_KB 65536
#endif
#define OTHERS_WAIT_US 5000000
#define PACE_S 60

static void
code_make(int i, char out[CODE_BYTES])
{
    (void)snprintf(out, CODE_BYTES, "L-%05d", i);
}

/* One entry of a hundred alerts of the commune whose head is away. */
static void
hundred_tell(struct scene *s, int first)
{
    static char codes[AN_ENTRY][CODE_BYTES];
    struct alert_event events[AN_ENTRY];

    for (int i = 0; i < AN_ENTRY; i++) {
        code_make(first + i, codes[i]);
        events[i] = event_of(codes[i], 1, "new", "21040");
    }
    tell(s, events, AN_ENTRY);
}

static long
resident_kb(pid_t pid)
{
    char path[64];
    char line[128] = "";
    long pages = 0;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    f = fopen(path, "re");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    (void)fclose(f);
    assert_int_equal(sscanf(line, "%*d %ld", &pages), 1);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* While the other one's inbox fills, this one hears at once. */
static int64_t
another_hears(struct scene *s, struct client *c, int i)
{
    struct mono start = mono_now();
    char code[CODE_BYTES];
    char id[CODE_BYTES + 2];

    (void)snprintf(code, sizeof code, "G-%05d", i);
    (void)snprintf(id, sizeof id, "%s/1", code);
    tell_one(s, code, 1, "new", "21046");
    want_alert(c, id);
    received(c, s, c->reply.alert.position);
    return mono_since_us(start);
}

static void
all_are_read(struct scene *s, struct client *c)
{
    uint64_t position = 0;
    char want[CODE_BYTES + 2];
    char code[CODE_BYTES];

    for (int i = 0; i < AWAY; i++) {
        code_make(i, code);
        (void)snprintf(want, sizeof want, "%s/1", code);
        want_alert(c, want);
        assert_true(c->reply.alert.position > position);
        assert_int_equal(c->reply.alert.at_ms, 1696827600000); /* its age can be told */
        position = c->reply.alert.position;
        if (i % (CREDIT / 2) == 0) {
            received(c, s, position);
        }
    }
    received(c, s, position);
    want_kind(c, LEADER_REPLY_BACKLOG_END);
}

static void
case_12_a_leader_away_gets_ten_thousand_once_in_order_and_others_do_not_wait(
    void **state)
{
    struct scene *s = *state;
    struct client away;
    struct client other;
    struct mono start;
    int64_t slowest = 0;
    int64_t us;
    long before;
    long after;

    notifier_start(s, 0);
    client_open(&other, s, 0, HEAD_G);
    subscribe(&other, s, 0, 0);
    want_kind(&other, LEADER_REPLY_BACKLOG_END);
    before = resident_kb(s->pids[0]);
    for (int i = 0; i < AWAY; i += AN_ENTRY) {
        hundred_tell(s, i);
        if (i % (10 * AN_ENTRY) == 0) {
            us = another_hears(s, &other, i);
            slowest = us > slowest ? us : slowest;
        }
    }
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "10000");

    start = mono_now();
    client_open(&away, s, 0, HEAD_B);
    subscribe(&away, s, CREDIT, AWAY);
    all_are_read(s, &away);
    us = mono_since_us(start);
    client_close(&away);

    client_open(&away, s, 0, HEAD_B); /* once: what was received does not wait again */
    subscribe(&away, s, CREDIT, 0);
    want_kind(&away, LEADER_REPLY_BACKLOG_END);
    want_quiet(&away, s);
    after = resident_kb(s->pids[0]);
    print_message("%d in %lld ms; others waited %lld ms at most; %ld kB, then %ld\n",
                  AWAY, (long long)us / 1000, (long long)slowest / 1000, before, after);
    assert_true(slowest < OTHERS_WAIT_US);
    assert_true(us < INT64_C(1000000) * PACE_S);
    assert_true(after - before < MEMORY_MORE_KB);
    client_close(&away);
    client_close(&other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            case_12_a_leader_away_gets_ten_thousand_once_in_order_and_others_do_not_wait,
            scene_setup, scene_teardown),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
