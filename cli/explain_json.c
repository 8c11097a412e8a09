/* `dondoc explain --json`: the same facts as one object. Names are stable. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "cli/written.h"
#include "lib/subject.h"

#define JSON_BYTES (4u << 20)
#define LINE_BYTES 512

static const char *const subjects[] = {"each", "level", "province"};
static const char *const natures[] = {"stock", "flow", "value"};
static const char *const paces[] = {"linear", "flat", "due"};
static const char *const empties[] = {"not_applicable", "full", "zero"};

static void
two(struct buf *out, const char *name, const char *vi, const char *en)
{
    char field[48];

    (void)snprintf(field, sizeof field, "%s_vi", name);
    json_text(out, field, vi);
    (void)snprintf(field, sizeof field, "%s_en", name);
    json_text(out, field, en);
}

void
explain_json_window(struct buf *out, const char *name, const struct window *w)
{
    json_open(out, name, '{');
    json_text(out, "code", w->code);
    json_day(out, "first", w->first);
    json_day(out, "last", w->last);
    json_close(out, '}');
}

/* --- what was promised --- */

static void
measures_add(const struct catalogue *c, struct buf *out, const char *name,
             const int *measures, size_t count)
{
    size_t i;

    json_open(out, name, '[');
    for (i = 0; i < count; i++) {
        const struct measure *m = &c->measures[measures[i]];

        json_next(out);
        buf_char(out, '{');
        json_text(out, "code", m->code);
        two(out, "name", m->name_vi, m->name_en);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void
indicator_add(const struct explain *x, struct buf *out)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    const struct measure *m = &x->c->measures[ind->numerator[0]];

    json_open(out, "indicator", '{');
    json_text(out, "id", ind->id);
    two(out, "name", ind->name_vi, ind->name_en);
    json_text(out, "group", x->c->groups[ind->group].code);
    json_text(out, "nature", natures[m->nature]);
    json_bool(out, "is_value", ind->is_value);
    measures_add(x->c, out, "numerator", ind->numerator, ind->numerator_count);
    measures_add(x->c, out, "denominator", ind->denominator, ind->denominator_count);
    json_text(out, "better", ind->better_up ? "up" : "down");
    json_int(out, "min_denominator", ind->min_denominator);
    json_text(out, "empty", ind->is_value ? NULL : empties[ind->empty]);
    json_int(out, "pool", m->pool);
    json_text(out, "legal_basis", ind->legal_basis);
    json_close(out, '}');
}

static void
target_add(const struct explain *x, struct buf *out)
{
    const struct target *t = x->t;

    json_open(out, "target", '{');
    json_text(out, "id", t->id);
    json_int(out, "version", t->version);
    json_day(out, "valid_from", t->valid_from);
    json_int(out, "year_first", target_year_first(x->c, t));
    json_int(out, "year_last", target_year_last(x->c, t));
    two(out, "title", t->title_vi, t->title_en);
    json_text(out, "kind", target_kind_name(t->kind));
    json_text(out, "subject", subjects[t->subject]);
    json_text(out, "level", level_name(t->level));
    json_text(out, "pace", paces[t->pace]);
    json_day(out, "due", t->due);
    json_bool(out, "illustrative", target_illustrative(x->c, t));
    json_close(out, '}');
}

static void
clause_add(const struct explain *x, struct buf *out)
{
    const struct target *t = x->t;

    json_open(out, "clause", '{');
    two(out, "document", t->document_vi, t->document_en);
    json_text(out, "section", t->section);
    two(out, "responsible", t->responsible_vi, t->responsible_en);
    two(out, "reading", t->reading_vi, t->reading_en);
    two(out, "rejected", t->rejected_vi, t->rejected_en);
    json_close(out, '}');
    json_open(out, "programme", '{');
    json_text(out, "slug", x->c->slug);
    json_int(out, "version", x->c->version);
    json_text(out, "digest", x->c->digest);
    json_text(out, "included_from", t->programme);
    json_close(out, '}');
}

/* --- the score --- */

static void
figure_add(const struct explain *x, struct buf *out)
{
    const struct standing *st = &x->score.standing;

    json_open(out, "figure", '{');
    json_bool(out, "has", st->has);
    json_bool(out, "complete", st->complete);
    json_bool(out, "not_applicable", st->not_applicable);
    json_int(out, "num", st->num);
    json_int(out, "den", st->den);
    json_int(out, "ranked", st->ranked);
    json_day(out, "first", st->first);
    json_day(out, "last", st->last);
    json_day(out, "covered_to", st->covered_to);
    json_int(out, "covered", st->covered);
    json_int(out, "units", st->units);
    json_ratio(out, "base", st->base);
    json_close(out, '}');
}

static void
score_add(const struct explain *x, struct buf *out)
{
    const struct score *s = &x->score;
    struct shown shown;
    int32_t first;
    int32_t last;

    score_shown(x->c, x->t, s, &shown);
    year_bounds(s->year, x->c->rule, &first, &last);
    json_int(out, "year", s->year);
    json_int(out, "year_days", last - first + 1);
    json_int(out, "year_days_over", s->window.last - first + 1);
    json_bool(out, "year_last", s->year_last);
    json_text(out, "verdict", verdict_name(s->verdict));
    json_text(out, "closed", closing_name(explain_closing(x)));
    json_day(out, "ends", s->ends);
    if (x->met.code[0] != '\0') {
        explain_json_window(out, "met_at", &x->met);
    }
    figure_add(x, out);
    explain_fell_json(x, out);
    json_decimal(out, "value", shown.value, shown.decimals);
    json_decimal(out, "required", shown.required, shown.decimals);
    json_decimal(out, "gap", shown.gap, shown.decimals);
    json_bool(out, "required_now", s->required.den != 0);
    json_ratio(out, "value_exact", s->value);
    json_ratio(out, "required_exact", s->required);
    json_ratio(out, "step", s->step);
    json_ratio(out, "step_before", s->step_before);
    json_int(out, "need_now", s->need_now);
    json_int(out, "need_year", s->need_year);
}

static void
line_add(struct buf *out, const char *name, bool there, struct buf *line)
{
    json_text(out, name, there ? buf_str(line) : NULL);
    buf_clear(line);
}

static void
arithmetic_add(const struct explain *x, struct buf *out)
{
    struct arithmetic a = {x->c, x->t, &x->score, language_now() == LANGUAGE_VI};
    struct buf line;

    buf_init(&line, LINE_BYTES);
    json_open(out, "arithmetic", '{');
    line_add(out, "value", arithmetic_value(&a, &line), &line);
    line_add(out, "range", arithmetic_range(&a, &line), &line);
    line_add(out, "base", arithmetic_base(&a, &line), &line);
    line_add(out, "required", arithmetic_required(&a, &line), &line);
    line_add(out, "gap", arithmetic_gap(&a, &line), &line);
    line_add(out, "need_now", arithmetic_need(&a, false, &line), &line);
    line_add(out, "need_year", arithmetic_need(&a, true, &line), &line);
    json_close(out, '}');
    buf_fini(&line);
}

static void
projection_add(const struct explain *x, struct buf *out)
{
    const struct projection *p = &x->projection;
    bool there = p->why == PROJECTION_GIVEN;

    json_open(out, "projection", '{');
    json_bool(out, "given", there);
    json_text(out, "why", projection_why_name(p->why));
    json_day(out, "until", p->until);
    if (there) {
        json_day(out, "since", p->since);
        json_day(out, "to", p->to);
        json_int(out, "grown", p->grown);
        json_int(out, "num", p->num);
        json_ratio(out, "value", p->value);
        json_bool(out, "is_short", p->is_short);
        json_text(out, "arrival", arrival_name(p->arrival));
        json_day(out, "day",
                 p->arrival == ARRIVAL_ON || p->arrival == ARRIVAL_LEAVES ? p->day
                                                                          : DAY_NONE);
        json_day(out, "limit", p->limit);
    }
    json_close(out, '}');
}

static void
need_add(const struct explain *x, struct buf *out)
{
    const struct projection_need *n = &x->need;

    if (!n->has) {
        json_text(out, "pace_needed", NULL);
        return;
    }
    json_open(out, "pace_needed", '{');
    json_bool(out, "possible", n->possible);
    json_int(out, "things", n->things);
    json_int(out, "days", n->days);
    json_int(out, "working_days", n->working_days);
    json_int(out, "windows", n->windows);
    json_ratio(out, "month", n->month);
    json_ratio(out, "week", n->week);
    json_ratio(out, "window", n->window);
    json_ratio(out, "share", n->share);
    json_ratio(out, "coming", n->coming);
    json_close(out, '}');
}

/* --- all --- */

static void
begin(const struct explain *x, struct buf *out)
{
    buf_init(out, JSON_BYTES);
    buf_char(out, '{');
    json_text(out, "province", x->reading.province);
    json_bool(out, "simulated", x->reading.simulated);
}

static void
end(struct buf *out)
{
    json_close(out, '}');
    (void)puts(buf_str(out));
    buf_fini(out);
}

static void
subject_add(const struct explain *x, struct buf *out)
{
    const struct unit *u =
        x->subject.unit == NONE ? NULL : &x->c->units[x->subject.unit];

    json_open(out, "subject", '{');
    json_text(out, "id", x->name);
    two(out, "name", u == NULL ? NULL : u->name_vi, u == NULL ? NULL : u->name_en);
    json_text(out, "level", level_name(u == NULL ? x->subject.level : u->level));
    json_bool(out, "judged", subject_judged(x->c, x->t, x->subject));
    json_close(out, '}');
}

int
explain_json(struct explain *x)
{
    struct buf out;
    int code;

    begin(x, &out);
    json_day(&out, "at", x->at);
    if (x->at != DAY_NONE) {
        json_int(&out, "reports_later", (int64_t)x->later);
        json_int(&out, "reports_earlier", (int64_t)x->earlier);
    }
    subject_add(x, &out);
    target_add(x, &out);
    indicator_add(x, &out);
    explain_json_window(&out, "window", &x->score.window);
    score_add(x, &out);
    arithmetic_add(x, &out);
    projection_add(x, &out);
    need_add(x, &out);
    clause_add(x, &out);
    code = explain_json_lists(x, &out);
    end(&out);
    return code;
}

void
explain_info_json(const struct explain *x)
{
    struct buf out;

    begin(x, &out);
    target_add(x, &out);
    json_text(&out, "verdict", verdict_name(VERDICT_INFO));
    clause_add(x, &out);
    end(&out);
}
