/*
 * What the check of a programme refuses in programme.yaml, units.csv, leaders.yaml and
 * holidays.yaml, and how it says so. The other two files: test_catalogue_targets.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "tests/support/refusals.h"
#include "tests/support/specimen_programme.h"

static const struct refusal PROGRAMME_CASES[] = {
    {P, "prefix: TST", "prefx: TST", "did you mean \"prefix\"?", 0},
    {P, "prefix: TST", "prefix: TST\nmotto: x", "unknown key \"motto\"; take it out",
     0},
    {P, "prefix: TST", "prefix: Tst", "\"Tst\"; write two to five capital letters", 0},
    {P, "prefix: TST", "prefix: QWERTY", "\"QWERTY\"", 0},
    {P, "programme: test-province", "programme: Test_P", "small letters, digits and -",
     0},
    {P, "version: 1", "version: 25x", "\"25x\"; write a whole number in digits only",
     0},
    {P, "version: 1", "version: 1e3", "\"1e3\"", 0},
    {P, "version: 1", "version: \" 60\"", "\" 60\"", 0},
    {P, "version: 1", "version: 0", "between 1 and", 0},
    {P, "version: 1", "version: -1", "\"-1\"", 0},
    {P, "version: 1", "version:", "\"version\" is empty; give it a value", 0},
    {P, "province_unit: \"1\"", "province_unit: \"2\"", "names \"2\"", 0},
    {P, "province_unit: \"1\"", "province_unit: \"11\"", "is a district in units.csv",
     2},
    {P, "years: {from: 2021, to: 2025}", "years: {from: 2025, to: 2021}",
     "the last must not be before the first", 0},
    {P, "years: {from: 2021, to: 2025}", "years: {from: 2001, to: 2025}",
     "16 years are the most", 0},
    {P, "year: civil", "year: lunar", "\"lunar\"; write one of: civil, statutory", 0},
    {P, "alerts_from: 2021-01-01", "alerts_from: 1/1/2021",
     "\"1/1/2021\", which is no day", 0},
    {P, "alerts_from: 2021-01-01", "alerts_from: 2021-02-29", "which is no day", 0},
    {P, "illustrative: false", "illustrative: no", "write one of: false, true", 0},
    {P, "contact_en: Office", "contact_en: [Office]", "not a list or map", 0},
    {P, "documents:\n", "documents:\n  - {id: nq, title_vi: x, title_en: x}\n", NULL,
     0}, /* the second of the two is named */
    {P, "documents:\n  - {id: nq, title_vi: Nghị quyết, title_en: Resolution}\n",
     "documents: x\n", "\"documents\" is a list", 0},
    {P, "documents:\n  - {id: nq, title_vi: Nghị quyết, title_en: Resolution}\n",
     "documents: []\n", "\"documents\" is empty", 0},
    {P, "year: civil\n", "year: civil\nyear: civil\n", "cannot be read as YAML", 0},
};

static const struct refusal UNIT_CASES[] = {
    {U, "code,name_vi,", "cod,name_vi,", "column \"cod\" is not known: code", 2},
    {U, ",head_en,code_system", ",head_en,head_en", "is there twice", 0},
    {U, "11,Huyện Một,", "1 1,Huyện Một,", "code is \"1 1\"", 0},
    {U, "11,Huyện Một,", "11,,", "name_vi is empty; fill it in", 0},
    {U, "S1,Sở Một,Department one,department,", "S1,Sở Một,Department one,office,",
     "kind is \"office\"; write one of", 0},
    {U, "department,province,1", "department,district,1",
     "a department has the level province", 0},
    {U, "101,xã Một,commune one,commune,commune,11,",
     "101,xã Một,commune one,commune,commune,19,", "parent \"19\" is no unit", 0},
    {U, "101,xã Một,commune one,commune,commune,11,",
     "101,xã Một,commune one,commune,commune,,", "every other unit has one", 0},
    {U, "101,xã Một,commune one,commune,commune,11,",
     "101,xã Một,commune one,commune,commune,S1,",
     "communes lie under a district or the province", 0},
    {U, "101,xã Một,commune one,commune,commune,11,,",
     "101,xã Một,commune one,commune,commune,11,2025-01-01,",
     "are never valid on the same day", 0},
    {U, "12,Huyện Hai,District two,district,district,1,",
     "12,Huyện Hai,District two,district,district,11,",
     "unit 12, a district, stands under 11", 0},
    {U, "commune,12,2022-01-01,,unknown", "commune,12,2022-1-1,,unknown",
     "\"2022-1-1\", which is no day", 0},
    {U, "commune,12,2024-06-16,2024-12-31", "commune,12,2024-06-16,2024-06-01",
     "valid_to 2024-06-01 is before valid_from 2024-06-16", 0},
    {U, "commune,12,2024-01-01,,no", "commune,12,2023-12-31,,no",
     "code 103 is held on the same day by the unit of line 8", 0},
    {U, ",unknown,", ",maybe,", "exempt is \"maybe\"; write one of", 0},
    {U, "12,Huyện Hai,District two,district,district,1,2022-01-01,,,",
     "12,Huyện Hai,District two,district,district,1,2022-01-01,,", "12 cells where", 0},
    {U, "102,xã Hai,commune two,commune,commune,12,",
     "102,xã Hai,commune two,province,province,,", "of kind province too", 0},
    {U, "unknown,Chủ tịch UBND xã Hai,", "unknown,,", "unit 102 has no head_vi", 0},
    {U, "Chair two", "", "unit 102 has no head_en", 0},
    {U, "xã Hai,commune two", "x\x01 Hai,commune two", "not UTF-8", 0},
    {U, "xã Hai,commune two", "x\xe3 Hai,commune two", "not UTF-8", 0},
};

static const struct refusal LEADER_CASES[] = {
    {L, "scope: \"1\"", "scope: \"9\"", "\"9\", which is no unit of units.csv", 0},
    {L, "scope: \"1\"", "scope: \"103\"",
     "a code with two holders; name one: 103@first or 103@2024-01-01", 0},
    {L, "scope: \"{unit}\"", "scope: {unit}", "stands in quotes", 0},
    {L, "scope: \"{unit}\"", "scope: \"{code}\"", "in braces stand only {unit}", 0},
    {L, "title_vi: Chủ tịch\n", "title_vi: \"{head_vi}\"\n", "only with for_each", 0},
    {L, "id: head-{unit}", "id: head",
     "id \"head\" is there twice; give each office its own: put {unit}", 0},
    {L, "id: chair", "id: chủ tịch", "write letters, digits", 0},
    {L, "for_each: commune", "for_each: ward", "\"ward\"; write one of", 0},
    {L, "levels: [commune]", "levels: [all]", "\"all\"; write one of: province", 0},
    {L, "levels: [commune]", "levels: commune", "\"levels\" is a list", 0},
    {L, "language: en", "language: fr", "\"fr\"; write one of: vi, en", 0},
    {L, "own: true", "owns: true", "did you mean \"own\"?", 0},
    {H, "{date: 2025-01-01, name: Tết}", "{date: 2025-02-30, name: Tết}",
     "which is no day", 0},
    {H, "{date: 2022-01-01, name: Tết}", "{date: 2021-01-01, name: Tết2}",
     "stands twice under \"holidays\"", 0},
    {H, "{date: 2022-01-01, name: Tết}", "{date: 2022-01-01}",
     "\"name\" is missing here", 0},
    {H, "{date: 2024-05-04,", "{date: 2024-05-06,", "working_days takes Saturdays", 0},
};

static void
programme_yaml_is_refused(void **state)
{
    (void)state;
    CHECK(PROGRAMME_CASES);
}

static void
units_csv_is_refused(void **state)
{
    (void)state;
    CHECK(UNIT_CASES);
}

static void
leaders_and_holidays_are_refused(void **state)
{
    (void)state;
    CHECK(LEADER_CASES);
}

/* --- what does not fit into the table --- */

static void
places_are_exact_in_characters(void **state)
{
    static const struct {
        struct refusal change;
        int line;
        int column;
    } CASES[] = {
        {{T, "threshold: 60", "threshold: 900", NULL, 0}, 2, 91},
        {{P, "version: 1", "version: 25x", NULL, 0}, 2, 10},
        {{U, ",unknown,", ",maybe,", NULL, 0}, 7, 55},
        {{U, "S1,Sở Một,Department one,department,",
          "S1,\"Sở, Một\",Department one,office,", NULL, 0},
         3,
         29},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text;

        programme_changed(&CASES[i].change, files, &text);
        assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_BAD);
        print_message("%s\n", found.items[0].text);
        assert_int_equal(found.items[0].line, CASES[i].line);
        assert_int_equal(found.items[0].column, CASES[i].column);
        findings_fini(&found);
        buf_fini(&text);
    }
}

static void
a_missing_and_a_doubled_file_are_named(void **state)
{
    struct catalogue_file files[SPECIMEN_FILES + 1];
    struct findings found = {0};
    struct catalogue *c = NULL;

    (void)state;
    memcpy(files, SPECIMEN, sizeof SPECIMEN);
    files[SPECIMEN_FILES] = files[0];
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES - 1, &c, &found), ST_BAD);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.items[0].file, "units.csv");
    assert_non_null(strstr(found.items[0].text, "missing"));
    findings_fini(&found);
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES + 1, &c, &found), ST_BAD);
    assert_non_null(strstr(found.items[0].text, "twice"));
    findings_fini(&found);
}

static void
several_mistakes_are_named_in_one_run_and_in_order(void **state)
{
    struct catalogue_file files[SPECIMEN_FILES];
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct buf one;
    struct buf two;
    struct refusal first = {T, "threshold: 60", "threshold: 900", NULL, 0};
    struct refusal second = {H, "{date: 2024-05-04,", "{date: 2024-05-06,", NULL, 0};
    struct catalogue_file holidays;

    (void)state;
    programme_changed(&second, files, &two);
    holidays = files[H];
    programme_changed(&first, files, &one);
    files[H] = holidays;
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_BAD);
    assert_int_equal(found.errors, 2);
    assert_string_equal(found.items[0].file, "targets.yaml");
    assert_string_equal(found.items[1].file, "holidays.yaml");
    findings_fini(&found);
    buf_fini(&one);
    buf_fini(&two);
}

static void
warnings_leave_a_programme_in_force(void **state)
{
    static const struct refusal CASES[] = {
        {U, "xã Hai,commune two", "xa\xcc\x83 Hai,commune two", "not NFC", 0},
        {H, "  - {date: 2022-01-01, name: Tết}\n", "", "no holiday in 2022", 0},
        {M, "results_digitised, dossiers]", "results_digitised]",
         "measure dossiers is in no group", 0},
        {U, "commune,12,2022-01-01,,unknown", "commune,12,2026-01-01,,unknown",
         "valid on no day of 2021 to 2025", 0},
        {T, "due: 2025-06-30", "due: 2026-01-01",
         "due 2026-01-01 is after the last window whose reports are taken, which ends "
         "on 2025-12-31, so it can never be judged; write a due date up to 2025-12-31, "
         "or years to: 2026",
         0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text;
        size_t warnings = 0;

        programme_changed(&CASES[i], files, &text);
        assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_OK);
        for (size_t k = 0; k < found.count; k++) {
            if (found.items[k].kind == FINDING_WARNING) {
                warnings++;
                print_message("%s\n", found.items[k].text);
                assert_non_null(strstr(found.items[k].text, CASES[i].says));
            }
        }
        assert_int_equal(warnings, 1);
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&text);
    }
}

/* A file of the specimen with every `from` made `to`. */
static void
all_changed(struct catalogue_file *file, const char *from, const char *to,
            struct buf *text)
{
    const char *rest = file->text;
    const char *at;

    buf_init(text, 1 << 16);
    while ((at = strstr(rest, from)) != NULL) {
        buf_add(text, rest, (size_t)(at - rest));
        buf_text(text, to);
        rest = at + strlen(from);
    }
    buf_text(text, rest);
    file->text = buf_str(text);
    file->bytes = text->len;
}

/* Target 1d is due on 31/12/2025. The statutory 2025 ends on 14/12/2025 (Nghị định
 * 09/2019/NĐ-CP, Điều 12): that day is of 2026 then, which takes no reports. */
static void
a_date_that_no_window_can_judge_is_warned_of(void **state)
{
    static const struct {
        const char *year;
        const char *calendar;
        const char *due;
        const char *says; /* "": nothing */
    } CASES[] = {
        {"year: civil", "calendar: civil", "due: 2025-12-31", ""},
        {"year: civil", "calendar: civil", "due: 2026-01-01", "years to: 2026"},
        {"year: statutory", "calendar: statutory", "due: 2025-12-14", ""},
        {"year: statutory", "calendar: statutory", "due: 2025-12-15",
         "write a due date up to 2025-12-14"},
        {"year: statutory", "calendar: statutory", "due: 2025-12-31",
         "target 1d: due 2025-12-31 is after the last window whose reports are taken, "
         "which ends on 2025-12-14, so it can never be judged"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf year;
        struct buf calendar;
        struct buf due;
        size_t warnings = 0;

        memcpy(files, SPECIMEN, sizeof SPECIMEN);
        all_changed(&files[P], "year: civil", CASES[i].year, &year);
        all_changed(&files[M], "calendar: civil", CASES[i].calendar, &calendar);
        all_changed(&files[T], "due: 2025-12-31", CASES[i].due, &due);
        assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_OK);
        for (size_t k = 0; k < found.count; k++) {
            if (found.items[k].kind == FINDING_WARNING) {
                warnings++;
                print_message("%s\n", found.items[k].text);
                assert_non_null(strstr(found.items[k].text, CASES[i].says));
                assert_string_equal(found.items[k].file, "targets.yaml");
                assert_int_equal(found.items[k].line, 6);
                assert_int_equal(found.items[k].column, 119);
            }
        }
        assert_int_equal(warnings, CASES[i].says[0] == '\0' ? 0 : 1);
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&year);
        buf_fini(&calendar);
        buf_fini(&due);
    }
}

static void
a_thousand_mistakes_end_in_a_bounded_list(void **state)
{
    struct catalogue_file files[SPECIMEN_FILES];
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct buf text;

    (void)state;
    memcpy(files, SPECIMEN, sizeof SPECIMEN);
    buf_init(&text, 1 << 20);
    buf_text(&text, SPECIMEN[U].text);
    for (int i = 0; i < 1000; i++) {
        buf_format(&text, "9%d,x,x,commune,commune,77,,,,h,h,,\n", i);
    }
    files[U].text = buf_str(&text);
    files[U].bytes = text.len;
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_BAD);
    assert_int_equal(found.count, FINDINGS_MAX);
    assert_int_equal(found.errors, 1000);
    assert_non_null(strstr(found.items[FINDINGS_MAX - 1].text, "more findings"));
    findings_fini(&found);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programme_yaml_is_refused),
        cmocka_unit_test(units_csv_is_refused),
        cmocka_unit_test(leaders_and_holidays_are_refused),
        cmocka_unit_test(places_are_exact_in_characters),
        cmocka_unit_test(a_missing_and_a_doubled_file_are_named),
        cmocka_unit_test(several_mistakes_are_named_in_one_run_and_in_order),
        cmocka_unit_test(warnings_leave_a_programme_in_force),
        cmocka_unit_test(a_date_that_no_window_can_judge_is_warned_of),
        cmocka_unit_test(a_thousand_mistakes_end_in_a_bounded_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
