#include "cli/cursors.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/audit.h"
#include "lib/crypto.h"
#include "lib/mem.h"

static size_t
lines_count(const char *text)
{
    size_t count = 0;

    while ((text = strchr(text, '\n')) != NULL) {
        text++;
        count++;
    }
    return count;
}

enum status
cursors_write(struct archive *a, uint64_t entry, const struct buf *lines)
{
    char hash[CRYPTO_HEX128_BYTES];
    struct buf all;
    enum status st;

    buf_init(&all, CURSORS_BYTES + 256);
    buf_format(&all, "dondoc-cursors 1 %s %" PRIu64 "\n", a->province, entry);
    buf_add(&all, buf_str(lines), lines->len);
    crypto_hex128(buf_str(&all), all.len, hash);
    buf_format(&all, "end %zu %s\n", lines_count(buf_str(lines)), hash);
    st = archive_small_write(a, CURSORS_NAME, buf_str(&all), all.len);
    buf_fini(&all);
    return st;
}

/* Header and end in their form, and the hash right? The lines are left. */
static bool
text_check(const struct archive *a, char *text, size_t bytes, uint64_t *entry,
           size_t *count)
{
    char hash[CRYPTO_HEX128_BYTES];
    char want[128];
    char *end = text + bytes;
    char *first = strchr(text, '\n');

    if (bytes < 2 || strlen(text) != bytes || end[-1] != '\n' || first == NULL) {
        return false;
    }
    end[-1] = '\0';
    end = strrchr(text, '\n');
    if (end == NULL || sscanf(text, "dondoc-cursors 1 %*63s %20" SCNu64, entry) != 1) {
        return false;
    }
    end++;
    crypto_hex128(text, (size_t)(end - text), hash);
    (void)snprintf(want, sizeof want, "end %zu %s", lines_count(first + 1), hash);
    if (strcmp(end, want) != 0) {
        return false;
    }
    *end = '\0';
    *count = lines_count(first + 1);
    *first = '\0';
    (void)snprintf(want, sizeof want, "dondoc-cursors 1 %s %" PRIu64, a->province,
                   *entry);
    if (strcmp(text, want) != 0) {
        return false;
    }
    memmove(text, first + 1, strlen(first + 1) + 1);
    return true;
}

enum status
cursors_read(struct archive *a, uint64_t *entry, char **lines, size_t *count)
{
    size_t bytes = 0;
    enum status st = archive_small_read(a, CURSORS_NAME, lines, &bytes);

    if (st == ST_OK && !text_check(a, *lines, bytes, entry, count)) {
        mem_free(lines);
        st = ST_BAD;
    }
    return st;
}

enum status
cursors_put(struct redis *r, const char *province, char *lines)
{
    enum status st = ST_OK;
    char *save = NULL;
    char *line;

    for (line = strtok_r(lines, "\n", &save); line != NULL && st == ST_OK;
         line = strtok_r(NULL, "\n", &save)) {
        char *blank = strchr(line, ' ');

        if (blank != NULL) {
            *blank = '\0';
            st = audit_cursor_put(r, province, line, blank + 1);
        }
    }
    return st;
}
