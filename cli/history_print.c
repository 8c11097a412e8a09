/* `dondoc history` for people, and for programs: names of fields are stable. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/flow.h"
#include "cli/history.h"
#include "cli/language.h"
#include "lib/json.h"

#define COLUMNS 100
#define INDENT 4
#define LINE_BYTES (256u * 1024u)
#define JSON_BYTES (16u << 20)

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
    const char *title = alert_title(c, a->target, a->group);
    char name[ALERT_NAME_BYTES];

    alert_subject_words(c, a->subject, name);
    buf_format(
        &p->line,
        words("%s: %s, %s; số thông báo: %" PRIu32, "%s: %s, %s; messages: %" PRIu32),
        a->code, alert_state_words(a), kind_words(a->kind), a->number);
    line_out(p, 0, INDENT);
    buf_format(&p->line, "%s (%s): %s", name, a->subject,
               title[0] != '\0' ? title : (a->missing ? a->group : a->target));
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
            buf_format(&p->line, "%s%s (%s, %s)",
                       said++ == 0 ? words("vào hộp thư: ", "in the inbox of: ") : "; ",
                       office_words(l->reading.catalogue, o->id), o->id,
                       moment_received(m, o) ? words("đã nhận", "received")
                                             : words("chưa nhận", "not received"));
        }
    }
    if (said == 0) {
        buf_text(&p->line, m->entry > l->notifier.seq
                               ? words("chưa vào hộp thư nào: dịch vụ gửi cảnh báo "
                                       "chưa đọc đến mục này",
                                       "in no inbox: the notifier has not come to "
                                       "this entry yet")
                               : words("không có trong hộp thư của chức danh nào",
                                       "in no office's inbox"));
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

static void
act_print(struct page *p, const struct moment *m)
{
    const struct wire_act *act = &m->ack;
    char when[WHEN_BYTES];
    char until[DAY_TEXT_BYTES];
    int32_t day;

    when_say(act->at_ms, when);
    buf_format(&p->line, "+   %s  %s: %s (%s)", when,
               strcmp(act->kind, "acknowledge") == 0
                   ? words("nhận xử lý", "acknowledged by")
                   : act->kind,
               office_words(p->life->reading.catalogue, act->by), act->by);
    if (act->note[0] != '\0') {
        buf_format(&p->line, words(": “%s”", ": “%s”"), act->note);
    }
    if (act->until[0] != '\0' && day_parse(act->until, &day) == ST_OK) {
        day_say(day, until);
        buf_format(&p->line, words("; đến ngày %s", "; until %s"), until);
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
        if (l->moments[i].act) {
            act_print(&p, &l->moments[i]);
        } else {
            message_print(&p, &l->moments[i]);
        }
    }
    if (l->count ==
        0) { /* a reminder that ended says nothing more; or a lost journal */
        (void)puts(words("Sổ cảnh báo không có thông báo nào mang mã này.",
                         "The alerts journal holds no message of this code."));
    }
    now_print(&p);
    buf_fini(&p.line);
    buf_fini(&p.out);
}

/* --- for programs --- */

static void
text_add(struct buf *out, const char *name, const char *text)
{
    buf_format(out, ",\"%s\":", name);
    json_write_text(out, text);
}

static void
day_add(struct buf *out, const char *name, int32_t day)
{
    char text[DAY_TEXT_BYTES];

    day_text(day, text);
    text_add(out, name, text);
}

static void
offices_add(const struct life *l, const struct moment *m, struct buf *out)
{
    const char *sign = "";
    size_t i;

    buf_text(out, ",\"inboxes\":[");
    for (i = 0; i < l->office_count; i++) {
        if (m->inbox[i]) {
            buf_format(out, "%s{\"office\":", sign);
            json_write_text(out, l->offices[i].id);
            buf_format(out, ",\"received\":%s}",
                       moment_received(m, &l->offices[i]) ? "true" : "false");
            sign = ",";
        }
    }
    buf_char(out, ']');
}

static void
message_add(const struct life *l, const struct moment *m, struct buf *out)
{
    const struct alert_event *ev = &m->event;
    const struct catalogue *c = l->reading.catalogue;
    int at = c == NULL || ev->group[0] != '\0'
                 ? NONE
                 : catalogue_target_at(c, ev->target, ev->year);
    struct alert_figure f = {.value = ""};

    if (at != NONE) {
        alert_figure_event(c, &c->targets[at], ev, &f);
    }
    buf_format(out, "{\"type\":\"message\",\"n\":%" PRIu32, ev->number);
    text_add(out, "kind", ev->kind);
    text_add(out, "reason", ev->reason);
    buf_format(out, ",\"at_ms\":%" PRId64, ev->at_ms);
    text_add(out, "window", ev->window);
    if (ev->group[0] != '\0') {
        day_add(out, "due", ev->due_day);
        day_add(out, "due_by_rule", ev->rule_day);
        buf_format(out, ",\"late\":%s", ev->late ? "true" : "false");
    } else {
        text_add(out, "value", f.value);
        text_add(out, "required", f.required);
        text_add(out, "gap", f.gap);
        buf_format(out, ",\"numerator\":%" PRId64 ",\"denominator\":%" PRId64,
                   ev->numerator, ev->denominator);
        buf_format(out, ",\"windows\":%" PRIu32, ev->windows);
        text_add(out, "since_window", ev->since_window);
    }
    buf_format(out, ",\"covered\":%" PRIu32 ",\"units\":%" PRIu32, ev->covered,
               ev->units);
    buf_format(out,
               ",\"entry\":%" PRIu64 ",\"index\":%" PRIu32 ",\"report\":\"%" PRIu64
               ":%" PRIu32 "\"",
               m->entry, m->index, ev->entry, ev->index);
    offices_add(l, m, out);
    buf_char(out, '}');
}

static void
act_add(const struct moment *m, struct buf *out)
{
    buf_format(out, "{\"type\":\"act\",\"entry\":%" PRIu64 ",\"at_ms\":%" PRId64,
               m->entry, m->ack.at_ms);
    text_add(out, "act", m->ack.kind);
    text_add(out, "by", m->ack.by);
    text_add(out, "note", m->ack.note);
    text_add(out, "until", m->ack.until);
    buf_char(out, '}');
}

void
life_json(const struct life *l)
{
    const struct board_alert *a = &l->alert;
    struct buf out;
    size_t i;

    buf_init(&out, JSON_BYTES);
    buf_text(&out, "{\"code\":");
    json_write_text(&out, a->code);
    buf_format(&out, ",\"open\":%s,\"n\":%" PRIu32, a->open ? "true" : "false",
               a->number);
    text_add(&out, "kind", a->kind);
    text_add(&out, "reason", a->reason);
    text_add(&out, "subject", a->subject);
    text_add(&out, a->missing ? "group" : "target", a->missing ? a->group : a->target);
    text_add(&out, "ack_by", a->ack_by);
    text_add(&out, "ack_until", a->ack_until);
    buf_format(&out, ",\"opened_at_ms\":%" PRId64 ",\"life\":[", a->opened_at_ms);
    for (i = 0; i < l->count; i++) {
        buf_text(&out, i == 0 ? "" : ",");
        if (l->moments[i].act) {
            act_add(&l->moments[i], &out);
        } else {
            message_add(l, &l->moments[i], &out);
        }
    }
    buf_text(&out, "]}\n");
    (void)fwrite(buf_str(&out), 1, out.len, stdout); /* main checks stdout */
    buf_fini(&out);
}
