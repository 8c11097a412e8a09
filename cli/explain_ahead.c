/* dondoc explain: where the present pace leads, and the pace that is needed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/explain.h"
#include "cli/language.h"

const char *
projection_words(enum projection_why why)
{
    static const char *const said[][2] = {
        [PROJECTION_GIVEN] = {"", ""},
        [PROJECTION_NO_DATA] = {"kỳ này chưa có đủ số liệu",
                                "there is no complete figure of this window"},
        [PROJECTION_ONE_POINT] = {"mới có số liệu của một kỳ, chưa tính được nhịp tăng",
                                  "one window only has a figure: no pace yet"},
        [PROJECTION_MEMBERS] = {"các đơn vị có số liệu ở kỳ trước và kỳ này khác nhau",
                                "other units had a figure before: no pace of the sum"},
        [PROJECTION_TOO_SMALL] = {"số lượng quá ít", "the denominator is too small"},
        [PROJECTION_NOT_APPLICABLE] = {"không phát sinh", "not applicable"},
        [PROJECTION_EXEMPT] = {"thuộc diện loại trừ", "exempt"},
        [PROJECTION_RANK] = {"thứ hạng còn do các tỉnh khác quyết định",
                             "a rank is decided by others, too"},
        [PROJECTION_VALUE] = {"điểm số không tăng đều theo ngày",
                              "a value is not worked off day by day"},
        [PROJECTION_UNSET] = {"không có mức nào cho năm này",
                              "nothing is set for this year"},
        [PROJECTION_ENDS] = {"đơn vị kết thúc trước ngày đánh giá",
                             "the unit ends before anything is decided"},
        [PROJECTION_OVER] = {"đã hết năm hoặc đã đến hạn",
                             "the year is over, or the due date"},
    };

    return words(said[why][0], said[why][1]);
}

static const struct indicator *
indicator_of(const struct explain *x)
{
    return &x->c->indicators[x->t->indicator];
}

static const char *
things(const struct explain *x)
{
    const struct measure *m = &x->c->measures[indicator_of(x)->numerator[0]];

    return words(m->count_vi, m->count_en);
}

/* Cut toward the worse side, as every figure. */
static void
value_say(const struct explain *x, struct ratio r, char out[RATIO_TEXT_BYTES])
{
    enum cut cut = target_lower(x->c, x->t) ? CUT_UP : CUT_DOWN;

    if (indicator_of(x)->is_value) {
        ratio_text_short(r, 2, cut, language_now() == LANGUAGE_VI, out);
    } else {
        percent_say(r, cut, out);
    }
}

static void
pace_print(const struct explain *x)
{
    const struct projection *p = &x->projection;
    char since[DAY_TEXT_BYTES];
    char grown[RATIO_TEXT_BYTES];
    bool share = p->nature == NATURE_FLOW && !indicator_of(x)->is_value;

    day_say(p->since + (p->nature == NATURE_FLOW ? 1 : 0), since);
    count_say(p->grown < 0 ? -p->grown : p->grown, grown);
    if (share) {
        wrapped_label("", "%s",
                      words("tính như từ đầu năm đến nay; ước tính của hệ thống, văn "
                            "bản không quy định",
                            "as in the year so far; an estimate of ours, not the "
                            "document's"));
        return;
    }
    wrapped_label(
        "",
        words("giữ nhịp từ %s đến nay (%s %s %s trong %d ngày)%s; ước tính của "
              "hệ thống, văn bản không quy định",
              "at the pace since %s (%s %s %s in %d days)%s; an estimate of "
              "ours, not the document's"),
        since, words(p->grown < 0 ? "giảm" : "thêm", grown), words(grown, things(x)),
        words(things(x), p->grown < 0 ? "less" : "more"), (int)(p->to - p->since),
        p->nature == NATURE_STOCK && !indicator_of(x)->is_value
            ? words(", mẫu số như hiện nay", ", the denominator as it is now")
            : "");
}

static void
arrival_print(const struct explain *x)
{
    const struct projection *p = &x->projection;
    const char *label = words("Ngày đạt mức:", "Arrives on:");
    char day[DAY_TEXT_BYTES];
    char until[DAY_TEXT_BYTES];
    char limit[DAY_TEXT_BYTES];

    day_say(p->day, day);
    day_say(p->until, until);
    day_say(p->limit, limit);
    switch (p->arrival) {
    case ARRIVAL_REACHED:
        wrapped_label(label,
                      words("hiện đã đạt, giữ được đến %s", "reached, and still on %s"),
                      until);
        break;
    case ARRIVAL_LEAVES:
        wrapped_label(label,
                      words("hiện đã đạt, nhưng từ ngày %s sẽ không còn đạt",
                            "reached, but no longer from %s on"),
                      day);
        break;
    case ARRIVAL_ON:
        wrapped_label(label, "%s%s%s", day,
                      p->day > p->until ? words(", sau ngày ", ", after ") : "",
                      p->day > p->until ? until : "");
        break;
    case ARRIVAL_BEYOND:
        wrapped_label(
            label,
            p->nature == NATURE_STOCK
                ? words("không kịp trong thời gian chương trình (đến %s)",
                        "not within the programme (to %s)")
                : words("không kịp trong năm (đến %s)", "not within the year (to %s)"),
            limit);
        break;
    case ARRIVAL_NEVER:
        wrapped_label(
            label, "%s",
            p->nature == NATURE_FLOW && !indicator_of(x)->is_value
                ? words("không đạt nếu phần còn lại của năm vẫn như vậy",
                        "never, if the rest of the year is as the year so far")
                : words("không đạt với nhịp hiện nay", "never at this pace"));
        break;
    case ARRIVAL_NONE:
        break;
    }
}

static void
projection_print(const struct explain *x)
{
    const struct projection *p = &x->projection;
    const char *label = words("Dự báo:", "Projection:");
    char day[DAY_TEXT_BYTES];
    char value[RATIO_TEXT_BYTES];
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];

    if (p->why != PROJECTION_GIVEN) {
        wrapped_label(label, words("không có: %s", "none: %s"),
                      projection_words(p->why));
        return;
    }
    day_say(p->until, day);
    value_say(x, p->value, value);
    count_say(p->num, num);
    count_say(x->score.standing.den, den);
    if (indicator_of(x)->is_value) {
        wrapped_label(label, words("ngày %s: %s %s, %s", "on %s: %s %s, %s"), day,
                      value, things(x),
                      p->is_short ? words("không đạt", "short")
                                  : words("đạt", "reached"));
    } else {
        wrapped_label(
            label, words("ngày %s: %s / %s → %s, %s", "on %s: %s / %s → %s, %s"), day,
            num, den, value,
            p->is_short ? words("không đạt", "short") : words("đạt", "reached"));
    }
    pace_print(x);
    arrival_print(x);
}

/* --- the pace needed --- */

static void
whole_say(struct ratio r, bool lower, char out[RATIO_TEXT_BYTES])
{
    count_say(r.den == 0 ? 0 : lower ? ratio_floor(r) : ratio_ceil(r), out);
}

static void
rates_print(const struct explain *x, const char *label, bool at_most)
{
    const struct projection_need *n = &x->need;
    char all[RATIO_TEXT_BYTES];
    char month[RATIO_TEXT_BYTES];
    char week[RATIO_TEXT_BYTES];
    char window[RATIO_TEXT_BYTES];

    count_say(n->things, all);
    whole_say(n->month, at_most, month);
    whole_say(n->week, at_most, week);
    whole_say(n->window, at_most, window);
    wrapped_label(
        label,
        words("%s%s %s trong %d ngày, %d ngày làm việc: %s mỗi tháng, %s mỗi "
              "tuần làm việc",
              "%s%s %s in %d days, %d of them worked: %s a month, %s a working "
              "week"),
        at_most ? words("không quá ", "at most ") : "", all, things(x), (int)n->days,
        (int)n->working_days, month, week);
    if (n->window.den != 0) {
        wrapped_label(
            "",
            words("%s mỗi kỳ, còn %d kỳ báo cáo", "%s a window, %d windows are left"),
            window, (int)n->windows);
    }
}

static void
share_print(const struct explain *x, const char *label)
{
    const struct projection_need *n = &x->need;
    bool lower = target_lower(x->c, x->t);
    char share[RATIO_TEXT_BYTES];
    char coming[RATIO_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];

    day_say(x->projection.until, day);
    percent_say(n->share, lower ? CUT_DOWN : CUT_UP, share);
    whole_say(n->coming, true, coming);
    wrapped_label(label,
                  lower ? words("từ nay đến %s không quá %s của phần sẽ phát sinh (dự "
                                "kiến %s)",
                                "up to %s at most %s of what is to come (about %s)")
                        : words("từ nay đến %s phải đạt %s của phần sẽ phát sinh (dự "
                                "kiến %s)",
                                "up to %s %s of what is to come (about %s)"),
                  day, share, coming);
    if (n->things > 0) {
        rates_print(x, "", lower);
    }
}

static void
need_print(const struct explain *x)
{
    const struct projection_need *n = &x->need;
    const char *label = words("Cần thực hiện:", "Pace needed:");
    bool share = n->share.den != 0;
    char day[DAY_TEXT_BYTES];

    if (!n->has) {
        return;
    }
    day_say(x->projection.until, day);
    if (!n->possible) {
        wrapped_label(
            label,
            share && !target_lower(x->c, x->t)
                ? words("không kịp đến %s: dù đạt toàn bộ phần sẽ phát sinh "
                        "cũng không đủ",
                        "cannot be reached by %s: not even with all of what is "
                        "to come")
                : words("không kịp đến %s: số đã phát sinh vượt mức của cả năm",
                        "cannot be reached by %s: there are too many already"),
            day);
    } else if (share) {
        share_print(x, label);
    } else {
        rates_print(x, label, false);
    }
}

void
explain_ahead(const struct explain *x)
{
    projection_print(x);
    need_print(x);
}
