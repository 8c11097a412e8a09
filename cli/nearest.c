#include "cli/nearest.h"

#include <string.h>

/* Edits between two texts, by Levenshtein's table of two rows. */
static size_t
edits(const char *a, const char *b)
{
    size_t row[65];
    size_t b_len = strlen(b);

    if (b_len > 64 || strlen(a) > 64) {
        return 64;
    }
    for (size_t k = 0; k <= b_len; k++) {
        row[k] = k;
    }
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t k = 1; k <= b_len; k++) {
            size_t above = row[k];
            size_t best = corner + (a[i] == b[k - 1] ? 0 : 1);

            best = above + 1 < best ? above + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            row[k] = best;
            corner = above;
        }
    }
    return row[b_len];
}

const char *
nearest_name(const char *text, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t least = strlen(text) / 3 + 2; /* more is no typing mistake */

    for (size_t i = 0; i < count; i++) {
        size_t n = edits(text, names[i]);

        if (n < least) {
            least = n;
            best = names[i];
        }
    }
    return best;
}
