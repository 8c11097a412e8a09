#include "lib/told.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

enum reason
told_reason(const struct told *told, const struct wanted *wanted, bool figure_changed)
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
    (void)snprintf(out, TOLD_LINE_BYTES,
                   "kind=%s n=%" PRIu32 " reason=%s window=%s num=%" PRId64
                   " den=%" PRId64 " opened=%" PRId64,
                   alert_kind_name(t->kind), t->number, reason_name(t->reason),
                   t->window[0] != '\0' ? t->window : "-", t->num, t->den,
                   t->opened_at_ms);
}

static bool
kind_parse(const char *name, enum alert_kind *kind)
{
    int k;

    for (k = ALERT_NONE; k <= ALERT_MISSED; k++) {
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
        !kind_parse(kind, &t->kind) || reason_parse(reason, &t->reason) != ST_OK) {
        return ST_BAD;
    }
    (void)snprintf(t->code, sizeof t->code, "%s", code);
    return ST_OK;
}
