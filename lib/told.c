#include "lib/told.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/put.h"
#include "lib/subject.h"

static const char *const reason_names[] = {
    "none", "new", "worse", "corrected", "resolved", "withdrawn", "repeat", "better"};

const char *
reason_name(enum reason r)
{
    return reason_names[r];
}

enum status
reason_parse(const char *name, enum reason *r)
{
    size_t i;

    for (i = 0; i < sizeof reason_names / sizeof *reason_names; i++) {
        if (strcmp(name, reason_names[i]) == 0) {
            *r = (enum reason)i;
            return ST_OK;
        }
    }
    return ST_BAD;
}

static int32_t
month_of(int32_t day)
{
    int year;
    int month;
    int mday;

    day_to_civil(day, &year, &month, &mday);
    return year * 12 + month;
}

/* Is a lag told anew at this window? */
static bool
is_further(const struct window *at, const struct window *told, enum cadence cadence)
{
    if (cadence == CADENCE_NONE) {
        return month_of(at->last) > month_of(told->last);
    }
    return at->last > told->last;
}

/* Against the told window as it is now. It may not be short any more, with the same
 * figure, where the programme asks less; or not judged at all. */
static enum reason
further_reason(const struct score *at, const struct score *now)
{
    int order = now->gap.den == 0 ? 1 : ratio_compare(at->gap, now->gap);

    if (order == 0) {
        return REASON_REPEAT;
    }
    return order > 0 ? REASON_WORSE : REASON_BETTER;
}

enum reason
told_reason(const struct told *told, const struct wanted *wanted, enum cadence cadence,
            bool figure_changed, const struct score *now)
{
    if (told->kind == ALERT_NONE) {
        return wanted->kind == ALERT_NONE ? REASON_NONE : REASON_NEW;
    }
    if (wanted->kind == ALERT_NONE) {
        return wanted->ever ? REASON_RESOLVED : REASON_WITHDRAWN;
    }
    if (told->kind == ALERT_BEHIND && wanted->kind == ALERT_MISSED) {
        return REASON_WORSE;
    }
    if (told->kind != wanted->kind || figure_changed) {
        return REASON_CORRECTED;
    }
    if (told->kind == ALERT_BEHIND && now->window.code[0] != '\0' &&
        is_further(&wanted->at.window, &now->window, cadence)) {
        return further_reason(&wanted->at, now);
    }
    return REASON_NONE;
}

bool
told_changed(const struct catalogue *c, const struct facts *f, const struct target *t,
             struct subject_ref s, const struct told *told, struct score *now)
{
    struct window w;

    memset(now, 0, sizeof *now);
    if (window_parse(told->window, subject_group(c, t)->rule, &w, NULL) != ST_OK) {
        return false;
    }
    score_subject(c, f, t, s, w.year, &w, now);
    return now->standing.num != told->num || now->standing.den != told->den;
}

void
told_line(const struct told *t, char out[TOLD_LINE_BYTES])
{
    struct put p;

    put_begin(&p, out, TOLD_LINE_BYTES);
    put_text(&p, "kind=");
    put_text(&p, alert_kind_name(t->kind));
    put_text(&p, " n=");
    put_count(&p, t->number);
    put_text(&p, " reason=");
    put_text(&p, reason_name(t->reason));
    put_text(&p, " window=");
    put_text(&p, t->window[0] != '\0' ? t->window : "-");
    put_text(&p, " num=");
    put_number(&p, t->num);
    put_text(&p, " den=");
    put_number(&p, t->den);
    put_text(&p, " opened=");
    put_number(&p, t->opened_at_ms);
    if (t->kind == ALERT_FALLING) {
        put_text(&p, " before=");
        put_text(&p, t->before);
        put_text(&p, " before_num=");
        put_number(&p, t->before_num);
    }
    put_end(&p);
}

static bool
before_parse(const char *line, struct told *t)
{
    const char *at = strstr(line, " before=");

    return t->kind != ALERT_FALLING ||
           (at != NULL && sscanf(at, " before=%23s before_num=%" SCNd64, t->before,
                                 &t->before_num) == 2);
}

static bool
kind_parse(const char *name, enum alert_kind *kind)
{
    int k;

    for (k = ALERT_NONE; k <= ALERT_FALLING; k++) {
        if (strcmp(name, alert_kind_name((enum alert_kind)k)) == 0) {
            *kind = (enum alert_kind)k;
            return true;
        }
    }
    return false;
}

enum status
told_parse(const char *code, const char *line, struct told *t)
{
    char kind[16];
    char reason[16];

    memset(t, 0, sizeof *t);
    if (strlen(code) >= sizeof t->code ||
        sscanf(line,
               "kind=%15s n=%" SCNu32 " reason=%15s window=%23s num=%" SCNd64
               " den=%" SCNd64 " opened=%" SCNd64,
               kind, &t->number, reason, t->window, &t->num, &t->den,
               &t->opened_at_ms) != 7 ||
        !kind_parse(kind, &t->kind) || reason_parse(reason, &t->reason) != ST_OK ||
        !before_parse(line, t)) {
        return ST_BAD;
    }
    (void)snprintf(t->code, sizeof t->code, "%s", code);
    return ST_OK;
}
