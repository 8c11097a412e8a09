/* link: notifier */
/* alone: what a key takes is taken within one second */
/* What a key may ask of the notifier in a second, and that others lose nothing by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "notifier/share.h"
#include "tests/support/child.h"

#define GREEDY "greedy-key"
#define OTHER "other-key"

static struct shares *shares;

static int
setup(void **state)
{
    (void)state;
    shares = shares_new(7);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    shares_free(&shares);
    return 0;
}

static unsigned
taken_of(enum role role, const char *key, unsigned cost)
{
    unsigned count = 0;

    while (count < 100000 && share_take(shares, role, key, cost)) {
        count++;
    }
    return count;
}

/* A share that were the service's and not the key's: the second line fails. */
static void
each_key_has_a_share_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(taken_of(ROLE_LEADER, GREEDY, SHARE_ANY), SHARE_A_SECOND);
    assert_int_equal(taken_of(ROLE_LEADER, OTHER, SHARE_ANY), SHARE_A_SECOND);
    assert_int_equal(taken_of(ROLE_COURIER, "courier", SHARE_ANY), SHARE_A_COURIER);
    assert_int_equal(taken_of(ROLE_OPS, "ops", SHARE_PREVIEW), 20);
}

/* The numbers that share.h and doc/operations.md name. */
static void
a_share_is_this_many_of_each_kind(void **state)
{
    static const struct {
        enum role role;
        struct leader_request q;
        unsigned a_second;
    } cases[] = {
        {ROLE_LEADER, {.kind = LEADER_REQUEST_BEAT}, 1000},
        {ROLE_LEADER, {.kind = LEADER_REQUEST_RECEIVED}, 1000},
        {ROLE_LEADER, {.kind = LEADER_REQUEST_SUBSCRIBE}, 50},
        {ROLE_LEADER, {.kind = LEADER_REQUEST_SUBSCRIBE, .from_start = true}, 4},
        {ROLE_LEADER, {.kind = LEADER_REQUEST_ACKNOWLEDGE}, 33},
        {ROLE_LEADER, {.kind = LEADER_REQUEST_PREVIEW}, 20},
        {ROLE_COURIER, {.kind = LEADER_REQUEST_SUBSCRIBE}, 2000},
        {ROLE_COURIER, {.kind = LEADER_REQUEST_SUBSCRIBE, .from_start = true}, 8},
    };
    char key[16];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(key, sizeof key, "key-%zu", i);
        assert_int_equal(
            taken_of(cases[i].role, key, share_cost(cases[i].role, &cases[i].q)),
            cases[i].a_second);
    }
}

static void
what_was_free_is_given_back_and_never_more(void **state)
{
    (void)state;
    assert_int_equal(taken_of(ROLE_LEADER, GREEDY, SHARE_ANY), SHARE_A_SECOND);
    share_back(shares, GREEDY, 5);
    assert_int_equal(taken_of(ROLE_LEADER, GREEDY, SHARE_ANY), 5);
    share_back(shares, OTHER, 5); /* took nothing */
    assert_int_equal(taken_of(ROLE_LEADER, OTHER, SHARE_ANY), SHARE_A_SECOND);
}

static void
it_is_said_once_and_in_the_next_second_all_begins_anew(void **state)
{
    (void)state;
    assert_int_equal(taken_of(ROLE_LEADER, GREEDY, SHARE_ANY), SHARE_A_SECOND);
    assert_true(share_say(shares, GREEDY));
    assert_false(share_say(shares, GREEDY));
    assert_false(share_take(shares, ROLE_LEADER, GREEDY, SHARE_ANY));
    child_pause_us(1010000);
    assert_true(share_take(shares, ROLE_LEADER, GREEDY, SHARE_ANY));
    assert_true(share_say(shares, GREEDY));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_key_has_a_share_of_its_own),
        TEST(a_share_is_this_many_of_each_kind),
        TEST(what_was_free_is_given_back_and_never_more),
        TEST(it_is_said_once_and_in_the_next_second_all_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
