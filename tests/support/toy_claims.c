#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/toy_claims.h"

int
toy_set_up(void **state)
{
    static struct toy toy;

    toy.c = toy_catalogue_new();
    toy.f = facts_new(toy.c);
    buf_init(&toy.line, 4096);
    *state = &toy;
    return 0;
}

int
toy_tear_down(void **state)
{
    struct toy *toy = *state;

    buf_fini(&toy->line);
    facts_free(&toy->f);
    toy_catalogue_free(&toy->c);
    return 0;
}

void
same_verdict(const char *name, enum verdict got, enum verdict want)
{
    if (got != want) {
        fail_msg("%s: verdict: got %s, want %s", name, verdict_name(got),
                 verdict_name(want));
    }
}

void
same_number(const char *name, const char *what, int64_t got, int64_t want)
{
    if (got != want) {
        fail_msg("%s: %s: got %lld, want %lld", name, what, (long long)got,
                 (long long)want);
    }
}

void
same_ratio(const char *name, const char *what, struct ratio got, struct ratio want)
{
    bool same = got.den == 0 || want.den == 0 ? got.den == want.den
                                              : ratio_compare(got, want) == 0;

    if (!same) {
        fail_msg("%s: %s: got %lld/%lld, want %lld/%lld", name, what,
                 (long long)got.num, (long long)got.den, (long long)want.num,
                 (long long)want.den);
    }
}

void
same_text(const char *name, const char *what, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        fail_msg("%s: %s: got \"%s\", want \"%s\"", name, what, got, want);
    }
}

static int64_t
figure_word(const char *word)
{
    long number = 0;

    if (word[0] == 'a') {
        return TOY_ABSENT;
    }
    if (word[0] == 'x') {
        return TOY_NOT_APPLICABLE;
    }
    while (*word >= '0' && *word <= '9') {
        number = number * 10 + (*word++ - '0');
    }
    return number;
}

void
toy_reports(struct toy *toy, int unit, int group, const char *reports)
{
    char copy[512];
    char *rest = NULL;
    char *word;

    (void)snprintf(copy, sizeof copy, "%s", reports);
    for (word = strtok_r(copy, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        char *a = strchr(word, ':');
        char *b = strchr(a + 1, ':');

        *a = '\0';
        toy_report(toy->c, toy->f, unit, group, word, figure_word(a + 1),
                   figure_word(b + 1));
    }
}

void
toy_versions(struct toy *toy)
{
    struct target *first = &toy->c->targets[TOY_7B];
    struct target *second = &toy->c->targets[TOY_7C];

    *first = *second;
    first->versions = second->versions = true;
    first->version = 1;
    first->superseded = true;
    first->years_from = 2021;
    first->years_to = 2022;
    second->version = 2;
    second->later = true;
    second->years_from = 2023;
    second->years_to = 2025;
    second->valid_from = day_from_civil(2023, 1, 1);
    second->indicator = TOY_WORK;
    second->kind = TARGET_AT_LEAST;
    second->pace = PACE_FLAT;
    second->threshold = (struct ratio){60, 1};
}

void
toy_score(const struct toy *toy, enum toy_target target, struct subject_ref s,
          const char *period, struct score *out)
{
    struct window w = toy_window(period);

    score_subject(toy->c, toy->f, &toy->c->targets[target], s, w.year, &w, out);
}

void
toy_wanted_on(const struct toy *toy, enum toy_target target, struct subject_ref s,
              int year, int32_t now_day, struct wanted *out)
{
    score_wanted(toy->c, toy->f, &toy->c->targets[target], s, year, now_day, false,
                 out);
}

void
toy_wanted(const struct toy *toy, enum toy_target target, struct subject_ref s,
           const char *period, struct wanted *out)
{
    struct window w = toy_window(period);

    toy_wanted_on(toy, target, s, w.year, w.last, out);
}

void
same_wanted(const char *name, const struct wanted *w, enum alert_kind kind, bool ever,
            const char *at, const char *since, uint32_t windows)
{
    same_text(name, "kind", alert_kind_name(w->kind), alert_kind_name(kind));
    same_number(name, "ever", w->ever, ever);
    if (at != NULL) {
        same_text(name, "at", w->at.window.code, at);
    }
    same_text(name, "since", w->since.code, since);
    same_number(name, "windows", w->windows, windows);
}
