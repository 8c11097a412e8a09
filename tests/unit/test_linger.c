/* link: scorer */
/* scorer/turn.c: what waits for a commit, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scorer/scorer.h"

static void
only_what_alerts_nobody_waits_and_not_for_long(void **state)
{
    static const struct {
        const char *name;
        bool ready;
        bool sent;     /* entry 8, with an alert, is on its way */
        uint64_t seen; /* the checkpoint is 7 */
        uint64_t out;  /* the alerts journal ends at 3 */
        int64_t ago_ms;
        int64_t least_us;
        int64_t most_us;
    } rows[] = {
        {"not ours", false, false, 9, 4, 99, INT64_MAX, INT64_MAX},
        {"all is committed", true, false, 7, 3, 99, INT64_MAX, INT64_MAX},
        {"a quiet report", true, false, 8, 3, 0, 5000, 10000},
        {"that has waited", true, false, 8, 3, 11, 0, 0},
        {"an alert", true, false, 8, 4, 0, 0, 0},
        {"an alert among quiet ones", true, false, 9, 5, 2, 0, 0},
        {"all is on its way", true, true, 8, 4, 99, INT64_MAX, INT64_MAX},
        {"behind what is on its way", true, true, 9, 5, 99, INT64_MAX, INT64_MAX},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct state s = {.ready = rows[i].ready, .seen = rows[i].seen};
        int64_t got;

        s.follow.checkpoint = 7;
        s.follow.out_seq = 3;
        s.follow.sent.waiting = rows[i].sent;
        s.follow.sent.seq = 8;
        s.follow.sent.out_seq = 4;
        s.effects.out_first = follow_out(&s.follow);
        s.effects.out_next = rows[i].out;
        s.waits.us = mono_now().us - rows[i].ago_ms * 1000;
        got = state_wait_us(&s);
        if (got < rows[i].least_us || got > rows[i].most_us) {
            fail_msg("%s: got %lld us", rows[i].name, (long long)got);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_alerts_nobody_waits_and_not_for_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
