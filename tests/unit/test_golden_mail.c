// link: notifier courier
/*
 * A mail of each kind of message as it leaves the house: header lines, text and HTML,
 * in files beside those of the words (tests/golden/words/mail-*.txt). Headers that are
 * not ASCII stand as they are sent; the subject is the first line of the text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "courier/mail.h"
#include "lib/calendar.h"
#include "tests/support/words_case.h"

#define ID_BYTES 160

static const struct smtp smtp = {.host = "mail.tinh.example",
                                 .port = 587,
                                 .starttls = true,
                                 .user = "",
                                 .password = "",
                                 .from = "dondoc@tinh.example",
                                 .from_name = "Văn phòng UBND tỉnh",
                                 .ca_file = ""};

/* CRLF becomes a line end, so that the file reads like any other. */
static void
lines_add(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text != '\r') {
            buf_char(out, *text);
        }
    }
}

static void
mail_add(const char *what, const struct wire_alert *a, const struct leader *leader,
         const char *language, struct buf *out)
{
    const char *address = "chuc-danh@tinh.example";
    struct mail_to to = {
        leader->id, strcmp(language, "vi") == 0 ? leader->title_vi : leader->title_en,
        language, &address, 1};
    struct mail m;
    size_t i;

    mail_make(&m, a, &to, &smtp, noon(2023, 10, 18));
    buf_format(out, "=== %s ===\n\n", what);
    for (i = 0; i < m.header_count; i++) {
        lines_add(out, buf_str(&m.headers[i]));
        buf_char(out, '\n');
    }
    buf_text(out, "\n--- text ---\n\n");
    lines_add(out, buf_str(&m.text));
    buf_text(out, "\n--- html ---\n\n");
    lines_add(out, buf_str(&m.html));
    buf_char(out, '\n');
    mail_fini(&m);
}

static struct wire_alert
alert_of(const struct alert_event *e, const char *id, const struct rendered *r)
{
    return (struct wire_alert){.position = 3072,
                               .id = id,
                               .code = e->code,
                               .kind = e->kind,
                               .reason = e->reason,
                               .unit = e->subject,
                               .target = e->target,
                               .window = e->window,
                               .subject_vi = r->subject_vi,
                               .subject_en = r->subject_en,
                               .text_vi = r->text_vi,
                               .text_en = r->text_en,
                               .brief_vi = r->brief_vi,
                               .brief_en = r->brief_en,
                               .at_ms = e->at_ms};
}

/* Each kind once, opened; one that climbed; one withdrawn. */
static void
alerts_add(struct fixture *f, const char *language, struct buf *out)
{
    static const struct {
        const char *what;
        const char *kind;
        const char *reason;
        const char *leader;
        int rung;
    } cases[] = {
        {"reminder", "reminder", "new", "head-21040", 0},
        {"overdue", "overdue", "new", "head-21040", 0},
        {"behind", "behind", "new", "head-21040", 0},
        {"behind, escalated", "behind", "worse", "head-530", 2},
        {"behind, withdrawn", "behind", "withdrawn", "head-21040", 0},
        {"missed", "missed", "new", "head-21040", 0},
        {"falling", "falling", "new", "head-21040", 0},
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct alert_event e = words_event(cases[i].kind, cases[i].reason);
        struct journey j = {.rung = cases[i].rung, .since = DAY_NONE};
        const struct leader *leader =
            &f->c->leaders[catalogue_leader(f->c, cases[i].leader)];
        char id[ID_BYTES];
        struct wire_alert a;
        struct rendered r;

        arena_reset(f->a);
        render_journey(f->c, &e, &j, leader, false, f->a, &r);
        (void)snprintf(id, sizeof id, cases[i].rung > 0 ? "%s/%u.%d" : "%s/%u", e.code,
                       e.number, cases[i].rung);
        a = alert_of(&e, id, &r);
        a.rung = (uint32_t)cases[i].rung;
        mail_add(cases[i].what, &a, leader, language, out);
    }
}

static void
table_add(struct fixture *f, const char *kind, const char *code,
          const struct rendered_table *t, const char *language, struct buf *out)
{
    struct alert_event e = {.code = code,
                            .number = 1,
                            .kind = kind,
                            .reason = "new",
                            .subject = "",
                            .target = "",
                            .window = "",
                            .at_ms = noon(2023, 10, 18)};
    const struct leader *leader =
        &f->c->leaders[catalogue_leader(f->c, "chair-province")];
    char id[ID_BYTES];
    struct wire_alert a;

    (void)snprintf(id, sizeof id, "%s/1", code);
    a = alert_of(&e, id, &t->words);
    a.rows = t->rows;
    a.row_count = t->row_count;
    mail_add(kind, &a, leader, language, out);
}

static void
tables_add(struct fixture *f, const char *language, struct buf *out)
{
    static const struct progress_row counts[] = {
        {.target = "7c",
         .level = "commune",
         .on_pace = 98,
         .behind = 40,
         .no_data = 35},
        {.target = "1b", .level = "province", .behind = 1},
    };
    const struct leader *leader =
        &f->c->leaders[catalogue_leader(f->c, "chair-province")];
    const struct render_hold why = {.id = "key:mot-cua-tinh",
                                    .reason = "new",
                                    .since = day_from_civil(2023, 10, 18),
                                    .until = day_from_civil(2023, 10, 25),
                                    .level = "commune",
                                    .units = 60,
                                    .of = 173,
                                    .by = ""};
    struct alert_event events[WORDS_ROWS];
    struct render_row rows[WORDS_ROWS];
    struct alert_event e = september();
    struct rendered_table t;
    const char *code = "QNG-2023-10-18-TH-chair-province";

    words_list(events, rows);
    arena_reset(f->a);
    render_digest(f->c, code, day_from_civil(2023, 10, 18), rows, WORDS_ROWS, leader,
                  false, f->a, &t);
    table_add(f, "digest", code, &t, language, out);
    code = "QNG-2023-10-18-TG-key-mot-cua-tinh";
    arena_reset(f->a);
    render_hold(f->c, code, day_from_civil(2023, 10, 18), &why, rows + 1, 2, leader,
                false, f->a, &t);
    table_add(f, "hold", code, &t, language, out);
    e.code = "QNG-2023-Q3-TD";
    e.kind = "progress";
    e.target = "";
    e.subject = "province";
    e.window = "2023-Q3";
    e.first_day = day_from_civil(2023, 7, 1);
    e.progress = counts;
    e.progress_count = sizeof counts / sizeof counts[0];
    arena_reset(f->a);
    render_progress(f->c, &e, leader, false, f->a, &t);
    table_add(f, "progress", e.code, &t, language, out);
}

static void
the_mails_are_those_that_were_read(void **state)
{
    static const char *const languages[] = {"vi", "en"};
    struct buf out;
    size_t i;

    buf_init(&out, WORDS_FILE_BYTES);
    for (i = 0; i < 2; i++) {
        buf_clear(&out);
        alerts_add(*state, languages[i], &out);
        tables_add(*state, languages[i], &out);
        words_file("mail", languages[i], &out);
    }
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mails_are_those_that_were_read),
    };

    return cmocka_run_group_tests(tests, words_setup, render_teardown);
}
