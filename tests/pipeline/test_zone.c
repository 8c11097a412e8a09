/*
 * The machine's time zone changes nothing: the same reports at the same moments, on
 * leap day and at the turn of the year, leave the same bytes in every zone. Civil days
 * are those of UTC+7.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/mem.h"
#include "tests/support/stack.h"

#define FIGURES "results_in_force=2386 results_in_force_digitised=1130"

/* At this civil time this month's report has this outcome. */
struct moment {
    const char *clock;
    const char *period;
    enum outcome outcome;
    const char *due;
};

static const struct moment moments[] = {
    {"2024-02-29 00:00", "2024-02", OUTCOME_REJECTED,
     NULL}, /* not over on its last day */
    {"2024-02-29 23:59", "2024-02", OUTCOME_REJECTED, NULL},
    {"2024-03-01 00:00", "2024-02", OUTCOME_ACCEPTED, "2024-03-07"},
    {"2024-12-31 23:59", "2024-12", OUTCOME_REJECTED, NULL},
    {"2025-01-01 00:00", "2024-12", OUTCOME_ACCEPTED,
     "2025-01-08"}, /* after the holiday */
};

static void
push_at(struct side *ops, struct side *unit, const struct moment *m, const char *zone)
{
    struct wire_receipt r;

    side_clock(ops, m->clock);
    side_push(unit, "21043", "digitisation", m->period, FIGURES, "", "", &r);
    if (r.outcome != m->outcome) {
        fail_msg("%s, %s: %s is %s, want %s", zone, m->clock, m->period,
                 outcome_name(r.outcome), outcome_name(m->outcome));
    }
    if (m->due != NULL) {
        assert_string_equal(r.due, m->due);
        assert_true(r.on_time);
    }
}

/* What the province holds after all of it, as text. */
static char *
province_in(const char *zone)
{
    /* (not HGETALL: Redis orders a hash by chance) */
    static const char *const commands[] = {
        "HMGET $receipts 21043/digitisation/2024-02/1 21043/digitisation/2024-12/1",
        "HMGET $facts:21043 digitisation/2024-02 digitisation/2024-12",
        "HGET $scores:21043 7c/2024", "HGET $told QNG-2024-7c-21043",
        "HMGET $head seq tick chain"};
    const struct bus_keys *unit_keys, *ops_keys;
    struct stack stack;
    struct side unit, ops;
    struct redis *redis;
    struct buf all;
    char *text;
    size_t i;

    assert_int_equal(setenv("TZ", zone, 1), 0);
    stack_init(&stack, "quang-ngai", true);
    unit_keys = stack_key(&stack, "unit", "role=unit name=u scope=21043");
    ops_keys = stack_key(&stack, "ops", "role=ops name=ops");
    stack_start(&stack);
    assert_int_equal(unsetenv("TZ"), 0);
    side_open(&unit, &stack, SIDE_UNITS, unit_keys);
    side_open(&ops, &stack, SIDE_OPS, ops_keys);
    side_clock(&ops, "2024-02-28 09:00");
    side_programme(&ops, "programmes/quang-ngai");
    for (i = 0; i < sizeof moments / sizeof *moments; i++) {
        push_at(&ops, &unit, &moments[i], zone);
    }
    stack_settle(&stack);
    redis = redis_server_client(stack.redis);
    buf_init(&all, 1u << 20);
    for (i = 0; i < sizeof commands / sizeof *commands; i++) {
        char command[200];
        const char *dollar = strchr(commands[i], '$');

        (void)snprintf(command, sizeof command, "%.*sdondoc:{quang-ngai}:%s",
                       (int)(dollar - commands[i]), commands[i], dollar + 1);
        text = redis_ask(redis, command);
        buf_text(&all, text);
        buf_char(&all, '\n');
        mem_free(&text);
    }
    text = mem_copy_text(buf_str(&all));
    buf_fini(&all);
    redis_free(&redis);
    side_close(&unit);
    side_close(&ops);
    stack_stop(&stack, true);
    return text;
}

static void
the_zone_of_the_machine_changes_no_byte(void **state)
{
    static const char *const zones[] = {"EST5EDT,M3.2.0,M11.1.0", "<+14>-14",
                                        "CET-1CEST,M3.5.0,M10.5.0/3"};
    char *want = province_in("<+07>-7");
    size_t i;

    (void)state;
    assert_non_null(strstr(want, "missed value=47.35"));
    for (i = 0; i < sizeof zones / sizeof *zones; i++) {
        char *got = province_in(zones[i]);

        assert_string_equal(got, want);
        mem_free(&got);
    }
    mem_free(&want);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zone_of_the_machine_changes_no_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
