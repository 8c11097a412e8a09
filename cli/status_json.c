/* `dondoc status --json`: one object. Names are stable. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/status.h"
#include "lib/json.h"

#define JSON_BYTES (16u << 20)

static void
text_add(struct buf *out, const char *name, const char *text)
{
    buf_format(out, "\"%s\":", name);
    json_write_text(out, text);
}

static void
causes_add(const struct overview *v, struct buf *out)
{
    size_t i;

    buf_text(out, ",\"causes\":[");
    for (i = 0; i < v->report.count; i++) {
        const struct health_cause *c = &v->report.causes[i];

        buf_text(out, i == 0 ? "{" : ",{");
        text_add(out, "state", health_name(c->state));
        buf_char(out, ',');
        text_add(out, "vi", c->vi);
        buf_char(out, ',');
        text_add(out, "en", c->en);
        buf_char(out, ',');
        text_add(out, "command", c->command);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void
services_add(const struct overview *v, struct buf *out)
{
    size_t i;
    size_t k;

    buf_text(out, ",\"services\":[");
    for (i = 0; i < v->health.instances.count; i++) {
        const struct board_instance *at = &v->health.instances.items[i];

        buf_text(out, i == 0 ? "{" : ",{");
        text_add(out, "service", at->service);
        buf_char(out, ',');
        text_add(out, "instance", at->instance);
        buf_format(out, ",\"alive\":%s,", at->alive ? "true" : "false");
        text_add(out, "version", at->version);
        buf_char(out, ',');
        text_add(out, "started", at->started);
        buf_char(out, ',');
        text_add(out, "updated", at->updated);
        buf_char(out, ',');
        text_add(out, "last_error", at->last_error);
        buf_char(out, ',');
        text_add(out, "why", at->why);
        buf_text(out, ",\"counters\":{");
        for (k = 0; k < at->counter_count; k++) {
            buf_text(out, k == 0 ? "" : ",");
            json_write_text(out, at->counters[k].name);
            buf_format(out, ":%" PRId64, at->counters[k].number);
        }
        buf_text(out, "}}");
    }
    buf_char(out, ']');
}

static void
journal_add(const struct overview *v, struct buf *out)
{
    const struct health *h = &v->health;

    buf_format(out, ",\"entry\":%" PRIu64 ",\"tick\":%" PRId64 ",", h->head.seq,
               h->head.tick);
    text_add(out, "programme", h->head.programme);
    buf_format(out,
               ",\"simulated\":%s,\"lag\":{\"scorer\":%" PRIu64 ",\"notifier\":%" PRIu64
               "},\"parked\":%" PRId64 ",\"alerts_open\":%zu",
               h->simulated ? "true" : "false", health_scorer_lag(h),
               health_notifier_lag(h), h->parked, h->alerts_open);
}

static void
summary_add(const struct overview *v, struct buf *out)
{
    size_t i;

    buf_text(out, ",\"summary\":{");
    for (i = 0; i < v->summary.count; i++) {
        buf_text(out, i == 0 ? "" : ",");
        json_write_text(out, v->summary.items[i].field);
        buf_char(out, ':');
        json_write_text(out, v->summary.items[i].value);
    }
    buf_char(out, '}');
}

static void
alerts_add(const struct overview *v, struct buf *out)
{
    const char *sign = "";
    size_t i;

    buf_text(out, ",\"alerts\":[");
    for (i = 0; i < v->alerts.count; i++) {
        const struct board_alert *a = &v->alerts.items[i];

        if (!a->open) {
            continue;
        }
        buf_format(out, "%s{", sign);
        sign = ",";
        text_add(out, "code", a->code);
        buf_char(out, ',');
        text_add(out, "subject", a->subject);
        buf_char(out, ',');
        text_add(out, "target", a->target);
        buf_char(out, ',');
        text_add(out, "group", a->group);
        buf_char(out, ',');
        text_add(out, "kind", a->kind);
        buf_char(out, ',');
        text_add(out, "window", a->window);
        buf_format(out, ",\"n\":%" PRIu32 ",\"opened_at_ms\":%" PRId64 ",", a->number,
                   a->opened_at_ms);
        text_add(out, "ack_by", a->ack_by);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void
silent_add(const struct overview *v, struct buf *out)
{
    char day[DAY_TEXT_BYTES];
    size_t i;
    size_t k;

    if (!v->silent_wanted || v->reading.catalogue == NULL) {
        return;
    }
    buf_text(out, ",\"silent\":[");
    for (i = 0; i < v->silences.count; i++) {
        const struct silence *s = &v->silences.items[i];

        day_text(s->due, day);
        buf_text(out, i == 0 ? "{" : ",{");
        text_add(out, "group", v->reading.catalogue->groups[s->group].code);
        buf_char(out, ',');
        text_add(out, "window", s->window.code);
        buf_char(out, ',');
        text_add(out, "due", day);
        buf_format(out, ",\"of\":%zu,\"units\":[", s->units);
        for (k = 0; k < s->count; k++) {
            buf_text(out, k == 0 ? "" : ",");
            json_write_text(out, v->reading.catalogue->units[s->silent[k]].id);
        }
        buf_text(out, "]}");
    }
    buf_char(out, ']');
}

void
overview_json(const struct overview *v)
{
    struct buf out;

    buf_init(&out, JSON_BYTES);
    buf_char(&out, '{');
    text_add(&out, "state", health_name(v->report.state));
    buf_char(&out, ',');
    text_add(&out, "province", v->health.province);
    causes_add(v, &out);
    overview_holds_json(v, &out);
    if (v->health.redis_why[0] == '\0') {
        services_add(v, &out);
        journal_add(v, &out);
        summary_add(v, &out);
        alerts_add(v, &out);
        silent_add(v, &out);
    }
    buf_text(&out, "}\n");
    (void)fwrite(buf_str(&out), 1, out.len, stdout); /* main checks stdout */
    buf_fini(&out);
}
