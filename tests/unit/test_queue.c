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
put(unsigned lane, const char *key)
{
    struct pending *pend = &pends[made];

    assert_true(made < PENDS);
    pend->at = made++;
    pend->lane = lane;
    pend->since = mono_now();
    if (key != NULL) {
        (void)snprintf(pend->checked.key, sizeof pend->checked.key, "%s", key);
    } else {
        (void)snprintf(pend->checked.key, sizeof pend->checked.key, "u/g/%zu", made);
    }
    /* Equal for equal keys is all that is asked of it: now of few values, now of one.
     */
    pend->checked.key_hash =
        (uint32_t)(strlen(pend->checked.key) * 7 + (uint8_t)pend->checked.key[0] % 2);
    queue_put(q, pend);
}

static void
put_many(unsigned lane, size_t count)
{
    while (count-- > 0) {
        put(lane, NULL);
    }
}

/* What is picked, by `at`, against "0 2 5"; then what is left. */
static void
want_picked(size_t most, const char *want, const char *want_left)
{
    char got[200] = "";
    char left[200] = "";
    struct pending *pend;

    for (pend = queue_pick(q, most); pend != NULL; pend = pend->next) {
        (void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s%zu",
                       got[0] == '\0' ? "" : " ", pend->at);
    }
    for (pend = q->first; pend != NULL; pend = pend->next) {
        (void)snprintf(left + strlen(left), sizeof left - strlen(left), "%s%zu",
                       left[0] == '\0' ? "" : " ", pend->at);
        assert_true(pend->next != NULL || pend == q->last);
    }
    assert_string_equal(got, want);
    assert_string_equal(left, want_left);
}

static void
first_come_first_served(void **state)
{
    (void)state;
    put_many(1, 3);
    put_many(2, 3);
    want_picked(4, "0 1 2 3", "4 5");
    want_picked(4, "4 5", "");
    want_picked(4, "", "");
    put_many(1, 1); /* an emptied queue takes again */
    want_picked(4, "6", "");
}

static void
who_sends_a_key_twice_waits_alone_and_keeps_his_order(void **state)
{
    (void)state;
    put(1, "a");
    put(1, "a"); /* waits, */
    put(1, "b"); /* and so does what the same one sent later, */
    put(2, "c"); /* but nobody else */
    put(3, "a"); /* the same key by an office above: not overtaken */
    put(3, "d");
    put(2, "e");
    want_picked(10, "0 3 6", "1 2 4 5");
    want_picked(10, "1 2", "4 5");
    want_picked(10, "4 5", "");
}

/* Of any number that waits and any that is asked for: the first of them, each once. */
static void
as_many_as_there_are_and_as_are_asked_for(void **state)
{
    size_t waiting;
    size_t most;

    (void)state;
    for (waiting = 0; waiting < 40; waiting++) {
        for (most = 1; most < 40; most++) {
            size_t before = made;
            size_t count = 0;
            struct pending *pend;

            put_many((unsigned)(waiting % QUEUE_LANES), waiting);
            for (pend = queue_pick(q, most); pend != NULL; pend = pend->next) {
                assert_int_equal(pend->at, before + count);
                count++;
            }
            assert_int_equal(count, waiting < most ? waiting : most);
            while (q->first != NULL) {
                assert_int_equal(queue_take(q)->at, before + count);
                count++;
            }
            assert_int_equal(count, waiting);
            assert_int_equal(q->count, 0);
        }
    }
}

/* Lanes are bits of words: the neighbours of one that waits do not. */
static void
who_waits_keeps_nobody_else_waiting(void **state)
{
    unsigned lane;

    (void)state;
    for (lane = 0; lane < QUEUE_LANES; lane += 31) {
        char want[200];
        size_t at = made;

        put(lane, "a");
        put(lane, "a");
        put((lane + 1) % QUEUE_LANES, "b");
        put((lane + QUEUE_LANES - 1) % QUEUE_LANES, "c");
        put((lane + 64) % QUEUE_LANES, "d");
        put(lane, "e");
        (void)snprintf(want, sizeof want, "%zu %zu %zu %zu", at, at + 2, at + 3,
                       at + 4);
        {
            char left[200];

            (void)snprintf(left, sizeof left, "%zu %zu", at + 1, at + 5);
            want_picked(10, want, left);
            want_picked(10, left, "");
        }
    }
}

static void
what_comes_back_stands_before_what_was_passed_over(void **state)
{
    struct pending *pend;
    struct pending *second;

    (void)state;
    put(1, "a");
    put(1, "b");
    put(1, "a");
    pend = queue_pick(q, 10);
    second = pend->next;
    queue_return(q, second);
    queue_return(q, pend);
    want_picked(1, "0", "1 2");
    want_picked(10, "1 2", "");
}

static void
one_sender_has_a_limit_and_the_others_have_room(void **state)
{
    (void)state;
    while (queue_room(q, 1, 100)) {
        put_many(1, 100);
    }
    assert_int_equal(q->waiting[1], 4000);
    assert_false(queue_room(q, 1, 97));
    assert_true(queue_room(q, 1, 96));
    assert_true(queue_room(q, 2, QUEUE_LANE_MAX));
    assert_false(queue_room(q, 2, QUEUE_LANE_MAX + 1));
    (void)queue_pick(q, 256); /* what is decided is not waiting */
    assert_true(queue_room(q, 1, 200));
    (void)queue_take(q);
    assert_int_equal(q->waiting[1], 4000 - 256 - 1);
}

static void
the_whole_queue_has_a_limit(void **state)
{
    unsigned lane;

    (void)state;
    for (lane = 0; lane < QUEUE_REPORTS_MAX / QUEUE_LANE_MAX; lane++) {
        put_many(lane, QUEUE_LANE_MAX);
    }
    assert_false(queue_room(q, lane, 1));
    assert_int_equal(q->count, QUEUE_REPORTS_MAX);
}

/* Only so many questions of one, and of all. */
static void
questions_are_counted_for_each(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < QUEUE_CHORES_A_LANE; i++) {
        assert_true(queue_chore(q, 5));
    }
    assert_false(queue_chore(q, 5));
    assert_true(queue_chore(q, 6));
    queue_chore_done(q, 5);
    assert_true(queue_chore(q, 5));
}

static void
two_keys_of_one_principal_share_a_lane(void **state)
{
    (void)state;
    assert_int_equal(queue_lane(ROLE_UNIT, "21040"), queue_lane(ROLE_UNIT, "21040"));
    assert_int_not_equal(queue_lane(ROLE_UNIT, "21040"),
                         queue_lane(ROLE_UNIT, "21043"));
    assert_int_not_equal(queue_lane(ROLE_UNIT, "x"), queue_lane(ROLE_OPS, "x"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_come_first_served),
        TEST(who_sends_a_key_twice_waits_alone_and_keeps_his_order),
        TEST(as_many_as_there_are_and_as_are_asked_for),
        TEST(who_waits_keeps_nobody_else_waiting),
        TEST(what_comes_back_stands_before_what_was_passed_over),
        TEST(one_sender_has_a_limit_and_the_others_have_room),
        TEST(the_whole_queue_has_a_limit),
        TEST(questions_are_counted_for_each),
        TEST(two_keys_of_one_principal_share_a_lane),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
