/* Sums over levels beside what the province states about itself. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/league.h"
#include "cli/table_print.h"

const char *
league_level_words(enum level level)
{
    static const char *const said[][2] = {
        [LEVEL_PROVINCE] = {"cấp tỉnh", "provincial level"},
        [LEVEL_DISTRICT] = {"cấp huyện", "district level"},
        [LEVEL_COMMUNE] = {"cấp xã", "commune level"},
        [LEVEL_ALL] = {"tất cả", "all"},
    };

    return words(said[level][0], said[level][1]);
}

static enum cut
cut_of(const struct league *l, size_t figure)
{
    return l->catalogue.indicators[l->figures[figure].indicator].better_up ? CUT_DOWN
                                                                           : CUT_UP;
}

void
league_count_cell(struct table_print *t, int64_t n)
{
    char text[RATIO_TEXT_BYTES];

    count_say(n, text);
    table_print_cell(t, text);
}

void
league_percent_cell(const struct league *l, struct table_print *t, size_t figure,
                    int64_t num, int64_t den)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (l->figures[figure].ratio && den > 0) {
        percent_say(ratio_percent(num, den), cut_of(l, figure), text);
    }
    table_print_cell(t, text);
}

/* --- sums --- */

static void
difference_cell(struct table_print *t, const struct league_sum *s,
                const struct stated_row *row)
{
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];
    char text[2 * RATIO_TEXT_BYTES + 8];

    if (s->num == row->num && (!row->has_den || s->den == row->den)) {
        table_print_cell(t, words("bằng", "equal"));
        return;
    }
    count_say(s->num - row->num, num);
    count_say(s->den - row->den, den);
    (void)snprintf(text, sizeof text, row->has_den ? "%s / %s" : "%s", num, den);
    table_print_cell(t, text);
}

/* A province speaks of all its units: a target of one level has nothing beside it. */
static const struct stated_row *
stated_of(const struct league *l, size_t figure)
{
    if (l->target != NULL && l->target->level != LEVEL_ALL) {
        return NULL;
    }
    return stated_find(&l->stated, l->figures[figure].name);
}

static void
stated_cells(const struct league *l, struct table_print *t, size_t figure,
             enum level level, const struct league_sum *s)
{
    const struct stated_row *row = level == LEVEL_ALL ? stated_of(l, figure) : NULL;
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];
    char text[2 * RATIO_TEXT_BYTES + 8];

    if (row == NULL) {
        table_print_cell(t, "");
        table_print_cell(t, "");
        return;
    }
    count_say(row->num, num);
    count_say(row->den, den);
    (void)snprintf(text, sizeof text, row->has_den ? "%s / %s" : "%s", num, den);
    table_print_cell(t, text);
    difference_cell(t, s, row);
}

static void
sum_row(const struct league *l, struct table_print *t, size_t figure, enum level level)
{
    const struct league_figure *f = &l->figures[figure];
    struct league_sum s;
    char text[48];

    league_sum(l, figure, level, &s);
    if (s.units == 0) {
        return;
    }
    (void)snprintf(text, sizeof text, "%zu/%zu", s.covered, s.units);
    table_print_cell(t, f->name);
    table_print_cell(t, league_level_words(level));
    table_print_cell(t, text);
    league_count_cell(t, s.num);
    if (f->ratio) {
        league_count_cell(t, s.den);
    } else {
        table_print_cell(t, "");
    }
    league_percent_cell(l, t, figure, s.num, s.den);
    stated_cells(l, t, figure, level, &s);
}

static bool
one_level(const struct league *l)
{
    size_t i;

    for (i = 1; i < l->member_count; i++) {
        if (l->catalogue.units[l->members[i].unit].level !=
            l->catalogue.units[l->members[0].unit].level) {
            return false;
        }
    }
    return true;
}

void
league_sums_print(const struct league *l)
{
    struct table_print *t = table_print_new(8);
    size_t i;
    int level;

    table_print_head(t, 0, words("tổng hợp", "sum"), TABLE_LEFT);
    table_print_head(t, 1, words("phạm vi", "over"), TABLE_LEFT);
    table_print_head(t, 2, words("đơn vị", "units"), TABLE_RIGHT);
    table_print_head(t, 3, words("số", "count"), TABLE_RIGHT);
    table_print_head(t, 4, words("trên", "of"), TABLE_RIGHT);
    table_print_head(t, 5, words("tỷ lệ", "ratio"), TABLE_RIGHT);
    table_print_head(t, 6, words("tỉnh công bố", "stated by the province"),
                     TABLE_RIGHT);
    table_print_head(t, 7, words("chênh lệch", "difference"), TABLE_RIGHT);
    for (i = 0; i < l->figure_count; i++) {
        if (!l->figures[i].sums) {
            continue;
        }
        sum_row(l, t, i, LEVEL_ALL);
        for (level = LEVEL_PROVINCE; level <= LEVEL_COMMUNE && !one_level(l); level++) {
            sum_row(l, t, i, (enum level)level);
        }
    }
    if (table_print_rows(t) > 0) {
        table_print_out(t);
        (void)putchar('\n');
    }
    table_print_free(&t);
}

/* --- what is stated --- */

void
league_sources_print(const struct league *l)
{
    size_t i;

    for (i = 0; i < l->figure_count; i++) {
        const struct stated_row *row = stated_of(l, i);

        if (row != NULL && row->source[0] != '\0') {
            (void)printf(words("Tỉnh công bố %s: %s\n", "Stated %s: %s\n"), row->name,
                         row->source);
        }
    }
}

/* Sums over every unit must be what the province states; others cannot be. */
int
league_stated_check(const struct league *l)
{
    size_t looked = 0;
    int code = EXIT_DONE;
    size_t i;

    for (i = 0; i < l->figure_count; i++) {
        const struct stated_row *row = stated_of(l, i);
        struct league_sum s;

        if (row == NULL || !l->figures[i].sums) {
            continue;
        }
        looked++;
        league_sum(l, i, LEVEL_ALL, &s);
        if (s.covered == s.units &&
            (s.num != row->num || (row->has_den && s.den != row->den))) {
            (void)fprintf(stderr,
                          words("%s: tổng của %zu đơn vị KHÁC số tỉnh công bố.\n",
                                "%s: the sum over %zu units is NOT what the province "
                                "states.\n"),
                          row->name, s.units);
            code = EXIT_DATA;
        }
    }
    if (looked == 0) {
        (void)fputs(words("Không có số công bố nào để đối chiếu.\n",
                          "There is no stated figure to compare with.\n"),
                    stderr);
        return EXIT_DATA;
    }
    return code;
}
