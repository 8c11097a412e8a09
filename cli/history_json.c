/* `dondoc history` for programs: names of fields are stable. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/history.h"
#include "lib/json.h"

#define JSON_BYTES (16u << 20)

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

/* Nothing, when no courier carries to the office. */
static void
ways_add(const struct life *l, const struct moment *m, size_t office, struct buf *out)
{
    const struct office *o = &l->offices[office];
    const char *why;
    size_t i;

    for (i = 0; i < o->way_count; i++) {
        enum way_state s = way_state(l, m, office, &o->ways[i], &why);

        buf_text(out, i == 0 ? ",\"ways\":[{\"channel\":" : ",{\"channel\":");
        json_write_text(out, o->ways[i].channel);
        text_add(out, "state", way_state_name(s));
        text_add(out, "why", why);
        buf_char(out, '}');
    }
    buf_text(out, o->way_count > 0 ? "]" : "");
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
            buf_format(out, ",\"received\":%s",
                       moment_received(m, &l->offices[i]) ? "true" : "false");
            ways_add(l, m, i, out);
            buf_char(out, '}');
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
    text_add(out, "brake", ev->brake);
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
    text_add(out, "subject", m->ack.subject);
    text_add(out, "drop", m->ack.drop);
    buf_char(out, '}');
}

static void
post_add(const struct life *l, const struct moment *m, struct buf *out)
{
    const struct office *o = &l->offices[m->office];

    buf_format(out, "{\"type\":\"post\",\"n\":%" PRIu32, m->row.number);
    text_add(out, "office", o->id);
    buf_format(out,
               ",\"entry\":%" PRIu64 ",\"index\":%" PRIu32 ",\"at_ms\":%" PRId64
               ",\"rung\":%d,\"again\":%" PRIu32 ",\"held\":%s",
               m->entry, m->index, m->at_ms, m->row.rung, m->row.again,
               m->row.held ? "true" : "false");
    text_add(out, "digest", m->row.digest);
    buf_format(out, ",\"received\":%s", moment_received(m, o) ? "true" : "false");
    ways_add(l, m, m->office, out);
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
    text_add(&out, "paused_until", a->paused);
    text_add(&out, "held_by", a->hold);
    buf_format(&out, ",\"rung\":%d", a->rung);
    buf_format(&out, ",\"opened_at_ms\":%" PRId64 ",\"life\":[", a->opened_at_ms);
    for (i = 0; i < l->count; i++) {
        buf_text(&out, i == 0 ? "" : ",");
        switch (l->moments[i].kind) {
        case MOMENT_MESSAGE:
            message_add(l, &l->moments[i], &out);
            break;
        case MOMENT_ACT:
            act_add(&l->moments[i], &out);
            break;
        case MOMENT_POST:
            post_add(l, &l->moments[i], &out);
            break;
        }
    }
    buf_text(&out, "]}\n");
    (void)fwrite(buf_str(&out), 1, out.len, stdout); /* main checks stdout */
    buf_fini(&out);
}
