/*
 * dondoc explain, what was asked for: what the figure is compared with, the requirement
 * with its arithmetic, and what is short.
 */
#include <stdio.h>
#include <string.h>

#include "cli/explain.h"
#include "cli/language.h"

/* What the figure is compared with, of which year, and where it comes from. */
static void
base_print(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    const struct standing *st = &x->score.standing;
    const char *label = words("So với:", "Compared with:");
    int year = score_base_year(x->t, x->score.year);
    bool stated = year == x->t->baseline_year && x->t->baseline.den != 0;

    if (year == 0) {
        return;
    }
    buf_clear(line);
    if (arithmetic_base(a, line)) {
        wrapped_label(label, "%s (%s %d, %s)", buf_str(line), words("năm", "of"), year,
                      stated
                          ? words("ghi trong chương trình", "stated in the programme")
                          : words("từ báo cáo", "from reports"));
    } else if (st->base_is == BASE_SMALL) {
        wrapped_label(
            label,
            words("năm %d: số lượng quá ít để so sánh", "%d: too few to compare with"),
            year);
    } else {
        wrapped_label(label,
                      words("năm %d: chưa có đủ số liệu nên chưa đánh giá",
                            "%d: no complete figure, so nothing is judged"),
                      year);
    }
}

/* How the requirement comes about inside the year. */
static void
pace_note(const struct explain *x)
{
    const struct score *s = &x->score;
    char before[RATIO_TEXT_BYTES];
    char step[RATIO_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];

    if (x->t->kind == TARGET_RANK_GAIN) {
        wrapped_label(
            "", "%s",
            words("xét hằng năm, tính bình quân từ năm gốc; năm cuối mới kết "
                  "luận đạt hay không đạt",
                  "looked at every year, on average since the baseline; met or "
                  "missed is said in the last year"));
    } else if (x->t->kind == TARGET_IMPROVE || x->t->kind == TARGET_TIMES_PER_YEAR) {
        wrapped_label("", "%s",
                      words("xét ở kỳ cuối năm; đạt sớm hơn thì được ghi nhận ngay",
                            "judged at the year's last window; what is there earlier "
                            "counts at once"));
    } else if (x->t->pace == PACE_DUE) {
        day_say(x->t->due, day);
        wrapped_label(
            "",
            words("xét một lần, ở kỳ đầu tiên kết thúc vào hoặc sau ngày %s",
                  "judged once, at the first window that ends on or after %s"),
            day);
    } else if (x->t->pace == PACE_FLAT) {
        wrapped_label("", "%s",
                      words("một mức cho cả năm, kỳ nào cũng xét",
                            "one level all the year, at every window"));
    } else if (!s->year_last && s->step_before.den != 0) {
        percent_say(s->step_before, CUT_UP, before);
        percent_say(s->step, CUT_UP, step);
        wrapped_label(
            "",
            words("mức tham chiếu do hệ thống tính đều theo ngày, từ %s của "
                  "năm %d đến %s của năm %d; văn bản chỉ quy định mức cuối năm",
                  "a reference line of ours, even by days, from %s of %d to %s "
                  "of %d; the document itself only sets the year's end"),
            before, s->year - 1, step, s->year);
    }
}

#define UNIT_BYTES 256 /* of " places a year"; or a measure's own word */

/* What stands behind a requirement; a blank before a word. */
static const char *
required_unit(const struct explain *x, const struct arithmetic *a, struct ratio against,
              char room[UNIT_BYTES])
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    const struct measure *m = &x->c->measures[ind->numerator[0]];

    if (x->t->kind == TARGET_RANK_GAIN) {
        (void)snprintf(room, UNIT_BYTES, " %s %s", arithmetic_places(a, against),
                       words("mỗi năm", "a year"));
        return room;
    }
    if (x->t->kind == TARGET_RANK_AT_MOST) {
        return words(" trở lên", " or better");
    }
    if (!ind->is_value || percent_sign(m)[0] != '\0') {
        return "%";
    }
    (void)snprintf(room, UNIT_BYTES, " %s", words(m->count_vi, m->count_en));
    return room;
}

/* "không quá ", where the number alone does not say it. */
static const char *
bound_words(const struct explain *x)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];

    switch (x->t->kind) {
    case TARGET_RANK_GAIN:
        return words("bình quân ít nhất ", "on average at least ");
    case TARGET_RANK_AT_MOST:
        return words("xếp hạng ", "rank ");
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

/* What would have been asked for on a day that the subject did not live to see. */
static void
closed_print(const struct explain *x, const char *due, const char *step,
             const char *unit)
{
    char day[DAY_TEXT_BYTES];

    day_say(x->score.ends, day);
    if (x->t->pace == PACE_DUE) {
        wrapped_label(words("Yêu cầu:", "Required:"),
                      words("%s%s%s vào ngày %s; không xét, vì đơn vị đã kết thúc từ "
                            "trước (ngày cuối cùng: %s)",
                            "%s%s%s on %s; not asked for, as the unit had ended before "
                            "(its last day: %s)"),
                      bound_words(x), step, unit, due, day);
    } else {
        wrapped_label(words("Yêu cầu:", "Required:"),
                      words("%s%s%s ở kỳ cuối năm %d; không xét, vì đơn vị đã kết thúc "
                            "từ trước (ngày cuối cùng: %s)",
                            "%s%s%s at the end of %d; not asked for, as the unit had "
                            "ended before (its last day: %s)"),
                      bound_words(x), step, unit, x->score.year, day);
    }
}

static void
required_print(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    const struct score *s = &x->score;
    bool value = x->c->indicators[x->t->indicator].is_value;
    bool rank = x->t->kind == TARGET_RANK_AT_MOST;
    const char *label = words("Yêu cầu:", "Required:");
    char text[RATIO_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    char room[UNIT_BYTES];
    const char *unit;

    buf_clear(line);
    if (explain_before_gain(x)) {
        return; /* said beside the figure */
    }
    if (arithmetic_required(a, line)) {
        wrapped_label(label, "%s%s%s", bound_words(x), buf_str(line),
                      value ? required_unit(x, a, s->required, room) : "");
        pace_note(x);
        return;
    }
    if (s->step.den == 0) {
        wrapped_label(
            label, "%s",
            words("không có mức nào cho năm này", "nothing is set for this year"));
        return;
    }
    ratio_text_short(s->step, 2, target_lower(x->c, x->t) ? CUT_DOWN : CUT_UP,
                     language_now() == LANGUAGE_VI, text);
    day_say(x->t->due, day);
    unit = required_unit(x, a, s->step, room);
    if (explain_closing(x) == CLOSING_NOT_JUDGED) {
        closed_print(x, day, text, unit);
        return;
    }
    if (x->t->pace == PACE_DUE) {
        wrapped_label(label,
                      words("chưa đến hạn; đến ngày %s phải %s%s%s%s",
                            "not due yet; by %s it must be %s%s%s%s"),
                      day, rank ? "" : words("đạt ", ""), bound_words(x), text, unit);
    } else {
        wrapped_label(label,
                      words("chỉ xét ở kỳ cuối năm: %s%s%s",
                            "judged at the year's last window only: %s%s%s"),
                      bound_words(x), text, unit);
    }
    pace_note(x);
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
    const char *things = words(m->count_vi, m->count_en);

    buf_clear(line);
    if (arithmetic_gap(a, line)) {
        wrapped_label(words("Chênh lệch:", "Gap:"), "%s", buf_str(line));
    }
    if (explain_closing(x) == CLOSING_NOT_JUDGED) {
        return; /* the gap stays as it was; nobody can close it now */
    }
    buf_clear(line);
    if (!same && arithmetic_need(a, false, line)) {
        wrapped_label(
            words("Để đúng tiến độ:", "To be on pace:"), "%s %s", buf_str(line),
            rank ? arithmetic_places(a, ratio_of(x->score.need_now, 1)) : things);
    }
    buf_clear(line);
    if (arithmetic_need(a, true, line)) {
        wrapped_label(
            x->t->pace == PACE_DUE ? words("Để đạt mức:", "To be there:")
                                   : words("Để đạt mức năm:", "For the year:"),
            "%s %s", buf_str(line),
            rank ? arithmetic_places(a, ratio_of(x->score.need_year, 1)) : things);
    }
}

void
explain_required(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    base_print(x, a, line);
    required_print(x, a, line);
    shortfall_print(x, a, line);
}
