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
};

static const struct decide_case cases[] = {
    {"first", 0, 0, 1, "", false, false, "", OUTCOME_ACCEPTED},
    {"first, late, needs no reason", 0, 0, 1, "", true, false, "", OUTCOME_ACCEPTED},
    {"first, names what is gone", 0, 0, 1, "2/aa", false, false, "", OUTCOME_ACCEPTED},
    {"the same again", 1, 1, 1, "", false, false, "", OUTCOME_DUPLICATE},
    {"the same again, late", 1, 1, 1, "", true, false, "", OUTCOME_DUPLICATE},
    {"the same again by an office", 1, 1, 1, "", false, true, "", OUTCOME_DUPLICATE},
    {"other, names nothing", 1, 1, 2, "", false, false, "", OUTCOME_SUPERSEDED},
    {"other, names what stands", 1, 1, 2, "$", false, false, "", OUTCOME_REPLACED},
    {"other, names the same hash of an older revision", 3, 1, 2,
     "1/01010101010101010101010101010101", false, false, "", OUTCOME_SUPERSEDED},
    {"other, late, no reason", 1, 1, 2, "$", true, false, "", OUTCOME_REJECTED},
    {"other, late, a reason", 1, 1, 2, "$", true, false, "nhầm", OUTCOME_REPLACED},
    {"an office, no reason", 1, 1, 2, "$", false, true, "", OUTCOME_REJECTED},
    {"an office, a reason", 1, 1, 2, "$", false, true, "nhầm", OUTCOME_REPLACED},
    {"an office, first, no reason", 0, 0, 2, "", false, true, "", OUTCOME_REJECTED},
};

static void
each_row_is_decided_as_the_table_says(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct decide_case *k = &cases[i];
        struct present present = {.revision = k->stands};
        struct checked report = {.past_due = k->past_due != 0,
                                 .by_office = k->office != 0};
        struct refused why = {0};
        char name[REVISION_NAME_BYTES];
        enum outcome got;

        memset(present.hash, k->stands_hash, sizeof present.hash);
        memset(report.hash, k->hash, sizeof report.hash);
        revision_name(&present, name);
        report.replaces = strcmp(k->replaces, "$") == 0 ? name : k->replaces;
        report.record.reason = k->reason;
        got = report_decide(&report, k->stands == 0 ? NULL : &present, &why);
        if (got != k->want) {
            fail_msg("%s: got %s, want %s", k->name, outcome_name(got),
                     outcome_name(k->want));
        }
        assert_int_equal(why.code == REFUSAL_REASON_NEEDED, got == OUTCOME_REJECTED);
    }
}

static void
a_receipt_line_reads_back(void **state)
{
    struct present in = {.revision = 1,
                         .entry = UINT64_C(18446744073709551615),
                         .index = 255,
                         .received_at_ms = 1700000000123,
                         .due_day = 19600,
                         .on_time = true};
    struct present out;
    char line[RECEIPT_LINE_BYTES];

    (void)state;
    memset(in.hash, 0xab, sizeof in.hash);
    receipt_line(&in, line);
    assert_int_equal(receipt_line_parse(line, &out), ST_OK);
    out.revision = in.revision; /* stands in the field, not in the line */
    assert_memory_equal(&in, &out, sizeof in);
    in.due_day = 0;
    receipt_line(&in, line);
    assert_non_null(strstr(line, "due=- "));
    assert_int_equal(receipt_line_parse(line, &out), ST_OK);
    assert_int_equal(out.due_day, 0);
}

static void
a_damaged_receipt_line_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "hash=00 at=1:0 received=1 due=- on_time=1",
        "hash=zz000000000000000000000000000000 at=1:0 received=1 due=- on_time=1",
        "hash=00000000000000000000000000000000 at=1 received=1 due=- on_time=1",
        "hash=00000000000000000000000000000000 at=1:0 received=1 due=31/6 on_time=1",
        "hash=00000000000000000000000000000000 at=1:0 received=1 due=-",
    };
    struct present out;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (receipt_line_parse(lines[i], &out) != ST_BAD) {
            fail_msg("taken: %s", lines[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_decided_as_the_table_says),
        cmocka_unit_test(a_receipt_line_reads_back),
        cmocka_unit_test(a_damaged_receipt_line_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
