#include "cli/wrapped.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/flow.h"
#include "lib/mem.h"
#include "lib/text.h"

#define LABEL_COLUMNS 17
#define TEXT_BYTES 16384u

/* The line behind its first `column` columns, which stand there already. */
static void
rest_print(const char *format, va_list args, size_t column)
{
    char *text = mem_alloc(TEXT_BYTES);
    struct buf out;

    (void)vsnprintf(text, TEXT_BYTES, format, args);
    buf_init(&out, 4 * TEXT_BYTES);
    flow_add(&out, text, column, column, WRAPPED_COLUMNS);
    (void)fputs(buf_str(&out) + column, stdout);
    buf_fini(&out);
    mem_free(&text);
}

void
wrapped_label(const char *label, const char *format, ...)
{
    size_t width = text_width(label);
    va_list args;

    if (width >= LABEL_COLUMNS) {
        (void)printf("%s\n%*s", label, LABEL_COLUMNS, "");
    } else {
        (void)printf("%s%*s", label, (int)(LABEL_COLUMNS - width), "");
    }
    va_start(args, format);
    rest_print(format, args, LABEL_COLUMNS);
    va_end(args);
}

void
wrapped_indent(int blanks, const char *format, ...)
{
    va_list args;

    (void)printf("%*s", blanks, "");
    va_start(args, format);
    rest_print(format, args, (size_t)blanks);
    va_end(args);
}
