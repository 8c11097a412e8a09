#include "lib/subject.h"

#include "lib/diag.h"
#include "lib/put.h"

const struct group *
subject_group(const struct catalogue *c, const struct target *t)
{
    return &c->groups[c->indicators[t->indicator].group];
}

static bool
kind_reports(const struct group *g, enum unit_kind kind)
{
    return (g->reported_by & (1u << kind)) != 0;
}

/* A target of the province may be asked about by the province's own unit. Where that
 * unit reports (ranks), it is its figure; where it does not, the sum of the others. */
static bool
is_province(const struct catalogue *c, const struct target *t, struct subject_ref s)
{
    return t->subject == SUBJECT_PROVINCE && !s.under && s.unit == c->province_unit;
}

bool
subject_is_whole(const struct catalogue *c, const struct target *t,
                 struct subject_ref s)
{
    return s.unit == NONE || s.under ||
           (is_province(c, t, s) && !kind_reports(subject_group(c, t), KIND_PROVINCE));
}

static bool
unit_exempt(const struct target *t, const struct unit *u)
{
    return t->by_exempt && u->exempt == EXEMPT_YES;
}

bool
subject_has_member(const struct catalogue *c, const struct target *t,
                   struct subject_ref s, int unit)
{
    const struct unit *u = &c->units[unit];
    enum level level = is_province(c, t, s) ? t->level : s.level;

    if (!kind_reports(subject_group(c, t), u->kind) || unit_exempt(t, u)) {
        return false;
    }
    if (level != LEVEL_ALL && u->level != level) {
        return false;
    }
    if (!s.under || s.unit == NONE) {
        return true;
    }
    return unit != s.unit && unit_under(c, unit, s.unit);
}

bool
subject_judged(const struct catalogue *c, const struct target *t, struct subject_ref s)
{
    if (t->subject == SUBJECT_EACH) {
        return s.unit != NONE && !s.under;
    }
    return is_province(c, t, s) || (s.unit == NONE && s.level == t->level);
}

bool
subject_exempt(const struct catalogue *c, const struct target *t, struct subject_ref s)
{
    return s.unit != NONE && !s.under && unit_exempt(t, &c->units[s.unit]);
}

void
subject_days(const struct catalogue *c, const struct target *t, struct subject_ref s,
             int32_t *from, int32_t *to)
{
    size_t i;

    if (!subject_is_whole(c, t, s)) {
        *from = c->units[s.unit].from;
        *to = c->units[s.unit].to;
        return;
    }
    *from = INT32_MAX;
    *to = INT32_MIN;
    for (i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        if (subject_has_member(c, t, s, (int)i)) {
            *from = u->from < *from ? u->from : *from;
            *to = u->to > *to ? u->to : *to;
        }
    }
}

void
subject_name(const struct catalogue *c, const struct target *t, struct subject_ref s,
             char out[SUBJECT_NAME_BYTES])
{
    struct put p;

    put_begin(&p, out, SUBJECT_NAME_BYTES);
    if (s.unit != NONE) {
        put_text(&p, c->units[s.unit].id);
        put_text(&p, s.under ? "/under" : "");
    } else if (t->subject == SUBJECT_PROVINCE && s.level == t->level) {
        put_text(&p, c->units[c->province_unit].id);
    } else {
        put_text(&p, "level-");
        put_text(&p, level_name(s.level));
    }
    put_end(&p);
    MUST(out[0] != '\0' && !p.cut);
}
