/*
 * What the tests of the engine share: the toy province with nothing reported yet, and
 * comparisons that name the case. A claim is run with set-up and tear-down by CLAIM.
 */
#ifndef DONDOC_TOY_CLAIMS_H
#define DONDOC_TOY_CLAIMS_H

#include <stdint.h>

#include "lib/score.h"
#include "tests/support/toy_catalogue.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define CLAIM(f) cmocka_unit_test_setup_teardown(f, toy_set_up, toy_tear_down)

struct toy {
    struct catalogue *c;
    struct facts *f;
    struct buf line;
};

int toy_set_up(void **state);
int toy_tear_down(void **state);

void same_verdict(const char *name, enum verdict got, enum verdict want);
void same_number(const char *name, const char *what, int64_t got, int64_t want);
void same_text(const char *name, const char *what, const char *got, const char *want);
/* The same value, reduced or not; den 0 wants none. */
void same_ratio(const char *name, const char *what, struct ratio got,
                struct ratio want);

/* Reports of one unit and group: "2023-01:100:60 2023-02:a:x"; a absent, x not
 * applicable. */
void toy_reports(struct toy *toy, int unit, int group, const char *reports);

/* 7b becomes the first version of 7c: results digitised until 2022; 7c asks for work
 * files online from 2023 on, 60 %. */
void toy_versions(struct toy *toy);

/* The score of a subject at a window, of the window's year. */
void toy_score(const struct toy *toy, enum toy_target target, struct subject_ref s,
               const char *period, struct score *out);

/* The wanted state as of a day (not simulated), and as of a window's last day. */
void toy_wanted_on(const struct toy *toy, enum toy_target target, struct subject_ref s,
                   int year, int32_t now_day, struct wanted *out);
void toy_wanted(const struct toy *toy, enum toy_target target, struct subject_ref s,
                const char *period, struct wanted *out);

/* at  code of the deciding window; NULL: not looked at. */
void same_wanted(const char *name, const struct wanted *w, enum alert_kind kind,
                 bool ever, const char *at, const char *since, uint32_t windows);

#endif
