// link: notifier
/* notifier/inbox.c: which entries of a hint are taken for the next of the alerts
 * journal. Without the look at the chain value the third row takes a report for an
 * alert, and the alert that has its number is never read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "lib/mem.h"
#include "notifier/notifier.h"

#define HERE "0123456789abcdef"

static void
only_the_very_next_alerts_of_our_redis_are_taken(void **state)
{
    static const struct {
        const char *name;
        const char *run_id;
        const char *linked; /* to which we are connected */
        uint64_t seq;       /* the checkpoint is 7 */
        enum journal_kind kind;
        const char *chain;
        size_t taken;
        bool look;
    } rows[] = {
        {"the next", HERE, HERE, 8, JOURNAL_ALERTS, "", 1, false},
        {"a tick", HERE, HERE, 8, JOURNAL_TICK, "", 1, false},
        {"a report: hints-from names ingest", HERE, HERE, 8, JOURNAL_REPORTS, "4f", 0,
         true},
        {"a gap", HERE, HERE, 9, JOURNAL_ALERTS, "", 0, true},
        {"one that is known", HERE, HERE, 7, JOURNAL_ALERTS, "", 0, false},
        {"another Redis", "f00", HERE, 8, JOURNAL_ALERTS, "", 0, true},
        {"a Redis that does not say", "", "", 8, JOURNAL_ALERTS, "", 0, true},
        {"one whose id begins as ours", "0123456789abcde", HERE, 8, JOURNAL_ALERTS, "",
         0, true},
        {"ours does not say", HERE, "", 8, JOURNAL_ALERTS, "", 0, true},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct province p = {.state = PROVINCE_READY};
        struct hint h = {.province = "p", .seq = rows[i].seq, .count = 1};

        p.follow.checkpoint = 7;
        (void)snprintf(p.linked, sizeof p.linked, "%s", rows[i].linked);
        (void)snprintf(h.run_id, sizeof h.run_id, "%s", rows[i].run_id);
        h.entries[0] = (struct journal_entry){.seq = rows[i].seq,
                                              .kind = rows[i].kind,
                                              .body = (const uint8_t *)"",
                                              .chain = rows[i].chain};
        inbox_hinted(&p, &h);
        if (p.read.count != rows[i].taken || p.look != rows[i].look) {
            fail_msg("%s: %zu taken, look %d", rows[i].name, p.read.count, p.look);
        }
        mem_free(&p.read.entries);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_very_next_alerts_of_our_redis_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
