/*
 * dondoc-courier and time: killed, started again, its notifier and its settings
 * changed, its Redis away; and the two ways of TLS.
 */
#include "tests/support/courier_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/keyring.h"
#include "tests/support/child.h"

#define MAIL_B "  head-21040: {mail: xa-b@tinh.example}\n"
#define WEB_B                                                                          \
    "  head-21040: {webhook: {url: \"http://127.0.0.1:$W/b\", secret-file: "           \
    "$D/secret}}\n"
#define BOTH_B                                                                         \
    "  head-21040: {mail: xa-b@tinh.example, webhook: {url: "                          \
    "\"http://127.0.0.1:$W/b\", secret-file: $D/secret}}\n"

/* ---- killed ---- */

/* The number behind the slash or, in a Message-ID, behind the code; 0: none. */
static unsigned
number_of(const char *line, const char *code)
{
    const char *at = strstr(line, code);

    return at == NULL ? 0 : (unsigned)strtoul(at + strlen(code) + 1, NULL, 10);
}

/* The durable cursor of a channel in numbers of messages: entry 3 holds the first. */
static unsigned
cursor_now(const struct scene *s, const char *channel)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    char command[300];
    unsigned long position;
    char *got;

    keyring_fingerprint(scene_keys[COURIER].public_key, fingerprint);
    (void)snprintf(command, sizeof command, "HGET dondoc:{%s}:cursor head-21040/%s/%s",
                   s->province, fingerprint, channel);
    got = redis_ask(s->r, command);
    position = strtoul(got, NULL, 10);
    mem_free(&got);
    return position == 0 ? 0 : (unsigned)(position / 1024 - 2);
}

static void
wait_for_cursor(const struct courier_scene *c, const char *channel, unsigned number)
{
    struct mono start = mono_now();

    while (cursor_now(c->s, channel) != number) {
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("%s: cursor at %u, want %u", channel, cursor_now(c->s, channel),
                     number);
        }
        child_pause_us(5000);
    }
}

/*
 * What a sink took from one life of the courier: numbers in order without a gap, the
 * first of them just behind the cursor that was durable when that life began. So only
 * what the other side had taken and whose Received was not committed comes twice.
 */
static size_t
life_check(const struct sink *k, size_t seen, unsigned cursor, unsigned *last)
{
    char *log = sink_log(k);
    char *rest = NULL;
    size_t n = 0;

    for (char *line = strtok_r(log, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        unsigned number = number_of(line, "K-1");

        assert_true(strncmp(line, "taken ", 6) == 0);
        if (n++ < seen) {
            continue;
        }
        if (number != cursor + 1) {
            fail_msg("got %u, want %u; see %s", number, cursor + 1, k->dir);
        }
        if (n > seen + 1 && number <= *last) {
            fail_msg("%u came twice, and was not the one in the gap; see %s", number,
                     k->dir);
        }
        cursor = number;
        *last = number > *last ? number : *last;
    }
    mem_free(&log);
    return n;
}

static void
a_kill_doubles_only_what_was_not_committed_and_loses_nothing(void **state)
{
    enum { MESSAGES = 120, KILLS = 8 };
    struct courier_scene *c = *state;
    const struct sink *const sinks[] = {&c->mail, &c->web};
    static const char *const channels[] = {"mail", "web"};
    unsigned cursor[2] = {0, 0};
    unsigned last[2] = {0, 0};
    size_t seen[2] = {0, 0};
    size_t doubles;
    unsigned i;
    int k;

    channels_plain(c, BOTH_B);
    for (i = 1; i <= MESSAGES; i++) {
        tell_one(c->s, "K-1", i, i == 1 ? "new" : "worse", "21040");
    }
    for (i = 0; i <= KILLS; i++) {
        courier_start(c);
        if (i < KILLS) {
            sink_took_least(sinks[i % 2], seen[i % 2] + 3);
            child_pause_us((long)i * 700); /* another place each time */
            courier_end(c, SIGKILL);
            child_pause_us(100000); /* what was said is committed by now */
        } else {
            sink_took_least(sinks[0], seen[0] + MESSAGES - cursor[0]);
            sink_took_least(sinks[1], seen[1] + MESSAGES - cursor[1]);
        }
        for (k = 0; k < 2; k++) {
            seen[k] = life_check(sinks[k], seen[k], cursor[k], &last[k]);
            cursor[k] = cursor_now(c->s, channels[k]);
        }
    }
    for (k = 0; k < 2; k++) {
        assert_int_equal(last[k], MESSAGES);
        doubles = seen[k] - MESSAGES;
        print_message("%s: %zu doubles in %d kills\n", channels[k], doubles, KILLS);
        /* One message is between a yes and our commit: at most one double a kill. */
        assert_true(doubles <= (size_t)KILLS);
    }
    wait_for_cursor(c, channels[0], MESSAGES);
    wait_for_cursor(c, channels[1], MESSAGES);
}

/* The ids in a sink's log, in order; mem_free it. */
static char *
ids_taken(const struct sink *k)
{
    char *log = sink_log(k);
    char *rest = NULL;
    struct buf ids;
    char *text;

    buf_init(&ids, 1u << 16);
    for (char *line = strtok_r(log, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "taken ", 6) == 0) {
            buf_format(&ids, "%s ", strrchr(line, ' ') + 1);
        }
    }
    text = mem_copy_text(buf_str(&ids));
    buf_fini(&ids);
    mem_free(&log);
    return text;
}

/* Nothing is committed while the notifier stands still: one message goes out for each
 * channel, and that one comes again with the same ids. */
static void
without_a_commit_no_second_message_goes_out(void **state)
{
    struct courier_scene *c = *state;
    unsigned i;
    char *ids;

    sink_mode(&c->mail, "* 450\n");
    sink_mode(&c->web, "* 503\n");
    channels_plain(c, BOTH_B);
    for (i = 1; i <= 5; i++) {
        tell_one(c->s, "G-1", i, i == 1 ? "new" : "worse", "21040");
    }
    courier_start(c);
    courier_said(c, "channel=mail id=G-1/1 attempt=2");
    courier_said(c, "channel=web id=G-1/1 attempt=2");
    assert_int_equal(kill(c->s->pids[0], SIGSTOP), 0);
    sink_mode(&c->mail, "");
    sink_mode(&c->web, "");
    sink_took_least(&c->mail, 1);
    sink_took_least(&c->web, 1);
    child_pause_us(500000);
    assert_int_equal(sink_count(&c->mail), 1);
    assert_int_equal(sink_count(&c->web), 1);
    courier_end(c, SIGKILL);
    notifier_end(c->s, 0, SIGKILL); /* which has not read our Received */
    notifier_start(c->s, 0);
    courier_start(c);
    sink_took(&c->mail, 6);
    sink_took(&c->web, 6);
    ids = ids_taken(&c->web);
    assert_string_equal(ids, "G-1/1 G-1/1 G-1/2 G-1/3 G-1/4 G-1/5 ");
    mem_free(&ids);
    ids = ids_taken(&c->mail);
    assert_non_null(strstr(ids, "<G-1.1.head-21040@tinh.example> "
                                "<G-1.1.head-21040@tinh.example> "
                                "<G-1.2.head-21040@tinh.example> "));
    mem_free(&ids);
    sink_holds(&c->web, 1, "Idempotency-Key: head-21040:G-1/1\n");
    sink_holds(&c->web, 2, "Idempotency-Key: head-21040:G-1/1\n");
}

/* The notifier dies between our Received and its commit: we remember what we carried.
 */
static void
a_notifier_that_dies_before_its_commit_doubles_nothing(void **state)
{
    struct courier_scene *c = *state;
    char *ids;

    sink_mode(&c->web, "* 503\n");
    channels_plain(c, WEB_B);
    tell_one(c->s, "G-2", 1, "new", "21040");
    tell_one(c->s, "G-2", 2, "worse", "21040");
    courier_start(c);
    courier_said(c, "channel=web id=G-2/1 attempt=1");
    assert_int_equal(kill(c->s->pids[0], SIGSTOP), 0);
    sink_mode(&c->web, "");
    courier_said(c, "handed_over office=head-21040 channel=web id=G-2/1");
    notifier_end(c->s, 0, SIGKILL);
    notifier_start(c->s, 0);
    sink_took(&c->web, 2);
    wait_for_cursor(c, "web", 2);
    ids = ids_taken(&c->web);
    assert_string_equal(ids, "G-2/1 G-2/2 ");
    mem_free(&ids);
}

#ifdef DONDOC_FAULTS
/* Killed at each place of tests/faults/points.txt that the courier passes. */
static void
killed_at_any_place_it_doubles_at_most_the_one_in_the_gap(void **state)
{
    static const struct {
        const char *place;
        const char *want; /* what the webhook took in both lives */
        bool refused;     /* the first one, in the first life */
    } cases[] = {
        {"courier.taken:2", "/1 /2 /3 ", false},
        {"courier.handed:2", "/1 /2 /2 /3 ", false},
        {"courier.received:2", "/1 /2 /3 ", false}, /* or doubled: see below */
        {"courier.dead_written:1", "/1 /2 /3 ", true},
    };
    struct courier_scene *c = *state;
    size_t seen = 0;
    size_t i;

    channels_plain(c, WEB_B);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char code[16];
        char *ids;
        char *all;
        size_t took = 0;
        unsigned k;

        (void)snprintf(code, sizeof code, "F-%zu", i + 1);
        sink_mode(&c->web, cases[i].refused ? "/b 410\n" : "");
        for (k = 1; k <= 3; k++) {
            tell_one(c->s, code, k, k == 1 ? "new" : "worse", "21040");
        }
        assert_int_equal(setenv("DONDOC_FAULT", cases[i].place, 1), 0);
        courier_start(c);
        assert_int_equal(child_end(c->couriers[0]), -1); /* killed itself */
        c->couriers[0] = 0;
        assert_int_equal(unsetenv("DONDOC_FAULT"), 0);
        sink_mode(&c->web, "");
        courier_start(c);
        wait_for_cursor(c, "web", (unsigned)(i + 1) * 3);
        courier_end(c, SIGTERM);
        all = ids_taken(&c->web);
        ids = strstr(all, code);
        assert_non_null(ids);
        for (k = 1; k <= 3; k++) {
            char id[24];
            const char *at = ids;

            (void)snprintf(id, sizeof id, "%s/%u ", code, k);
            assert_non_null(strstr(ids, id));
            while ((at = strstr(at, id)) != NULL) {
                at += strlen(id);
                took++;
            }
        }
        print_message("%s: %s\n", cases[i].place, ids);
        if (strcmp(cases[i].place, "courier.received:2") == 0) {
            assert_true(took <= 4); /* the notifier had it, or had not */
        } else {
            assert_int_equal(took, strlen(cases[i].want) / 3);
        }
        seen += took;
        assert_int_equal(sink_count(&c->web), seen);
        mem_free(&all);
    }
}
#endif

/* ---- two of them ---- */

static void
the_second_of_two_stands_by_and_takes_over_without_a_double(void **state)
{
    struct courier_scene *c = *state;
    unsigned i;
    char *ids;

    channels_plain(c, WEB_B);
    tell_one(c->s, "W-1", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->web, 1);
    courier_start_second(c);
    courier_said(c, "standby office=head-21040 channel=web");
    wait_for(c->s, "HGET dondoc:ops:courier:2 ready", "0");
    wait_for(c->s, "HGET dondoc:ops:courier:2 why",
             "stands by: another courier carries to head-21040");
    for (i = 2; i <= 20; i++) {
        tell_one(c->s, "W-1", i, "worse", "21040");
    }
    sink_took(&c->web, 20); /* not 40 */
    wait_for_cursor(c, "web", 20);
    courier_end(c, SIGKILL);
    tell_one(c->s, "W-1", 21, "worse", "21040");
    sink_took(&c->web, 21);
    wait_for(c->s, "HGET dondoc:ops:courier:2 ready", "1");
    wait_for_cursor(c, "web", 21);
    ids = ids_taken(&c->web);
    assert_non_null(strstr(ids, "W-1/20 W-1/21 "));
    mem_free(&ids);
}

/* ---- started again ---- */

static void
after_a_stop_it_goes_on_where_it_was(void **state)
{
    struct courier_scene *c = *state;

    channels_plain(c, MAIL_B);
    tell_one(c->s, "R-1", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->mail, 1);
    wait_for_cursor(c, "mail", 1);
    courier_end(c, SIGTERM);
    tell_one(c->s, "R-1", 2, "worse", "21040");
    courier_start(c);
    sink_took(&c->mail, 2);
    sink_holds(&c->mail, 2, "Message-ID: <R-1.2.");
}

static void
a_notifier_that_comes_back_is_subscribed_to_again(void **state)
{
    struct courier_scene *c = *state;

    channels_plain(c, WEB_B);
    tell_one(c->s, "N-1", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->web, 1);
    notifier_end(c->s, 0, SIGKILL);
    tell_one(c->s, "N-1", 2, "worse", "21040");
    notifier_start(c->s, 0);
    sink_logged(&c->web, "N-1/2");
    wait_for_cursor(c, "web", 2);
}

static void
without_redis_it_carries_as_well(void **state)
{
    struct courier_scene *c = *state;

    (void)snprintf(c->redis, sizeof c->redis, "unix:%.200s/no-such.sock", c->dir);
    channels_plain(c, WEB_B);
    tell_one(c->s, "O-1", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->web, 1);
    courier_said(c, "redis_away");
    courier_end(c, SIGTERM); /* which waits for the answer and passes it on */
    wait_for_cursor(c, "web", 1);
    c->redis[0] = '\0';
    tell_one(c->s, "O-1", 2, "worse", "21040");
    courier_start(c);
    sink_took(&c->web, 2);
}

/* As many as one courier carries; all but one are refused by the notifier and wait. */
static void
five_hundred_channels_are_served_by_one_courier(void **state)
{
    struct courier_scene *c = *state;
    struct buf text;
    int i;

    buf_init(&text, 1u << 20);
    for (i = 1; i < 512; i++) {
        buf_format(&text, "  office-%d: {mail: xa-x@tinh.example}\n", i);
    }
    buf_text(&text, MAIL_B);
    channels_plain(c, buf_str(&text));
    buf_fini(&text);
    tell_one(c->s, "F-1", 1, "new", "21040");
    courier_start(c);
    courier_said(c, "ready ");
    courier_said(c, "channels=512");
    sink_took(&c->mail, 1);
}

/* ---- settings ---- */

static void
settings_are_read_anew_and_bad_ones_change_nothing(void **state)
{
    struct courier_scene *c = *state;

    sink_mode(&c->web, "/b 503\n");
    channels_plain(c, WEB_B);
    tell_one(c->s, "S-1", 1, "new", "21040");
    tell_one(c->s, "S-2", 1, "new", "21043");
    courier_start(c);
    sink_logged(&c->web, "503 S-1/1");
    channels_plain(c, "  head-21040: {webhook: {url: \"http://elsewhere.example/\", "
                      "secret-file: $D/secret}}\n");
    assert_int_equal(kill(c->couriers[0], SIGHUP), 0);
    courier_said(c, "effect=\"the channels stay as they were\"");
    courier_said(c, "https");
    assert_int_equal(sink_count(&c->web), 0);
    channels_plain(c, "  head-21040: {webhook: {url: \"http://127.0.0.1:$W/other\", "
                      "secret-file: $D/secret}}\n"
                      "  head-21043: {mail: xa-c@tinh.example}\n");
    assert_int_equal(kill(c->couriers[0], SIGHUP), 0);
    sink_took(&c->web, 1);
    sink_took(&c->mail, 1);
    channels_plain(c, "  head-21043: {mail: xa-c@tinh.example}\n");
    assert_int_equal(kill(c->couriers[0], SIGHUP), 0);
    courier_said(c, "offices=1 channels=1");
    tell_one(c->s, "S-1", 2, "worse", "21040"); /* nobody carries it now */
    tell_one(c->s, "S-2", 2, "worse", "21043");
    sink_took(&c->mail, 2);
    sink_took(&c->web, 1);
}

static void
an_office_that_the_programme_does_not_know_is_named_and_the_others_served(void **state)
{
    struct courier_scene *c = *state;

    channels_plain(c, "  chair-of-nothing: {mail: nobody@tinh.example}\n" MAIL_B);
    tell_one(c->s, "U-1", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->mail, 1);
    courier_said(c, "not_served office=chair-of-nothing channel=mail "
                    "code=unknown_office");
    wait_for(c->s, "HGET dondoc:ops:courier:1 why",
             "notifier does not serve chair-of-nothing");
    wait_for(c->s, "HGET dondoc:ops:courier:1 ready", "0");
}

static void
settings_can_be_checked_before_they_are_used(void **state)
{
    struct courier_scene *c = *state;

    channels_plain(c, MAIL_B);
    assert_int_equal(courier_check_config(c), 0);
    channels_plain(c, "  head-21040: {mail: not-an-address}\n");
    assert_int_equal(courier_check_config(c), 78);
    courier_said(c, "line 5, column 22: mail: this is no address");
}

/* A rehearsal must not reach a chair's mailbox by mistake. */
static void
a_simulation_is_carried_only_when_that_was_asked_for(void **state)
{
    struct courier_scene *c = *state;
    struct alert_event e = event_of("V-1", 1, "new", "21040");

    e.simulated = true;
    channels_plain(c, MAIL_B);
    tell(c->s, &e, 1);
    courier_start(c);
    courier_said(c, "not_served office=head-21040 channel=mail code=\"simulated ");
    assert_int_equal(sink_count(&c->mail), 0);
    courier_end(c, SIGTERM);
    c->simulated = true;
    courier_start(c);
    sink_took(&c->mail, 1);
    /* "[MÔ PHỎNG] " in base64 begins the subject. */
    sink_holds(&c->mail, 1, "Subject: =?UTF-8?B?W03DlCBQSOG7jk5HXSBb");
}

/* ---- TLS ---- */

#define TLS_HEAD(ca)                                                                   \
    "smtp: {host: 127.0.0.1, port: $M, user: dondoc, password-file: $D/password, "     \
    "from: dondoc@tinh.example" ca "}\n"                                               \
    "retry: {first: 50ms, max: 200ms}\n"                                               \
    "timeout: 5s\n"                                                                    \
    "offices:\n"

#define TLS_OFFICE(ca)                                                                 \
    "  head-21040: {mail: xa-b@tinh.example, webhook: {url: "                          \
    "\"https://127.0.0.1:$W/b\", secret-file: $D/secret" ca "}}\n"

static void
certificates_are_checked_and_a_password_is_given_only_behind_tls(void **state)
{
    struct courier_scene *c = *state;
    char *log;

    channels_write(c, TLS_HEAD("") TLS_OFFICE(""));
    tell_one(c->s, "T-1", 1, "new", "21040");
    courier_start(c);
    courier_said(c, "channel=mail id=T-1/1 attempt=2");
    courier_said(c, "channel=web id=T-1/1 attempt=2");
    log = sink_log(&c->mail);
    assert_string_equal(log, "");
    mem_free(&log);
    assert_int_equal(sink_count(&c->web), 0);
    channels_write(c, TLS_HEAD(", ca-file: $D/cert.pem")
                          TLS_OFFICE(", ca-file: $D/cert.pem"));
    assert_int_equal(kill(c->couriers[0], SIGHUP), 0);
    sink_took(&c->mail, 1);
    sink_took(&c->web, 1);
}

static void
a_wrong_password_is_a_delay_and_no_dead_letter(void **state)
{
    struct courier_scene *c = *state;
    char path[SCENE_PATH_BYTES + 32];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/password", c->dir);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs("another password\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    channels_write(c, TLS_HEAD(", ca-file: $D/cert.pem") MAIL_B);
    tell_one(c->s, "T-2", 1, "new", "21040");
    courier_start(c);
    courier_said(c, "why=\"mail server answered 535 (before a recipient)\"");
    courier_said(c, "attempt=3");
    assert_int_equal(courier_says(c, "dead_letter"), 0);
    assert_int_equal(courier_says(c, "another password"), 0);
}

int
main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, courier_setup, courier_teardown)
#define TEST_TLS(name)                                                                 \
    cmocka_unit_test_setup_teardown(name, courier_setup_tls, courier_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_kill_doubles_only_what_was_not_committed_and_loses_nothing),
        TEST(without_a_commit_no_second_message_goes_out),
        TEST(a_notifier_that_dies_before_its_commit_doubles_nothing),
#ifdef DONDOC_FAULTS
        TEST(killed_at_any_place_it_doubles_at_most_the_one_in_the_gap),
#endif
        TEST(the_second_of_two_stands_by_and_takes_over_without_a_double),
        TEST(after_a_stop_it_goes_on_where_it_was),
        TEST(a_notifier_that_comes_back_is_subscribed_to_again),
        TEST(without_redis_it_carries_as_well),
        TEST(five_hundred_channels_are_served_by_one_courier),
        TEST(settings_are_read_anew_and_bad_ones_change_nothing),
        TEST(an_office_that_the_programme_does_not_know_is_named_and_the_others_served),
        TEST(settings_can_be_checked_before_they_are_used),
        TEST(a_simulation_is_carried_only_when_that_was_asked_for),
        TEST_TLS(certificates_are_checked_and_a_password_is_given_only_behind_tls),
        TEST_TLS(a_wrong_password_is_a_delay_and_no_dead_letter),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
