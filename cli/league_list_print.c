/* `dondoc league` as a table. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/language.h"
#include "cli/league.h"
#include "cli/table_print.h"
#include "cli/wrapped.h"

#define NAME_LEAST 12
#define LIST_MAX 10
#define NAMES_BYTES 4096

static void
ratio_cell(struct table_print *t, struct ratio r, int decimals, bool percent)
{
    char text[RATIO_TEXT_BYTES] = "";
    size_t len;

    if (r.den != 0) {
        ratio_text(r, decimals, CUT_DOWN, language_now() == LANGUAGE_VI, text);
        len = strlen(text);
        if (percent && len + 1 < sizeof text) {
            memcpy(text + len, "%", 2);
        }
    }
    table_print_cell(t, text);
}

/* A number of the target's own kind, cut before. */
static void
number_say(const struct league *l, struct ratio r, int decimals, char *out)
{
    ratio_text(r, decimals, CUT_DOWN, language_now() == LANGUAGE_VI, out);
    if (l->figures[0].ratio) {
        size_t len = strlen(out);

        memcpy(out + len, "%", 2);
    }
}

static void
value_cell(const struct league *l, struct table_print *t, const struct member *m)
{
    const struct indicator *ind = &l->catalogue.indicators[l->figures[0].indicator];
    struct figure f = {FIGURE_NUMBER, m->standings[0].num};
    char text[RATIO_TEXT_BYTES];

    figure_say(&l->catalogue, ind->numerator[0], &f, text);
    table_print_cell(t, text);
}

static void
unit_cells(const struct league *l, struct table_print *t, const struct member *m)
{
    const struct unit *u = &l->catalogue.units[m->unit];

    table_print_cell(t, u->id);
    table_print_cell(t, unit_words(u));
    if (l->figures[0].ratio) {
        league_count_cell(t, m->standings[0].num);
        league_count_cell(t, m->standings[0].den);
    } else {
        value_cell(l, t, m);
        table_print_cell(t, "");
    }
}

/* --- head --- */

static void
required_print(const struct league_list *list)
{
    const struct league *l = list->league;
    struct shown shown = league_required(list);
    const struct score *s = list->whole ? &list->level : &list->rows[0].score;
    char text[RATIO_TEXT_BYTES + 2];
    char step[RATIO_TEXT_BYTES];

    if (shown.required.den == 0) {
        return;
    }
    number_say(l, shown.required, shown.decimals, text);
    if (s->required.den == 0) {
        (void)printf(words("Chưa đến hạn; mức phải đạt: %s\n",
                           "Not due yet; to be reached: %s\n"),
                     text);
    } else if (s->step.den != 0 && ratio_compare(s->step, s->required) != 0) {
        percent_say(s->step, CUT_UP, step);
        (void)printf(words("Mức tham chiếu ở kỳ này: %s (tính đều theo ngày); mức cả "
                           "năm: %s\n",
                           "Required at this window: %s (even by days); for the year: "
                           "%s\n"),
                     text, step);
    } else {
        (void)printf(words("Yêu cầu: %s\n", "Required: %s\n"), text);
    }
}

static void
whole_print(const struct league_list *list)
{
    const struct league *l = list->league;
    const struct target *t = l->target;
    struct shown shown;
    struct subject_ref s = {NONE, t->level, false};
    char value[RATIO_TEXT_BYTES + 2] = "-";
    char verdict[CLOSING_BYTES];

    if (!list->whole) {
        return;
    }
    closing_say(closing_of(&l->catalogue, t, s, &list->level, l->today), &list->level,
                verdict_words(list->level.verdict, t->full_marks), verdict);
    score_shown(&l->catalogue, t, &list->level, &shown);
    if (shown.value.den != 0) {
        number_say(l, shown.value, shown.decimals, value);
    }
    wrapped_indent(0,
                   words("%s đặt chung cho cả cấp, không cho từng đơn vị: %s, %s",
                         "%s is set for the level as a whole, not for each unit: %s, "
                         "%s"),
                   t->id, value, verdict);
}

static void
heading_print(const struct league_list *list)
{
    const struct league *l = list->league;
    char first[DAY_TEXT_BYTES];
    char last[DAY_TEXT_BYTES];

    reading_marks_about(&l->reading, l->target);
    day_say(l->window.first, first);
    day_say(l->window.last, last);
    wrapped_indent(0, "%s · %s", l->target->id,
                   words(l->target->title_vi, l->target->title_en));
    wrapped_indent(0,
                   words("%s, kỳ %s (%s đến %s), phiên bản %d của %s %s",
                         "%s, window %s (%s to %s), version %d of the %s %s"),
                   league_level_words(l->level), l->window.code, first, last,
                   l->target->version,
                   words(l->catalogue.word_vi, l->catalogue.word_en), l->target->id);
    whole_print(list);
    required_print(list);
    (void)putchar('\n');
}

/* --- the ranked --- */

static void
heads(const struct league_list *list, struct table_print *t)
{
    char place[48];
    char ratio[48];
    int year = list->then == NULL ? 0 : list->then->year;

    (void)snprintf(place, sizeof place, words("hạng %d", "place %d"), year);
    (void)snprintf(ratio, sizeof ratio, words("tỷ lệ %d", "ratio %d"), year);
    table_print_head(t, 0, words("hạng", "place"), TABLE_RIGHT);
    table_print_head(t, 1, words("mã", "code"), TABLE_LEFT);
    table_print_head(t, 2, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, 3, words("số", "count"), TABLE_RIGHT);
    table_print_head(t, 4, words("trên", "of"), TABLE_RIGHT);
    table_print_head(t, 5, words("tỷ lệ", "ratio"), TABLE_RIGHT);
    table_print_head(t, 6, words("thiếu", "gap"), TABLE_RIGHT);
    table_print_head(t, 7, words("kết luận", "verdict"), TABLE_LEFT);
    table_print_head(t, 8, place, TABLE_RIGHT);
    table_print_head(t, 9, ratio, TABLE_RIGHT);
    table_print_fit(t, 2, WRAPPED_COLUMNS, NAME_LEAST);
}

static void
then_cells(const struct league_list *list, struct table_print *t,
           const struct league_row *row)
{
    if (row->then_place == 0) {
        table_print_cell(t, list->then == NULL ? "" : "-");
        table_print_cell(t, "");
        return;
    }
    table_print_number(t, row->then_place);
    if (list->league->figures[0].ratio) {
        league_percent_cell(list->then, t, 0, row->then->standings[0].num,
                            row->then->standings[0].den);
    } else {
        value_cell(list->then, t, row->then);
    }
}

static void
row_print(const struct league_list *list, struct table_print *t,
          const struct league_row *row)
{
    const struct league *l = list->league;
    struct shown shown;

    score_shown(&l->catalogue, l->target, &row->score, &shown);
    table_print_number(t, row->place);
    unit_cells(l, t, row->member);
    ratio_cell(t, l->figures[0].ratio ? shown.value : ratio_of(0, 0), shown.decimals,
               true);
    ratio_cell(t, row->judged ? shown.gap : ratio_of(0, 0), shown.decimals, false);
    if (row->judged) {
        league_verdict_cell(l, t, row->member, &row->score);
    } else {
        table_print_cell(t, "");
    }
    then_cells(list, t, row);
}

static void
ranked_print(const struct league_list *list)
{
    struct table_print *t = table_print_new(10);
    size_t from;
    size_t count = league_list_shown(list, &from);
    size_t i;

    heads(list, t);
    for (i = 0; i < count; i++) {
        row_print(list, t, &list->rows[list->worst ? from + count - 1 - i : from + i]);
    }
    if (count > 0) {
        table_print_out(t);
        wrapped_indent(
            0,
            words(
                "%zu trên %zu đơn vị được xếp hạng, hạng 1 là %s. Bằng nhau thì cùng "
                "hạng; hạng kế tiếp bằng số đơn vị đứng trên cộng một (1, 2, 2, 4). "
                "So sánh bằng phân số chính xác, không bằng số đã làm tròn.",
                "%zu of %zu ranked units, 1 is the %s. Equals share a place, and the "
                "next place counts all who stand above (1, 2, 2, 4). Compared as exact "
                "fractions, not as printed."),
            count, list->ranked,
            list->league->catalogue.indicators[list->league->figures[0].indicator]
                    .better_up
                ? words("cao nhất", "highest")
                : words("thấp nhất", "lowest"));
    } else {
        (void)puts(words("Không có đơn vị nào đủ số liệu để xếp hạng.",
                         "No unit has enough to be ranked."));
    }
    table_print_free(&t);
}

/* --- those without a place --- */

static void
small_print(const struct league_list *list)
{
    const struct league *l = list->league;
    struct table_print *t = table_print_new(5);
    size_t i;

    table_print_head(t, 1, words("mã", "code"), TABLE_LEFT);
    table_print_head(t, 2, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, 3, words("số", "count"), TABLE_RIGHT);
    table_print_head(t, 4, words("trên", "of"), TABLE_RIGHT);
    table_print_fit(t, 2, WRAPPED_COLUMNS, NAME_LEAST);
    for (i = list->ranked; i < list->count; i++) {
        if (list->rows[i].member->state == MEMBER_SMALL) {
            table_print_cell(t, "");
            unit_cells(l, t, list->rows[i].member);
        }
    }
    if (table_print_rows(t) > 0) {
        (void)printf(words("\nSố lượng ít (mẫu số dưới %" PRId64
                           "), chỉ nêu số lượng, không xếp hạng: %zu đơn vị\n",
                           "\nToo few to count (below %" PRId64
                           "), as counts only, not ranked: %zu\n"),
                     l->min > 0 ? l->min : 1, table_print_rows(t));
        table_print_out(t);
    }
    table_print_free(&t);
}

static void
left_print(const struct league_list *list, enum member_state state, const char *what)
{
    struct buf names;
    size_t count = 0;
    size_t i;

    for (i = list->ranked; i < list->count; i++) {
        count += list->rows[i].member->state == state ? 1 : 0;
    }
    if (count == 0) {
        return;
    }
    buf_init(&names, NAMES_BYTES);
    for (i = list->ranked; i < list->count && count <= LIST_MAX; i++) {
        const struct member *m = list->rows[i].member;

        if (m->state == state) {
            buf_format(&names, "%s%s", names.len == 0 ? " (" : ", ",
                       list->league->catalogue.units[m->unit].id);
        }
    }
    buf_text(&names, names.len == 0 ? "" : ")");
    wrapped_indent(0, words("%s: %zu đơn vị%s", "%s: %zu%s"), what, count,
                   buf_str(&names));
    buf_fini(&names);
}

static void
coverage_print(const struct league_list *list)
{
    const struct league *l = list->league;
    const struct indicator *ind = &l->catalogue.indicators[l->figures[0].indicator];
    struct league_sum sum;
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];
    char ratio[RATIO_TEXT_BYTES];

    league_sum(l, 0, LEVEL_ALL, &sum);
    (void)printf(words("Có số liệu: %zu/%zu đơn vị", "Coverage: %zu of %zu units"),
                 sum.covered, sum.units);
    if (l->figures[0].ratio && l->figures[0].sums && sum.den > 0) {
        count_say(sum.num, num);
        count_say(sum.den, den);
        percent_say(ratio_percent(sum.num, sum.den), ind->better_up ? CUT_DOWN : CUT_UP,
                    ratio);
        (void)printf(words("; tính chung %s / %s = %s", "; together %s / %s = %s"), num,
                     den, ratio);
    }
    (void)putchar('\n');
}

void
league_list_print(const struct league_list *list)
{
    heading_print(list);
    ranked_print(list);
    league_closed_print(list->league);
    small_print(list);
    (void)putchar('\n');
    left_print(list, MEMBER_NOT_APPLICABLE, words("Không phát sinh", "Not applicable"));
    left_print(list, MEMBER_NO_FIGURE, words("Chưa có số liệu", "No figure"));
    if (list->league->exempt > 0) {
        (void)printf(words("Thuộc diện loại trừ: %zu đơn vị\n", "Exempt: %zu\n"),
                     list->league->exempt);
    }
    coverage_print(list);
}
