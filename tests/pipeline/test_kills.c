/*
 * kill -9 of each part while reports are under way: what was acknowledged stands in the
 * journal once, takes effect once, and the head of the unit hears of it once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/instant.h"
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/stack.h"

#define UNITS 20
#define MONTHS 12
#define REPORTS (UNITS * MONTHS)
#define AT_ONCE 20 /* pushes under way when the kill comes */
#define PARTS_AND_REDIS (PART_COUNT + 1)
#define PROVINCE "quang-ngai"

struct one {
    char unit[8];
    char period[32];
    bool acknowledged;
};

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    struct one all[REPORTS];
    char scope[UNITS * 8];
    const struct bus_keys *head; /* of the first commune */
};

static struct fixture fx;

/* Communes of one district of the plain, from the list of the programme. */
static void
units_take(void)
{
    static const char *const units[UNITS] = {
        "21043", "21046", "21049", "21052", "21055", "21058", "21061",
        "21064", "21067", "21070", "21073", "21079", "21082", "21085",
        "21088", "21091", "21100", "21103", "21106", "21109"};
    size_t u;
    int m;

    for (u = 0; u < UNITS; u++) {
        (void)snprintf(fx.scope + strlen(fx.scope), sizeof fx.scope - strlen(fx.scope),
                       "%s%s", u > 0 ? "," : "", units[u]);
        for (m = 0; m < MONTHS; m++) {
            struct one *one = &fx.all[m * UNITS + (int)u];

            (void)snprintf(one->unit, sizeof one->unit, "%s", units[u]);
            (void)snprintf(one->period, sizeof one->period, "2023-%02d", m + 1);
        }
    }
}

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;
    char line[400];

    (void)state;
    units_take();
    stack_init(&fx.stack, PROVINCE, true);
    (void)snprintf(line, sizeof line, "role=unit name=system scope=%s", fx.scope);
    unit = stack_key(&fx.stack, "unit", line);
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    fx.head = stack_key(&fx.stack, "head", "role=leader name=head-21043");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2024-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
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
send_one(size_t i)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 500, NULL}};
    const struct wire_report report = {.unit = fx.all[i].unit,
                                       .group = "digitisation",
                                       .period = fx.all[i].period,
                                       .figures = figures,
                                       .figure_count = 2};
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = i + 1,
                             .province = PROVINCE,
                             .kind = UNIT_REQUEST_PUSH};

    q.push.reports = &report;
    q.push.count = 1;
    arena_reset(fx.unit.arena);
    buf_clear(&fx.unit.out);
    unit_request_encode(&q, fx.unit.arena, &fx.unit.out);
    /* Not sent while nobody is there: it is sent again below. */
    status_ignore(bus_send(fx.unit.socket, buf_str(&fx.unit.out), fx.unit.out.len));
}

static void
take_answers(int ms)
{
    struct bus_poll_item item = {.socket = fx.unit.socket};
    struct unit_reply r;
    struct bus_message m;

    assert_int_equal(bus_poll(fx.unit.bus, &item, 1, ms), ST_OK);
    while (bus_receive(fx.unit.socket, &m) == ST_OK) {
        arena_reset(fx.unit.arena);
        assert_int_equal(unit_reply_decode(m.body, m.body_bytes, fx.unit.arena, &r),
                         ST_OK);
        if (r.kind == UNIT_REPLY_RECEIPTS &&
            (r.receipts[0].outcome == OUTCOME_ACCEPTED ||
             r.receipts[0].outcome == OUTCOME_DUPLICATE)) {
            fx.all[r.request_id - 1].acknowledged = true;
        }
        bus_message_close(&m);
    }
}

static void
kill_and_start(int part)
{
    if (part == PART_COUNT) {
        redis_server_kill(fx.stack.redis);
        redis_server_again(fx.stack.redis);
    } else {
        stack_part_kill(&fx.stack, (enum stack_part)part);
        stack_part_start(&fx.stack, (enum stack_part)part);
    }
}

static void
push_all_of_a_round(size_t from, int part)
{
    struct mono began = mono_now();
    struct timespec little = {0, (long)(from * 7919 % 3000) * 1000};
    size_t missing = AT_ONCE;
    size_t i;

    for (i = from; i < from + AT_ONCE; i++) {
        send_one(i);
    }
    (void)nanosleep(&little, NULL); /* another moment in each round, up to 3 ms */
    kill_and_start(part);
    while (missing > 0) {
        take_answers(300);
        missing = 0;
        for (i = from; i < from + AT_ONCE; i++) {
            if (!fx.all[i].acknowledged) {
                missing++;
                send_one(i);
            }
        }
        if (mono_since_us(began) > 20000000) {
            fail_msg("round at %zu: %zu reports without a receipt; see %s", from,
                     missing, fx.stack.dir);
        }
    }
}

/* How often each report stands in the journal; ids are dense (journal_read_after). */
static void
journal_count(size_t counts[REPORTS])
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct journal_read rd;
    uint64_t after = 0;
    size_t i;

    journal_read_init(&rd);
    do {
        assert_int_equal(
            journal_read_after(redis, PROVINCE, KEY_REPORTS, after, 64, &rd), ST_OK);
        for (i = 0; i < rd.count; i++) {
            struct journal_cursor c = {rd.entries[i].body, rd.entries[i].body_bytes};
            struct report_record r;
            const uint8_t *record;
            size_t bytes;

            after = rd.entries[i].seq;
            while (rd.entries[i].kind == JOURNAL_REPORTS &&
                   journal_record_next(&c, &record, &bytes) == ST_OK) {
                size_t k;

                arena_reset(a);
                assert_int_equal(report_record_decode(record, bytes, a, &r), ST_OK);
                assert_int_equal(r.revision, 1);
                for (k = 0; k < REPORTS; k++) {
                    counts[k] += strcmp(fx.all[k].unit, r.unit) == 0 &&
                                 strcmp(fx.all[k].period, r.period) == 0;
                }
            }
        }
    } while (rd.count > 0);
    journal_read_fini(&rd);
    arena_free(&a);
    redis_free(&redis);
}

static void
once(void *context, const struct wire_alert *a)
{
    size_t *count = context;

    assert_string_equal(a->code, "QNG-2023-7c-21043");
    *count += 1;
}

static void
nothing_is_lost_or_doubled_by_kills_under_load(void **state)
{
    static size_t counts[REPORTS];
    struct redis *redis;
    struct side leader;
    char command[96];
    size_t told = 0;
    size_t i;

    (void)state;
    for (i = 0; i < REPORTS; i += AT_ONCE) {
        push_all_of_a_round(i, (int)(i / AT_ONCE % PARTS_AND_REDIS));
    }
    stack_settle(&fx.stack);
    journal_count(counts);
    redis = redis_server_client(fx.stack.redis);
    for (i = 0; i < REPORTS; i++) {
        if (counts[i] != 1) {
            fail_msg("%s %s stands %zu times", fx.all[i].unit, fx.all[i].period,
                     counts[i]);
        }
    }
    for (i = 0; i < UNITS; i++) {
        (void)snprintf(command, sizeof command, "HLEN dondoc:{" PROVINCE "}:facts:%s",
                       fx.all[i].unit);
        redis_want(redis, command, "12");
    }
    redis_want(redis, "XLEN dondoc:{" PROVINCE "}:parked", "0");
    redis_free(&redis);
    side_open(&leader, &fx.stack, SIDE_LEADERS, fx.head);
    /* With the same 500 of 2.386 each month: behind since March, worse with each of the
     * eight months to November, missed in December. Each once. */
    assert_int_equal(side_watch(&leader, true, once, &told), 10);
    assert_int_equal(told, 10);
    side_close(&leader);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_doubled_by_kills_under_load),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
