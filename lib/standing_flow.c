/*
 * The year so far of a flow: from the one report that covers it, else from the widest
 * windows that tile it. A gap ends it: what lies behind a gap is not added.
 * Source: design.md section 4 (Group, cadence, window).
 */
#include "lib/diag.h"
#include "lib/standing_private.h"

/* Distinct period codes of one year: days, as-of days, 12 + 4 + 2 + 1 + 1. */
#define YEAR_FACTS_MAX 752

/* The year's reports up to the window's end that say something about the indicator. */
struct flow {
    const struct sight *sight;
    const struct fact *facts; /* in the order of the series */
    size_t count;
    int32_t start; /* the year so far begins here */
};

/*
 * A unit that began inside the year has its year so far from its first day: from the
 * beginning of the window in which that day lies.
 */
static int32_t
flow_start(const struct flow *flow, const struct unit *u)
{
    size_t i;

    if (u->from <= flow->sight->year_first) {
        return flow->sight->year_first;
    }
    for (i = 0; i < flow->count; i++) {
        const struct window *w = &flow->facts[i].window;

        if (w->kind != PERIOD_CUMULATIVE && w->first <= u->from && u->from <= w->last) {
            return w->first;
        }
    }
    return u->from;
}

/* One report that covers all of it: a cumulative one before any other (a unit that
 * began in this very window may have both). */
static bool
flow_single(const struct flow *flow, struct standing *out)
{
    const struct fact *single = NULL;
    enum figure_state state;
    int64_t num;
    int64_t den;
    size_t i;

    for (i = flow->count; i > 0; i--) {
        const struct fact *fact = &flow->facts[i - 1];

        if (fact->window.last != flow->sight->window->last) {
            break;
        }
        if (fact->window.first <= flow->start &&
            fact_read(flow->sight, fact, &num, &den) != FIGURE_ABSENT &&
            (single == NULL || single->window.kind != PERIOD_CUMULATIVE)) {
            single = fact;
        }
    }
    if (single == NULL) {
        return false;
    }
    state = fact_read(flow->sight, single, &num, &den);
    standing_add(flow->sight, out, single, state, num, den);
    out->first = single->window.first;
    out->covered_to = single->window.last;
    return true;
}

/* What was added is not the figure after all. */
static void
used_forget(const struct sight *sight)
{
    if (sight->used != NULL) {
        sight->used->count = 0;
    }
}

/*
 * Windows that never overlap have one tiling: each joined to the one before. It is what
 * nearly every unit sends, so it is tried before the search. False: they do overlap.
 */
static bool
flow_plain(const struct flow *flow, struct standing *out)
{
    struct standing sum = *out;
    int32_t next = flow->start;
    size_t i;

    for (i = 0; i < flow->count; i++) {
        const struct fact *fact = &flow->facts[i];
        enum figure_state state;
        int64_t num;
        int64_t den;

        state = fact_read(flow->sight, fact, &num, &den);
        if (state == FIGURE_ABSENT) {
            continue;
        }
        if (fact->window.first < next) {
            used_forget(flow->sight);
            return false;
        }
        if (fact->window.first == next) {
            standing_add(flow->sight, &sum, fact, state, num, den);
            next = fact->window.last + 1;
        }
    }
    *out = sum;
    out->first = flow->start;
    out->covered_to = next - 1;
    return true;
}

static void
flow_tiled(const struct flow *flow, struct standing *out)
{
    struct window have[YEAR_FACTS_MAX];
    size_t pick[YEAR_FACTS_MAX];
    size_t picks;
    int64_t num;
    int64_t den;
    size_t i;

    MUST(flow->count <= YEAR_FACTS_MAX);
    for (i = 0; i < flow->count; i++) {
        have[i] = flow->facts[i].window;
        if (fact_read(flow->sight, &flow->facts[i], &num, &den) == FIGURE_ABSENT) {
            have[i].first = have[i].last = flow->start - 1; /* no tile of this year */
        } else if (have[i].kind == PERIOD_CUMULATIVE && have[i].last >= flow->start) {
            have[i].first = flow->start; /* nothing was there before */
        }
    }
    picks = window_tiles(have, flow->count, flow->start, flow->sight->window->last,
                         pick, &out->covered_to);
    for (i = 0; i < picks; i++) {
        const struct fact *fact = &flow->facts[pick[i]];
        enum figure_state state = fact_read(flow->sight, fact, &num, &den);

        standing_add(flow->sight, out, fact, state, num, den);
    }
    out->first = flow->start;
}

void
standing_flow(const struct sight *sight, const struct series *s, const struct unit *u,
              struct standing *out)
{
    size_t end = series_until(s, sight->window->last);
    size_t begin = end;
    struct flow flow = {.sight = sight};

    while (begin > 0 && s->facts[begin - 1].window.year == sight->year) {
        begin--;
    }
    if (begin == end) {
        return;
    }
    flow.facts = &s->facts[begin];
    flow.count = end - begin;
    flow.start = flow_start(&flow, u);
    if (!flow_single(&flow, out) && !flow_plain(&flow, out)) {
        flow_tiled(&flow, out);
    }
    out->complete = out->covered_to == sight->window->last;
    out->last = out->covered_to;
    if (sight->indicator->is_value && out->has) {
        out->den = 1;
    }
}
