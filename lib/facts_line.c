/*
 * A report as the line in which it stands in Redis, and back. The line may be older
 * than the programme: what that changed costs a figure, never a line.
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/facts.h"
#include "lib/put.h"

#define DECIMALS_MAX 4
#define WORD_BYTES 128
#define LINE_BYTES 8192 /* of all measures that a group may have, and to spare */

static const int64_t powers[DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000};

static void
figure_put(struct put *p, const struct measure *m, const struct figure *figure)
{
    int64_t part;
    int i;

    if (figure->state == FIGURE_ABSENT) {
        return;
    }
    put_char(p, ' ');
    put_text(p, m->code);
    if (figure->state == FIGURE_NOT_APPLICABLE) {
        put_text(p, "=x");
        return;
    }
    MUST(figure->scaled >= 0); /* ingest refuses the others */
    put_char(p, '=');
    put_number(p, figure->scaled / powers[m->decimals]);
    part = figure->scaled % powers[m->decimals];
    for (i = m->decimals - 1; i >= 0; i--) {
        if (i == m->decimals - 1) {
            put_char(p, '.');
        }
        put_char(p, (char)('0' + part / powers[i] % 10));
    }
}

static void
day_put(struct put *p, int32_t day)
{
    char text[DAY_TEXT_BYTES];

    day_text(day, text);
    put_text(p, text);
}

/* One is written for every report: put together on the stack. */
void
fact_line(const struct catalogue *c, int group, const struct fact *fact,
          struct buf *out)
{
    const struct group *g = &c->groups[group];
    char line[LINE_BYTES];
    struct put p;
    size_t i;

    put_begin(&p, line, sizeof line);
    put_text(&p, "rev=");
    put_count(&p, fact->revision);
    put_text(&p, " at=");
    put_count(&p, fact->entry);
    put_char(&p, ':');
    put_count(&p, fact->index);
    put_text(&p, " from=");
    day_put(&p, fact->window.first);
    put_text(&p, " to=");
    day_put(&p, fact->window.last);
    put_text(&p, " received=");
    put_number(&p, fact->received_at_ms);
    for (i = 0; i < g->measure_count; i++) {
        figure_put(&p, &c->measures[g->measures[i]], &fact->figures[i]);
    }
    MUST(!p.cut);
    buf_add(out, line, (size_t)(p.at - line));
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

/* A figure as it was written, by the decimals that its measure had then. */
struct written {
    bool not_applicable;
    int64_t scaled;
    int decimals;
};

/* "2386", "47.35" with as many decimals as any measure may have, or "x". */
static bool
written_parse(const char *text, struct written *out)
{
    const char *end = text + strlen(text);
    const char *point = strchr(text, '.');
    const char *at;
    uint64_t whole;
    int64_t one;

    *out = (struct written){.not_applicable = strcmp(text, "x") == 0};
    if (out->not_applicable) {
        return true;
    }
    if (point != NULL) {
        if (end - point - 1 < 1 || end - point - 1 > DECIMALS_MAX) {
            return false;
        }
        out->decimals = (int)(end - point - 1);
    } else {
        point = end;
    }
    one = powers[out->decimals];
    if (!number_parse(text, point, (uint64_t)(INT64_MAX / one - 1), &whole)) {
        return false;
    }
    out->scaled = (int64_t)whole;
    for (at = point + 1; at < end; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        out->scaled = out->scaled * 10 + (*at - '0');
    }
    return true;
}

/* False: not without loss. */
static bool
written_figure(const struct written *written, int decimals, struct figure *figure)
{
    int64_t scaled = written->scaled;

    if (written->not_applicable) {
        *figure = (struct figure){.state = FIGURE_NOT_APPLICABLE};
        return true;
    }
    if (written->decimals > decimals) {
        int64_t by = powers[written->decimals - decimals];

        if (scaled % by != 0) {
            return false;
        }
        scaled /= by;
    } else if (__builtin_mul_overflow(scaled, powers[decimals - written->decimals],
                                      &scaled)) {
        return false;
    }
    *figure = (struct figure){.state = FIGURE_NUMBER, .scaled = scaled};
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

/* A line that is being read. */
struct reading {
    struct fact fact;
    struct fact_loss loss;
    unsigned words;   /* a bit for each fixed word that was there */
    uint32_t figures; /* and for each measure, by place in the group */
};

/* Could it be a measure's code? */
static bool
name_fits(const char *name)
{
    return *name >= 'a' && *name <= 'z' &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static bool
measure_parse(const struct catalogue *c, const struct group *g, const char *name,
              const char *value, struct reading *r)
{
    struct written written;
    size_t i;

    if (!name_fits(name) || !written_parse(value, &written)) {
        return false;
    }
    for (i = 0; i < g->measure_count; i++) {
        const struct measure *m = &c->measures[g->measures[i]];

        if (strcmp(name, m->code) != 0) {
            continue;
        }
        if ((r->figures & 1u << i) != 0) {
            return false;
        }
        r->figures |= 1u << i;
        if (!written_figure(&written, m->decimals, &r->fact.figures[i])) {
            r->loss.figures++;
        }
        return true;
    }
    r->loss.words++;
    return true;
}

/* One name=value, cut in two. */
static bool
pair_parse(const struct catalogue *c, const struct group *g, const char *name,
           const char *value, struct reading *r)
{
    size_t i;

    for (i = 0; i < WORD_COUNT; i++) {
        if (strcmp(name, words[i]) == 0) {
            if ((r->words & (1u << i)) != 0) {
                return false;
            }
            r->words |= 1u << i;
            return word_parse((enum word)i, value, &r->fact);
        }
    }
    return measure_parse(c, g, name, value, r);
}

enum status
fact_parse(const struct catalogue *c, int group, const char *period, const char *line,
           struct fact *fact, struct fact_loss *loss)
{
    const struct group *g = &c->groups[group];
    struct reading r = {.words = 0};
    char pair[WORD_BYTES];
    char *equals;

    if (window_parse(period, g->rule, &r.fact.window, NULL) != ST_OK) {
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
        if (!pair_parse(c, g, pair, equals + 1, &r)) {
            return ST_BAD;
        }
        if (line[bytes] == '\0') {
            break;
        }
        line += bytes + 1;
    }
    if (r.words != (1u << WORD_COUNT) - 1) {
        return ST_BAD;
    }
    *fact = r.fact;
    *loss = r.loss;
    return ST_OK;
}
