/*
 * A department with a good key that wants everything for itself: eight connections, as
 * many pushes as they take, answers never read. The others' reports are acknowledged in
 * time, nothing of its own is lost or taken twice, and it is told to come again when
 * its share of the queue is full.
 *
 * Seen to fail without the limit of a lane and with batches that end where a key comes
 * twice (ingest/queue.h): the others waited for seconds, or heard that the queue was
 * full.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/attack.h"

#define CONNECTIONS 8
#define PUSHES 64          /* made once, sent again and again */
#define ROGUE_REPORTS 5760 /* 60 communes, 96 months */

static struct attack_scene fx;
static struct buf pushes[PUSHES];
static size_t push_count;

static int
setup(void **state)
{
    (void)state;
    attack_open(&fx);
    return 0;
}

static int
teardown(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < PUSHES; i++) {
        buf_fini(&pushes[i]);
    }
    attack_close(&fx);
    return 0;
}

/* ---- what the greedy one sends ---- */

static void
pushes_clear(void)
{
    size_t i;

    for (i = 0; i < PUSHES; i++) {
        buf_fini(&pushes[i]);
        buf_init(&pushes[i], BUS_MESSAGE_MAX);
    }
    push_count = 0;
}

static void
request_add(struct unit_request *q)
{
    struct arena *a = arena_new(4 * WIRE_ARENA_BYTES);

    assert_true(push_count < PUSHES);
    q->version = WIRE_VERSION;
    q->request_id = push_count + 1;
    q->province = "quang-ngai";
    unit_request_encode(q, a, &pushes[push_count++]);
    arena_free(&a);
}

/* One push of reports first to first + count of its communes. */
static void
push_add(size_t first, size_t count, int64_t digitised)
{
    static struct wire_report reports[WIRE_REPORTS_MAX];
    static char periods[WIRE_REPORTS_MAX][16];
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, digitised, NULL}};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    size_t i;

    for (i = 0; i < count; i++) {
        reports[i] = (struct wire_report){.group = "digitisation",
                                          .period = periods[i],
                                          .figures = figures,
                                          .figure_count = 2};
        attack_key(&fx, fx.rogue_from, first + i, &reports[i].unit, periods[i]);
    }
    q.push.reports = reports;
    q.push.count = count;
    request_add(&q);
}

static void
questions_add(void)
{
    static struct wire_key keys[WIRE_REPORTS_MAX];
    static char periods[WIRE_REPORTS_MAX][16];
    struct unit_request q = {.kind = UNIT_REQUEST_STANDING};
    size_t i;

    for (i = 0; i < WIRE_REPORTS_MAX; i++) {
        keys[i].group = "digitisation";
        keys[i].period = periods[i];
        attack_key(&fx, fx.rogue_from, i, &keys[i].unit, periods[i]);
    }
    q.standing.keys = keys;
    q.standing.count = WIRE_REPORTS_MAX;
    request_add(&q);
}

static void
greed(void)
{
    static struct raw_peer peers[CONNECTIONS];
    struct mono began = mono_now();
    size_t i;
    size_t n = 0;

    for (i = 0; i < CONNECTIONS; i++) {
        if (!raw_open(&peers[i], fx.units, fx.stack.service_keys.public_key, &fx.rogue,
                      "CURVE", "", 0, RAW_INITIATE)) {
            _exit(1);
        }
    }
    while (!attack_over(began)) {
        const struct buf *push = &pushes[n++ % push_count];

        for (i = 0; i < CONNECTIONS; i++) {
            if (!raw_send(&peers[i], 0, buf_str(push), push->len)) {
                raw_close(&peers[i]);
                (void)raw_open(&peers[i], fx.units, fx.stack.service_keys.public_key,
                               &fx.rogue, "CURVE", "", 0, RAW_INITIATE);
            }
        }
    }
}

static void
greed_leaves_the_others_served(const char *name)
{
    attack_serves(&fx, greed, name);
}

/* ---- the attacks ---- */

static void
new_reports_without_end(void **state)
{
    size_t i;

    (void)state;
    pushes_clear();
    for (i = 0; i < 57; i++) {
        push_add(i * 100, 100, 1130);
    }
    greed_leaves_the_others_served("new reports, then the same again");
}

static void
one_key_again_and_again_which_ends_every_batch(void **state)
{
    size_t i;

    (void)state;
    pushes_clear();
    for (i = 0; i < PUSHES; i++) {
        push_add(ROGUE_REPORTS - 1, 1, 1000 + (int64_t)i);
    }
    greed_leaves_the_others_served("one key again and again");
}

static void
corrections_that_name_nothing(void **state)
{
    size_t i;

    (void)state;
    pushes_clear();
    for (i = 0; i < 57; i++) {
        push_add(i * 100, 100, 7);
    }
    greed_leaves_the_others_served("corrections that name nothing");
}

static void
questions_without_end(void **state)
{
    (void)state;
    pushes_clear();
    questions_add();
    greed_leaves_the_others_served("questions of a hundred keys");
}

/* Sent again as a client does, all of it is there, and each report once. */
static void
what_it_sent_stands_once(void **state)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    struct wire_receipt r;
    struct side rogue;
    char count[24];
    size_t i;

    (void)state;
    side_open(&rogue, &fx.stack, SIDE_UNITS, &fx.rogue);
    for (i = 0; i < ROGUE_REPORTS; i++) {
        const char *unit;
        char period[16];

        attack_key(&fx, fx.rogue_from, i, &unit, period);
        do {
            side_push(&rogue, unit, "digitisation", period,
                      "results_in_force=2386 results_in_force_digitised=1130", "", "",
                      &r);
        } while (r.outcome == OUTCOME_RETRY_LATER);
        assert_true(r.outcome != OUTCOME_REJECTED);
    }
    side_close(&rogue);
    (void)snprintf(count, sizeof count, "%zu", ROGUE_REPORTS + fx.pushed);
    redis_want(redis, "HLEN dondoc:{quang-ngai}:receipts", count);
    redis_free(&redis);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_reports_without_end),
        cmocka_unit_test(one_key_again_and_again_which_ends_every_batch),
        cmocka_unit_test(corrections_that_name_nothing),
        cmocka_unit_test(questions_without_end),
        cmocka_unit_test(what_it_sent_stands_once),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
