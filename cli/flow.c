#include "cli/flow.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"

static void
blanks_add(struct buf *out, size_t count)
{
    buf_format(out, "%*s", (int)count, "");
}

/* Width of the first `bytes` of the text. */
static size_t
part_width(const char *text, size_t bytes)
{
    char *part = mem_copy(text, bytes);
    size_t width;

    width = text_width(part);
    mem_free(&part);
    return width;
}

static void
words_flow(struct buf *out, const char *text, size_t first, size_t rest, size_t columns)
{
    size_t at = first; /* the column behind what stands on the line */
    bool begun = false;

    blanks_add(out, first);
    while (*text != '\0') {
        size_t bytes = strcspn(text, " \n");
        size_t width = part_width(text, bytes);

        if (begun && bytes > 0 && at + 1 + width > columns) {
            buf_char(out, '\n');
            blanks_add(out, rest);
            at = rest;
            begun = false;
        }
        if (begun && bytes > 0) {
            buf_char(out, ' ');
            at++;
        }
        buf_add(out, text, bytes);
        at += width;
        begun = begun || bytes > 0;
        text += bytes;
        if (*text == '\n') {
            buf_char(out, '\n');
            at = 0;
            begun = false;
            if (text[1] != '\0' && text[1] != '\n') {
                blanks_add(out, rest);
                at = rest;
            }
        }
        text += *text != '\0' ? 1 : 0;
    }
    buf_char(out, '\n');
}

static size_t
letter_bytes(const char *text)
{
    size_t bytes = 1;

    while (((unsigned char)text[bytes] & 0xc0u) == 0x80u) {
        bytes++;
    }
    return bytes;
}

char *
flow_fit(const char *text, size_t columns)
{
    static const char more[] = "…";
    size_t kept = 0;
    size_t width = 0;
    char *out;

    if (text_width(text) <= columns) {
        return mem_copy_text(text);
    }
    while (text[kept] != '\0') {
        size_t bytes = letter_bytes(text + kept);
        size_t wide = part_width(text + kept, bytes);

        if (width + wide + 1 > columns) {
            break;
        }
        width += wide;
        kept += bytes;
    }
    while (kept > 0 && text[kept - 1] == ' ') {
        kept--;
    }
    out = mem_alloc(kept + sizeof more);
    memcpy(out, text, kept);
    if (columns > 0) {
        memcpy(out + kept, more, sizeof more);
    }
    return out;
}

/* Bytes of a character that a terminal would obey; 0: it would not. */
static size_t
obeyed_bytes(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    if (at[0] < ' ' || at[0] == 0x7f) {
        return 1;
    }
    if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) {
        return 2; /* C1 controls */
    }
    if (at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
                          (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9))) {
        return 3; /* line separators, directions */
    }
    return 0;
}

void
flow_plain(struct buf *out, const char *text, bool one_line)
{
    while (*text != '\0') {
        size_t len = obeyed_bytes(text);

        if (len == 0) {
            buf_char(out, *text++);
        } else if (*text == '\n' || *text == '\t') {
            buf_char(out, *text == '\n' && !one_line ? '\n' : ' ');
            text++;
        } else {
            buf_char(out, '?');
            text += len;
        }
    }
}

void
flow_add(struct buf *out, const char *text, size_t first, size_t rest, size_t columns)
{
    struct buf plain;

    buf_init(&plain, strlen(text) + 1);
    flow_plain(&plain, text, false);
    words_flow(out, buf_str(&plain), first, rest, columns);
    buf_fini(&plain);
}

void
flow_print(FILE *to, const char *text, bool one_line)
{
    struct buf plain;

    buf_init(&plain, strlen(text) + 1);
    flow_plain(&plain, text, one_line);
    (void)fputs(buf_str(&plain), to); /* main checks stdout */
    buf_fini(&plain);
}

char *
flow_safe(const char *text)
{
    struct buf plain;
    char *copy;

    buf_init(&plain, strlen(text) + 1);
    flow_plain(&plain, text, true);
    copy = mem_copy_text(buf_str(&plain));
    buf_fini(&plain);
    return copy;
}
