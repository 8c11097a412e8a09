/* The rows of `dondoc league`: scores, places, who has none and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/language.h"
#include "cli/league.h"
#include "lib/mem.h"
#include "lib/subject.h"

static const struct indicator *
indicator_of(const struct league *l)
{
    return &l->catalogue.indicators[l->figures[0].indicator];
}

static void
row_score(const struct league *l, struct league_row *row)
{
    row->judged = league_judges(l);
    league_score(l, row->member, &row->score);
}

/* --- places --- */

static size_t
ranked_take(const struct league *l, struct ranked *out)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < l->member_count; i++) {
        const struct member *m = &l->members[i];

        if (m->state == MEMBER_IN) {
            out[count++] =
                (struct ranked){m->unit, m->standings[0].num, m->standings[0].den, 0};
        }
    }
    ranking_make(out, count, !indicator_of(l)->better_up);
    return count;
}

static const struct member *
member_of(const struct league *l, int unit)
{
    size_t i;

    for (i = 0; i < l->member_count; i++) {
        if (l->members[i].unit == unit) {
            return &l->members[i];
        }
    }
    return NULL;
}

static void
then_fill(const struct league *then, const struct ranked *ranked, size_t count,
          struct league_row *row)
{
    size_t i;

    row->then = member_of(then, row->member->unit);
    for (i = 0; i < count; i++) {
        if (ranked[i].unit == row->member->unit) {
            row->then_place = ranked[i].place;
        }
    }
}

static void
then_take(struct league_list *list)
{
    const struct league *then = list->then;
    struct ranked *ranked;
    size_t count;
    size_t i;

    if (then == NULL) {
        return;
    }
    ranked = mem_alloc((then->member_count + 1) * sizeof *ranked);
    count = ranked_take(then, ranked);
    for (i = 0; i < list->count; i++) {
        then_fill(then, ranked, count, &list->rows[i]);
    }
    mem_free(&ranked);
}

static void
level_take(struct league_list *list)
{
    const struct league *l = list->league;
    const struct target *t = l->target;
    struct subject_ref s = {NONE, t->level, false};

    list->whole = t->subject != SUBJECT_EACH && t->kind != TARGET_INFO &&
                  (l->level == t->level || l->level == LEVEL_ALL);
    if (list->whole) {
        score_subject(&l->catalogue, l->reading.facts, t, s, l->year, &l->window,
                      &list->level);
    }
}

static void
rest_take(struct league_list *list, enum member_state state)
{
    const struct league *l = list->league;
    size_t i;

    for (i = 0; i < l->member_count; i++) {
        if (l->members[i].state == state) {
            list->rows[list->count++].member = &l->members[i];
        }
    }
}

void
league_list_make(struct league_list *list)
{
    const struct league *l = list->league;
    struct ranked *ranked = mem_alloc((l->member_count + 1) * sizeof *ranked);
    size_t i;

    list->rows = mem_alloc((l->member_count + 1) * sizeof *list->rows);
    list->ranked = ranked_take(l, ranked);
    for (i = 0; i < list->ranked; i++) {
        list->rows[i].member = member_of(l, ranked[i].unit);
        list->rows[i].place = ranked[i].place;
    }
    list->count = list->ranked;
    rest_take(list, MEMBER_SMALL);
    rest_take(list, MEMBER_NOT_APPLICABLE);
    rest_take(list, MEMBER_NO_FIGURE);
    for (i = 0; i < list->count; i++) {
        row_score(l, &list->rows[i]);
    }
    mem_free(&ranked);
    then_take(list);
    level_take(list);
}

void
league_list_fini(struct league_list *list)
{
    mem_free(&list->rows);
}

size_t
league_list_shown(const struct league_list *list, size_t *from)
{
    const struct league_row *rows = list->rows;
    size_t count =
        list->top == 0 || list->top > list->ranked ? list->ranked : list->top;

    *from = 0;
    if (list->worst) {
        *from = list->ranked - count;
        while (count > 0 && *from > 0 && rows[*from - 1].place == rows[*from].place) {
            (*from)--;
            count++;
        }
        return count;
    }
    while (count > 0 && count < list->ranked &&
           rows[count].place == rows[count - 1].place) {
        count++;
    }
    return count;
}

/* --- what is required, and what cannot be compared --- */

struct shown
league_required(const struct league_list *list)
{
    const struct league *l = list->league;
    struct shown none = {0};
    struct shown shown = {0};
    size_t i;

    if (list->whole) {
        score_shown(&l->catalogue, l->target, &list->level, &shown);
        return shown;
    }
    for (i = 0; i < list->ranked; i++) {
        struct shown one;

        score_shown(&l->catalogue, l->target, &list->rows[i].score, &one);
        if (i > 0 && (one.required.den == 0 || shown.required.den == 0 ||
                      ratio_compare(one.required, shown.required) != 0)) {
            return none; /* improve, reduce_by: each has its own */
        }
        shown = one;
    }
    return list->ranked > 0 && list->rows[0].judged ? shown : none;
}

const char *
league_then_refused(const struct league *now, const struct league *then, char *out,
                    size_t out_bytes)
{
    const struct indicator *a = indicator_of(now);
    const struct indicator *b = indicator_of(then);
    int pool = now->catalogue.measures[a->numerator[0]].pool;
    int other = then->catalogue.measures[b->numerator[0]].pool;

    if (pool != other) {
        (void)snprintf(
            out, out_bytes,
            words(
                "Không so sánh: năm %d là hạng trong %d tỉnh, thành phố, năm %d là "
                "hạng trong %d. Đề nghị xem riêng từng năm, bỏ --since.",
                "Not compared: in %d it is a place among %d provinces, in %d among %d. "
                "Please look at each year by itself, without --since."),
            then->year, other, now->year, pool);
        return out;
    }
    if (now->figures[0].indicator != then->figures[0].indicator) {
        (void)snprintf(
            out, out_bytes,
            words(
                "Không so sánh: năm %d tính theo chỉ số %s, năm %d theo chỉ số %s, là "
                "hai định nghĩa khác nhau. Đề nghị xem riêng từng năm, bỏ --since.",
                "Not compared: %d is after the indicator %s, %d after %s: two "
                "definitions. Please look at each year by itself, without --since."),
            then->year, b->id, now->year, a->id);
        return out;
    }
    return NULL;
}
