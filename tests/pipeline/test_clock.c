/*
 * Clocks that jump: each service and Redis in its own wrong time, also while a batch is
 * under way. Nothing is lost or doubled, entries follow their numbers, nobody is
 * accused by a clock that nobody confirmed, and status says which clock is behind. The
 * clocks are shifted by tests/faults/clockshift.c; nothing here is simulated.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/instant.h"
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define UNITS 8
#define REPORTS 96 /* UNITS x the months of 2022 */
#define REDIS PART_COUNT
#define HOUR_MS INT64_C(3600000)
#define FIGURES "results_in_force=2386 results_in_force_digitised=1130"

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    size_t pushed; /* reports of the plan that were acknowledged */
    uint64_t last_entry;
    int64_t base_ms; /* from the machine's time to the one of this test */
};

static struct fixture fx;

static const char *const units[UNITS] = {"21043", "21046", "21049", "21052",
                                         "21055", "21058", "21061", "21064"};

static int64_t
civil_ms(int year, int month, int mday, int hour)
{
    return ((int64_t)day_from_civil(year, month, mday) * 24 + hour - 7) * HOUR_MS;
}

static void
clock_path(int part, char out[200])
{
    (void)snprintf(out, 200, "%s/clock.%d", fx.stack.dir, part);
}

/* Written in place: the process has it mapped. */
static void
clock_shift(int part, int64_t shift_ms)
{
    char path[200];
    int fd;

    clock_path(part, path);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &shift_ms, sizeof shift_ms, 0), sizeof shift_ms);
    assert_int_equal(close(fd), 0);
}

static void
clock_right(int part)
{
    clock_shift(part, fx.base_ms);
}

/* What is started until shim_off lives in the time of `part`. */
static void
shim_on(int part)
{
    const char *build = getenv("DONDOC_BUILD");
    char path[200];
    char shim[400];

    clock_path(part, path);
    (void)snprintf(shim, sizeof shim, "%s/tests/faults/clockshift.so",
                   build != NULL ? build : "build");
    if (access(shim, R_OK) != 0) {
        fail_msg("%s is missing: make tests", shim);
    }
    assert_int_equal(setenv("LD_PRELOAD", shim, 1), 0);
    assert_int_equal(setenv("DONDOC_CLOCK_SHIFT_FILE", path, 1), 0);
}

static void
shim_off(void)
{
    assert_int_equal(unsetenv("LD_PRELOAD"), 0);
    assert_int_equal(unsetenv("DONDOC_CLOCK_SHIFT_FILE"), 0);
}

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;
    int part;

    (void)state;
    memset(&fx, 0, sizeof fx);
    stack_init(&fx.stack, PROVINCE, false);
    fx.base_ms = civil_ms(2023, 2, 3, 9) - instant_now().ms;
    unit = stack_key(
        &fx.stack, "unit",
        "role=unit name=system scope=21043,21046,21049,21052,21055,21058,21061,21064");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    for (part = 0; part <= REDIS; part++) {
        clock_right(part);
    }
    shim_on(REDIS);
    stack_start(&fx.stack);
    for (part = 0; part < PART_COUNT; part++) {
        stack_part_kill(&fx.stack, (enum stack_part)part);
        shim_on(part);
        stack_part_start(&fx.stack, (enum stack_part)part);
    }
    shim_off();
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
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

/* ---- reports ---- */

static void
plan_report(size_t i, const char **unit, char period[16])
{
    assert_true(i < REPORTS);
    *unit = units[i % UNITS];
    (void)snprintf(period, 16, "2022-%02u", (unsigned)(i / UNITS + 1));
}

/* The next reports of the plan, one after the other; each must be acknowledged. */
static void
push_some(const char *when, size_t count)
{
    struct wire_receipt r;
    const char *unit;
    char period[16];

    while (count-- > 0) {
        plan_report(fx.pushed++, &unit, period);
        side_push(&fx.unit, unit, "digitisation", period, FIGURES, "late", "", &r);
        if (r.outcome != OUTCOME_ACCEPTED) {
            fail_msg("%s: %s %s: outcome %d %s", when, unit, period, r.outcome,
                     r.refusal.code);
        }
        if (r.entry <= fx.last_entry) {
            fail_msg("%s: entry %" PRIu64 " after %" PRIu64, when, r.entry,
                     fx.last_entry);
        }
        fx.last_entry = r.entry;
    }
}

static void
send_one(size_t i)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1130, NULL}};
    struct wire_report report = {.group = "digitisation",
                                 .figures = figures,
                                 .figure_count = 2,
                                 .reason = "late"};
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = 1000000 + i,
                             .province = PROVINCE,
                             .kind = UNIT_REQUEST_PUSH};
    char period[16];

    plan_report(i, &report.unit, period);
    report.period = period;
    q.push.reports = &report;
    q.push.count = 1;
    arena_reset(fx.unit.arena);
    buf_clear(&fx.unit.out);
    unit_request_encode(&q, fx.unit.arena, &fx.unit.out);
    assert_int_equal(bus_send(fx.unit.socket, buf_str(&fx.unit.out), fx.unit.out.len),
                     ST_OK);
}

/* `count` reports are under way while the clock of `part` moves. */
static void
push_across(int part, int64_t shift_ms, size_t count)
{
    struct mono began = mono_now();
    size_t missing = count;
    size_t i;

    for (i = 0; i < count; i++) {
        if (i == count / 2) {
            clock_shift(part, shift_ms);
        }
        send_one(fx.pushed + i);
    }
    while (missing > 0) {
        struct bus_poll_item item = {.socket = fx.unit.socket};
        struct unit_reply r;
        struct bus_message m;

        assert_true(mono_since_us(began) < 10000000);
        assert_int_equal(bus_poll(fx.unit.bus, &item, 1, 100), ST_OK);
        while (bus_receive(fx.unit.socket, &m) == ST_OK) {
            arena_reset(fx.unit.arena);
            assert_int_equal(unit_reply_decode(m.body, m.body_bytes, fx.unit.arena, &r),
                             ST_OK);
            assert_int_equal(r.kind, UNIT_REPLY_RECEIPTS);
            assert_int_equal(r.receipts[0].outcome, OUTCOME_ACCEPTED);
            bus_message_close(&m);
            missing--;
        }
    }
    fx.pushed += count;
    fx.last_entry = 0; /* their order among themselves is the sender's */
}

static int64_t
head_tick(void)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    struct journal_head head = {0};

    assert_int_equal(journal_head_read(redis, PROVINCE, &head), ST_OK);
    redis_free(&redis);
    return head.tick;
}

/* Entries are dense and chained (journal_read_after looks), each report stands once. */
static void
each_stands_once(void)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    size_t counts[REPORTS] = {0};
    struct journal_read rd;
    uint64_t after = 0;
    size_t i;

    journal_read_init(&rd);
    do {
        assert_int_equal(
            journal_read_after(redis, PROVINCE, KEY_REPORTS, after, 64, &rd), ST_OK);
        for (i = 0; i < rd.count; i++) {
            struct journal_cursor c = {rd.entries[i].body, rd.entries[i].body_bytes};
            const uint8_t *record;
            size_t bytes;

            after = rd.entries[i].seq;
            while (rd.entries[i].kind == JOURNAL_REPORTS &&
                   journal_record_next(&c, &record, &bytes) == ST_OK) {
                struct report_record r;
                size_t k;

                arena_reset(a);
                assert_int_equal(report_record_decode(record, bytes, a, &r), ST_OK);
                for (k = 0; k < fx.pushed; k++) {
                    const char *unit;
                    char period[16];

                    plan_report(k, &unit, period);
                    counts[k] +=
                        strcmp(unit, r.unit) == 0 && strcmp(period, r.period) == 0;
                }
            }
        }
    } while (rd.count > 0);
    for (i = 0; i < fx.pushed; i++) {
        assert_int_equal(counts[i], 1);
    }
    journal_read_fini(&rd);
    arena_free(&a);
    redis_want(redis, "XLEN dondoc:{" PROVINCE "}:parked", "0");
    redis_free(&redis);
}

/* What `dondoc status` says on the machine of ingest's clock. */
static void
status_read(char *text, size_t bytes)
{
    const char *build = getenv("DONDOC_BUILD");
    char command[700];
    size_t len;
    FILE *f;

    (void)snprintf(command, sizeof command,
                   "%s/bin/dondoc status --redis %s --province %s --lang en 2>&1",
                   build != NULL ? build : "build",
                   redis_server_address(fx.stack.redis), PROVINCE);
    shim_on(PART_INGEST);
    f = popen(command, "r");
    shim_off();
    assert_non_null(f);
    len = fread(text, 1, bytes - 1, f);
    text[len] = '\0';
    (void)pclose(f); /* 1 and 2 are DEGRADED and STOPPED */
}

/* Heartbeats are written once a second, and Redis' clock may just have ended them. */
static void
status_says(const char *first, const char *second)
{
    struct mono began = mono_now();
    char text[8192];

    do {
        status_read(text, sizeof text);
        if (strstr(text, first) != NULL && strstr(text, second) != NULL) {
            return;
        }
        nap_ms(100);
    } while (mono_since_us(began) < 5000000);
    fail_msg("status does not say %s and %s:\n%s", first, second, text);
}

/* ---- claims ---- */

static void
no_clock_loses_or_doubles_a_report(void **state)
{
    static const struct {
        const char *name;
        int64_t at_ms; /* 0: `by_ms` from the right time */
        int64_t by_ms;
    } jumps[] = {
        {"an hour forward", 0, HOUR_MS},
        {"an hour back", 0, -HOUR_MS},
        {"a day forward", 0, 25 * HOUR_MS},
        {"a day back", 0, -24 * HOUR_MS},
        {"1970", HOUR_MS, 0},
        {"2038", INT64_C(2147483648000), 0},
        {"a year forward", 0, 366 * 24 * HOUR_MS},
    };
    char when[64];
    int part;
    size_t i;

    (void)state;
    for (part = PART_INGEST; part <= REDIS; part++) {
        for (i = 0; i < sizeof jumps / sizeof *jumps; i++) {
            int64_t shift = jumps[i].at_ms != 0 ? jumps[i].at_ms - instant_now().ms
                                                : fx.base_ms + jumps[i].by_ms;

            (void)snprintf(when, sizeof when, "part %d, %s", part, jumps[i].name);
            clock_shift(part, shift);
            push_some(when, 1);
            clock_right(part);
            push_some(when, 1);
        }
        push_across(part, fx.base_ms - 30 * 24 * HOUR_MS, 4);
        clock_right(part);
    }
    stack_settle(&fx.stack);
    each_stands_once();
}

static void
a_clock_behind_the_last_tick_is_shown_as_degraded(void **state)
{
    int64_t tick = head_tick();

    (void)state;
    clock_shift(PART_INGEST, fx.base_ms - 5 * 24 * HOUR_MS);
    nap_ms(600);
    push_some("behind", 1);
    assert_int_equal(head_tick(), tick); /* a tick never goes back */
    status_says("DEGRADED", "behind the journal's last tick");
    clock_right(PART_INGEST);
}

static size_t
told_count(void)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char *text = redis_ask(redis, "HLEN dondoc:{" PROVINCE "}:told");
    size_t count = strtoul(text, NULL, 10);

    mem_free(&text);
    redis_free(&redis);
    return count;
}

static void
a_jump_of_more_than_a_day_accuses_nobody_until_it_is_confirmed(void **state)
{
    struct unit_request q = {.kind = UNIT_REQUEST_ACT};
    struct unit_reply r = {0};
    struct wire_receipt late;
    int64_t tick = head_tick();
    size_t told;
    int waited;

    (void)state;
    stack_settle(&fx.stack);
    told = told_count();
    clock_shift(PART_INGEST, civil_ms(2023, 5, 15, 9) - instant_now().ms);
    nap_ms(600); /* two sweeps of ingest */
    push_some("waiting for a person", 1);
    /* Due on 7/2: in time by the last tick, whatever the clock says. */
    side_push(&fx.unit, units[0], "digitisation", "2023-01", FIGURES, "", "", &late);
    assert_int_equal(late.outcome, OUTCOME_ACCEPTED);
    assert_string_equal(late.due, "2023-02-07");
    assert_true(late.on_time);
    stack_settle(&fx.stack);
    /* Whatever depends on a date hangs on the ticks. */
    assert_int_equal(head_tick(), tick);
    assert_int_equal(told_count(), told);
    status_says("DEGRADED", "dondoc tick --confirm");
    q.act = (struct wire_act){.id = "clock-test-1", .kind = "tick-confirm"};
    assert_int_equal(side_ask(&fx.ops, &q, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_DONE);
    for (waited = 0; head_tick() < tick + 90 * 24 && waited < 10000; waited += 50) {
        nap_ms(50);
    }
    assert_true(head_tick() > tick + 90 * 24);
    stack_settle(&fx.stack);
    each_stands_once();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_clock_loses_or_doubles_a_report),
        cmocka_unit_test(a_clock_behind_the_last_tick_is_shown_as_degraded),
        cmocka_unit_test(
            a_jump_of_more_than_a_day_accuses_nobody_until_it_is_confirmed),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
