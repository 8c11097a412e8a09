/* Numbers and days as texts of one language. */
#include "notifier/filling.h"

#include <string.h>

#include "lib/put.h"

#define TEXT_BYTES 128
#define CODE_SHOWN 96 /* bytes of a code with a number behind it */

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

void
filling_borrow(const struct filling *f, enum slot slot, const char *text)
{
    f->v->text[slot] = text;
}

const char *
filling_either(const struct filling *f, const char *vi, const char *en)
{
    const char *text = f->vi ? vi : en;

    return text == NULL ? "" : text;
}

/* Most numbers of a message; the same in both languages, and good for ever. */
static const char digits[10][3] = {"00", "01", "02", "03", "04",
                                   "05", "06", "07", "08", "09"};

static bool
is_digit(int64_t n)
{
    return (uint64_t)n <= 9;
}

/* Most are of a few digits, with nothing between them. */
static void
fill_digits(const struct filling *f, enum slot slot, int64_t n)
{
    char text[24]; /* 19 at most */
    size_t at = sizeof text;
    const char *copy;

    do {
        text[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    copy = arena_copy(f->a, text + at, sizeof text - at);
    f->v->text[slot] = copy == NULL ? "" : copy;
}

void
filling_number(const struct filling *f, enum slot slot, int64_t n)
{
    char text[TEXT_BYTES];
    struct put p;

    if (is_digit(n)) {
        filling_borrow(f, slot, digits[n] + 1);
        return;
    }
    if (n > 0) {
        fill_digits(f, slot, n);
        return;
    }
    put_begin(&p, text, sizeof text);
    put_number(&p, n);
    put_end(&p);
    filling_text(f, slot, text);
}

void
filling_code(const struct filling *f, enum slot slot, const char *code, uint32_t n)
{
    char text[TEXT_BYTES];
    struct put p;

    put_begin(&p, text, CODE_SHOWN + 1);
    put_text(&p, code);
    p.end = text + sizeof text - 1;
    put_char(&p, '/');
    put_count(&p, n);
    put_end(&p);
    filling_text(f, slot, text);
}

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

void
filling_day(const struct filling *f, enum slot slot, int32_t day)
{
    char text[TEXT_BYTES];
    struct put p;
    int year;
    int month;
    int mday;

    if (f->vi) {
        day_text_vi(day, text);
    } else {
        day_to_civil(day, &year, &month, &mday);
        put_begin(&p, text, sizeof text);
        put_number(&p, mday);
        put_char(&p, ' ');
        put_text(&p, months[month - 1]);
        put_char(&p, ' ');
        put_number(&p, year);
        put_end(&p);
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

    if (is_digit(n)) {
        filling_borrow(f, slot, digits[n] + 1);
        return;
    }
    if (n > 0 && n < 1000) {
        fill_digits(f, slot, n);
        return;
    }
    count_text(n, f->vi, text);
    filling_text(f, slot, text);
}

void
filling_things(const struct filling *f, enum slot slot, int64_t n)
{
    if (n <= 0) {
        return;
    }
    if (f->vi && n <= 9) {
        filling_borrow(f, slot, digits[n]);
    } else {
        filling_count(f, slot, n);
    }
}

const char *
filling_month(int month)
{
    return months[month - 1];
}
