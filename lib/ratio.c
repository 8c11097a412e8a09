/*
 * Products of two 64-bit numbers are taken in 128 bits: at most 2^126, so that the sum
 * of two of them still fits. Nothing here rounds except where a cut is asked for.
 */
#include "lib/ratio.h"

#include <string.h>

#include "lib/diag.h"

#define DECIMALS_MAX 4

static const int64_t powers[DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000};

static const struct ratio no_value = {0, 0};

struct ratio
ratio_of(int64_t num, int64_t den)
{
    MUST(den >= 0);
    return (struct ratio){num, den};
}

static unsigned __int128
magnitude(__int128 n)
{
    return n < 0 ? -(unsigned __int128)n : (unsigned __int128)n;
}

/* Nearly all numbers fit in 64 bits, where a division costs a tenth. */
static bool
is_word(__int128 n)
{
    return (int64_t)n == n;
}

static struct ratio
reduced_words(int64_t num, int64_t den)
{
    uint64_t a = num < 0 ? 0 - (uint64_t)num : (uint64_t)num;
    uint64_t b = (uint64_t)den;

    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    /* a divides den, so it is no larger, and never -1. */
    return (struct ratio){num / (int64_t)a, den / (int64_t)a};
}

static struct ratio
reduced(__int128 num, __int128 den)
{
    unsigned __int128 a = magnitude(num);
    unsigned __int128 b = (unsigned __int128)den;

    MUST(den >= 0);
    if (den == 0) {
        return no_value;
    }
    if (is_word(num) && is_word(den)) {
        return reduced_words((int64_t)num, (int64_t)den);
    }
    while (b != 0) {
        unsigned __int128 rest = a % b;

        a = b;
        b = rest;
    }
    num /= (__int128)a;
    den /= (__int128)a;
    MUST(num >= INT64_MIN && num <= INT64_MAX && den <= INT64_MAX);
    return (struct ratio){(int64_t)num, (int64_t)den};
}

struct ratio
ratio_reduced(struct ratio r)
{
    return reduced(r.num, r.den);
}

int
ratio_compare(struct ratio a, struct ratio b)
{
    __int128 left = (__int128)a.num * b.den;
    __int128 right = (__int128)b.num * a.den;

    MUST(a.den > 0 && b.den > 0);
    return left < right ? -1 : left > right;
}

struct ratio
ratio_add(struct ratio a, struct ratio b)
{
    return reduced((__int128)a.num * b.den + (__int128)b.num * a.den,
                   (__int128)a.den * b.den);
}

struct ratio
ratio_sub(struct ratio a, struct ratio b)
{
    return reduced((__int128)a.num * b.den - (__int128)b.num * a.den,
                   (__int128)a.den * b.den);
}

struct ratio
ratio_percent(int64_t num, int64_t den)
{
    __int128 hundredfold = (__int128)num * 100;

    MUST(den >= 0);
    if (hundredfold < INT64_MIN || hundredfold > INT64_MAX) {
        return reduced(hundredfold, den);
    }
    return (struct ratio){(int64_t)hundredfold, den};
}

/* num/den with den > 0, to a whole number below or above. */
static __int128
cut_whole(__int128 num, int64_t den, enum cut cut)
{
    bool word = is_word(num);
    __int128 whole = word ? (int64_t)num / den : num / den;
    __int128 rest = word ? (int64_t)num % den : num % den;

    if (cut == CUT_DOWN) {
        return rest < 0 ? whole - 1 : whole;
    }
    return rest > 0 ? whole + 1 : whole;
}

int64_t
ratio_ceil(struct ratio r)
{
    MUST(r.den > 0);
    return (int64_t)cut_whole(r.num, r.den, CUT_UP);
}

int64_t
ratio_floor(struct ratio r)
{
    MUST(r.den > 0);
    return (int64_t)cut_whole(r.num, r.den, CUT_DOWN);
}

struct ratio
ratio_pace(struct ratio before, struct ratio step, int32_t elapsed_days,
           int32_t total_days)
{
    struct ratio rise = ratio_sub(step, before);

    MUST(elapsed_days >= 0 && elapsed_days <= total_days && total_days > 0);
    return ratio_add(before, reduced((__int128)rise.num * elapsed_days,
                                     (__int128)rise.den * total_days));
}

struct ratio
ratio_cut(struct ratio r, int decimals, enum cut cut)
{
    __int128 k;

    MUST(decimals >= 0 && decimals <= DECIMALS_MAX);
    if (r.den == 0) {
        return no_value;
    }
    k = cut_whole((__int128)r.num * powers[decimals], r.den, cut);
    MUST(k >= INT64_MIN && k <= INT64_MAX);
    return (struct ratio){(int64_t)k, powers[decimals]};
}

static char
last_digit(unsigned __int128 *rest)
{
    uint64_t word = (uint64_t)*rest;
    int digit;

    if (*rest == word) {
        digit = (int)(word % 10);
        *rest = word / 10;
    } else {
        digit = (int)(*rest % 10);
        *rest /= 10;
    }
    return (char)('0' + digit);
}

/* k / 10^decimals, from the last digit to the first. At most 32 bytes: 23 digits. */
static void
number_text(__int128 k, int decimals, bool vietnamese, char out[RATIO_TEXT_BYTES])
{
    unsigned __int128 rest = magnitude(k);
    const char group = vietnamese ? '.' : ',';
    char sign = decimals > 0 ? (vietnamese ? ',' : '.') : group;
    int left = decimals > 0 ? decimals : 3; /* digits up to the next sign */
    char back[RATIO_TEXT_BYTES];
    size_t n = sizeof back;
    int places = 0;

    back[--n] = '\0';
    do {
        if (left == 0) {
            back[--n] = sign;
            sign = group;
            left = 3;
        }
        back[--n] = last_digit(&rest);
        left--;
        places++;
    } while (rest != 0 || places <= decimals);
    if (k < 0) {
        back[--n] = '-';
    }
    memcpy(out, back + n, sizeof back - n);
}

void
ratio_text(struct ratio r, int decimals, enum cut cut, bool vietnamese,
           char out[RATIO_TEXT_BYTES])
{
    MUST(decimals >= 0 && decimals <= DECIMALS_MAX);
    if (r.den == 0) {
        memcpy(out, "-", 2);
        return;
    }
    number_text(cut_whole((__int128)r.num * powers[decimals], r.den, cut), decimals,
                vietnamese, out);
}

void
ratio_text_short(struct ratio r, int decimals, enum cut cut, bool vietnamese,
                 char out[RATIO_TEXT_BYTES])
{
    size_t n;

    ratio_text(r, decimals, cut, vietnamese, out);
    if (decimals == 0 || r.den == 0) {
        return;
    }
    n = strlen(out);
    while (out[n - 1] == '0') {
        n--;
    }
    if (out[n - 1] == ',' || out[n - 1] == '.') { /* the decimal sign stops the zeros */
        n--;
    }
    out[n] = '\0';
}

void
count_text(int64_t n, bool vietnamese, char out[RATIO_TEXT_BYTES])
{
    number_text(n, 0, vietnamese, out);
}
