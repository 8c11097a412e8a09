/*
 * The scorer is away on the day on which a reminder, then a report, is due: back again
 * it says what was to be said, once, and what it would have said had it been there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/support/specimen_programme.h"
#include "tests/support/stack.h"

#define PROVINCE "test-province"
#define DUE "due: {working_days: 5}, "
#define DEMANDED "demanded: {document: nq, section: \"3\"}, "
#define SEEN_MAX 8

static struct fixture {
    struct stack stack;
    struct side unit; /* 102: somebody reports, so that no level is silent */
    struct side ops;
    const struct bus_keys *head;
    char folder[200];
} fx;

static void
file_write(const char *name, const char *text)
{
    const char *due = strstr(text, DUE);
    size_t before = due == NULL ? strlen(text) : (size_t)(due - text) + strlen(DUE);
    char path[400];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", fx.folder, name);
    f = fopen(path, "wbe");
    assert_non_null(f);
    (void)fprintf(f, "%.*s%s%s", (int)before, text, due == NULL ? "" : DEMANDED,
                  text + before);
    assert_int_equal(fclose(f), 0);
}

/* In force from 29/9/2023: the report of September is due on 6/10, a Friday, and
 * reminded of on 4/10. */
static int
setup(void **state)
{
    const struct bus_keys *ops;
    const struct bus_keys *unit;

    (void)state;
    memset(&fx, 0, sizeof fx);
    stack_init(&fx.stack, PROVINCE, true);
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    unit = stack_key(&fx.stack, "unit", "role=unit name=unit scope=102");
    fx.head = stack_key(&fx.stack, "head-101", "role=leader name=head-101");
    stack_start(&fx.stack);
    (void)snprintf(fx.folder, sizeof fx.folder, "%s/" PROVINCE, fx.stack.dir);
    assert_int_equal(mkdir(fx.folder, 0700), 0);
    for (size_t i = 0; i < SPECIMEN_FILES; i++) {
        file_write(SPECIMEN[i].name, SPECIMEN[i].text);
    }
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-09-29 09:00");
    side_programme(&fx.ops, fx.folder);
    stack_settle(&fx.stack);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

struct seen {
    char lines[SEEN_MAX][160];
    size_t count;
};

static void
see(void *context, const struct wire_alert *a)
{
    struct seen *s = context;

    assert_true(s->count < SEEN_MAX);
    (void)snprintf(s->lines[s->count++], sizeof s->lines[0], "%s %s %s %lld", a->id,
                   a->kind, a->reason, (long long)a->at_ms);
}

/* What the head of unit 101 has in all. */
static void
want_seen(const char *const *lines, size_t count)
{
    struct seen s = {0};
    struct side d;

    stack_settle(&fx.stack);
    side_open(&d, &fx.stack, SIDE_LEADERS, fx.head);
    (void)side_watch(&d, false, see, &s);
    side_close(&d);
    assert_int_equal(s.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(s.lines[i], lines[i]);
    }
}

static void
away_until(const char *from, const char *to)
{
    side_clock(&fx.ops, from);
    stack_settle(&fx.stack);
    stack_part_kill(&fx.stack, PART_SCORER);
    side_clock(&fx.ops, to);
    stack_part_start(&fx.stack, PART_SCORER);
}

static void
case_04_a_scorer_that_was_away_on_the_due_day_tells_once_when_it_is_back(void **state)
{
    /* Both say for which hour they speak: 8:00 of 4/10 and of Monday, 9/10. */
    static const char *const told[] = {
        "TST-2023-09-BC-digitisation-101/1 reminder new 1696381200000",
        "TST-2023-09-BC-digitisation-101/2 overdue worse 1696813200000",
    };

    struct wire_receipt r;

    (void)state;
    side_clock(&fx.ops, "2023-10-02 09:00");
    side_push(&fx.unit, "102", "digitisation", "2023-09",
              "results=100 results_digitised=90", "", "", &r);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    want_seen(told, 0);
    away_until("2023-10-03 18:00", "2023-10-05 10:00");
    want_seen(told, 1);
    away_until("2023-10-05 18:00", "2023-10-09 10:00");
    want_seen(told, 2);
    side_clock(&fx.ops, "2023-10-10 18:00");
    want_seen(told, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            case_04_a_scorer_that_was_away_on_the_due_day_tells_once_when_it_is_back,
            setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
