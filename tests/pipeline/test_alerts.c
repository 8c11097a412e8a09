/*
 * Report in, alert out, through the real services: who hears what, once, in words that
 * can be checked; acknowledged; and nothing lost or doubled by kill -9.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto.h"
#include "lib/mem.h"
#include "tests/support/stack.h"

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    const struct bus_keys *head_21055; /* chair of that commune */
    const struct bus_keys *head_21043;
    const struct bus_keys *province;
};

static struct fixture fx;

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;

    (void)state;
    stack_init(&fx.stack, "quang-ngai", true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=system scope=21055,21043,51");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    fx.head_21055 = stack_key(&fx.stack, "head-21055", "role=leader name=head-21055");
    fx.head_21043 = stack_key(&fx.stack, "head-21043", "role=leader name=head-21043");
    fx.province =
        stack_key(&fx.stack, "chair-province", "role=leader name=chair-province");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-01-02 09:00");
    side_programme(&fx.ops, "programmes/quang-ngai");
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

static void
month(int m, int whole, int part, const char *reason)
{
    struct wire_receipt r;
    char clock[32], period[16], figures[96], stands[64];

    (void)snprintf(clock, sizeof clock, "%04d-%02d-03 09:00", m == 12 ? 2024 : 2023,
                   m == 12 ? 1 : m + 1);
    (void)snprintf(period, sizeof period, "2023-%02d", m);
    (void)snprintf(figures, sizeof figures,
                   "results_in_force=%d results_in_force_digitised=%d", whole, part);
    if (reason[0] == '\0') {
        side_clock(&fx.ops, clock);
    }
    side_standing(&fx.unit, "21055", "digitisation", period, stands);
    side_push(&fx.unit, "21055", "digitisation", period, figures, reason, stands, &r);
    if (r.outcome != OUTCOME_ACCEPTED && r.outcome != OUTCOME_REPLACED) {
        fail_msg("month %d: %s %s", m, outcome_name(r.outcome),
                 r.refusal.code != NULL ? r.refusal.message_en : "");
    }
}

/* What a leader has seen, one line a message: "code/n kind reason window". */
struct seen {
    char lines[16][160];
    char text_vi[16][2000];
    size_t count;
};

static void
see(void *context, const struct wire_alert *a)
{
    struct seen *s = context;

    assert_true(s->count < 16);
    (void)snprintf(s->lines[s->count], sizeof s->lines[0], "%s %s %s %s", a->id,
                   a->kind, a->reason, a->window);
    (void)snprintf(s->text_vi[s->count], sizeof s->text_vi[0], "%s", a->text_vi);
    assert_true(a->simulated);
    s->count++;
}

static void
watch(const struct bus_keys *keys, bool received, struct seen *out)
{
    struct side d;

    memset(out, 0, sizeof *out);
    stack_settle(&fx.stack);
    side_open(&d, &fx.stack, SIDE_LEADERS, keys);
    (void)side_watch(&d, received, see, out);
    side_close(&d);
}

static void
a_lag_of_two_windows_reaches_the_head_of_the_unit_and_nobody_else(void **state)
{
    struct seen s;

    (void)state;
    /* Required on 31/7/2023: 35 + 20 x 212/365 = 46,616...; on 31/8: 48,315... */
    month(6, 2386, 1100, ""); /* 46,10 against 44,91...: on pace */
    month(7, 2386, 1050, ""); /* 44,00: 2,61 short */
    watch(fx.head_21055, false, &s);
    assert_int_equal(s.count, 0); /* one window opens nothing */
    month(8, 2386, 1060, "");     /* 44,42: 3,89 short: two in a row */
    watch(fx.head_21055, false, &s);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.lines[0], "QNG-2023-7c-21055/1 behind new 2023-08");
    assert_non_null(strstr(s.text_vi[0], "1.060/2.386"));
    assert_non_null(strstr(s.text_vi[0], "44,42%"));
    watch(fx.head_21043, false, &s);
    assert_int_equal(s.count, 0);
    watch(fx.province, false, &s);
    assert_int_equal(s.count, 0);
}

static void
what_was_not_marked_received_comes_again_and_then_no_more(void **state)
{
    struct seen s;

    (void)state;
    watch(fx.head_21055, true, &s);
    assert_int_equal(s.count, 1);
    watch(fx.head_21055, true, &s);
    assert_int_equal(s.count, 0);
    stack_part_kill(&fx.stack, PART_NOTIFIER);
    stack_part_start(&fx.stack, PART_NOTIFIER);
    watch(fx.head_21055, true, &s);
    assert_int_equal(s.count, 0);
}

static void
recovery_is_told_to_who_was_told(void **state)
{
    struct seen s;

    (void)state;
    month(9, 2386, 1200, ""); /* 50,29 against 49,9589...: on pace */
    stack_part_kill(&fx.stack, PART_SCORER);
    stack_part_start(&fx.stack, PART_SCORER);
    watch(fx.head_21055, true, &s);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.lines[0], "QNG-2023-7c-21055/2 behind resolved 2023-09");
    watch(fx.head_21043, true, &s);
    assert_int_equal(s.count, 0);
}

static void
a_correction_that_takes_the_cause_away_withdraws(void **state)
{
    struct seen s;

    (void)state;
    month(10, 2386, 1150, ""); /* 48,19 against 51,6575...: 3,46 short */
    month(11, 2386, 1160, ""); /* 48,61 against 53,3013... */
    watch(fx.head_21055, true, &s);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.lines[0], "QNG-2023-7c-21055/3 behind new 2023-11");
    /* All lags of the year corrected: no window justifies the alert any more. */
    month(7, 2386, 1150, "đính chính số liệu");
    month(8, 2386, 1160, "đính chính số liệu");
    month(10, 2386, 1240, "đính chính số liệu");
    month(11, 2386, 1280, "đính chính số liệu");
    watch(fx.head_21055, true, &s);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.lines[0], "QNG-2023-7c-21055/4 behind withdrawn 2023-11");
}

static void
the_rank_of_the_province_is_one_alert_over_the_years(void **state)
{
    static const struct {
        const char *clock, *period, *figures;
    } years[] = {
        {"2024-05-02 09:00", "2023", "papi_rank=49 papi_scored=61"},
        {"2025-05-02 09:00", "2024", "papi_rank=38 papi_scored=61"},
    };
    struct seen s;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct wire_receipt r;

        side_clock(&fx.ops, years[i].clock);
        side_push(&fx.unit, "51", "indices", years[i].period, years[i].figures, "", "",
                  &r);
        assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
        watch(fx.province, true, &s);
        assert_int_equal(s.count, 1);
        assert_string_equal(s.lines[0], i == 0
                                            ? "QNG-2025-1b-51/1 behind new 2023"
                                            : "QNG-2025-1b-51/2 behind resolved 2024");
    }
}

static void
replaying_the_journal_gives_the_same_bytes(void **state)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char *alerts = redis_digest(redis, "dondoc:{quang-ngai}:alerts");
    char *scores = redis_digest(redis, "dondoc:{quang-ngai}:scores:*");
    char *told = redis_digest(redis, "dondoc:{quang-ngai}:told");
    char *again;

    (void)state;
    stack_settle(&fx.stack);
    stack_part_kill(&fx.stack, PART_NOTIFIER);
    stack_part_kill(&fx.stack, PART_SCORER);
    redis_want(redis,
               "DEL dondoc:{quang-ngai}:alerts dondoc:{quang-ngai}:told "
               "dondoc:{quang-ngai}:summary dondoc:{quang-ngai}:checkpoint:scorer "
               "dondoc:{quang-ngai}:due dondoc:{quang-ngai}:opened "
               "dondoc:{quang-ngai}:facts:21055 dondoc:{quang-ngai}:facts:51 "
               "dondoc:{quang-ngai}:scores:21055 dondoc:{quang-ngai}:scores:51",
               "9");
    stack_part_start(&fx.stack, PART_SCORER);
    stack_part_start(&fx.stack, PART_NOTIFIER);
    stack_settle(&fx.stack);
    again = redis_digest(redis, "dondoc:{quang-ngai}:alerts");
    assert_string_equal(alerts, again);
    mem_free(&again);
    again = redis_digest(redis, "dondoc:{quang-ngai}:scores:*");
    assert_string_equal(scores, again);
    mem_free(&again);
    again = redis_digest(redis, "dondoc:{quang-ngai}:told");
    assert_string_equal(told, again);
    mem_free(&again);
    mem_free(&alerts);
    mem_free(&scores);
    mem_free(&told);
    redis_free(&redis);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_lag_of_two_windows_reaches_the_head_of_the_unit_and_nobody_else),
        cmocka_unit_test(what_was_not_marked_received_comes_again_and_then_no_more),
        cmocka_unit_test(recovery_is_told_to_who_was_told),
        cmocka_unit_test(a_correction_that_takes_the_cause_away_withdraws),
        cmocka_unit_test(the_rank_of_the_province_is_one_alert_over_the_years),
        cmocka_unit_test(replaying_the_journal_gives_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
