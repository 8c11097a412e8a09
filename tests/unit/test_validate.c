/* link: ingest */
/* Which reports are right, and of the others: the code, the field and what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/validate.h"
#include "tests/support/specimen_programme.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct catalogue *c;
static struct checks checks;
static struct arena *arena;

static int
setup(void **state)
{
    struct findings found = {0};

    (void)state;
    assert_int_equal(catalogue_load(SPECIMEN, SPECIMEN_FILES, &c, &found), ST_OK);
    findings_fini(&found);
    checks = (struct checks){.catalogue = c};
    arena = arena_new(65536);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    catalogue_free(&c);
    arena_free(&arena);
    return 0;
}

/* --- who sends --- */

static const char *const own[] = {"101"};
static const char *const several[] = {"1", "102", "103", "104", "S1", "12", "101"};

enum sender { BY_UNIT, BY_MANY, BY_ANY, BY_SYSTEM, BY_OFFICE };
static const struct principal senders[] = {
    [BY_UNIT] = {.role = ROLE_UNIT, .name = "101", .scope = own, .scope_count = 1},
    [BY_MANY] = {.role = ROLE_UNIT, .name = "many", .scope = several, .scope_count = 7},
    [BY_ANY] = {.role = ROLE_UNIT, .name = "any", .scope_all = true},
    [BY_SYSTEM] = {.role = ROLE_UNIT, .name = "motcua", .scope_all = true},
    [BY_OFFICE] = {.role = ROLE_OFFICE, .name = "office", .scope_all = true},
};

/* --- what a case changes in the programme --- */

static void
is_monthly_and_cumulative(void)
{
    c->groups[0].cumulative = true;
}

static void
is_only_cumulative(void)
{
    c->groups[0].cumulative = true;
    c->groups[0].cadence = CADENCE_NONE;
}

static void
is_never_due(void)
{
    c->groups[0].cadence = CADENCE_NONE;
}

static void
is_quarterly(void)
{
    c->groups[0].cadence = CADENCE_QUARTERLY;
}

static void
is_yearly(void)
{
    c->groups[0].cadence = CADENCE_YEARLY;
}

static void
has_no_due_day(void)
{
    c->groups[0].due = (struct due_rule){0};
}

static void
has_any_source(void)
{
    c->groups[0].source = "";
}

static void
has_a_system(void)
{
    c->groups[0].source = "system:motcua";
}

static void
has_a_source_of_another_kind(void)
{
    c->groups[0].source = "paper";
}

static void
has_history(void)
{
    c->history_from = 2019;
}

/* --- the cases --- */

#define LONG_65 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_501                                                                       \
    LONG_65 LONG_65 LONG_65 LONG_65 LONG_65 LONG_65 LONG_65                            \
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct wire_figure rank[] = {{"rank", WIRE_COUNT, 49, NULL}};

struct report_case {
    const char *name;
    void (*change)(void);
    enum sender who;
    struct wire_report in; /* NULL: the ordinary report's */
    const char *today;     /* NULL: the second day after its window */
    const char *want;      /* code field=value (expected); NULL: taken */
};

static const struct report_case cases[] = {
    {.name = "the ordinary report"},
    {"the unit's text is too long", .in.unit = LONG_65,
     .want = "too_long unit=65 (64)"},
    {"the group's", .in.group = LONG_65, .want = "too_long group=65 (64)"},
    {"the period's", .in.period = LONG_65, .want = "too_long period=65 (64)"},
    {"the first day's", .in.from = LONG_65, .want = "too_long from=65 (64)"},
    {"the last day's", .in.to = LONG_65, .want = "too_long to=65 (64)"},
    {"the reason is too long", .in.reason = LONG_501,
     .want = "too_long reason=501 (500)"},
    {"the reason is as long as it may be", .in.reason = &LONG_501[1]},
    {"the source system's", .in.source_system = LONG_65,
     .want = "too_long source_system=65 (64)"},
    {"what it replaces", .in.replaces = LONG_65, .want = "too_long replaces=65 (64)"},
    {"not UTF-8", .in.reason = "\xff", .want = "bad_text reason= (UTF-8)"},
    {"a control character", .in.unit = "10\x01", .want = "bad_text unit= (UTF-8)"},
    {"no such group", .in.group = "other", .want = "unknown_group group=other ()"},
    {"no period at all", .in.period = "2023-13",
     .want = "bad_period period=2023-13 (2023-06)"},
    {"a period as people write it", .in.period = "2023/9",
     .want = "bad_period period=2023/9 (2023-09)"},
    {"no period, of a quarterly group", .change = is_quarterly, .in.period = "x",
     .want = "bad_period period=x (2023-Q2)"},
    {"no period, of a yearly group", .change = is_yearly, .in.period = "x",
     .want = "bad_period period=x (2023)"},
    {"no period, of a cumulative group", .change = is_only_cumulative, .in.period = "x",
     .want = "bad_period period=x (2026@2026-09-26)"},
    {"no period, of a monthly group that is cumulative, too",
     .change = is_monthly_and_cumulative, .in.period = "x",
     .want = "bad_period period=x (2023-06)"},
    {"no period, of a group without one", .change = is_never_due, .in.period = "x",
     .want = "bad_period period=x (-)"},
    {"before the programme", .in.period = "2020-12",
     .want = "bad_period period=2020-12 (2021-2025)"},
    {"before the programme, but in its history", .change = has_history,
     .in.period = "2020-12"},
    {"before its history", .change = has_history, .in.period = "2018-12",
     .want = "bad_period period=2018-12 (2019-2025)"},
    {"after the programme", .in.period = "2026-01",
     .want = "bad_period period=2026-01 (2021-2025)"},
    {"a quarter of a monthly group", .in.period = "2023-Q3",
     .want = "wrong_cadence period=2023-Q3 (2023-06)"},
    {"a quarter of a quarterly group", .change = is_quarterly, .in.period = "2023-Q3"},
    {"a month of a quarterly group", .change = is_quarterly, .in.period = "2023-09",
     .want = "wrong_cadence period=2023-09 (2023-Q2)"},
    {"a year of a yearly group", .change = is_yearly, .in.period = "2023"},
    {"a year of a monthly group", .in.period = "2023",
     .want = "wrong_cadence period=2023 (2023-06)"},
    {"a half year", .in.period = "2023-H1",
     .want = "wrong_cadence period=2023-H1 (2023-06)"},
    {"nine months", .in.period = "2023-9M",
     .want = "wrong_cadence period=2023-9M (2023-06)"},
    {"a day", .in.period = "2023-09-30",
     .want = "wrong_cadence period=2023-09-30 (2023-06)"},
    {"the year so far, not asked for", .in.period = "2023@2023-09-26",
     .want = "wrong_cadence period=2023@2023-09-26 (2023-06)"},
    {"the year so far", .change = is_only_cumulative, .in.period = "2023@2023-09-26"},
    {"the year so far on its own day", .change = is_only_cumulative,
     .in.period = "2023@2023-09-26", .today = "2023-09-26"},
    {"the year so far before its day", .change = is_only_cumulative,
     .in.period = "2023@2023-09-26", .today = "2023-09-25",
     .want = "window_open period=2023@2023-09-26 ()"},
    {"a month on its last day", .today = "2023-09-30",
     .want = "window_open period=2023-09 ()"},
    {"a month on the day after", .today = "2023-10-01"},
    {"its first day said rightly", .in.from = "2023-09-01"},
    {"its last day said rightly", .in.to = "2023-09-30"},
    {"its first day said otherwise", .in.from = "2023-08-15",
     .want = "days_differ from=2023-08-15 ()"},
    {"its last day said otherwise", .in.to = "2023-09-14",
     .want = "days_differ to=2023-09-14 ()"},
    {"no such unit", .who = BY_ANY, .in.unit = "999",
     .want = "unknown_unit unit=999 ()"},
    {"a unit not there yet", .who = BY_MANY, .in.unit = "102", .in.period = "2021-12",
     .want = "unit_not_valid unit=102 ()"},
    {"a code with two holders inside the window", .who = BY_MANY, .in.unit = "104",
     .in.period = "2024-06",
     .want = "ambiguous_unit unit=104 (104@2024-06-16, 104@first)"},
    {"and the later of the two by its id", .who = BY_MANY, .in.unit = "104@2024-06-16",
     .in.period = "2024-06"},
    {"a code whose holder is clear", .who = BY_MANY, .in.unit = "103",
     .in.period = "2023-06"},
    {"a unit of a kind that does not report this", .who = BY_MANY, .in.unit = "12",
     .want = "group_not_for_unit group=digitisation ()"},
    {"a department", .who = BY_MANY, .in.unit = "S1"},
    {"out of scope", .in.unit = "102", .want = "not_in_scope unit=102 (101)"},
    {"the unit's own group from a key for any unit", .who = BY_ANY,
     .want = "wrong_source group=digitisation (unit)"},
    {"the same from an office", .who = BY_OFFICE},
    {"any source, from a key for any unit", .change = has_any_source, .who = BY_ANY},
    {"a system's group from the system", .change = has_a_system, .who = BY_SYSTEM},
    {"a system's group from another", .change = has_a_system, .who = BY_ANY,
     .want = "wrong_source group=digitisation (system:motcua)"},
    {"a system's group from the unit", .change = has_a_system,
     .want = "wrong_source group=digitisation (system:motcua)"},
    {"a source that nobody is", .change = has_a_source_of_another_kind,
     .want = "wrong_source group=digitisation (paper)"},
    {"no figure at all", .in.figures = rank, .in.figure_count = 0,
     .want = "missing_figures figures= (results, results_digitised, dossiers)"},
};

static const char *
or_text(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static struct wire_report
report_of(const struct wire_report *in)
{
    static const struct wire_figure ordinary[] = {
        {"results", WIRE_COUNT, 2386, NULL},
        {"results_digitised", WIRE_COUNT, 1130, NULL},
    };
    struct wire_report out = *in;

    out.unit = or_text(in->unit, "101");
    out.group = or_text(in->group, "digitisation");
    out.period = or_text(in->period, "2023-09");
    out.from = or_text(in->from, "");
    out.to = or_text(in->to, "");
    out.reason = or_text(in->reason, "");
    out.source_system = or_text(in->source_system, "");
    out.replaces = or_text(in->replaces, "");
    if (in->figures == NULL) {
        out.figures = ordinary;
        out.figure_count = COUNT(ordinary);
    }
    return out;
}

/* Noon in Viet Nam. */
static struct instant
noon_of(const char *text)
{
    int32_t day;

    assert_int_equal(day_parse(text, &day), ST_OK);
    return (struct instant){((int64_t)day * 24 + 5) * 3600 * 1000};
}

static struct instant
moment_of(const struct report_case *k, const struct wire_report *in)
{
    struct window w;
    char day[DAY_TEXT_BYTES];

    if (k->today != NULL ||
        window_parse(in->period, CALENDAR_CIVIL, &w, NULL) != ST_OK) {
        return noon_of(or_text(k->today, "2025-01-01"));
    }
    day_text(w.last + 2, day);
    return noon_of(day);
}

static void
case_check(const struct report_case *k, bool known)
{
    struct wire_report in = report_of(&k->in);
    struct refused why = {0};
    struct checked out;
    char got[400];

    if (k->change != NULL) {
        k->change();
    }
    if (known) { /* an ordinary report came before, and this one once */
        struct wire_report before = report_of(&(struct wire_report){0});

        (void)report_check(&checks, &senders[BY_UNIT], &before, moment_of(k, &before),
                           arena, &out, &why);
        (void)report_check(&checks, &senders[k->who], &in, moment_of(k, &in), arena,
                           &out, &why);
    }
    if (report_check(&checks, &senders[k->who], &in, moment_of(k, &in), arena, &out,
                     &why)) {
        assert_string_equal(out.record.period, in.period);
        (void)snprintf(got, sizeof got, "taken");
    } else {
        (void)snprintf(got, sizeof got, "%s %s=%s (%s)", refusal_name(why.code),
                       why.field, why.value, why.expected);
    }
    if (strcmp(got, or_text(k->want, "taken")) != 0) {
        fail_msg("%s%s: got %s, want %s", k->name, known ? ", again" : "", got,
                 or_text(k->want, "taken"));
    }
}

static void
each_report_is_taken_or_refused_for_its_reason(void **state)
{
    size_t i;

    for (i = 0; i < 2 * COUNT(cases); i++) {
        case_check(&cases[i / 2], i % 2 == 1);
        teardown(state);
        setup(state);
    }
}

static bool
check_on(const struct wire_report *in, enum sender who, const char *day,
         struct checked *out, struct refused *why)
{
    memset(why, 0, sizeof *why);
    return report_check(&checks, &senders[who], in, noon_of(day), arena, out, why);
}

static void
what_is_taken_comes_out_resolved(void **state)
{
    struct wire_report in = report_of(&(struct wire_report){
        .unit = "103", .period = "2023-11", .made_at_ms = 17, .replaces = "2/ab"});
    struct refused why;
    struct checked out;

    (void)state;
    assert_true(check_on(&in, BY_MANY, "2023-12-04", &out, &why));
    assert_string_equal(out.record.unit, "103@first");
    assert_string_equal(out.key, "103@first/digitisation/2023-11");
    assert_int_equal(out.record.first_day, day_from_civil(2023, 11, 1));
    assert_int_equal(out.record.last_day, day_from_civil(2023, 11, 30));
    assert_int_equal(out.record.due_day, day_from_civil(2023, 12, 7));
    assert_true(out.record.on_time);
    assert_false(out.past_due);
    assert_false(out.by_office);
    assert_int_equal(out.record.revision, 0);
    assert_string_equal(out.record.principal, "many");
    assert_string_equal(out.replaces, "2/ab");
    assert_int_equal(out.record.made_at_ms, 17);
    assert_int_equal(out.record.figure_count, 2);
}

static void
the_due_day_itself_is_on_time_and_the_next_is_not(void **state)
{
    struct wire_report in = report_of(&(struct wire_report){.period = "2023-11"});
    struct refused why;
    struct checked out;

    (void)state;
    assert_true(check_on(&in, BY_UNIT, "2023-12-07", &out, &why));
    assert_true(out.record.on_time && !out.past_due);
    assert_true(check_on(&in, BY_UNIT, "2023-12-08", &out, &why));
    assert_true(!out.record.on_time && out.past_due);
    assert_true(check_on(&in, BY_OFFICE, "2023-12-08", &out, &why));
    assert_true(out.by_office);
}

static void
without_a_due_day_nothing_is_late(void **state)
{
    struct wire_report in = report_of(&(struct wire_report){0});
    struct refused why;
    struct checked out;

    (void)state;
    has_no_due_day();
    assert_true(check_on(&in, BY_UNIT, "2025-12-31", &out, &why));
    assert_int_equal(out.record.due_day, 0);
    assert_true(out.record.on_time && !out.past_due);
}

static void
a_refusal_names_the_days_it_speaks_of(void **state)
{
    struct wire_report in = report_of(&(struct wire_report){.from = "2023-08-31"});
    struct refused why;
    struct checked out;

    (void)state;
    assert_false(check_on(&in, BY_UNIT, "2023-10-02", &out, &why));
    assert_string_equal(why.day, "2023-09-01");
    assert_string_equal(why.until, "2023-09-30");
    in = report_of(&(struct wire_report){0});
    assert_false(check_on(&in, BY_UNIT, "2023-09-30", &out, &why));
    assert_string_equal(why.day, "2023-10-01");
    in = report_of(&(struct wire_report){.unit = "103", .period = "2024-01"});
    assert_true(check_on(&in, BY_MANY, "2024-02-02", &out, &why));
    in = report_of(&(struct wire_report){.unit = "104@first", .period = "2024-06"});
    assert_false(check_on(&in, BY_MANY, "2024-07-02", &out, &why));
    assert_int_equal(why.code, REFUSAL_UNIT_NOT_VALID);
    assert_string_equal(why.day, "2024-06-30");
}

/* A scope of any length is named as far as it fits, and says that it goes on. */
static void
a_long_scope_is_cut_between_two_names(void **state)
{
    static const char *const many[] = {
        "11111111111111111111111111111111", "22222222222222222222222222222222",
        "33333333333333333333333333333333", "44444444444444444444444444444444",
        "55555555555555555555555555555555"};
    const struct principal who = {
        .role = ROLE_UNIT, .name = "many", .scope = many, .scope_count = COUNT(many)};
    struct wire_report in = report_of(&(struct wire_report){0});
    struct refused why = {0};
    struct checked out;

    (void)state;
    assert_false(
        report_check(&checks, &who, &in, noon_of("2023-10-02"), arena, &out, &why));
    assert_int_equal(why.code, REFUSAL_NOT_IN_SCOPE);
    assert_string_equal(why.expected, "11111111111111111111111111111111, "
                                      "22222222222222222222222222222222, "
                                      "33333333333333333333333333333333, "
                                      "44444444444444444444444444444444, …");
}

/* Who, when, why and from where are not content; unit, group, period and figures are.
 */
static void
the_hash_is_of_the_content_alone(void **state)
{
    static const struct wire_figure zero[] = {{"results", WIRE_COUNT, 0, NULL}};
    static const struct wire_figure one[] = {{"results", WIRE_COUNT, 1, NULL}};
    static const struct wire_figure none[] = {
        {"results", WIRE_NOT_APPLICABLE, 0, NULL}};
    static const struct wire_figure other[] = {{"dossiers", WIRE_COUNT, 1, NULL}};
    static const struct wire_report reports[] = {
        {.figures = zero, .figure_count = 1},
        {.figures = one, .figure_count = 1},
        {.figures = none, .figure_count = 1},
        {.figures = other, .figure_count = 1},
        {.figures = one, .figure_count = 1, .period = "2023-08"},
        {.figures = one, .figure_count = 1, .unit = "102"},
    };
    struct checked a;
    struct checked b;
    struct refused why;
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < COUNT(reports); i++) {
        struct wire_report in = report_of(&reports[i]);

        assert_true(check_on(&in, BY_MANY, "2023-10-02", &a, &why));
        in.reason = "khác";
        in.made_at_ms = 99;
        in.source_system = "motcua";
        assert_true(check_on(&in, BY_OFFICE, "2024-10-02", &b, &why));
        assert_memory_equal(a.hash, b.hash, sizeof a.hash);
        for (k = 0; k < i; k++) {
            struct wire_report before = report_of(&reports[k]);

            assert_true(check_on(&before, BY_MANY, "2023-10-02", &b, &why));
            assert_memory_not_equal(a.hash, b.hash, sizeof a.hash);
        }
    }
}

/* Whatever their order in the report. */
static void
figures_stand_in_the_order_of_their_group(void **state)
{
    static const struct wire_figure figures[] = {{"dossiers", WIRE_COUNT, 9, NULL},
                                                 {"results", WIRE_COUNT, 8, NULL}};
    static const struct wire_figure reversed[] = {{"results", WIRE_COUNT, 8, NULL},
                                                  {"dossiers", WIRE_COUNT, 9, NULL}};
    struct wire_report in =
        report_of(&(struct wire_report){.figures = figures, .figure_count = 2});
    struct refused why;
    struct checked a;
    struct checked b;
    size_t i;

    (void)state;
    assert_true(check_on(&in, BY_UNIT, "2023-10-02", &a, &why));
    in.figures = reversed;
    assert_true(check_on(&in, BY_UNIT, "2023-10-02", &b, &why));
    assert_int_equal(a.record.figure_count, 2);
    assert_int_equal(b.record.figure_count, 2);
    for (i = 0; i < 2; i++) {
        const struct figure_record *f = &b.record.figures[i];

        assert_string_equal(a.record.figures[i].measure, f->measure);
        assert_int_equal(a.record.figures[i].scaled, f->scaled);
        assert_int_equal(f->scaled, strcmp(f->measure, "results") == 0 ? 8 : 9);
    }
    assert_memory_equal(a.hash, b.hash, sizeof a.hash);
}

/* The programme may be replaced before the report is written. */
static void
no_text_is_the_programmes(void **state)
{
    struct wire_report in = report_of(&(struct wire_report){.unit = "103"});
    struct refused why;
    struct checked out;
    int unit = catalogue_unit(c, "103@first");
    size_t i;

    (void)state;
    assert_true(check_on(&in, BY_MANY, "2023-10-02", &out, &why));
    assert_string_equal(out.record.unit, "103@first");
    assert_ptr_not_equal(out.record.unit, c->units[unit].id);
    assert_ptr_equal(out.record.group, in.group);
    assert_ptr_equal(out.record.period, in.period);
    for (i = 0; i < out.record.figure_count; i++) {
        assert_ptr_equal(out.record.figures[i].measure, in.figures[i].measure);
    }
}

static void
equal_keys_have_equal_hashes(void **state)
{
    struct wire_report in = report_of(&(struct wire_report){.unit = "103"});
    struct refused why;
    struct checked a;
    struct checked b;

    (void)state;
    memset(&a, 0xaa, sizeof a);
    memset(&b, 0x55, sizeof b);
    assert_true(check_on(&in, BY_MANY, "2023-10-02", &a, &why));
    in.unit = "103@first";
    assert_true(check_on(&in, BY_MANY, "2023-10-02", &b, &why));
    assert_string_equal(a.key, b.key);
    assert_int_equal(a.key_hash, b.key_hash);
    in.unit = "102";
    assert_true(check_on(&in, BY_MANY, "2023-10-02", &b, &why));
    assert_int_not_equal(a.key_hash, b.key_hash);
}

static void
what_is_known_of_a_programme_goes_with_it(void **state)
{
    struct wire_report in = report_of(&(struct wire_report){0});
    struct refused why;
    struct checked out;

    (void)state;
    assert_true(check_on(&in, BY_UNIT, "2023-10-02", &out, &why));
    assert_int_not_equal(out.record.due_day, 0);
    has_no_due_day();
    checks_begin(&checks, c); /* the same: nothing is forgotten */
    assert_true(check_on(&in, BY_UNIT, "2023-10-02", &out, &why));
    assert_int_not_equal(out.record.due_day, 0);
    checks_begin(&checks, NULL); /* replaced by one at the same place */
    checks_begin(&checks, c);
    assert_true(check_on(&in, BY_UNIT, "2023-10-02", &out, &why));
    assert_int_equal(out.record.due_day, 0);
}

/* --- questions --- */

static const struct {
    const char *name;
    struct wire_key in;
    enum sender who;
    enum refusal_code code;
    const char *key;
} questions[] = {
    {"one's own",
     {"101", "digitisation", "2023-09"},
     BY_UNIT,
     REFUSAL_NONE,
     "101/digitisation/2023-09"},
    {"a code with two holders",
     {"103", "digitisation", "2023-09"},
     BY_MANY,
     REFUSAL_NONE,
     "103@first/digitisation/2023-09"},
    {"a window that is still open",
     {"101", "digitisation", "2025-12"},
     BY_UNIT,
     REFUSAL_NONE,
     "101/digitisation/2025-12"},
    {"a long unit",
     {LONG_65, "digitisation", "2023-09"},
     BY_UNIT,
     REFUSAL_TOO_LONG,
     NULL},
    {"a long group", {"101", LONG_65, "2023-09"}, BY_UNIT, REFUSAL_TOO_LONG, NULL},
    {"a period that is no text",
     {"101", "digitisation", "\xff"},
     BY_UNIT,
     REFUSAL_BAD_TEXT,
     NULL},
    {"no such group",
     {"101", "other", "2023-09"},
     BY_UNIT,
     REFUSAL_UNKNOWN_GROUP,
     NULL},
    {"no such period",
     {"101", "digitisation", "2023-13"},
     BY_UNIT,
     REFUSAL_BAD_PERIOD,
     NULL},
    {"no such unit",
     {"999", "digitisation", "2023-09"},
     BY_UNIT,
     REFUSAL_UNKNOWN_UNIT,
     NULL},
    {"another's",
     {"102", "digitisation", "2023-09"},
     BY_UNIT,
     REFUSAL_NOT_IN_SCOPE,
     NULL},
};

static void
a_question_is_answered_in_scope_only(void **state)
{
    char key[REPORT_KEY_BYTES];
    struct refused why;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(questions); i++) {
        bool right;

        memset(&why, 0, sizeof why);
        right = report_key_check(c, &senders[questions[i].who], &questions[i].in, &why,
                                 key);
        if (why.code != questions[i].code || right != (questions[i].key != NULL)) {
            fail_msg("%s: got %s", questions[i].name, refusal_name(why.code));
        }
        if (right) {
            assert_string_equal(key, questions[i].key);
        }
    }
}

/* What is sent back to a sender must not carry what it could not have sent. */
static void
only_short_and_clean_texts_are_echoed(void **state)
{
    (void)state;
    assert_string_equal(text_echo("xã Ba"), "xã Ba");
    assert_string_equal(text_echo(&LONG_65[1]), &LONG_65[1]);
    assert_string_equal(text_echo(LONG_65), "");
    assert_string_equal(text_echo("\xff"), "");
    assert_string_equal(text_echo("a\x1b[2J"), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_report_is_taken_or_refused_for_its_reason),
        TEST(what_is_taken_comes_out_resolved),
        TEST(the_due_day_itself_is_on_time_and_the_next_is_not),
        TEST(without_a_due_day_nothing_is_late),
        TEST(a_refusal_names_the_days_it_speaks_of),
        TEST(a_long_scope_is_cut_between_two_names),
        TEST(the_hash_is_of_the_content_alone),
        TEST(figures_stand_in_the_order_of_their_group),
        TEST(no_text_is_the_programmes),
        TEST(equal_keys_have_equal_hashes),
        TEST(what_is_known_of_a_programme_goes_with_it),
        TEST(a_question_is_answered_in_scope_only),
        TEST(only_short_and_clean_texts_are_echoed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
