// link: notifier courier
/*
 * Mails and webhooks as they go out, byte for byte. tests/golden/mail/NAME.LANGUAGE.eml
 * is what an office of that language gets: for a few cases for the words in NAME.vi.txt
 * and NAME.en.txt (first line the subject), for each kind and reason that can occur for
 * what the notifier makes of it. The parts stand in 8 bits between boundaries of our
 * own, so that a mail program shows the file; libcurl's boundary and encoding are
 * tested with a real server. tests/golden/web/NAME.json is the body of the webhook, and
 * SIGNATURES holds the header X-Dondoc-Signature of each under the key below.
 * DONDOC_GOLDEN_WRITE=1 writes them anew, to be read before a commit.
 */
#include "courier/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "courier/hook.h"
#include "lib/calendar.h"
#include "lib/mem.h"
#include "tests/support/words_case.h"

#define FILE_BYTES (256u * 1024u)
#define ROWS 3
#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define ID_BYTES 160
#define WEB_KEY "khoa-cua-bai-thu-0123456789"
#define EIGHT (-4 * 3600000) /* from noon */

static const struct smtp smtp = {.host = "mail.tinh.example",
                                 .port = 587,
                                 .starttls = true,
                                 .user = "",
                                 .password = "",
                                 .from = "dondoc@tinh.example",
                                 .from_name = "Đôn Đốc tỉnh A",
                                 .ca_file = ""};

static const struct wire_row rows[ROWS] = {
    {.code = "QNG-2023-09-BC-digitisation-21040",
     .kind = "overdue",
     .reason = "escalated",
     .unit = "21040",
     .target = "",
     .unit_vi = "Xã B",
     .unit_en = "B commune",
     .about_vi = "Báo cáo “Số hóa kết quả giải quyết TTHC” tháng 9/2023",
     .about_en = "Report “Digitisation of results” for September 2023",
     .figure_vi = "Quá hạn gửi báo cáo: chưa nhận được báo cáo, hạn gửi ngày "
                  "06/10/2023, quá hạn 08 ngày làm việc",
     .figure_en = "Report overdue: not received, due on 6 October 2023, working days "
                  "since then: 8",
     .since_vi = "09/10/2023",
     .since_en = "9 October 2023"},
    {.code = "QNG-2023-7c-21040",
     .kind = "behind",
     .reason = "escalated",
     .unit = "21040",
     .target = "7c",
     .unit_vi = "Xã B",
     .unit_en = "B commune",
     .about_vi = "Số hóa kết quả ở cấp xã, tháng 9/2023",
     .about_en = "Digitising results, commune level, September 2023",
     .figure_vi = "Chậm tiến độ: 46,10% (1.100/2.386 kết quả); thấp hơn 3,86 điểm "
                  "phần trăm so với mức tham chiếu 49,96% (đã nhận xử lý)",
     .figure_en = "Behind schedule: 46.10% (1,100/2,386 results); 3.86 percentage "
                  "points below the reference level of 49.96% (acknowledged)",
     .since_vi = "09/10/2023",
     .since_en = "9 October 2023",
     .acknowledged = true},
    {.code = "QNG-2023-7c-21043",
     .kind = "behind",
     .reason = "escalated",
     .unit = "21043",
     .target = "7c",
     .unit_vi = "Xã C",
     .unit_en = "C commune",
     .about_vi = "Số hóa kết quả ở cấp xã, tháng 9/2023",
     .about_en = "Digitising results, commune level, September 2023",
     .figure_vi = "Chậm tiến độ: 47,35% (1.130/2.386 kết quả); thấp hơn 2,61 điểm "
                  "phần trăm so với mức tham chiếu 49,96%",
     .figure_en = "Behind schedule: 47.35% (1,130/2,386 results); 2.61 percentage "
                  "points below the reference level of 49.96%",
     .since_vi = "09/10/2023",
     .since_en = "9 October 2023"},
};

/* 18/10/2023 08:00 in Viet Nam, a Wednesday. */
#define WEDNESDAY INT64_C(1697590800000)

static const struct {
    const char *name;
    const char *leader;
    const char *title_vi;
    const char *title_en;
    struct wire_alert a;
} cases[] = {
    {"behind-new", "head-21040", "Chủ tịch UBND xã B", "Chair, B commune",
     .a = {.id = "QNG-2023-7c-21040/1",
           .code = "QNG-2023-7c-21040",
           .kind = "behind",
           .reason = "new"}},
    {"behind-escalated", "head-530", "Chủ tịch UBND huyện D", "Chair, D district",
     .a = {.id = "QNG-2023-7c-21040/1.2",
           .code = "QNG-2023-7c-21040",
           .kind = "behind",
           .reason = "escalated",
           .rung = 2}},
    {"behind-withdrawn", "head-21040", "Chủ tịch UBND xã B", "Chair, B commune",
     .a = {.id = "QNG-2023-7c-21040/2",
           .code = "QNG-2023-7c-21040",
           .kind = "behind",
           .reason = "withdrawn"}},
    {"digest", "chair-province", "Chủ tịch UBND tỉnh", "Chair of the province",
     .a = {.id = "QNG-2023-W42-TH-chair-province/1",
           .code = "QNG-2023-W42-TH-chair-province",
           .kind = "digest",
           .reason = "new",
           .rows = rows,
           .row_count = ROWS}},
    {"hold", "chair-province", "Chủ tịch UBND tỉnh", "Chair of the province",
     .a = {.id = "QNG-2023-10-18-TG-programme-5e3a9c01b2d4/1",
           .code = "QNG-2023-10-18-TG-programme-5e3a9c01b2d4",
           .kind = "hold",
           .reason = "new",
           .rows = rows,
           .row_count = ROWS}},
};

static void
path_of(const char *what, const char *file, char *out, size_t room)
{
    const char *root = getenv("DONDOC_ROOT");

    (void)snprintf(out, room, "%.250s/tests/golden/%.10s/%.199s",
                   root == NULL ? "." : root, what, file);
}

/* mem_free it; "" when there is none. */
static char *
file_text(const char *path)
{
    char *text = mem_alloc(FILE_BYTES);
    FILE *f = fopen(path, "r");

    if (f != NULL) {
        text[fread(text, 1, FILE_BYTES - 1, f)] = '\0';
        (void)fclose(f);
    }
    return text;
}

/* The words of one language: its subject, and the text behind the empty line. */
static char *
words_read(const char *name, const char *language, const char **text)
{
    char path[512];
    char file[200];
    char *words;
    char *end;

    (void)snprintf(file, sizeof file, "%s.%s.txt", name, language);
    path_of("mail", file, path, sizeof path);
    words = file_text(path);
    end = strstr(words, "\n\n");
    if (end == NULL) {
        fail_msg("no subject and text in %s", path);
        return words;
    }
    *end = '\0';
    *text = end + 2;
    return words;
}

static void
eml_make(const struct mail *m, struct buf *out)
{
    size_t i;

    for (i = 0; i < m->header_count; i++) {
        buf_format(out, "%s\r\n", buf_str(&m->headers[i]));
    }
    buf_text(out, "Content-Type: multipart/alternative; boundary=golden\r\n\r\n"
                  "--golden\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: 8bit\r\n\r\n");
    buf_text(out, buf_str(&m->text));
    buf_text(out, "\r\n--golden\r\nContent-Type: text/html; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: 8bit\r\n\r\n");
    buf_text(out, buf_str(&m->html));
    buf_text(out, "\r\n--golden--\r\n");
}

static void
golden_compare(const char *what, const char *file, const struct buf *made)
{
    const char *asked = getenv("DONDOC_GOLDEN_WRITE");
    char path[512];
    char *want;
    FILE *f;

    path_of(what, file, path, sizeof path);
    if (asked != NULL && strcmp(asked, "1") == 0) {
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(buf_str(made), 1, made->len, f), made->len);
        assert_int_equal(fclose(f), 0);
    }
    want = file_text(path);
    if (strcmp(want, buf_str(made)) != 0) {
        size_t i = 0;

        while (want[i] != '\0' && want[i] == buf_str(made)[i]) {
            i++;
        }
        fail_msg("%s differs from byte %zu on\ngot:  %.120s\nwant: %.120s", path, i,
                 buf_str(made) + i, want + i);
    }
    mem_free(&want);
}

struct reader {
    const char *leader;
    const char *title_vi;
    const char *title_en;
};

static void
mail_check(const char *name, const struct wire_alert *a, const struct reader *r,
           const char *language)
{
    static const char *const addresses[] = {"vanthu@tinh.example"};
    const struct mail_to to = {r->leader,
                               strcmp(language, "vi") == 0 ? r->title_vi : r->title_en,
                               language, addresses, 1};
    char file[200];
    struct buf eml;
    struct mail m;

    mail_make(&m, a, &to, &smtp, 0);
    buf_init(&eml, FILE_BYTES);
    eml_make(&m, &eml);
    (void)snprintf(file, sizeof file, "%s.%s.eml", name, language);
    golden_compare("mail", file, &eml);
    buf_fini(&eml);
    mail_fini(&m);
}

/* One body for both languages; its signature goes to the others. */
static void
alert_check(const char *name, const struct wire_alert *a, const struct reader *r,
            struct buf *signatures)
{
    char signature[HOOK_SIGNATURE_BYTES];
    char file[200];
    struct buf body;

    mail_check(name, a, r, "vi");
    mail_check(name, a, r, "en");
    buf_init(&body, FILE_BYTES);
    hook_body(&body, a, "tinh-a", r->leader);
    (void)snprintf(file, sizeof file, "%s.json", name);
    golden_compare("web", file, &body);
    hook_signature(WEB_KEY, buf_str(&body), body.len, signature);
    buf_format(signatures, "X-Dondoc-Signature: %s  %s\n", signature, file);
    buf_fini(&body);
}

/* --- of words in files --- */

static void
cases_check(struct buf *signatures)
{
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const struct reader r = {cases[i].leader, cases[i].title_vi, cases[i].title_en};
        struct wire_alert a = cases[i].a;
        char *words_vi = words_read(cases[i].name, "vi", &a.text_vi);
        char *words_en = words_read(cases[i].name, "en", &a.text_en);

        a.subject_vi = words_vi;
        a.subject_en = words_en;
        a.at_ms = WEDNESDAY;
        alert_check(cases[i].name, &a, &r, signatures);
        mem_free(&words_vi);
        mem_free(&words_en);
    }
}

/* --- of words as the notifier makes them --- */

#define DAY(month, day) day_from_civil(2023, month, day)

/* Ladders climb from Monday 09/10/2023, those of a missed year from 08/01/2024. */
static const struct {
    const char *name;
    const char *kind;
    const char *reason; /* the event's */
    const char *leader;
    int rung; /* as of struct journey */
    unsigned again;
    bool held;
    int32_t days;   /* behind the opening, on which it climbed */
    uint32_t units; /* of a level that is silent as a whole */
} spoken[] = {
    {.name = "behind-worse", .kind = "behind", .reason = "worse"},
    {.name = "behind-better", .kind = "behind", .reason = "better"},
    {.name = "behind-repeat", .kind = "behind", .reason = "repeat"},
    {.name = "behind-corrected", .kind = "behind", .reason = "corrected"},
    {.name = "behind-resolved", .kind = "behind", .reason = "resolved"},
    {.name = "behind-held-released", .kind = "behind", .reason = "new", .held = true},
    {.name = "behind-escalated-again",
     .kind = "behind",
     .reason = "repeat",
     .leader = "head-530",
     .rung = 2,
     .again = 1,
     .days = 23},
    {.name = "missed-new", .kind = "missed", .reason = "new"},
    {.name = "missed-corrected", .kind = "missed", .reason = "corrected"},
    {.name = "missed-escalated",
     .kind = "missed",
     .reason = "new",
     .leader = "head-530",
     .rung = 2,
     .days = 3},
    {.name = "missed-resolved", .kind = "missed", .reason = "resolved"},
    {.name = "overdue-new", .kind = "overdue", .reason = "new"},
    {.name = "overdue-worse", .kind = "overdue", .reason = "worse"},
    {.name = "overdue-repeat",
     .kind = "overdue",
     .reason = "new",
     .rung = 1,
     .again = 1,
     .days = 23},
    {.name = "overdue-escalated",
     .kind = "overdue",
     .reason = "new",
     .leader = "head-530",
     .rung = 2,
     .days = 3},
    {.name = "overdue-resolved", .kind = "overdue", .reason = "resolved"},
    {.name = "overdue-withdrawn", .kind = "overdue", .reason = "withdrawn"},
    {.name = "overdue-level-silent",
     .kind = "overdue",
     .reason = "new",
     .leader = "chair-province",
     .units = 173},
    {.name = "reminder-new", .kind = "reminder", .reason = "new"},
    {.name = "falling-new", .kind = "falling", .reason = "new"},
    {.name = "falling-escalated",
     .kind = "falling",
     .reason = "new",
     .leader = "head-530",
     .rung = 2,
     .days = 3},
    {.name = "falling-resolved", .kind = "falling", .reason = "resolved"},
};

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

static struct reader
reader_of(const struct leader *leader)
{
    return (struct reader){leader->id, leader->title_vi, leader->title_en};
}

static void
spoken_check(struct fixture *f, size_t i, struct buf *signatures)
{
    const char *office = spoken[i].leader == NULL ? "head-21040" : spoken[i].leader;
    const struct leader *leader = &f->c->leaders[catalogue_leader(f->c, office)];
    const struct reader reader = reader_of(leader);
    struct alert_event e = words_event(spoken[i].kind, spoken[i].reason);
    int32_t opened = DAY(10, 9) + (strcmp(spoken[i].kind, "missed") == 0 ? 91 : 0);
    struct journey j = {.rung = spoken[i].rung,
                        .again = spoken[i].again,
                        .held = spoken[i].held,
                        .since = spoken[i].rung > 0 ? opened : DAY_NONE,
                        .today = spoken[i].rung > 0 ? opened + spoken[i].days : 0};
    char id[ID_BYTES];
    struct wire_alert a;
    struct rendered r;

    if (spoken[i].units > 0) {
        e.code = "QNG-2023-09-BC-digitisation-level-commune";
        e.subject = "level-commune";
        e.units = spoken[i].units;
    }
    arena_reset(f->a);
    render_journey(f->c, &e, &j, leader, false, f->a, &r);
    (void)snprintf(id, sizeof id, "%s/%u", e.code, e.number);
    if (j.again > 0) {
        (void)snprintf(id, sizeof id, "%s/%u.%d.%u", e.code, e.number, j.rung, j.again);
    } else if (j.rung > 1) {
        (void)snprintf(id, sizeof id, "%s/%u.%d", e.code, e.number, j.rung);
    }
    a = alert_of(&e, id, &r);
    a.rung = j.rung > 1 ? (uint32_t)j.rung : 0;
    a.reason = j.rung > 1 ? "escalated" : j.again > 0 ? "repeat" : e.reason;
    a.held = j.held;
    alert_check(spoken[i].name, &a, &reader, signatures);
}

/* --- tables --- */

static void
table_check(struct fixture *f, const char *name, struct alert_event *e,
            const struct rendered_table *t, struct buf *signatures)
{
    const struct reader reader =
        reader_of(&f->c->leaders[catalogue_leader(f->c, "chair-province")]);
    char id[ID_BYTES];
    struct wire_alert a;

    (void)snprintf(id, sizeof id, "%s/%u", e->code, e->number);
    a = alert_of(e, id, &t->words);
    a.rows = t->rows;
    a.row_count = t->row_count;
    alert_check(name, &a, &reader, signatures);
}

/* 98 + 40 + 25 + 10 of 173 communes; two targets of one subject each. */
static void
progress_check(struct fixture *f, struct buf *signatures)
{
    static const struct progress_row counts[] = {
        {.target = "7c",
         .level = "commune",
         .on_pace = 98,
         .behind = 40,
         .no_data = 25,
         .other = 10},
        {.target = "9c", .level = "level-commune", .on_way = 1},
        {.target = "1b", .level = "province", .behind = 1},
    };
    struct alert_event e = september();
    struct rendered_table t;

    e.code = "QNG-2023-Q3-TD";
    e.kind = "progress";
    e.target = "";
    e.subject = "province";
    e.window = "2023-Q3";
    e.first_day = DAY(7, 1);
    e.at_ms = noon(2023, 10, 16) + EIGHT;
    e.progress = counts;
    e.progress_count = COUNT(counts);
    arena_reset(f->a);
    render_progress(f->c, &e, &f->c->leaders[catalogue_leader(f->c, "chair-province")],
                    false, f->a, &t);
    table_check(f, "progress", &e, &t, signatures);
}

static const struct {
    const char *name;
    const char *reason;
    const char *by;
    uint32_t number;
    size_t rows;
} notices[] = {
    {"hold-again", "repeat", "", 2, 3},
    {"hold-prolonged", "escalated", "", 3, 3},
    {"hold-ended", "resolved", "van-phong", 4, 0},
};

static void
notice_check(struct fixture *f, size_t i, struct buf *signatures)
{
    const struct leader *leader =
        &f->c->leaders[catalogue_leader(f->c, "chair-province")];
    const struct render_hold why = {.id = "programme:5e3a9c01b2d4",
                                    .reason = notices[i].reason,
                                    .since = DAY(10, 16),
                                    .until = DAY(10, 23),
                                    .level = "commune",
                                    .units = 45,
                                    .of = 173,
                                    .by = notices[i].by,
                                    .number = notices[i].number};
    struct alert_event e = {.code = "QNG-2023-10-16-TG-programme-5e3a9c01b2d4",
                            .number = notices[i].number,
                            .kind = "hold",
                            .reason = notices[i].reason,
                            .subject = "",
                            .target = "",
                            .window = "",
                            .at_ms = WEDNESDAY};
    struct alert_event events[WORDS_ROWS];
    struct render_row list[WORDS_ROWS];
    struct rendered_table t;

    words_list(events, list);
    arena_reset(f->a);
    render_hold(f->c, e.code, DAY(10, 18), &why, list + 1, notices[i].rows, leader,
                false, f->a, &t);
    table_check(f, notices[i].name, &e, &t, signatures);
}

static void
mails_and_webhooks_are_the_same_to_the_byte_as_those_that_were_read(void **state)
{
    struct fixture *f = *state;
    struct buf signatures;
    size_t i;

    buf_init(&signatures, FILE_BYTES);
    cases_check(&signatures);
    for (i = 0; i < COUNT(spoken); i++) {
        spoken_check(f, i, &signatures);
    }
    for (i = 0; i < COUNT(notices); i++) {
        notice_check(f, i, &signatures);
    }
    progress_check(f, &signatures);
    golden_compare("web", "SIGNATURES", &signatures);
    buf_fini(&signatures);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            mails_and_webhooks_are_the_same_to_the_byte_as_those_that_were_read),
    };

    return cmocka_run_group_tests(tests, words_setup, render_teardown);
}
