/* Figures of a report: known, once, in range, parts within their wholes. */
#include "ingest/validate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "12.34" with at most `decimals` places, exactly, into scaled. */
static bool
decimal_parse(const char *text, int decimals, int64_t *scaled)
{
    int64_t n = 0;
    int places = -1;
    size_t i;

    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    for (i = 0; text[i] != '\0'; i++) {
        if (text[i] == '.' && places < 0) {
            places = 0;
            continue;
        }
        if (text[i] < '0' || text[i] > '9' || n > (INT64_MAX - 9) / 10) {
            return false;
        }
        n = n * 10 + (text[i] - '0');
        if (places >= 0) {
            places++;
        }
    }
    if (places == 0 || places > decimals) {
        return false;
    }
    for (places = places < 0 ? 0 : places; places < decimals; places++) {
        if (n > INT64_MAX / 10) {
            return false;
        }
        n *= 10;
    }
    *scaled = n;
    return true;
}

static int64_t
scale_of(int decimals)
{
    int64_t scale = 1;

    while (decimals-- > 0) {
        scale *= 10;
    }
    return scale;
}

/* Counts beyond this cannot be summed over a country without overflow. */
#define COUNT_MAX INT64_C(1000000000000)

/* The figure as it was sent. */
static void
figure_refuse(struct refused *why, enum refusal_code code, const struct wire_figure *in,
              const char *expected)
{
    char value[96];

    if (in->kind == WIRE_COUNT) {
        (void)snprintf(value, sizeof value, "%" PRId64, in->count);
    } else {
        (void)snprintf(value, sizeof value, "%.60s", in->decimal);
    }
    refused_set(why, code, in->measure, value, expected);
}

static bool
decimal_value(const struct measure *m, const struct wire_figure *in, int64_t *scaled,
              struct refused *why)
{
    char decimals[16];

    if (in->decimal[0] == '-') {
        figure_refuse(why, REFUSAL_NEGATIVE, in, "0");
        return false;
    }
    if (m->decimals == 0 || !decimal_parse(in->decimal, m->decimals, scaled) ||
        *scaled / scale_of(m->decimals) > COUNT_MAX) {
        (void)snprintf(decimals, sizeof decimals, "%d", m->decimals);
        figure_refuse(why,
                      m->decimals == 0 ? REFUSAL_NOT_A_COUNT : REFUSAL_NOT_A_DECIMAL,
                      in, decimals);
        return false;
    }
    return true;
}

/* Words are made for a refusal only: nearly all figures are right. */
static bool
figure_value(const struct measure *m, const struct wire_figure *in, int64_t *scaled,
             struct refused *why)
{
    char range[32];

    if (in->kind != WIRE_COUNT) {
        if (!decimal_value(m, in, scaled, why)) {
            return false;
        }
    } else if (in->count < 0) {
        figure_refuse(why, REFUSAL_NEGATIVE, in, "0");
        return false;
    } else if (in->count > COUNT_MAX) {
        figure_refuse(why, REFUSAL_VALUE_OUT_OF_RANGE, in, "0..1000000000000");
        return false;
    } else {
        *scaled = in->count * scale_of(m->decimals);
    }
    if (m->pool > 0 && (*scaled < 1 || *scaled > m->pool)) {
        (void)snprintf(range, sizeof range, "1..%d", m->pool);
        figure_refuse(why, REFUSAL_VALUE_OUT_OF_RANGE, in, range);
        return false;
    }
    return true;
}

/* The measures of the group, as many as fit, as what was expected. */
static void
measures_name(const struct catalogue *c, const struct group *g, struct refused *why)
{
    size_t len = 0;
    size_t i;

    for (i = 0; i < g->measure_count; i++) {
        const char *code = c->measures[g->measures[i]].code;

        if (len + strlen(code) + 8 > sizeof why->expected) {
            (void)snprintf(why->expected + len, sizeof why->expected - len, ", …");
            break;
        }
        len += (size_t)snprintf(why->expected + len, sizeof why->expected - len, "%s%s",
                                i > 0 ? ", " : "", code);
    }
}

/* Senders keep to the order of the group: the measure at `guess` is looked at first. */
static int
measure_place(const struct catalogue *c, const struct group *g, size_t guess,
              const char *code)
{
    int measure;

    if (guess < g->measure_count &&
        strcmp(c->measures[g->measures[guess]].code, code) == 0) {
        return (int)guess;
    }
    measure = catalogue_measure(c, code);
    return measure == NONE ? NONE : group_measure_place(g, measure);
}

static bool
figures_place(const struct catalogue *c, const struct group *g,
              const struct wire_report *in, struct placed *out, struct refused *why)
{
    size_t numbers = 0;
    size_t i;

    memset(out->given, 0, sizeof out->given);
    memset(out->not_applicable, 0, sizeof out->not_applicable);
    for (i = 0; i < in->figure_count; i++) {
        const struct wire_figure *f = &in->figures[i];
        int place = measure_place(c, g, i, f->measure);

        if (place == NONE && !text_check("measure", f->measure, CODE_TEXT_MAX, why)) {
            return false;
        }
        if (f->kind == WIRE_NOTHING) {
            continue; /* not reported is not zero */
        }
        if (place == NONE) {
            refused_set(why, REFUSAL_UNKNOWN_MEASURE, "measure", f->measure, "");
            measures_name(c, g, why);
            return false;
        }
        if (out->given[place]) {
            refused_set(why, REFUSAL_DUPLICATE_MEASURE, f->measure, f->measure, "");
            return false;
        }
        out->given[place] = true;
        out->measure[place] = f->measure;
        if (f->kind == WIRE_NOT_APPLICABLE) {
            out->not_applicable[place] = true;
            out->scaled[place] = 0;
        } else if (!figure_value(&c->measures[g->measures[place]], f,
                                 &out->scaled[place], why)) {
            return false;
        }
        numbers++;
    }
    if (numbers == 0) {
        refused_set(why, REFUSAL_MISSING_FIGURES, "figures", "", "");
        measures_name(c, g, why);
        return false;
    }
    return true;
}

/* "7.01" as it would be sent. */
static void
scaled_text(const struct measure *m, int64_t scaled, char *out, size_t bytes)
{
    int64_t one = scale_of(m->decimals);

    if (m->decimals == 0) {
        (void)snprintf(out, bytes, "%" PRId64, scaled);
    } else {
        (void)snprintf(out, bytes, "%" PRId64 ".%0*" PRId64, scaled / one, m->decimals,
                       scaled % one);
    }
}

/* Both measures may have decimals, and not the same number of them. */
static bool
part_fits(const struct measure *part, int64_t scaled, const struct measure *whole,
          int64_t whole_scaled)
{
    return part->decimals == whole->decimals
               ? scaled <= whole_scaled
               : (__int128)scaled * scale_of(whole->decimals) <=
                     (__int128)whole_scaled * scale_of(part->decimals);
}

static bool
parts_check(const struct catalogue *c, const struct group *g, const struct placed *p,
            struct refused *why)
{
    size_t i;

    for (i = 0; i < g->measure_count; i++) {
        const struct measure *part = &c->measures[g->measures[i]];
        int at = part->part_of == NONE ? NONE : group_measure_place(g, part->part_of);
        const struct measure *whole;
        char value[32];
        char most[32];
        char expected[160];

        if (at == NONE || !p->given[i] || !p->given[at] || p->not_applicable[i] ||
            p->not_applicable[at]) {
            continue;
        }
        whole = &c->measures[part->part_of];
        if (part_fits(part, p->scaled[i], whole, p->scaled[at])) {
            continue;
        }
        scaled_text(part, p->scaled[i], value, sizeof value);
        scaled_text(whole, p->scaled[at], most, sizeof most);
        (void)snprintf(expected, sizeof expected, "%s %s", whole->code, most);
        refused_set(why, REFUSAL_PART_ABOVE_WHOLE, part->code, value, expected);
        return false;
    }
    return true;
}

bool
figures_check(const struct catalogue *c, const struct group *g,
              const struct wire_report *in, struct placed *out, struct refused *why)
{
    return figures_place(c, g, in, out, why) && parts_check(c, g, out, why);
}
