#include "lib/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/instant.h"
#include "lib/utf8.h"

static const char *diag_program = "dondoc";
static bool diag_traces;

void
diag_init(const char *program)
{
    const char *trace = getenv("DONDOC_TRACE");

    diag_program = program;
    diag_traces = trace != NULL && strcmp(trace, "1") == 0;
}

void
diag_trace_set(bool on)
{
    diag_traces = on;
}

#define LINE_BYTES 2048
#define VALUE_BYTES 600 /* of one text: the values behind it have their room, too */

struct diag_out {
    char text[LINE_BYTES];
    size_t len;
    size_t max;
    bool quoted; /* inside the quotes of the format */
};

static void
diag_put(struct diag_out *o, const char *bytes, size_t count)
{
    if (o->max - o->len >= count) {
        memcpy(o->text + o->len, bytes, count);
        o->len += count;
    } else {
        o->max = o->len; /* cut here, not in the middle of what comes */
    }
}

/*
 * A text from outside is no line and no field of its own, and moves no cursor on the
 * terminal of who reads the log: what a terminal obeys, and what is no UTF-8, becomes a
 * question mark; inside quotes, quotes and backslashes get a backslash before them.
 */
static void
diag_text(struct diag_out *o, const char *text, size_t max, bool escape)
{
    size_t left = strnlen(text, max < VALUE_BYTES ? max : VALUE_BYTES);
    bool cut = left == VALUE_BYTES && max > VALUE_BYTES && text[left] != '\0';
    size_t step;

    for (; left > 0; text += step, left -= step) {
        step = utf8_char_bytes(text, left);
        if (step == 0 || utf8_obeyed(text, step)) {
            diag_put(o, "?", 1);
        } else if (escape && (*text == '"' || *text == '\\')) {
            char pair[2] = {'\\', *text};

            diag_put(o, pair, 2);
        } else {
            diag_put(o, text, step);
        }
        step = step == 0 ? 1 : step;
    }
    if (cut) {
        diag_put(o, "…", strlen("…"));
    }
}

/* Quotes that the format does not have: for a value that is not one word. */
static void
diag_value(struct diag_out *o, const char *text, size_t max, bool value)
{
    bool words =
        value && !o->quoted && text != NULL && strpbrk(text, " \t\r\n\"") != NULL;

    if (words) {
        diag_put(o, "\"", 1);
        o->quoted = true; /* and stays, when the line is full before the end */
    }
    diag_text(o, text == NULL ? "(null)" : text, max, o->quoted);
    if (words && o->len < o->max) {
        diag_put(o, "\"", 1);
        o->quoted = false;
    }
}

/* One conversion of a format: %[0][width][.precision][length]letter. */
struct diag_spec {
    bool zeros;
    int width;
    size_t precision;
    int longs; /* 0: int, 1: long, 2: long long, 3: size_t */
    char letter;
};

/* The end of the conversion, whose % stands before `at`. */
static const char *
diag_spec_read(const char *at, struct diag_spec *s)
{
    char *end;

    memset(s, 0, sizeof *s);
    s->precision = SIZE_MAX;
    s->zeros = *at == '0';
    s->width = (int)strtol(at, &end, 10);
    at = end;
    if (*at == '.') {
        s->precision = (size_t)strtol(at + 1, &end, 10);
        at = end;
    }
    for (; *at == 'l'; at++) {
        s->longs++;
    }
    if (*at == 'z') {
        s->longs = 3;
        at++;
    }
    s->letter = *at;
    return *at == '\0' ? at : at + 1;
}

static void
diag_unsigned(struct diag_out *o, const struct diag_spec *s, unsigned long long n)
{
    char text[80];
    int width = s->width < 40 ? s->width : 40;
    int len =
        s->letter == 'o' && s->zeros   ? snprintf(text, sizeof text, "%0*llo", width, n)
        : s->letter == 'o'             ? snprintf(text, sizeof text, "%*llo", width, n)
        : s->letter == 'x' && s->zeros ? snprintf(text, sizeof text, "%0*llx", width, n)
        : s->letter == 'x'             ? snprintf(text, sizeof text, "%*llx", width, n)
        : s->zeros                     ? snprintf(text, sizeof text, "%0*llu", width, n)
                                       : snprintf(text, sizeof text, "%*llu", width, n);

    diag_put(o, text, len > 0 ? (size_t)len : 0);
}

static void
diag_signed(struct diag_out *o, const struct diag_spec *s, long long n)
{
    char text[80];
    int width = s->width < 40 ? s->width : 40;
    int len = s->zeros ? snprintf(text, sizeof text, "%0*lld", width, n)
                       : snprintf(text, sizeof text, "%*lld", width, n);

    diag_put(o, text, len > 0 ? (size_t)len : 0);
}

/*
 * What vsnprintf would write, but for the texts: only here is it known where one begins
 * and ends. Conversions are those that our lines use; another one, and what stands
 * behind it, is written as it comes.
 */
static void
diag_format(struct diag_out *o, const char *format, va_list args)
{
    const char *at = format;

    while (*at != '\0') {
        struct diag_spec s;
        const char *next;

        if (*at != '%' || at[1] == '%') {
            o->quoted = o->quoted != (*at == '"');
            diag_put(o, at, 1);
            at += *at == '%' ? 2 : 1;
            continue;
        }
        next = diag_spec_read(at + 1, &s);
        if (s.letter == 's') {
            diag_value(o, va_arg(args, const char *), s.precision,
                       at > format && at[-1] == '=');
        } else if (s.letter == 'd' || s.letter == 'i') {
            diag_signed(o, &s,
                        s.longs == 0   ? va_arg(args, int)
                        : s.longs == 1 ? va_arg(args, long)
                                       : va_arg(args, long long));
        } else if (s.letter != '\0' && strchr("uox", s.letter) != NULL) {
            diag_unsigned(o, &s,
                          s.longs == 0   ? va_arg(args, unsigned)
                          : s.longs == 1 ? va_arg(args, unsigned long)
                          : s.longs == 2 ? va_arg(args, unsigned long long)
                                         : va_arg(args, size_t));
        } else {
            char rest[LINE_BYTES];

            (void)vsnprintf(rest, sizeof rest, at, args); /* cut is good enough */
            diag_text(o, rest, SIZE_MAX, false);
            return;
        }
        at = next;
    }
}

/* One write(2) a line, so that lines of several processes do not mix. */
static void
diag_line(const char *level, const char *event, const char *format, va_list args)
{
    static const char cut[] = "…";
    int errno_saved = errno;
    struct diag_out o = {.max = LINE_BYTES - sizeof cut - 2};
    char stamp[INSTANT_TEXT_BYTES];
    const char *words[] = {stamp, level, diag_program, event};
    size_t i;

    instant_text_utc(instant_now(), stamp);
    for (i = 0; i < sizeof words / sizeof *words; i++) {
        diag_text(&o, words[i], SIZE_MAX, false);
        diag_put(&o, " ", 1);
    }
    diag_format(&o, format, args);
    if (o.max == o.len) {
        o.max = LINE_BYTES - 2;
        diag_put(&o, cut, sizeof cut - 1);
    }
    o.max = LINE_BYTES;
    diag_put(&o, "\"\n" + (o.quoted ? 0 : 1), o.quoted ? 2 : 1);
    (void)!write(STDERR_FILENO, o.text, o.len); /* nowhere else to say it */
    errno = errno_saved;
}

#define DIAG_BODY(level)                                                               \
    do {                                                                               \
        va_list args;                                                                  \
        va_start(args, format);                                                        \
        diag_line(level, event, format, args);                                         \
        va_end(args);                                                                  \
    } while (0)

void
diag_info(const char *event, const char *format, ...)
{
    DIAG_BODY("info");
}

void
diag_warn(const char *event, const char *format, ...)
{
    DIAG_BODY("warn");
}

void
diag_error(const char *event, const char *format, ...)
{
    DIAG_BODY("error");
}

void
diag_trace(const char *event, const char *format, ...)
{
    if (diag_traces) {
        DIAG_BODY("trace");
    }
}

void
diag_fatal(int code, const char *event, const char *format, ...)
{
    DIAG_BODY("fatal");
    (void)sleep(1); /* shortened by a signal: fine */
    exit(code);
}

void
diag_panic(const char *file, int line, const char *what)
{
    diag_warn("panic", "file=%s line=%d failed=\"%s\"", file, line, what);
    abort();
}
