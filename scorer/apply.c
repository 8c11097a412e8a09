/*
 * One entry: into the facts, or passed on. What cannot be applied is parked by (entry,
 * index) with its reason; the rest takes effect.
 */
#include "scorer/scorer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/journal_check.h"
#include "lib/keys.h"
#include "lib/programme.h"
#include "lib/put.h"
#include "scorer/brake.h"
#include "scorer/missing.h"
#include "scorer/progress.h"

static void
park(struct state *s, uint64_t entry, uint32_t index, const char *unit,
     const char *reason)
{
    char at[40];
    const char *fields[] = {"at", at, "unit", unit, "reason", reason};

    (void)snprintf(at, sizeof at, "%" PRIu64 ":%" PRIu32, entry, index);
    effects_xadd(&s->effects, &s->follow, KEY_PARKED, NULL, entry, index, fields, 6);
    s->scorer->counters.parked++;
    diag_warn("parked", "province=%s at=%s reason=%s", s->slug, at, reason);
}

static void
report_in_hand(struct state *s, const struct report_record *r, uint64_t entry,
               uint32_t index)
{
    struct in_hand *h = &s->in_hand;

    h->entry = entry;
    h->index = index;
    h->at_ms = r->received_at_ms;
    if (h->by == NULL || strcmp(h->by, r->principal) != 0) {
        h->by = arena_text(s->scorer->event_arena, r->principal);
    }
}

static enum status
period_read(struct state *s, const char *code, enum calendar_rule rule,
            struct window *out)
{
    struct period_last *last = &s->period;

    if (last->rule != rule || last->code[0] == '\0' || strcmp(last->code, code) != 0) {
        if (window_parse(code, rule, out, NULL) != ST_OK) {
            return ST_BAD;
        }
        if (!put_copy(last->code, sizeof last->code, code)) {
            last->code[0] = '\0';
        }
        last->rule = rule;
        last->window = *out;
    }
    *out = last->window;
    return ST_OK;
}

/* Figures mostly come in the order of their group. */
static int
measure_place(const struct catalogue *c, const struct group *g, const char *code,
              size_t i)
{
    int measure;

    if (i < g->measure_count && strcmp(c->measures[g->measures[i]].code, code) == 0) {
        return (int)i;
    }
    measure = catalogue_measure(c, code);
    return measure == NONE ? NONE : group_measure_place(g, measure);
}

/* NULL: applied; else why not, in a stable word. */
static const char *
record_apply(struct state *s, const struct report_record *r, uint64_t entry,
             uint32_t index)
{
    const struct catalogue *c = s->catalogue;
    const struct group *g;
    struct fact fact = {.revision = r->revision,
                        .entry = entry,
                        .index = index,
                        .received_at_ms = r->received_at_ms};
    char field[128];
    struct put p;
    int unit = catalogue_unit(c, r->unit);
    int group = catalogue_group(c, r->group);
    size_t i;

    report_in_hand(s, r, entry, index);
    if (unit == NONE) {
        return "unknown_unit";
    }
    if (group == NONE) {
        return "unknown_group";
    }
    g = &c->groups[group];
    if (period_read(s, r->period, g->rule, &fact.window) != ST_OK) {
        return "bad_period";
    }
    for (i = 0; i < r->figure_count; i++) {
        int place = measure_place(c, g, r->figures[i].measure, i);

        if (place == NONE) {
            return "unknown_measure";
        }
        fact.figures[place].state =
            r->figures[i].not_applicable ? FIGURE_NOT_APPLICABLE : FIGURE_NUMBER;
        fact.figures[place].scaled = r->figures[i].scaled;
    }
    if (facts_put(s->facts, unit, group, &fact, NULL) != ST_OK) {
        return "older_revision";
    }
    buf_clear(&s->scorer->line);
    fact_line(c, group, &fact, &s->scorer->line);
    put_begin(&p, field, sizeof field);
    put_text(&p, g->code);
    put_char(&p, '/');
    put_text(&p, fact.window.code);
    put_end(&p);
    effects_hset(&s->effects, &s->follow, KEY_FACTS, c->units[unit].id, field,
                 buf_str(&s->scorer->line), s->scorer->line.len);
    missing_arrived(s, unit, group, &fact.window, entry, index, r->received_at_ms);
    touch(s, unit, group, fact.window.year);
    return NULL;
}

static void
reports_apply(struct state *s, const struct journal_entry *e)
{
    struct journal_cursor cur = {e->body, e->body_bytes};
    struct report_record r;
    const uint8_t *record;
    const char *why;
    size_t bytes;
    uint32_t index;
    enum status st;

    for (index = 0;; index++) {
        st = journal_record_next(&cur, &record, &bytes);
        if (st == ST_GONE) {
            break;
        }
        if (st != ST_OK) {
            park(s, e->seq, index, "-", "torn_entry");
            break;
        }
        arena_reset(s->scorer->arena);
        if (report_record_decode(record, bytes, s->scorer->arena, &r) != ST_OK) {
            park(s, e->seq, index, "-", "unreadable");
            continue;
        }
        why =
            s->catalogue == NULL ? "no_programme" : record_apply(s, &r, e->seq, index);
        if (why != NULL) {
            park(s, e->seq, index, r.unit, why);
            missing_parked(s, &r, e->seq, index);
        }
        s->scorer->counters.reports++;
    }
    rescore(s);
}

/* ---- ticks ---- */

/* A due date that has just passed without a report changes what is shown. */
static void
due_passed(struct state *s, int32_t from, int32_t to)
{
    const struct catalogue *c = s->catalogue;
    size_t g;

    for (g = 0; c != NULL && g < c->group_count; g++) {
        const struct group *group = &c->groups[g];
        size_t count = cadence_count(group->cadence);
        int year;
        size_t i;

        for (year = day_year(to) - 1; year <= day_year(to); year++) {
            if (year < c->years_from || year > c->years_to) {
                continue;
            }
            for (i = 0; i < count; i++) {
                struct window w;
                int32_t due;
                size_t u;

                cadence_window(group->cadence, year, i, group->rule, &w);
                due = due_day(&w, group->due, &c->workdays);
                if (due == DAY_NONE || due < from || due >= to) {
                    continue;
                }
                for (u = 0; u < c->unit_count; u++) {
                    if ((group->reported_by & (1u << c->units[u].kind)) != 0 &&
                        unit_valid_on(&c->units[u], w.last)) {
                        touch(s, (int)u, (int)g, w.year);
                    }
                }
            }
        }
    }
}

static void
tick_apply(struct state *s, const struct journal_entry *e)
{
    struct tick_record t;
    int32_t before = state_day(s);

    if (tick_decode(e->body, e->body_bytes, &t) != ST_OK || t.hour <= s->tick) {
        park(s, e->seq, 0, "-", "bad_tick");
        return;
    }
    if (t.simulated != s->scorer->simulated) {
        diag_fatal(
            78, "simulated_differs",
            "province=%s journal=%d service=%d remedy=\"start scorer and notifier "
            "%s --simulated for this province\"",
            s->slug, t.simulated, s->scorer->simulated,
            t.simulated ? "with" : "without");
    }
    s->tick = t.hour;
    s->scorer->counters.ticks++;
    brake_tick(s);
    missing_tick(s, &t);
    if (before != 0 && state_day(s) != before) {
        due_passed(s, before, state_day(s));
    }
    rescore(s);
    progress_tick(s, &t);
    effects_alert(&s->effects, &s->follow, JOURNAL_TICK, e->body, e->body_bytes);
}

/* ---- programmes ---- */

static enum status
programme_apply(struct state *s, const struct journal_entry *e)
{
    struct arena *a = arena_new(4u * JOURNAL_PROGRAMME_MAX);
    struct programme_record r;
    struct catalogue *c = NULL;
    struct findings found = {0};
    enum status st = programme_decode(e->body, e->body_bytes, a, &r);

    if (st == ST_OK) {
        st = programme_load(r.bundle, r.bundle_bytes, &c, &found);
    }
    findings_fini(&found);
    if (st != ST_OK) {
        park(s, e->seq, 0, "-", "programme_unreadable");
        arena_free(&a);
        return ST_OK;
    }
    if (s->catalogue != NULL) {
        summary_erase(s);
    }
    FAULT("scorer.programme");
    st = state_memory_read(s, c); /* the same facts, seen with the new programme */
    if (st == ST_OK) {
        st = kept_read(s);
    }
    if (st == ST_OK) {
        (void)snprintf(s->programme, sizeof s->programme, "%s", c->digest);
        if (s->tick == 0) {
            s->tick = hour_of((struct instant){r.at_ms});
        }
        r.bundle_bytes = 0; /* notifier reads the text by its digest */
        buf_clear(&s->scorer->body);
        programme_encode(&r, s->scorer->arena, &s->scorer->body);
        effects_alert(&s->effects, &s->follow, JOURNAL_PROGRAMME,
                      buf_str(&s->scorer->body), s->scorer->body.len);
        missing_programme(s, r.at_ms);
        rescore_all(s, e->seq, r.at_ms);
        lines_write(s); /* while what stood is known */
        kept_drop(s);
    }
    arena_free(&a);
    return st;
}

/* ---- acts ---- */

static bool
place_parse(const char *text, uint64_t *entry, uint32_t *index)
{
    char end;

    return sscanf(text, "%" SCNu64 ":%" SCNu32 "%c", entry, index, &end) == 2;
}

static enum status
parked_retry(struct state *s, uint64_t entry, uint32_t index)
{
    struct journal_cursor cur;
    struct journal_read rd;
    struct report_record r;
    const uint8_t *record = NULL;
    size_t bytes = 0;
    enum status st;
    uint32_t i;

    if (entry == 0) {
        return ST_OK; /* names nothing */
    }
    journal_read_init(&rd);
    st = journal_read_checked(s->redis, s->slug, entry, &rd);
    if (st == ST_OK && rd.entries[0].kind == JOURNAL_REPORTS && s->catalogue != NULL) {
        enum status next = ST_OK;

        cur = (struct journal_cursor){rd.entries[0].body, rd.entries[0].body_bytes};
        for (i = 0; next == ST_OK && i <= index; i++) {
            next = journal_record_next(&cur, &record, &bytes);
        }
        arena_reset(s->scorer->arena);
        if (next == ST_OK &&
            report_record_decode(record, bytes, s->scorer->arena, &r) == ST_OK &&
            record_apply(s, &r, entry, index) == NULL) {
            effects_xdel(&s->effects, &s->follow, KEY_PARKED, NULL, entry, index);
        }
    }
    journal_read_fini(&rd);
    return st == ST_GONE ? ST_OK : st; /* there never was such an entry */
}

static enum status
act_apply(struct state *s, const struct journal_entry *e)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct wire_act act;
    enum status st = ST_OK;
    uint64_t entry;
    uint32_t index;

    if (act_decode(e->body, e->body_bytes, a, &act) != ST_OK) {
        park(s, e->seq, 0, "-", "unreadable");
    } else {
        if (strcmp(act.kind, "parked-retry") == 0 &&
            place_parse(act.subject, &entry, &index)) {
            st = parked_retry(s, entry, index);
            rescore(s);
        } else if (strcmp(act.kind, "parked-drop") == 0 &&
                   place_parse(act.subject, &entry, &index)) {
            effects_xdel(&s->effects, &s->follow, KEY_PARKED, NULL, entry, index);
            missing_parked_forget(s, entry, index);
        }
        s->scorer->counters.acts++;
        effects_alert(&s->effects, &s->follow, JOURNAL_ACT, e->body, e->body_bytes);
    }
    arena_free(&a);
    return st;
}

enum status
entry_apply(struct state *s, const struct journal_entry *e, bool *barrier)
{
    enum status st = ST_OK;

    /* These read what is committed: nothing may be waiting before them. */
    *barrier = (e->kind == JOURNAL_PROGRAMME || e->kind == JOURNAL_ACT) &&
               s->seen != s->follow.checkpoint;
    if (*barrier) {
        return ST_OK;
    }
    s->in_hand = (struct in_hand){.kind = e->kind, .seq = e->seq};
    switch (e->kind) {
    case JOURNAL_REPORTS:
        reports_apply(s, e);
        break;
    case JOURNAL_TICK:
        tick_apply(s, e);
        break;
    case JOURNAL_PROGRAMME:
        st = programme_apply(s, e);
        break;
    case JOURNAL_ACT:
        st = act_apply(s, e);
        break;
    case JOURNAL_ALERTS:
    case JOURNAL_UNKNOWN:
        park(s, e->seq, 0, "-", "unknown_kind");
        break;
    }
    s->seen = e->seq;
    s->scorer->counters.entries++;
    return st;
}
