/*
 * dondoc-courier and what an office wants and gets: its working hours, the channels
 * that its programme names, and what operators see when it gets nothing.
 */
#include "tests/support/courier_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/instant.h"
#include "tests/support/child.h"

#define BOTH_B                                                                         \
    "  clerk-21040: {mail: xa-b@tinh.example, webhook: {url: "                         \
    "\"http://127.0.0.1:$W/b\", secret-file: $D/secret}}\n"
#define WEB_B                                                                          \
    "  clerk-21040: {webhook: {url: \"http://127.0.0.1:$W/b\", secret-file: "          \
    "$D/secret}}\n"
#define WEB_C                                                                          \
    "  head-21043: {webhook: {url: \"http://127.0.0.1:$W/c\", secret-file: "           \
    "$D/secret}}\n"

/* One more office of the commune 21040, with these wishes. */
static void
clerk_put(struct courier_scene *c, const char *wishes)
{
    char text[1000];

    (void)snprintf(text, sizeof text,
                   "  - id: clerk-21040\n"
                   "    title_vi: \"Văn phòng UBND xã B\"\n"
                   "    title_en: \"Office of commune B\"\n"
                   "    scope: \"21040\"\n"
                   "    levels: [commune]\n"
                   "    language: vi\n"
                   "%s",
                   wishes);
    scene_offices(c->s, text, false);
}

/* Hours that are not now: tonight, or this morning. */
static const char *
hours_not_now(void)
{
    int64_t hour = hour_of(instant_now());
    int64_t of_day = hour - (int64_t)hour_day(hour) * 24;

    return of_day < 12 ? "    hours: {from: 21, to: 23}\n"
                         "    urgent: {kinds: [missed]}\n"
                       : "    hours: {from: 1, to: 3}\n"
                         "    urgent: {kinds: [missed]}\n";
}

static void
tell_urgent(struct courier_scene *c, const char *code)
{
    struct alert_event e = event_of(code, 1, "new", "21040");

    e.kind = "missed";
    tell(c->s, &e, 1);
}

static void
outside_its_hours_an_office_gets_nothing_until_something_is_urgent(void **state)
{
    struct courier_scene *c = *state;
    char *log;
    unsigned i;

    clerk_put(c, hours_not_now());
    channels_plain(c, WEB_B WEB_C);
    for (i = 1; i <= 3; i++) {
        tell_one(c->s, "H-1", i, i == 1 ? "new" : "worse", "21040");
    }
    tell_one(c->s, "C-1", 1, "new", "21043");
    courier_start(c);
    sink_took(&c->web, 1); /* the other office has no hours */
    wait_for(c->s, "HGET dondoc:ops:courier:1 hours_waiting", "3");
    want_now(c->s, "HGET dondoc:ops:courier:1 web_waiting", "0");
    want_now(c->s, "HGET dondoc:ops:courier:1 overdue", "0");
    courier_end(c, SIGKILL);
    courier_start(c);
    wait_for(c->s, "HGET dondoc:ops:courier:1 hours_waiting", "3");
    tell_urgent(c, "U-1");
    sink_took(&c->web, 5);
    tell_one(c->s, "H-1", 4, "worse", "21040"); /* and waits again */
    wait_for(c->s, "HGET dondoc:ops:courier:1 hours_waiting", "1");
    sink_took(&c->web, 5);
    log = sink_log(&c->web);
    assert_non_null(strstr(log, "taken 0002 H-1/1\ntaken 0003 H-1/2\ntaken 0004 "
                                "H-1/3\ntaken 0005 U-1/1\n"));
    mem_free(&log);
}

/* More wait than the first window holds; the urgent one is the last. */
static void
an_urgent_one_comes_through_a_window_full_of_waiting_ones(void **state)
{
    enum { WAITING = 40 };
    struct courier_scene *c = *state;
    unsigned i;

    clerk_put(c, hours_not_now());
    channels_plain(c, WEB_B);
    for (i = 1; i <= WAITING; i++) {
        tell_one(c->s, "H-1", i, i == 1 ? "new" : "worse", "21040");
    }
    courier_start(c);
    wait_for(c->s, "HGET dondoc:ops:courier:1 hours_waiting", "40");
    assert_int_equal(sink_count(&c->web), 0);
    tell_urgent(c, "U-1");
    sink_took(&c->web, WAITING + 1);
    sink_holds(&c->web, 1, "X-Dondoc-Id: H-1/1\n");
    sink_holds(&c->web, WAITING + 1, "X-Dondoc-Id: U-1/1\n");
}

static void
a_channel_that_an_office_does_not_want_is_named_once_and_the_others_served(void **state)
{
    struct courier_scene *c = *state;

    clerk_put(c, "    channels: [web]\n");
    channels_plain(c, BOTH_B);
    tell_one(c->s, "A-1", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->web, 1);
    courier_said(c, "unwanted office=clerk-21040 channel=mail");
    assert_int_equal(courier_says(c, "not_served"), 0);
    wait_for(c->s, "HGET dondoc:ops:courier:1 unwanted", "1");
    wait_for(c->s, "HGET dondoc:ops:courier:1 ready", "1");
    clerk_put(c, "    channels: []\n"); /* under way, too */
    courier_said(c, "unwanted office=clerk-21040 channel=web");
    tell_one(c->s, "A-1", 2, "worse", "21040");
    wait_for(c->s, "HGET dondoc:ops:courier:1 unwanted", "2");
    assert_int_equal(courier_says(c, "unwanted office=clerk-21040 channel=mail"), 1);
    sink_took(&c->web, 1);
    assert_int_equal(sink_count(&c->mail), 0);
}

static void
what_is_not_delivered_is_listed_and_said_aloud_once_an_hour(void **state)
{
    struct courier_scene *c = *state;
    char *line;

    clerk_put(c, "");
    sink_mode(&c->web, "/b 503\n");
    channels_write(c, "retry: {first: 50ms, max: 100ms, escalate-after: 1s}\n"
                      "timeout: 2s\n"
                      "offices:\n" WEB_B WEB_C);
    tell_one(c->s, "E-1", 1, "new", "21040"); /* of 2023 */
    tell_one(c->s, "C-1", 1, "new", "21043");
    courier_start(c);
    courier_said(c, "oldest_office=clerk-21040 channel=web id=E-1/1");
    wait_for(c->s, "HLEN dondoc:ops:undelivered:courier:1", "1");
    wait_for(c->s, "GET dondoc:ops:metric:courier:overdue", "1");
    wait_for(c->s, "GET dondoc:ops:metric:courier:failing", "1");
    line = redis_ask(c->s->r, "HVALS dondoc:ops:undelivered:courier:1");
    assert_non_null(strstr(line, "\"state\": \"delayed\", \"id\": \"E-1/1\""));
    assert_non_null(strstr(line, "\"why\": \"webhook answered 503\""));
    mem_free(&line);
    child_pause_us(1500000);
    assert_int_equal(courier_says(c, "error courier undelivered "), 1);
    sink_mode(&c->web, "");
    sink_took(&c->web, 2);
    courier_said(c, "undelivered_over");
    wait_for(c->s, "EXISTS dondoc:ops:undelivered:courier:1", "0");
}

/* Its Redis is away: the dead letter is not passed over, here and after a kill. */
static void
a_dead_letter_is_passed_over_only_when_it_stands_in_redis(void **state)
{
    struct courier_scene *c = *state;
    char *line;

    (void)snprintf(c->redis, sizeof c->redis, "unix:%.200s/no-such.sock", c->dir);
    clerk_put(c, "");
    sink_mode(&c->web, "/b 410\n");
    channels_plain(c, WEB_B);
    redis_want(c->s->r, "DEL dondoc:ops:dead:courier", "0");
    tell_one(c->s, "D-1", 1, "new", "21040");
    courier_start(c);
    courier_said(c, "dead_letter office=clerk-21040 channel=web id=D-1/1");
    sink_mode(&c->web, "");
    tell_one(c->s, "D-1", 2, "worse", "21040");
    child_pause_us(500000);
    assert_int_equal(sink_count(&c->web), 0);
    courier_end(c, SIGKILL);
    sink_mode(&c->web, "/b 410\n");
    (void)snprintf(c->redis, sizeof c->redis, "%s", redis_server_address(scene_server));
    courier_start(c);
    wait_for(c->s, "LLEN dondoc:ops:dead:courier", "2"); /* both refused */
    sink_mode(&c->web, "");
    line = redis_ask(c->s->r, "LINDEX dondoc:ops:dead:courier 1");
    assert_non_null(strstr(line, "\"id\": \"D-1/1\""));
    mem_free(&line);
    tell_one(c->s, "D-1", 3, "worse", "21040");
    sink_took(&c->web, 1);
    redis_want(c->s->r, "DEL dondoc:ops:dead:courier", "1");
}

int
main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, courier_setup, courier_teardown)
    const struct CMUnitTest tests[] = {
        TEST(outside_its_hours_an_office_gets_nothing_until_something_is_urgent),
        TEST(an_urgent_one_comes_through_a_window_full_of_waiting_ones),
        TEST(
            a_channel_that_an_office_does_not_want_is_named_once_and_the_others_served),
        TEST(what_is_not_delivered_is_listed_and_said_aloud_once_an_hour),
        TEST(a_dead_letter_is_passed_over_only_when_it_stands_in_redis),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
