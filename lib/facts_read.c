#include "lib/facts_read.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"

#define UNITS_A_PIPELINE 128u

/* What was not taken. */
struct left_out {
    size_t lines;
    size_t partly;         /* lines of which the rest was taken, */
    struct fact_loss loss; /* and what they lost */
};

static enum status
line_take(const struct catalogue *c, int unit, const char *field, const char *line,
          struct facts *f, struct left_out *left)
{
    const char *slash = strchr(field, '/');
    struct fact_loss loss;
    char code[64];
    struct fact fact;
    int group;

    if (slash == NULL || (size_t)(slash - field) >= sizeof code) {
        return ST_BAD;
    }
    (void)snprintf(code, sizeof code, "%.*s", (int)(slash - field), field);
    group = catalogue_group(c, code);
    if (group == NONE || fact_parse(c, group, slash + 1, line, &fact, &loss) != ST_OK) {
        return ST_BAD;
    }
    left->partly += loss.words + loss.figures > 0 ? 1 : 0;
    left->loss.words += loss.words;
    left->loss.figures += loss.figures;
    return facts_put(f, unit, group, &fact, NULL);
}

static void
unit_take(const struct catalogue *c, int unit, const struct reply *rep, struct facts *f,
          struct left_out *left)
{
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);
        const char *line = reply_str(reply_at(rep, i + 1), NULL);

        if (line_take(c, unit, field, line, f, left) != ST_OK) {
            left->lines++;
            diag_warn("fact_unreadable", "unit=%s field=%s", c->units[unit].id, field);
        }
    }
}

enum status
facts_read(struct redis *r, const char *province, const struct catalogue *c,
           struct facts *f, size_t *skipped)
{
    struct left_out left = {.lines = 0};
    size_t from;

    *skipped = 0;
    for (from = 0; from < c->unit_count; from += UNITS_A_PIPELINE) {
        size_t to = from + UNITS_A_PIPELINE;
        size_t i;

        if (to > c->unit_count) {
            to = c->unit_count;
        }
        for (i = from; i < to; i++) {
            char key[KEY_BYTES];
            const char *argv[2] = {"HGETALL", key};

            key_make2(key, province, KEY_FACTS, c->units[i].id);
            redis_put(r, 2, argv, NULL);
        }
        for (i = from; i < to; i++) {
            struct reply *rep = NULL;
            enum status st = redis_next(r, &rep);

            if (st != ST_OK || reply_type(rep) != REPLY_ARRAY) {
                reply_free(&rep);
                redis_close(r); /* the rest of the pipeline is not wanted */
                return ST_AGAIN;
            }
            unit_take(c, (int)i, rep, f, &left);
            reply_free(&rep);
        }
    }
    if (left.partly > 0) {
        diag_warn("facts_partly_read",
                  "province=%s lines=%zu dropped_measures=%zu lost_decimals=%zu",
                  province, left.partly, left.loss.words, left.loss.figures);
    }
    *skipped = left.lines;
    return ST_OK;
}
