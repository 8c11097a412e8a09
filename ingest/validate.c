#include "ingest/validate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"

void
refused_set(struct refused *why, enum refusal_code code, const char *field,
            const char *value, const char *expected)
{
    memset(why, 0, sizeof *why);
    why->code = code;
    (void)snprintf(why->field, sizeof why->field, "%s", field);
    (void)snprintf(why->value, sizeof why->value, "%s", value);
    (void)snprintf(why->expected, sizeof why->expected, "%s", expected);
}

bool
text_check(const char *field, const char *text, size_t max, struct refused *why)
{
    size_t len = strlen(text);

    if (len > max) {
        char value[32];
        char limit[32];

        (void)snprintf(value, sizeof value, "%zu", len);
        (void)snprintf(limit, sizeof limit, "%zu", max);
        refused_set(why, REFUSAL_TOO_LONG, field, value, limit);
        return false;
    }
    if (!text_valid(text, len)) {
        refused_set(why, REFUSAL_BAD_TEXT, field, "", "UTF-8");
        return false;
    }
    return true;
}

const char *
text_echo(const char *text)
{
    size_t len = strlen(text);

    return len <= CODE_TEXT_MAX && text_valid(text, len) ? text : "";
}

/* Most that may be left out is. */
static inline bool
rest_check(const char *field, const char *text, size_t max, struct refused *why)
{
    return text[0] == '\0' || text_check(field, text, max, why);
}

/* known: group and period are the programme's own. */
static bool
texts_ok(const struct wire_report *in, bool known, struct refused *why)
{
    return text_check("unit", in->unit, CODE_TEXT_MAX, why) &&
           (known || (text_check("group", in->group, CODE_TEXT_MAX, why) &&
                      text_check("period", in->period, CODE_TEXT_MAX, why))) &&
           rest_check("from", in->from, CODE_TEXT_MAX, why) &&
           rest_check("to", in->to, CODE_TEXT_MAX, why) &&
           rest_check("reason", in->reason, REPORT_REASON_MAX, why) &&
           rest_check("source_system", in->source_system, CODE_TEXT_MAX, why) &&
           rest_check("replaces", in->replaces, CODE_TEXT_MAX, why);
}

static const char *
cadence_words(const struct group *g)
{
    if (g->cumulative && g->cadence == CADENCE_NONE) {
        return "2026@2026-09-26";
    }
    switch (g->cadence) {
    case CADENCE_MONTHLY:
        return "2023-06";
    case CADENCE_QUARTERLY:
        return "2023-Q2";
    case CADENCE_YEARLY:
        return "2023";
    case CADENCE_NONE:
        break;
    }
    return "-";
}

static bool
cadence_takes(const struct group *g, const struct window *w)
{
    switch (w->kind) {
    case PERIOD_CUMULATIVE:
        return g->cumulative;
    case PERIOD_MONTH:
        return g->cadence == CADENCE_MONTHLY;
    case PERIOD_QUARTER:
        return g->cadence == CADENCE_QUARTERLY;
    case PERIOD_YEAR:
        return g->cadence == CADENCE_YEARLY;
    case PERIOD_HALF:
    case PERIOD_NINE:
    case PERIOD_DAY:
        break;
    }
    return false;
}

static bool
period_check(const struct catalogue *c, const struct group *g, const char *period,
             struct window *w, struct refused *why)
{
    char better[PERIOD_TEXT_BYTES] = "";

    if (window_parse(period, g->rule, w, better) != ST_OK) {
        refused_set(why, REFUSAL_BAD_PERIOD, "period", period,
                    better[0] != '\0' ? better : cadence_words(g));
        return false;
    }
    if (w->year < c->history_from || w->year > c->years_to) {
        char years[32];

        (void)snprintf(years, sizeof years, "%d-%d", c->history_from, c->years_to);
        refused_set(why, REFUSAL_BAD_PERIOD, "period", period, years);
        return false;
    }
    if (!cadence_takes(g, w)) {
        refused_set(why, REFUSAL_WRONG_CADENCE, "period", period, cadence_words(g));
        return false;
    }
    return true;
}

static bool
unit_check(const struct catalogue *c, const struct group *g, const char *code,
           const struct window *w, int *unit, struct refused *why)
{
    char expected[160];
    char day[DAY_TEXT_BYTES];
    int other = NONE;

    switch (catalogue_unit_at(c, code, w, unit, &other)) {
    case ST_OK:
        break;
    case ST_STALE:
        (void)snprintf(expected, sizeof expected, "%s, %s", c->units[*unit].id,
                       c->units[other].id);
        refused_set(why, REFUSAL_AMBIGUOUS_UNIT, "unit", code, expected);
        return false;
    case ST_BAD:
        day_text(w->last, day);
        refused_set(why, REFUSAL_UNIT_NOT_VALID, "unit", code, "");
        (void)snprintf(why->day, sizeof why->day, "%s", day);
        return false;
    default:
        refused_set(why, REFUSAL_UNKNOWN_UNIT, "unit", code, "");
        return false;
    }
    if ((g->reported_by & (1u << c->units[*unit].kind)) == 0) {
        refused_set(why, REFUSAL_GROUP_NOT_FOR_UNIT, "group", g->code, "");
        (void)snprintf(why->unit, sizeof why->unit, "%s", c->units[*unit].id);
        return false;
    }
    return true;
}

/* Names as much of the scope as fits. */
static void
scope_refuse(struct refused *why, const struct principal *who, const char *unit)
{
    size_t len = 0;
    size_t i;

    refused_set(why, REFUSAL_NOT_IN_SCOPE, "unit", unit, "");
    for (i = 0; i < who->scope_count; i++) {
        size_t more = strlen(who->scope[i]) + 2;

        if (len + more + 4 > sizeof why->expected) {
            (void)snprintf(why->expected + len, sizeof why->expected - len, ", …");
            break;
        }
        len += (size_t)snprintf(why->expected + len, sizeof why->expected - len, "%s%s",
                                i > 0 ? ", " : "", who->scope[i]);
    }
}

static bool
scope_check(const struct group *g, const struct principal *who, const char *unit,
            struct refused *why)
{
    if (!principal_reports_for(who, unit)) {
        scope_refuse(why, who, unit);
        return false;
    }
    if (who->role == ROLE_OFFICE || g->source[0] == '\0') {
        return true;
    }
    if (strcmp(g->source, "unit") == 0) {
        if (!who->scope_all) {
            return true; /* a key that was given this unit by name */
        }
    } else if (strncmp(g->source, "system:", 7) == 0 &&
               strcmp(g->source + 7, who->name) == 0) {
        return true;
    }
    refused_set(why, REFUSAL_WRONG_SOURCE, "group", g->code, g->source);
    (void)snprintf(why->unit, sizeof why->unit, "%s", unit);
    return false;
}

static bool
stated_day_check(const char *field, const char *stated, const char *real,
                 const struct known_period *p, struct refused *why)
{
    if (stated[0] == '\0' || strcmp(stated, real) == 0) {
        return true;
    }
    refused_set(why, REFUSAL_DAYS_DIFFER, field, stated, "");
    (void)snprintf(why->day, sizeof why->day, "%s", p->first);
    (void)snprintf(why->until, sizeof why->until, "%s", p->last);
    return false;
}

static bool
days_check(const struct wire_report *in, const struct known_period *p, int32_t today,
           struct refused *why)
{
    const struct window *w = &p->window;
    int32_t first_sendable = w->kind == PERIOD_CUMULATIVE ? w->last : w->last + 1;
    char first[DAY_TEXT_BYTES];

    if (!stated_day_check("from", in->from, p->first, p, why) ||
        !stated_day_check("to", in->to, p->last, p, why)) {
        return false;
    }
    if (today < first_sendable) {
        day_text(first_sendable, first);
        refused_set(why, REFUSAL_WINDOW_OPEN, "period", w->code, "");
        (void)snprintf(why->day, sizeof why->day, "%s", first);
        return false;
    }
    return true;
}

/* ---- the whole ---- */

void
checks_begin(struct checks *k, const struct catalogue *catalogue)
{
    if (k->catalogue != catalogue) {
        memset(k, 0, sizeof *k);
        k->catalogue = catalogue;
    }
}

/* The place of a group's period, whether it is known or not: months of a year have
 * each their own. */
static struct known_period *
period_place(struct checks *k, const char *group, const char *period)
{
    size_t bytes = strlen(period);
    unsigned place = (uint8_t)group[0];

    if (bytes >= 2) {
        place += 10u * (uint8_t)period[bytes - 2] + (uint8_t)period[bytes - 1];
    }
    return &k->known[place % KNOWN_PERIODS];
}

static bool
period_known(const struct checks *k, const struct known_period *p,
             const struct wire_report *in)
{
    return p->window.code[0] != '\0' && strcmp(p->window.code, in->period) == 0 &&
           strcmp(k->catalogue->groups[p->group].code, in->group) == 0;
}

static bool
period_learn(const struct checks *k, const struct wire_report *in,
             struct known_period *p, struct refused *why)
{
    const struct catalogue *c = k->catalogue;
    int group = catalogue_group(c, in->group);
    struct window w;

    if (group == NONE) {
        refused_set(why, REFUSAL_UNKNOWN_GROUP, "group", in->group, "");
        return false;
    }
    if (!period_check(c, &c->groups[group], in->period, &w, why)) {
        return false;
    }
    p->group = group;
    p->window = w;
    p->due = due_day(&w, c->groups[group].due, &c->workdays);
    day_text(w.first, p->first);
    day_text(w.last, p->last);
    report_days_text(w.first, w.last, p->days);
    return true;
}

bool
report_check(struct checks *k, const struct principal *who,
             const struct wire_report *in, struct instant now, struct arena *a,
             struct checked *out, struct refused *why)
{
    const struct catalogue *c = k->catalogue;
    struct known_period *p = period_place(k, in->group, in->period);
    bool known = period_known(k, p, in);
    int32_t today = instant_day(now);
    struct placed placed;
    const struct group *g;
    int unit;

    if (!texts_ok(in, known, why) || (!known && !period_learn(k, in, p, why))) {
        return false;
    }
    g = &c->groups[p->group];
    if (!unit_check(c, g, in->unit, &p->window, &unit, why) ||
        !scope_check(g, who, c->units[unit].id, why) ||
        !days_check(in, p, today, why) || !figures_check(c, g, in, &placed, why)) {
        return false;
    }
    checked_fill(k, p, &c->units[unit], who, in, &placed, now, today, a, out);
    return true;
}

bool
report_key_check(const struct catalogue *c, const struct principal *who,
                 const struct wire_key *in, struct refused *why,
                 char key[REPORT_KEY_BYTES])
{
    struct window w;
    int group;
    int unit;

    if (!text_check("unit", in->unit, CODE_TEXT_MAX, why) ||
        !text_check("group", in->group, CODE_TEXT_MAX, why) ||
        !text_check("period", in->period, CODE_TEXT_MAX, why)) {
        return false;
    }
    group = catalogue_group(c, in->group);
    if (group == NONE) {
        refused_set(why, REFUSAL_UNKNOWN_GROUP, "group", in->group, "");
        return false;
    }
    if (!period_check(c, &c->groups[group], in->period, &w, why) ||
        !unit_check(c, &c->groups[group], in->unit, &w, &unit, why)) {
        return false;
    }
    if (!principal_reports_for(who, c->units[unit].id)) {
        scope_refuse(why, who, in->unit);
        return false;
    }
    (void)snprintf(key, REPORT_KEY_BYTES, "%s/%s/%s", c->units[unit].id, in->group,
                   w.code);
    return true;
}
