#include "lib/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/instant.h"

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

/* A value from outside must not begin a line of its own, nor move a cursor on the
 * terminal of who reads the log: control characters, C1 and marks that turn the
 * direction of writing become question marks. */
static void
diag_tame(char *line, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned char a = (unsigned char)line[i];
        unsigned char b = i + 1 < len ? (unsigned char)line[i + 1] : 0;
        unsigned char c = i + 2 < len ? (unsigned char)line[i + 2] : 0;
        bool turns = (b == 0x80 && c >= 0xa8 && c <= 0xae) ||
                     (b == 0x81 && c >= 0xa6 && c <= 0xa9);

        if (a < ' ' || a == 0x7f) {
            line[i] = '?';
        } else if (a == 0xc2 && b >= 0x80 && b < 0xa0) {
            line[i] = line[i + 1] = '?';
        } else if (a == 0xe2 && turns) {
            line[i] = line[i + 1] = line[i + 2] = '?';
        }
    }
}

/* One write(2) a line, so that lines of several processes do not mix. */
static void
diag_line(const char *level, const char *event, const char *format, va_list args)
{
    int errno_saved = errno;
    char line[2048];
    char stamp[INSTANT_TEXT_BYTES];
    int len;
    int more;

    instant_text_utc(instant_now(), stamp);
    len =
        snprintf(line, sizeof line, "%s %s %s %s ", stamp, level, diag_program, event);
    if (len > 0 && (size_t)len < sizeof line) {
        more = vsnprintf(line + len, sizeof line - (size_t)len, format, args);
        if (more > 0) {
            len += more;
        }
    }
    if (len >= (int)sizeof line) {
        len = (int)sizeof line - 1;
    }
    diag_tame(line, (size_t)len);
    line[len++] = '\n';
    (void)!write(STDERR_FILENO, line, (size_t)len); /* nowhere else to say it */
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
