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

static bool
figure_value(const struct measure *m, const struct wire_figure *in, int64_t *scaled,
             struct refused *why)
{
    char value[96];
    char decimals[16];

    if (in->kind == WIRE_COUNT) {
        (void)snprintf(value, sizeof value, "%" PRId64, in->count);
        if (in->count < 0) {
            refused_set(why, REFUSAL_NEGATIVE, in->measure, value, "0");
            return false;
        }
        if (in->count > COUNT_MAX) {
            refused_set(why, REFUSAL_VALUE_OUT_OF_RANGE, in->measure, value,
                        "0..1000000000000");
            return false;
        }
        *scaled = in->count * scale_of(m->decimals);
    } else {
        (void)snprintf(value, sizeof value, "%.60s", in->decimal);
        if (in->decimal[0] == '-') {
            refused_set(why, REFUSAL_NEGATIVE, in->measure, value, "0");
            return false;
        }
        (void)snprintf(decimals, sizeof decimals, "%d", m->decimals);
        if (m->decimals == 0 || !decimal_parse(in->decimal, m->decimals, scaled) ||
            *scaled / scale_of(m->decimals) > COUNT_MAX) {
            refused_set(why,
                        m->decimals == 0 ? REFUSAL_NOT_A_COUNT : REFUSAL_NOT_A_DECIMAL,
                        in->measure, value, decimals);
            return false;
        }
    }
    if (m->pool > 0 && (*scaled < 1 || *scaled > m->pool)) {
        char range[32];

        (void)snprintf(range, sizeof range, "1..%d", m->pool);
        refused_set(why, REFUSAL_VALUE_OUT_OF_RANGE, in->measure, value, range);
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

static bool
figures_place(const struct catalogue *c, const struct group *g,
              const struct wire_report *in, struct placed *out, struct refused *why)
{
    size_t numbers = 0;
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < in->figure_count; i++) {
        const struct wire_figure *f = &in->figures[i];
        int measure;
        int place;

        if (!text_check("measure", f->measure, CODE_TEXT_MAX, why)) {
            return false;
        }
        if (f->kind == WIRE_NOTHING) {
            continue; /* not reported is not zero */
        }
        measure = catalogue_measure(c, f->measure);
        place = measure == NONE ? NONE : group_measure_place(g, measure);
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
        if (f->kind == WIRE_NOT_APPLICABLE) {
            out->not_applicable[place] = true;
        } else if (!figure_value(&c->measures[measure], f, &out->scaled[place], why)) {
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

static bool
parts_check(const struct catalogue *c, const struct group *g, const struct placed *p,
            struct refused *why)
{
    size_t i;

    for (i = 0; i < g->measure_count; i++) {
        const struct measure *m = &c->measures[g->measures[i]];
        int whole = m->part_of == NONE ? NONE : group_measure_place(g, m->part_of);
        char value[96];
        char expected[160];

        if (whole == NONE || !p->given[i] || !p->given[whole] || p->not_applicable[i] ||
            p->not_applicable[whole] || p->scaled[i] <= p->scaled[whole]) {
            continue;
        }
        (void)snprintf(value, sizeof value, "%" PRId64,
                       p->scaled[i] / scale_of(m->decimals));
        (void)snprintf(expected, sizeof expected, "%s %" PRId64,
                       c->measures[m->part_of].code,
                       p->scaled[whole] / scale_of(c->measures[m->part_of].decimals));
        refused_set(why, REFUSAL_PART_ABOVE_WHOLE, m->code, value, expected);
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
