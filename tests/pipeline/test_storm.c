/*
 * After a power cut every department comes back at once: each with a key and a report
 * of its own, to an ingest that has just begun. All are acknowledged in time, in little
 * memory each. DONDOC_STORM is how many (1.000 here, 10.000 in `make storm`).
 *
 * Seen to fail, with 10.000, when ingest had one thread of libzmq and asked every peer
 * for a heartbeat each 5 s (lib/bus.c): not all were acknowledged within a minute.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
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
#include <zmq.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/attack.h"

#define STORM_MS 15000
#define PEER_BYTES 61440 /* of ingest, each */
#define AGAIN_US 1000000 /* after RETRY_LATER */
#define SILENT_US 10000000
#define SLICE 2500 /* departments of one process */

struct department {
    struct bus_keys keys;
    void *socket;
    bool done;
    struct mono sent;
};

static struct attack_scene fx;
static struct department *departments;
static size_t count;
static void *context;

static size_t
storm_count(void)
{
    const char *text = getenv("DONDOC_STORM");

    return text == NULL ? 1000 : (size_t)strtoul(text, NULL, 10);
}

/* One descriptor a department at the server, two at ours: of SLICE departments a
 * process. */
static bool
descriptors_raise(void)
{
    rlim_t wanted = (rlim_t)(count > SLICE * 2 ? count : SLICE * 2) * 11 / 10;
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

/* ---- departments ---- */

static void
report_send(size_t i)
{
    struct department *d = &departments[i];
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1130, NULL}};
    struct wire_report report = {
        .group = "digitisation", .figures = figures, .figure_count = 2};
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = i + 1,
                             .province = "quang-ngai",
                             .kind = UNIT_REQUEST_PUSH};
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    char period[16];
    struct buf out;

    attack_key(&fx, 0, i, &report.unit, period);
    report.period = period;
    q.push.reports = &report;
    q.push.count = 1;
    buf_init(&out, BUS_MESSAGE_MAX);
    unit_request_encode(&q, a, &out);
    MUST(zmq_send(d->socket, buf_str(&out), out.len, ZMQ_DONTWAIT) > 0);
    d->sent = mono_now();
    buf_fini(&out);
    arena_free(&a);
}

static void
department_connect(size_t i)
{
    struct department *d = &departments[i];
    int zero = 0;
    int first_ms = 100;
    int most_ms = 2000;

    d->socket = zmq_socket(context, ZMQ_DEALER);
    MUST(d->socket != NULL);
    MUST(zmq_setsockopt(d->socket, ZMQ_LINGER, &zero, sizeof zero) == 0);
    MUST(zmq_setsockopt(d->socket, ZMQ_RECONNECT_IVL, &first_ms, sizeof first_ms) == 0);
    MUST(zmq_setsockopt(d->socket, ZMQ_RECONNECT_IVL_MAX, &most_ms, sizeof most_ms) ==
         0);
    MUST(zmq_setsockopt(d->socket, ZMQ_CURVE_SERVERKEY,
                        fx.stack.service_keys.public_key, 40) == 0);
    MUST(zmq_setsockopt(d->socket, ZMQ_CURVE_PUBLICKEY, d->keys.public_key, 40) == 0);
    MUST(zmq_setsockopt(d->socket, ZMQ_CURVE_SECRETKEY, d->keys.secret_key, 40) == 0);
    MUST(zmq_connect(d->socket, fx.units) == 0);
    report_send(i);
}

static void
keyring_write(void)
{
    char path[200];
    FILE *f;
    size_t i;

    departments = mem_alloc(count * sizeof *departments);
    (void)snprintf(path, sizeof path, "%s/keyring", fx.stack.dir);
    f = fopen(path, "a");
    assert_non_null(f);
    for (i = 0; i < count; i++) {
        struct bus_keys *keys = &departments[i].keys;
        const char *unit;
        char period[16];

        assert_int_equal(bus_keys_new(keys), ST_OK);
        attack_key(&fx, 0, i, &unit, period);
        (void)fprintf(f, "%s role=unit name=d%zu scope=%s\n", keys->public_key, i,
                      unit);
    }
    assert_int_equal(fclose(f), 0);
}

/* True: acknowledged. Whose answer says "later" comes again, as who hears nothing. */
static bool
department_turn(size_t i, uint8_t *in, struct arena *a)
{
    struct department *d = &departments[i];
    int got = zmq_recv(d->socket, in, BUS_MESSAGE_MAX, ZMQ_DONTWAIT);
    struct unit_reply r;

    if (got < 0) {
        if (mono_since_us(d->sent) > SILENT_US) {
            report_send(i);
        }
        return false;
    }
    arena_reset(a);
    MUST(unit_reply_decode(in, (size_t)got, a, &r) == ST_OK);
    if (r.kind == UNIT_REPLY_RECEIPTS && r.receipt_count == 1 &&
        (r.receipts[0].outcome == OUTCOME_ACCEPTED ||
         r.receipts[0].outcome == OUTCOME_DUPLICATE)) {
        return true;
    }
    MUST(r.kind != UNIT_REPLY_RECEIPTS || r.receipts[0].outcome == OUTCOME_RETRY_LATER);
    d->sent.us = mono_now().us - SILENT_US + AGAIN_US;
    return false;
}

/* A process of its own: connects, and says so when all of its are acknowledged; keeps
 * them connected until it is told to go. */
static void
slice_run(size_t from, size_t to, int up, int down)
{
    static uint8_t in[BUS_MESSAGE_MAX];
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    size_t left = to - from;
    size_t i;
    char byte = 'x';

    context = zmq_ctx_new();
    MUST(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, SLICE + 16) == 0);
    for (i = from; i < to; i++) {
        department_connect(i);
    }
    MUST(write(up, &byte, 1) == 1); /* all of them are trying */
    while (left > 0) {
        for (i = from; i < to; i++) {
            if (!departments[i].done && department_turn(i, in, a)) {
                departments[i].done = true;
                left--;
            }
        }
        nap_ms(40); /* looking costs the cores that the server needs */
    }
    MUST(write(up, &byte, 1) == 1);
    MUST(read(down, &byte, 1) == 0); /* its end: we may go */
    _exit(0);
}

static size_t
slices_start(int up[2], int down[2])
{
    size_t slices = 0;
    size_t from;

    assert_int_equal(pipe(up), 0);
    assert_int_equal(pipe(down), 0);
    /* Else ingest, which is started later, would hold the end open. */
    assert_int_equal(fcntl(down[1], F_SETFD, FD_CLOEXEC), 0);
    for (from = 0; from < count; from += SLICE) {
        pid_t pid = fork(); /* with a context of its own, and none of ours used */

        assert_true(pid >= 0);
        if (pid == 0) {
            (void)close(down[1]);
            (void)alarm(4 * STORM_MS / 1000);
            slice_run(from, from + SLICE < count ? from + SLICE : count, up[1],
                      down[0]);
        }
        slices++;
    }
    (void)close(up[1]);
    return slices;
}

/* False: one of them has died. */
static bool
slices_wait(int up, size_t slices)
{
    char byte;

    while (slices > 0 && read(up, &byte, 1) == 1) {
        slices--;
    }
    return slices == 0;
}

static void
all_are_acknowledged_after_a_restart(void **state)
{
    struct mono began;
    size_t resident;
    size_t slices;
    bool served;
    int up[2], down[2];
    int64_t took;

    (void)state;
    if (count == 0) {
        skip();
    }
    stack_part_kill(&fx.stack, PART_INGEST);
    keyring_write();
    slices = slices_start(up, down);
    assert_true(slices_wait(up[0], slices));
    began = mono_now();
    stack_part_start(&fx.stack, PART_INGEST);
    resident = attack_resident_kb(fx.stack.pids[PART_INGEST]);
    served = slices_wait(up[0], slices);
    took = mono_since_us(began) / 1000;
    resident = attack_resident_kb(fx.stack.pids[PART_INGEST]) - resident;
    print_message("%zu departments: %s in %lld ms, %zu bytes each\n", count,
                  served ? "acknowledged" : "NOT acknowledged", (long long)took,
                  resident * 1024 / count);
    (void)close(down[1]);
    while (slices-- > 0) {
        (void)wait(NULL); /* gone, or by its alarm */
    }
    mem_free(&departments);
    assert_true(served);
    assert_true(took <= STORM_MS);
    assert_true(resident * 1024 / count <= PEER_BYTES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_acknowledged_after_a_restart),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
