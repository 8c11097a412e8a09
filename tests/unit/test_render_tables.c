// link: notifier
/*
 * What goes with a table, and what climbed or was held: order and width of the rows,
 * what happens when there are too many, sums that agree, the province's own words.
 * Whole texts: tests/golden/words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bus.h"
#include "lib/calendar.h"
#include "lib/phrase.h"
#include "lib/sealed.h"
#include "lib/text.h"
#include "notifier/lines.h"
#include "tests/support/render_case.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define COLUMNS_MAX 100
#define MANY 3000
#define TARGETS 500

/* --- lines --- */

static void
lines_want(const char *const *cells, const char *want)
{
    static const struct column columns[] = {
        {"STT", 3, true}, {"Đơn vị", 6, false}, {"Số", 4, true}};
    struct buf out;

    buf_init(&out, 4096);
    lines_row(&out, columns, COUNT(columns), cells);
    want_text(buf_str(&out), want);
    buf_fini(&out);
}

static void
a_cell_goes_on_in_the_next_line(void **state)
{
    (void)state;
    lines_want((const char *const[]){"1", "Xã B", "5"}, "    1  Xã B       5\n");
    lines_want((const char *const[]){"1", "Xã Ba Tơ", "12"},
               "    1  Xã Ba     12\n       Tơ\n");
    lines_want((const char *const[]){"1", "", "12"}, "    1            12\n");
    lines_want((const char *const[]){"1", NULL, NULL}, "    1\n");
    lines_want((const char *const[]){"1", "Nghĩa Hành", ""},
               "    1  Nghĩa\n       Hành\n");
    lines_want((const char *const[]){"", "QNG-2023-7c", "3"},
               "       QNG-20     3\n       23-7c\n"); /* no blank to break at */
    lines_want((const char *const[]){"", "", ""}, "\n");
}

/* --- lists --- */

/* 7c of September, so many of 2.386, about a unit. */
static struct alert_event
lag(const char *code, const char *subject, int64_t numerator)
{
    struct alert_event e = september();

    e.code = code;
    e.subject = subject;
    e.numerator = numerator;
    return e;
}

static void
digest(struct fixture *f, const struct render_row *rows, size_t count,
       struct rendered_table *t)
{
    arena_reset(f->a);
    render_digest(f->c, "QNG-2023-W42-TH-chair-province", day_from_civil(2023, 10, 18),
                  rows, count, &f->c->leaders[catalogue_leader(f->c, "chair-province")],
                  false, f->a, t);
}

/* No line of a table is wider than a terminal, in columns and not in bytes; nothing
 * else begins with blanks. */
static void
want_width(const char *text)
{
    while (*text != '\0') {
        size_t bytes = strcspn(text, "\n");
        char *line = mem_copy(text, bytes);

        if (line[0] == ' ' && text_width(line) > COLUMNS_MAX) {
            fail_msg("%zu columns: %s", text_width(line), line);
        }
        mem_free(&line);
        text += bytes + (text[bytes] == '\n');
    }
}

static void
the_gravest_come_first_then_the_largest_gap_then_the_unit(void **state)
{
    struct fixture *f = *state;
    struct alert_event near = lag("QNG-2023-7c-21040", "21040", 1150);
    struct alert_event far = lag("QNG-2023-7c-21046", "21046", 900);
    struct alert_event same = lag("QNG-2023-7c-21043", "21043", 1150);
    struct alert_event missed = lag("QNG-2022-7c-21040", "21040", 800);
    struct alert_event gone = lag("QNG-2021-7c-21040", "21040", 100);
    struct render_row rows[] = {
        {.event = &gone, .reason = "withdrawn", .since = DAY_NONE},
        {.event = &same, .reason = "escalated", .since = DAY_NONE},
        {.event = &near, .reason = "escalated", .since = DAY_NONE},
        {.event = &far, .reason = "escalated", .since = DAY_NONE},
        {.event = &missed, .reason = "escalated", .since = DAY_NONE},
    };
    static const char *const want[] = {"QNG-2022-7c-21040", "QNG-2023-7c-21046",
                                       "QNG-2023-7c-21040", "QNG-2023-7c-21043",
                                       "QNG-2021-7c-21040"};
    struct rendered_table t;
    size_t i;

    missed.kind = "missed";
    digest(f, rows, COUNT(rows), &t);
    assert_int_equal(t.row_count, COUNT(want));
    for (i = 0; i < COUNT(want); i++) {
        assert_string_equal(t.rows[i].code, want[i]);
    }
    assert_string_equal(t.rows[4].reason, "withdrawn");
    want_part(t.words.text_vi,
              "hệ thống tổng hợp 05 nội dung: 01 nội dung không đạt chỉ tiêu năm; 03 "
              "nội dung chậm tiến độ; 01 cảnh báo được thu hồi.");
    want_part(t.words.text_vi,
              "Đề nghị không sử dụng nội dung các cảnh báo đã thu hồi.");
    want_width(t.words.text_vi);
    want_width(t.words.text_en);
}

/* 49,96 - 48,19 = 1,77 (1.150 / 2.386 = 48,197…). */
static void
a_row_says_the_gap_of_the_two_figures_that_it_prints(void **state)
{
    struct alert_event e = lag("QNG-2023-7c-21040", "21040", 1150);
    struct render_row row = {.event = &e,
                             .reason = "escalated",
                             .since = day_from_civil(2023, 10, 9),
                             .acknowledged = true};
    struct rendered_table t;

    digest(*state, &row, 1, &t);
    assert_string_equal(
        t.rows[0].figure_vi,
        "Chậm tiến độ: 48,19% (1.150/2.386 kết quả); thấp hơn 1,77 điểm "
        "phần trăm so với mức tham chiếu 49,96% (đã nhận xử lý)");
    assert_string_equal(t.rows[0].figure_en,
                        "Behind schedule: 48.19% (1,150/2,386 results); 1.77 "
                        "percentage points below the reference level of 49.96% "
                        "(acknowledged)");
    assert_string_equal(t.rows[0].unit_vi, "Xã B");
    assert_string_equal(t.rows[0].about_vi, "Số hóa kết quả ở cấp xã, tháng 9/2023");
    assert_string_equal(t.rows[0].since_vi, "09/10/2023");
    assert_true(t.rows[0].acknowledged);
}

/* Everything fits one message, with what a program puts around it. */
static void
want_message(const struct rendered_table *t)
{
    struct wire_alert alert = {.id = "",
                               .code = "QNG-2023-W42-TH-chair-province",
                               .kind = "digest",
                               .reason = "new",
                               .unit = "",
                               .target = "",
                               .window = "",
                               .subject_vi = t->words.subject_vi,
                               .subject_en = t->words.subject_en,
                               .text_vi = t->words.text_vi,
                               .text_en = t->words.text_en,
                               .brief_vi = t->words.brief_vi,
                               .brief_en = t->words.brief_en,
                               .rows = t->rows,
                               .row_count = t->row_count};
    struct leader_reply reply = {
        .version = 1, .kind = LEADER_REPLY_ALERT, .alert = alert};
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct buf out;

    buf_init(&out, 4 * BUS_MESSAGE_MAX);
    leader_reply_encode(&reply, a, &out);
    assert_in_range(out.len, BUS_MESSAGE_MAX - 16 * 1024,
                    BUS_MESSAGE_MAX - SEALED_MORE_BYTES); /* also when it is sealed */
    buf_fini(&out);
    arena_free(&a);
}

static void
what_does_not_fit_is_counted(void **state)
{
    static struct render_row rows[MANY];
    struct alert_event e = lag("QNG-2023-7c-21040", "21040", 1150);
    struct rendered_table t;
    char more[80];
    size_t i;

    for (i = 0; i < MANY; i++) {
        rows[i] =
            (struct render_row){.event = &e, .reason = "escalated", .since = DAY_NONE};
    }
    digest(*state, rows, MANY, &t);
    assert_in_range(t.row_count, 30, 200);
    want_message(&t);
    (void)snprintf(more, sizeof more, "Còn 2.%03zu nội dung chưa thể hiện",
                   MANY - t.row_count - 2000);
    want_part(t.words.text_vi, more);
    want_part(t.words.text_vi, "hệ thống tổng hợp 3.000 nội dung");
    want_part(t.words.text_vi,
              "Thông báo tự động, mã QNG-2023-W42-TH-chair-province/1.");
    want_part(t.words.text_en, "Automatic message, code");
    assert_string_not_equal(t.rows[t.row_count - 1].since_en, "");
}

/* 65 rows are 30, 30 and 5. */
static void
a_long_digest_is_several_messages_that_say_so(void **state)
{
    enum { ALL = 65, PARTS = 3 };
    static const size_t counts[PARTS] = {30, 30, 5};
    static const char *const firsts[PARTS] = {"A-00", "A-30", "A-60"};
    static const char *const numbers[PARTS] = {"\n    1", "\n   31", "\n   61"};
    static struct render_row rows[ALL];
    static struct alert_event events[ALL];
    static char codes[ALL][8];
    struct fixture *f = *state;
    struct rendered_table t;
    char part[64];
    uint32_t p;
    size_t i;

    for (i = 0; i < ALL; i++) {
        (void)snprintf(codes[i], sizeof codes[i], "A-%02zu", i);
        events[i] = lag(codes[i], "21040", 1150);
        rows[i] = (struct render_row){.event = &events[i],
                                      .reason = "escalated",
                                      .since = DAY_NONE,
                                      .part = (uint32_t)(i / 30) + 1};
    }
    for (p = 1; p <= PARTS; p++) {
        rows[(p - 1) * 30].acknowledged = p == 2; /* moves nothing */
        arena_reset(f->a);
        render_digest_part(f->c, "QNG-2023-W42-TH-x", p, day_from_civil(2023, 10, 18),
                           rows, ALL, NULL, false, f->a, &t);
        assert_int_equal(t.row_count, counts[p - 1]);
        assert_string_equal(t.rows[0].code, firsts[p - 1]);
        want_part(t.words.text_vi, numbers[p - 1]);
        want_part(t.words.text_vi, "hệ thống tổng hợp 65 nội dung: 65 nội dung chậm");
        (void)snprintf(part, sizeof part, "; sau đây là phần %" PRIu32 "/3. Danh", p);
        want_part(t.words.text_vi, part);
        (void)snprintf(part, sizeof part, "; this is part %" PRIu32 " of 3.", p);
        want_part(t.words.text_en, part);
        (void)snprintf(part, sizeof part, "(phần %" PRIu32 "/3)", p);
        want_part(t.words.subject_vi, part);
        (void)snprintf(part, sizeof part, "(part %" PRIu32 " of 3)", p);
        want_part(t.words.subject_en, part);
        (void)snprintf(part, sizeof part, "QNG-2023-W42-TH-x/%" PRIu32 ".", p);
        want_part(t.words.text_vi, part);
        want_no_part(t.words.text_vi, "chưa thể hiện");
        want_width(t.words.text_vi);
    }
    digest(f, rows, 30, &t);
    want_no_part(t.words.subject_vi, "phần 1");
    want_no_part(t.words.text_en, "this is part");
}

static void
nothing_to_say_is_said_in_a_preview(void **state)
{
    struct fixture *f = *state;
    struct rendered_table t;

    digest(*state, NULL, 0, &t);
    assert_int_equal(t.row_count, 0);
    want_part(t.words.text_vi, "Đến ngày 18/10/2023, không có nội dung cần báo cáo.");
    want_no_part(t.words.text_vi, "ý kiến chỉ đạo");
    want_part(t.words.subject_vi, "Không có nội dung");
    render_digest(f->c, "QNG-2023-W42-TH-x", DAY_NONE, NULL, 0, NULL, false, f->a, &t);
    want_part(t.words.text_vi, "không còn được lưu");
}

/* An event that the programme in force knows nothing of is a row all the same. */
static void
what_the_programme_does_not_hold_still_gets_a_row(void **state)
{
    struct alert_event e = lag("QNG-2023-99-21040", "99999", 1150);
    struct alert_event lost = {.code = "QNG-2023-x",
                               .number = 1,
                               .kind = "",
                               .reason = "",
                               .target = "",
                               .subject = "",
                               .window = "",
                               .since_window = "",
                               .old_window = ""};
    struct render_row rows[] = {{.event = &e, .reason = "", .since = DAY_NONE},
                                {.event = &lost, .reason = NULL, .since = DAY_NONE}};
    struct rendered_table t;

    e.target = "99";
    digest(*state, rows, COUNT(rows), &t);
    assert_int_equal(t.row_count, 2);
    assert_string_equal(t.rows[0].unit_vi, "99999");
    assert_string_equal(t.rows[0].about_vi, "QNG-2023-99-21040");
    want_part(t.words.text_vi, "01 nội dung khác");
    want_width(t.words.text_vi);
}

/* --- up the ladder --- */

static void
journey(struct fixture *f, const struct alert_event *e, const struct journey *j,
        const char *leader, struct rendered *r)
{
    arena_reset(f->a);
    render_journey(f->c, e, j, &f->c->leaders[catalogue_leader(f->c, leader)], false,
                   f->a, r);
}

static void
upwards_direction_is_asked_for_and_the_id_is_quoted(void **state)
{
    struct alert_event e = september();
    struct journey j = {.rung = 2, .since = day_from_civil(2023, 10, 9)};
    struct rendered r;

    journey(*state, &e, &j, "head-530", &r);
    want_part(r.subject_vi, "[Báo cáo cấp trên: chậm tiến độ]");
    want_part(r.text_vi,
              "Nội dung này được cảnh báo từ ngày 09/10/2023, đã gửi thông báo "
              "đến Chủ tịch UBND xã B.");
    want_part(r.text_vi,
              "Kính báo cáo Chủ tịch UBND huyện D xem xét, cho ý kiến chỉ đạo.");
    want_no_part(r.text_vi, "Đề nghị Chủ tịch");
    want_part(r.text_vi, "mã QNG-2023-7c-21040/1.2.");
    j.again = 2;
    journey(*state, &e, &j, "head-530", &r);
    want_part(r.text_vi, "đây là lần nhắc lại thứ hai.");
    want_part(r.text_vi, "mã QNG-2023-7c-21040/1.2.2.");
    want_part(r.text_en, "it is the second reminder.");
}

/* The end of what climbed is no request any more. */
static void
what_ends_asks_nobody(void **state)
{
    struct alert_event e = september();
    struct journey j = {.rung = 3, .since = DAY_NONE};
    struct rendered r;

    e.reason = "withdrawn";
    e.number = 3;
    journey(*state, &e, &j, "chair-province", &r);
    want_part(r.subject_vi, "[Thu hồi cảnh báo]");
    want_no_part(r.text_vi, "chỉ đạo");
    want_part(r.text_vi, "mã QNG-2023-7c-21040/3.");
}

/* Without an office of its own nobody "was told". */
static void
who_was_told_is_not_claimed_without_an_office(void **state)
{
    struct fixture *f = *state;
    struct leader *own = &f->c->leaders[catalogue_leader(f->c, "head-21040")];
    unsigned kinds = own->kinds;
    struct alert_event e = september();
    struct journey j = {.rung = 2, .since = day_from_civil(2023, 10, 9)};
    struct rendered r;

    own->kinds = 1u << HEAR_MISSED;
    journey(f, &e, &j, "head-530", &r);
    own->kinds = kinds;
    want_part(r.text_vi, "Nội dung này được cảnh báo từ ngày 09/10/2023. Kính báo cáo");
}

/* Overdue since Friday 06/10/2023; on Wednesday 18/10 that is 8 working days. */
static void
a_missing_report_is_late_up_to_the_day_of_the_climb(void **state)
{
    struct alert_event e = september();
    struct journey j = {.rung = 3,
                        .since = day_from_civil(2023, 10, 9),
                        .today = day_from_civil(2023, 10, 18)};
    struct rendered r;

    e.kind = "overdue";
    e.target = "";
    e.group = "digitisation";
    e.due_day = e.rule_day = day_from_civil(2023, 10, 6);
    journey(*state, &e, &j, "chair-province", &r);
    want_part(r.text_vi, "đã quá hạn 08 ngày làm việc");
    want_part(r.text_vi, "Đến 08 giờ 00 phút ngày 18/10/2023, hệ thống chưa nhận được");
    want_part(r.text_vi, "từ đó đến nay đã 07 ngày làm việc");
}

static void
what_was_held_says_so_first(void **state)
{
    struct alert_event e = september();
    struct journey j = {.held = true, .since = DAY_NONE};
    struct rendered r;

    journey(*state, &e, &j, "head-21040", &r);
    want_part(r.text_vi,
              "Kính gửi: Chủ tịch UBND xã B.\nThông báo này đã được tạm giữ, "
              "chờ xác nhận, và nay được gửi. Đến ngày 30/9/2023");
    want_part(r.text_vi, "mã QNG-2023-7c-21040/1.");
}

/* --- falling --- */

static void
not_reported_is_not_zero(void **state)
{
    struct alert_event e = september();
    struct journey j = {.since = DAY_NONE};
    struct rendered r;

    e.kind = "falling";
    e.reason = "withdrawn";
    e.target = "";
    e.group = "digitisation"; /* the scorer names it, too */
    e.measure = "results_in_force";
    e.numerator = 0;
    e.denominator = 0;
    e.old_window = "2023-08";
    e.old_numerator = 2386;
    e.old_denominator = 1;
    e.number = 2;
    journey(*state, &e, &j, "head-21040", &r);
    want_part(r.text_vi, "không còn căn cứ");
    want_no_part(r.text_vi, " 0 kết quả");
    e.measure = "gone";
    e.reason = "new";
    journey(*state, &e, &j, "head-21040", &r);
    want_part(r.text_vi, "nội dung không có trong chương trình đang áp dụng");
}

/* --- holds, progress --- */

static void
a_hold_names_its_cause_and_what_can_be_done(void **state)
{
    struct fixture *f = *state;
    const struct leader *l = &f->c->leaders[catalogue_leader(f->c, "chair-province")];
    struct render_hold why = {.id = "tick:465000",
                              .reason = "new",
                              .since = day_from_civil(2023, 1, 17),
                              .until = day_from_civil(2023, 1, 31),
                              .level = "commune",
                              .units = 90,
                              .of = 173,
                              .by = "",
                              .number = 2};
    struct rendered_table t;

    arena_reset(f->a);
    render_hold(f->c, "QNG-2023-01-17-TG-tick-465000", day_from_civil(2023, 1, 17),
                &why, NULL, 0, l, true, f->a, &t);
    /* 465.000 hours are 19.375 days: 18/01/2023, 00:00. */
    want_part(t.words.text_vi, "định kỳ lúc 00 giờ 00 phút ngày 18/01/2023");
    want_part(t.words.text_vi, "90/173 đơn vị cấp xã");
    want_part(t.words.text_vi, "dondoc release");
    want_part(t.words.text_vi, "mã QNG-2023-01-17-TG-tick-465000/2 (mô phỏng).");
    want_part(t.words.subject_vi, "[MÔ PHỎNG] [Tạm giữ thông báo] 90/173");
    why.id = "tick:soon";
    render_hold(f->c, "QNG-2023-01-17-TG-tick-soon", day_from_civil(2023, 1, 17), &why,
                NULL, 0, l, false, f->a, &t);
    want_part(t.words.text_vi, "định kỳ soon");
}

static void
a_hold_lists_thirty_and_names_the_command_for_the_rest(void **state)
{
    enum { ALL = 45 };
    static struct render_row rows[ALL];
    struct fixture *f = *state;
    struct alert_event e = lag("QNG-2023-7c-21040", "21040", 1150);
    struct render_hold why = {
        .id = "person", .reason = "new", .since = 19600, .until = 19605, .level = ""};
    struct rendered_table t;
    size_t i;

    for (i = 0; i < ALL; i++) {
        rows[i] = (struct render_row){.event = &e, .reason = "new", .since = DAY_NONE};
    }
    arena_reset(f->a);
    render_hold(f->c, "QNG-2023-08-31-TG-person", 19600, &why, rows, ALL, NULL, false,
                f->a, &t);
    assert_int_equal(t.row_count, 30);
    want_part(t.words.text_vi, "còn 15 cảnh báo; để xem toàn bộ: lệnh dondoc alerts "
                               "--held.");
    want_part(t.words.text_en, "not on this list: 15; to see all of them: dondoc "
                               "alerts --held.");
    render_hold(f->c, "QNG-2023-08-31-TG-person", 19600, &why, rows, 30, NULL, false,
                f->a, &t);
    assert_int_equal(t.row_count, 30);
    want_no_part(t.words.text_vi, "alerts --held");
}

static void
the_end_of_a_hold_says_who_ended_it_and_what_came_of_it(void **state)
{
    static const struct {
        const char *id;
        const char *ended_by;
        bool released;
        uint32_t sent, dropped, kept;
        const char *vi;
        const char *en;
    } cases[] = {
        {"key:k", "van-phong", true, 12, 3, 0,
         "theo xác nhận của van-phong: số cảnh báo được gửi là 12, số cảnh báo không "
         "gửi là 3.",
         "It was released by van-phong: alerts sent: 12, alerts not to be sent: 3."},
        {"person", "van-phong", true, 0, 4, 0,
         "được gửi là 0, số cảnh báo không gửi là 4",
         "It was released by van-phong: alerts sent: 0, alerts not to be sent: 4."},
        {"key:k", "van-phong", true, 0, 0, 7, "Có 7 cảnh báo tiếp tục được tạm giữ",
         "Alerts that stay held, as all messages of the province are held: 7."},
        {"person", "", true, 9, 0, 0,
         "Thời hạn tạm giữ đã hết: số cảnh báo được gửi là 9.",
         "Its time was over: alerts sent: 9."},
        {"key:k", "", false, 0, 0, 0, "Nguyên nhân đã được khắc phục",
         "none is left to be sent."},
    };
    struct fixture *f = *state;
    struct rendered_table t;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const struct render_hold why = {.id = cases[i].id,
                                        .reason = "resolved",
                                        .since = 19600,
                                        .until = 19605,
                                        .level = "commune",
                                        .units = 60,
                                        .of = 173,
                                        .by = "k",
                                        .ended_by = cases[i].ended_by,
                                        .released = cases[i].released,
                                        .sent = cases[i].sent,
                                        .dropped = cases[i].dropped,
                                        .kept = cases[i].kept};

        arena_reset(f->a);
        render_hold(f->c, "QNG-2023-08-31-TG-x", 19602, &why, NULL, 0, NULL, false,
                    f->a, &t);
        want_part(t.words.text_vi, cases[i].vi);
        want_part(t.words.text_en, cases[i].en);
        want_part(t.words.subject_vi,
                  strcmp(cases[i].id, "person") == 0 ? "toàn bộ" : "60/173 đơn vị");
    }
}

static void
a_long_progress_report_fits_a_message(void **state)
{
    static struct progress_row rows[TARGETS];
    struct fixture *f = *state;
    struct alert_event e = september();
    struct rendered_table t;
    size_t i;

    for (i = 0; i < TARGETS; i++) {
        rows[i] = (struct progress_row){.target = "7c", .level = "commune", .met = 1};
    }
    e.kind = "progress";
    e.window = "2023-Q3";
    e.progress = rows;
    e.progress_count = TARGETS;
    arena_reset(f->a);
    render_progress(f->c, &e, NULL, false, f->a, &t);
    want_message(&t);
    want_part(t.words.text_vi, "nội dung chưa thể hiện trong danh sách này.");
    want_part(t.words.text_vi, "500 đã đạt");
}

static void
progress_sums_are_those_of_the_rows(void **state)
{
    static const struct progress_row rows[] = {
        {.target = "7c",
         .level = "commune",
         .met = 1,
         .on_pace = 2,
         .behind = 3,
         .missed = 4,
         .on_way = 5,
         .no_data = 6,
         .other = 7},
        {.target = "gone", .level = "district", .met = 10},
    };
    struct fixture *f = *state;
    struct alert_event e = september();
    struct rendered_table t;

    e.kind = "progress";
    e.code = "QNG-2023-Q3-TD";
    e.target = "";
    e.subject = "province";
    e.window = "2023-Q3";
    e.progress = rows;
    e.progress_count = COUNT(rows);
    arena_reset(f->a);
    render_progress(f->c, &e, NULL, false, f->a, &t);
    want_part(t.words.text_vi, "có 38 lượt đánh giá");
    want_part(t.words.text_vi,
              "có số liệu 32/38 lượt: 11 đã đạt; 02 đúng tiến độ; 03 chậm tiến độ; 04 "
              "không đạt; 05 chưa đến hạn; 06 chưa có số liệu; 07 không đánh giá.");
    want_part(t.words.subject_vi,
              "[Báo cáo tiến độ] Chương trình thử nghiệm, quý III/2023");
    assert_int_equal(t.row_count, 2);
    assert_string_equal(t.rows[1].about_vi, "gone");
    want_width(t.words.text_vi);
    want_width(t.words.text_en);
}

/* --- the province's own words --- */

static void
the_provinces_words_stand_in_every_message(void **state)
{
    const char *own[PHRASE_PLACES] = {NULL};
    struct fixture *f = *state;
    struct alert_event e = september();
    struct render_row row = {.event = &e, .reason = "escalated", .since = DAY_NONE};
    struct rendered_table t;
    struct rendered r;

    own[PHRASE_PLACE(PHRASE_TAG_BEHIND, LANGUAGE_VI)] = "Chậm so với tiến độ";
    own[PHRASE_PLACE(PHRASE_LEVEL_COMMUNE, LANGUAGE_VI)] = "các xã<, {rank}>";
    f->c->phrases = own;
    render_for(f, &e, "head-21040", &r);
    want_part(r.subject_vi, "[Chậm so với tiến độ]");
    want_part(r.text_vi, "chỉ tiêu năm 2023 của các xã là 55%");
    want_part(r.subject_en, "[Behind schedule]");
    digest(f, &row, 1, &t);
    want_part(t.rows[0].figure_vi, "Chậm so với tiến độ: 47,35%");
    f->c->phrases = NULL;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_goes_on_in_the_next_line),
        cmocka_unit_test(the_gravest_come_first_then_the_largest_gap_then_the_unit),
        cmocka_unit_test(a_row_says_the_gap_of_the_two_figures_that_it_prints),
        cmocka_unit_test(what_does_not_fit_is_counted),
        cmocka_unit_test(a_long_digest_is_several_messages_that_say_so),
        cmocka_unit_test(nothing_to_say_is_said_in_a_preview),
        cmocka_unit_test(what_the_programme_does_not_hold_still_gets_a_row),
        cmocka_unit_test(upwards_direction_is_asked_for_and_the_id_is_quoted),
        cmocka_unit_test(what_ends_asks_nobody),
        cmocka_unit_test(who_was_told_is_not_claimed_without_an_office),
        cmocka_unit_test(a_missing_report_is_late_up_to_the_day_of_the_climb),
        cmocka_unit_test(what_was_held_says_so_first),
        cmocka_unit_test(not_reported_is_not_zero),
        cmocka_unit_test(a_hold_names_its_cause_and_what_can_be_done),
        cmocka_unit_test(a_hold_lists_thirty_and_names_the_command_for_the_rest),
        cmocka_unit_test(the_end_of_a_hold_says_who_ended_it_and_what_came_of_it),
        cmocka_unit_test(a_long_progress_report_fits_a_message),
        cmocka_unit_test(progress_sums_are_those_of_the_rows),
        cmocka_unit_test(the_provinces_words_stand_in_every_message),
    };

    return cmocka_run_group_tests(tests, render_setup, render_teardown);
}
