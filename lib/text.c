#include "lib/text.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "lib/diag.h"
#include "lib/mem.h"

#define EX_OSERR 71

static utf8proc_ssize_t
step(const char *text, size_t bytes, utf8proc_int32_t *point)
{
    return utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)bytes,
                            point);
}

#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Is each of eight bytes between blank and tilde? In the lowest that is not, one of the
 * three sums has the highest bit; below it nothing is borrowed or carried. */
static bool
word_plain(uint64_t word)
{
    return (((word - ' ' * EACH_BYTE) | (word + EACH_BYTE) | word) &
            0x80 * EACH_BYTE) == 0;
}

static uint64_t
word_at(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof word);
    return word;
}

static uint64_t
half_at(const char *text)
{
    uint32_t half;

    memcpy(&half, text, sizeof half);
    return half;
}

/* Codes, numbers, days are nothing but that; their last bytes are looked at with some
 * of those before. False: look closer. */
static bool
text_plain(const char *text, size_t bytes)
{
    size_t at;

    if (bytes >= 8) {
        for (at = 0; at + 8 <= bytes; at += 8) {
            if (!word_plain(word_at(text + at))) {
                return false;
            }
        }
        return word_plain(word_at(text + bytes - 8));
    }
    if (bytes >= 4) {
        return word_plain(half_at(text) << 32 | half_at(text + bytes - 4));
    }
    for (at = 0; at < bytes && text[at] >= ' ' && text[at] <= '~'; at++) {
    }
    return at == bytes;
}

bool
text_valid(const char *text, size_t bytes)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t len;
    size_t at;

    if (text_plain(text, bytes)) {
        return true;
    }
    for (at = 0; at < bytes; at += (size_t)len) {
        if (text[at] >= ' ' && text[at] <= '~') {
            len = 1;
            continue;
        }
        len = step(text + at, bytes - at, &point);
        if (len <= 0) {
            return false;
        }
        if (point != '\t' && point != '\n' &&
            utf8proc_category(point) == UTF8PROC_CATEGORY_CC) {
            return false;
        }
    }
    return true;
}

/* utf8proc allocates with malloc, so mem_free may free what it gives. */
static char *
mapped(const char *text, unsigned options)
{
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t len;

    len = utf8proc_map((const utf8proc_uint8_t *)text, 0, &out,
                       (utf8proc_option_t)(options | UTF8PROC_NULLTERM));
    if (len == UTF8PROC_ERROR_NOMEM) {
        diag_fatal(EX_OSERR, "no_memory", "bytes=%zu", strlen(text));
    }
    return len < 0 ? mem_copy_text(text) : (char *)out;
}

char *
text_nfc(const char *text)
{
    return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

/* In place: đ becomes d, runs of blanks one space, none at the ends. */
static void
fold_rest(char *text)
{
    size_t left = strlen(text);
    const char *from = text;
    char *to = text;
    utf8proc_int32_t point;
    utf8proc_ssize_t len;
    utf8proc_category_t kind;

    for (; left > 0; from += len, left -= (size_t)len) {
        len = step(from, left, &point);
        if (len <= 0) {
            point = 0;
            len = 1;
        }
        kind = utf8proc_category(point);
        if (kind == UTF8PROC_CATEGORY_ZS || strchr("\t\n\v\f\r", *from) != NULL) {
            if (to != text && to[-1] != ' ') {
                *to++ = ' ';
            }
        } else if (point == 0x111 || point == 0xf0) {
            *to++ = 'd'; /* đ, and ð, which old keyboards write for it */
        } else {
            memmove(to, from, (size_t)len);
            to += len;
        }
    }
    if (to != text && to[-1] == ' ') {
        to--;
    }
    *to = '\0';
}

char *
text_fold(const char *text)
{
    char *out = mapped(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                 UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);

    fold_rest(out);
    return out;
}

size_t
text_width(const char *text)
{
    size_t left = strlen(text);
    size_t width = 0;
    utf8proc_int32_t point;
    utf8proc_ssize_t len;
    int columns;

    for (; left > 0; text += len, left -= (size_t)len) {
        len = step(text, left, &point);
        if (len <= 0) {
            len = 1;
            width++;
            continue;
        }
        columns = utf8proc_charwidth(point);
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

char *
text_lower_first(const char *text)
{
    size_t bytes = strlen(text);
    utf8proc_int32_t point;
    utf8proc_uint8_t lower[4];
    utf8proc_ssize_t old_len = step(text, bytes, &point);
    utf8proc_ssize_t new_len;
    char *out;

    if (old_len <= 0) {
        return mem_copy_text(text);
    }
    new_len = utf8proc_encode_char(utf8proc_tolower(point), lower);
    out = mem_alloc((size_t)new_len + bytes - (size_t)old_len + 1);
    memcpy(out, lower, (size_t)new_len);
    memcpy(out + new_len, text + old_len, bytes - (size_t)old_len);
    return out;
}
