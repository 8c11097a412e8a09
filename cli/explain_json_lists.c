/* `dondoc explain --json`: what was left out, the reports, what leaders were told. */
#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/written.h"
#include "lib/instant.h"
#include "lib/subject.h"

static void
time_add(struct buf *out, const char *name, int64_t ms)
{
    char text[INSTANT_TEXT_BYTES];

    instant_text_civil((struct instant){ms}, text);
    json_text(out, name, ms == 0 ? NULL : text);
}

static void
excluded_add(const struct explain *x, struct buf *out)
{
    struct excluded all[EXCLUDED_COUNT];
    size_t count = explain_excluded(x, all);
    size_t i;

    json_open(out, "excluded", '[');
    for (i = 0; i < count; i++) {
        json_next(out);
        buf_char(out, '{');
        json_text(out, "why", excluded_name(all[i].why));
        json_int(out, "count", (int64_t)all[i].count);
        json_text(out, all[i].units ? "units" : "windows", all[i].names);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void
source_add(const struct explain *x, const struct source *s, void *context)
{
    const struct group *g = subject_group(x->c, x->t);
    const struct fact *fact = s->fact;
    struct buf *out = context;
    size_t i;

    json_next(out);
    buf_char(out, '{');
    json_int(out, "entry", (int64_t)fact->entry);
    json_int(out, "index", fact->index);
    json_text(out, "unit", x->c->units[s->unit].id);
    explain_json_window(out, "window", &fact->window);
    json_int(out, "revision", fact->revision);
    time_add(out, "received_at", fact->received_at_ms);
    json_bool(out, "same_as_journal", s->looked_up && s->problem[0] == '\0');
    json_text(out, "problem", s->problem[0] == '\0' ? NULL : s->problem);
    json_open(out, "figures", '{');
    for (i = 0; i < g->measure_count; i++) {
        const struct measure *m = &x->c->measures[g->measures[i]];

        if (fact->figures[i].state == FIGURE_NOT_APPLICABLE) {
            json_text(out, m->code, "x");
        } else if (fact->figures[i].state == FIGURE_NUMBER) {
            int64_t one = 1;
            int k;

            for (k = 0; k < m->decimals; k++) {
                one *= 10;
            }
            json_decimal(out, m->code, ratio_of(fact->figures[i].scaled, one),
                         m->decimals);
        }
    }
    json_close(out, '}');
    if (s->record != NULL) {
        json_text(out, "sent_by", s->record->principal);
        json_text(out, "source_system", s->record->source_system);
        json_text(out, "reason", s->record->reason);
        json_bool(out, "on_time", s->record->on_time);
        json_day(out, "due", s->record->due_day == 0 ? DAY_NONE : s->record->due_day);
        time_add(out, "first_received_at", s->record->first_received_at_ms);
    }
    json_close(out, '}');
}

static void
event_add(const struct alert_event *ev, void *context)
{
    struct buf *out = context;

    json_next(out);
    buf_char(out, '{');
    json_int(out, "number", ev->number);
    time_add(out, "at", ev->at_ms);
    json_text(out, "reason", ev->reason);
    json_text(out, "kind", ev->kind);
    json_text(out, "window", ev->window);
    json_int(out, "windows", ev->windows);
    json_text(out, "since_window", ev->since_window);
    json_close(out, '}');
}

static int
told_add(const struct explain *x, struct buf *out)
{
    struct told_about about = {0};
    int code;

    json_open(out, "alert", '{');
    json_open(out, "events", '[');
    code = explain_told(x, &about, event_add, out);
    json_close(out, ']');
    json_bool(out, "judged", about.judged);
    json_text(out, "code", about.told ? about.code : NULL);
    json_bool(out, "open", about.told && about.open);
    json_close(out, '}');
    return code;
}

int
explain_json_lists(struct explain *x, struct buf *out)
{
    size_t left;
    int code;
    int told;

    excluded_add(x, out);
    json_open(out, "sources", '[');
    code = explain_sources(x, source_add, out, &left);
    json_close(out, ']');
    json_int(out, "sources_left_out", (int64_t)left);
    told = told_add(x, out);
    return code != EXIT_DONE ? code : told;
}
