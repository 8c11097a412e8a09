#include "tests/support/dump.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"

#define SHOWN 400

struct names {
    char **at;
    size_t count;
    size_t room;
};

static int
name_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
names_read(struct redis *r, const char *province, struct names *n)
{
    char match[KEY_BYTES];
    char at[24] = "0";
    const char *argv[] = {"SCAN", at, "MATCH", match, "COUNT", "1000"};

    key_make(match, province, "*");
    do {
        struct reply *rep = NULL;
        size_t i;

        assert_int_equal(redis_call(r, 6, argv, NULL, &rep), ST_OK);
        for (i = 0; i < reply_count(reply_at(rep, 1)); i++) {
            mem_array_room((void **)&n->at, n->count, &n->room, sizeof *n->at);
            n->at[n->count++] =
                mem_copy_text(reply_str(reply_at(reply_at(rep, 1), i), NULL));
        }
        (void)snprintf(at, sizeof at, "%s", reply_str(reply_at(rep, 0), NULL));
        reply_free(&rep);
    } while (strcmp(at, "0") != 0);
    if (n->count > 0) {
        qsort(n->at, n->count, sizeof *n->at, name_order);
    }
}

/* Bytes that are no text in hex, so that a difference can be read. */
static void
value_add(struct buf *out, const struct reply *rep)
{
    size_t len;
    const char *text = reply_str(rep, &len);
    size_t i;

    for (i = 0; i < len; i++) {
        if (text[i] >= ' ' && text[i] <= '~') {
            buf_char(out, text[i]);
        } else {
            buf_format(out, "\\%02x", (unsigned char)text[i]);
        }
    }
}

static bool
field_differs(const char *key, const char *field)
{
    return (strstr(key, ":head") != NULL &&
            (strcmp(field, "log") == 0 || strncmp(field, "trim_", 5) == 0)) ||
           (strstr(key, ":checkpoint:") != NULL && strcmp(field, "updated") == 0);
}

static void
hash_add(struct redis *r, const char *key, struct buf *out)
{
    const char *argv[] = {"HGETALL", key};
    struct reply *rep = NULL;
    struct names lines = {0};
    size_t i;

    assert_int_equal(redis_call(r, 2, argv, NULL, &rep), ST_OK);
    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);
        struct buf line;

        if (field_differs(key, field)) {
            continue;
        }
        buf_init(&line, 1u << 20);
        buf_format(&line, "  %s = ", field);
        value_add(&line, reply_at(rep, i + 1));
        mem_array_room((void **)&lines.at, lines.count, &lines.room, sizeof *lines.at);
        lines.at[lines.count++] = mem_copy_text(buf_str(&line));
        buf_fini(&line);
    }
    if (lines.count > 0) {
        qsort(lines.at, lines.count, sizeof *lines.at, name_order);
    }
    for (i = 0; i < lines.count; i++) {
        buf_format(out, "%s\n", lines.at[i]);
        mem_free(&lines.at[i]);
    }
    mem_free(&lines.at);
    reply_free(&rep);
}

static void
stream_add(struct redis *r, const char *key, struct buf *out)
{
    const char *argv[] = {"XRANGE", key, "-", "+"};
    struct reply *rep = NULL;
    size_t i;
    size_t k;

    assert_int_equal(redis_call(r, 4, argv, NULL, &rep), ST_OK);
    for (i = 0; i < reply_count(rep); i++) {
        const struct reply *fields = reply_at(reply_at(rep, i), 1);

        buf_format(out, "  %s", reply_str(reply_at(reply_at(rep, i), 0), NULL));
        for (k = 0; k < reply_count(fields); k++) {
            buf_char(out, ' ');
            value_add(out, reply_at(fields, k));
        }
        buf_char(out, '\n');
    }
    reply_free(&rep);
}

static void
key_add(struct redis *r, const char *key, struct buf *out)
{
    const char *type[] = {"TYPE", key};
    const char *get[] = {"GET", key};
    struct reply *rep = NULL;
    struct reply *value = NULL;
    const char *is;

    assert_int_equal(redis_call(r, 2, type, NULL, &rep), ST_OK);
    is = reply_str(rep, NULL);
    buf_format(out, "%s (%s)\n", key, is);
    if (strcmp(is, "hash") == 0) {
        hash_add(r, key, out);
    } else if (strcmp(is, "stream") == 0) {
        stream_add(r, key, out);
    } else {
        assert_int_equal(redis_call(r, 2, get, NULL, &value), ST_OK);
        buf_text(out, "  ");
        value_add(out, value);
        buf_char(out, '\n');
        reply_free(&value);
    }
    reply_free(&rep);
}

void
province_dump(struct redis *r, const char *province, struct buf *out)
{
    struct names n = {0};
    size_t i;

    names_read(r, province, &n);
    for (i = 0; i < n.count; i++) {
        if (strstr(n.at[i], ":epoch:") == NULL && strstr(n.at[i], ":owner:") == NULL) {
            key_add(r, n.at[i], out);
        }
        mem_free(&n.at[i]);
    }
    mem_free(&n.at);
}

void
dump_same(const struct buf *a, const struct buf *b)
{
    const char *x = buf_str(a);
    const char *y = buf_str(b);
    size_t i = 0;

    if (strcmp(x, y) == 0) {
        return;
    }
    while (x[i] == y[i]) {
        i++;
    }
    while (i > 0 && x[i - 1] != '\n') {
        i--;
    }
    fail_msg("they differ:\n- %.*s\n+ %.*s", SHOWN, x + i, SHOWN, y + i);
}
