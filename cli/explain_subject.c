/* Whom and which window `dondoc explain` is asked about. */
#include "cli/explain.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/subject.h"

#define WINDOWS_MAX 400

static bool
level_parse(const char *text, enum level *level)
{
    int l;

    if (strncmp(text, "level-", 6) != 0) {
        return false;
    }
    for (l = LEVEL_PROVINCE; l <= LEVEL_COMMUNE; l++) {
        if (strcmp(text + 6, level_name((enum level)l)) == 0) {
            *level = (enum level)l;
            return true;
        }
    }
    return false;
}

static const char *
level_words(enum level level)
{
    static const char *const said[][2] = {
        [LEVEL_PROVINCE] = {"cấp tỉnh", "provincial level"},
        [LEVEL_DISTRICT] = {"cấp huyện", "district level"},
        [LEVEL_COMMUNE] = {"cấp xã", "commune level"},
        [LEVEL_ALL] = {"toàn tỉnh", "the whole province"},
    };

    return words(said[level][0], said[level][1]);
}

static bool
has_members(const struct explain *x, struct subject_ref s)
{
    size_t i;

    for (i = 0; i < x->c->unit_count; i++) {
        if (subject_has_member(x->c, x->t, s, (int)i)) {
            return true;
        }
    }
    return false;
}

static bool
not_concerned(const struct explain *x, const char *text)
{
    (void)fprintf(stderr,
                  words("%s “%s” đặt cho %s; “%s” không thuộc cấp đó.\n",
                        "The %s “%s” is set for: %s; “%s” is not of that level.\n"),
                  words(x->c->word_vi, x->c->word_en), x->t->id,
                  level_words(x->t->level), text);
    return false;
}

bool
explain_subject(struct explain *x, const char *text)
{
    const struct target *t = x->t;
    struct subject_ref whole = {NONE, t->level, false};
    const struct unit *u;
    enum level level;
    int unit;

    x->subject = whole;
    if (strcmp(text, "province") == 0) {
        return true;
    }
    if (level_parse(text, &level)) {
        x->subject.level = level;
        x->subject.under = level != t->level;
        return level == t->level || t->level == LEVEL_ALL || not_concerned(x, text);
    }
    unit = unit_find(x->c, text);
    if (unit == NONE) {
        (void)unit_unknown(x->c, text);
        return false;
    }
    if (unit == x->c->province_unit) {
        return true;
    }
    u = &x->c->units[unit];
    x->subject = (struct subject_ref){unit, t->level, false};
    if ((u->level == t->level || t->level == LEVEL_ALL) &&
        (subject_group(x->c, t)->reported_by & (1u << u->kind)) != 0) {
        return true;
    }
    x->subject.under = true; /* a district over its communes */
    return has_members(x, x->subject) || not_concerned(x, text);
}

void
explain_subject_words(const struct explain *x, char *out)
{
    const struct unit *u;

    if (x->subject.unit == NONE && x->t->subject == SUBJECT_PROVINCE &&
        x->subject.level == x->t->level) {
        u = &x->c->units[x->c->province_unit];
        (void)snprintf(out, SUBJECT_WORDS_BYTES, "%s (%s)", unit_words(u), u->id);
        return;
    }
    if (x->subject.unit == NONE) {
        (void)snprintf(out, SUBJECT_WORDS_BYTES, "%s (%s)",
                       level_words(x->subject.level), x->name);
        return;
    }
    u = &x->c->units[x->subject.unit];
    (void)snprintf(out, SUBJECT_WORDS_BYTES, "%s%s (%s)",
                   x->subject.under ? words("các đơn vị thuộc ", "the units under ")
                                    : "",
                   unit_words(u), u->id);
}

/* --- windows --- */

static bool
no_window(const struct explain *x, const char *what)
{
    (void)fprintf(stderr,
                  words("Chưa có kỳ nào để đánh giá %s của %s%s%s.\n",
                        "There is no window to look at for %s of %s%s%s.\n"),
                  x->t->id, x->name, what[0] == '\0' ? "" : ", ", what);
    return false;
}

static bool
window_named(struct explain *x, int year, const char *code)
{
    const struct group *g = subject_group(x->c, x->t);
    char better[PERIOD_TEXT_BYTES] = "";
    struct window w;

    if (window_parse(code, g->rule, &w, better) != ST_OK) {
        (void)fprintf(stderr,
                      words("“%s” không phải mã kỳ báo cáo (2023-09, 2023-Q3, 2023, "
                            "2026@2026-09-26)",
                            "“%s” is not the code of a window (2023-09, 2023-Q3, 2023, "
                            "2026@2026-09-26)"),
                      code);
        (void)fprintf(stderr,
                      better[0] != '\0'
                          ? words("; có phải là %s?\n", "; did you mean %s?\n")
                          : "%s.\n",
                      better);
        return false;
    }
    if (w.last > x->at && x->at != DAY_NONE) {
        char day[DAY_TEXT_BYTES];

        day_say(x->at, day);
        (void)fprintf(stderr,
                      words("Kỳ %s kết thúc sau ngày %s. Đề nghị chọn kỳ sớm hơn, hoặc "
                            "bỏ --at.\n",
                            "The window %s ends after %s. Please name an earlier one, "
                            "or leave out --at.\n"),
                      w.code, day);
        return false;
    }
    score_subject(x->c, x->reading.facts, x->t, x->subject, year != 0 ? year : w.year,
                  &w, &x->score);
    return true;
}

/* The year's newest window with a figure; else its newest. */
static bool
window_of_year(struct explain *x, int year)
{
    struct window all[WINDOWS_MAX];
    size_t count = score_windows(x->c, x->reading.facts, x->t, x->subject, year,
                                 x->today, all, WINDOWS_MAX);
    size_t i;

    for (i = count; i > 0; i--) {
        score_subject(x->c, x->reading.facts, x->t, x->subject, year, &all[i - 1],
                      &x->score);
        if (x->score.standing.has || x->score.standing.not_applicable) {
            return true;
        }
    }
    if (count > 0) {
        score_subject(x->c, x->reading.facts, x->t, x->subject, year, &all[count - 1],
                      &x->score);
    }
    return count > 0;
}

/* The version of the target that speaks of a year; the subject may be another then. */
static bool
version_take(struct explain *x, const char *subject, int year)
{
    const struct target *t = &x->c->targets[catalogue_target_at(x->c, x->t->id, year)];

    if (t == x->t) {
        return true;
    }
    x->t = t;
    if (!explain_subject(x, subject)) {
        return false;
    }
    subject_name(x->c, t, x->subject, x->name);
    return true;
}

/* What the scorer would show now. */
static bool
window_latest(struct explain *x, const char *subject)
{
    struct wanted wanted;
    int year;

    for (year = x->c->years_to; year >= x->c->years_from; year--) {
        int first;
        int last;

        if (!version_take(x, subject, year)) {
            return false;
        }
        target_span(x->c, x->t, year, &first, &last);
        score_wanted(x->c, x->reading.facts, x->t, x->subject, last, x->today,
                     x->reading.simulated, &wanted);
        if (wanted.has_latest) {
            x->score = wanted.latest;
            return true;
        }
    }
    return no_window(x, "");
}

/* A date is judged once: what was met there is met at every window behind it. */
static void
date_judged(struct explain *x)
{
    enum verdict v = x->score.verdict;
    struct score met;

    if ((v == VERDICT_MISSED || v == VERDICT_BEHIND) &&
        score_was_met(x->c, x->reading.facts, x->t, x->subject, x->score.window.last,
                      &met)) {
        x->score.verdict = VERDICT_MET;
        x->met = met.window;
    }
}

bool
explain_window(struct explain *x, const char *subject, int year, const char *window)
{
    char text[16];
    bool found;

    x->named = year != 0 || window[0] != '\0';
    x->chosen = x->named || x->at != DAY_NONE;
    if (!x->named) {
        return window_latest(x, subject);
    }
    if (window[0] != '\0') {
        found = window_named(x, year, window);
    } else {
        (void)snprintf(text, sizeof text, "%d", year);
        found = window_of_year(x, year) || no_window(x, text);
    }
    if (found) {
        date_judged(x);
    }
    return found;
}
