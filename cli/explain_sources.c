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

/*
 * The engine says which; an older figure that is shown for want of one (scores keep it)
 * is asked for at its own end.
 */
void
explain_behind(const struct explain *x, int unit, const struct standing *st,
               struct behind *out)
{
    int year = arithmetic_year(x->c, &x->score);
    struct window w = x->score.window;
    struct standing now;

    out->count = 0;
    if (!st->has && !st->not_applicable) {
        return;
    }
    score_standing(x->c, x->reading.facts, x->t->indicator, unit, year, &w, &now);
    if (now.last != st->last || now.entry != st->entry || now.index != st->index) {
        w.last = st->last;
    }
    out->count = score_standing_facts(x->c, x->reading.facts, x->t->indicator, unit,
                                      year, &w, out->facts, BEHIND_MAX);
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
