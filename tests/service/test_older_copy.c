/*
 * dondoc-notifier, when Redis comes back as an older copy of itself while leaders are
 * connected: positions begin again below what a session has been sent already. What is
 * told from then on arrives all the same, and so does what the copy has and nobody
 * said that he received.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "tests/support/child.h"
#include "tests/support/notifier_scene.h"

static void
run(const char *const *argv)
{
    pid_t pid = child_begin();

    if (pid == 0) {
        /* execvp takes the vector without const and does not change it. */
        (void)execvp(argv[0], (char **)(void *)argv);
        _exit(127);
    }
    assert_int_equal(child_end(pid), 0);
}

static void
files_path(const struct scene *s, const char *name, char out[SCENE_PATH_BYTES])
{
    (void)snprintf(out, SCENE_PATH_BYTES, "%.200s/%s", s->dir, name);
}

/* Redis writes every commit through: its files are whole between two of them, and a
 * torn one is cut when they are started. */
static void
copy_take(const struct scene *s)
{
    char from[SCENE_PATH_BYTES];
    char to[SCENE_PATH_BYTES];

    files_path(s, "appendonlydir", from);
    files_path(s, "copy", to);
    run((const char *const[]){"rm", "-rf", to, NULL});
    run((const char *const[]){"cp", "-a", from, to, NULL});
}

/* And the scorer goes on from there, as a new life of it does. */
static void
copy_put_back(struct scene *s)
{
    char from[SCENE_PATH_BYTES];
    char to[SCENE_PATH_BYTES];

    files_path(s, "copy", from);
    files_path(s, "appendonlydir", to);
    redis_server_kill(scene_server);
    run((const char *const[]){"rm", "-rf", to, NULL});
    run((const char *const[]){"mv", from, to, NULL});
    redis_server_again(scene_server);
    redis_free(&s->r);
    s->r = redis_server_client(scene_server);
    assert_int_equal(follow_take_over(&s->scorer, s->r), ST_OK);
    effects_clear(&s->effects, &s->scorer);
}

static uint64_t
hear(struct client *c, const char *id)
{
    want_alert(c, id);
    return c->reply.alert.position;
}

static const struct away_case {
    const char *name;
    bool first_received; /* what stands in the copy, before it was taken */
    bool rest_received;  /* what does not */
    uint32_t credit;
} cases[] = {
    {"all received", true, true, 0},
    {"none of it received, and no more may be sent", false, false, 3},
    {"received after the copy only", false, true, 0},
    {"the last ones on their way, and no more may be sent", true, false, 2},
};

/* A-1 is in the copy, A-2 and A-3 are not: B-1 then has the position that A-2 had. */
static void
what_is_told_after_an_older_copy_arrives(struct scene *s, const struct away_case *of)
{
    struct client c;
    uint64_t old[3];
    uint64_t now;
    char cursor[24];

    print_message("%s\n", of->name);
    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, of->credit, 0);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    tell_one(s, "A-1", 1, "new", "21040");
    old[0] = hear(&c, "A-1/1");
    if (of->first_received) {
        (void)snprintf(cursor, sizeof cursor, "[%llu]", (unsigned long long)old[0]);
        received(&c, s, old[0]);
        wait_for(s, "HVALS dondoc:{%s}:cursor", cursor);
    }
    settle(s);
    copy_take(s);
    tell_one(s, "A-2", 1, "new", "21040");
    old[1] = hear(&c, "A-2/1");
    tell_one(s, "A-3", 1, "new", "21040");
    old[2] = hear(&c, "A-3/1");
    if (of->rest_received) {
        (void)snprintf(cursor, sizeof cursor, "[%llu]", (unsigned long long)old[2]);
        received(&c, s, old[2]);
        wait_for(s, "HVALS dondoc:{%s}:cursor", cursor);
    }

    received(&c, s, old[2] + 1); /* it looks which one is the newest */
    want_refusal(&c, "cursor_beyond");

    copy_put_back(s);
    tell_one(s, "B-1", 1, "new", "21040");
    if (!of->first_received) {
        assert_int_equal(hear(&c, "A-1/1"), old[0]); /* once more */
    }
    now = hear(&c, "B-1/1");
    assert_int_equal(now, old[1]);
    want_quiet(&c, s);
    received(&c, s, old[2]); /* of what is not there any more */
    want_refusal(&c, "cursor_beyond");
    tell_one(s, "B-2", 1, "new", "21040");
    assert_int_equal(hear(&c, "B-2/1"), old[2]);
    received(&c, s, now);
    (void)snprintf(cursor, sizeof cursor, "[%llu]", (unsigned long long)now);
    wait_for(s, "HVALS dondoc:{%s}:cursor", cursor);
    client_close(&c);
}

#define CASE(number, claim)                                                            \
    static void claim(void **state)                                                    \
    {                                                                                  \
        what_is_told_after_an_older_copy_arrives(*state, &cases[number]);              \
    }
CASE(0, after_an_older_copy_new_messages_reach_who_had_received_all)
CASE(1, after_an_older_copy_nobody_waits_for_a_credit_of_before)
CASE(2, after_an_older_copy_what_it_has_is_sent_again)
CASE(3, after_an_older_copy_what_was_on_its_way_is_forgotten)

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(after_an_older_copy_new_messages_reach_who_had_received_all),
        TEST(after_an_older_copy_nobody_waits_for_a_credit_of_before),
        TEST(after_an_older_copy_what_it_has_is_sent_again),
        TEST(after_an_older_copy_what_was_on_its_way_is_forgotten),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
