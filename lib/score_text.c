/* A score as one ASCII line, and its numbers as they are printed. */
#include <string.h>

#include "lib/put.h"
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

/*
 * Lines are written for every report: into a place on the stack that holds the longest
 * there can be, each piece behind the other. `at` is where the next one goes.
 */
#define LINE_BYTES 640 /* 18 numbers of 20 digits at most, and the names */

/* The name of a pair is a literal, so that its length is known to the compiler. */
#define NAME(at, name)                                                                 \
    ((char *)memcpy((at), (name), sizeof(name) - 1) + sizeof(name) - 1)

static char *
text_to(char *at, const char *text)
{
    size_t len = strlen(text);

    memcpy(at, text, len);
    return at + len;
}

static char *
number_to(char *at, int64_t n)
{
    if (n < 0) {
        *at++ = '-';
    }
    return digits_to(at, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

/* 47.35, of what is cut already, so that nothing is lost; a machine's number has no
 * thousands sign. */
static char *
ratio_to(char *at, struct ratio r, int decimals)
{
    struct ratio cut = ratio_cut(r, decimals, CUT_DOWN);
    uint64_t n = cut.num < 0 ? 0 - (uint64_t)cut.num : (uint64_t)cut.num;
    uint64_t part = n % (uint64_t)cut.den;
    int i;

    if (cut.num < 0) {
        *at++ = '-';
    }
    at = digits_to(at, n / (uint64_t)cut.den);
    if (decimals == 0) {
        return at;
    }
    *at = '.';
    for (i = decimals; i > 0; i--) {
        at[i] = (char)('0' + part % 10);
        part /= 10;
    }
    return at + 1 + decimals;
}

static char *
day_to(char *at, int32_t day)
{
    char text[DAY_TEXT_BYTES];

    day_text(day, text);
    return text_to(at, text);
}

/* What was compared with; of no use to the other kinds. */
static char *
base_to(char *at, const struct catalogue *c, const struct target *t,
        const struct score *s)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    int decimals =
        ind->is_value ? c->measures[ind->numerator[0]].decimals : PERCENT_DECIMALS;

    if (s->standing.base_is == BASE_NONE) {
        return NAME(at, " base=none");
    }
    return s->standing.base.den == 0
               ? at
               : ratio_to(NAME(at, " base="), s->standing.base, decimals);
}

static char *
figures_to(char *at, const struct catalogue *c, const struct target *t,
           const struct score *s)
{
    const struct standing *st = &s->standing;

    if (!st->has) {
        return at;
    }
    if (!c->indicators[t->indicator].is_value) {
        at = number_to(NAME(at, " num="), st->num);
        at = number_to(NAME(at, " den="), st->den);
    } else if (t->kind == TARGET_RANK_GAIN) {
        at = number_to(NAME(at, " rank="), st->num);
    }
    if (score_base_year(t, s->year) != 0) {
        at = base_to(at, c, t, s);
    }
    if (st->ranked != 0) {
        at = number_to(NAME(at, " ranked="), st->ranked);
    }
    if (s->need_now != 0) {
        at = number_to(NAME(at, " need_now="), s->need_now);
    }
    if (s->need_year != 0) {
        at = number_to(NAME(at, " need_year="), s->need_year);
    }
    return at;
}

static char *
shown_to(char *at, const struct score *s, const struct shown *shown)
{
    if (shown->value.den != 0) {
        at = ratio_to(NAME(at, " value="), shown->value, shown->decimals);
    }
    if (shown->required.den != 0) {
        at = s->required.den != 0 ? NAME(at, " required=") : NAME(at, " step=");
        at = ratio_to(at, shown->required, shown->decimals);
    }
    if (shown->gap.den != 0) {
        at = ratio_to(NAME(at, " gap="), shown->gap, shown->decimals);
    }
    return at;
}

static char *
place_to(char *at, const struct standing *st)
{
    at = digits_to(NAME(at, " entry="), st->entry);
    *at++ = ':';
    return digits_to(at, st->index);
}

void
score_line(const struct catalogue *c, const struct target *t, const struct score *s,
           struct buf *out)
{
    const struct standing *st = &s->standing;
    char line[LINE_BYTES];
    struct shown shown;
    char *at;

    score_shown(c, t, s, &shown);
    at = shown_to(text_to(line, verdict_name(s->verdict)), s, &shown);
    at = figures_to(at, c, t, s);
    at = text_to(NAME(at, " window="), s->window.code);
    if (st->has) {
        at = day_to(NAME(at, " first="), st->first);
        at = day_to(NAME(at, " last="), st->last);
    }
    at = number_to(NAME(at, " covered="), st->covered);
    *at++ = '/';
    at = digits_to(at, st->units);
    if (s->ends != DAY_NONE) {
        at = day_to(NAME(at, " ends="), s->ends);
    }
    if (st->entry != 0) {
        at = place_to(at, st);
    }
    if (c->digest[0] != '\0') {
        size_t len = strnlen(c->digest, DIGEST_CHARS);

        at = NAME(at, PROGRAMME_PAIR);
        memcpy(at, c->digest, len);
        at += len;
    }
    buf_add(out, line, (size_t)(at - line));
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
