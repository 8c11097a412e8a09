/* What stands in the inboxes of offices, about one alert. */
#include "lib/board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"

#define ROWS_A_READ "1000"
#define PLACE_BYTES 48

void
board_inbox_put(struct redis *r, const char *province, const char *leader,
                uint64_t entry, uint32_t index)
{
    char key[KEY_BYTES];
    char id[48];
    const char *argv[4] = {"XRANGE", key, id, id};

    key_make2(key, province, KEY_INBOX, leader);
    (void)snprintf(id, sizeof id, "%" PRIu64 "-%" PRIu32, entry, index);
    redis_put(r, 4, argv, NULL);
}

enum status
board_inbox_take(struct redis *r, bool *has)
{
    struct reply *rep = NULL;
    enum status st = redis_next(r, &rep);

    if (st == ST_OK) {
        st = reply_status(rep);
    }
    *has = st == ST_OK && reply_count(rep) > 0;
    reply_free(&rep);
    return st;
}

/* --- all rows of an inbox --- */

static bool
place_take(const char *text, uint64_t *entry, uint32_t *index)
{
    return sscanf(text, "%" SCNu64 "-%" SCNu32, entry, index) == 2;
}

static uint32_t
field_number(const struct reply *fields, const char *name)
{
    const struct reply *value = reply_field(fields, name);

    return value == NULL ? 0 : (uint32_t)strtoul(reply_str(value, NULL), NULL, 10);
}

/* False: about another code, and no digest. */
static bool
row_take(const struct reply *rep, const char *code, struct board_row *out)
{
    const struct reply *fields = reply_at(rep, 1);
    const struct reply *about = reply_field(fields, "code");
    const struct reply *at = reply_field(fields, "at");
    uint32_t list = field_number(fields, "d"); /* 1: a digest, 2: a notice */
    const struct reply *rung = reply_field(fields, "r");

    memset(out, 0, sizeof *out);
    if (about == NULL ||
        !place_take(reply_str(reply_at(rep, 0), NULL), &out->entry, &out->index) ||
        (list == 0 && strcmp(reply_str(about, NULL), code) != 0)) {
        return false;
    }
    if (at == NULL ||
        !place_take(reply_str(at, NULL), &out->at_entry, &out->at_index)) {
        out->at_entry = out->entry;
        out->at_index = out->index;
    }
    out->number = field_number(fields, "n");
    if (rung != NULL &&
        sscanf(reply_str(rung, NULL), "%d.%" SCNu32, &out->rung, &out->again) < 1) {
        return false;
    }
    out->held = field_number(fields, "h") != 0;
    out->notice = list == 2;
    if (list != 0) {
        (void)snprintf(out->digest, sizeof out->digest, "%s", reply_str(about, NULL));
    }
    return true;
}

static enum status
rows_read(struct redis *r, const char *key, const char *code, struct board_rows *out)
{
    char from[PLACE_BYTES] = "-";
    const char *argv[6] = {"XRANGE", key, from, "+", "COUNT", ROWS_A_READ};
    struct board_row row;
    enum status st;
    size_t count;
    size_t i;

    do {
        struct reply *rep = NULL;

        st = redis_call(r, 6, argv, NULL, &rep);
        count = st == ST_OK ? reply_count(rep) : 0;
        for (i = 0; i < count; i++) {
            if (row_take(reply_at(rep, i), code, &row)) {
                mem_array_room((void **)&out->items, out->count, &out->room,
                               sizeof *out->items);
                out->items[out->count++] = row;
            }
        }
        if (count > 0) {
            (void)snprintf(from, sizeof from, "(%s",
                           reply_str(reply_at(reply_at(rep, count - 1), 0), NULL));
        }
        reply_free(&rep);
    } while (count > 0);
    return st;
}

/* A notice of a hold is told again each day: its list has the number behind the code.
 */
static void
digest_part(const struct board_row *row, char out[ALERT_CODE_BYTES + 16])
{
    if (row->notice) {
        (void)snprintf(out, ALERT_CODE_BYTES + 16, "%s/%" PRIu32, row->digest,
                       row->number);
    } else {
        (void)snprintf(out, ALERT_CODE_BYTES + 16, "%s", row->digest);
    }
}

/* line: the alert's, in the hash of the digest. Of a digest of several messages it says
 * in which one. */
static bool
tells_of(const struct board_row *row, const char *line)
{
    const char *part = strstr(line, " part=");

    return row->notice || part == NULL ||
           strtoul(part + strlen(" part="), NULL, 10) == row->number;
}

/* Rows of digests that do not speak of the code are taken out; every answer is taken,
 * whatever the ones before it said. */
static enum status
digests_look(struct redis *r, const char *province, const char *code,
             struct board_rows *rows)
{
    enum status first = ST_OK;
    enum status st = ST_OK;
    size_t kept = 0;
    size_t i;

    for (i = 0; i < rows->count; i++) {
        char part[ALERT_CODE_BYTES + 16];
        char key[KEY_BYTES];
        const char *argv[3] = {"HGET", key, code};

        if (rows->items[i].digest[0] != '\0') {
            digest_part(&rows->items[i], part);
            key_make2(key, province, KEY_DIGEST, part);
            redis_put(r, 3, argv, NULL);
        }
    }
    for (i = 0; i < rows->count && st != ST_AGAIN; i++) {
        bool keep = true;

        if (rows->items[i].digest[0] != '\0') {
            struct reply *rep = NULL;

            st = redis_next(r, &rep);
            if (st == ST_OK) {
                st = reply_status(rep);
            }
            keep = st == ST_OK && reply_type(rep) != REPLY_NIL &&
                   tells_of(&rows->items[i], reply_str(rep, NULL));
            first = first == ST_OK ? st : first;
            reply_free(&rep);
        }
        if (keep) {
            rows->items[kept++] = rows->items[i];
        }
    }
    rows->count = kept;
    return st == ST_AGAIN ? st : first;
}

enum status
board_inbox_rows(struct redis *r, const char *province, const char *leader,
                 const char *code, struct board_rows *out)
{
    char key[KEY_BYTES];
    enum status st;

    memset(out, 0, sizeof *out);
    key_make2(key, province, KEY_INBOX, leader);
    st = rows_read(r, key, code, out);
    return st == ST_OK ? digests_look(r, province, code, out) : st;
}

void
board_rows_fini(struct board_rows *l)
{
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}
