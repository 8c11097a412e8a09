/*
 * dondoc explain: a stock that fell. Results in force expire, so this is shown with
 * both counts and blames nobody (design.md section 4, Alert).
 */
#include <stdio.h>

#include "cli/explain.h"
#include "cli/language.h"
#include "cli/written.h"
#include "lib/subject.h"

#define WINDOWS_MAX 400

struct figure_at {
    int year;
    struct window window;
    struct standing standing;
};

static bool
figure_take(const struct explain *x, int year, const struct window *w,
            struct figure_at *out)
{
    out->year = year;
    out->window = *w;
    if (subject_is_whole(x->c, x->t, x->subject)) {
        score_whole(x->c, x->reading.facts, x->t, x->subject, year, w, &out->standing);
    } else {
        score_standing(x->c, x->reading.facts, x->t->indicator, x->subject.unit, year,
                       w, &out->standing);
    }
    return out->standing.has && out->standing.complete;
}

/* The newest two, newest first; how many there are. */
static size_t
newest_two(const struct explain *x, struct figure_at out[2])
{
    int32_t until = x->named ? x->score.window.last : x->today;
    struct window all[WINDOWS_MAX];
    size_t found = 0;
    int year;

    for (year = day_rule_year(until, x->c->rule);
         year >= x->c->history_from && found < 2; year--) {
        size_t count = score_windows(x->c, x->reading.facts, x->t, x->subject, year,
                                     until, all, WINDOWS_MAX);

        for (; count > 0 && found < 2; count--) {
            found += figure_take(x, year, &all[count - 1], &out[found]) ? 1 : 0;
        }
    }
    return found;
}

static bool
has_figure(const struct explain *x, const struct figure_at *at, int unit)
{
    struct standing st;

    if (!unit_valid_on(&x->c->units[unit], at->window.last)) {
        return false;
    }
    score_standing(x->c, x->reading.facts, x->t->indicator, unit, at->year, &at->window,
                   &st);
    return st.covered == 1;
}

/* A sum over fewer units is smaller, and nothing fell. */
static bool
same_units(const struct explain *x, const struct figure_at at[2])
{
    size_t i;

    if (!subject_is_whole(x->c, x->t, x->subject)) {
        return true;
    }
    for (i = 0; i < x->c->unit_count; i++) {
        if (subject_has_member(x->c, x->t, x->subject, (int)i) &&
            has_figure(x, &at[0], (int)i) != has_figure(x, &at[1], (int)i)) {
            return false;
        }
    }
    return true;
}

bool
explain_fell(const struct explain *x, struct fell *out)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    struct figure_at at[2];

    if (x->c->measures[ind->numerator[0]].nature != NATURE_STOCK ||
        newest_two(x, at) < 2 || !same_units(x, at)) {
        return false;
    }
    *out = (struct fell){
        .now = at[0].window,
        .before = at[1].window,
        .at = at[0].standing,
        .was = at[1].standing,
        .num = at[0].standing.num < at[1].standing.num,
        .den = !ind->is_value && at[0].standing.den < at[1].standing.den,
    };
    return out->num || out->den;
}

void
explain_fell_print(const struct explain *x)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    char more[4 * RATIO_TEXT_BYTES] = "";
    char was[RATIO_TEXT_BYTES];
    char now[RATIO_TEXT_BYTES];
    struct fell fell;

    if (!explain_fell(x, &fell)) {
        return;
    }
    if (fell.num && fell.den) {
        count_say(fell.was.den, was);
        count_say(fell.at.den, now);
        (void)snprintf(
            more, sizeof more,
            words(", mẫu số từ %s xuống %s", ", the denominator from %s to %s"), was,
            now);
    }
    count_say(fell.num ? fell.was.num : fell.was.den, was);
    count_say(fell.num ? fell.at.num : fell.at.den, now);
    wrapped_label(
        words("Số giảm:", "It fell:"),
        words("%s từ %s (kỳ %s) xuống %s (kỳ %s)%s; số liệu thời điểm có thể "
              "giảm%s, nên chỉ nêu để biết",
              "%s from %s (window %s) to %s (window %s)%s; a state may fall%s, "
              "so this is only shown"),
        ind->is_value ? words("số liệu", "the figure")
        : fell.num    ? words("tử số", "the numerator")
                      : words("mẫu số", "the denominator"),
        was, fell.before.code, now, fell.now.code, more,
        ind->better_up ? words(", ví dụ khi kết quả hết hiệu lực",
                               ", as results expire for example")
                       : "");
}

static void
pair_json(struct buf *out, const char *name, bool there, int64_t before, int64_t now)
{
    if (!there) {
        json_text(out, name, NULL);
        return;
    }
    json_open(out, name, '{');
    json_int(out, "before", before);
    json_int(out, "now", now);
    json_close(out, '}');
}

void
explain_fell_json(const struct explain *x, struct buf *out)
{
    struct fell fell;

    if (!explain_fell(x, &fell)) {
        json_text(out, "fell", NULL);
        return;
    }
    json_open(out, "fell", '{');
    explain_json_window(out, "window", &fell.now);
    explain_json_window(out, "before", &fell.before);
    pair_json(out, "num", true, fell.was.num, fell.at.num);
    pair_json(out, "den", !x->c->indicators[x->t->indicator].is_value, fell.was.den,
              fell.at.den);
    json_close(out, '}');
}
