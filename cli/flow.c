#include "cli/flow.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "lib/utf8.h"

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

void
flow_plain(struct buf *out, const char *text, bool one_line)
{
    size_t left = strlen(text);
    size_t bytes;

    for (; left > 0; text += bytes, left -= bytes) {
        bytes = utf8_char_bytes(text, left);
        if (*text == '\n' || *text == '\t') {
            buf_char(out, *text == '\n' && !one_line ? '\n' : ' ');
        } else if (bytes == 0 || utf8_obeyed(text, bytes)) {
            buf_char(out, '?');
        } else {
            buf_add(out, text, bytes);
        }
        bytes = bytes == 0 ? 1 : bytes;
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

void
flow_vprintf(FILE *to, const char *format, va_list args)
{
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        return; /* our format; nothing that could be said of it */
    }
    text = mem_alloc((size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    flow_print(to, text, false);
    mem_free(&text);
}

void
flow_printf(FILE *to, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    flow_vprintf(to, format, args);
    va_end(args);
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
