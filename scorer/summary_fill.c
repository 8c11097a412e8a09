/*
 * At a take-over the summary's memory comes from the lines under scores: what they show
 * is what was counted. Computed anew, as of the last tick, a verdict could be another
 * one (a report may stand before its day's tick, a silent unit is scored only when a
 * due date passes), and the summary would depend on who was restarted when.
 */
#include "scorer/scorer.h"

#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"

#define UNITS_A_PIPELINE 256u
#define DIGEST_CHARS 8u /* as score_line cuts it */

static bool
has_facts(const struct state *s, int unit, int group, int first, int last)
{
    const struct series *series = facts_series(s->facts, unit, group);

    for (size_t i = 0; i < series->count; i++) {
        int year = series->facts[i].window.year;

        if (year >= first && year <= last) {
            return true;
        }
    }
    return false;
}

/* Did the programme in force, when it was put there, score this too? It scores what was
 * reported, and leaves a line that it does not change as it is (kept.c). */
static bool
was_scored(const struct state *s, int target, int unit, int year)
{
    const struct catalogue *c = s->catalogue;
    const struct target *t = &c->targets[target];
    int group = c->indicators[t->indicator].group;
    bool found = false;
    int first;
    int last;

    target_span(c, t, year, &first, &last);
    if (t->kind == TARGET_IMPROVE) {
        first--; /* measured by the year before */
    }
    if (t->subject == SUBJECT_EACH) {
        return has_facts(s, unit, group, first, last);
    }
    for (size_t i = 0; i < c->unit_count && !found; i++) {
        found = has_facts(s, (int)i, group, first, last);
    }
    return found;
}

/* Written under the programme in force? Others of one before it are not counted. */
static bool
line_is_ours(const struct state *s, const char *line)
{
    static const char name[] = " programme=";
    const char *at = strstr(line, name);

    return at != NULL &&
           strncmp(at + sizeof name - 1, s->catalogue->digest, DIGEST_CHARS) == 0;
}

static void
line_count(struct state *s, int target, int unit, const char *field, const char *line)
{
    const char *id = s->catalogue->targets[target].id;
    size_t len = strlen(id);
    char word[32];
    size_t bytes = strcspn(line, " ");
    enum verdict v;
    int year;

    if (strncmp(field, id, len) != 0 || field[len] != '/' || bytes >= sizeof word) {
        return;
    }
    year = (int)strtol(field + len + 1, NULL, 10);
    if (!target_governs(s->catalogue, &s->catalogue->targets[target], year) ||
        (!line_is_ours(s, line) && !was_scored(s, target, unit, year))) {
        return;
    }
    memcpy(word, line, bytes);
    word[bytes] = '\0';
    if (verdict_parse(word, &v) == ST_OK) {
        summary_set(s, target, unit, year, v, false);
    }
}

static void
lines_count(struct state *s, int target, int unit, const struct reply *rep)
{
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        line_count(s, target, unit, reply_str(reply_at(rep, i), NULL),
                   reply_str(reply_at(rep, i + 1), NULL));
    }
}

static void
unit_count(struct state *s, int unit, const struct reply *rep)
{
    const struct catalogue *c = s->catalogue;
    size_t t;

    for (t = 0; t < c->target_count; t++) {
        if (c->targets[t].subject == SUBJECT_EACH &&
            target_concerns(c, &c->targets[t], &c->units[unit])) {
            lines_count(s, (int)t, unit, rep);
        }
    }
}

static void
scores_ask(struct state *s, const char *subject)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};

    key_make2(key, s->slug, KEY_SCORES, subject);
    redis_put(s->redis, 2, argv, NULL);
}

/* False: the connection is closed, and what was counted is to be dropped. */
static bool
scores_take(struct state *s, struct reply **rep)
{
    if (redis_next(s->redis, rep) == ST_OK && reply_type(*rep) == REPLY_ARRAY) {
        return true;
    }
    reply_free(rep);
    redis_close(s->redis);
    return false;
}

static bool
units_fill(struct state *s)
{
    size_t count = s->catalogue->unit_count;
    struct reply *rep = NULL;
    size_t from;
    size_t i;

    for (from = 0; from < count; from += UNITS_A_PIPELINE) {
        for (i = from; i < count && i < from + UNITS_A_PIPELINE; i++) {
            scores_ask(s, s->catalogue->units[i].id);
        }
        for (i = from; i < count && i < from + UNITS_A_PIPELINE; i++) {
            if (!scores_take(s, &rep)) {
                return false;
            }
            unit_count(s, (int)i, rep);
            reply_free(&rep);
        }
    }
    return true;
}

void
summary_fill(struct state *s)
{
    const struct catalogue *c = s->catalogue;
    struct reply *rep = NULL;
    char name[SUBJECT_NAME_BYTES];
    size_t t;

    if (c == NULL || !units_fill(s)) {
        return; /* a connection that broke is noticed at the next read */
    }
    for (t = 0; t < c->target_count; t++) {
        const struct target *target = &c->targets[t];
        struct subject_ref whole = {NONE, target->level, false};

        if (target->subject == SUBJECT_EACH) {
            continue;
        }
        subject_name(c, target, whole, name);
        scores_ask(s, name);
        if (!scores_take(s, &rep)) {
            return;
        }
        lines_count(s, (int)t, c->province_unit, rep);
        reply_free(&rep);
    }
}
