/* Entries as JSON, one object a line. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/journal_line.h"
#include "lib/json.h"
#include "lib/wire.h"

static void
text_add(struct buf *out, const char *name, const char *text)
{
    buf_format(out, ",\"%s\":", name);
    json_write_text(out, text);
}

static void
number_add(struct buf *out, const char *name, int64_t number)
{
    buf_format(out, ",\"%s\":%" PRId64, name, number);
}

static void
truth_add(struct buf *out, const char *name, bool truth)
{
    buf_format(out, ",\"%s\":%s", name, truth ? "true" : "false");
}

static void
begin(const struct journal_entry *e, uint32_t index, const char *kind, struct buf *out)
{
    buf_format(out, "{\"entry\":%" PRIu64 ",\"index\":%" PRIu32, e->seq, index);
    text_add(out, "kind", kind);
}

static void
end(struct buf *out)
{
    buf_text(out, "}\n");
}

static void
unreadable(const struct journal_entry *e, uint32_t index, struct buf *out)
{
    begin(e, index, "unreadable", out);
    text_add(out, "word", e->kind_word);
    number_add(out, "bytes", (int64_t)e->body_bytes);
    end(out);
}

void
figure_plain(const struct catalogue *c, const char *measure, int64_t scaled, char *out)
{
    int at = c == NULL ? NONE : catalogue_measure(c, measure);
    int decimals = at == NONE ? 0 : c->measures[at].decimals;
    int64_t one = 1;
    int i;

    for (i = 0; i < decimals; i++) {
        one *= 10;
    }
    if (decimals == 0) {
        (void)snprintf(out, RATIO_TEXT_BYTES, "%" PRId64, scaled);
    } else {
        (void)snprintf(out, RATIO_TEXT_BYTES, "%s%" PRId64 ".%0*" PRId64,
                       scaled < 0 ? "-" : "", (scaled < 0 ? -scaled : scaled) / one,
                       decimals, (scaled < 0 ? -scaled : scaled) % one);
    }
}

static void
report_add(const struct catalogue *c, const struct journal_entry *e, uint32_t index,
           const struct report_record *r, struct buf *out)
{
    char text[RATIO_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    size_t i;

    begin(e, index, "report", out);
    number_add(out, "received_at_ms", r->received_at_ms);
    if (r->first_received_at_ms != 0) { /* offered again after a loss */
        number_add(out, "first_received_at_ms", r->first_received_at_ms);
    }
    text_add(out, "unit", r->unit);
    text_add(out, "group", r->group);
    text_add(out, "period", r->period);
    number_add(out, "revision", r->revision);
    buf_text(out, ",\"figures\":{");
    for (i = 0; i < r->figure_count; i++) {
        const struct figure_record *f = &r->figures[i];

        figure_plain(c, f->measure, f->scaled, text);
        buf_text(out, i == 0 ? "" : ",");
        json_write_text(out, f->measure);
        buf_char(out, ':');
        json_write_text(out, f->not_applicable ? "x" : text); /* exact, so a text */
    }
    buf_char(out, '}');
    text_add(out, "principal", r->principal);
    text_add(out, "reason", r->reason);
    if (r->due_day != 0) {
        day_text(r->due_day, day);
        text_add(out, "due", day);
        truth_add(out, "on_time", r->on_time);
    }
    end(out);
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
        if (st == ST_OK && report_record_decode(record, bytes, a, &r) == ST_OK) {
            report_add(c, e, index, &r, out);
            continue;
        }
        unreadable(e, index, out);
        if (st != ST_OK) {
            return;
        }
    }
}

static void
alert_add(const struct journal_entry *e, uint32_t index, const struct alert_event *ev,
          struct buf *out)
{
    begin(e, index, "alert", out);
    number_add(out, "at_ms", ev->at_ms);
    text_add(out, "code", ev->code);
    number_add(out, "n", ev->number);
    text_add(out, "alert", ev->kind);
    text_add(out, "reason", ev->reason);
    text_add(out, "target", ev->target);
    text_add(out, "subject", ev->subject);
    number_add(out, "year", ev->year);
    text_add(out, "window", ev->window);
    number_add(out, "numerator", ev->numerator);
    number_add(out, "denominator", ev->denominator);
    truth_add(out, "simulated", ev->simulated);
    end(out);
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
        alert_add(e, (uint32_t)i, &events[i], out);
    }
}

static void
single_add(const struct journal_entry *e, struct arena *a, struct buf *out)
{
    struct tick_record t;
    struct programme_record p;
    struct wire_act act;

    if (e->kind == JOURNAL_TICK && tick_decode(e->body, e->body_bytes, &t) == ST_OK) {
        begin(e, 0, "tick", out);
        number_add(out, "at_ms", hour_start(t.hour).ms);
        number_add(out, "down_minutes", t.down_minutes);
        truth_add(out, "simulated", t.simulated);
    } else if (e->kind == JOURNAL_PROGRAMME &&
               programme_decode(e->body, e->body_bytes, a, &p) == ST_OK) {
        begin(e, 0, "programme", out);
        number_add(out, "at_ms", p.at_ms);
        text_add(out, "digest", p.digest);
        text_add(out, "by", p.by);
    } else if (e->kind == JOURNAL_ACT &&
               act_decode(e->body, e->body_bytes, a, &act) == ST_OK) {
        begin(e, 0, "act", out);
        number_add(out, "at_ms", act.at_ms);
        text_add(out, "id", act.id);
        text_add(out, "act", act.kind);
        text_add(out, "subject", act.subject);
        text_add(out, "note", act.note);
        text_add(out, "until", act.until);
        text_add(out, "drop", act.drop);
        text_add(out, "by", act.by);
    } else {
        unreadable(e, 0, out);
        return;
    }
    end(out);
}

void
journal_json(const struct catalogue *c, const struct journal_entry *e, struct arena *a,
             struct buf *out)
{
    arena_reset(a);
    if (e->kind == JOURNAL_REPORTS) {
        reports_add(c, e, a, out);
    } else if (e->kind == JOURNAL_ALERTS) {
        alerts_add(e, a, out);
    } else {
        single_add(e, a, out);
    }
}
