#include "cli/finding_print.h"

#include <stdio.h>
#include <string.h>

#include "cli/flow.h"
#include "cli/language.h"
#include "lib/mem.h"
#include "lib/text.h"

/* A line of a file without its end, as fresh text; NULL when there is no such line. */
static char *
line_copy(const struct catalogue_file *f, int line)
{
    const char *end = f->text + f->bytes;
    const char *at = f->text;
    const char *stop;

    while (--line > 0) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at == NULL) {
            return NULL;
        }
        at++;
    }
    if (at == end) {
        return NULL;
    }
    stop = memchr(at, '\n', (size_t)(end - at));
    stop = stop == NULL ? end : stop;
    if (stop > at && stop[-1] == '\r') {
        stop--;
    }
    return mem_copy(at, (size_t)(stop - at));
}

#define SHOWN_BEFORE 60 /* columns of a long line before the caret and after it */
#define SHOWN_AFTER 40

/* The start of a character, `characters` after `at` (or before, when negative). */
static const char *
walk(const char *start, const char *at, int characters)
{
    while (characters > 0 && *at != '\0') {
        at++;
        characters -= ((unsigned char)*at & 0xc0) != 0x80;
    }
    while (characters < 0 && at > start) {
        at--;
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    }
    return at;
}

/* The line and, under it, a caret; of a long line only what is around the place. */
static void
print_caret(const struct catalogue_file *f, const struct finding *finding)
{
    char *line = line_copy(f, finding->line);
    const char *place;
    const char *from;
    const char *to;
    char *before;
    char *shown;

    if (line == NULL || finding->column < 1 || !text_valid(line, strlen(line))) {
        mem_free(&line);
        return;
    }
    for (char *at = line; *at != '\0'; at++) {
        *at = *at == '\t' ? ' ' : *at; /* so that the caret stands right */
    }
    place = walk(line, line, finding->column - 1);
    from = walk(line, place, -SHOWN_BEFORE);
    to = walk(line, place, SHOWN_AFTER);
    before = mem_copy(from, (size_t)(place - from));
    shown = mem_copy(from, (size_t)(to - from));
    (void)printf("    %s", from == line ? "" : "…");
    flow_print(stdout, shown, true);
    (void)printf("%s\n", *to == '\0' ? "" : "…");
    mem_free(&shown);
    (void)printf("    %*s^\n", (int)(text_width(before) + (from == line ? 0 : 1)), "");
    mem_free(&before);
    mem_free(&line);
}

void
finding_print(const char *path, const struct catalogue_file *files, size_t count,
              const struct finding *f)
{
    static const char *const EN[] = {"error", "warning", "question"};
    static const char *const VI[] = {"lỗi", "cảnh báo", "câu hỏi"};

    /* An included programme's file lies in a folder beside this one. */
    (void)printf("%s%s%s%s", path, f->file[0] == '\0' ? "" : "/",
                 strchr(f->file, '/') == NULL ? "" : "../", f->file);
    if (f->line > 0) {
        (void)printf(":%d:%d", f->line, f->column);
    }
    (void)printf(": %s: ", words(VI[f->kind], EN[f->kind]));
    flow_print(stdout, words(f->text_vi, f->text), false);
    (void)putchar('\n');
    for (size_t i = 0; f->line > 0 && i < count; i++) {
        if (strcmp(files[i].name, f->file) == 0) {
            print_caret(&files[i], f);
        }
    }
}
