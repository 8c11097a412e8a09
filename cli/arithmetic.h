/*
 * arithmetic - a score written out, so that a reader can check it with a pocket
 * calculator: `35 + 20 × 273/365 = 49,9589… → 49,96%`. Pure. Numbers before "…" are
 * cut, never rounded; what stands behind → is what every table and message prints.
 */
#ifndef DONDOC_CLI_ARITHMETIC_H
#define DONDOC_CLI_ARITHMETIC_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "lib/score.h"

/* What each line is made of; vietnamese: 49,96 and 2.386, else 49.96 and 2,386. */
struct arithmetic {
    const struct catalogue *catalogue;
    const struct target *target;
    const struct score *score;
    bool vietnamese;
};

/* Each appends one line without its end; false: there is no such line, nothing added.
 */

/* 1.130 / 2.386 = 47,3595…% → 47,35%
 * (60 − 49) / (2023 − 2020) = 3,6666… → 3,66; in the baseline's year the rank: 60 */
bool arithmetic_value(const struct arithmetic *a, struct buf *out);
/* The same at the other end of the range, where not all of a pool had a score:
 * (60 − 51) / (2023 − 2020) = 3 → 3,00 */
bool arithmetic_range(const struct arithmetic *a, struct buf *out);
/* 35 + 20 × 273/365 = 49,9589… → 49,96% */
bool arithmetic_required(const struct arithmetic *a, struct buf *out);
/* 49,96 − 47,35 = 2,61 */
bool arithmetic_gap(const struct arithmetic *a, struct buf *out);
/* ⌈49,9589…% × 2.386⌉ − 1.130 = 1.193 − 1.130 = 63; against now, or the year's step */
bool arithmetic_need(const struct arithmetic *a, bool year, struct buf *out);

/* The year of the figure: that of the score, or, where the figure of an earlier one is
 * shown beside a window without any, that earlier one. */
int arithmetic_year(const struct catalogue *c, const struct score *s);

/* "bậc", "place" or "places": what stands behind n. */
const char *arithmetic_places(const struct arithmetic *a, struct ratio n);

/* What improve and reduce_by compare with: "312; 312 × (100 − 10) / 100 = 280,8". False
 * when it is not known, and for the other kinds. */
bool arithmetic_base(const struct arithmetic *a, struct buf *out);

#endif
