#include "cli/wrapped.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"

#define LABEL_COLUMNS 17
#define TEXT_BYTES 16384u

/* Words between blanks; one that is too long has a line of its own. */
static void
words_print(char *text, size_t column, size_t indent)
{
    char *rest = NULL;
    char *word;
    bool begun = false;

    for (word = strtok_r(text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        size_t width = text_width(word);

        if (begun && column + 1 + width > WRAPPED_COLUMNS) {
            (void)printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (begun) {
            (void)putchar(' ');
            column++;
        }
        (void)fputs(word, stdout);
        column += width;
        begun = true;
    }
    (void)putchar('\n');
}

void
wrapped_label(const char *label, const char *format, ...)
{
    size_t width = text_width(label);
    char *text = mem_alloc(TEXT_BYTES);
    va_list args;

    if (width >= LABEL_COLUMNS) {
        (void)printf("%s\n%*s", label, LABEL_COLUMNS, "");
    } else {
        (void)printf("%s%*s", label, (int)(LABEL_COLUMNS - width), "");
    }
    va_start(args, format);
    (void)vsnprintf(text, TEXT_BYTES, format, args);
    va_end(args);
    words_print(text, LABEL_COLUMNS, LABEL_COLUMNS);
    mem_free(&text);
}

void
wrapped_indent(int blanks, const char *format, ...)
{
    char *text = mem_alloc(TEXT_BYTES);
    va_list args;

    (void)printf("%*s", blanks, "");
    va_start(args, format);
    (void)vsnprintf(text, TEXT_BYTES, format, args);
    va_end(args);
    words_print(text, (size_t)blanks, (size_t)blanks);
    mem_free(&text);
}
