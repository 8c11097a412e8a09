/* link: scorer */
/*
 * scorer/turn.c: what of a hint takes effect. Entries of another Redis than the one to
 * which we are connected (it was replaced, and the hint is of the one before) do not,
 * however well they follow: they make the scorer read what its own Redis has.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/hint.h"
#include "tests/support/scorer_scene.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NEVER_MS 3600000 /* nothing is read but what a hint asks for */

static const struct figure_record theirs[2] = {{"results", 100, false},
                                               {"results_digitised", 99, false}};

/* The next entry of a journal that is as ours up to here; ours does not get it. */
static void
hint_make(struct hint *h, struct journal_append *append, const char *run_id)
{
    buf_clear(&scene.body);
    record_add("101", "digitisation", "2023-01", theirs, 2, 1);
    journal_append_begin(append, scene.province, &scene.head, JOURNAL_REPORTS,
                         buf_str(&scene.body), scene.body.len);
    memset(h, 0, sizeof *h);
    (void)snprintf(h->province, sizeof h->province, "%s", scene.province);
    (void)snprintf(h->run_id, sizeof h->run_id, "%s", run_id);
    h->seq = append->next.seq;
    h->count = 1;
    memcpy(h->chains[0], append->next.chain, sizeof append->next.chain);
    h->entries[0] =
        (struct journal_entry){.seq = h->seq,
                               .kind = JOURNAL_REPORTS,
                               .kind_word = journal_kind_name(JOURNAL_REPORTS),
                               .body = (const uint8_t *)buf_str(&scene.body),
                               .body_bytes = scene.body.len,
                               .chain = h->chains[0]};
}

/* How much is digitised, by what is in memory. */
static void
digitised_is(const char *name, int64_t want_scaled)
{
    const struct catalogue *c = scene.s.catalogue;
    const struct series *s = facts_series(scene.s.facts, catalogue_unit(c, "101"),
                                          catalogue_group(c, "digitisation"));
    int64_t got = s->count == 0 ? -1 : s->facts[0].figures[1].scaled;

    if (got != want_scaled) {
        fail_msg("%s: %lld digitised, want %lld", name, (long long)got,
                 (long long)want_scaled);
    }
}

static const struct hint_case {
    const char *name;
    const char *run_id; /* of the hint; NULL: that of our Redis */
    bool unknown;       /* our Redis has not said which it is */
    bool torn;          /* the chain value is another one */
    int64_t further;    /* the entry is so many behind the next one */
    bool taken;
    bool look;
} cases[] = {
    {"the next entry of our Redis", NULL, false, false, 0, true, false},
    {"of another Redis", "f00ff00ff00ff00ff00ff00ff00ff00ff00ff00f", false, false, 0,
     false, true},
    {"of a Redis whose id begins as ours", "*", false, false, 0, false, true},
    {"of a Redis that does not say", "", false, false, 0, false, true},
    {"neither says", "", true, false, 0, false, true},
    {"ours does not say", NULL, true, false, 0, false, true},
    {"one that does not follow", NULL, false, true, 0, false, true},
    {"one behind a gap", NULL, false, false, 1, false, true},
    {"one that is known", NULL, false, false, -1, false, false},
};

static void
only_what_our_redis_has_is_taken_out_of_a_hint(void **state)
{
    char ours[REDIS_RUN_ID_BYTES];
    size_t i;

    (void)state;
    assert_true(scene.s.run_id[0] != '\0');
    memcpy(ours, scene.s.run_id, sizeof ours);
    for (i = 0; i < COUNT(cases); i++) {
        const struct hint_case *of = &cases[i];
        struct journal_append append;
        struct hint h;

        if (i > 0) { /* a province of its own for each */
            assert_int_equal(scorer_teardown(NULL), 0);
            assert_int_equal(scorer_setup(NULL), 0);
        }
        programme_take("ops");
        (void)state_turn(&scene.s, NEVER_MS); /* has looked */
        assert_false(state_turn(&scene.s, NEVER_MS));
        journal_append_init(&append);
        hint_make(&h, &append, of->run_id == NULL ? ours : of->run_id);
        if (of->run_id != NULL && of->run_id[0] == '*') {
            (void)snprintf(h.run_id, sizeof h.run_id, "%.*s", 39, ours);
        }
        if (of->torn) {
            h.chains[0][0] = h.chains[0][0] == 'a' ? 'b' : 'a';
        }
        h.entries[0].seq += (uint64_t)of->further;
        h.seq += (uint64_t)of->further;
        memcpy(scene.s.run_id, of->unknown ? "" : ours, of->unknown ? 1 : sizeof ours);

        state_hinted(&scene.s, &h);
        digitised_is(of->name, of->taken ? 99 : -1);
        if (scene.s.look != of->look || scene.s.seen != 1 + (uint64_t)of->taken) {
            fail_msg("%s: look %d, seen %llu", of->name, scene.s.look,
                     (unsigned long long)scene.s.seen);
        }
        if (!of->taken && of->look) { /* it reads what our Redis has in that place */
            buf_clear(&scene.body);
            ordinary_add("2023-01", 1);
            put(JOURNAL_REPORTS);
            (void)state_turn(&scene.s, NEVER_MS);
            digitised_is(of->name, 50);
            assert_int_equal(scene.s.seen, 2);
        }
        journal_append_fini(&append);
    }
}

static int
tests(void)
{
    const struct CMUnitTest claims[] = {
        cmocka_unit_test_setup_teardown(only_what_our_redis_has_is_taken_out_of_a_hint,
                                        scorer_setup, scorer_teardown),
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_hint", tests);
}
