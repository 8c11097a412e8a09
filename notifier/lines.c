#include "notifier/lines.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/text.h"
#include "lib/utf8.h"

#define CHAR_BYTES 5

static void
blanks(struct buf *out, size_t n)
{
    while (n-- > 0) {
        buf_char(out, ' ');
    }
}

/* The character at `at`: its bytes, and its columns. */
static size_t
char_at(const char *at, size_t *width)
{
    char one[CHAR_BYTES] = "";
    size_t bytes = utf8_char_bytes(at, strlen(at));

    bytes = bytes == 0 ? 1 : bytes; /* not UTF-8: a column each */
    memcpy(one, at, bytes);
    *width = text_width(one);
    return bytes;
}

/* How much of `at` fits: up to the last blank within the width; a word that is wider
 * is cut. *width: its columns. */
static size_t
piece_bytes(const char *at, size_t room, size_t *width)
{
    size_t bytes = 0;
    size_t used = 0;
    size_t at_blank = 0;
    size_t used_at_blank = 0;

    while (at[bytes] != '\0') {
        size_t columns;
        size_t more = char_at(at + bytes, &columns);

        if (used + columns > room && bytes > 0) {
            if (at[bytes] != ' ' && at_blank > 0) {
                bytes = at_blank;
                used = used_at_blank;
            }
            break;
        }
        if (at[bytes] == ' ') {
            at_blank = bytes;
            used_at_blank = used;
        }
        bytes += more;
        used += columns;
    }
    *width = used;
    return bytes;
}

void
lines_row(struct buf *out, const struct column *columns, size_t count,
          const char *const *cells)
{
    const char *rest[LINES_COLUMNS_MAX];
    bool more = true;
    size_t i;

    MUST(count <= LINES_COLUMNS_MAX);
    for (i = 0; i < count; i++) {
        rest[i] = cells[i] == NULL ? "" : cells[i];
    }
    while (more) {
        size_t owed =
            LINES_GAP; /* blanks before the next piece; none at a line's end */

        more = false;
        for (i = 0; i < count; i++) {
            size_t width;
            size_t bytes = piece_bytes(rest[i], columns[i].width, &width);
            size_t room = columns[i].width > width ? columns[i].width - width : 0;

            if (bytes > 0) {
                blanks(out, owed + (columns[i].right ? room : 0));
                buf_add(out, rest[i], bytes);
                owed = columns[i].right ? 0 : room;
            } else {
                owed += columns[i].width;
            }
            owed += LINES_GAP;
            rest[i] += bytes;
            rest[i] += strspn(rest[i], " ");
            more = more || rest[i][0] != '\0';
        }
        buf_char(out, '\n');
    }
}

void
lines_head(struct buf *out, const struct column *columns, size_t count)
{
    const char *heads[LINES_COLUMNS_MAX] = {NULL};
    size_t i;
    size_t k;

    MUST(count <= LINES_COLUMNS_MAX);
    for (i = 0; i < count; i++) {
        heads[i] = columns[i].head;
    }
    lines_row(out, columns, count, heads);
    for (i = 0; i < count; i++) {
        blanks(out, LINES_GAP);
        for (k = 0; k < columns[i].width; k++) {
            buf_char(out, '-');
        }
    }
    buf_char(out, '\n');
}

void
lines_note(struct buf *out, const struct column *columns, size_t under,
           const char *text)
{
    size_t i;

    blanks(out, LINES_GAP);
    for (i = 0; i < under; i++) {
        blanks(out, columns[i].width + LINES_GAP);
    }
    buf_text(out, text);
    buf_char(out, '\n');
}
