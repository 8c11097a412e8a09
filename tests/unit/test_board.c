/* link: cli */
/* Who is silent, what is wrong with a province, and the words of a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/health.h"
#include "lib/board.h"
#include "lib/silent.h"
#include "tests/support/toy_claims.h"

/* --- who is silent --- */

static const struct silence *
silence_of(const struct silences *l, int group, const char *window)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (l->items[i].group == group &&
            strcmp(l->items[i].window.code, window) == 0) {
            return &l->items[i];
        }
    }
    return NULL;
}

static bool
is_silent(const struct silence *s, int unit)
{
    size_t i;

    for (i = 0; s != NULL && i < s->count; i++) {
        if (s->silent[i] == unit) {
            return true;
        }
    }
    return false;
}

static void
who_did_not_report_in_time_is_listed(void **state)
{
    struct toy *toy = *state;
    struct window june = toy_window("2023-06");
    int32_t due =
        due_day(&june, toy->c->groups[TOY_DIGITISATION].due, &toy->c->workdays);
    struct silences all;
    const struct silence *s;

    assert_int_not_equal(due, DAY_NONE);
    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-06", 100, 50);
    silent_list(toy->c, toy->f, june.last, due, &all);
    assert_null(silence_of(&all, TOY_DIGITISATION, "2023-06")); /* its due day counts */
    silences_fini(&all);
    silent_list(toy->c, toy->f, june.last, due + 1, &all);
    s = silence_of(&all, TOY_DIGITISATION, "2023-06");
    assert_non_null(s);
    assert_int_equal(s->due, due);
    assert_false(is_silent(s, TOY_COMMUNE));
    assert_true(is_silent(s, TOY_COMMUNE_B));
    assert_false(is_silent(s, TOY_YOUNG));    /* it begins in 2025 */
    assert_false(is_silent(s, TOY_PROVINCE)); /* it does not report this */
    assert_true(s->count < s->units);
    assert_null(silence_of(&all, TOY_DIGITISATION, "2023-07"));
    assert_null(silence_of(&all, TOY_DIGITISATION, "2023-05")); /* due before `since` */
    assert_null(silence_of(&all, TOY_PORTAL, "2023-06")); /* nothing is due there */
    silences_fini(&all);
}

static void
a_cumulative_report_speaks_for_the_window_of_its_day(void **state)
{
    struct toy *toy = *state;
    struct window june = toy_window("2023-06");
    int32_t due = due_day(&june, toy->c->groups[TOY_WORK].due, &toy->c->workdays);
    struct silences all;

    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_WORK, "2023@2023-06-20", 100, 50);
    toy_report(toy->c, toy->f, TOY_COMMUNE_B, TOY_WORK, "2023@2023-05-20", 100, 50);
    silent_list(toy->c, toy->f, june.last, due + 1, &all);
    assert_false(is_silent(silence_of(&all, TOY_WORK, "2023-06"), TOY_COMMUNE));
    assert_true(is_silent(silence_of(&all, TOY_WORK, "2023-06"), TOY_COMMUNE_B));
    silences_fini(&all);
}

/* --- words --- */

static void
a_word_of_a_line_is_found_by_its_whole_name(void **state)
{
    static const char line[] =
        "behind value=47.35 need_now=63 now=1 window=2023-09 entry=57:3";
    char out[8];

    (void)state;
    assert_true(board_word(line, "value", out, sizeof out));
    assert_string_equal(out, "47.35");
    assert_true(board_word(line, "now", out, sizeof out));
    assert_string_equal(out, "1");
    assert_true(board_word(line, "entry", out, sizeof out));
    assert_string_equal(out, "57:3");
    assert_true(board_word(line, "window", out, 5));
    assert_string_equal(out, "2023");
    assert_false(board_word(line, "behind", out, sizeof out));
    assert_false(board_word("", "value", out, sizeof out));
}

/* --- health --- */

#define HOUR_NOW 400000

static struct board_instance running[] = {
    {.service = "ingest",
     .instance = "1",
     .alive = true,
     .counters = {{"ready", 1}},
     .counter_count = 1},
    {.service = "scorer",
     .instance = "1",
     .alive = true,
     .counters = {{"ready", 1}},
     .counter_count = 1},
    {.service = "notifier",
     .instance = "1",
     .alive = true,
     .counters = {{"ready", 1}},
     .counter_count = 1},
};

static struct health
healthy(void)
{
    struct health h = {.province = "toy",
                       .hour = HOUR_NOW,
                       .scorer_moves = true,
                       .notifier_moves = true};

    h.head.seq = 100;
    h.head.tick = HOUR_NOW;
    (void)snprintf(h.head.programme, sizeof h.head.programme, "1f2e");
    h.scorer = (struct board_checkpoint){.has = true, .seq = 100, .out = 40};
    h.notifier = (struct board_checkpoint){.has = true, .seq = 40};
    h.instances.items = running;
    h.instances.count = COUNT(running);
    return h;
}

typedef void make_ill(struct health *h, struct board_instance *instances);

static void
nothing(struct health *h, struct board_instance *i)
{
    (void)h;
    (void)i;
}
static void
no_redis(struct health *h, struct board_instance *i)
{
    (void)i;
    (void)snprintf(h->redis_why, sizeof h->redis_why, "refused");
    (void)snprintf(h->redis_probe, sizeof h->redis_probe, "redis-cli ping");
}
static void
wrong_settings(struct health *h, struct board_instance *i)
{
    (void)i;
    (void)snprintf(h->settings_why, sizeof h->settings_why, "appendfsync=everysec");
}
static void
no_ingest(struct health *h, struct board_instance *i)
{
    (void)h;
    i[0].alive = false;
}
static void
scorer_not_ready(struct health *h, struct board_instance *i)
{
    (void)h;
    i[1].counters[0].number = 0;
}
static void
scorer_stopped(struct health *h, struct board_instance *i)
{
    scorer_not_ready(h, i);
    i[1].counters[1] = (struct board_counter){"stopped", 1};
    i[1].counter_count = 2;
    (void)snprintf(i[1].why, sizeof i[1].why, "entry 7-0 is missing");
}
static void
ingest_stopped(struct health *h, struct board_instance *i)
{
    (void)h;
    i[0].counters[0].number = 0;
    i[0].counters[1] = (struct board_counter){"stopped", 2};
    i[0].counter_count = 2;
}
static void
no_notifier(struct health *h, struct board_instance *i)
{
    (void)i;
    h->instances.count = 2;
}
static void
a_little_lag(struct health *h, struct board_instance *i)
{
    (void)i;
    h->scorer.seq = 90;
}
static void
stuck(struct health *h, struct board_instance *i)
{
    (void)i;
    h->scorer.seq = 90;
    h->scorer_moves = false;
}
static void
far_behind(struct health *h, struct board_instance *i)
{
    (void)i;
    h->head.seq = 5000;
}
static void
parked(struct health *h, struct board_instance *i)
{
    (void)i;
    h->parked = 2;
}
static void
tick_waits(struct health *h, struct board_instance *i)
{
    (void)i;
    h->head.tick = HOUR_NOW - 27;
}
static void
tick_nearly_waits(struct health *h, struct board_instance *i)
{
    (void)i;
    h->head.tick = HOUR_NOW - 26;
}
static void
clock_behind(struct health *h, struct board_instance *i)
{
    (void)i;
    h->head.tick = HOUR_NOW + 3;
}
static void
players_time(struct health *h, struct board_instance *i)
{
    (void)i;
    h->head.tick = HOUR_NOW - 30000;
    h->simulated = true;
}
static void
no_programme(struct health *h, struct board_instance *i)
{
    (void)i;
    h->head.programme[0] = '\0';
    h->head.tick = 0;
}
static void
undelivered_of(struct health *h, const char *mail, int64_t age_s)
{
    static struct board_undelivered one;

    one = (struct board_undelivered){.instance = "1",
                                     .office = "head-21040",
                                     .channel = "mail",
                                     .age_s = age_s,
                                     .overdue =
                                         age_s > 3600 && strcmp(mail, "delayed") == 0};
    (void)snprintf(one.state, sizeof one.state, "%s", mail);
    (void)snprintf(h->redis_probe, sizeof h->redis_probe, "redis-cli -s /x ping");
    h->undelivered.items = &one;
    h->undelivered.count = 1;
}
static void
undelivered_for_an_hour(struct health *h, struct board_instance *i)
{
    (void)i;
    undelivered_of(h, "delayed", 3601);
}
static void
undelivered_for_less(struct health *h, struct board_instance *i)
{
    (void)i;
    undelivered_of(h, "delayed", 3600);
}
static void
waits_for_office_hours(struct health *h, struct board_instance *i)
{
    (void)i;
    undelivered_of(h, "hours", 90000);
}
static void
three_dead_letters(struct health *h, struct board_instance *i)
{
    static struct board_dead dead[3];

    (void)i;
    h->dead.items = dead;
    h->dead.count = COUNT(dead);
}
static void
two_things(struct health *h, struct board_instance *i)
{
    h->parked = 1;
    i[0].alive = false;
}

static const struct {
    const char *name;
    make_ill *make;
    enum health_state state;
    const char *command; /* of the first cause; NULL: no cause */
} ills[] = {
    {"all is well", nothing, HEALTH_OK, NULL},
    {"Redis does not answer", no_redis, HEALTH_STOPPED, "redis-cli ping"},
    {"Redis is set up wrongly", wrong_settings, HEALTH_STOPPED, "redis-start"},
    {"ingest does not run", no_ingest, HEALTH_STOPPED, "dondoc-ingest --check-config"},
    {"scorer is not ready", scorer_not_ready, HEALTH_DEGRADED, "dondoc-scorer"},
    {"scorer stopped at a hole", scorer_stopped, HEALTH_DEGRADED, "dondoc verify"},
    {"ingest found a changed entry", ingest_stopped, HEALTH_STOPPED, "dondoc verify"},
    {"notifier never ran", no_notifier, HEALTH_DEGRADED, "dondoc-notifier"},
    {"a little lag is the work of a second", a_little_lag, HEALTH_OK, NULL},
    {"a lag that does not move", stuck, HEALTH_DEGRADED, "--from 91 --count 1"},
    {"a long lag", far_behind, HEALTH_DEGRADED, "--stream reports --from 101"},
    {"something is parked", parked, HEALTH_DEGRADED, "dondoc parked list"},
    {"a tick waits", tick_waits, HEALTH_DEGRADED, "dondoc tick --confirm"},
    {"a tick is late and does not wait", tick_nearly_waits, HEALTH_DEGRADED,
     "dondoc tick"},
    {"the clock is behind", clock_behind, HEALTH_DEGRADED, "timedatectl"},
    {"the player's time is no clock", players_time, HEALTH_OK, NULL},
    {"no programme", no_programme, HEALTH_DEGRADED, "dondoc programme put"},
    {"a mailbox that takes nothing for over an hour", undelivered_for_an_hour,
     HEALTH_DEGRADED, "dondoc undelivered"},
    {"dead letters of today", three_dead_letters, HEALTH_DEGRADED,
     "dondoc undelivered"},
    {"an hour is not over an hour", undelivered_for_less, HEALTH_OK, NULL},
    {"quiet hours are no fault", waits_for_office_hours, HEALTH_OK, NULL},
    {"the worst comes first", two_things, HEALTH_STOPPED,
     "dondoc-ingest --check-config"},
};

static void
a_cause_comes_with_what_to_type(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(ills); i++) {
        struct board_instance instances[COUNT(running)];
        struct health h = healthy();
        struct health_report report;

        memcpy(instances, running, sizeof instances);
        h.instances.items = instances;
        ills[i].make(&h, instances);
        health_judge(&h, &report);
        if (report.state != ills[i].state ||
            (report.count == 0) != (ills[i].command == NULL) ||
            (report.count > 0 &&
             (strstr(report.causes[0].command, ills[i].command) == NULL ||
              report.causes[0].vi[0] == '\0' || report.causes[0].en[0] == '\0'))) {
            fail_msg("%s: got %s, %s", ills[i].name, health_name(report.state),
                     report.count > 0 ? report.causes[0].command : "no cause");
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(who_did_not_report_in_time_is_listed),
        CLAIM(a_cumulative_report_speaks_for_the_window_of_its_day),
        cmocka_unit_test(a_word_of_a_line_is_found_by_its_whole_name),
        cmocka_unit_test(a_cause_comes_with_what_to_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
