/* Verdicts and alerts of two programmes on the same reports. */
#include "cli/programme_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/latest.h"
#include "lib/mem.h"
#include "lib/subject.h"

#define VERDICTS ((size_t)VERDICT_INFO + 1)

/* One walk: invariants: seen[i] tells whether the walk came to told[i]. */
struct walk {
    const struct change_input *in;
    const struct facts *facts; /* as `after` reads them */
    bool *seen;
    struct change *out;
};

/* --- verdicts --- */

static void
verdict_count(const struct change_input *in, const struct catalogue *c,
              const struct facts *f, const struct target *t, struct subject_ref s,
              uint64_t *counts)
{
    enum verdict verdict;
    int year;

    if (latest_verdict(c, f, t, s, in->today, in->simulated, &year, &verdict)) {
        counts[verdict]++;
    }
}

static void
verdicts_count(const struct change_input *in, const struct catalogue *c,
               const struct facts *f, const struct target *t, uint64_t *counts)
{
    size_t u;

    memset(counts, 0, VERDICTS * sizeof *counts);
    if (t->subject != SUBJECT_EACH) {
        verdict_count(in, c, f, t, (struct subject_ref){NONE, t->level, false}, counts);
        return;
    }
    for (u = 0; u < c->unit_count; u++) {
        if (target_concerns(c, t, &c->units[u])) {
            verdict_count(in, c, f, t, (struct subject_ref){(int)u, t->level, false},
                          counts);
        }
    }
}

static void
verdicts_add(struct change *out, const struct target *t, const uint64_t *before,
             const uint64_t *after)
{
    size_t v;

    for (v = 0; v < VERDICTS; v++) {
        if (before[v] != after[v]) {
            mem_array_room((void **)&out->verdicts, out->verdict_count,
                           &out->verdict_room, sizeof *out->verdicts);
            out->verdicts[out->verdict_count++] =
                (struct change_verdict){t, (enum verdict)v, before[v], after[v]};
        }
    }
}

/* In the order of the new programme, then the targets that it drops. */
static void
verdicts_compare(const struct change_input *in, const struct facts *before_facts,
                 const struct facts *after_facts, struct change *out)
{
    uint64_t before[VERDICTS];
    uint64_t after[VERDICTS];
    size_t i;

    for (i = 0; i < in->after->target_count; i++) {
        const struct target *t = &in->after->targets[i];
        int old =
            catalogue_target_at(in->before, t->id, target_year_first(in->after, t));

        memset(before, 0, sizeof before);
        if (old != NONE) {
            verdicts_count(in, in->before, before_facts, &in->before->targets[old],
                           before);
        }
        verdicts_count(in, in->after, after_facts, t, after);
        verdicts_add(out, t, before, after);
    }
    memset(after, 0, sizeof after);
    for (i = 0; i < in->before->target_count; i++) {
        const struct target *t = &in->before->targets[i];

        if (catalogue_target(in->after, t->id) == NONE) {
            verdicts_count(in, in->before, before_facts, t, before);
            verdicts_add(out, t, before, after);
        }
    }
}

/* --- alerts --- */

static int
told_compare(const void *code, const void *item)
{
    const struct change_told *t = item;

    return strcmp(code, t->told.code);
}

static void
alert_add(struct walk *w, const struct target *t, struct subject_ref s,
          const struct wanted *wanted, const struct told *told, enum reason reason,
          const struct score *told_now)
{
    struct change *out = w->out;
    struct change_alert *a;

    mem_array_room((void **)&out->alerts, out->alert_count, &out->alert_room,
                   sizeof *out->alerts);
    a = &out->alerts[out->alert_count++];
    memset(a, 0, sizeof *a);
    (void)snprintf(a->code, sizeof a->code, "%s", told->code);
    a->reason = reason;
    a->kind = wanted->kind != ALERT_NONE ? wanted->kind : told->kind;
    a->target = t;
    a->subject = s;
    a->at = reason == REASON_WITHDRAWN ? *told_now : wanted->at;
    (void)snprintf(a->told_window, sizeof a->told_window, "%s", told->window);
}

/* One subject in the span whose code carries `year`. */
static void
subject_compare(struct walk *w, const struct target *t, struct subject_ref s, int year)
{
    const struct change_input *in = w->in;
    const struct change_told *known;
    struct told told = {.kind = ALERT_NONE};
    char name[SUBJECT_NAME_BYTES];
    struct wanted wanted;
    struct score told_now;
    enum reason reason;
    bool changed = false;

    subject_name(in->after, t, s, name);
    alert_code(in->after, t, year, name, told.code);
    known = in->told_count == 0 ? NULL
                                : bsearch(told.code, in->told, in->told_count,
                                          sizeof *in->told, told_compare);
    if (known != NULL) {
        told = known->told;
        w->seen[known - in->told] = true;
    }
    score_wanted(in->after, w->facts, t, s, year, in->today, in->simulated, &wanted);
    memset(&told_now, 0, sizeof told_now);
    if (told.kind != ALERT_NONE) {
        changed = told_changed(in->after, w->facts, t, s, &told, &told_now);
    }
    reason = told_reason(&told, &wanted, subject_group(in->after, t)->cadence, changed,
                         &told_now);
    if (reason != REASON_NONE) {
        alert_add(w, t, s, &wanted, &told, reason, &told_now);
    }
}

/* The years of a target's span that reports speak of, each once. */
struct years {
    bool has[CALENDAR_YEAR_MAX + 1 - CALENDAR_YEAR_MIN];
};

static void
year_add(struct years *y, const struct catalogue *c, const struct target *t, int year,
         int last)
{
    if (target_governs(c, t, year) && last >= CALENDAR_YEAR_MIN &&
        last <= CALENDAR_YEAR_MAX) {
        y->has[last - CALENDAR_YEAR_MIN] = true;
    }
}

static void
years_add(struct years *y, const struct catalogue *c, const struct target *t,
          const struct series *s)
{
    size_t i;
    int first;
    int last;

    for (i = 0; i < s->count; i++) {
        target_span(c, t, s->facts[i].window.year, &first, &last);
        year_add(y, c, t, s->facts[i].window.year, last);
        if (t->kind == TARGET_IMPROVE) { /* the next year is measured by it */
            year_add(y, c, t, last + 1, last + 1);
        }
    }
}

static void
years_compare(struct walk *w, const struct target *t, struct subject_ref s,
              const struct years *y)
{
    int year;

    for (year = CALENDAR_YEAR_MIN; year <= CALENDAR_YEAR_MAX; year++) {
        if (y->has[year - CALENDAR_YEAR_MIN]) {
            subject_compare(w, t, s, year);
        }
    }
}

/* Subjects about which somebody has reported, as scorer/rescore.c comes to them. */
static void
target_compare(struct walk *w, const struct target *t)
{
    const struct catalogue *c = w->in->after;
    int group = c->indicators[t->indicator].group;
    struct years whole = {{false}};
    size_t u;

    for (u = 0; u < c->unit_count; u++) {
        const struct series *series = facts_series(w->facts, (int)u, group);

        if (t->subject != SUBJECT_EACH) {
            years_add(&whole, c, t, series);
        } else if (target_concerns(c, t, &c->units[u])) {
            struct years own = {{false}};

            years_add(&own, c, t, series);
            years_compare(w, t, (struct subject_ref){(int)u, t->level, false}, &own);
        }
    }
    years_compare(w, t, (struct subject_ref){NONE, t->level, false}, &whole);
}

static enum stay
stay_why(const struct catalogue *c, const struct change_told *told)
{
    int target = catalogue_target(c, told->target);

    if (target == NONE) {
        return STAY_TARGET;
    }
    if (strncmp(told->subject, "level-", 6) != 0 &&
        catalogue_unit(c, told->subject) == NONE) {
        return STAY_UNIT;
    }
    return target_illustrative(c, &c->targets[target]) ? STAY_ILLUSTRATIVE : STAY_OTHER;
}

static void
alerts_compare(const struct change_input *in, const struct facts *after_facts,
               struct change *out)
{
    struct walk w = {in, after_facts, mem_alloc(in->told_count + 1), out};
    size_t i;

    for (i = 0; i < in->after->target_count; i++) {
        const struct target *t = &in->after->targets[i];

        if (!target_illustrative(in->after, t)) {
            target_compare(&w, t);
        }
    }
    for (i = 0; i < in->told_count; i++) {
        if (!w.seen[i] && in->told[i].told.kind != ALERT_NONE) {
            mem_array_room((void **)&out->stays, out->stay_count, &out->stay_room,
                           sizeof *out->stays);
            out->stays[out->stay_count++] =
                (struct change_stay){&in->told[i], stay_why(in->after, &in->told[i])};
        }
    }
    mem_free(&w.seen);
}

/* --- all of it --- */

void
change_make(const struct change_input *in, struct change *out)
{
    struct facts *before = facts_new(in->before);
    struct facts *after = facts_new(in->after);

    memset(out, 0, sizeof *out);
    change_facts(in, in->before, before, NULL);
    change_facts(in, in->after, after, out);
    change_ids(in->before, in->after, out);
    verdicts_compare(in, before, after, out);
    alerts_compare(in, after, out);
    facts_free(&before);
    facts_free(&after);
}

void
change_fini(struct change *c)
{
    mem_free(&c->verdicts);
    mem_free(&c->alerts);
    mem_free(&c->stays);
    mem_free(&c->losses);
    mem_free(&c->ids);
    memset(c, 0, sizeof *c);
}

size_t
change_alerts_of(const struct change *c, enum reason reason)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < c->alert_count; i++) {
        count += c->alerts[i].reason == reason ? 1 : 0;
    }
    return count;
}
