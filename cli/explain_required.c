/*
 * dondoc explain, what was asked for: what the figure is compared with, the requirement
 * with its arithmetic, and what is short.
 */
#include <stdio.h>
#include <string.h>

#include "cli/explain.h"
#include "cli/language.h"
#include "lib/text.h"

#define LABEL_COLUMNS 17

void
explain_label(const char *text)
{
    size_t width = text_width(text);

    (void)printf("%s%*s", text,
                 (int)(width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 1), "");
}

/* What the figure is compared with, of which year, and where it comes from. */
static void
base_print(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    const struct standing *st = &x->score.standing;
    int year = score_base_year(x->t, x->score.year);
    bool stated = year == x->t->baseline_year && x->t->baseline.den != 0;

    if (year == 0) {
        return;
    }
    explain_label(words("So với:", "Compared with:"));
    buf_clear(line);
    if (arithmetic_base(a, line)) {
        (void)printf("%s  (%s %d, %s)\n", buf_str(line), words("năm", "of"), year,
                     stated ? words("ghi trong chương trình", "stated in the programme")
                            : words("từ báo cáo", "from reports"));
    } else if (st->base_is == BASE_SMALL) {
        (void)printf(words("năm %d: số lượng quá ít để so sánh\n",
                           "%d: too few to compare with\n"),
                     year);
    } else {
        (void)printf(words("năm %d: chưa có đủ số liệu nên chưa đánh giá\n",
                           "%d: no complete figure, so nothing is judged\n"),
                     year);
    }
}

static void
required_note(const struct explain *x)
{
    const struct score *s = &x->score;
    char before[RATIO_TEXT_BYTES];
    char step[RATIO_TEXT_BYTES];

    if (x->t->kind != TARGET_STEPS || s->year_last || s->step_before.den == 0) {
        return;
    }
    percent_say(s->step_before, CUT_UP, before);
    percent_say(s->step, CUT_UP, step);
    explain_label("");
    (void)printf(
        words("mức tham chiếu do hệ thống tính đều theo ngày, từ %s của năm %d "
              "đến %s của năm %d;\n",
              "a reference line of ours, even by days, from %s of %d to %s of "
              "%d;\n"),
        before, s->year - 1, step, s->year);
    explain_label("");
    (void)puts(words("văn bản chỉ quy định mức cuối năm",
                     "the document itself only sets the year's end"));
}

/* What stands behind a requirement that is no percentage. */
static const char *
required_unit(const struct explain *x)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    const struct measure *m = &x->c->measures[ind->numerator[0]];

    if (x->t->kind == TARGET_RANK_GAIN) {
        return words(" bậc mỗi năm", " places a year");
    }
    if (x->t->kind == TARGET_RANK_AT_MOST) {
        return words(" hoặc cao hơn (thứ hạng)", " or better (rank)");
    }
    if (!ind->is_value) {
        return "%";
    }
    return words(m->count_vi, m->count_en);
}

/* "không quá ", where the number alone does not say it. */
static const char *
bound_words(const struct explain *x)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];

    switch (x->t->kind) {
    case TARGET_ABOVE:
        return words("trên ", "more than ");
    case TARGET_AT_MOST:
    case TARGET_REDUCE_BY:
        return words("không quá ", "at most ");
    case TARGET_BELOW:
        return words("dưới ", "less than ");
    case TARGET_TIMES_PER_YEAR:
        return words("ít nhất ", "at least ");
    case TARGET_IMPROVE:
        if (x->c->measures[ind->numerator[0]].pool > 0) {
            return words("tốt hơn hạng ", "better than rank ");
        }
        return ind->better_up ? words("cao hơn ", "more than ")
                              : words("thấp hơn ", "less than ");
    default:
        break;
    }
    return "";
}

static void
required_print(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    const struct score *s = &x->score;
    bool value = x->c->indicators[x->t->indicator].is_value;
    bool rank = x->t->kind == TARGET_RANK_GAIN || x->t->kind == TARGET_RANK_AT_MOST;
    const char *gap = value && !rank ? " " : ""; /* theirs begins with one */
    char text[RATIO_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];

    buf_clear(line);
    explain_label(words("Yêu cầu:", "Required:"));
    if (arithmetic_required(a, line)) {
        (void)printf("%s%s%s%s\n", bound_words(x), buf_str(line), gap,
                     value ? required_unit(x) : "");
        required_note(x);
        return;
    }
    if (s->step.den == 0) {
        (void)puts(
            words("không có mức nào cho năm này", "nothing is set for this year"));
        return;
    }
    ratio_text_short(s->step, 2, target_lower(x->c, x->t) ? CUT_DOWN : CUT_UP,
                     language_now() == LANGUAGE_VI, text);
    day_say(x->t->due, day);
    if (x->t->pace == PACE_DUE) {
        (void)printf(words("chưa đến hạn; đến ngày %s phải đạt %s%s%s%s\n",
                           "not due yet; by %s it must be %s%s%s%s\n"),
                     day, bound_words(x), text, gap, required_unit(x));
    } else {
        (void)printf(words("chỉ xét ở kỳ cuối năm: %s%s%s%s\n",
                           "judged at the year's last window only: %s%s%s%s\n"),
                     bound_words(x), text, gap, required_unit(x));
    }
}

static void
shortfall_print(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    const struct measure *m =
        &x->c->measures[x->c->indicators[x->t->indicator].numerator[0]];
    bool rank = m->pool > 0;
    /* In the year's last window the two are one. */
    bool same = x->score.required.den != 0 && x->score.step.den != 0 &&
                ratio_compare(x->score.required, x->score.step) == 0;
    const char *things =
        rank ? words("bậc", "places") : words(m->count_vi, m->count_en);

    buf_clear(line);
    if (arithmetic_gap(a, line)) {
        explain_label(words("Chênh lệch:", "Gap:"));
        (void)puts(buf_str(line));
    }
    buf_clear(line);
    if (!same && arithmetic_need(a, false, line)) {
        explain_label(words("Để đúng tiến độ:", "To be on pace:"));
        (void)printf("%s %s\n", buf_str(line), things);
    }
    buf_clear(line);
    if (arithmetic_need(a, true, line)) {
        explain_label(words("Để đạt mức năm:", "For the year:"));
        (void)printf("%s %s\n", buf_str(line), things);
    }
}

void
explain_required(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    base_print(x, a, line);
    required_print(x, a, line);
    shortfall_print(x, a, line);
}
