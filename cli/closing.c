#include "cli/closing.h"

#include <stdio.h>

#include "cli/language.h"
#include "cli/reading.h"
#include "lib/subject.h"

/* Could a later window still have said something else? */
static bool
is_open(enum verdict v)
{
    return v == VERDICT_ON_PACE || v == VERDICT_BEHIND || v == VERDICT_NO_DATA ||
           v == VERDICT_TOO_SMALL || v == VERDICT_ON_WAY;
}

enum closing
closing_of(const struct catalogue *c, const struct target *t,
           struct subject_ref subject, const struct score *score, int32_t today)
{
    int32_t first;
    int32_t last;
    int32_t over;
    int from;
    int to;

    subject_days(c, t, subject, &first, &last);
    if (last >= today) {
        return CLOSING_NONE;
    }
    if (score->ends != DAY_NONE) {
        return CLOSING_NOT_JUDGED;
    }
    target_span(c, t, score->year, &from, &to);
    year_bounds(to, c->rule, &first, &over);
    return last < over && is_open(score->verdict) ? CLOSING_WITH_UNIT : CLOSING_NONE;
}

const char *
closing_name(enum closing closing)
{
    static const char *const names[] = {NULL, "with_unit", "not_judged"};

    return names[closing];
}

void
closing_say(enum closing closing, const struct score *score, const char *verdict,
            char out[CLOSING_BYTES])
{
    bool no_data = score->verdict == VERDICT_NO_DATA;

    if (closing == CLOSING_NOT_JUDGED) {
        char day[DAY_TEXT_BYTES];

        day_say(score->ends, day);
        (void)snprintf(
            out, CLOSING_BYTES,
            words("%s%schưa đánh giá do sắp xếp đơn vị hành chính (ngày cuối "
                  "cùng: %s)",
                  "%s%snot judged: closed with the unit (its last day: %s)"),
            no_data ? verdict : "", no_data ? "; " : "", day);
        return;
    }
    (void)snprintf(
        out, CLOSING_BYTES, "%s%s", verdict,
        closing == CLOSING_WITH_UNIT
            ? words("; kết thúc do sắp xếp đơn vị hành chính", "; closed with the unit")
            : "");
}

void
closing_say_short(enum closing closing, const char *verdict, char out[CLOSING_BYTES])
{
    if (closing == CLOSING_NOT_JUDGED) {
        (void)snprintf(out, CLOSING_BYTES, "%s", words("chưa đánh giá", "not judged"));
        return;
    }
    (void)snprintf(out, CLOSING_BYTES, "%s%s", verdict,
                   closing == CLOSING_WITH_UNIT ? words("; đã kết thúc", "; closed")
                                                : "");
}
