#include "scorer/progress.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "scorer/missing.h"

#define HOURS_A_DAY 24
#define QUARTERS 4
#define NONE_YET "none" /* the programme's first quarter is still to come */
#define VERDICTS ((size_t)VERDICT_INFO + 1)

/* ---- when ---- */

static int32_t
told_on(const struct catalogue *c, const struct window *quarter)
{
    return workday_add(&c->workdays, quarter->last, c->progress_days);
}

/* The newest quarter of the programme that was to be told before a day. */
static bool
quarter_before(const struct catalogue *c, int32_t day, struct window *out)
{
    bool found = false;
    int year = day_rule_year(day, c->rule);
    int last = year < c->years_to ? year : c->years_to;

    for (year--; year <= last; year++) {
        for (int part = 1; year >= c->years_from && part <= QUARTERS; part++) {
            struct window w;

            window_make(PERIOD_QUARTER, year, part, c->rule, &w);
            if (w.last >= c->alerts_from && told_on(c, &w) < day) {
                *out = w;
                found = true;
            }
        }
    }
    return found;
}

/* ---- what ---- */

static uint32_t
count_of(const struct state *s, size_t target, enum verdict v)
{
    return (uint32_t)s->counts[target * VERDICTS + v];
}

/* Units of which nothing was ever scored: not reported is not zero. */
static void
unscored_count(const struct state *s, size_t target, int32_t day,
               struct progress_row *row)
{
    const struct catalogue *c = s->catalogue;
    const struct target *t = &c->targets[target];
    size_t u;

    if (t->subject != SUBJECT_EACH) {
        row->no_data +=
            s->latest[(size_t)c->province_unit * c->target_count + target] == 0;
        return;
    }
    for (u = 0; u < c->unit_count; u++) {
        const struct unit *unit = &c->units[u];

        if (s->latest[u * c->target_count + target] != 0 || !unit_valid_on(unit, day) ||
            !target_concerns(c, t, unit)) {
            continue;
        }
        if (t->by_exempt && unit->exempt == EXEMPT_YES) {
            row->other++;
        } else {
            row->no_data++;
        }
    }
}

static void
row_fill(const struct state *s, size_t target, int32_t day, struct progress_row *row)
{
    const struct target *t = &s->catalogue->targets[target];

    row->target = arena_text(s->scorer->event_arena, t->id);
    row->level = level_name(t->level);
    row->met = count_of(s, target, VERDICT_MET);
    row->on_pace = count_of(s, target, VERDICT_ON_PACE);
    row->behind = count_of(s, target, VERDICT_BEHIND);
    row->missed = count_of(s, target, VERDICT_MISSED);
    row->on_way = count_of(s, target, VERDICT_ON_WAY);
    row->no_data = count_of(s, target, VERDICT_NO_DATA);
    row->other = count_of(s, target, VERDICT_EXEMPT) +
                 count_of(s, target, VERDICT_NOT_APPLICABLE) +
                 count_of(s, target, VERDICT_TOO_SMALL);
    unscored_count(s, target, day, row);
}

/* The versions of a target are counted as one, under the first. */
static bool
row_wanted(const struct catalogue *c, const struct target *t)
{
    return t->kind != TARGET_INFO && !t->later && !target_illustrative(c, t);
}

static size_t
rows_make(const struct state *s, int32_t day, struct progress_row **rows)
{
    const struct catalogue *c = s->catalogue;
    size_t count = 0;
    size_t i;

    *rows = arena_take(s->scorer->event_arena, (c->target_count + 1) * sizeof **rows);
    MUST(*rows != NULL);
    for (i = 0; i < c->target_count; i++) {
        if (row_wanted(c, &c->targets[i])) {
            row_fill(s, i, day, &(*rows)[count++]);
        }
    }
    return count;
}

static void
quarter_tell(struct state *s, const struct window *quarter, int64_t hour, bool late)
{
    const struct catalogue *c = s->catalogue;
    struct arena *a = s->scorer->event_arena;
    struct progress_row *rows;
    size_t count = rows_make(s, hour_day(hour), &rows);
    char code[ALERT_CODE_BYTES];
    struct alert_event *ev;

    if (count == 0) {
        return; /* all of it is an illustration, or for information */
    }
    progress_code(c, quarter, code);
    ev = event_room(s);
    ev->code = arena_text(a, code);
    ev->number = 1;
    ev->kind = hear_name(HEAR_PROGRESS);
    ev->reason = reason_name(REASON_NEW);
    ev->subject = "province";
    ev->year = quarter->year;
    ev->window = arena_text(a, quarter->code);
    ev->first_day = quarter->first;
    ev->last_day = quarter->last;
    ev->at_ms = hour_start(hour).ms;
    ev->opened_at_ms = ev->at_ms;
    ev->simulated = s->scorer->simulated;
    ev->late = late;
    ev->progress = rows;
    ev->progress_count = count;
    s->scorer->counters.alerts++;
    events_flush(s);
}

static bool
quarter_is_new(const char *told, const struct window *quarter)
{
    return strcmp(told, NONE_YET) == 0 || strcmp(quarter->code, told) > 0;
}

void
progress_tick(struct state *s, const struct tick_record *t)
{
    const struct catalogue *c = s->catalogue;
    int32_t today = hour_day(t->hour);
    int hour = (int)(t->hour % HOURS_A_DAY);
    struct window w;

    if (c == NULL || hour < MISSING_HOUR || !workday_is(&c->workdays, today) ||
        tick_is_behind(t)) {
        return;
    }
    if (c->progress_days <= 0) {
        if (s->missing->progress[0] != '\0') {
            missing_progress_write(s, ""); /* asked for again, it begins anew */
        }
        return;
    }
    if (s->missing->progress[0] == '\0') {
        missing_progress_write(s, quarter_before(c, today, &w) ? w.code : NONE_YET);
    }
    if (quarter_before(c, today + 1, &w) && quarter_is_new(s->missing->progress, &w)) {
        quarter_tell(s, &w, t->hour, told_on(c, &w) < today || hour > MISSING_HOUR);
        missing_progress_write(s, w.code);
    }
}
