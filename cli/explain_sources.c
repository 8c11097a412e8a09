/*
 * The reports behind a figure: which facts make it, and what the journal says about
 * each. A fact is what the scorer keeps; the journal entry is what was acknowledged:
 * the two must say the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "lib/mem.h"
#include "lib/subject.h"
#include "lib/wire.h"

#define YEAR_FACTS_MAX 752
#define MEMBERS_SHOWN 10

bool
explain_usable(const struct explain *x, const struct fact *fact)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    const struct group *g = subject_group(x->c, x->t);
    size_t i;

    for (i = 0; i < ind->numerator_count + ind->denominator_count; i++) {
        int measure = i < ind->numerator_count
                          ? ind->numerator[i]
                          : ind->denominator[i - ind->numerator_count];
        int place = group_measure_place(g, measure);

        if (place == NONE || fact->figures[place].state == FIGURE_ABSENT) {
            return false;
        }
    }
    return true;
}

static void
behind_add(struct behind *b, const struct fact *fact)
{
    if (b->count < BEHIND_MAX) {
        b->facts[b->count++] = fact;
    }
}

/* A flow: one report that covers the year so far, else the windows that tile it. */
static void
behind_flow(const struct explain *x, const struct series *s, const struct standing *st,
            struct behind *out)
{
    struct window have[YEAR_FACTS_MAX];
    const struct fact *from[YEAR_FACTS_MAX];
    size_t pick[YEAR_FACTS_MAX];
    size_t end = series_until(s, st->last);
    int year = arithmetic_year(x->c, &x->score);
    size_t count = 0;
    size_t picks;
    size_t i;
    int32_t to;

    for (i = end; i > 0; i--) {
        const struct fact *f = &s->facts[i - 1];

        if (f->window.last == st->last && f->window.first <= st->first &&
            f->window.year == year && explain_usable(x, f)) {
            behind_add(out, f);
            return;
        }
    }
    for (i = 0; i < end && count < YEAR_FACTS_MAX; i++) {
        const struct fact *f = &s->facts[i];

        if (f->window.year == year && explain_usable(x, f)) {
            from[count] = f;
            have[count++] = f->window;
        }
    }
    picks = window_tiles(have, count, st->first, st->last, pick, &to);
    for (i = 0; i < picks; i++) {
        behind_add(out, from[pick[i]]);
    }
}

void
explain_behind(const struct explain *x, int unit, const struct standing *st,
               struct behind *out)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    const struct series *s = facts_series(x->reading.facts, unit, ind->group);
    size_t i;

    out->count = 0;
    if (!st->has && !st->not_applicable) {
        return;
    }
    if (x->c->measures[ind->numerator[0]].nature == NATURE_FLOW) {
        behind_flow(x, s, st, out);
        return;
    }
    for (i = 0; i < s->count; i++) { /* a state: the one report that is the newest */
        if (s->facts[i].entry == st->entry && s->facts[i].index == st->index) {
            behind_add(out, &s->facts[i]);
        }
    }
}

/* --- against the journal --- */

static const char *
record_differs(const struct explain *x, int unit, const struct fact *fact,
               const struct report_record *r)
{
    const struct group *g = subject_group(x->c, x->t);
    size_t given = 0;
    size_t i;

    if (strcmp(r->unit, x->c->units[unit].id) != 0 || strcmp(r->group, g->code) != 0 ||
        strcmp(r->period, fact->window.code) != 0 || r->revision != fact->revision ||
        r->received_at_ms != fact->received_at_ms) {
        return words("LỆCH: sổ ghi một báo cáo khác",
                     "DIFFERS: another report stands there");
    }
    for (i = 0; i < g->measure_count; i++) {
        given += fact->figures[i].state != FIGURE_ABSENT ? 1 : 0;
    }
    for (i = 0; i < r->figure_count && given == r->figure_count; i++) {
        int measure = catalogue_measure(x->c, r->figures[i].measure);
        int place = measure == NONE ? NONE : group_measure_place(g, measure);
        const struct figure *f = place == NONE ? NULL : &fact->figures[place];

        if (f == NULL || f->scaled != r->figures[i].scaled ||
            (f->state == FIGURE_NOT_APPLICABLE) != r->figures[i].not_applicable) {
            break;
        }
    }
    if (i < r->figure_count || given != r->figure_count) {
        return words("LỆCH: số liệu khác trong sổ",
                     "DIFFERS: other figures in the journal");
    }
    return NULL;
}

enum status
explain_record(const struct journal_entry *e, uint32_t index, struct arena *a,
               struct report_record *out)
{
    struct journal_cursor cur = {e->body, e->body_bytes};
    const uint8_t *record = NULL;
    size_t bytes = 0;
    enum status st = e->kind == JOURNAL_REPORTS ? ST_OK : ST_GONE;
    uint32_t i;

    for (i = 0; st == ST_OK && i <= index; i++) {
        st = journal_record_next(&cur, &record, &bytes);
    }
    return st == ST_OK ? report_record_decode(record, bytes, a, out) : st;
}

/* What the journal says of a fact; "" when it says the same. */
static enum status
fact_check(struct explain *x, int unit, const struct fact *fact, struct arena *a,
           struct report_record *r, bool *found, char why[DAMAGE_BYTES])
{
    const struct journal_entry *e = NULL;
    const char *differs = NULL;
    bool holds = false;
    enum status st = history_one(&x->history, fact->entry, &e, &holds, why);

    *found = st == ST_OK && explain_record(e, fact->index, a, r) == ST_OK;
    if (st == ST_OK) {
        differs = !*found
                      ? words("LỆCH: không có trong sổ", "DIFFERS: not in the journal")
                      : record_differs(x, unit, fact, r);
        if (differs == NULL && !holds) {
            differs = words("LỆCH: chuỗi băm của sổ bị đứt tại đây",
                            "DIFFERS: the journal's chain is broken here");
        }
        (void)snprintf(why, DAMAGE_BYTES, "%s", differs == NULL ? "" : differs);
    }
    return st;
}

/* One report; 65 when the journal says something else. */
static int
fact_give(struct explain *x, int unit, const struct fact *fact, explain_each *each,
          void *context)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    char why[DAMAGE_BYTES];
    struct report_record r;
    bool found = false;
    enum status st = fact_check(x, unit, fact, a, &r, &found, why);
    struct source s = {.unit = unit,
                       .fact = fact,
                       .record = found ? &r : NULL,
                       .problem = st == ST_AGAIN ? redis_error(x->reading.redis) : why,
                       .looked_up = st == ST_OK};

    each(x, &s, context);
    arena_free(&a);
    if (st == ST_GONE && fact->entry <= x->history.marks.head.trimmed) {
        return EXIT_UNAVAILABLE; /* archived, and the archive is not at hand */
    }
    return st == ST_OK && why[0] == '\0' ? EXIT_DONE : EXIT_DATA;
}

static int
unit_give(struct explain *x, int unit, const struct standing *st, explain_each *each,
          void *context)
{
    struct behind behind;
    int code = EXIT_DONE;
    size_t i;

    explain_behind(x, unit, st, &behind);
    for (i = 0; i < behind.count; i++) {
        int one = fact_give(x, unit, behind.facts[i], each, context);

        code = one != EXIT_DONE ? one : code;
    }
    return code;
}

static int
members_give(struct explain *x, explain_each *each, void *context, size_t *left)
{
    int year = arithmetic_year(x->c, &x->score);
    struct window w = x->score.window;
    size_t shown = 0;
    int code = EXIT_DONE;
    size_t i;

    if (x->score.standing.has) { /* perhaps an older figure than this window's */
        w.last = x->score.standing.last;
    }
    for (i = 0; i < x->c->unit_count; i++) {
        struct standing st;
        int one;

        if (!subject_has_member(x->c, x->t, x->subject, (int)i) ||
            !unit_valid_on(&x->c->units[i], w.last)) {
            continue;
        }
        score_standing(x->c, x->reading.facts, x->t->indicator, (int)i, year, &w, &st);
        if (st.covered != 1) {
            continue;
        }
        if (shown++ >= MEMBERS_SHOWN) {
            (*left)++;
            continue;
        }
        one = unit_give(x, (int)i, &st, each, context);
        code = one != EXIT_DONE ? one : code;
    }
    return code;
}

int
explain_sources(struct explain *x, explain_each *each, void *context, size_t *left)
{
    *left = 0;
    if (!x->score.standing.has && !x->score.standing.not_applicable) {
        return EXIT_DONE;
    }
    if (!subject_is_whole(x->c, x->t, x->subject)) {
        return unit_give(x, x->subject.unit, &x->score.standing, each, context);
    }
    return members_give(x, each, context, left);
}
