/* Numbers and days as texts of one language. */
#include "notifier/filling.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES 128

static const char *
kept(const struct filling *f, const char *text)
{
    const char *copy = arena_text(f->a, text);

    return copy == NULL ? "" : copy;
}

void
filling_text(const struct filling *f, enum slot slot, const char *text)
{
    f->v->text[slot] = kept(f, text);
}

const char *
filling_either(const struct filling *f, const char *vi, const char *en)
{
    const char *text = f->vi ? vi : en;

    return text == NULL ? "" : text;
}

void
filling_number(const struct filling *f, enum slot slot, int64_t n)
{
    char text[TEXT_BYTES];

    (void)snprintf(text, sizeof text, "%" PRId64, n);
    filling_text(f, slot, text);
}

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

void
filling_day(const struct filling *f, enum slot slot, int32_t day)
{
    char text[TEXT_BYTES];
    int year;
    int month;
    int mday;

    if (f->vi) {
        day_text_vi(day, text);
    } else {
        day_to_civil(day, &year, &month, &mday);
        (void)snprintf(text, sizeof text, "%d %s %d", mday, months[month - 1], year);
    }
    filling_text(f, slot, text);
}

void
filling_ratio(const struct filling *f, enum slot slot, struct ratio r, int decimals,
              enum cut cut)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (r.den != 0) {
        ratio_text(r, decimals, cut, f->vi, text);
    }
    filling_text(f, slot, text);
}

void
filling_ratio_short(const struct filling *f, enum slot slot, struct ratio r,
                    enum cut cut)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (r.den != 0) {
        ratio_text_short(r, 2, cut, f->vi, text);
    }
    filling_text(f, slot, text);
}

void
filling_count(const struct filling *f, enum slot slot, int64_t n)
{
    char text[RATIO_TEXT_BYTES];

    count_text(n, f->vi, text);
    filling_text(f, slot, text);
}

void
filling_things(const struct filling *f, enum slot slot, int64_t n)
{
    char text[TEXT_BYTES];

    if (f->vi && n > 0 && n < 10) {
        (void)snprintf(text, sizeof text, "0%" PRId64, n);
        filling_text(f, slot, text);
    } else if (n > 0) {
        filling_count(f, slot, n);
    }
}

const char *
filling_month(int month)
{
    return months[month - 1];
}
