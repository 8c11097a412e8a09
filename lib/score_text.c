/* A score as one ASCII line, and its numbers as they are printed. */
#include <string.h>

#include "lib/score.h"

#define PERCENT_DECIMALS 2
#define DIGEST_CHARS 8
#define PROGRAMME_PAIR " programme=" /* the last one of a line */

void
score_shown(const struct catalogue *c, const struct target *t, const struct score *s,
            struct shown *out)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    bool lower = target_lower(c, t);
    struct ratio against = s->required.den != 0 ? s->required : s->step;

    memset(out, 0, sizeof *out);
    out->decimals = PERCENT_DECIMALS;
    if (ind->is_value && t->kind != TARGET_RANK_GAIN) {
        out->decimals = c->measures[ind->numerator[0]].decimals;
    }
    out->value = ratio_cut(s->value, out->decimals, lower ? CUT_UP : CUT_DOWN);
    out->required = ratio_cut(against, out->decimals, lower ? CUT_DOWN : CUT_UP);
    if (target_strict(t) && s->value.den != 0 && against.den != 0 &&
        ratio_compare(s->value, against) == 0) {
        out->required = out->value; /* equal, and printed so */
    }
    /* Of the printed two, so that the reader's subtraction comes out, and never 0,00.
     */
    if (s->gap.den != 0 && s->gap.num > 0) {
        out->gap = lower ? ratio_sub(out->value, out->required)
                         : ratio_sub(out->required, out->value);
    }
}

/* Lines are written for every report: not with printf, which costs more than a score.
 */
static void
name_add(struct buf *out, const char *name)
{
    buf_char(out, ' ');
    buf_text(out, name);
    buf_char(out, '=');
}

static void
number_add_pair(struct buf *out, const char *name, int64_t number)
{
    name_add(out, name);
    buf_number(out, number);
}

/* " name=47.35"; nothing when there is no value. */
static void
ratio_add_pair(struct buf *out, const char *name, struct ratio r, int decimals)
{
    char text[RATIO_TEXT_BYTES];
    const char *at;

    if (r.den == 0) {
        return;
    }
    ratio_text(r, decimals, CUT_DOWN, false, text); /* cut before: nothing is lost */
    name_add(out, name);
    for (at = text; *at != '\0'; at++) {
        if (*at != ',') { /* a machine's number has no thousands sign */
            buf_char(out, *at);
        }
    }
}

static void
day_add_pair(struct buf *out, const char *name, int32_t day)
{
    char text[DAY_TEXT_BYTES];

    day_text(day, text);
    name_add(out, name);
    buf_text(out, text);
}

/* What was compared with; of no use to the other kinds. */
static void
base_add_pair(const struct catalogue *c, const struct target *t, const struct score *s,
              struct buf *out)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    int decimals =
        ind->is_value ? c->measures[ind->numerator[0]].decimals : PERCENT_DECIMALS;

    if (s->standing.base_is == BASE_NONE) {
        buf_text(out, " base=none");
    } else {
        ratio_add_pair(out, "base", s->standing.base, decimals);
    }
}

static void
figure_add_pairs(const struct catalogue *c, const struct target *t,
                 const struct score *s, struct buf *out)
{
    const struct standing *st = &s->standing;

    if (!st->has) {
        return;
    }
    if (!c->indicators[t->indicator].is_value) {
        number_add_pair(out, "num", st->num);
        number_add_pair(out, "den", st->den);
    } else if (t->kind == TARGET_RANK_GAIN) {
        number_add_pair(out, "rank", st->num);
    }
    if (score_base_year(t, s->year) != 0) {
        base_add_pair(c, t, s, out);
    }
    if (st->ranked != 0) {
        number_add_pair(out, "ranked", st->ranked);
    }
    if (s->need_now != 0) {
        number_add_pair(out, "need_now", s->need_now);
    }
    if (s->need_year != 0) {
        number_add_pair(out, "need_year", s->need_year);
    }
}

void
score_line(const struct catalogue *c, const struct target *t, const struct score *s,
           struct buf *out)
{
    const struct standing *st = &s->standing;
    struct shown shown;

    score_shown(c, t, s, &shown);
    buf_text(out, verdict_name(s->verdict));
    ratio_add_pair(out, "value", shown.value, shown.decimals);
    ratio_add_pair(out, s->required.den != 0 ? "required" : "step", shown.required,
                   shown.decimals);
    ratio_add_pair(out, "gap", shown.gap, shown.decimals);
    figure_add_pairs(c, t, s, out);
    name_add(out, "window");
    buf_text(out, s->window.code);
    if (st->has) {
        day_add_pair(out, "first", st->first);
        day_add_pair(out, "last", st->last);
    }
    number_add_pair(out, "covered", st->covered);
    buf_char(out, '/');
    buf_count(out, st->units);
    if (s->ends != DAY_NONE) {
        day_add_pair(out, "ends", s->ends);
    }
    if (st->entry != 0) {
        name_add(out, "entry");
        buf_count(out, st->entry);
        buf_char(out, ':');
        buf_count(out, st->index);
    }
    if (c->digest[0] != '\0') {
        buf_text(out, PROGRAMME_PAIR);
        buf_add(out, c->digest, strnlen(c->digest, DIGEST_CHARS));
    }
}

static size_t
length_before_programme(const char *line)
{
    const char *pair = strstr(line, PROGRAMME_PAIR);

    return pair == NULL ? strlen(line) : (size_t)(pair - line);
}

bool
score_line_same(const char *a, const char *b)
{
    size_t bytes = length_before_programme(a);

    return length_before_programme(b) == bytes && memcmp(a, b, bytes) == 0;
}
