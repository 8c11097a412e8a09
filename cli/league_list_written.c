/* `dondoc league` for other programs: JSON and CSV with the same facts. */
#include <stdio.h>

#include "cli/league.h"
#include "cli/written.h"

#define OUT_BYTES (16u << 20)

static const char *
state_name(const struct league_row *row)
{
    static const char *const names[] = {
        [MEMBER_IN] = "ranked",
        [MEMBER_SMALL] = "too_small",
        [MEMBER_NOT_APPLICABLE] = "not_applicable",
        [MEMBER_NO_FIGURE] = "no_data",
    };

    return names[row->member->state];
}

/* What of it is shown: small ones are counts, nobody else without a place has any. */
static struct shown
row_shown(const struct league_list *list, const struct league_row *row)
{
    struct shown shown = {0};

    if (row->place != 0) {
        score_shown(&list->league->catalogue, list->league->target, &row->score,
                    &shown);
    }
    if (!row->judged) {
        shown.required.den = 0;
        shown.gap.den = 0;
    }
    return shown;
}

static bool
has_counts(const struct league_row *row)
{
    return row->member->state == MEMBER_IN || row->member->state == MEMBER_SMALL;
}

/* What the end of a unit did to its verdict, as explain --json says it; or NULL. */
static const char *
row_closed(const struct league_list *list, const struct league_row *row)
{
    return row->place == 0
               ? NULL
               : closing_name(league_closing(list->league, row->member, &row->score));
}

static void
row_json(const struct league_list *list, const struct league_row *row, struct buf *out)
{
    const struct unit *u = &list->league->catalogue.units[row->member->unit];
    struct shown shown = row_shown(list, row);

    json_next(out);
    buf_char(out, '{');
    json_text(out, "state", state_name(row));
    if (row->place != 0) {
        json_int(out, "place", (int64_t)row->place);
    }
    json_text(out, "unit", u->id);
    json_text(out, "name_vi", u->name_vi);
    json_text(out, "name_en", u->name_en);
    if (has_counts(row)) {
        json_int(out, "num", row->member->standings[0].num);
        json_int(out, "den", row->member->standings[0].den);
    }
    if (row->place != 0) {
        json_decimal(out, "value", shown.value, shown.decimals);
        json_decimal(out, "required", shown.required, shown.decimals);
        json_decimal(out, "gap", shown.gap, shown.decimals);
        json_text(out, "verdict",
                  row->judged ? verdict_name(row->score.verdict) : NULL);
        json_text(out, "closed", row_closed(list, row));
    }
    if (row->then_place != 0) {
        json_open(out, "since", '{');
        json_int(out, "place", (int64_t)row->then_place);
        json_int(out, "num", row->then->standings[0].num);
        json_int(out, "den", row->then->standings[0].den);
        json_close(out, '}');
    }
    json_close(out, '}');
}

static void
head_json(const struct league_list *list, struct buf *out)
{
    const struct league *l = list->league;
    const struct indicator *ind = &l->catalogue.indicators[l->figures[0].indicator];
    struct shown required = league_required(list);

    json_text(out, "province", l->reading.province);
    json_bool(out, "simulated", l->reading.simulated);
    json_bool(out, "illustrative", target_illustrative(&l->catalogue, l->target));
    json_text(out, "target", l->target->id);
    json_int(out, "version", l->target->version);
    json_text(out, "indicator", ind->id);
    json_text(out, "level", level_name(l->level));
    json_int(out, "year", l->year);
    json_text(out, "window", l->window.code);
    json_text(out, "better", ind->better_up ? "up" : "down");
    json_int(out, "pool", l->catalogue.measures[ind->numerator[0]].pool);
    json_int(out, "min_denominator", l->min);
    json_decimal(out, "required", required.required, required.decimals);
    json_text(out, "ties", "1-2-2-4");
    json_text(out, "since", list->then == NULL ? NULL : list->then->window.code);
    json_text(out, "level_verdict",
              list->whole ? verdict_name(list->level.verdict) : NULL);
}

static void
foot_json(const struct league_list *list, struct buf *out)
{
    struct league_sum sum;

    league_sum(list->league, 0, LEVEL_ALL, &sum);
    json_int(out, "exempt", (int64_t)list->league->exempt);
    json_open(out, "coverage", '{');
    json_int(out, "covered", (int64_t)sum.covered);
    json_int(out, "units", (int64_t)sum.units);
    json_close(out, '}');
    if (list->league->figures[0].sums) {
        json_open(out, "together", '{');
        json_int(out, "num", sum.num);
        json_int(out, "den", sum.den);
        json_close(out, '}');
    }
}

void
league_list_json(const struct league_list *list)
{
    struct buf out;
    size_t from;
    size_t count = league_list_shown(list, &from);
    size_t i;

    buf_init(&out, OUT_BYTES);
    buf_char(&out, '{');
    head_json(list, &out);
    json_open(&out, "units", '[');
    for (i = 0; i < count; i++) {
        row_json(list, &list->rows[list->worst ? from + count - 1 - i : from + i],
                 &out);
    }
    for (i = list->ranked; i < list->count; i++) {
        row_json(list, &list->rows[i], &out);
    }
    json_close(&out, ']');
    foot_json(list, &out);
    json_close(&out, '}');
    (void)puts(buf_str(&out));
    buf_fini(&out);
}

static void
number_or_none(struct buf *out, bool there, int64_t number)
{
    if (there) {
        csv_int(out, number);
    } else {
        csv_cell(out, "");
    }
}

static void
row_csv(const struct league_list *list, const struct league_row *row, struct buf *out)
{
    const struct unit *u = &list->league->catalogue.units[row->member->unit];
    struct shown shown = row_shown(list, row);
    const char *closed = row_closed(list, row);

    csv_cell(out, state_name(row));
    number_or_none(out, row->place != 0, (int64_t)row->place);
    csv_cell(out, u->id);
    csv_cell(out, unit_words(u));
    number_or_none(out, has_counts(row), row->member->standings[0].num);
    number_or_none(out, has_counts(row), row->member->standings[0].den);
    csv_decimal(out, shown.value, shown.decimals);
    csv_decimal(out, shown.required, shown.decimals);
    csv_decimal(out, shown.gap, shown.decimals);
    csv_cell(out,
             row->judged && row->place != 0 ? verdict_name(row->score.verdict) : "");
    csv_cell(out, list->league->window.code);
    if (list->then != NULL) {
        number_or_none(out, row->then_place != 0, (int64_t)row->then_place);
    }
    csv_cell(out, closed == NULL ? "" : closed);
    csv_end(out);
}

void
league_list_csv(const struct league_list *list)
{
    struct buf out;
    size_t from;
    size_t count = league_list_shown(list, &from);
    size_t i;

    buf_init(&out, OUT_BYTES);
    buf_format(
        &out,
        "state,place,unit,name,num,den,value,required,gap,verdict,window%s,closed\n",
        list->then == NULL ? "" : ",place_since");
    for (i = 0; i < count; i++) {
        row_csv(list, &list->rows[list->worst ? from + count - 1 - i : from + i], &out);
    }
    for (i = list->ranked; i < list->count; i++) {
        row_csv(list, &list->rows[i], &out);
    }
    (void)fputs(buf_str(&out), stdout);
    buf_fini(&out);
}
