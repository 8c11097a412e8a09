/*
 * A programme that includes another: what is taken over, whose promise it is, and what
 * is refused, with the file, line and column. The included one is small and made up
 * here: "rules", an illustration that shares a group with the specimen and has two of
 * its own. Years: the specimen's are 2021 to 2025, those of the rules 2022 to 2026.
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

#define INCLUDE "include:\n  - {programme: rules, as: \"766\"}\n"

static const char RULES_PROGRAMME[] =
    "programme: rules\n"
    "version: 1\n"
    "prefix: RUL\n"
    "province_unit: \"X\"\n"
    "title_vi: Quy tắc\n"
    "title_en: Rules\n"
    "word_vi: mức\n"
    "word_en: line\n"
    "years: {from: 2022, to: 2026}\n"
    "year: civil\n"
    "alerts_from: 2022-08-01\n"
    "illustrative: true\n"
    "contact_vi: Không\n"
    "contact_en: None\n"
    "documents:\n"
    "  - {id: qd, title_vi: Quyết định, title_en: Decision}\n";

static const char RULES_MEASURES[] =
    "measures:\n"
    "  - {code: results, name_vi: a, name_en: a, count_vi: kết quả, count_en: results, "
    "nature: stock}\n"
    "  - {code: results_digitised, name_vi: b, name_en: b, count_vi: kết quả, "
    "count_en: results, nature: stock, part_of: results}\n"
    "  - {code: dossiers, name_vi: c, name_en: c, count_vi: hồ sơ, count_en: dossiers, "
    "nature: flow}\n"
    "  - {code: answers, name_vi: d, name_en: d, count_vi: phiếu, count_en: answers, "
    "nature: flow}\n"
    "  - {code: answers_good, name_vi: e, name_en: e, count_vi: phiếu, count_en: "
    "answers, nature: flow, part_of: answers}\n"
    "  - {code: visits, name_vi: f, name_en: f, count_vi: lượt, count_en: visits, "
    "nature: flow}\n"
    "groups:\n"
    "  - {code: digitisation, name_vi: g, name_en: g, "
    "measures: [results, results_digitised, dossiers], "
    "reported_by: [department, commune], calendar: civil, cadence: monthly, "
    "due: {working_days: 5}, source: unit}\n"
    "  - {code: survey, name_vi: h, name_en: h, measures: [answers, answers_good], "
    "reported_by: [commune], calendar: civil, cadence: quarterly, "
    "due: {working_days: 10}}\n"
    "  - {code: visiting, name_vi: k, name_en: k, measures: [visits], "
    "reported_by: [commune], calendar: civil, cadence: quarterly, "
    "due: {working_days: 10}}\n"
    "indicators:\n"
    "  - {id: share, name_vi: i, name_en: i, numerator: [results_digitised], "
    "denominator: [results], better: up, legal_basis: x}\n"
    "  - {id: content, name_vi: j, name_en: j, numerator: [answers_good], "
    "denominator: [answers], better: up, legal_basis: y}\n"
    "  - {id: visits_all, name_vi: l, name_en: l, value: visits, better: up, "
    "legal_basis: z}\n";

#define END "title_vi: t, title_en: u, citation: {document: qd, section: \"III\"}}\n"

static const char RULES_TARGETS[] =
    "targets:\n"
    "  - {id: \"4.2\", indicator: content, subject: each, level: commune, "
    "kind: at_least, threshold: 90, full_marks: true, " END
    "  - {id: \"5.2\", indicator: share, subject: each, level: commune, kind: steps, "
    "steps: {2022: 10, 2023: 20, 2024: 30, 2025: 40, 2026: 50}, exempt: by_unit, "
    "exempt_confirmed: {by: Bộ, date: 2022-01-01}, " END
    "  - {id: \"6.1\", indicator: visits_all, subject: each, level: commune, "
    "kind: times_per_year, times: 4, " END
    "  - {id: \"9\", subject: province, level: all, kind: info, " END;

/* The files of both: the specimen's six, then the three of the rules. */
enum { RM = SPECIMEN_FILES, RP, RT, FILES };

static const struct catalogue_file RULES[] = {
    {"rules/measures.yaml", RULES_MEASURES, sizeof RULES_MEASURES - 1},
    {"rules/programme.yaml", RULES_PROGRAMME, sizeof RULES_PROGRAMME - 1},
    {"rules/targets.yaml", RULES_TARGETS, sizeof RULES_TARGETS - 1},
};

/* One text of one file becomes another; "" in `from`: it is put behind the file. */
struct change {
    int file;
    const char *from;
    const char *to;
};

#define CHANGES_MAX 3

struct both {
    struct catalogue_file files[FILES];
    struct buf texts[CHANGES_MAX + 1];
    struct catalogue *c;
    struct findings found;
    enum status st;
};

static void
change_make(struct both *b, size_t n, const struct change *change)
{
    struct catalogue_file *f = &b->files[change->file];
    const char *at =
        change->from[0] == '\0' ? f->text + f->bytes : strstr(f->text, change->from);

    if (at == NULL) {
        fail_msg("“%s” fits nothing in %s", change->from, f->name);
        return;
    }
    buf_init(&b->texts[n], 1 << 20);
    buf_add(&b->texts[n], f->text, (size_t)(at - f->text));
    buf_text(&b->texts[n], change->to);
    buf_text(&b->texts[n], at + strlen(change->from));
    f->text = buf_str(&b->texts[n]);
    f->bytes = b->texts[n].len;
}

/* Both, with `include` behind programme.yaml and the changes; both_fini it. */
static void
both_load(struct both *b, const char *include, const struct change *changes)
{
    memset(b, 0, sizeof *b);
    memcpy(b->files, SPECIMEN, sizeof SPECIMEN);
    memcpy(b->files + SPECIMEN_FILES, RULES, sizeof RULES);
    change_make(b, 0, &(struct change){P, "", include});
    for (size_t i = 0; changes != NULL && i < CHANGES_MAX && changes[i].to != NULL;
         i++) {
        change_make(b, i + 1, &changes[i]);
    }
    b->st = catalogue_load(b->files, FILES, &b->c, &b->found);
}

static void
both_fini(struct both *b)
{
    catalogue_free(&b->c);
    findings_fini(&b->found);
    for (size_t i = 0; i <= CHANGES_MAX; i++) {
        buf_fini(&b->texts[i]);
    }
}

static void
both_print(const struct both *b)
{
    for (size_t i = 0; i < b->found.count; i++) {
        const struct finding *f = &b->found.items[i];

        print_message("  %s:%d:%d: %s | %s\n", f->file, f->line, f->column, f->text,
                      f->text_vi);
    }
}

static const struct target *
target_of(const struct both *b, const char *id)
{
    int target = catalogue_target(b->c, id);

    if (target == NONE) {
        fail_msg("no target %s", id);
    }
    return &b->c->targets[target];
}

/* --- what is taken over --- */

static void
all_targets_come_with_what_they_count(void **state)
{
    struct both b;
    const struct target *t;
    const struct group *g;

    (void)state;
    both_load(&b, INCLUDE, NULL);
    both_print(&b);
    assert_int_equal(b.st, ST_OK);
    /* Of the specimen 5, 2, 2, 7 and 0; of the rules what is not there: the measures
     * answers, answers_good and visits, two groups, two indicators, three targets. */
    assert_int_equal(b.c->measure_count, 8);
    assert_int_equal(b.c->group_count, 4);
    assert_int_equal(b.c->indicator_count, 4);
    assert_int_equal(b.c->target_count, 10);
    assert_int_equal(b.c->info_count, 1);
    assert_string_equal(b.c->slug, "test-province");
    assert_string_equal(b.c->prefix, "TST");
    assert_int_equal(b.c->unit_count, 10);
    t = target_of(&b, "766-4.2");
    assert_string_equal(b.c->indicators[t->indicator].id, "content");
    g = &b.c->groups[b.c->indicators[t->indicator].group];
    assert_string_equal(g->code, "survey");
    assert_string_equal(b.c->measures[g->measures[1]].code, "answers_good");
    assert_int_equal(b.c->measures[g->measures[1]].part_of, g->measures[0]);
    assert_string_equal(t->programme, "rules");
    assert_string_equal(t->document_en, "Decision");
    assert_string_equal(t->section, "III");
    assert_null(target_of(&b, "7c")->programme);
    /* A shared indicator is the one that was there. */
    assert_int_equal(target_of(&b, "766-5.2")->indicator,
                     target_of(&b, "7c")->indicator);
    assert_string_equal(b.c->infos[0].id, "766-9");
    both_fini(&b);
}

static void
the_years_are_those_that_both_have(void **state)
{
    static const struct {
        int year;
        int64_t step; /* 0: none */
    } STEPS[] = {{2021, 0}, {2022, 10}, {2023, 20}, {2025, 40}, {2026, 0}};
    const struct target *t;
    struct both b;

    (void)state;
    both_load(&b, INCLUDE, NULL);
    t = target_of(&b, "766-5.2");
    assert_int_equal(target_year_first(b.c, t), 2022);
    assert_int_equal(target_year_last(b.c, t), 2025);
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        struct ratio step = target_step(b.c, t, STEPS[i].year);

        print_message("%d\n", STEPS[i].year);
        if (STEPS[i].step == 0) {
            assert_int_equal(step.den, 0);
        } else {
            assert_int_equal(ratio_compare(step, ratio_of(STEPS[i].step, 1)), 0);
        }
    }
    both_fini(&b);
}

/* The rules of 2019 to 2022 with steps from 10 to 40: the specimen begins in 2021. */
static void
the_step_of_the_year_before_is_kept(void **state)
{
    static const struct change EARLIER[CHANGES_MAX] = {
        {RP, "{from: 2022, to: 2026}", "{from: 2019, to: 2022}"},
        {RT, "{2022: 10, 2023: 20, 2024: 30, 2025: 40, 2026: 50}",
         "{2019: 10, 2020: 20, 2021: 30, 2022: 40}"},
        {RP, "alerts_from: 2022-08-01", "alerts_from: 2019-08-01"}};
    const struct target *t;
    struct both b;

    (void)state;
    both_load(&b, INCLUDE, EARLIER);
    both_print(&b);
    assert_int_equal(b.st, ST_OK);
    t = target_of(&b, "766-5.2");
    assert_int_equal(ratio_compare(target_step_before(b.c, t, 2021), ratio_of(20, 1)),
                     0);
    assert_int_equal(ratio_compare(target_step_before(b.c, t, 2022), ratio_of(30, 1)),
                     0);
    both_fini(&b);
    both_load(&b, INCLUDE, NULL); /* their first year is one of ours: nothing before */
    assert_int_equal(target_step_before(b.c, target_of(&b, "766-5.2"), 2022).den, 0);
    both_fini(&b);
}

#define FIRST                                                                          \
    "{id: \"6.1\", indicator: visits_all, subject: each, level: commune, "             \
    "kind: times_per_year, times: 4, "

/* 6.1 has two versions; of their years 2022 to 2026 the specimen has those to 2025. */
static void
a_version_without_years_here_is_not_there(void **state)
{
    static const struct {
        const char *name;
        const char *from; /* of the second version */
        const char *years;
        int count;
        bool later; /* of the newest one that came */
        bool superseded;
    } CASES[] = {
        {"both came", "2024-01-01", "{from: 2022, to: 2026}", 2, true, false},
        {"the second did not", "2026-01-01", "{from: 2022, to: 2026}", 1, false, false},
        {"nor did the first", "2021-01-01", "{from: 2019, to: 2026}", 1, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char second[512];
        struct change changes[CHANGES_MAX] = {
            {RP, "{from: 2022, to: 2026}", CASES[i].years}, {RT, FIRST, second}};
        const struct target *t;
        struct both b;
        int count = 0;

        (void)snprintf(second, sizeof second,
                       "{id: \"6.1\", version: 1, indicator: visits_all, subject: "
                       "each, level: commune, kind: times_per_year, times: 4, " END
                       "  - {id: \"6.1\", version: 2, valid_from: %s, indicator: "
                       "visits_all, subject: each, level: commune, kind: "
                       "times_per_year, times: 5, ",
                       CASES[i].from);
        both_load(&b, INCLUDE, changes);
        print_message("%s\n", CASES[i].name);
        both_print(&b);
        assert_int_equal(b.st, ST_OK);
        for (size_t k = 0; k < b.c->target_count; k++) {
            count += strcmp(b.c->targets[k].id, "766-6.1") == 0;
        }
        assert_int_equal(count, CASES[i].count);
        t = target_of(&b, "766-6.1");
        assert_int_equal(t->versions, CASES[i].count > 1);
        assert_int_equal(t->later, CASES[i].later);
        assert_int_equal(t->superseded, CASES[i].superseded);
        both_fini(&b);
    }
}

static void
only_the_named_targets_come(void **state)
{
    struct both b;

    (void)state;
    both_load(&b,
              "include:\n"
              "  - {programme: rules, as: \"766\", targets: [\"5.2\", \"9\"]}\n",
              NULL);
    both_print(&b);
    assert_int_equal(b.st, ST_OK);
    assert_int_equal(b.c->target_count, 8);
    assert_int_equal(b.c->info_count, 1);
    assert_int_equal(b.c->measure_count, 5); /* nothing that nobody asks for */
    assert_int_equal(b.c->group_count, 2);
    assert_int_equal(catalogue_target(b.c, "766-4.2"), NONE);
    both_fini(&b);
}

static void
its_units_are_those_of_the_programme_that_includes(void **state)
{
    struct both b;
    char code[ALERT_CODE_BYTES];
    const struct target *t;

    (void)state;
    both_load(&b, INCLUDE, NULL);
    t = target_of(&b, "766-4.2");
    assert_true(target_concerns(b.c, t, &b.c->units[catalogue_unit(b.c, "101")]));
    assert_false(target_concerns(b.c, t, &b.c->units[catalogue_unit(b.c, "11")]));
    alert_code(b.c, t, 2023, "101", code);
    assert_string_equal(code, "TST-2023-766-4.2-101");
    both_fini(&b);
}

/* --- whose promise --- */

#define ADOPTED                                                                        \
    "include:\n  - {programme: rules, as: \"766\", adopted: true, citation: "          \
    "{document: nq, section: \"II.3\"}}\n"

static void
an_illustration_stays_one_until_the_province_adopts_it(void **state)
{
    static const struct {
        const char *name;
        const char *include;
        struct change changes[CHANGES_MAX];
        bool illustrative; /* of the included */
        bool full_marks;   /* of 766-4.2 */
        bool armed;        /* 766-5.2 about 103@2024-01-01, of which exempt says no */
        bool own_armed;    /* 7c, likewise */
        const char *document_vi;
        const char *document_en;
    } CASES[] = {
        {"an illustration",
         INCLUDE,
         {{0}},
         true,
         true,
         false,
         true,
         "Quyết định",
         "Decision"},
        {"adopted",
         ADOPTED,
         {{0}},
         false,
         false,
         true,
         true,
         "Quyết định, được áp dụng theo mục II.3 Nghị quyết",
         "Decision, adopted under section II.3 of the Resolution"},
        {"a rule in force",
         INCLUDE,
         {{RP, "illustrative: true", "illustrative: false"}},
         false,
         true,
         true,
         true,
         "Quyết định",
         "Decision"},
        {"adopted by an illustration",
         ADOPTED,
         {{P, "illustrative: false", "illustrative: true"}},
         true,
         false,
         false,
         false,
         "Quyết định, được áp dụng theo mục II.3 Nghị quyết",
         "Decision, adopted under section II.3 of the Resolution"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct unit *u;
        const struct target *t;
        struct both b;

        print_message("%s\n", CASES[i].name);
        both_load(&b, CASES[i].include, CASES[i].changes);
        both_print(&b);
        assert_int_equal(b.st, ST_OK);
        u = &b.c->units[catalogue_unit(b.c, "103@2024-01-01")];
        t = target_of(&b, "766-5.2");
        assert_int_equal(target_illustrative(b.c, t), CASES[i].illustrative);
        assert_int_equal(target_armed(b.c, t, u, false), CASES[i].armed);
        assert_int_equal(target_of(&b, "766-4.2")->full_marks, CASES[i].full_marks);
        assert_int_equal(target_armed(b.c, target_of(&b, "7c"), u, false),
                         CASES[i].own_armed);
        assert_string_equal(t->document_vi, CASES[i].document_vi);
        assert_string_equal(t->document_en, CASES[i].document_en);
        assert_string_equal(target_of(&b, "7c")->document_en, "Resolution");
        both_fini(&b);
    }
}

/* The ministry's word about its sample units says nothing about commune 101. */
static void
a_confirmed_exemption_does_not_come_along(void **state)
{
    struct both b;
    size_t asked = 0;

    (void)state;
    both_load(&b, ADOPTED, NULL);
    assert_false(target_armed(b.c, target_of(&b, "766-5.2"),
                              &b.c->units[catalogue_unit(b.c, "101")], false));
    for (size_t i = 0; i < b.found.count; i++) {
        const struct finding *f = &b.found.items[i];

        asked += f->kind == FINDING_QUESTION &&
                 strcmp(f->file, "rules/targets.yaml") == 0 && f->line == 3 &&
                 strstr(f->text, "units.csv says") != NULL;
    }
    assert_int_equal(asked, 2); /* the unknown one, and those assumed */
    both_fini(&b);
}

/* --- what is refused --- */

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

/* Files that nobody includes are no mistake and change nothing. */
static void
files_beside_it_are_left_alone(void **state)
{
    struct both b;

    (void)state;
    both_load(&b, "",
              (struct change[CHANGES_MAX]){{RT, "targets:", "targets: broken"}});
    assert_int_equal(b.st, ST_OK);
    assert_int_equal(b.c->target_count, 7);
    both_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_targets_come_with_what_they_count),
        cmocka_unit_test(the_years_are_those_that_both_have),
        cmocka_unit_test(the_step_of_the_year_before_is_kept),
        cmocka_unit_test(a_version_without_years_here_is_not_there),
        cmocka_unit_test(only_the_named_targets_come),
        cmocka_unit_test(its_units_are_those_of_the_programme_that_includes),
        cmocka_unit_test(an_illustration_stays_one_until_the_province_adopts_it),
        cmocka_unit_test(a_confirmed_exemption_does_not_come_along),
        cmocka_unit_test(an_include_that_does_not_fit_is_refused_where_it_stands),
        cmocka_unit_test(files_beside_it_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
