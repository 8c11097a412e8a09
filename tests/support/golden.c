#include "tests/support/golden.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
golden_hex(struct golden *g, const char *line)
{
    unsigned byte;
    int used;

    while (sscanf(line, "%2x%n", &byte, &used) == 1) {
        assert_true(g->len < sizeof g->bytes && used == 2);
        g->bytes[g->len++] = (uint8_t)byte;
        line += used;
    }
    assert_true(line[0] == '\n' || line[0] == '\0');
}

static void
golden_read(const char *path, struct golden *g)
{
    char line[512];
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    memset(g, 0, sizeof *g);
    (void)snprintf(g->path, sizeof g->path, "%s", strstr(path, "wire/") + 5);
    if (fgets(line, sizeof line, f) == NULL || line[0] != '#' ||
        fgets(line, sizeof line, f) == NULL ||
        sscanf(line, "%31s %15s %u", g->kind, g->expect, &g->unknown) != 3) {
        fail_msg("%s: its first two lines are not in their form", path);
    }
    while (fgets(line, sizeof line, f) != NULL) {
        golden_hex(g, line);
    }
    (void)fclose(f);
}

size_t
golden_all(golden_each *each, void *context)
{
    const char *root = getenv("DONDOC_ROOT");
    static struct golden g; /* too large for a stack */
    char pattern[400];
    glob_t found;
    size_t count;
    size_t i;

    (void)snprintf(pattern, sizeof pattern, "%s/tests/golden/wire/*/*.hex",
                   root != NULL ? root : ".");
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (i = 0; i < found.gl_pathc; i++) {
        golden_read(found.gl_pathv[i], &g);
        each(context, &g);
    }
    count = found.gl_pathc;
    globfree(&found);
    return count;
}
