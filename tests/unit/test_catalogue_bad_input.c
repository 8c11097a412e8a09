/*
 * The kinds of bad input that a programme must never be put in force with, one by one:
 * each is refused at its very line and column, with the remedy in both languages.
 * Lines and columns were counted in the specimen by hand, in characters. All other
 * refusals: test_catalogue_refusals.c, test_catalogue_targets.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "tests/support/refusals.h"
#include "tests/support/specimen_programme.h"

/* One change of the specimen; what must be said where. `at` is a text of the changed
 * file, on whose first letter the finding must stand (its `nth` time, from 0). */
static const struct bad {
    const char *name;
    struct refusal change;
    const char *at;
    int nth;
    const char *vi;
} CASES[] = {
    {"an unknown key of a programme",
     {P, "prefix: TST", "prefix: TST\nslogan: x",
      "unknown key \"slogan\"; take it out, or use one of: programme", 0},
     "slogan",
     0,
     "không có khóa \"slogan\"; bỏ đi, hoặc dùng một trong các khóa"},
    {"an unknown key of a target",
     {T, "threshold: 60", "threshold: 60, treshhold: 61",
      "unknown key \"treshhold\"; did you mean \"threshold\"?", 0},
     "treshhold",
     0,
     "có phải \"threshold\" không?"},
    {"an unknown key inside a key",
     {M, "due: {working_days: 5}", "due: {working_days: 5, days: 3}",
      "unknown key \"days\"; take it out", 0},
     "days: 3",
     0,
     "bỏ đi, hoặc dùng"},
    {"steps without any year",
     {T, "steps: {2021: 15, 2022: 35, 2023: 54.95, 2024: 75}", "steps: 15",
      "is {year: percent, …}, such as {2021: 15}", 0},
     "15, exempt",
     0,
     "viết {năm: phần trăm, …}, ví dụ {2021: 15}"},
    {"steps as a list, so without years",
     {T, "steps: {2021: 15, 2022: 35, 2023: 54.95, 2024: 75}", "steps: [15, 35]",
      "is {year: percent, …}, such as {2021: 15}", 0},
     "[15, 35]",
     0,
     "viết {năm: phần trăm, …}"},
    {"a step outside the target's own years",
     {T, "kind: steps, steps:", "kind: steps, years: {from: 2022, to: 2024}, steps:",
      "step \"2021\" is no year from 2022 to 2024", 0},
     "2021: 15",
     0,
     "mức \"2021\" không phải năm từ 2022 đến 2024"},
    {"a year without its step",
     {T, "2023: 54.95", "2023: ", "step of 2023 is empty; write the percentage, or", 0},
     "2023: ,",
     0,
     "mức của năm 2023 để trống; ghi phần trăm, hoặc"},
    {"a date to judge by, and no date",
     {T, "pace: due, threshold: 50, due: 2025-06-30,", "pace: due, threshold: 50,",
      "pace due and a due date go together; write both or neither", 0},
     "due, threshold: 50",
     0,
     "đi với nhau"},
    {"by_date without its date",
     {T,
      "kind: at_least, "
      "pace: due, threshold: 50, due: 2025-06-30,",
      "kind: by_date, threshold: 50,", "kind by_date needs \"due\"; add it", 0},
     "{id: 10c",
     0,
     "cần \"due\"; hãy thêm"},
    {"a baseline without its year",
     {T, "baseline: {year: 2020, value: 60}", "baseline: {value: 60}",
      "\"year\" is missing here; add year: …", 0},
     "{value: 60}",
     0,
     "thiếu \"year\" ở đây; thêm year: …"},
    {"versions that overlap",
     {T, "{id: i, ",
      "{id: 7a, version: 2, valid_from: 2021-01-01, indicator: share, subject: each, "
      "level: province, kind: at_least, threshold: 70, title_vi: t, title_en: t, "
      "citation: {document: nq, section: \"1\"}}\n  - {id: i, ",
      "versions 1 and 2 overlap; write the first day on which version 2 is valid", 0},
     "2021-01-01",
     0,
     "phiên bản 1 và 2 trùng thời gian; ghi valid_from"},
    {"a second version without its day",
     {T, "{id: i, ",
      "{id: 7a, version: 2, indicator: share, subject: each, "
      "level: province, kind: at_least, threshold: 70, title_vi: t, title_en: t, "
      "citation: {document: nq, section: \"1\"}}\n  - {id: i, ",
      "versions 1 and 2 overlap", 0},
     "{id: 7a, version: 2",
     0,
     "trùng thời gian"},
    {"a unit without a parent",
     {U, "101,xã Một,commune one,commune,commune,11,",
      "101,xã Một,commune one,commune,commune,,",
      "stands here: write the code of the unit above it", 0},
     ",,,assumed-no,Chủ tịch UBND xã Một",
     0,
     "mọi đơn vị khác phải có; ở đây ghi \"\": ghi mã đơn vị cấp trên"},
    {"a unit under itself",
     {U, "12,Huyện Hai,District two,district,district,1,",
      "12,Huyện Hai,District two,district,district,12,",
      "unit 12, a district, stands under 12, a district; communes lie under", 0},
     "12,2022-01-01",
     0,
     "đặt dưới 12 (district); xã thuộc huyện hoặc tỉnh"},
    {"a code reused in overlapping days",
     {U, "commune,12,2024-01-01,,no", "commune,12,2023-12-31,,no",
      "code 103 is held on the same day by the unit of line 8; end that one", 0},
     "103,xã Ba mới",
     0,
     "mã 103 đã thuộc về đơn vị ở dòng 8 trong cùng một ngày; cho đơn vị đó kết thúc"},
    {"an indicator of a stock over a flow",
     {M, "numerator: [results_digitised]", "numerator: [dossiers]",
      "dossiers is a flow and results a stock; a ratio is of stocks or of flows", 0},
     "{id: share",
     0,
     "tỷ lệ chỉ gồm toàn stock hoặc toàn flow"},
    {"a sum of a stock and a flow",
     {M, "denominator: [results]", "denominator: [results, dossiers]",
      "a ratio is of stocks or of flows", 0},
     "{id: share",
     0,
     "tỷ lệ chỉ gồm toàn stock hoặc toàn flow"},
    {"more than all of it",
     {T, "2024: 75", "2024: 100.01", "100.01; 100 percent is the most", 0},
     "100.01",
     0,
     "nhiều nhất là 100"},
};

/* Line and column of the nth time a text stands in a file, in characters. */
static void
place_of(const char *file, const char *text, int nth, int *line, int *column)
{
    const char *at = strstr(file, text);

    while (at != NULL && nth-- > 0) {
        at = strstr(at + 1, text);
    }
    assert_non_null(at);
    *line = 1;
    *column = 1;
    for (const char *c = file; c < at; c++) {
        if (*c == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)c[1] & 0xc0) != 0x80) {
            (*column)++;
        }
    }
}

static bool
says(const struct bad *b, const struct finding *f, int line, int column)
{
    return f->kind == FINDING_ERROR &&
           strcmp(f->file, SPECIMEN[b->change.file].name) == 0 && f->line == line &&
           f->column == column && strstr(f->text, b->change.says) != NULL &&
           strstr(f->text_vi, b->vi) != NULL;
}

static void
each_kind_is_refused_at_its_place_in_both_languages(void **state)
{
    size_t failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct bad *b = &CASES[i];
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text;
        bool said = false;
        int line = 0;
        int column = 0;

        programme_changed(&b->change, files, &text);
        place_of(files[b->change.file].text, b->at, b->nth, &line, &column);
        if (catalogue_load(files, SPECIMEN_FILES, &c, &found) != ST_BAD) {
            print_message("%s: not refused\n", b->name);
            catalogue_free(&c);
        }
        for (size_t k = 0; k < found.count; k++) {
            said = said || says(b, &found.items[k], line, column);
        }
        if (!said || found.errors != 1) {
            failures++;
            print_message("%s: wanted at %d:%d “%s” “%s”, %zu errors\n", b->name, line,
                          column, b->change.says, b->vi, found.errors);
            for (size_t k = 0; k < found.count; k++) {
                print_message("  %s:%d:%d: %s | %s\n", found.items[k].file,
                              found.items[k].line, found.items[k].column,
                              found.items[k].text, found.items[k].text_vi);
            }
        }
        findings_fini(&found);
        buf_fini(&text);
    }
    assert_int_equal(failures, 0);
}

/* --- a cadence nobody reports --- */

#define DEPARTMENT                                                                                \
    "S1,Sở Một,Department one,department,province,1,,,,Giám đốc Sở Một,Director one," \
    "local,\n"
#define SPARE                                                                          \
    "  - {code: spare, name_vi: k, name_en: k, count_vi: k, count_en: k, nature: "     \
    "flow}\n"                                                                          \
    "groups:\n"                                                                        \
    "  - {code: spares, name_vi: k, name_en: k, measures: [spare], reported_by: "      \
    "[department], calendar: civil, cadence: monthly, due: {working_days: 5}"
#define COUNTED                                                                        \
    "indicators:\n"                                                                    \
    "  - {id: counted, name_vi: i, name_en: i, value: spare, better: up, "             \
    "legal_basis: "                                                                    \
    "x}\n"

static const struct {
    const char *name;
    const char *spare;    /* the group, after SPARE */
    const char *counted;  /* the list of indicators */
    struct refusal units; /* and what becomes of the only department */
    enum status status;
    size_t findings; /* beside the questions */
    const char *at;
    const char *en;
    const char *vi;
} REPORTERS[] = {
    {"there is a department",
     "}\n",
     COUNTED,
     {U, DEPARTMENT, DEPARTMENT, NULL, 0},
     ST_OK,
     0,
     NULL,
     NULL,
     NULL},
    {"there is none",
     "}\n",
     COUNTED,
     {U, DEPARTMENT, "", NULL, 0},
     ST_BAD,
     1,
     "[department], calendar",
     "group spares: nobody reports it: units.csv has no unit of kind department from "
     "2021 to 2025; add the units, or write the kinds that there are",
     "nhóm spares: không ai báo cáo: units.csv không có đơn vị loại sở, ngành nào từ "
     "năm "
     "2021 đến 2025; thêm đơn vị, hoặc ghi loại đơn vị đang có"},
    {"there is one, of years that are not asked about",
     "}\n",
     COUNTED,
     {U, "department,province,1,,,,", "department,province,1,2026-01-01,,,", NULL, 0},
     ST_BAD,
     2, /* and the unit is warned about */
     "[department], calendar",
     "group spares: nobody reports it",
     "không ai báo cáo"},
    {"there is one, and nothing counts what it reports",
     "}\n",
     "indicators:\n",
     {U, DEPARTMENT, DEPARTMENT, NULL, 0},
     ST_OK,
     1,
     "spares, name_vi",
     "group spares: no indicator counts any of its measures, so its reports are asked "
     "for and judge nothing; add an indicator, take the group out, or say in its note",
     "không chỉ số nào dùng số đo của nhóm nên báo cáo gửi lên không được đánh giá; "
     "thêm chỉ số, bỏ nhóm, hoặc ghi rõ mục đích ở note"},
    {"nothing counts it, and the note says what for",
     ", note: shown beside the others}\n",
     "indicators:\n",
     {U, DEPARTMENT, DEPARTMENT, NULL, 0},
     ST_OK,
     0,
     NULL,
     NULL,
     NULL},
};

/* measures.yaml of the specimen with the spare group. */
static void
spare_added(size_t i, struct catalogue_file *file, struct buf *text)
{
    const char *groups = strstr(SPECIMEN[M].text, "groups:\n");
    const char *indicators = strstr(SPECIMEN[M].text, "indicators:\n");

    buf_init(text, 1 << 20);
    buf_add(text, SPECIMEN[M].text, (size_t)(groups - SPECIMEN[M].text));
    buf_text(text, SPARE);
    buf_text(text, REPORTERS[i].spare);
    groups += strlen("groups:\n");
    buf_add(text, groups, (size_t)(indicators - groups));
    buf_text(text, REPORTERS[i].counted);
    buf_text(text, indicators + strlen("indicators:\n"));
    *file = (struct catalogue_file){"measures.yaml", buf_str(text), text->len};
}

static void
a_cadence_that_nobody_reports_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REPORTERS / sizeof REPORTERS[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf units;
        struct buf measures;
        size_t said = 0;
        size_t count = 0;
        int line = 0;
        int column = 0;

        print_message("%s\n", REPORTERS[i].name);
        programme_changed(&REPORTERS[i].units, files, &units);
        spare_added(i, &files[M], &measures);
        if (REPORTERS[i].at != NULL) {
            place_of(files[M].text, REPORTERS[i].at, 0, &line, &column);
        }
        assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found),
                         REPORTERS[i].status);
        for (size_t k = 0; k < found.count; k++) {
            const struct finding *f = &found.items[k];

            if (f->kind == FINDING_QUESTION) {
                continue;
            }
            print_message("  %s:%d:%d: %s\n  %s\n", f->file, f->line, f->column,
                          f->text, f->text_vi);
            count++;
            if (REPORTERS[i].en != NULL && strstr(f->text, REPORTERS[i].en) != NULL) {
                assert_string_equal(f->file, "measures.yaml");
                assert_int_equal(f->line, line);
                assert_int_equal(f->column, column);
                assert_non_null(strstr(f->text_vi, REPORTERS[i].vi));
                said++;
            }
        }
        assert_int_equal(count, REPORTERS[i].findings);
        assert_int_equal(said, REPORTERS[i].en == NULL ? 0 : 1);
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&units);
        buf_fini(&measures);
    }
}

static void
a_gap_between_two_steps_is_warned_about(void **state)
{
    static const struct refusal gap = {T, "2022: 35, 2023: 54.95, ", "", NULL, 0};
    struct catalogue_file files[SPECIMEN_FILES];
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct buf text;
    size_t warnings = 0;

    (void)state;
    programme_changed(&gap, files, &text);
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_OK);
    for (size_t i = 0; i < found.count; i++) {
        if (found.items[i].kind == FINDING_WARNING) {
            warnings++;
            assert_non_null(strstr(found.items[i].text,
                                   "target 7c: there is no step between 2021 and 2024, "
                                   "so nothing is asked in between; add the step"));
            assert_non_null(
                strstr(found.items[i].text_vi, "thêm mức nếu văn bản có nêu"));
        }
    }
    assert_int_equal(warnings, 1);
    catalogue_free(&c);
    findings_fini(&found);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_refused_at_its_place_in_both_languages),
        cmocka_unit_test(a_cadence_that_nobody_reports_is_refused),
        cmocka_unit_test(a_gap_between_two_steps_is_warned_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
