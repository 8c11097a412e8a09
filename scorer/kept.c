/*
 * The lines of scores as they stand when a programme is put in force. One that says the
 * same with the new programme stays as it is, with the programme that it was computed
 * with: a later version of a target, or any other change, leaves old verdicts alone,
 * byte for byte. What is read is committed (the entry is a barrier), so a replay reads
 * the same.
 */
#include "scorer/scorer.h"

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/keys.h"
#include "lib/mem.h"

#define LINES_MAX 16000000u /* beyond it lines are written anew, which does no harm */
#define SUBJECTS_A_PIPELINE 128u

static size_t
name_make(char out[KEY_BYTES], const char *subject, const char *field)
{
    int len = snprintf(out, KEY_BYTES, "%s %s", subject, field);

    return len > 0 && len < KEY_BYTES ? (size_t)len : 0;
}

static void
lines_take(struct state *s, const char *subject, const struct reply *rep)
{
    char name[KEY_BYTES];
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        size_t len = name_make(name, subject, reply_str(reply_at(rep, i), NULL));
        char *line = mem_copy_text(reply_str(reply_at(rep, i + 1), NULL));

        if (len == 0 || table_put_pointer(s->kept, name, len, line) != ST_OK) {
            mem_free(&line);
        }
    }
}

/* Subject number i of all that may have lines; false behind the last. */
static bool
subject_at(const struct catalogue *c, size_t i, char out[SUBJECT_NAME_BYTES])
{
    if (i < 2 * c->unit_count) {
        (void)snprintf(out, SUBJECT_NAME_BYTES, "%s%s", c->units[i / 2].id,
                       i % 2 == 0 ? "" : "/under");
        return true;
    }
    i -= 2 * c->unit_count;
    if (i <= LEVEL_ALL) {
        (void)snprintf(out, SUBJECT_NAME_BYTES, "level-%s", level_name((enum level)i));
    }
    return i <= LEVEL_ALL;
}

static enum status
some_read(struct state *s, size_t from, size_t to)
{
    char subject[SUBJECT_NAME_BYTES];
    size_t i;

    for (i = from; i < to; i++) {
        char key[KEY_BYTES];
        const char *argv[] = {"HGETALL", key};

        (void)subject_at(s->catalogue, i, subject);
        key_make2(key, s->slug, KEY_SCORES, subject);
        redis_put(s->redis, 2, argv, NULL);
    }
    for (i = from; i < to; i++) {
        struct reply *rep = NULL;
        enum status st = redis_next(s->redis, &rep);

        if (st != ST_OK || reply_type(rep) != REPLY_ARRAY) {
            reply_free(&rep);
            redis_close(s->redis); /* the rest of the pipeline is not wanted */
            return ST_AGAIN;
        }
        (void)subject_at(s->catalogue, i, subject);
        lines_take(s, subject, rep);
        reply_free(&rep);
    }
    return ST_OK;
}

enum status
kept_read(struct state *s)
{
    size_t count = 2 * s->catalogue->unit_count + LEVEL_ALL + 1;
    enum status st = ST_OK;
    uint64_t seed;
    size_t from;

    crypto_random(&seed, sizeof seed);
    s->kept = table_new(LINES_MAX, seed);
    for (from = 0; st == ST_OK && from < count; from += SUBJECTS_A_PIPELINE) {
        size_t to = from + SUBJECTS_A_PIPELINE;

        st = some_read(s, from, to < count ? to : count);
    }
    if (st != ST_OK) {
        kept_drop(s);
    }
    return st;
}

void
kept_drop(struct state *s)
{
    struct table_item item;
    size_t at = 0;

    while (s->kept != NULL && table_next(s->kept, &at, &item)) {
        mem_free(&item.value.pointer);
    }
    table_free(&s->kept);
}

bool
kept_same(const struct state *s, const char *subject, const char *field,
          const char *line)
{
    char name[KEY_BYTES];
    const char *kept;
    size_t len;

    if (s->kept == NULL) { /* but for a new programme */
        return false;
    }
    len = name_make(name, subject, field);
    kept = table_pointer(s->kept, name, len);
    return kept != NULL && score_line_same(kept, line);
}
