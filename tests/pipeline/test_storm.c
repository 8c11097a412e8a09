/*
 * After a power cut every department comes back at once: each with a key and a report
 * of its own, to an ingest that has just begun. All are acknowledged in time, in little
 * memory each; and who comes afterwards is served while all of them stay connected.
 * DONDOC_STORM is how many (1.000 here, 10.000 in `make storm`).
 *
 * Seen to fail, with 10.000, when ingest asked every unit for a heartbeat each 5 s
 * (lib/bus.c): not all were acknowledged within a minute.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/attack.h"
#include "tests/support/crowd.h"

#define STORM_MS 15000
#define PEER_BYTES 61440 /* of ingest, each */
#define CROWD_MS 60000   /* then it gives up */
#define TURN_MS 20
#define UNITS_FROM 30 /* those before are reported by who comes afterwards */

static struct attack_scene fx;
static struct bus_keys *keys;
static size_t count;

static size_t
storm_count(void)
{
    const char *text = getenv("DONDOC_STORM");

    return text == NULL ? 1000 : (size_t)strtoul(text, NULL, 10);
}

/* One descriptor a department at the server, and one at ours. */
static bool
descriptors_raise(void)
{
    rlim_t wanted = (rlim_t)count * 11 / 10 + 100;
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    }
    if (limit.rlim_cur < wanted) {
        print_message("SKIPPED: %zu departments need %llu descriptors a process, the "
                      "hard limit is %llu: raise it (ulimit -Hn)\n",
                      count, (unsigned long long)wanted,
                      (unsigned long long)limit.rlim_max);
        return false;
    }
    return true;
}

static int
setup(void **state)
{
    (void)state;
    count = storm_count();
    if (descriptors_raise()) {
        attack_open_with_port(&fx);
    } else {
        count = 0;
    }
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    if (count > 0) {
        attack_close(&fx);
    }
    return 0;
}

static void
keyring_write(void)
{
    char path[200];
    FILE *f;
    size_t i;

    keys = mem_alloc(count * sizeof *keys);
    (void)snprintf(path, sizeof path, "%s/keyring", fx.stack.dir);
    f = fopen(path, "ae");
    assert_non_null(f);
    for (i = 0; i < count; i++) {
        const char *unit;
        char period[16];

        assert_int_equal(bus_keys_new(&keys[i]), ST_OK);
        attack_key(&fx, UNITS_FROM, i, &unit, period);
        (void)fprintf(f, "%s role=unit name=d%zu scope=%s\n", keys[i].public_key, i,
                      unit);
    }
    assert_int_equal(fclose(f), 0);
}

/* ---- the departments ---- */

static size_t
report_of(void *context, size_t i, uint8_t *bytes)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1130, NULL}};
    struct wire_report report = {
        .group = "digitisation", .figures = figures, .figure_count = 2};
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = i + 1,
                             .province = "quang-ngai",
                             .kind = UNIT_REQUEST_PUSH};
    struct arena *a = context;
    char period[16];
    struct buf out;
    size_t len;

    attack_key(&fx, UNITS_FROM, i, &report.unit, period);
    report.period = period;
    q.push.reports = &report;
    q.push.count = 1;
    arena_reset(a);
    buf_init(&out, BUS_MESSAGE_MAX);
    unit_request_encode(&q, a, &out);
    len = out.len;
    memcpy(bytes, buf_str(&out), len);
    buf_fini(&out);
    return len;
}

/* Whose answer says "later" comes again. */
static bool
receipt_heard(void *context, size_t i, const uint8_t *body, size_t bytes)
{
    struct arena *a = context;
    struct unit_reply r;

    (void)i;
    arena_reset(a);
    MUST(unit_reply_decode(body, bytes, a, &r) == ST_OK);
    MUST(r.kind != UNIT_REPLY_RECEIPTS || r.receipt_count == 1);
    if (r.kind == UNIT_REPLY_RECEIPTS && (r.receipts[0].outcome == OUTCOME_ACCEPTED ||
                                          r.receipts[0].outcome == OUTCOME_DUPLICATE)) {
        return true;
    }
    MUST(r.kind != UNIT_REPLY_RECEIPTS || r.receipts[0].outcome == OUTCOME_RETRY_LATER);
    return false;
}

static void
figures_say(const struct crowd *c, int up)
{
    struct crowd_figures f = crowd_figures(c);

    MUST(write(up, &f, sizeof f) == sizeof f);
}

/* A process of its own: says when all have tried, and when all are acknowledged or it
 * gives up; then stays connected until it is told to go. */
static void
crowd_run(int up, int down)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct crowd *c =
        crowd_new(count, fx.stack.units_port, fx.stack.service_keys.public_key,
                  report_of, receipt_heard, a);
    struct mono began = mono_now();
    char byte;
    size_t i;

    for (i = 0; i < count; i++) {
        crowd_key(c, i, &keys[i]);
    }
    while (crowd_figures(c).tries < count) {
        crowd_turn(c, TURN_MS);
    }
    figures_say(c, up);
    while (crowd_figures(c).answered < count &&
           mono_since_us(began) < (int64_t)CROWD_MS * 1000) {
        crowd_turn(c, TURN_MS);
    }
    figures_say(c, up);
    while (read(down, &byte, 1) < 0) { /* until its end */
        crowd_turn(c, TURN_MS);
    }
    figures_say(c, up);
    crowd_free(&c);
    _exit(0);
}

static pid_t
crowd_start(int *up, int *down)
{
    int ups[2], downs[2];
    pid_t pid;

    assert_int_equal(pipe(ups), 0);
    assert_int_equal(pipe(downs), 0);
    /* Else ingest, which is started later, would hold the end open. */
    assert_int_equal(fcntl(downs[1], F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(fcntl(downs[0], F_SETFL, O_NONBLOCK), 0);
    pid = fork(); /* it uses nothing of ours but memory */
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(downs[1]);
        crowd_run(ups[1], downs[0]);
    }
    (void)close(ups[1]);
    (void)close(downs[0]);
    *up = ups[0];
    *down = downs[1];
    return pid;
}

static struct crowd_figures
figures_read(int up)
{
    struct crowd_figures f;

    assert_int_equal(read(up, &f, sizeof f), sizeof f);
    return f;
}

/* ---- afterwards ---- */

static void
nothing(void)
{
    struct mono began = mono_now();

    while (!attack_over(began)) {
        nap_ms(TURN_MS);
    }
}

/* Of ingest so far, in hundredths of a second. */
static unsigned long
ticks_of(pid_t pid)
{
    unsigned long user = 0;
    unsigned long kernel = 0;
    char path[64];
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "re");
    assert_non_null(f);
    assert_int_equal(fscanf(f,
                            "%*d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                            "%lu %lu",
                            &user, &kernel),
                     2);
    (void)fclose(f); /* only read */
    return user + kernel;
}

/* Whoever else comes is served as ever, with all of them connected. */
static void
others_are_served(void)
{
    pid_t ingest = fx.stack.pids[PART_INGEST];
    struct mono began;
    unsigned long ticks;

    fx.pids[PART_INGEST] = ingest;
    fx.resident_kb = attack_resident_kb(ingest);
    attack_recovered(&fx, "after the storm");
    began = mono_now();
    ticks = ticks_of(ingest);
    attack_serves(&fx, nothing, "with all of them connected");
    print_message("meanwhile ingest used %lld per cent of a core\n",
                  (long long)(ticks_of(ingest) - ticks) * 1000000 /
                      mono_since_us(began));
}

static void
all_are_acknowledged_after_a_restart(void **state)
{
    struct crowd_figures f;
    struct mono began;
    size_t resident;
    int64_t took;
    int up, down;
    pid_t pid;

    (void)state;
    if (count == 0) {
        skip();
    }
    stack_part_kill(&fx.stack, PART_INGEST);
    keyring_write();
    pid = crowd_start(&up, &down);
    (void)figures_read(up);
    began = mono_now();
    stack_part_start(&fx.stack, PART_INGEST);
    resident = attack_resident_kb(fx.stack.pids[PART_INGEST]);
    f = figures_read(up);
    took = mono_since_us(began) / 1000;
    resident = attack_resident_kb(fx.stack.pids[PART_INGEST]) - resident;
    print_message("%zu of %zu departments acknowledged in %lld ms, %zu bytes each; "
                  "%zu connections, %zu found nobody, %zu were too late, %zu were "
                  "ended\n",
                  f.answered, count, (long long)took, resident * 1024 / count, f.tries,
                  f.refused, f.late, f.broken);
    assert_int_equal(f.answered, count);
    assert_true(took <= STORM_MS);
    assert_true(resident * 1024 / count <= PEER_BYTES);
    others_are_served();
    (void)close(down);
    f = figures_read(up);
    assert_int_equal(f.connected, count); /* nobody was taken for dead */
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    mem_free(&keys);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_acknowledged_after_a_restart),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
