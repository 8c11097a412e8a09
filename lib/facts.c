#include "lib/facts.h"

#include <inttypes.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

#define DECIMALS_MAX 4
#define WORD_BYTES 128

static const int64_t powers[DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000};

/* Series of all units and groups, unit by unit. */
struct facts {
    const struct catalogue *catalogue;
    struct series *series;
};

static size_t
series_count(const struct catalogue *c)
{
    return c->unit_count * c->group_count;
}

static struct series *
series_at(const struct facts *f, int unit, int group)
{
    MUST(unit >= 0 && (size_t)unit < f->catalogue->unit_count);
    MUST(group >= 0 && (size_t)group < f->catalogue->group_count);
    return &f->series[(size_t)unit * f->catalogue->group_count + (size_t)group];
}

struct facts *
facts_new(const struct catalogue *c)
{
    struct facts *f = mem_alloc(sizeof *f);

    f->catalogue = c;
    f->series = mem_alloc(series_count(c) * sizeof *f->series);
    return f;
}

void
facts_free(struct facts **f)
{
    size_t i;

    if (*f == NULL) {
        return;
    }
    for (i = 0; i < series_count((*f)->catalogue); i++) {
        mem_free(&(*f)->series[i].facts);
    }
    mem_free(&(*f)->series);
    mem_free(f);
}

const struct series *
facts_series(const struct facts *f, int unit, int group)
{
    return series_at(f, unit, group);
}

size_t
series_until(const struct series *s, int32_t last)
{
    size_t low = 0;
    size_t high = s->count;

    /* Most questions are about the newest window: look there first. */
    if (high > 0 && s->facts[high - 1].window.last <= last) {
        return high;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->facts[middle].window.last <= last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int
window_order(const struct window *a, const struct window *b)
{
    if (a->last != b->last) {
        return a->last < b->last ? -1 : 1;
    }
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    return strcmp(a->code, b->code);
}

enum status
facts_put(struct facts *f, int unit, int group, const struct fact *fact,
          struct fact *before)
{
    struct series *s = series_at(f, unit, group);
    size_t at = s->count;

    MUST(fact->revision > 0);
    while (at > 0 && window_order(&s->facts[at - 1].window, &fact->window) > 0) {
        at--;
    }
    if (at > 0 && window_order(&s->facts[at - 1].window, &fact->window) == 0) {
        if (s->facts[at - 1].revision >= fact->revision) {
            return ST_STALE;
        }
        if (before != NULL) {
            *before = s->facts[at - 1];
        }
        s->facts[at - 1] = *fact;
        return ST_OK;
    }
    if (before != NULL) {
        memset(before, 0, sizeof *before);
    }
    mem_array_room((void **)&s->facts, s->count, &s->room, sizeof *s->facts);
    memmove(&s->facts[at + 1], &s->facts[at], (s->count - at) * sizeof *s->facts);
    s->facts[at] = *fact;
    s->count++;
    return ST_OK;
}

static void
figure_add(const struct measure *m, const struct figure *figure, struct buf *out)
{
    int64_t one = powers[m->decimals];

    if (figure->state == FIGURE_ABSENT) {
        return;
    }
    if (figure->state == FIGURE_NOT_APPLICABLE) {
        buf_format(out, " %s=x", m->code);
        return;
    }
    MUST(figure->scaled >= 0); /* ingest refuses the others */
    buf_format(out, " %s=%" PRId64, m->code, figure->scaled / one);
    if (m->decimals > 0) {
        buf_format(out, ".%0*" PRId64, m->decimals, figure->scaled % one);
    }
}

void
fact_line(const struct catalogue *c, int group, const struct fact *fact,
          struct buf *out)
{
    const struct group *g = &c->groups[group];
    char first[DAY_TEXT_BYTES];
    char last[DAY_TEXT_BYTES];
    size_t i;

    day_text(fact->window.first, first);
    day_text(fact->window.last, last);
    buf_format(
        out,
        "rev=%" PRIu32 " at=%" PRIu64 ":%" PRIu32 " from=%s to=%s received=%" PRId64,
        fact->revision, fact->entry, fact->index, first, last, fact->received_at_ms);
    for (i = 0; i < g->measure_count; i++) {
        figure_add(&c->measures[g->measures[i]], &fact->figures[i], out);
    }
}

/* Digits up to `end`, no sign, no leading zero, at most `max`. */
static bool
number_parse(const char *text, const char *end, uint64_t max, uint64_t *number)
{
    const char *at;
    uint64_t n = 0;

    if (text == end || (*text == '0' && end - text > 1)) {
        return false;
    }
    for (at = text; at < end; at++) {
        uint64_t digit = (uint64_t)(*at - '0');

        if (*at < '0' || *at > '9' || digit > max || n > (max - digit) / 10) {
            return false;
        }
        n = n * 10 + digit;
    }
    *number = n;
    return true;
}

/* "2386", "47.35" with exactly the measure's decimals, or "x". */
static bool
figure_parse(const struct measure *m, const char *text, struct figure *figure)
{
    const char *end = text + strlen(text);
    const char *point = m->decimals == 0 ? end : strchr(text, '.');
    int64_t one = powers[m->decimals];
    uint64_t whole;
    int64_t part = 0;
    const char *at;

    if (strcmp(text, "x") == 0) {
        *figure = (struct figure){.state = FIGURE_NOT_APPLICABLE};
        return true;
    }
    if (point == NULL ||
        !number_parse(text, point, (uint64_t)(INT64_MAX / one - 1), &whole)) {
        return false;
    }
    if (m->decimals > 0) {
        if (end - point - 1 != m->decimals) {
            return false;
        }
        for (at = point + 1; at < end; at++) {
            if (*at < '0' || *at > '9') {
                return false;
            }
            part = part * 10 + (*at - '0');
        }
    }
    *figure =
        (struct figure){.state = FIGURE_NUMBER, .scaled = (int64_t)whole * one + part};
    return true;
}

enum word { WORD_REV, WORD_AT, WORD_FROM, WORD_TO, WORD_RECEIVED, WORD_COUNT };
static const char *const words[WORD_COUNT] = {"rev", "at", "from", "to", "received"};

static bool
place_parse(const char *text, struct fact *fact)
{
    const char *colon = strchr(text, ':');
    uint64_t index;

    if (colon == NULL || !number_parse(text, colon, UINT64_MAX, &fact->entry) ||
        !number_parse(colon + 1, text + strlen(text), UINT32_MAX, &index)) {
        return false;
    }
    fact->index = (uint32_t)index;
    return true;
}

static bool
word_parse(enum word word, const char *text, struct fact *fact)
{
    const char *end = text + strlen(text);
    uint64_t number;
    int32_t day;

    switch (word) {
    case WORD_REV:
        if (!number_parse(text, end, UINT32_MAX, &number) || number == 0) {
            return false;
        }
        fact->revision = (uint32_t)number;
        return true;
    case WORD_AT:
        return place_parse(text, fact);
    case WORD_FROM:
        return day_parse(text, &day) == ST_OK && day == fact->window.first;
    case WORD_TO:
        return day_parse(text, &day) == ST_OK && day == fact->window.last;
    case WORD_RECEIVED:
        if (!number_parse(text, end, INT64_MAX, &number)) {
            return false;
        }
        fact->received_at_ms = (int64_t)number;
        return true;
    case WORD_COUNT:
        break;
    }
    return false;
}

/* One name=value, cut in two; `seen` has a bit for each fixed word. */
static bool
pair_parse(const struct catalogue *c, const struct group *g, const char *name,
           const char *value, struct fact *fact, unsigned *seen)
{
    size_t i;

    for (i = 0; i < WORD_COUNT; i++) {
        if (strcmp(name, words[i]) == 0) {
            if ((*seen & (1u << i)) != 0) {
                return false;
            }
            *seen |= 1u << i;
            return word_parse((enum word)i, value, fact);
        }
    }
    for (i = 0; i < g->measure_count; i++) {
        const struct measure *m = &c->measures[g->measures[i]];

        if (strcmp(name, m->code) == 0) {
            return fact->figures[i].state == FIGURE_ABSENT &&
                   figure_parse(m, value, &fact->figures[i]);
        }
    }
    return false;
}

enum status
fact_parse(const struct catalogue *c, int group, const char *period, const char *line,
           struct fact *fact)
{
    const struct group *g = &c->groups[group];
    struct fact made = {.revision = 0};
    char pair[WORD_BYTES];
    unsigned seen = 0;
    char *equals;

    if (window_parse(period, g->rule, &made.window, NULL) != ST_OK) {
        return ST_BAD;
    }
    for (;;) {
        size_t bytes = strcspn(line, " ");

        if (bytes >= sizeof pair) {
            return ST_BAD;
        }
        memcpy(pair, line, bytes);
        pair[bytes] = '\0';
        equals = strchr(pair, '=');
        if (equals == NULL) {
            return ST_BAD;
        }
        *equals = '\0';
        if (!pair_parse(c, g, pair, equals + 1, &made, &seen)) {
            return ST_BAD;
        }
        if (line[bytes] == '\0') {
            break;
        }
        line += bytes + 1;
    }
    if (seen != (1u << WORD_COUNT) - 1) {
        return ST_BAD;
    }
    *fact = made;
    return ST_OK;
}
