/* link: ingest */
/* Who sends more than his share waits for himself, and nobody's order is changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/ingest.h"
#include "lib/mem.h"

#define PENDS 70000u

static struct queue *q;
static struct pending *pends; /* `at` counts them in the order of their arrival */
static size_t made;

static int
setup(void **state)
{
    (void)state;
    q = mem_alloc(sizeof *q);
    pends = mem_alloc(PENDS * sizeof *pends);
    made = 0;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    mem_free(&q);
    mem_free(&pends);
    return 0;
}

static void
put(unsigned lane, size_t count)
{
    while (count-- > 0) {
        struct pending *pend = &pends[made];

        pend->at = made++;
        pend->lane = lane;
        pend->since = mono_now();
        queue_put(q, pend);
    }
}

static void
one_batch_takes_from_everybody_who_waits(void **state)
{
    size_t of[4] = {0};
    size_t i;

    (void)state;
    put(1, 5000); /* the greedy one: the front is all his */
    put(2, 1);
    put(3, 100);
    for (i = 0; i < JOURNAL_RECORDS_MAX; i++) {
        assert_int_equal(queue_take(q)->lane, 1);
    }
    assert_null(q->first);
    queue_fill(q);
    while (q->first != NULL) {
        of[queue_take(q)->lane]++;
    }
    /* Turns of 32: all of who has little, and his share goes on to their end. */
    assert_int_equal(of[2], 1);
    assert_int_equal(of[3], 100);
    assert_int_equal(of[1], 256 - 101);
    assert_int_equal(q->count, 5000 + 101 - 2 * 256);
}

static void
everybodys_order_stays_also_of_what_came_back(void **state)
{
    struct pending *batch[JOURNAL_RECORDS_MAX];
    size_t last[3] = {0};
    size_t taken = 0;
    size_t i;

    (void)state;
    put(0, 300);
    put(1, 300);
    put(2, 300);
    queue_fill(q);
    for (i = 0; i < JOURNAL_RECORDS_MAX; i++) {
        batch[i] = queue_take(q);
    }
    queue_fill(q);
    while (i > 0) { /* the connection was lost: all of it again */
        queue_return(q, batch[--i]);
    }
    while (q->first != NULL) {
        struct pending *pend = queue_take(q);

        assert_true(last[pend->lane] <= pend->at);
        last[pend->lane] = pend->at;
        taken++;
        if (q->first == NULL) {
            queue_fill(q);
        }
    }
    assert_int_equal(taken, 900);
    assert_int_equal(q->count, 0);
}

static void
one_sender_gets_half_of_the_room_and_the_next_half_of_the_rest(void **state)
{
    (void)state;
    /* The first batch stands in the front and counts for nobody's lane. */
    put(1, JOURNAL_RECORDS_MAX);
    while (queue_room(q, 1, 100)) {
        put(1, 100);
    }
    assert_in_range(q->lanes[1].count, 32500, 32768);
    assert_true(queue_room(q, 2, 100));
    while (queue_room(q, 2, 100)) {
        put(2, 100);
    }
    assert_in_range(q->lanes[2].count, 16000, 16384);
    assert_true(queue_room(q, 3, 100));
    assert_false(queue_room(q, 1, 1));
    assert_true(q->count < QUEUE_REPORTS_MAX);
}

static void
who_waited_too_long_is_found_in_every_lane(void **state)
{
    struct pending *pend;
    size_t i;

    (void)state;
    put(9, JOURNAL_RECORDS_MAX);
    for (i = 0; i < 30; i++) {
        put((unsigned)(i % 3), 1);
    }
    for (i = 0; i < 30; i++) {
        if (i % 3 != 1) {
            pends[JOURNAL_RECORDS_MAX + i].since.us -= 2000000;
        }
    }
    for (i = 0; (pend = queue_take_older(q, 1000000)) != NULL; i++) {
        assert_int_not_equal(pend->lane, 1);
    }
    assert_int_equal(i, 20);
    assert_int_equal(q->turn_count, 1);
    assert_int_equal(q->count, JOURNAL_RECORDS_MAX + 10);
    put(2, 1); /* the ring is whole */
    for (i = 0; i < JOURNAL_RECORDS_MAX; i++) {
        (void)queue_take(q);
    }
    assert_null(queue_take_older(q, 1000000));
    assert_int_equal(q->front, 11); /* and the front is filled */
    for (i = 0; i < 11; i++) {
        assert_int_equal(queue_take(q)->lane, i < 10 ? 1 : 2);
    }
}

static void
who_is_held_waits_in_his_lane_and_holds_up_nobody(void **state)
{
    struct pending *held = NULL;
    size_t i;

    (void)state;
    put(1, 400);
    put(2, 3);
    while (q->first != NULL) { /* 256 of the first, which all have to wait */
        struct pending *pend = queue_take(q);

        pend->next = held;
        held = pend;
    }
    while (held != NULL) {
        struct pending *pend = held;

        held = pend->next;
        queue_hold(q, pend);
    }
    queue_fill(q);
    assert_int_equal(q->count, 403);
    for (i = 0; i < 35; i++) {
        struct pending *pend = queue_take(q);

        assert_int_equal(pend->lane, i < 32 ? 1 : 2);
        assert_int_equal(pend->at, i < 32 ? i : 400 + i - 32);
    }
}

static void
questions_of_one_sender_leave_room_for_the_others(void **state)
{
    unsigned lane;
    size_t i;

    (void)state;
    for (i = 0; i < QUEUE_CHORES_A_LANE; i++) {
        assert_true(queue_chore(q, 5));
    }
    assert_false(queue_chore(q, 5));
    assert_true(queue_chore(q, 6));
    queue_chore_done(q, 5);
    assert_true(queue_chore(q, 5));
    for (lane = 7; queue_chore(q, lane); lane = lane % 1000 + 7) {
    }
    assert_int_equal(q->chore_count, QUEUE_CHORES_MAX);
}

static void
two_keys_of_one_principal_share_a_lane_and_roles_do_not(void **state)
{
    size_t used = 0;
    static bool seen[QUEUE_LANES];
    unsigned i;

    (void)state;
    assert_int_equal(queue_lane(ROLE_UNIT, "21043"), queue_lane(ROLE_UNIT, "21043"));
    assert_int_not_equal(queue_lane(ROLE_UNIT, "21043"), queue_lane(ROLE_OPS, "21043"));
    for (i = 0; i < 1000; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "%u", 21000 + i);
        used += !seen[queue_lane(ROLE_UNIT, name)];
        seen[queue_lane(ROLE_UNIT, name)] = true;
    }
    /* 1000 thrown at random into 1024 hit 1024 * (1 - 1/e^(1000/1024)), 638 of them. */
    assert_in_range(used, 580, 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_batch_takes_from_everybody_who_waits),
        TEST(everybodys_order_stays_also_of_what_came_back),
        TEST(one_sender_gets_half_of_the_room_and_the_next_half_of_the_rest),
        TEST(who_waited_too_long_is_found_in_every_lane),
        TEST(who_is_held_waits_in_his_lane_and_holds_up_nobody),
        TEST(questions_of_one_sender_leave_room_for_the_others),
        TEST(two_keys_of_one_principal_share_a_lane_and_roles_do_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
