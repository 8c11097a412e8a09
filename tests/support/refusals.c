#include "tests/support/refusals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void
programme_changed(const struct refusal *r, struct catalogue_file files[SPECIMEN_FILES],
                  struct buf *text)
{
    const struct catalogue_file *f = &SPECIMEN[r->file];
    const char *at = strstr(f->text, r->from);

    memcpy(files, SPECIMEN, SPECIMEN_FILES * sizeof *files);
    if (at == NULL) {
        fail_msg("the case \"%s\" fits nothing in %s", r->from, f->name);
        return;
    }
    buf_init(text, 1 << 20);
    buf_add(text, f->text, (size_t)(at - f->text));
    buf_text(text, r->to);
    buf_text(text, at + strlen(r->from));
    files[r->file].text = buf_str(text);
    files[r->file].bytes = text->len;
}

/* The last line that the change touched. */
static int
changed_line(const struct refusal *r)
{
    const char *text = SPECIMEN[r->file].text;
    const char *at = strstr(text, r->from);
    int line = 1;

    for (const char *c = text; c < at; c++) {
        line += *c == '\n';
    }
    for (const char *c = r->to; *c != '\0'; c++) {
        line += *c == '\n' && c[1] != '\0';
    }
    return line;
}

static bool
is_wanted(const struct refusal *r, const struct finding *f, int line)
{
    return f->kind == FINDING_ERROR && strcmp(f->file, SPECIMEN[r->file].name) == 0 &&
           (r->says == NULL || strstr(f->text, r->says) != NULL) && f->line > 0 &&
           f->column > 0 && (r->says == NULL || f->line == line);
}

void
refusals_check(const struct refusal *cases, size_t count)
{
    size_t failures = 0;

    for (size_t i = 0; i < count; i++) {
        const struct refusal *r = &cases[i];
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text;
        bool said = false;
        enum status st;

        programme_changed(r, files, &text);
        st = catalogue_load(files, SPECIMEN_FILES, &c, &found);
        for (size_t k = 0; k < found.count; k++) {
            said = said || is_wanted(r, &found.items[k], changed_line(r));
            assert_true(found.items[k].text_vi[0] != '\0');
        }
        if (st != ST_BAD || !said || found.errors != (r->errors == 0 ? 1 : r->errors)) {
            print_message("%s -> %s: %s, %zu errors, wanted on line %d: %s\n", r->from,
                          r->to, status_name(st), found.errors, changed_line(r),
                          r->says == NULL ? "-" : r->says);
            for (size_t k = 0; k < found.count; k++) {
                print_message("  %s:%d:%d: %s\n", found.items[k].file,
                              found.items[k].line, found.items[k].column,
                              found.items[k].text);
            }
            failures++;
        }
        catalogue_free(&c);
        findings_fini(&found);
        buf_fini(&text);
    }
    assert_int_equal(failures, 0);
}
