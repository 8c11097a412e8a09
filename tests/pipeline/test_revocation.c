/*
 * Keys that come and go while the services run: real processes, real sockets, the
 * keyring changed by `dondoc keys` or by hand. A key that was revoked is refused within
 * a second on the connection that it has, and whoever else is connected notices
 * nothing.
 *
 * Seen to fail: with service_keyring_look always saying false (the first seven), with
 * REST_US and REST_TORN_US 0 (half_written), with principal_valid_on always true
 * (days). With every peer's door 0 the last one never ends, since who came by the old
 * door waits for an answer; tests/service/test_bus_doors.c says so at once.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/instant.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define UNIT "21055"
#define REVOKED_MS 1000 /* from the command's start to the last answer */
#define WATCH_MS 2500
#define LOG_BYTES (1u << 20)

struct fixture {
    struct stack stack;
    struct side ops;
    struct side one;
    struct side two;
};

static struct fixture fx;
static char log_text[LOG_BYTES];

static int
setup(void **state)
{
    const struct bus_keys *ops;
    char day[DAY_TEXT_BYTES];
    char rest[100];

    (void)state;
    memset(&fx, 0, sizeof fx);
    stack_init(&fx.stack, PROVINCE, true);
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    (void)stack_key(&fx.stack, "one", "role=unit name=one scope=" UNIT);
    (void)stack_key(&fx.stack, "two", "role=unit name=two scope=" UNIT);
    (void)stack_key(&fx.stack, "chair", "role=leader name=chair-province");
    (void)stack_key(&fx.stack, "vice", "role=leader name=office-chief");
    day_text(instant_day(instant_now()) + 10, day);
    (void)snprintf(rest, sizeof rest, "role=ops name=ends not-after=%s", day);
    (void)stack_key(&fx.stack, "ends", rest);
    stack_start(&fx.stack);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2024-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    if (fx.one.bus != NULL) {
        side_close(&fx.one);
    }
    if (fx.two.bus != NULL) {
        side_close(&fx.two);
    }
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

static const struct bus_keys *
key_of(const char *name)
{
    for (size_t i = 0; i < fx.stack.key_count; i++) {
        if (strcmp(fx.stack.keys[i].name, name) == 0) {
            return &fx.stack.keys[i].keys;
        }
    }
    fail_msg("no key %s", name);
    return NULL;
}

/* How often a service has said it. */
static size_t
said(const char *service, const char *what)
{
    char path[200];
    size_t count = 0;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s.log", fx.stack.dir, service);
    f = fopen(path, "rb");
    assert_non_null(f);
    log_text[fread(log_text, 1, sizeof log_text - 1, f)] = '\0';
    (void)fclose(f);
    for (const char *at = log_text; (at = strstr(at, what)) != NULL; at++) {
        count++;
    }
    return count;
}

static void
wait_said(const char *service, const char *what)
{
    struct mono began = mono_now();

    while (said(service, what) == 0) {
        if (mono_since_us(began) > 5000000) {
            fail_msg("%s did not say “%s”: %s", service, what, log_text);
        }
        nap_ms(10);
    }
}

static bool
answers(struct side *d, int ms)
{
    struct wire_key key = {UNIT, "digitisation", "2023-06"};
    struct unit_request q = {.kind = UNIT_REQUEST_STANDING};
    struct unit_reply r = {0};

    q.standing.keys = &key;
    q.standing.count = 1;
    return side_ask_for(d, &q, ms, &r) == ST_OK && r.kind == UNIT_REPLY_STANDINGS;
}

static void
keyring_text(char *text, size_t room)
{
    char path[200];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/keyring", fx.stack.dir);
    f = fopen(path, "rb");
    assert_non_null(f);
    text[fread(text, 1, room - 1, f)] = '\0';
    (void)fclose(f);
}

/* In place, as an editor or a shell does. */
static void
keyring_write(const char *text, size_t bytes)
{
    char path[200];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/keyring", fx.stack.dir);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, bytes, f), bytes);
    assert_int_equal(fclose(f), 0);
}

/* --- revoked --- */

static void
revoked_unit_is_refused_within_a_second_and_others_notice_nothing(void **state)
{
    struct command c;
    struct mono began;
    int64_t last_us = 0;
    size_t unanswered = 0;

    (void)state;
    side_open(&fx.one, &fx.stack, SIDE_UNITS, key_of("one"));
    side_open(&fx.two, &fx.stack, SIDE_UNITS, key_of("two"));
    assert_true(answers(&fx.one, 5000));
    assert_true(answers(&fx.two, 5000));
    began = mono_now();
    command_run(&c, "keys revoke %s/keyring one --reason lost", fx.stack.dir);
    command_want(&c, 0, "Revoked 1 key(s) of one");
    while (mono_since_us(began) < WATCH_MS * 1000) {
        if (answers(&fx.one, 100)) {
            last_us = mono_since_us(began);
        }
        unanswered += !answers(&fx.two, 2000);
    }
    print_message("last answer to the revoked key: %lld ms after the command began\n",
                  (long long)(last_us / 1000));
    assert_true(last_us < REVOKED_MS * 1000);
    assert_int_equal(unanswered, 0);
    /* Both have the connection that they had. */
    assert_int_equal(bus_handshakes(fx.one.socket), 1);
    assert_int_equal(bus_sight_now(fx.one.socket), SIGHT_READY);
    assert_int_equal(bus_handshakes(fx.two.socket), 1);
    assert_int_equal(said("ingest", "key_went fingerprint="), 1);
    /* Asked twenty times a second, said once. */
    assert_int_equal(said("ingest", "reason=revoked times=1"), 1);
    assert_int_equal(said("ingest", "key_refused"), 1);
    /* A new connection is refused, and a key that comes is let in. */
    side_close(&fx.one);
    side_open(&fx.one, &fx.stack, SIDE_UNITS, key_of("one"));
    assert_false(answers(&fx.one, 600));
    assert_int_equal(bus_sight_now(fx.one.socket), SIGHT_KEY_REFUSED);
}

static void
ignore(void *context, const struct wire_alert *alert)
{
    (void)context;
    (void)alert;
}

static size_t
messages_within(struct side *d, int ms)
{
    struct mono began = mono_now();
    struct bus_message m;
    size_t count = 0;

    while (mono_since_us(began) < (int64_t)ms * 1000) {
        struct bus_poll_item item = {.socket = d->socket, .fd = -1};

        assert_int_equal(bus_poll(d->bus, &item, 1, 20), ST_OK);
        while (bus_receive(d->socket, &m) == ST_OK) {
            bus_message_close(&m);
            count++;
        }
    }
    return count;
}

static void
revoked_leaders_session_ends_within_a_second(void **state)
{
    struct leader_request q = {.version = WIRE_VERSION,
                               .request_id = 900,
                               .province = PROVINCE,
                               .kind = LEADER_REQUEST_SUBSCRIBE};
    struct command c;
    struct mono began;

    (void)state;
    side_open(&fx.one, &fx.stack, SIDE_LEADERS, key_of("chair"));
    side_open(&fx.two, &fx.stack, SIDE_LEADERS, key_of("vice"));
    (void)side_watch(&fx.one, true, ignore, NULL);
    (void)side_watch(&fx.two, true, ignore, NULL);
    began = mono_now();
    command_run(&c, "keys revoke %s/keyring chair-province", fx.stack.dir);
    command_want(&c, 0, "Revoked 1 key(s)");
    while (said("notifier", "key_removed leader=chair-province") == 0) {
        assert_true(mono_since_us(began) < REVOKED_MS * 1000);
        nap_ms(5);
    }
    print_message("the session ended %lld ms after the command began\n",
                  (long long)(mono_since_us(began) / 1000));
    /* It asks again, and nobody answers; the other one is served as before. */
    (void)messages_within(&fx.one, 50);
    buf_clear(&fx.one.out);
    leader_request_encode(&q, fx.one.arena, &fx.one.out);
    assert_int_equal(bus_send(fx.one.socket, buf_str(&fx.one.out), fx.one.out.len),
                     ST_OK);
    assert_int_equal(messages_within(&fx.one, 1000), 0);
    assert_int_equal(bus_handshakes(fx.one.socket), 1);
    (void)side_watch(&fx.two, true, ignore, NULL);
    assert_int_equal(bus_handshakes(fx.two.socket), 1);
    assert_int_equal(said("notifier", "key_removed leader=office-chief"), 0);
}

static void
revoked_service_key_hears_no_hints(void **state)
{
    struct command c;
    struct bus *bus = NULL;
    struct bus_socket *sub = NULL;
    char endpoint[200];
    struct bus_poll_item item = {.fd = -1};
    struct mono began = mono_now();

    (void)state;
    assert_int_equal(bus_new(NULL, NULL, &bus), ST_OK);
    stack_endpoint(&fx.stack, "hints-in", endpoint);
    assert_int_equal(bus_connect_sub(bus, endpoint, fx.stack.service_keys.public_key,
                                     &fx.stack.service_keys, &sub),
                     ST_OK);
    item.socket = sub;
    while (bus_handshakes(sub) == 0 && mono_since_us(began) < 5000000) {
        assert_int_equal(bus_poll(bus, &item, 1, 20), ST_OK);
    }
    assert_int_equal(bus_handshakes(sub), 1);
    command_run(&c, "keys revoke %s/keyring services", fx.stack.dir);
    command_want(&c, 0, "Revoked 1 key(s)");
    wait_said("ingest", "hints_reopened");
    began = mono_now();
    while (mono_since_us(began) < 1000000) {
        assert_int_equal(bus_poll(bus, &item, 1, 20), ST_OK);
    }
    assert_int_equal(bus_handshakes(sub),
                     1); /* it was put out and does not come back */
    assert_int_equal(bus_sight_now(sub), SIGHT_KEY_REFUSED);
    bus_close(&sub);
    bus_free(&bus);
}

/* --- a file that is not right --- */

static void
wrong_keyring_is_said_once_and_the_old_one_stays(void **state)
{
    char right[8192];
    char wrong[8300];

    (void)state;
    side_open(&fx.one, &fx.stack, SIDE_UNITS, key_of("one"));
    assert_true(answers(&fx.one, 5000));
    keyring_text(right, sizeof right);
    (void)snprintf(wrong, sizeof wrong, "%sthis is no key\n", right);
    keyring_write(wrong, strlen(wrong));
    wait_said("ingest", "keyring_kept");
    nap_ms(1200);
    assert_true(answers(&fx.one, 5000));
    assert_int_equal(said("ingest", "keyring_kept"), 1);
    assert_int_equal(said("ingest", "does not begin with a public key"), 1);
    keyring_write(right, strlen(right));
    wait_said("ingest", "reloaded keys=7 came=0 went=0 changed=0");
    assert_int_equal(said("ingest", "keyring_kept"), 1);
}

static void
half_written_keyring_drops_nobody(void **state)
{
    char right[8192];
    char path[200];
    size_t bytes;
    FILE *f;

    (void)state;
    side_open(&fx.one, &fx.stack, SIDE_UNITS, key_of("one"));
    assert_true(answers(&fx.one, 5000));
    keyring_text(right, sizeof right);
    bytes = strlen(right);
    (void)snprintf(path, sizeof path, "%s/keyring", fx.stack.dir);
    f = fopen(path, "wb"); /* empty now */
    assert_non_null(f);
    for (int i = 0; i < 4; i++) { /* slowly, a piece that ends in mid-line each time */
        size_t from = bytes * (size_t)i / 4;
        size_t to = bytes * (size_t)(i + 1) / 4;

        nap_ms(700); /* two looks find the same */
        assert_true(answers(&fx.one, 2000));
        assert_int_equal(fwrite(right + from, 1, to - from, f), to - from);
        assert_int_equal(fflush(f), 0);
    }
    assert_int_equal(fclose(f), 0);
    wait_said("ingest", "reloaded keys=7 came=0 went=0 changed=0");
    assert_true(answers(&fx.one, 2000));
    assert_int_equal(said("ingest", "key_went"), 0);
    assert_int_equal(said("ingest", "key_refused"), 0);
}

static void
keyring_that_others_may_write_is_not_taken(void **state)
{
    char path[200];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/keyring", fx.stack.dir);
    assert_int_equal(chmod(path, 0666), 0);
    wait_said("ingest", "keyring_kept");
    assert_true(said("ingest", "mode 666 lets others write it") > 0);
    assert_int_equal(chmod(path, 0644), 0);
    wait_said("ingest", "reloaded keys=7 came=0 went=0 changed=0");
}

/* --- days --- */

static void
key_outside_its_days_is_as_if_it_were_not_there(void **state)
{
    static const struct {
        const char *name;
        const char *days;
        const char *reason; /* "": let in */
    } cases[] = {
        {"early", "not-before=2099-01-01", "reason=not_yet"},
        {"late", "not-before=2020-01-01 not-after=2020-12-31", "reason=ended"},
        {"now", "not-before=2020-01-01 not-after=2099-12-31", ""},
        {"open", "not-before=2020-01-01", ""},
        {"real", "not-before=2025-01-01", ""}, /* the player's clock says 2024 */
    };
    char rest[200];

    (void)state;
    assert_int_equal(said("ingest", "role=ops name=ends last_day="), 1);
    assert_int_equal(said("ingest", "days=10 remedy"), 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(rest, sizeof rest, "role=unit name=%s scope=" UNIT " %s",
                       cases[i].name, cases[i].days);
        (void)stack_key(&fx.stack, cases[i].name, rest);
    }
    wait_said("ingest", "reloaded keys=12 came=5");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool let_in = cases[i].reason[0] == '\0';

        side_open(&fx.one, &fx.stack, SIDE_UNITS, key_of(cases[i].name));
        if (answers(&fx.one, let_in ? 5000 : 600) != let_in) {
            fail_msg("%s: want %s", cases[i].name, let_in ? "answer" : "none");
        }
        if (!let_in) {
            assert_int_equal(bus_sight_now(fx.one.socket), SIGHT_KEY_REFUSED);
            assert_int_equal(said("ingest", cases[i].reason), 1);
        }
        side_close(&fx.one);
    }
    side_open(&fx.one, &fx.stack, SIDE_UNITS, key_of("chair"));
    assert_false(answers(&fx.one, 600));
    assert_int_equal(
        said("ingest", "role=leader name=chair-province reason=wrong_door"), 1);
}

/* --- the server's own key --- */

static void
part_again(enum stack_part part, const char *name)
{
    char path[200];

    stack_part_signal(&fx.stack, part, SIGTERM);
    assert_int_equal(waitpid(fx.stack.pids[part], NULL, 0), fx.stack.pids[part]);
    fx.stack.pids[part] = 0;
    (void)snprintf(path, sizeof path, "%s/%s.log", fx.stack.dir, name);
    stack_part_start(&fx.stack, part);
}

/* Ingest and notifier with the old door, or without it. */
static void
services_again(bool old)
{
    char path[200];

    if (old) {
        (void)snprintf(path, sizeof path, "%s/old.key", fx.stack.dir);
        assert_int_equal(setenv("DONDOC_OLD_KEY_FILE", path, 1), 0);
        (void)snprintf(path, sizeof path, "ipc://%s/old-units.ipc", fx.stack.dir);
        assert_int_equal(setenv("DONDOC_OLD_LISTEN", path, 1), 0);
    }
    part_again(PART_INGEST, "ingest");
    if (old) {
        (void)snprintf(path, sizeof path, "ipc://%s/old-leaders.ipc", fx.stack.dir);
        assert_int_equal(setenv("DONDOC_OLD_LISTEN", path, 1), 0);
    }
    part_again(PART_NOTIFIER, "notifier");
    (void)unsetenv("DONDOC_OLD_KEY_FILE");
    (void)unsetenv("DONDOC_OLD_LISTEN");
}

static bool
door_answers(const char *where, const struct bus_keys *server, int ms)
{
    const struct bus_keys now = fx.stack.service_keys;
    struct side d;
    bool answered;

    fx.stack.service_keys = *server;
    side_open(&d, &fx.stack, where, key_of("one"));
    fx.stack.service_keys = now;
    answered = answers(&d, ms);
    side_close(&d);
    return answered;
}

static void
old_and_new_server_key_serve_side_by_side_until_the_setting_goes(void **state)
{
    const struct bus_keys old = fx.stack.service_keys;
    struct bus_keys fresh;
    char from[200];
    char to[200];
    char why[300];

    (void)state;
    (void)snprintf(from, sizeof from, "%s/service.key", fx.stack.dir);
    (void)snprintf(to, sizeof to, "%s/old.key", fx.stack.dir);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(bus_keys_new(&fresh), ST_OK);
    assert_int_equal(keyfile_write(from, &fresh, "services", why, sizeof why), ST_OK);
    fx.stack.service_keys = fresh;
    services_again(true);
    assert_true(door_answers("old-units", &old, 5000));
    assert_true(door_answers("units", &fresh, 5000));
    assert_false(door_answers("old-units", &fresh, 600));
    assert_false(door_answers("units", &old, 600));
    /* Leaders at both doors: each session gets its own messages. */
    side_open(&fx.one, &fx.stack, SIDE_LEADERS, key_of("chair"));
    fx.stack.service_keys = old;
    side_open(&fx.two, &fx.stack, "old-leaders", key_of("vice"));
    fx.stack.service_keys = fresh;
    (void)side_watch(&fx.one, true, ignore, NULL);
    (void)side_watch(&fx.two, true, ignore, NULL);
    services_again(false);
    assert_false(door_answers("old-units", &old, 600));
    assert_true(door_answers("units", &fresh, 5000));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(revoked_unit_is_refused_within_a_second_and_others_notice_nothing),
        CLAIM(revoked_leaders_session_ends_within_a_second),
        CLAIM(revoked_service_key_hears_no_hints),
        CLAIM(wrong_keyring_is_said_once_and_the_old_one_stays),
        CLAIM(half_written_keyring_drops_nobody),
        CLAIM(keyring_that_others_may_write_is_not_taken),
        CLAIM(key_outside_its_days_is_as_if_it_were_not_there),
        CLAIM(old_and_new_server_key_serve_side_by_side_until_the_setting_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
