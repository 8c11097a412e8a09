/* Ids of messages that were shown: a text file, one id a line, newest last. */
#include "cli/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "lib/crypto.h"
#include "lib/mem.h"
#include "lib/table.h"

#define FILE_BYTES_MAX (4u << 20)
#define IDS_MAX 40000u
#define IDS_KEPT 10000u /* as many as the server's inbox holds */

struct seen {
    FILE *file; /* NULL: this run only */
    struct table *ids;
};

struct seen_lines {
    const char **at;
    size_t count;
    size_t room;
};

static void
lines_cut(char *text, struct seen_lines *lines)
{
    char *save = NULL;
    char *line;

    for (line = strtok_r(text, "\r\n", &save); line != NULL;
         line = strtok_r(NULL, "\r\n", &save)) {
        mem_array_room((void **)&lines->at, lines->count, &lines->room,
                       sizeof *lines->at);
        lines->at[lines->count++] = line;
    }
}

/* Written anew with its last lines, whole or not at all. */
static bool
file_shorten(const char *path, const struct seen_lines *lines)
{
    size_t len = strlen(path) + 5;
    char *half = mem_alloc(len);
    size_t i = lines->count > IDS_KEPT ? lines->count - IDS_KEPT : 0;
    FILE *f;
    bool good;

    (void)snprintf(half, len, "%s.new", path);
    f = fopen(half, "we");
    good = f != NULL;
    for (; good && i < lines->count; i++) {
        good = fprintf(f, "%s\n", lines->at[i]) > 0;
    }
    good = good && fflush(f) == 0 && fsync(fileno(f)) == 0 && rename(half, path) == 0;
    if (f != NULL) {
        (void)fclose(f); /* synced above, or failed */
    }
    mem_free(&half);
    return good;
}

static void
ids_take(struct seen *s, const struct seen_lines *lines)
{
    size_t i = lines->count > IDS_KEPT ? lines->count - IDS_KEPT : 0;

    for (; i < lines->count; i++) {
        seen_add(s, lines->at[i]);
    }
}

static bool
file_take(struct seen *s, const char *path, char *why, size_t why_bytes)
{
    struct seen_lines lines = {0};
    size_t bytes = 0;
    char *text = NULL;
    bool good = true;

    if (access(path, F_OK) == 0) {
        text = options_file_read(path, FILE_BYTES_MAX, &bytes, why, why_bytes);
        if (text == NULL) {
            return false;
        }
        lines_cut(text, &lines);
        ids_take(s, &lines);
        good = lines.count <= IDS_MAX || file_shorten(path, &lines);
    }
    if (good) {
        s->file = fopen(path, "ae"); /* after the reading, which must not see it */
    }
    if (s->file == NULL) {
        (void)snprintf(why, why_bytes, "%s: %s", path, strerror(errno));
    }
    mem_free(&lines.at);
    mem_free(&text);
    return s->file != NULL;
}

struct seen *
seen_open(const char *path, char *why, size_t why_bytes)
{
    struct seen *s = mem_alloc(sizeof *s);
    uint64_t seed;

    crypto_init();
    crypto_random(&seed, sizeof seed);
    s->ids = table_new(2 * IDS_MAX, seed);
    if (path[0] != '\0' && !file_take(s, path, why, why_bytes)) {
        seen_close(&s);
        return NULL;
    }
    return s;
}

void
seen_close(struct seen **s)
{
    if (*s == NULL) {
        return;
    }
    if ((*s)->file != NULL) {
        (void)fclose((*s)->file); /* flushed before anything was told to the server */
    }
    table_free(&(*s)->ids);
    mem_free(s);
}

bool
seen_has(const struct seen *s, const char *id)
{
    union table_value value;

    return table_get(s->ids, id, strlen(id), &value);
}

void
seen_add(struct seen *s, const char *id)
{
    if (seen_has(s, id)) {
        return;
    }
    if (table_put_number(s->ids, id, strlen(id), 1) != ST_OK) {
        table_clear(s->ids); /* a watch of years: a double may be shown, none is lost */
        status_ignore(table_put_number(s->ids, id, strlen(id), 1));
    }
    if (s->file != NULL) {
        (void)fprintf(s->file, "%s\n", id); /* seen_flush looks */
    }
}

bool
seen_flush(struct seen *s)
{
    return s->file == NULL ||
           (fflush(s->file) == 0 && !ferror(s->file) && fsync(fileno(s->file)) == 0);
}
