#include "lib/latest.h"

bool
latest_verdict(const struct catalogue *c, const struct facts *f, const struct target *t,
               struct subject_ref s, int32_t today, bool simulated, int *year,
               enum verdict *verdict)
{
    int newest = day_rule_year(today, c->rule);
    int y;

    if (newest > c->years_to) {
        newest = c->years_to;
    }
    for (y = newest; y >= c->years_from; y--) {
        struct wanted wanted;
        int first;
        int last;

        if (!target_governs(c, t, y)) {
            continue;
        }
        target_span(c, t, y, &first, &last);
        score_wanted(c, f, t, s, last, today, simulated, &wanted);
        if (wanted.has_latest) {
            *year = last;
            *verdict = wanted.latest.verdict;
            return true;
        }
        if (first != last) {
            break; /* one span for all years */
        }
    }
    return false;
}
