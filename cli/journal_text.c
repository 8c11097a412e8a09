/* Entries for people's eyes. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/flow.h"
#include "cli/journal_line.h"
#include "cli/language.h"
#include "cli/reading.h"
#include "lib/wire.h"

static void
begin(struct buf *out, int64_t at_ms, uint64_t entry, const char *index,
      const char *kind)
{
    char when[WHEN_BYTES];

    when_say(at_ms, when);
    buf_format(out, "%-16s  %" PRIu64 "%s  %s", when, entry, index, kind);
}

static void
begin_at(struct buf *out, int64_t at_ms, uint64_t entry, uint32_t index,
         const char *kind)
{
    char text[16];

    (void)snprintf(text, sizeof text, ":%" PRIu32, index);
    begin(out, at_ms, entry, text, kind);
}

static void
unreadable(const struct journal_entry *e, uint32_t index, struct buf *out)
{
    begin_at(out, 0, e->seq, index, words("KHÔNG ĐỌC ĐƯỢC", "UNREADABLE"));
    buf_format(out, " %s\n", e->kind_word);
}

static void
figures_add(const struct catalogue *c, const struct report_record *r, struct buf *out)
{
    char text[RATIO_TEXT_BYTES];
    size_t i;

    for (i = 0; i < r->figure_count; i++) {
        const struct figure_record *f = &r->figures[i];
        struct figure figure = {
            f->not_applicable ? FIGURE_NOT_APPLICABLE : FIGURE_NUMBER, f->scaled};
        int measure = c == NULL ? NONE : catalogue_measure(c, f->measure);

        figure_say(c, measure, &figure, text);
        buf_format(out, " %s=%s", f->measure, text);
    }
}

static void
report_add(const struct catalogue *c, const struct journal_entry *e, uint32_t index,
           const struct report_record *r, struct buf *out)
{
    begin_at(out, r->received_at_ms, e->seq, index, words("báo cáo", "report"));
    buf_format(out,
               words("  %s %s %s lần %" PRIu32 " ", "  %s %s %s revision %" PRIu32 " "),
               r->unit, r->group, r->period, r->revision);
    figures_add(c, r, out);
    buf_format(out, "  %s%s", words("của ", "by "), r->principal);
    if (r->due_day != 0 && !r->on_time) {
        buf_text(out, words(", sau hạn", ", after the due date"));
    }
    if (r->first_received_at_ms != 0) {
        char first[WHEN_BYTES];

        when_say(r->first_received_at_ms, first);
        buf_format(out,
                   words(", gửi lại sau sự cố, nhận lần đầu %s",
                         ", offered again after a loss, first received %s"),
                   first);
    }
    if (r->reason[0] != '\0') {
        buf_text(out, words(", lý do: ", ", reason: "));
        flow_plain(out, r->reason, true);
    }
    buf_char(out, '\n');
}

static void
reports_add(const struct catalogue *c, const struct journal_entry *e, struct arena *a,
            struct buf *out)
{
    struct journal_cursor cur = {e->body, e->body_bytes};
    struct report_record r;
    const uint8_t *record;
    uint32_t index;
    size_t bytes;
    enum status st;

    for (index = 0; (st = journal_record_next(&cur, &record, &bytes)) != ST_GONE;
         index++) {
        arena_reset(a);
        if (st != ST_OK) {
            unreadable(e, index, out);
            return; /* torn: what lies behind cannot be found */
        }
        if (report_record_decode(record, bytes, a, &r) == ST_OK) {
            report_add(c, e, index, &r, out);
        } else {
            unreadable(e, index, out);
        }
    }
}

static void
tick_add(const struct journal_entry *e, struct buf *out)
{
    struct tick_record t;

    if (tick_decode(e->body, e->body_bytes, &t) != ST_OK) {
        unreadable(e, 0, out);
        return;
    }
    begin(out, hour_start(t.hour).ms, e->seq, "", words("giờ", "tick"));
    if (t.down_minutes > 0) {
        buf_format(out,
                   words("  ngừng tiếp nhận %" PRIu32 " phút",
                         "  %" PRIu32 " minutes without acknowledging"),
                   t.down_minutes);
    }
    buf_text(out, t.simulated ? words("  [mô phỏng]\n", "  [simulated]\n") : "\n");
}

static void
programme_add(const struct journal_entry *e, struct arena *a, struct buf *out)
{
    struct programme_record r;

    if (programme_decode(e->body, e->body_bytes, a, &r) != ST_OK) {
        unreadable(e, 0, out);
        return;
    }
    begin(out, r.at_ms, e->seq, "", words("chương trình", "programme"));
    buf_format(out, "  %.12s  %s%s", r.digest, words("của ", "by "), r.by);
    if (r.bundle_bytes > 0) {
        buf_format(out, ", %zu byte", r.bundle_bytes);
    }
    buf_char(out, '\n');
}

static void
act_add(const struct journal_entry *e, struct arena *a, struct buf *out)
{
    struct wire_act act;

    if (act_decode(e->body, e->body_bytes, a, &act) != ST_OK) {
        unreadable(e, 0, out);
        return;
    }
    begin(out, act.at_ms, e->seq, "", words("việc làm", "act"));
    buf_text(out, "  ");
    flow_plain(out, act.kind, true);
    buf_char(out, ' ');
    flow_plain(out, act.subject, true);
    buf_format(out, "  %s%s", words("của ", "by "), act.by);
    if (act.note[0] != '\0') { /* what somebody typed: shown, never obeyed */
        buf_text(out, ": ");
        flow_plain(out, act.note, true);
    }
    if (act.drop[0] != '\0') {
        buf_text(out, words("; không gửi: ", "; not sent: "));
        flow_plain(out, act.drop, true);
    }
    if (act.until[0] != '\0') {
        buf_format(out, words(" (đến %s)", " (until %s)"), act.until);
    }
    buf_char(out, '\n');
}

static void
alerts_add(const struct journal_entry *e, struct arena *a, struct buf *out)
{
    struct alert_event *events;
    size_t count;
    size_t i;

    if (alert_events_decode(e->body, e->body_bytes, a, &events, &count) != ST_OK) {
        unreadable(e, 0, out);
        return;
    }
    for (i = 0; i < count; i++) {
        const struct alert_event *ev = &events[i];

        begin_at(out, ev->at_ms, e->seq, (uint32_t)i, words("cảnh báo", "alert"));
        buf_format(out,
                   words("  %s/%" PRIu32 "  %s, %s, kỳ %s  %" PRId64 "/%" PRId64,
                         "  %s/%" PRIu32 "  %s, %s, window %s  %" PRId64 "/%" PRId64),
                   ev->code, ev->number, reason_words(ev->reason), kind_words(ev->kind),
                   ev->window, ev->numerator, ev->denominator);
        buf_text(out,
                 ev->simulated ? words("  [mô phỏng]\n", "  [simulated]\n") : "\n");
    }
}

void
journal_text(const struct catalogue *c, const struct journal_entry *e, struct arena *a,
             struct buf *out)
{
    arena_reset(a);
    switch (e->kind) {
    case JOURNAL_REPORTS:
        reports_add(c, e, a, out);
        break;
    case JOURNAL_TICK:
        tick_add(e, out);
        break;
    case JOURNAL_PROGRAMME:
        programme_add(e, a, out);
        break;
    case JOURNAL_ACT:
        act_add(e, a, out);
        break;
    case JOURNAL_ALERTS:
        alerts_add(e, a, out);
        break;
    case JOURNAL_UNKNOWN:
        begin(out, 0, e->seq, "", words("loại lạ", "unknown kind"));
        buf_format(out, " %s, %zu byte\n", e->kind_word, e->body_bytes);
        break;
    }
}
