/* link: ingest */
/* What becomes of a report, given what stands: every row of the table of decide.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/decide.h"

struct decide_case {
    const char *name;
    unsigned stands;      /* revision that stands; 0: nothing */
    int stands_hash;      /* every byte of it */
    int hash;             /* of the report */
    const char *replaces; /* $ is the name of what stands */
    int past_due, office;
    const char *reason;
    enum outcome want;
    unsigned revision; /* it becomes; 0: none */
};

static const struct decide_case cases[] = {
    {"first", 0, 0, 1, "", false, false, "", OUTCOME_ACCEPTED, 1},
    {"first, late, needs no reason", 0, 0, 1, "", true, false, "", OUTCOME_ACCEPTED, 1},
    {"first, names what is gone", 0, 0, 1, "2/aa", false, false, "", OUTCOME_ACCEPTED,
     3},
    {"first, names what is long gone", 0, 0, 1, "999999999/aa", false, false, "",
     OUTCOME_ACCEPTED, 200},
    {"first, names a number without end", 0, 0, 1, "9999999999999/aa", false, false, "",
     OUTCOME_ACCEPTED, 1},
    {"first, names no number", 0, 0, 1, "-1/aa", false, false, "", OUTCOME_ACCEPTED, 1},
    {"the same again", 1, 1, 1, "", false, false, "", OUTCOME_DUPLICATE, 0},
    {"the same again, late", 1, 1, 1, "", true, false, "", OUTCOME_DUPLICATE, 0},
    {"the same again by an office", 1, 1, 1, "", false, true, "", OUTCOME_DUPLICATE, 0},
    {"other, names nothing", 1, 1, 2, "", false, false, "", OUTCOME_SUPERSEDED, 0},
    {"other, names what stands", 1, 1, 2, "$", false, false, "", OUTCOME_REPLACED, 2},
    {"other, names the same hash of an older revision", 3, 1, 2,
     "1/01010101010101010101010101010101", false, false, "", OUTCOME_SUPERSEDED, 0},
    {"other, late, no reason", 1, 1, 2, "$", true, false, "", OUTCOME_REJECTED, 0},
    {"other, late, a reason", 1, 1, 2, "$", true, false, "nhầm", OUTCOME_REPLACED, 2},
    {"an office, no reason", 1, 1, 2, "$", false, true, "", OUTCOME_REJECTED, 0},
    {"an office, a reason", 1, 1, 2, "$", false, true, "nhầm", OUTCOME_REPLACED, 2},
    {"an office, first, no reason", 0, 0, 2, "", false, true, "", OUTCOME_REJECTED, 0},
};

static void
each_row_is_decided_as_the_table_says(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct decide_case *k = &cases[i];
        struct receipt present = {.revision = k->stands};
        struct checked report = {.past_due = k->past_due != 0,
                                 .by_office = k->office != 0};
        struct refused why = {0};
        char name[REVISION_NAME_BYTES];
        uint32_t revision = 0;
        enum outcome got;

        memset(present.hash, k->stands_hash, sizeof present.hash);
        memset(report.hash, k->hash, sizeof report.hash);
        revision_name(&present, name);
        report.replaces = strcmp(k->replaces, "$") == 0 ? name : k->replaces;
        report.record.reason = k->reason;
        got = report_decide(&report, k->stands == 0 ? NULL : &present, &revision, &why);
        if (got != k->want) {
            fail_msg("%s: got %s, want %s", k->name, outcome_name(got),
                     outcome_name(k->want));
        }
        if (revision != k->revision) {
            fail_msg("%s: revision: got %u, want %u", k->name, (unsigned)revision,
                     k->revision);
        }
        assert_int_equal(why.code == REFUSAL_REASON_NEEDED, got == OUTCOME_REJECTED);
    }
}

struct offered_case {
    const char *name;
    unsigned stands; /* revision that stands; 0: nothing */
    int stands_hash;
    unsigned offered;
    int hash;
    enum outcome want;
    unsigned revision;
};

static const struct offered_case offers[] = {
    {"all was lost, the first", 0, 0, 1, 1, OUTCOME_ACCEPTED, 1},
    {"all was lost, a correction comes before the first", 0, 0, 3, 1, OUTCOME_ACCEPTED,
     3},
    {"the next", 1, 1, 2, 2, OUTCOME_REPLACED, 2},
    {"the next, figures as they were", 2, 1, 3, 1, OUTCOME_REPLACED, 3},
    {"over a gap", 2, 1, 7, 2, OUTCOME_REPLACED, 7},
    {"it stands", 2, 1, 2, 1, OUTCOME_DUPLICATE, 0},
    {"its number stands with other figures", 2, 1, 2, 2, OUTCOME_SUPERSEDED, 0},
    {"a later one stands", 3, 1, 2, 2, OUTCOME_SUPERSEDED, 0},
    {"a later one stands with its figures", 3, 1, 1, 1, OUTCOME_SUPERSEDED, 0},
    {"the widest gap", 2, 1, 2 + OFFERED_GAP_MAX, 2, OUTCOME_REPLACED,
     2 + OFFERED_GAP_MAX},
    {"too wide a gap", 2, 1, 3 + OFFERED_GAP_MAX, 2, OUTCOME_REPLACED,
     2 + OFFERED_GAP_MAX},
    {"too wide a gap, taken before", 200, 1, 500, 1, OUTCOME_DUPLICATE, 0},
    {"too wide a gap, nothing stands", 0, 0, 4000000000u, 1, OUTCOME_ACCEPTED,
     OFFERED_GAP_MAX},
};

/* Late, by an office, without a reason, naming nothing: none of it matters. */
static void
what_is_offered_again_keeps_its_number(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof offers / sizeof *offers; i++) {
        const struct offered_case *k = &offers[i];
        struct receipt present = {.revision = k->stands};
        struct checked report = {
            .past_due = true, .by_office = true, .replaces = "", .offered = k->offered};
        struct refused why = {0};
        uint32_t revision = 0;
        enum outcome got;

        memset(present.hash, k->stands_hash, sizeof present.hash);
        memset(report.hash, k->hash, sizeof report.hash);
        report.record.reason = "";
        got = report_decide(&report, &present, &revision, &why);
        if (got != k->want || revision != k->revision) {
            fail_msg("%s: got %s %u, want %s %u", k->name, outcome_name(got),
                     (unsigned)revision, outcome_name(k->want), k->revision);
        }
        assert_int_equal(why.code, REFUSAL_NONE);
        if (k->stands == 0) {
            assert_int_equal(report_decide(&report, NULL, &revision, &why), k->want);
        }
    }
}

/* Three revisions of one report come back in any order, each perhaps twice: at the end
 * the last one that was acknowledged stands, under its number. */
static void
in_every_order_the_last_one_stands(void **state)
{
    static const unsigned orders[][6] = {
        {1, 2, 3, 1, 2, 3}, {1, 3, 2, 1, 3, 2}, {2, 1, 3, 3, 1, 2},
        {2, 3, 1, 2, 3, 1}, {3, 1, 2, 2, 1, 3}, {3, 2, 1, 1, 2, 3},
    };
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct receipt stands = {0};

        for (k = 0; k < 6; k++) {
            struct checked report = {.offered = orders[i][k], .replaces = ""};
            struct refused why = {0};
            uint32_t revision = 0;

            report.record.reason = "";
            /* The third has the figures of the first. */
            memset(report.hash, orders[i][k] == 2 ? 2 : 1, sizeof report.hash);
            switch (report_decide(&report, &stands, &revision, &why)) {
            case OUTCOME_ACCEPTED:
            case OUTCOME_REPLACED:
                assert_true(revision > stands.revision);
                stands.revision = revision;
                memcpy(stands.hash, report.hash, sizeof stands.hash);
                break;
            case OUTCOME_DUPLICATE:
            case OUTCOME_SUPERSEDED:
                break;
            default:
                fail_msg("order %zu: refused", i);
            }
        }
        assert_int_equal(stands.revision, 3);
        assert_int_equal(stands.hash[0], 1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_decided_as_the_table_says),
        cmocka_unit_test(what_is_offered_again_keeps_its_number),
        cmocka_unit_test(in_every_order_the_last_one_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
