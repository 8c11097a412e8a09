// link: notifier
/*
 * Every message that leaders can get, as files that a person reads: tests/golden/words,
 * one for each kind and language, each reason in it. `make golden-words` writes them
 * anew; what has changed is then read before it is committed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/calendar.h"
#include "tests/support/words_case.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define EIGHT (-4 * 3600000) /* from noon */

/* The kinds first, then messages with a table. */
static const char *const files[] = {"reminder", "overdue", "behind", "missed",
                                    "falling",  "digest",  "hold",   "progress"};
static void
words_add(const char *what, const struct rendered *r, bool vi, struct buf *out)
{
    buf_format(out, "=== %s ===\n\n%s\n\n%s\n\n(%s)\n\n", what,
               vi ? r->subject_vi : r->subject_en, vi ? r->text_vi : r->text_en,
               vi ? r->brief_vi : r->brief_en);
}

static void
message_add(struct fixture *f, const struct alert_event *e, const char *leader, bool vi,
            struct buf *out)
{
    char what[128];
    struct rendered r;

    render_for(f, e, leader, &r);
    (void)snprintf(what, sizeof what, "%s, %s", e->reason, leader);
    words_add(what, &r, vi, out);
}

/* Up the ladder from Monday 09/10/2023: 3 and 7 working days, one lag 2 windows. */
static void
journeys_add(struct fixture *f, const char *kind, bool vi, struct buf *out)
{
    const struct {
        const char *what;
        const char *leader;
        const char *reason;
        struct journey j;
    } cases[] = {
        {"held and released", "head-21040", "new", {.held = true, .since = DAY_NONE}},
        {"escalated, rung 2",
         "head-530",
         "new",
         {.rung = 2,
          .since = day_from_civil(2023, 10, 9),
          .today = day_from_civil(2023, 10, 12)}},
        {"escalated, rung 3",
         "chair-province",
         "worse",
         {.rung = 3,
          .since = day_from_civil(2023, 10, 9),
          .today = day_from_civil(2023, 10, 18)}},
        {"escalated again, rung 2",
         "head-530",
         "repeat",
         {.rung = 2,
          .again = 1,
          .since = day_from_civil(2023, 10, 9),
          .today = day_from_civil(2023, 11, 1)}},
        {"again by the ladder, own office",
         "head-21040",
         "new",
         {.rung = 1,
          .again = 1,
          .since = day_from_civil(2023, 10, 9),
          .today = day_from_civil(2023, 11, 1)}},
        {"escalated, then held, rung 2, its day not known",
         "head-530",
         "new",
         {.rung = 2, .held = true, .since = DAY_NONE}},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        struct alert_event e = words_event(kind, cases[i].reason);
        struct journey j = cases[i].j;
        int leader = catalogue_leader(f->c, cases[i].leader);
        struct rendered r;

        if (strcmp(kind, "reminder") == 0 && cases[i].j.rung > 0) {
            continue; /* it never climbs */
        }
        if (strcmp(kind, "missed") == 0 && cases[i].j.rung > 0) { /* 91 days later */
            j.since = j.since == DAY_NONE ? DAY_NONE : j.since + 91;
            j.today += j.today == 0 ? 0 : 91;
        }
        arena_reset(f->a);
        render_journey(f->c, &e, &j, &f->c->leaders[leader], false, f->a, &r);
        words_add(cases[i].what, &r, vi, out);
    }
}

static void
kind_render(struct fixture *f, const char *kind, bool vi, struct buf *out)
{
    size_t i;

    for (i = 0; i < WORDS_REASON_COUNT; i++) {
        struct alert_event e = words_event(kind, WORDS_REASONS[i]);

        message_add(f, &e, "head-21040", vi, out);
        if (i == 0 && strcmp(kind, "reminder") != 0) {
            message_add(f, &e, "head-530", vi, out);
        }
    }
    journeys_add(f, kind, vi, out);
    if (strcmp(kind, "overdue") == 0) {
        struct alert_event e = words_event(kind, "new");

        e.code = "QNG-2023-09-BC-digitisation-level-commune";
        e.subject = "level-commune";
        e.units = 173;
        message_add(f, &e, "chair-province", vi, out);
        e = words_event(kind, "resolved");
        e.code = "QNG-2023-09-BC-digitisation-level-commune";
        e.subject = "level-commune";
        e.covered = 1;
        e.units = 173;
        message_add(f, &e, "chair-province", vi, out);
        e = words_event(kind, "new");
        e.rule_day = day_from_civil(2023, 10, 5);
        e.late = true;
        message_add(f, &e, "head-21040", vi, out);
    }
}

/* --- messages with a table --- */

static void
table_add(const char *what, const struct rendered_table *t, bool vi, struct buf *out)
{
    size_t i;

    words_add(what, &t->words, vi, out);
    for (i = 0; i < t->row_count; i++) {
        const struct wire_row *r = &t->rows[i];

        buf_format(out, "[%s %s %s | %s | %s | %s | %s]\n", r->code, r->kind, r->reason,
                   vi ? r->unit_vi : r->unit_en, vi ? r->about_vi : r->about_en,
                   vi ? r->figure_vi : r->figure_en, vi ? r->since_vi : r->since_en);
    }
    buf_text(out, t->row_count > 0 ? "\n" : "");
}

static void
digest_render(struct fixture *f, bool vi, struct buf *out)
{
    const struct {
        const char *what;
        const char *leader;
        const char *code;
        size_t from; /* of the rows */
        size_t count;
        enum digest_every every;
    } cases[] = {
        {"weekly", "chair-province", "QNG-2023-W42-TH-chair-province", 0, WORDS_ROWS,
         DIGEST_WEEKLY},
        {"daily, one row", "head-530", "QNG-2023-10-18-TH-head-530", 1, 1,
         DIGEST_DAILY},
        {"more than an inbox takes, its own matter", "head-21040",
         "QNG-2023-10-18-TH-head-21040", 1, 1, DIGEST_NEVER},
        {"daily, only what has ended", "head-530", "QNG-2023-10-18-TH-head-530", 7, 1,
         DIGEST_DAILY},
        {"preview with nothing in it", "head-530", "QNG-2023-10-18-TH-head-530", 0, 0,
         DIGEST_DAILY},
    };
    struct alert_event events[WORDS_ROWS];
    struct render_row rows[WORDS_ROWS];
    size_t i;

    words_list(events, rows);
    for (i = 0; i < COUNT(cases); i++) {
        struct leader leader = f->c->leaders[catalogue_leader(f->c, cases[i].leader)];
        struct rendered_table t;

        leader.digest = cases[i].every;
        rows[1].rung = strcmp(cases[i].leader, "head-21040") == 0 ? 0 : 2;
        arena_reset(f->a);
        render_digest(f->c, cases[i].code, day_from_civil(2023, 10, 18),
                      rows + cases[i].from, cases[i].count, &leader, false, f->a, &t);
        table_add(cases[i].what, &t, vi, out);
    }
}

static void
hold_render(struct fixture *f, bool vi, struct buf *out)
{
    const struct {
        const char *what;
        size_t count;
        struct render_hold why;
    } cases[] = {
        {"programme, new",
         3,
         {.id = "programme:5e3a9c01b2d4",
          .reason = "new",
          .level = "commune",
          .units = 45,
          .of = 173,
          .by = ""}},
        {"key, new",
         3,
         {.id = "key:mot-cua-tinh",
          .reason = "new",
          .level = "commune",
          .units = 60,
          .of = 173,
          .by = "mot-cua-tinh"}},
        {"tick, repeat",
         3, /* 08:00 on 18/10/2023 */
         {.id = "tick:471560",
          .reason = "repeat",
          .level = "commune",
          .units = 90,
          .of = 173,
          .by = ""}},
        {"programme, prolonged",
         3,
         {.id = "programme:5e3a9c01b2d4",
          .reason = "escalated",
          .level = "commune",
          .units = 45,
          .of = 173,
          .by = ""}},
        {"key, released",
         0,
         {.id = "key:mot-cua-tinh",
          .reason = "resolved",
          .level = "commune",
          .units = 60,
          .of = 173,
          .by = "mot-cua-tinh",
          .ended_by = "van-phong",
          .released = true,
          .sent = 57,
          .dropped = 3}},
        {"key, mended",
         0,
         {.id = "key:mot-cua-tinh",
          .reason = "resolved",
          .level = "commune",
          .units = 60,
          .of = 173,
          .by = "mot-cua-tinh"}},
        {"person, new",
         0,
         {.id = "person",
          .reason = "new",
          .level = "",
          .by = "chair-province",
          .note = "doi chieu so lieu quy III"}},
        {"person, repeat",
         3,
         {.id = "person", .reason = "repeat", .level = "", .by = "van-phong"}},
        {"person, ended",
         0,
         {.id = "person",
          .reason = "resolved",
          .level = "",
          .by = "van-phong",
          .released = true,
          .sent = 12}},
    };
    int leader = catalogue_leader(f->c, "chair-province");
    struct alert_event events[WORDS_ROWS];
    struct render_row rows[WORDS_ROWS];
    size_t i;

    words_list(events, rows);
    for (i = 0; i < COUNT(cases); i++) {
        struct render_hold why = cases[i].why;
        struct rendered_table t;

        why.since = day_from_civil(2023, 10, 16);
        why.until = day_from_civil(2023, 10, 23);
        arena_reset(f->a);
        render_hold(f->c, "QNG-2023-10-18-TG-programme-5e3a9c01b2d4",
                    day_from_civil(2023, 10, 18), &why, rows + 1, cases[i].count,
                    &f->c->leaders[leader], false, f->a, &t);
        table_add(cases[i].what, &t, vi, out);
    }
}

static void
progress_render(struct fixture *f, bool vi, struct buf *out)
{
    static const struct progress_row rows[] = {
        {.target = "7c",
         .level = "commune",
         .on_pace = 98,
         .behind = 40,
         .missed = 0,
         .no_data = 25,
         .other = 10},
        {.target = "9c", .level = "level-commune", .on_way = 1},
        {.target = "10c", .level = "all", .on_way = 1},
        {.target = "1b", .level = "province", .behind = 1},
    };
    struct alert_event e = september();
    int leader = catalogue_leader(f->c, "chair-province");
    struct rendered_table t;
    size_t i;

    e.code = "QNG-2023-Q3-TD";
    e.kind = "progress";
    e.target = "";
    e.subject = "province";
    e.window = "2023-Q3";
    e.first_day = day_from_civil(2023, 7, 1);
    e.at_ms = noon(2023, 10, 16) + EIGHT;
    e.progress = rows;
    for (i = 0; i < 2; i++) {
        e.progress_count = i == 0 ? COUNT(rows) : 0;
        arena_reset(f->a);
        render_progress(f->c, &e, &f->c->leaders[leader], false, f->a, &t);
        table_add(i == 0 ? "a quarter" : "nothing judged so far", &t, vi, out);
    }
}

static void
any_render(struct fixture *f, const char *file, bool vi, struct buf *out)
{
    if (strcmp(file, "digest") == 0) {
        digest_render(f, vi, out);
    } else if (strcmp(file, "hold") == 0) {
        hold_render(f, vi, out);
    } else if (strcmp(file, "progress") == 0) {
        progress_render(f, vi, out);
    } else {
        kind_render(f, file, vi, out);
    }
}

static void
the_words_are_those_that_were_read(void **state)
{
    struct buf text;
    size_t i;
    int vi;

    buf_init(&text, WORDS_FILE_BYTES);
    for (i = 0; i < COUNT(files); i++) {
        for (vi = 0; vi < 2; vi++) {
            buf_clear(&text);
            any_render(*state, files[i], vi == 1, &text);
            words_file(files[i], vi == 1 ? "vi" : "en", &text);
        }
    }
    buf_fini(&text);
}

/* What no text may hold, whatever is changed in it. */
static void
no_text_blames_shouts_or_shows_a_gap_in_the_template(void **state)
{
    static const char *const never[] = {"!",          "không báo cáo",
                                        "đồng chí",   "{",
                                        "}",          "yêu cầu đơn vị",
                                        "a  b",       " .",
                                        " ,",         "()",
                                        ": .",        ";.",
                                        "Kính gửi: ."};
    struct buf text;
    size_t i;
    size_t k;

    buf_init(&text, WORDS_FILE_BYTES);
    for (i = 0; i < 2 * COUNT(files); i++) {
        buf_clear(&text);
        any_render(*state, files[i / 2], i % 2 == 0, &text);
        for (k = 0; k < COUNT(never); k++) {
            const char *at = strstr(buf_str(&text), never[k]);

            if (at != NULL) {
                fail_msg("%s: “%s” in “%.80s”", files[i / 2], never[k], at);
            }
        }
        assert_non_null(
            strstr(buf_str(&text), i % 2 == 0 ? "Đầu mối liên hệ: " : "Contact: "));
    }
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words_are_those_that_were_read),
        cmocka_unit_test(no_text_blames_shouts_or_shows_a_gap_in_the_template),
    };

    return cmocka_run_group_tests(tests, words_setup, render_teardown);
}
