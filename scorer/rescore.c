/*
 * What an entry touched is scored anew: the units themselves, then the wholes they
 * belong to, once each. Order is that of the programme, so a replay gives the same.
 */
#include "scorer/scorer.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/subject.h"
#include "scorer/falling.h"
#include "scorer/missing.h"

/* Of an entry the places of what it touched are found by their unit. */
static struct touched *
touched_find(struct state *s, int unit, int group, int year)
{
    size_t at;

    if (s->touched_of == NULL) {
        s->touched_of = mem_alloc(s->catalogue->unit_count * sizeof *s->touched_of);
    }
    for (at = s->touched_of[unit]; at != 0; at = s->touched[at - 1].before) {
        struct touched *t = &s->touched[at - 1];

        if (t->group == group && t->year == year) {
            return t;
        }
    }
    return NULL;
}

void
touch(struct state *s, int unit, int group, int year)
{
    const struct in_hand *h = &s->in_hand;
    struct touched *t = touched_find(s, unit, group, year);

    if (t != NULL) {
        t->entry = h->entry;
        t->index = h->index;
        t->at_ms = h->at_ms > t->at_ms ? h->at_ms : t->at_ms;
        t->by = h->by;
        return;
    }
    mem_array_room((void **)&s->touched, s->touched_count, &s->touched_room,
                   sizeof *s->touched);
    s->touched[s->touched_count++] = (struct touched){
        unit, group, year, h->entry, h->index, h->at_ms, h->by, s->touched_of[unit]};
    s->touched_of[unit] = s->touched_count;
}

/* A report just after midnight may stand before the hour's tick; more than that is a
 * clock that nobody has confirmed. */
int32_t
touched_day(const struct state *s, const struct touched *cause)
{
    int32_t today = state_day(s);
    bool behind =
        cause->at_ms != 0 && instant_day((struct instant){cause->at_ms}) > today;

    return behind ? today + 1 : today;
}

static void
alert_compare(struct state *s, int target, struct subject_ref ref, int year,
              const struct wanted *wanted, const struct touched *cause)
{
    const struct target *t = &s->catalogue->targets[target];
    char name[SUBJECT_NAME_BYTES];
    char code[ALERT_CODE_BYTES];
    struct score told_now;
    struct told *told;
    enum reason reason;
    bool changed = false;

    subject_name(s->catalogue, t, ref, name);
    alert_code(s->catalogue, t, year, name, code);
    told = state_told(s, code, wanted->kind != ALERT_NONE);
    if (told == NULL) {
        return; /* nothing told, nothing wanted */
    }
    if (told->kind == ALERT_NONE && wanted->kind == ALERT_BEHIND &&
        missing_mutes(s, t, ref, wanted->at.window.last)) {
        return; /* its report is missing: that is what its leader hears of */
    }
    if (told->kind != ALERT_NONE) {
        changed = told_changed(s->catalogue, s->facts, t, ref, told, &told_now);
    }
    reason = told_reason(told, wanted, subject_group(s->catalogue, t)->cadence, changed,
                         &told_now);
    if (reason != REASON_NONE) {
        event_add(s, target, ref, year, wanted, told, reason, &told_now, cause);
    }
}

/* One subject of one target in the span that holds `year`. */
static void
subject_rescore(struct state *s, int target, struct subject_ref ref, int year,
                bool judged, const struct touched *cause)
{
    const struct catalogue *c = s->catalogue;
    const struct target *t = &c->targets[target];
    int32_t today = touched_day(s, cause);
    struct wanted wanted;
    int first;
    int last;

    target_span(c, t, year, &first, &last);
    score_wanted(c, s->facts, t, ref, last, today, s->scorer->simulated, &wanted);
    if (wanted.has_latest) {
        line_put(s, target, ref, last, &wanted.latest);
        if (judged) {
            summary_set(s, target, ref.unit == NONE ? c->province_unit : ref.unit, last,
                        wanted.latest.verdict, true);
        }
    }
    if (judged && !target_illustrative(c, t)) {
        alert_compare(s, target, ref, last, &wanted, cause);
    }
}

/* ---- wholes ---- */

static void
whole_add(struct state *s, int target, struct subject_ref ref, int year, bool judged,
          const struct touched *cause)
{
    struct touched_whole *w;
    size_t at;

    if (s->wholes_of == NULL) {
        s->wholes_of = mem_alloc(s->catalogue->target_count * sizeof *s->wholes_of);
    }
    for (at = s->wholes_of[target]; at != 0; at = w->before) {
        w = &s->wholes[at - 1];
        if (w->year == year && w->ref.unit == ref.unit && w->ref.level == ref.level &&
            w->ref.under == ref.under) {
            if (cause->at_ms > w->cause.at_ms) {
                w->cause = *cause;
            }
            return;
        }
    }
    mem_array_room((void **)&s->wholes, s->whole_count, &s->wholes_room,
                   sizeof *s->wholes);
    s->wholes[s->whole_count++] =
        (struct touched_whole){target, ref, year, judged, *cause, s->wholes_of[target]};
    s->wholes_of[target] = s->whole_count;
}

static void
wholes_add(struct state *s, const struct touched *touched, int target)
{
    const struct catalogue *c = s->catalogue;
    const struct target *t = &c->targets[target];
    const struct unit *u = &c->units[touched->unit];
    struct subject_ref whole = {NONE, t->level, false};

    if (t->subject != SUBJECT_EACH) {
        whole_add(s, target, whole, touched->year, true, touched);
        return;
    }
    if (u->level != t->level) {
        return;
    }
    whole_add(s, target, whole, touched->year, false, touched);
    if (u->level == LEVEL_COMMUNE && u->parent != NONE &&
        c->units[u->parent].kind == KIND_DISTRICT) {
        struct subject_ref under = {u->parent, t->level, true};

        whole_add(s, target, under, touched->year, false, touched);
    }
}

/* What one report of a unit touches of one target in one year. */
static void
year_rescore(struct state *s, int target, const struct touched *touched)
{
    const struct catalogue *c = s->catalogue;
    const struct target *t = &c->targets[target];

    if (!target_governs(c, t, touched->year)) {
        return;
    }
    if (t->subject == SUBJECT_EACH && target_concerns(c, t, &c->units[touched->unit])) {
        struct subject_ref ref = {touched->unit, t->level, false};

        subject_rescore(s, target, ref, touched->year, true, touched);
    }
    wholes_add(s, touched, target);
}

static void
touched_clear(struct state *s)
{
    while (s->touched_count > 0) {
        s->touched_of[s->touched[--s->touched_count].unit] = 0;
    }
    while (s->whole_count > 0) {
        s->wholes_of[s->wholes[--s->whole_count].target] = 0;
    }
}

void
rescore(struct state *s)
{
    const struct catalogue *c = s->catalogue;
    size_t i;
    size_t t;

    for (i = 0; i < s->touched_count; i++) {
        const struct touched *touched = &s->touched[i];

        for (t = 0; t < c->target_count; t++) {
            const struct target *target = &c->targets[t];
            struct touched next = *touched;

            if (c->indicators[target->indicator].group != touched->group) {
                continue;
            }
            year_rescore(s, (int)t, touched);
            if (target->kind == TARGET_IMPROVE) { /* the next year is measured by it */
                next.year++;
                year_rescore(s, (int)t, &next);
            }
        }
    }
    falling_rescore(s);
    for (i = 0; i < s->whole_count; i++) {
        const struct touched_whole *w = &s->wholes[i];

        subject_rescore(s, w->target, w->ref, w->year, w->judged, &w->cause);
    }
    touched_clear(s);
    events_flush(s);
}

void
rescore_all(struct state *s, uint64_t entry, int64_t at_ms)
{
    const struct catalogue *c = s->catalogue;
    size_t u;
    size_t g;
    size_t i;

    s->in_hand.entry = entry;
    s->in_hand.at_ms = at_ms;
    for (u = 0; u < c->unit_count; u++) {
        for (g = 0; g < c->group_count; g++) {
            const struct series *series = facts_series(s->facts, (int)u, (int)g);

            for (i = 0; i < series->count; i++) {
                touch(s, (int)u, (int)g, series->facts[i].window.year);
            }
        }
    }
    rescore(s);
    summary_write(s);
}
