/*
 * Who hears of what, when and how: the settings of leaders.yaml and of the ladder, the
 * brake and the progress report in programme.yaml. What is accepted and what it comes
 * to, what is refused and where, and whether all offices together hear of everything.
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

#define CLIMBS                                                                         \
    (1u << HEAR_MISSED | 1u << HEAR_OVERDUE | 1u << HEAR_BEHIND | 1u << HEAR_FALLING)
#define HOLD (1u << HEAR_HOLD)
#define PROGRESS (1u << HEAR_PROGRESS)
#define ALL_CHANNELS (1u << CHANNEL_MAIL | 1u << CHANNEL_WEB)

/* The specimen with one change; NULL when it is refused. */
static struct catalogue *
changed(int file, const char *from, const char *to, struct findings *found,
        struct buf *text)
{
    struct refusal r = {file, from, to, NULL, 0};
    struct catalogue_file files[SPECIMEN_FILES];
    struct catalogue *c = NULL;

    programme_changed(&r, files, text);
    if (catalogue_load(files, SPECIMEN_FILES, &c, found) != ST_OK) {
        for (size_t i = 0; i < found->count; i++) {
            print_message("  %s:%d: %s\n", found->items[i].file, found->items[i].line,
                          found->items[i].text);
        }
        return NULL;
    }
    return c;
}

/* --- leaders.yaml: what is accepted --- */

/* The settings of the office that is changed: levels: [province] alone. */
#define DIRECTOR "    levels: [province]\n"

static void
an_office_hears_as_its_entry_says(void **state)
{
    static const struct {
        const char *says;
        struct leader want;
    } CASES[] = {
        {DIRECTOR, /* what every office was before there was anything else */
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL,
          .digest = DIGEST_NEVER,
          .channels = ALL_CHANNELS}},
        {DIRECTOR "    kinds: [missed, overdue]\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = 1u << HEAR_MISSED | 1u << HEAR_OVERDUE,
          .channels = ALL_CHANNELS}},
        {DIRECTOR "    kinds: [missed, overdue, behind, falling, reminder, hold, "
                  "progress]\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL | HOLD | PROGRESS,
          .channels = ALL_CHANNELS}},
        {"    kinds: [hold]\n", {.kinds = HOLD, .channels = ALL_CHANNELS}},
        {"    kinds: [progress]\n    levels: []\n",
         {.kinds = PROGRESS, .channels = ALL_CHANNELS}},
        {"    rungs: {province: 2}\n",
         {.kinds = HEAR_USUAL,
          .rungs = {2, 0, 0},
          .digest = DIGEST_WEEKLY,
          .channels = ALL_CHANNELS}},
        {"    rungs: {district: 3, commune: 2}\n    digest: daily\n",
         {.kinds = HEAR_USUAL,
          .rungs = {0, 3, 2},
          .digest = DIGEST_DAILY,
          .channels = ALL_CHANNELS}},
        {"    rungs: {province: 2}\n    digest: never\n    kinds: [missed]\n",
         {.kinds = 1u << HEAR_MISSED, .rungs = {2, 0, 0}, .channels = ALL_CHANNELS}},
        {DIRECTOR "    digest: weekly\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL,
          .digest = DIGEST_WEEKLY,
          .channels = ALL_CHANNELS}},
        {DIRECTOR "    hours: {from: 7, to: 17}\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL,
          .hours_from = 7,
          .hours_to = 17,
          .channels = ALL_CHANNELS}},
        {DIRECTOR "    hours: {from: 0, to: 24}\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL,
          .hours_from = 0,
          .hours_to = 24,
          .channels = ALL_CHANNELS}},
        {DIRECTOR "    urgent: {kinds: [missed], points: 10}\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL,
          .urgent = 1u << HEAR_MISSED,
          .urgent_points = {10, 1},
          .channels = ALL_CHANNELS}},
        {DIRECTOR "    urgent: {points: 2.50}\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL,
          .urgent_points = {5, 2},
          .channels = ALL_CHANNELS}},
        {DIRECTOR "    urgent: {kinds: [missed, falling]}\n    channels: [web]\n",
         {.levels = 1u << LEVEL_PROVINCE,
          .kinds = HEAR_USUAL,
          .urgent = 1u << HEAR_MISSED | 1u << HEAR_FALLING,
          .channels = 1u << CHANNEL_WEB}},
        {DIRECTOR "    channels: []\n",
         {.levels = 1u << LEVEL_PROVINCE, .kinds = HEAR_USUAL}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct leader *want = &CASES[i].want;
        struct findings found = {0};
        struct buf text;
        struct catalogue *c = changed(L, DIRECTOR, CASES[i].says, &found, &text);
        const struct leader *got;

        print_message("%s", CASES[i].says);
        assert_non_null(c);
        got = &c->leaders[catalogue_leader(c, "director")];
        assert_int_equal(got->levels, want->levels);
        assert_int_equal(got->kinds, want->kinds);
        for (int level = 0; level < LEVEL_COUNT; level++) {
            assert_int_equal(got->rungs[level], want->rungs[level]);
        }
        assert_int_equal(got->digest, want->digest);
        assert_int_equal(got->hours_from, want->hours_from);
        assert_int_equal(got->hours_to, want->hours_to);
        assert_int_equal(got->urgent, want->urgent);
        assert_int_equal(got->urgent_points.den == 0, want->urgent_points.den == 0);
        assert_true(want->urgent_points.den == 0 ||
                    got->urgent_points.num * want->urgent_points.den ==
                        want->urgent_points.num * got->urgent_points.den);
        assert_int_equal(got->channels, want->channels);
        assert_false(got->own);
        assert_string_equal(got->language, "vi");
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&text);
    }
}

/* Each office of a for_each entry is set alike. */
static void
every_office_of_an_entry_hears_alike(void **state)
{
    struct findings found = {0};
    struct buf text;
    struct catalogue *c = changed(L, "    levels: [commune]\n",
                                  "    levels: [commune]\n    hours: {from: 8, to: "
                                  "16}\n    channels: [mail]\n",
                                  &found, &text);
    size_t offices = 0;

    (void)state;
    assert_non_null(c);
    for (size_t i = 0; i < c->leader_count; i++) {
        if (strncmp(c->leaders[i].id, "head-", 5) == 0) {
            offices++;
            assert_int_equal(c->leaders[i].hours_from, 8);
            assert_int_equal(c->leaders[i].hours_to, 16);
            assert_int_equal(c->leaders[i].channels, 1u << CHANNEL_MAIL);
        }
    }
    assert_int_equal(offices, 6);
    catalogue_free(&c);
    findings_fini(&found);
    buf_fini(&text);
}

/* --- leaders.yaml: what is refused --- */

#define ALSO(line)                                                                     \
    L, "    title_en: Director\n", "    title_en: Director\n    " line "\n"
#define INSTEAD(lines) L, DIRECTOR, lines

static const struct refusal LEADER_CASES[] = {
    {ALSO("kinds: [mised]"), "near to it: missed", 0},
    {ALSO("kinds: [quarterly]"), "\"quarterly\"; write one of: missed, overdue, behind",
     0},
    {ALSO("kinds: []"), "\"kinds\" is empty; name at least one", 0},
    {ALSO("kinds: missed"), "\"kinds\" is a list", 0},
    {ALSO("kinds:"), "\"kinds\" is empty; give it a value or take it out", 0},
    {ALSO("rungs: {commune: 1}"), "\"1\"; write one of: 2, 3", 0},
    {ALSO("rungs: {commune: 4}"), "\"4\"; write one of: 2, 3", 0},
    {ALSO("rungs: {all: 2}"), "unknown key \"all\"", 0},
    {ALSO("rungs: {communes: 2}"), "did you mean \"commune\"?", 0},
    {ALSO("rungs: {}"), "\"rungs\" is empty", 0},
    {ALSO("rungs: 2"), "keys with values are expected here", 0},
    {ALSO("digest: hourly"), "\"hourly\"; write one of: never, daily, weekly", 0},
    {ALSO("digest: dayly"), "near to it: daily", 0},
    {ALSO("hours: {from: 17, to: 7}"), "hours from 17 to 7: the first must be before",
     0},
    {ALSO("hours: {from: 7, to: 7}"), "the first must be before the last", 0},
    {ALSO("hours: {from: 7}"), "\"to\" is missing here", 0},
    {ALSO("hours: {from: 7, to: 25}"), "\"to\" is 25; it must be between 1 and 24", 0},
    {ALSO("hours: {from: 24, to: 24}"), "between 0 and 23", 0},
    {ALSO("hours: {from: 7, to: 17.5}"), "write a whole number", 0},
    {ALSO("hours: 7-17"), "keys with values are expected here", 0},
    {ALSO("urgent: {}"), "\"urgent\" is empty", 0},
    {ALSO("urgent: {kinds: [hold]}"), "urgent names hold, which is not among", 0},
    {ALSO("urgent: {kinds: []}"), "\"kinds\" is empty", 0},
    {ALSO("urgent: {kind: [missed]}"), "did you mean \"kinds\"?", 0},
    {ALSO("urgent: {points: 101}"), "\"points\"", 0},
    {ALSO("urgent: {points: -1}"), "\"-1\"; write a number such as", 0},
    {ALSO("urgent: {points: 1.005}"), "at most two places", 0},
    {ALSO("urgent: true"), "keys with values are expected here", 0},
    {ALSO("channels: [sms]"), "\"sms\"; write one of: mail, web", 0},
    {ALSO("channels: mail"), "\"channels\" is a list", 0},
    {INSTEAD(DIRECTOR "    kinds: [missed]\n    urgent: {points: 5}\n"),
     "this office does not hear of lags", 0},
    {INSTEAD("    levels: []\n"), "can hear of nothing; name levels", 0},
    {INSTEAD("    levels: [province]\n    kinds: [hold]\n    rungs: {province: 2}\n"),
     "nothing of its kinds climbs to a rung", 0},
    {INSTEAD("    kinds: [reminder]\n    rungs: {province: 2}\n"),
     "nothing of its kinds climbs", 0},
    {L, "id: director", "id: director\n    rung: {province: 2}",
     "did you mean \"rungs\"?", 0},
};

static void
leaders_yaml_is_refused(void **state)
{
    (void)state;
    CHECK(LEADER_CASES);
}

/* Neither has a line of its own: the entry is what is wrong. */
static void
an_office_that_hears_of_nothing_is_refused_at_its_entry(void **state)
{
    static const struct refusal CASES[] = {
        {L, DIRECTOR, "", NULL, 0},
        {L, DIRECTOR, "    own: true\n", NULL, 0},
        {L, DIRECTOR, "    channels: [mail]\n    digest: daily\n", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text;

        programme_changed(&CASES[i], files, &text);
        assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_BAD);
        assert_int_equal(found.errors, 1);
        assert_string_equal(found.items[0].file, "leaders.yaml");
        assert_int_equal(found.items[0].line, 16); /* of "id: director" */
        assert_non_null(strstr(found.items[0].text, "can hear of nothing"));
        assert_non_null(strstr(found.items[0].text_vi, "không nhận được tin nào"));
        findings_fini(&found);
        buf_fini(&text);
    }
}

/* --- all offices together --- */

/*
 * The specimen has a department (S1) with target 7a, communes with target 7c under the
 * districts 11 and 12, and wholes of the province; nothing is asked of districts.
 */
#define OFFICE(id, scope, rest)                                                        \
    "  - {id: " id ", title_vi: a, title_en: a, scope: \"" scope "\", " rest "}\n"
#define FIRST "leaders:\n"

static const struct refusal GAP_CASES[] = {
    {L, FIRST, FIRST OFFICE("top", "1", "rungs: {commune: 3}"),
     "a ladder with a gap: of the level commune, unit 101 (5 more like it) has an "
     "office on rung 3 and none on rung 2; give the office above it rungs: {commune: "
     "2}",
     0},
    {L, FIRST, FIRST OFFICE("top", "1", "rungs: {province: 3}"),
     "of the level province, unit 1 (1 more like it)", 0},
    {L, FIRST,
     FIRST OFFICE("d", "11", "rungs: {commune: 2}")
         OFFICE("top", "1", "rungs: {commune: 3}"),
     "unit 102 (2 more like it)", 0}, /* those under district 12 */
    {L, FIRST,
     FIRST OFFICE("d", "1", "rungs: {commune: 2}, kinds: [hold, missed]")
         OFFICE("top", "1", "rungs: {province: 3}"),
     "of the level province", 0}, /* a rung of another level fills none */
};

static void
a_ladder_with_a_gap_is_refused(void **state)
{
    (void)state;
    CHECK(GAP_CASES);
}

static void
a_ladder_without_a_gap_is_taken(void **state)
{
    static const char *const CASES[] = {
        FIRST OFFICE("d", "11", "rungs: {commune: 2}")
            OFFICE("e", "12", "rungs: {commune: 2}")
                OFFICE("top", "1", "rungs: {commune: 3}"),
        FIRST OFFICE("d", "1", "rungs: {commune: 2, province: 2}"),
        FIRST OFFICE("d", "11", "rungs: {commune: 2}"),
        /* nothing is asked of districts here: no alert can climb */
        FIRST OFFICE("top", "1", "rungs: {district: 3}"),
        FIRST OFFICE("d", "1", "rungs: {commune: 2}")
            OFFICE("top", "12", "rungs: {commune: 3}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct findings found = {0};
        struct buf text;
        struct catalogue *c = changed(L, FIRST, CASES[i], &found, &text);

        assert_non_null(c);
        for (size_t k = 0; k < found.count; k++) {
            assert_int_equal(found.items[k].kind, FINDING_QUESTION);
        }
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&text);
    }
}

static void
what_nobody_would_hear_of_is_warned_of(void **state)
{
    static const struct refusal CASES[] = {
        {L, ", hold]", "]",
         "no office has the kind hold, so nobody would learn that messages are held",
         0},
        {L, DIRECTOR, "    rungs: {province: 2}\n",
         "level province: unit S1 (0 more like it) can have alerts, and no office "
         "hears of them at once",
         0},
        {L, "    levels: [commune]\n", "    rungs: {commune: 2}\n",
         "level commune: unit 101 (5 more like it) can have alerts", 0},
        {L, DIRECTOR, "    levels: [province]\n    kinds: [behind, progress]\n",
         "an office has the kind progress, which is never sent", 0},
        {P, "documents:\n", "progress: {working_days: 5}\ndocuments:\n",
         "no office has the kind progress", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct findings found = {0};
        struct buf text;
        struct catalogue *c =
            changed(CASES[i].file, CASES[i].from, CASES[i].to, &found, &text);
        size_t warnings = 0;

        assert_non_null(c);
        for (size_t k = 0; k < found.count; k++) {
            if (found.items[k].kind == FINDING_WARNING) {
                warnings++;
                print_message("%s\n", found.items[k].text);
                assert_non_null(strstr(found.items[k].text, CASES[i].says));
                assert_string_equal(found.items[k].file, "leaders.yaml");
                assert_true(found.items[k].text_vi[0] != '\0');
            }
        }
        assert_int_equal(warnings, 1);
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&text);
    }
}

/* Targets 1b and 1d are the province's own; office b hears of communes alone. */
static void
a_whole_that_nobody_hears_of_is_warned_of(void **state)
{
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct catalogue_file files[SPECIMEN_FILES];
    size_t warnings = 0;

    (void)state;
    memcpy(files, SPECIMEN, sizeof SPECIMEN);
    files[L].text = FIRST OFFICE("a", "S1", "levels: [province]")
        OFFICE("b", "1", "levels: [commune], kinds: [missed, behind, hold]");
    files[L].bytes = strlen(files[L].text);
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_OK);
    for (size_t k = 0; k < found.count; k++) {
        if (found.items[k].kind == FINDING_WARNING) {
            warnings++;
            assert_non_null(strstr(found.items[k].text,
                                   "target 1b is about a whole, and no office whose "
                                   "scope is the province hears of it at once; add "
                                   "levels: [province]"));
            assert_non_null(
                strstr(found.items[k].text_vi, "mục tiêu 1b đánh giá chung"));
        }
    }
    assert_int_equal(warnings, 1);
    catalogue_free(&c);
    findings_fini(&found);
}

/* An illustration opens no alert: whoever hears of nothing misses nothing. */
/* Six communes have to report, and office b is not told of what is overdue. */
static void
a_silent_level_that_nobody_hears_of_is_warned_of(void **state)
{
    static const struct {
        const char *b;
        size_t want;
    } CASES[] = {
        {"levels: [province, commune], kinds: [missed, behind, hold]", 1},
        {"levels: [province], kinds: [missed, overdue, behind, hold]", 1},
        {"levels: [province, commune], kinds: [missed, overdue, hold]", 0},
        {"levels: [province], rungs: {province: 2}, kinds: [missed, overdue, hold]", 0},
    };
    static const char HEADS[] = "  - id: head-{unit}\n    for_each: commune\n"
                                "    title_vi: x\n    title_en: x\n"
                                "    scope: \"{unit}\"\n    levels: [commune]\n";
    static const char DUE[] = "due: {working_days: 5}, source: unit}";
    static const char *const more[] = {"201", "202", "203", "204"};
    const char *at = strstr(SPECIMEN[2].text, DUE);

    (void)state;
    assert_non_null(at);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text[3];
        size_t silent = 0;

        memcpy(files, SPECIMEN, sizeof SPECIMEN);
        for (size_t k = 0; k < 3; k++) {
            buf_init(&text[k], 1u << 16);
        }
        buf_format(&text[0],
                   "leaders:\n%s  - {id: b, title_vi: b, title_en: b, scope: "
                   "\"1\", %s}\n",
                   HEADS, CASES[i].b);
        buf_format(&text[1], "%.*sdemanded: {document: nq, section: \"3\"}, %s",
                   (int)(at - SPECIMEN[2].text), SPECIMEN[2].text, at);
        buf_format(&text[2], "%s", SPECIMEN[5].text);
        for (size_t k = 0; k < 4; k++) {
            buf_format(
                &text[2],
                "%s,x\u00e3 %s,commune %s,commune,commune,12,2022-01-01,,,c,c,GSO,\n",
                more[k], more[k], more[k]);
        }
        for (size_t k = 0; k < 3; k++) {
            size_t file = k == 0 ? L : k == 1 ? 2 : 5;

            files[file].text = buf_str(&text[k]);
            files[file].bytes = text[k].len;
        }
        if (catalogue_load(files, SPECIMEN_FILES, &c, &found) != ST_OK) {
            fail_msg("%s", found.items[0].text);
        }
        for (size_t k = 0; k < found.count; k++) {
            silent +=
                strstr(found.items[k].text,
                       "level commune: when no unit of it reports") != NULL &&
                found.items[k].kind == FINDING_WARNING &&
                strstr(found.items[k].text_vi, "không đơn vị nào gửi báo cáo") != NULL;
        }
        assert_int_equal(silent, CASES[i].want);
        catalogue_free(&c);
        findings_fini(&found);
        for (size_t k = 0; k < 3; k++) {
            buf_fini(&text[k]);
        }
    }
}

static void
an_illustration_needs_nobody_who_hears(void **state)
{
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct catalogue_file files[SPECIMEN_FILES];
    struct buf text;
    struct refusal r = {P, "illustrative: false", "illustrative: true", NULL, 0};

    (void)state;
    programme_changed(&r, files, &text);
    files[L].text = FIRST OFFICE("chair", "1", "rungs: {province: 3}");
    files[L].bytes = strlen(files[L].text);
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_OK);
    for (size_t k = 0; k < found.count; k++) {
        assert_int_equal(found.items[k].kind, FINDING_QUESTION);
    }
    catalogue_free(&c);
    findings_fini(&found);
    buf_fini(&text);
}

/* --- programme.yaml --- */

static void
the_ladder_and_the_brake_are_as_the_programme_says(void **state)
{
    static const struct {
        const char *says;
        struct ladder_rule ladder;
        struct brake_rule brake;
        int progress_days;
    } CASES[] = {
        {"", {{1, 2}, {5, 10}, 3, 20}, {10, 30, 50, 10}, 0},
        {"ladder: {windows: [2, 4], working_days: [3, 8], repeat_windows: 1, "
         "repeat_days: 5}\nbrake: {programme: 5, key: 100, tick: 1, units: 2}\n"
         "progress: {working_days: 7}\n",
         {{2, 4}, {3, 8}, 1, 5},
         {5, 100, 1, 2},
         7},
        {"ladder: {working_days: [1, 250]}\nbrake: {key: 31}\n",
         {{1, 2}, {1, 250}, 3, 20},
         {10, 31, 50, 10},
         0},
        {"ladder: {windows: [1, 12], repeat_windows: 0, repeat_days: 0}\n",
         {{1, 12}, {5, 10}, 0, 0},
         {10, 30, 50, 10},
         0},
        {"ladder: {}\nbrake: {}\n", {{1, 2}, {5, 10}, 3, 20}, {10, 30, 50, 10}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct findings found = {0};
        struct buf text;
        char lines[400];
        struct catalogue *c;

        (void)snprintf(lines, sizeof lines, "%sdocuments:\n", CASES[i].says);
        c = changed(P, "documents:\n", lines, &found, &text);
        assert_non_null(c);
        assert_memory_equal(&c->ladder, &CASES[i].ladder, sizeof c->ladder);
        assert_memory_equal(&c->brake, &CASES[i].brake, sizeof c->brake);
        assert_int_equal(c->progress_days, CASES[i].progress_days);
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&text);
    }
}

#define SET(line) P, "year: civil", "year: civil\n" line

static const struct refusal PROGRAMME_CASES[] = {
    {SET("ladder: {windows: [2, 2]}"),
     "\"windows\" is [2, 2], a ladder with a gap or a step down", 0},
    {SET("ladder: {windows: [3, 1]}"), "write rising numbers, such as [3, 4]", 0},
    {SET("ladder: {working_days: [10, 5]}"), "\"working_days\" is [10, 5]", 0},
    {SET("ladder: {windows: [1]}"), "has one number, which is a ladder with a gap", 0},
    {SET("ladder: {windows: [1, 2, 3]}"), "has 3 entries, at most 2", 0},
    {SET("ladder: {windows: []}"), "\"windows\" is empty", 0},
    {SET("ladder: {windows: 1}"), "\"windows\" is a list", 0},
    {SET("ladder: {windows: [0, 1]}"), "\"windows\" is 0; it must be between 1 and 12",
     0},
    {SET("ladder: {windows: [1, 13]}"), "between 1 and 12", 0},
    {SET("ladder: {working_days: [5, 251]}"), "between 1 and 250", 0},
    {SET("ladder: {working_days: [5, ten]}"), "\"ten\"; write a whole number", 0},
    {SET("ladder: {repeat_windows: 13}"), "between 0 and 12", 0},
    {SET("ladder: {repeat_days: -1}"), "\"-1\"; write a whole number", 0},
    {SET("ladder: {window: [1, 2]}"), "did you mean \"windows\"?", 0},
    {SET("ladder: [1, 2]"), "keys with values are expected here, such as windows", 0},
    {SET("ladder:"), "\"ladder\" is empty; give it a value or take it out", 0},
    {SET("brake: {programme: 0}"), "\"programme\" is 0; it must be between 1 and 100",
     0},
    {SET("brake: {key: 101}"), "between 1 and 100", 0},
    {SET("brake: {tick: 50%}"), "\"50%\"; write a whole number", 0},
    {SET("brake: {units: 1}"), "\"units\" is 1; it must be between 2 and", 0},
    {SET("brake: {ticks: 50}"), "did you mean \"tick\"?", 0},
    {SET("brake: 10"), "keys with values are expected here, such as programme", 0},
    {SET("progress: {working_days: 0}"), "between 1 and 60", 0},
    {SET("progress: {working_days: 61}"), "between 1 and 60", 0},
    {SET("progress: {}"), "\"working_days\" is missing here", 0},
    {SET("progress: 5"), "keys with values are expected here, such as working_days", 0},
};

static void
the_ladder_and_the_brake_are_refused(void **state)
{
    (void)state;
    CHECK(PROGRAMME_CASES);
}

/* Each refusal in Vietnamese too: the words that name the mistake. */
static void
refusals_are_said_in_vietnamese(void **state)
{
    static const struct refusal CASES[] = {
        {SET("ladder: {windows: [2, 2]}"),
         "thang báo cáo cấp trên bị hụt hoặc đi xuống", 0},
        {SET("ladder: {windows: [1]}"), "chỉ có một số", 0},
        {SET("brake: {units: 1}"), "phải từ 2 đến", 0},
        {ALSO("kinds: [mised]"), "gần giống: missed", 0},
        {ALSO("hours: {from: 17, to: 7}"), "giờ đầu phải trước giờ cuối", 0},
        {ALSO("urgent: {kinds: [hold]}"), "không thuộc kinds mà chức danh này nhận", 0},
        {ALSO("rungs: {}"), "\"rungs\" để trống", 0},
        {INSTEAD("    levels: []\n"), "không nhận được tin nào", 0},
        {INSTEAD("    rungs: {province: 2}\n    kinds: [reminder]\n"),
         "không loại nào trong kinds được báo cáo lên cấp trên", 0},
        {L, FIRST, FIRST OFFICE("top", "1", "rungs: {commune: 3}"),
         "ở cấp xã, đơn vị 101 (và 5 đơn vị tương tự)", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text;
        bool said = false;

        programme_changed(&CASES[i], files, &text);
        assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_BAD);
        for (size_t k = 0; k < found.count; k++) {
            said = said || (found.items[k].kind == FINDING_ERROR &&
                            strstr(found.items[k].text_vi, CASES[i].says) != NULL);
        }
        if (!said) {
            fail_msg("nothing says: %s", CASES[i].says);
        }
        findings_fini(&found);
        buf_fini(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_office_hears_as_its_entry_says),
        cmocka_unit_test(every_office_of_an_entry_hears_alike),
        cmocka_unit_test(leaders_yaml_is_refused),
        cmocka_unit_test(an_office_that_hears_of_nothing_is_refused_at_its_entry),
        cmocka_unit_test(a_ladder_with_a_gap_is_refused),
        cmocka_unit_test(a_ladder_without_a_gap_is_taken),
        cmocka_unit_test(what_nobody_would_hear_of_is_warned_of),
        cmocka_unit_test(a_whole_that_nobody_hears_of_is_warned_of),
        cmocka_unit_test(a_silent_level_that_nobody_hears_of_is_warned_of),
        cmocka_unit_test(an_illustration_needs_nobody_who_hears),
        cmocka_unit_test(the_ladder_and_the_brake_are_as_the_programme_says),
        cmocka_unit_test(the_ladder_and_the_brake_are_refused),
        cmocka_unit_test(refusals_are_said_in_vietnamese),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
