/*
 * ratio - exact fractions. Verdicts compare integers, cross-multiplied in 128 bits;
 * no floating point anywhere. Printing cuts toward the worse side.
 * Source: design.md section 4 "Exact".
 */
#ifndef DONDOC_RATIO_H
#define DONDOC_RATIO_H

#include <stdbool.h>
#include <stdint.h>

struct ratio {
    int64_t num;
    int64_t den; /* > 0; 0: there is no value */
};

#define RATIO_TEXT_BYTES 48

enum cut { CUT_DOWN, CUT_UP }; /* toward -infinity, toward +infinity */

struct ratio ratio_of(int64_t num, int64_t den); /* as given, not reduced; den >= 0 */
struct ratio ratio_reduced(struct ratio r);
int ratio_compare(struct ratio a, struct ratio b); /* -1 0 1; both have a value */
struct ratio ratio_add(struct ratio a,
                       struct ratio b); /* reduced; panics on overflow */
struct ratio ratio_sub(struct ratio a, struct ratio b);
struct ratio ratio_percent(int64_t num, int64_t den); /* 100*num/den */

/* Smallest whole k >= r, largest whole k <= r. */
int64_t ratio_ceil(struct ratio r);
int64_t ratio_floor(struct ratio r);

/*
 * ratio_pace - a requirement between two steps: before + (step - before) *
 * elapsed/total. Worked: before 35, step 55, 181 of 365 days: 35 + 20*181/365 =
 * 16395/365 = 44,9178…
 */
struct ratio ratio_pace(struct ratio before, struct ratio step, int32_t elapsed_days,
                        int32_t total_days);

/*
 * ratio_text - with `decimals` places (0-4), cut as told; comma as decimal sign and a
 * dot between thousands when `vietnamese`, else point and comma.
 * 54.95/100 of percent: 5495/100 -> "54,95". Exactly whole keeps its zeros: "55,00".
 */
void ratio_text(struct ratio r, int decimals, enum cut cut, bool vietnamese,
                char out[RATIO_TEXT_BYTES]);

/* As ratio_text, but without zeros behind: "55", "49,96" */
void ratio_text_short(struct ratio r, int decimals, enum cut cut, bool vietnamese,
                      char out[RATIO_TEXT_BYTES]);

/* The same number that ratio_text prints, as a fraction over 10^decimals. */
struct ratio ratio_cut(struct ratio r, int decimals, enum cut cut);

/* A count with its thousands: "597.918" or "597,918". */
void count_text(int64_t n, bool vietnamese, char out[RATIO_TEXT_BYTES]);

#endif
