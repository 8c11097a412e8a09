#include "cli/ranking.h"

#include <stdlib.h>

#include "lib/diag.h"
#include "lib/ratio.h"

static int
by_value(const struct ranked *a, const struct ranked *b)
{
    return ratio_compare(ratio_of(a->num, a->den), ratio_of(b->num, b->den));
}

static int
smallest_first(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    int order = by_value(x, y);

    return order != 0 ? order : x->unit - y->unit;
}

static int
largest_first(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    int order = by_value(y, x);

    return order != 0 ? order : x->unit - y->unit;
}

void
ranking_make(struct ranked *rows, size_t count, bool smallest)
{
    size_t i;

    if (count == 0) {
        return;
    }
    for (i = 0; i < count; i++) {
        MUST(rows[i].den > 0);
    }
    qsort(rows, count, sizeof *rows, smallest ? smallest_first : largest_first);
    for (i = 0; i < count; i++) {
        rows[i].place =
            i > 0 && by_value(&rows[i], &rows[i - 1]) == 0 ? rows[i - 1].place : i + 1;
    }
}
