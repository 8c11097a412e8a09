// link: courier
/* Messages in hand: when the first may go, by the hours of its office. */
#include "courier/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "lib/mem.h"

#define NOW 100000

/* Waiting times, in order, up to a -1. */
static void
fill(struct queue *q, const int64_t *waits)
{
    size_t i;

    for (i = 0; waits[i] >= 0; i++) {
        struct message m = {
            .position = i + 1, .at_ms = NOW - 50000, .wait_until_ms = waits[i]};

        (void)snprintf(m.id, sizeof m.id, "A-1/%zu", i + 1);
        m.reply = mem_copy("x", 1);
        assert_true(queue_put(q, &m));
    }
}

static void
the_first_may_go_when_any_of_them_may(void **state)
{
    static const struct {
        const char *name;
        int64_t waits[5];
        int64_t due;
        size_t undelivered;
        int64_t longest;
    } cases[] = {
        {"nothing", {-1}, INT64_MAX, 0, 0},
        {"one at once", {0, -1}, 0, 1, 50000},
        {"one waits", {NOW + 9, -1}, NOW + 9, 0, 0},
        {"its hour has come", {NOW, -1}, NOW, 1, 0},
        {"its hour came a while ago", {NOW - 20000, -1}, NOW - 20000, 1, 20000},
        {"two wait, the second less", {NOW + 9, NOW + 5, -1}, NOW + 5, 0, 0},
        {"an urgent one takes those before it along",
         {NOW + 9, NOW + 9, 0, -1},
         0,
         3,
         50000},
        {"and not those behind it", {NOW + 9, 0, NOW + 9, -1}, 0, 2, 50000},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct queue q = {0};
        int64_t longest;
        size_t count;

        fill(&q, cases[i].waits);
        count = queue_undelivered(&q, NOW, &longest);
        if (queue_due_ms(&q) != cases[i].due || count != cases[i].undelivered ||
            longest != cases[i].longest) {
            fail_msg("%s: due %lld, undelivered %zu, longest %lld", cases[i].name,
                     (long long)queue_due_ms(&q), count, (long long)longest);
        }
        queue_fini(&q);
    }
}

/* Two wait, the urgent one is gone: what is left waits on. */
static void
what_is_behind_an_urgent_one_waits_on_when_that_is_gone(void **state)
{
    static const int64_t waits[] = {NOW + 9, 0, NOW + 9, -1};
    struct queue q = {0};

    (void)state;
    fill(&q, waits);
    queue_drop(&q, 0, 1);
    assert_int_equal(queue_due_ms(&q), 0);
    queue_drop(&q, 0, 1);
    assert_int_equal(queue_due_ms(&q), NOW + 9);
    assert_true(queue_holds(&q, 3, "A-1/3"));
    assert_false(queue_holds(&q, 2, "A-1/2"));
    assert_false(queue_holds(&q, 3, "A-1/2"));
    queue_fini(&q);
}

static void
a_window_full_of_waiting_ones_asks_for_more_and_at_last_lets_the_oldest_go(void **state)
{
    static const int64_t wait[] = {NOW + 9, -1};
    static const int64_t urgent[] = {0, -1};
    struct message one_more = {.position = 999};
    struct queue q = {0};
    unsigned i;

    (void)state;
    for (i = 0; i < CREDIT - 1; i++) {
        fill(&q, wait);
    }
    assert_false(queue_hides(&q, CREDIT, NOW));
    fill(&q, wait);
    assert_true(queue_hides(&q, CREDIT, NOW));
    assert_false(queue_hides(&q, CREDIT, NOW + 9)); /* their hour has come */
    assert_false(queue_hides(&q, CREDIT_MOST, NOW));
    fill(&q, urgent);
    assert_false(queue_hides(&q, CREDIT, NOW)); /* it came through */
    queue_drop(&q, CREDIT, 1);
    for (i = CREDIT; i < CREDIT_MOST; i++) {
        assert_int_equal(queue_due_ms(&q), NOW + 9);
        fill(&q, wait);
    }
    assert_int_equal(queue_due_ms(&q), 0); /* there is no larger window */
    assert_false(queue_put(&q, &one_more));
    queue_drop(&q, 0, 1);
    assert_int_equal(queue_due_ms(&q), NOW + 9);
    queue_fini(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_may_go_when_any_of_them_may),
        cmocka_unit_test(what_is_behind_an_urgent_one_waits_on_when_that_is_gone),
        cmocka_unit_test(
            a_window_full_of_waiting_ones_asks_for_more_and_at_last_lets_the_oldest_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
