/* An include that does not fit: refused with the file, line and column, both languages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/included_programme.h"
#include "tests/support/refusals.h"

static const struct {
    const char *name;
    const char *include;
    struct change changes[CHANGES_MAX];
    const char *file;
    const char *at; /* the finding stands on the first letter of this */
    const char *en;
    const char *vi;
} REFUSED[] = {
    {"an unknown key",
     "include:\n  - {programme: rules, as: \"766\", only: [\"9\"]}\n",
     {{0}},
     "programme.yaml",
     "only: [",
     "unknown key \"only\"",
     "không có khóa \"only\""},
    {"no name for its targets",
     "include:\n  - {programme: rules}\n",
     {{0}},
     "programme.yaml",
     "{programme: rules}",
     "\"as\" is missing here",
     "thiếu \"as\" ở đây"},
    {"a way out of the folder",
     "include:\n  - {programme: \"../rules\", as: \"766\"}\n",
     {{0}},
     "programme.yaml",
     "\"../rules\"",
     "small letters, digits and -",
     "chữ thường không dấu"},
    {"itself",
     "include:\n  - {programme: test-province, as: x}\n",
     {{0}},
     "programme.yaml",
     "test-province, as",
     "is this programme itself; take it out",
     "chính là chương trình này; bỏ đi"},
    {"what did not come along",
     "include:\n  - {programme: others, as: x}\n",
     {{0}},
     "programme.yaml",
     "others, as",
     "its file others/programme.yaml did not come along",
     "thiếu tệp others/programme.yaml đi kèm"},
    {"one twice",
     INCLUDE "  - {programme: rules, as: \"767\"}\n",
     {{0}},
     "programme.yaml",
     "rules, as: \"767\"",
     "rules is included twice; write one entry",
     "rules đưa vào hai lần; ghi một mục"},
    {"includes of an include",
     INCLUDE,
     {{RP, "", "include:\n  - {programme: z, as: z}\n"}},
     "rules/programme.yaml",
     "- {programme: z",
     "rules is included itself, so it cannot include others",
     "không được đưa thêm chương trình nữa"},
    {"a circle",
     INCLUDE,
     {{RP, "", "include:\n  - {programme: test-province, as: z}\n"}},
     "rules/programme.yaml",
     "- {programme: test-province",
     "rules is included itself, so it cannot include others",
     "không được đưa thêm chương trình nữa"},
    {"another programme in that folder",
     INCLUDE,
     {{RP, "programme: rules", "programme: ruling"}},
     "rules/programme.yaml",
     "ruling",
     "the folder is rules and the programme in it ruling; give both one name",
     "thư mục là rules còn chương trình trong đó là ruling"},
    {"a mistake in the included file",
     INCLUDE,
     {{RT, "threshold: 90", "threshold: 900"}},
     "rules/targets.yaml",
     "900,",
     "100 percent is the most",
     "nhiều nhất là 100"},
    {"a broken included file",
     INCLUDE,
     {{RT, "targets:\n", "targets: [\n"}},
     "rules/targets.yaml",
     NULL,
     "cannot be read as YAML",
     "không đọc được dạng YAML"},
    {"a target that is not there",
     "include:\n  - {programme: rules, as: \"766\", targets: [\"9\", \"4.3\"]}\n",
     {{0}},
     "programme.yaml",
     "\"4.3\"",
     "names \"4.3\", which is not there; did you mean",
     "ghi \"4.3\", nhưng không có"},
    {"a measure with another definition",
     INCLUDE,
     {{RM, "count_vi: hồ sơ, count_en: dossiers, nature: flow",
       "count_vi: hồ sơ, count_en: dossiers, nature: stock"}},
     "rules/measures.yaml",
     "{code: dossiers",
     "measure dossiers differs from the one of measures.yaml:4 (\"nature\"); make both "
     "equal, or give one of them another code",
     "số đo dossiers khác với mục cùng mã ở measures.yaml:4 (\"nature\"); ghi giống "
     "nhau, hoặc đổi mã"},
    {"a group with another day",
     INCLUDE,
     {{RM, "due: {working_days: 5}", "due: {working_days: 6}"}},
     "rules/measures.yaml",
     "{code: digitisation",
     "group digitisation differs from the one of measures.yaml:8 "
     "(\"due\")",
     "nhóm digitisation khác với mục cùng mã ở measures.yaml:8"},
    {"a group with another measure",
     INCLUDE,
     {{RM, "[results, results_digitised, dossiers]", "[results, results_digitised]"}},
     "rules/measures.yaml",
     "{code: digitisation",
     "group digitisation differs from the one of measures.yaml:8 (\"measures\")",
     "nhóm digitisation khác"},
    {"an indicator with another basis",
     INCLUDE,
     {{RM, "better: up, legal_basis: x", "better: up, legal_basis: w"}},
     "rules/measures.yaml",
     "{id: share",
     "indicator share differs from the one of measures.yaml:11 (\"legal_basis\")",
     "chỉ số share khác với mục cùng mã ở measures.yaml:11"},
    {"a measure in two groups",
     INCLUDE,
     {{RM, "{code: digitisation,", "{code: digitising,"}},
     "rules/measures.yaml",
     "{code: digitising",
     "measure results stands in group digitisation already "
     "(measures.yaml:8)",
     "số đo results đã có trong nhóm digitisation (measures.yaml:8)"},
    {"a group that no unit of this programme reports",
     INCLUDE,
     {{RM, "reported_by: [commune], calendar: civil, cadence: quarterly",
       "reported_by: [department], calendar: civil, cadence: quarterly"},
      {RT, "{id: \"4.2\", indicator: content, subject: each, level: commune",
       "{id: \"4.2\", indicator: content, subject: each, level: province"},
      {U,
       "S1,Sở Một,Department one,department,province,1,,,,Giám đốc Sở Một,Director "
       "one,local,\n",
       ""}},
     "rules/measures.yaml",
     "[department], calendar: civil, cadence: quarterly",
     "group survey: nobody reports it",
     "nhóm survey: không ai báo cáo"},
    {"another calendar",
     INCLUDE,
     {{RP, "year: civil", "year: statutory"},
      {RM, "calendar: civil, cadence: monthly", "calendar: civil, cadence: monthly"}},
     "rules/targets.yaml",
     NULL,
     "write the same calendar in both",
     "cùng một lịch"},
    {"no year in common",
     INCLUDE,
     {{RP, "years: {from: 2022, to: 2026}", "years: {from: 2026, to: 2030}"},
      {RT, "steps: {2022: 10, 2023: 20, 2024: 30, 2025: 40, 2026: 50}",
       "steps: {2026: 50}"}},
     "programme.yaml",
     "{programme: rules",
     "has no year from 2021 to 2025; name the "
     "others only",
     "không có năm nào từ 2021 đến 2025"},
    {"a simulation in a real programme",
     INCLUDE,
     {{RP, "illustrative: true", "illustrative: true\nsimulated: true"}},
     "programme.yaml",
     "rules, as",
     "rules is simulated and this programme is not",
     "rules là mô phỏng còn chương trình này thì không"},
    {"an id that is too long",
     "include:\n  - {programme: rules, as: a-name-of-twenty-two-xx}\n",
     {{0}},
     "programme.yaml",
     "a-name-of",
     "longer than 24; write a shorter \"as\"",
     "dài hơn 24 ký tự"},
    {"an id that is there",
     INCLUDE,
     {{T, "{id: 7a,", "{id: 766-4.2,"}},
     "programme.yaml",
     "\"766\"",
     "there is one of that id; write another \"as\"",
     "trùng với mã đã có"},
    {"adopted by nobody",
     "include:\n  - {programme: rules, as: x, adopted: true}\n",
     {{0}},
     "programme.yaml",
     "true}",
     "the citation of the decision to adopt go together; write citation",
     "phải đi cùng trích dẫn quyết định áp dụng"},
    {"a decision that adopts nothing",
     "include:\n  - {programme: rules, as: x, citation: {document: nq, section: a}}\n",
     {{0}},
     "programme.yaml",
     "{document: nq, section: a}",
     "go together; write citation",
     "phải đi cùng trích dẫn"},
    {"adopted by a document that is not there",
     "include:\n  - {programme: rules, as: x, adopted: true, citation: {document: qd, "
     "section: a}}\n",
     {{0}},
     "programme.yaml",
     "qd, section",
     "names \"qd\", which is not there",
     "ghi \"qd\", nhưng không có"},
    {"a base that was before its time",
     "include:\n  - {programme: rules, as: x}\n",
     {{RP, "years: {from: 2022, to: 2026}",
       "years: {from: 2022, to: 2026, history_from: 2019}"},
      {RT, "kind: times_per_year, times: 4",
       "kind: reduce_by, percent: 10, baseline: {year: 2019}"},
      {RM, "value: visits, better: up", "value: visits, better: down"}},
     "programme.yaml",
     "rules, as: x",
     "target x-6.1 compares with 2019, and reports are "
     "taken from 2021 on; write history_from: 2019",
     "chỉ nhận báo cáo từ năm 2021; ghi history_from: 2019"},
};

/* Line and column of a text in a file, in characters. */
static void
place_of(const char *file, const char *text, int *line, int *column)
{
    const char *at = strstr(file, text);

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
refused_as_wanted(const struct both *b, size_t i)
{
    int line = 0;
    int column = 0;

    for (size_t f = 0; f < FILES && REFUSED[i].at != NULL; f++) {
        if (strcmp(b->files[f].name, REFUSED[i].file) == 0) {
            place_of(b->files[f].text, REFUSED[i].at, &line, &column);
        }
    }
    for (size_t k = 0; k < b->found.count; k++) {
        const struct finding *f = &b->found.items[k];

        if (f->kind == FINDING_ERROR && strcmp(f->file, REFUSED[i].file) == 0 &&
            (line == 0 || (f->line == line && f->column == column)) &&
            strstr(f->text, REFUSED[i].en) != NULL &&
            strstr(f->text_vi, REFUSED[i].vi) != NULL) {
            return b->st == ST_BAD;
        }
    }
    print_message("%s: wanted %s:%d:%d “%s” “%s”, got %s:\n", REFUSED[i].name,
                  REFUSED[i].file, line, column, REFUSED[i].en, REFUSED[i].vi,
                  status_name(b->st));
    return false;
}

static void
an_include_that_does_not_fit_is_refused_where_it_stands(void **state)
{
    size_t failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        struct both b;

        both_load(&b, REFUSED[i].include, REFUSED[i].changes);
        if (!refused_as_wanted(&b, i)) {
            failures++;
            both_print(&b);
        }
        both_fini(&b);
    }
    assert_int_equal(failures, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_include_that_does_not_fit_is_refused_where_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
