/* `dondoc history` for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/flow.h"
#include "cli/history.h"
#include "cli/language.h"

#define COLUMNS 100
#define INDENT 4
#define LINE_BYTES (256u * 1024u)

struct page {
    const struct life *life;
    struct buf line; /* the one in hand */
    struct buf out;
};

/* Prints what is in the line, if anything. */
static void
line_out(struct page *p, size_t first, size_t rest)
{
    if (p->line.len == 0) {
        return;
    }
    buf_clear(&p->out);
    flow_add(&p->out, buf_str(&p->line), first, rest, COLUMNS);
    (void)fputs(buf_str(&p->out), stdout); /* main checks stdout */
    buf_clear(&p->line);
}

/* --- head --- */

static void
head_print(struct page *p)
{
    const struct board_alert *a = &p->life->alert;
    const struct catalogue *c = p->life->reading.catalogue;
    char name[ALERT_NAME_BYTES];

    alert_subject_words(c, a->subject, name);
    buf_format(
        &p->line,
        words("%s: %s, %s; số thông báo: %" PRIu32, "%s: %s, %s; messages: %" PRIu32),
        a->code, alert_state_words(a), kind_words(a->kind), a->number);
    line_out(p, 0, INDENT);
    buf_format(&p->line, "%s (%s): %s", name, a->subject, alert_about(c, a));
    line_out(p, 0, INDENT);
}

/* --- a message --- */

static void
figure_print(struct page *p, const struct alert_event *ev)
{
    const struct catalogue *c = p->life->reading.catalogue;
    int at = c == NULL ? NONE : catalogue_target_at(c, ev->target, ev->year);
    char text[FIGURE_WORDS_BYTES] = "";
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];
    struct alert_figure f;

    if (at != NONE) {
        alert_figure_event(c, &c->targets[at], ev, &f);
        alert_figure_words(c, &c->targets[at], &f, text);
    }
    if (text[0] == '\0' && ev->denominator > 0) {
        count_say(ev->numerator, num);
        count_say(ev->denominator, den);
        (void)snprintf(text, sizeof text, "%s/%s", num, den);
    }
    buf_text(&p->line, text);
    if (ev->need_now > 0) {
        count_say(ev->need_now, num);
        buf_format(
            &p->line,
            words("; còn thiếu %s để đúng tiến độ", "; %s more would be on pace"), num);
    }
    if (ev->windows > 0) {
        buf_format(&p->line,
                   words("; %" PRIu32 " kỳ liên tiếp, từ kỳ %s",
                         "; %" PRIu32 " in a row, since window %s"),
                   ev->windows, ev->since_window);
    }
    if (strcmp(ev->reason, "corrected") == 0 && ev->old_denominator > 0) {
        count_say(ev->old_numerator, num);
        count_say(ev->old_denominator, den);
        buf_format(&p->line,
                   words("; trước đính chính: %s/%s (kỳ %s)",
                         "; before the correction: %s/%s (window %s)"),
                   num, den, ev->old_window);
    }
    line_out(p, INDENT, INDENT);
}

static void
report_print(struct page *p, const struct alert_event *ev)
{
    char day[DAY_TEXT_BYTES];

    day_say(ev->due_day, day);
    buf_format(&p->line, words("hạn gửi %s", "due on %s"), day);
    if (ev->rule_day != 0 && ev->rule_day != ev->due_day) {
        day_say(ev->rule_day, day);
        buf_format(&p->line,
                   words("; theo quy định là %s, hệ thống bị gián đoạn nên lùi hạn",
                         "; by the rule %s, moved because the system was down"),
                   day);
    }
    if (ev->units > 1) {
        buf_format(&p->line,
                   words("; %" PRIu32 "/%" PRIu32 " đơn vị đã gửi",
                         "; %" PRIu32 " of %" PRIu32 " units have reported"),
                   ev->covered, ev->units);
    }
    if (ev->late) {
        buf_text(&p->line, words("; gửi muộn", "; sent late"));
    }
    line_out(p, INDENT, INDENT);
}

static void
offices_print(struct page *p, const struct moment *m)
{
    const struct life *l = p->life;
    size_t said = 0;
    size_t i;

    for (i = 0; i < l->office_count; i++) {
        const struct office *o = &l->offices[i];

        if (m->inbox[i]) {
            const struct moment *post = life_post_at(l, m, i);

            buf_format(&p->line, "%s%s (%s, ",
                       said++ == 0 ? words("vào hộp thư: ", "in the inbox of: ") : "; ",
                       office_words(l->reading.catalogue, o->id), o->id);
            ways_words(l, m, i, &p->line);
            if (post != NULL && post->row.rung > 1) {
                buf_format(&p->line, words(", bậc %d", ", rung %d"), post->row.rung);
            }
            buf_char(&p->line, ')');
        }
    }
    if (said == 0) {
        nowhere_words(l, m, &p->line);
    }
    line_out(p, INDENT, 2 * INDENT);
}

static void
message_print(struct page *p, const struct moment *m)
{
    const struct alert_event *ev = &m->event;
    char when[WHEN_BYTES];

    when_say(ev->at_ms, when);
    buf_format(
        &p->line,
        words("/%" PRIu32 "  %s  %s, %s, kỳ %s", "/%" PRIu32 "  %s  %s, %s, window %s"),
        ev->number, when, reason_words(ev->reason), kind_words(ev->kind), ev->window);
    line_out(p, 0, INDENT);
    if (ev->group[0] != '\0') {
        report_print(p, ev);
    } else {
        figure_print(p, ev);
    }
    buf_format(&p->line,
               words("mục %" PRIu64 ":%" PRIu32 " của sổ cảnh báo",
                     "entry %" PRIu64 ":%" PRIu32 " of the alerts journal"),
               m->entry, m->index);
    if (ev->entry > 0) {
        buf_format(
            &p->line,
            words("; do báo cáo %" PRIu64 ":%" PRIu32, "; report %" PRIu64 ":%" PRIu32),
            ev->entry, ev->index);
    }
    line_out(p, INDENT, INDENT);
    offices_print(p, m);
}

static const char *
act_words(const char *kind)
{
    static const char *const said[][3] = {
        {"acknowledge", "nhận xử lý", "acknowledged by"},
        {"pause", "tạm dừng, do", "paused by"},
        {"hold", "tạm giữ mọi thông báo của tỉnh, do", "every message held by"},
        {"release", "mở tạm giữ, do", "released by"},
    };
    size_t i;

    for (i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (strcmp(kind, said[i][0]) == 0) {
            return words(said[i][1], said[i][2]);
        }
    }
    return kind;
}

/* A note is what somebody typed: shown, never obeyed by the terminal. */
static void
act_print(struct page *p, const struct moment *m)
{
    const struct wire_act *act = &m->ack;
    char when[WHEN_BYTES];
    char until[DAY_TEXT_BYTES];
    int32_t day;

    when_say(act->at_ms, when);
    buf_format(&p->line, "+   %s  ", when);
    flow_plain(&p->line, act_words(act->kind), true);
    buf_format(&p->line, ": %s (", office_words(p->life->reading.catalogue, act->by));
    flow_plain(&p->line, act->by, true);
    buf_char(&p->line, ')');
    if (act->note[0] != '\0') {
        buf_text(&p->line, ": “");
        flow_plain(&p->line, act->note, true);
        buf_text(&p->line, "”");
    }
    if (act->drop[0] != '\0') {
        buf_text(&p->line, words("; không gửi các loại: ", "; not sent: "));
        flow_plain(&p->line, act->drop, true);
    }
    if (act->until[0] != '\0' && day_parse(act->until, &day) == ST_OK) {
        day_say(day, until);
        buf_format(&p->line, words("; đến ngày %s", "; until %s"), until);
    }
    line_out(p, 0, INDENT);
}

/* --- what an office got later than the event --- */

static void
post_print(struct page *p, const struct moment *m)
{
    const struct office *o = &p->life->offices[m->office];
    const struct board_row *row = &m->row;
    char when[WHEN_BYTES];

    when_say(m->at_ms, when);
    buf_format(&p->line, ">   %s  ", when);
    if (row->notice) {
        buf_format(
            &p->line,
            words("trong danh sách tạm giữ %s: ", "in the list of what is held, %s: "),
            row->digest);
    } else if (row->digest[0] != '\0') {
        buf_format(&p->line, words("trong bản tổng hợp %s: ", "in the digest %s: "),
                   row->digest);
    } else if (row->held) {
        buf_format(&p->line,
                   words("gửi sau khi mở tạm giữ, thông báo /%" PRIu32 ": ",
                         "sent after the hold, message /%" PRIu32 ": "),
                   row->number);
    } else if (row->again > 0) {
        buf_format(&p->line,
                   words("nhắc lại lần %" PRIu32 ", thông báo /%" PRIu32 ": ",
                         "repeat %" PRIu32 ", message /%" PRIu32 ": "),
                   row->again, row->number);
    } else if (row->rung > 1) {
        buf_format(&p->line,
                   words("báo cáo cấp trên, bậc %d, thông báo /%" PRIu32 ": ",
                         "escalated to rung %d, message /%" PRIu32 ": "),
                   row->rung, row->number);
    } else {
        buf_format(&p->line,
                   words("nhắc lại, thông báo /%" PRIu32 ": ",
                         "repeated, message /%" PRIu32 ": "),
                   row->number);
    }
    buf_format(&p->line, "%s (%s, ", office_words(p->life->reading.catalogue, o->id),
               o->id);
    ways_words(p->life, m, m->office, &p->line);
    buf_char(&p->line, ')');
    line_out(p, 0, INDENT);
}

static void
marks_print(struct page *p)
{
    const struct board_alert *a = &p->life->alert;
    char until[DAY_TEXT_BYTES];
    int32_t day;

    if (a->open && a->rung > 1) {
        buf_format(
            &p->line,
            words("Đã báo cáo cấp trên đến bậc %d. ", "It has climbed to rung %d. "),
            a->rung);
    }
    if (a->open && day_parse(a->paused, &day) == ST_OK) {
        day_say(day, until);
        buf_format(&p->line, words("Tạm dừng đến hết %s. ", "Paused until %s. "),
                   until);
    }
    if (a->hold[0] != '\0') {
        buf_format(&p->line,
                   words("Đang tạm giữ (%s); mở: dondoc release %s %s.",
                         "Held (%s); to open: dondoc release %s %s."),
                   a->hold, p->life->reading.province, a->hold);
    }
    line_out(p, 0, INDENT);
}

static void
now_print(struct page *p)
{
    const struct life *l = p->life;
    const struct board_alert *a = &l->alert;

    (void)putchar('\n');
    if (!a->open) {
        buf_format(&p->line, words("Hiện nay: %s.", "Now: %s."), alert_state_words(a));
    } else if (a->ack_by[0] == '\0') {
        buf_text(&p->line, words("Hiện nay: đang mở, chưa có chức danh nhận xử lý.",
                                 "Now: open, not acknowledged."));
    } else {
        buf_format(&p->line,
                   words("Hiện nay: đang mở, %s (%s) đã nhận xử lý.",
                         "Now: open, acknowledged by %s (%s)."),
                   office_words(l->reading.catalogue, a->ack_by), a->ack_by);
    }
    line_out(p, 0, INDENT);
    marks_print(p);
}

void
life_text(const struct life *l)
{
    struct page p = {.life = l};
    size_t i;

    buf_init(&p.line, LINE_BYTES);
    buf_init(&p.out, 2 * LINE_BYTES);
    reading_marks(&l->reading);
    head_print(&p);
    for (i = 0; i < l->count; i++) {
        (void)putchar('\n');
        switch (l->moments[i].kind) {
        case MOMENT_MESSAGE:
            message_print(&p, &l->moments[i]);
            break;
        case MOMENT_ACT:
            act_print(&p, &l->moments[i]);
            break;
        case MOMENT_POST:
            post_print(&p, &l->moments[i]);
            break;
        }
    }
    if (l->count == 0) { /* a lost journal */
        (void)puts(words("Sổ cảnh báo không có thông báo nào mang mã này.",
                         "The alerts journal holds no message of this code."));
    }
    now_print(&p);
    buf_fini(&p.line);
    buf_fini(&p.out);
}
