/*
 * render_case - events as the scorer writes them, rendered with the alert programme,
 * for the tests of the words.
 */
#ifndef DONDOC_TESTS_RENDER_CASE_H
#define DONDOC_TESTS_RENDER_CASE_H

#include "lib/catalogue.h"
#include "lib/mem.h"
#include "lib/wire.h"
#include "notifier/render.h"

struct fixture {
    struct catalogue *c;
    struct arena *a;
};

int render_setup(void **state);
int render_teardown(void **state);

/* Noon of a day in Viet Nam. */
int64_t noon(int year, int month, int mday);
/* 1.130 of 2.386 on 30/9/2023: 35 + 20 * 273/365 percent were asked for. */
struct alert_event september(void);
/* 1b or 1d at a year's rank; ranked 0: how many had a score is not known. */
struct alert_event papi(const char *target, int year, int64_t rank, int64_t ranked);

void render_for(struct fixture *f, const struct alert_event *e, const char *leader,
                struct rendered *out);

void want_text(const char *got, const char *want);
void want_part(const char *got, const char *part);
void want_no_part(const char *got, const char *part);

#endif
