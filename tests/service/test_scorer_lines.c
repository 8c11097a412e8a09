/* link: scorer */
/*
 * scorer/lines.c: scores that wait for the commit. However many there are, and however
 * often each is scored again before and after the room for them was full, what stands
 * in Redis is the line of the last score of each.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/subject.h"
#include "tests/support/scorer_scene.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ROOM 4096 /* lines that wait: LINES_MAX */
#define MOST (3 * ROOM)
#define YEARS 1000

/* Line k is of a target, a unit and a year of its own. */
static void
line_of(size_t k, int *target, struct subject_ref *ref, int *year)
{
    size_t units = scene.s.catalogue->unit_count;

    *year = 1500 + (int)(k % YEARS);
    *ref = (struct subject_ref){(int)(k / YEARS % units), LEVEL_COMMUNE, false};
    *target = (int)(k / YEARS / units);
}

static void
score_put(size_t k, int64_t num)
{
    struct score score = {.verdict = VERDICT_INFO};
    struct subject_ref ref;
    int target;
    int year;

    line_of(k, &target, &ref, &year);
    assert_true((size_t)target < scene.s.catalogue->target_count);
    score.year = year;
    (void)snprintf(score.window.code, sizeof score.window.code, "%d", year);
    score.standing.has = true;
    score.standing.num = num;
    score.standing.den = 1000000;
    line_put(&scene.s, target, ref, year, &score);
}

/* The number in the line that stands; -1: none does. */
static int64_t
stands(size_t k)
{
    char command[200];
    char subject[SUBJECT_NAME_BYTES];
    struct subject_ref ref;
    const struct target *t;
    const char *at;
    char *line;
    int64_t num;
    int target;
    int year;

    line_of(k, &target, &ref, &year);
    t = &scene.s.catalogue->targets[target];
    subject_name(scene.s.catalogue, t, ref, subject);
    (void)snprintf(command, sizeof command, "HGET $scores:%s %s/%d", subject, t->id,
                   year);
    line = redis_ask_in(scene.client, scene.province, command);
    at = strstr(line, " num=");
    num = at == NULL ? -1 : strtoll(at + 5, NULL, 10);
    mem_free(&line);
    return num;
}

/* A slow reckoning beside it: the last number of each. */
static void
lines_run(size_t count, size_t again)
{
    static int64_t last[MOST];
    size_t k;
    size_t i;
    uint64_t chance = count;

    for (k = 0; k < count; k++) {
        last[k] = (int64_t)k;
        score_put(k, last[k]);
        for (i = 0; i < again; i++) { /* of any that was there before */
            size_t one;

            chance = chance * 6364136223846793005u + 1442695040888963407u;
            one = (size_t)(chance >> 33) % (k + 1);
            last[one] = (int64_t)(100000 + k * again + i);
            score_put(one, last[one]);
        }
    }
    commit();
    for (k = 0; k < count; k++) {
        int64_t got = stands(k);

        if (got != last[k]) {
            fail_msg("of %zu lines, number %zu: %lld stands, want %lld", count, k,
                     (long long)got, (long long)last[k]);
        }
    }
    assert_int_equal(stands(count), -1);
}

static void
lines_beyond_the_room_for_them_are_written_too(void **state)
{
    static const size_t counts[] = {1, ROOM - 1, ROOM, ROOM + 1, MOST - 1};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(counts); i++) {
        if (i > 0) { /* a province of its own for each */
            assert_int_equal(scorer_teardown(NULL), 0);
            assert_int_equal(scorer_setup(NULL), 0);
        }
        programme_take("ops");
        lines_run(counts[i], 2);
    }
}

/* What is scored again and again takes one place, and is one effect. */
static void
a_score_again_takes_no_more_room(void **state)
{
    size_t before;
    size_t k;

    (void)state;
    programme_take("ops");
    before = scene.s.effects.count;
    for (k = 0; k < 3 * ROOM; k++) {
        score_put(k % 7, (int64_t)k);
    }
    assert_int_equal(scene.s.effects.count, before + 7);
    commit();
    for (k = 0; k < 7; k++) {
        assert_int_equal(stands((3 * ROOM - 1 - k) % 7), 3 * ROOM - 1 - k);
    }
}

static int
tests(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scorer_setup, scorer_teardown)
    const struct CMUnitTest claims[] = {
        TEST(lines_beyond_the_room_for_them_are_written_too),
        TEST(a_score_again_takes_no_more_room),
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_lines", tests);
}
