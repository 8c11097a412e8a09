/* Sums beside what the province states, then the league table, then who is not in it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/league.h"
#include "cli/table_print.h"
#include "lib/mem.h"

#define LIST_MAX 10 /* units named where nothing else is said of them */

/* A value of its own measure: a rank, points, or a count. */
static void
value_cell(const struct league *l, struct table_print *t, size_t figure, int64_t scaled)
{
    const struct indicator *ind =
        &l->catalogue.indicators[l->figures[figure].indicator];
    struct figure f = {FIGURE_NUMBER, scaled};
    char text[RATIO_TEXT_BYTES];

    figure_say(&l->catalogue, ind->numerator[0], &f, text);
    table_print_cell(t, text);
}

/* --- the league --- */

static void
with_heads(const struct league *l, struct table_print *t, size_t at)
{
    size_t i;

    for (i = 1; i < l->figure_count; i++) {
        table_print_head(t, at + i - 1, l->figures[i].name, TABLE_RIGHT);
    }
}

static void
with_cells(const struct league *l, struct table_print *t, const struct member *m)
{
    size_t i;

    for (i = 1; i < l->figure_count; i++) {
        if (m->standings[i].covered == 1) {
            value_cell(l, t, i, m->standings[i].num);
        } else {
            table_print_cell(t, m->standings[i].not_applicable ? "x" : "-");
        }
    }
}

static void
unit_cells(const struct league *l, struct table_print *t, const struct member *m)
{
    const struct unit *u = &l->catalogue.units[m->unit];
    const struct standing *st = &m->standings[0];

    table_print_cell(t, u->id);
    table_print_cell(t, unit_words(u));
    if (l->figures[0].ratio) {
        league_count_cell(t, st->num);
        league_count_cell(t, st->den);
        league_percent_cell(l, t, 0, st->num, st->den);
    } else {
        value_cell(l, t, 0, st->num);
        table_print_cell(t, "");
        table_print_cell(t, "");
    }
}

static void
unit_heads(const struct league *l, struct table_print *t)
{
    table_print_head(t, 0, words("hạng", "place"), TABLE_RIGHT);
    table_print_head(t, 1, words("mã", "code"), TABLE_LEFT);
    table_print_head(t, 2, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, 3, words("số", "count"), TABLE_RIGHT);
    table_print_head(t, 4, words("trên", "of"), TABLE_RIGHT);
    table_print_head(t, 5, words("tỷ lệ", "ratio"), TABLE_RIGHT);
    with_heads(l, t, 6);
    table_print_head(t, 5 + l->figure_count, words("kết luận", "verdict"), TABLE_LEFT);
}

static void
verdict_cell(const struct league *l, struct table_print *t, const struct member *m)
{
    struct score s;

    if (!league_judges(l)) {
        table_print_cell(t, "");
        return;
    }
    league_score(l, m, &s);
    league_verdict_cell(l, t, m, &s);
}

static const struct member *
member_of(const struct league *l, int unit)
{
    size_t i;

    for (i = 0; l->members[i].unit != unit; i++) {
    }
    return &l->members[i];
}

static void
league_rows(const struct league *l, const struct ranked *rows, size_t count)
{
    struct table_print *t = table_print_new(6 + l->figure_count);
    size_t i;

    unit_heads(l, t);
    for (i = 0; i < count; i++) {
        const struct member *m = member_of(l, rows[i].unit);

        table_print_number(t, rows[i].place);
        unit_cells(l, t, m);
        with_cells(l, t, m);
        verdict_cell(l, t, m);
    }
    table_print_out(t);
    table_print_free(&t);
}

static size_t
rows_take(const struct league *l, struct ranked *rows)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < l->member_count; i++) {
        const struct member *m = &l->members[i];

        if (m->state == MEMBER_IN) {
            rows[count++] =
                (struct ranked){m->unit, m->standings[0].num, m->standings[0].den, 0};
        }
    }
    return count;
}

static void
league_table(const struct league *l, size_t top)
{
    struct ranked *rows = mem_alloc((l->member_count + 1) * sizeof *rows);
    size_t count = rows_take(l, rows);
    size_t shown = top > 0 && top < count ? top : count;

    ranking_make(rows, count, l->smallest_first);
    while (shown > 0 && shown < count && rows[shown].place == rows[shown - 1].place) {
        shown++; /* a tie is not cut in two */
    }
    if (shown > 0) {
        (void)printf(
            words("%zu trên %zu đơn vị, %s trước; bằng nhau thì cùng hạng, hạng "
                  "sau tính tiếp (1, 2, 2, 4)\n",
                  "%zu of %zu units, %s first; equals share a place and the "
                  "next is counted on (1, 2, 2, 4)\n"),
            shown, count,
            l->smallest_first ? words("nhỏ nhất", "the smallest")
                              : words("lớn nhất", "the largest"));
        league_rows(l, rows, shown);
        (void)putchar('\n');
    }
    mem_free(&rows);
}

/* --- who is not in it --- */

static void
small_print(const struct league *l)
{
    struct table_print *t = table_print_new(6 + l->figure_count);
    size_t i;

    unit_heads(l, t);
    for (i = 0; i < l->member_count; i++) {
        const struct member *m = &l->members[i];

        if (m->state == MEMBER_SMALL) {
            table_print_cell(t, "");
            unit_cells(l, t, m);
            with_cells(l, t, m);
            table_print_cell(t, "");
        }
    }
    if (table_print_rows(t) > 0) {
        (void)printf(words("Số lượng ít, không xếp hạng (dưới %" PRId64
                           "): %zu đơn vị\n",
                           "Too small to be ranked (below %" PRId64 "): %zu units\n"),
                     l->min > 0 ? l->min : 1, table_print_rows(t));
        table_print_out(t);
        (void)putchar('\n');
    }
    table_print_free(&t);
}

static void
left_print(const struct league *l, enum member_state state, const char *what)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < l->member_count; i++) {
        count += l->members[i].state == state ? 1 : 0;
    }
    if (count == 0) {
        return;
    }
    (void)printf(words("%s: %zu đơn vị", "%s: %zu units"), what, count);
    if (count <= LIST_MAX) {
        const char *sign = " (";

        for (i = 0; i < l->member_count; i++) {
            if (l->members[i].state == state) {
                (void)printf("%s%s", sign, l->catalogue.units[l->members[i].unit].id);
                sign = ", ";
            }
        }
        (void)fputs(")", stdout);
    }
    (void)putchar('\n');
}

int
league_print(const struct league *l, size_t top, bool check)
{
    const struct indicator *ind = &l->catalogue.indicators[l->figures[0].indicator];
    char first[DAY_TEXT_BYTES];
    char last[DAY_TEXT_BYTES];

    reading_marks_about(&l->reading, l->target);
    day_say(l->window.first, first);
    day_say(l->window.last, last);
    (void)printf(words("%s%s%s, kỳ %s (%s đến %s)\n", "%s%s%s, window %s (%s to %s)\n"),
                 l->target != NULL ? l->target->id : "", l->target != NULL ? " · " : "",
                 l->target != NULL ? words(l->target->title_vi, l->target->title_en)
                                   : l->figures[0].title,
                 l->window.code, first, last);
    if (ind->legal_basis != NULL && ind->legal_basis[0] != '\0') {
        (void)puts(ind->legal_basis);
    }
    (void)putchar('\n');
    league_sums_print(l);
    league_table(l, top);
    league_closed_print(l);
    small_print(l);
    left_print(l, MEMBER_NOT_APPLICABLE, words("Không phát sinh", "Not applicable"));
    left_print(l, MEMBER_NO_FIGURE, words("Chưa có số liệu", "No figure"));
    if (l->exempt > 0) {
        (void)printf(words("Thuộc diện loại trừ: %zu đơn vị\n", "Exempt: %zu units\n"),
                     l->exempt);
    }
    league_sources_print(l);
    return check ? league_stated_check(l) : EXIT_DONE;
}
