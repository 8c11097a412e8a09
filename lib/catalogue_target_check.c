/*
 * Does a target fit its indicator and its units, and what has the province still to
 * answer before its alerts may wake anybody.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

#define CODES_SHOWN 5

/* What the indicator of a kind has to be, in the order of enum target_kind. */
enum shape {
    SHAPE_ANY,
    SHAPE_SHARE,   /* a ratio that should rise */
    SHAPE_RATIO,   /* a ratio, of either direction */
    SHAPE_UP,      /* no rank, better: up */
    SHAPE_DOWN,    /* no rank, better: down */
    SHAPE_RANK,    /* a value with a pool */
    SHAPE_LASTING, /* better: up, and does not begin anew each year */
    SHAPE_EVENTS,  /* value: a flow, better: up */
};
static const enum shape SHAPES[] = {
    [TARGET_STEPS] = SHAPE_RATIO,     [TARGET_AT_LEAST] = SHAPE_UP,
    [TARGET_ABOVE] = SHAPE_UP,        [TARGET_AT_MOST] = SHAPE_DOWN,
    [TARGET_BELOW] = SHAPE_DOWN,      [TARGET_ALL] = SHAPE_SHARE,
    [TARGET_REDUCE_BY] = SHAPE_DOWN,  [TARGET_RANK_AT_MOST] = SHAPE_RANK,
    [TARGET_RANK_GAIN] = SHAPE_RANK,  [TARGET_IMPROVE] = SHAPE_ANY,
    [TARGET_BY_DATE] = SHAPE_LASTING, [TARGET_TIMES_PER_YEAR] = SHAPE_EVENTS,
    [TARGET_INFO] = SHAPE_ANY,
};
static const struct {
    const char *en;
    const char *vi;
} SHAPE_WORDS[] = {
    [SHAPE_SHARE] = {"a share that should rise: an indicator with numerator and "
                     "denominator, better: up",
                     "một tỷ lệ càng cao càng tốt: chỉ số có numerator, denominator và "
                     "better: up"},
    [SHAPE_RATIO] = {"a share: an indicator with numerator and denominator",
                     "một tỷ lệ: chỉ số có numerator và denominator"},
    [SHAPE_UP] = {"what should rise and is no rank: an indicator with better: up (for "
                  "a rank: rank_at_most; for better: down: at_most or below)",
                  "chỉ số càng cao càng tốt, không phải thứ hạng: better: up (thứ hạng "
                  "thì dùng rank_at_most; better: down thì dùng at_most hoặc below)"},
    [SHAPE_DOWN] =
        {"what should fall and is no rank: an indicator with better: down "
         "(for a rank: rank_at_most; for better: up: at_least or above)",
         "chỉ số càng thấp càng tốt, không phải thứ hạng: better: down (thứ "
         "hạng thì dùng rank_at_most; better: up thì dùng at_least hoặc above)"},
    [SHAPE_RANK] =
        {"a rank: an indicator with value, better: down, whose measure has a "
         "pool",
         "một thứ hạng: chỉ số có value, better: down và số đo có pool"},
    [SHAPE_LASTING] =
        {"what stays once it is done: a ratio or a value of a stock, "
         "better: up, no rank, no sum that begins anew each year",
         "nội dung đã hoàn thành thì giữ nguyên: tỷ lệ hoặc value của stock, "
         "better: up, không phải thứ hạng hay số cộng lại từ đầu mỗi năm"},
    [SHAPE_EVENTS] =
        {"a count of events: an indicator with value: a flow, better: up",
         "một số lần trong năm: chỉ số có value là số đo flow, better: up"},
};

static bool
shape_fits(const struct catalogue *c, const struct indicator *in, enum shape shape)
{
    const struct measure *m =
        in->numerator_count == 0 ? NULL : &c->measures[in->numerator[0]];
    bool rank = in->is_value && m != NULL && m->pool > 0;
    bool flow = in->is_value && m != NULL && m->nature == NATURE_FLOW;

    switch (shape) {
    case SHAPE_SHARE:
        return !in->is_value && in->better_up;
    case SHAPE_RATIO:
        return !in->is_value;
    case SHAPE_UP:
        return in->better_up && !rank;
    case SHAPE_DOWN:
        return !in->better_up && !rank;
    case SHAPE_RANK:
        return rank && !in->better_up;
    case SHAPE_LASTING:
        return in->better_up && !rank && !flow;
    case SHAPE_EVENTS:
        return in->better_up && flow;
    case SHAPE_ANY:
        break;
    }
    return true;
}

void
check_indicator(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    const struct indicator *in = &l->c->indicators[t->indicator];
    enum shape shape = SHAPES[t->kind];

    if (!shape_fits(l->c, in, shape)) {
        refuse(l, node_place(l, yaml_get(node, "kind")),
               "target %s: kind %s needs %s%.0s; %s is none",
               "mục tiêu %s: loại %s cần %.0s%s; %s không phải", t->id,
               target_kind_name(t->kind), SHAPE_WORDS[shape].en, SHAPE_WORDS[shape].vi,
               in->id);
    }
}

static unsigned
kinds_of(enum level level)
{
    switch (level) {
    case LEVEL_PROVINCE:
        return 1u << KIND_PROVINCE | 1u << KIND_DEPARTMENT;
    case LEVEL_DISTRICT:
        return 1u << KIND_DISTRICT;
    case LEVEL_COMMUNE:
        return 1u << KIND_COMMUNE;
    case LEVEL_ALL:
        break;
    }
    return ~0u;
}

/* Ranks, points, minutes: nothing that units could be added up in. */
static bool
is_uncounted(const struct catalogue *c, const struct indicator *in)
{
    return in->is_value && in->numerator_count > 0 &&
           c->measures[in->numerator[0]].nature == NATURE_VALUE;
}

void
check_subject(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    const struct indicator *in = &l->c->indicators[t->indicator];
    struct place at = node_place(l, yaml_get(node, "level"));
    unsigned reported_by;

    if (t->subject != SUBJECT_PROVINCE && t->level == LEVEL_ALL) {
        refuse(
            l, at, "target %s: level all goes with subject: province; name one level",
            "mục tiêu %s: level all chỉ đi với subject: province; ghi một cấp", t->id);
        return;
    }
    if (in->group == NONE) {
        return;
    }
    reported_by = l->c->groups[in->group].reported_by;
    if (is_uncounted(l->c, in) &&
        (t->subject == SUBJECT_LEVEL || t->level == LEVEL_ALL)) {
        refuse(
            l, at,
            "target %s: ranks and points cannot be summed over units; write subject: "
            "each, or subject: province with level: province",
            "mục tiêu %s: không cộng được thứ hạng, điểm của các đơn vị; viết subject: "
            "each, hoặc subject: province với level: province",
            t->id);
    } else if (t->subject == SUBJECT_PROVINCE && t->level != LEVEL_ALL &&
               (t->level != LEVEL_PROVINCE || !(reported_by & 1u << KIND_PROVINCE))) {
        refuse(
            l, at,
            "target %s: subject province over %s; write level: all, or subject: level",
            "mục tiêu %s: subject province với level %s; viết level: all, hoặc "
            "subject: "
            "level",
            t->id, level_name(t->level));
    } else if (reported_by != 0 && (reported_by & kinds_of(t->level)) == 0) {
        refuse(l, at,
               "target %s: no unit of level %s reports group %s; add its kind to "
               "reported_by or change the level",
               "mục tiêu %s: không đơn vị nào thuộc cấp %s báo cáo nhóm %s; thêm loại "
               "đơn vị "
               "vào reported_by hoặc đổi cấp",
               t->id, level_name(t->level), l->c->groups[in->group].code);
    }
}

/*
 * A year is closed by the window that ends on its last day, and a date by a window of
 * the years up to it: with windows of another calendar neither may ever come.
 */
void
check_calendar(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    static const char *const NAMES[] = {"civil", "statutory"};
    const struct catalogue *c = l->c;
    const struct group *g;

    if (t->kind == TARGET_INFO || c->indicators[t->indicator].group == NONE) {
        return;
    }
    g = &c->groups[c->indicators[t->indicator].group];
    if (g->rule != c->rule) {
        refuse(
            l, node_place(l, yaml_get(node, "indicator")),
            "target %s: group %s reports by the %s calendar, the year of the "
            "programme is %s, so no window would end with the year; write the same "
            "calendar in both (calendar in measures.yaml, year in programme.yaml)",
            "mục tiêu %s: nhóm %s báo cáo theo lịch %s, còn year của chương trình là "
            "%s, nên không kỳ nào kết thúc cùng năm; ghi cùng một lịch ở cả hai nơi "
            "(calendar trong measures.yaml, year trong programme.yaml)",
            t->id, g->code, NAMES[g->rule], NAMES[c->rule]);
    }
}

/* Units of one answer to "is it exempt", over the years and on their first day. */
struct tally {
    size_t units;
    size_t at_first;
    char codes[CODES_SHOWN * 48];
};

static void
tally_exemptions(const struct catalogue *c, const struct target *t, enum exempt exempt,
                 struct tally *out)
{
    size_t at = 0;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        if (u->exempt != exempt || !target_counts(c, t, u)) {
            continue;
        }
        out->at_first += unit_valid_on(u, year_first_day(c)) ? 1 : 0;
        if (out->units < CODES_SHOWN) {
            at += (size_t)snprintf(out->codes + at, sizeof out->codes - at, "%s%s",
                                   at == 0 ? "" : ", ", u->id); /* ids: 43 at most */
        } else if (out->units == CODES_SHOWN) {
            (void)snprintf(out->codes + at, sizeof out->codes - at, ", …");
        }
        out->units++;
    }
}

static void
ask_target(struct loader *l, const struct origin *o, const struct target *t)
{
    const struct yaml_node *confirmed = yaml_get(o->node, "exempt_confirmed");
    const struct yaml_node *node =
        confirmed != NULL ? confirmed : yaml_get(o->node, "exempt");
    struct place at = {o->from->names[FILE_TARGETS], node->line, node->column};
    bool own = t->programme == NULL; /* an included file confirms nothing here */
    char day[DAY_TEXT_BYTES];
    struct tally tally;

    day_text(year_first_day(l->c), day);
    tally_exemptions(l->c, t, EXEMPT_UNKNOWN, &tally);
    if (tally.units > 0) {
        finding_add(
            l->found, FINDING_QUESTION, at,
            "which of %zu units (%zu of them on %s) are exempt from %s? Their "
            "alerts stay off until units.csv says yes or no in \"exempt\": %s",
            "trong %zu đơn vị (%zu vào ngày %s), đơn vị nào được miễn %s? Cảnh báo "
            "chưa bật cho đến khi units.csv ghi yes hoặc no ở cột \"exempt\": %s",
            tally.units, tally.at_first, day, t->id, tally.codes);
    }
    tally_exemptions(l->c, t, EXEMPT_ASSUMED_NO, &tally);
    if (tally.units > 0 && !t->exempt_confirmed) {
        finding_add(
            l->found, FINDING_QUESTION, at,
            "are these %zu units (%zu of them on %s) really not exempt from %s, as "
            "assumed? Their alerts stay off until %s%.0s: %s",
            "có đúng là %zu đơn vị này (%zu vào ngày %s) không được miễn %s, như giả "
            "định? Cảnh báo chưa bật cho đến khi %.0s%s: %s",
            tally.units, tally.at_first, day, t->id,
            own ? "the province confirms: set exempt_confirmed by and date"
                : "units.csv says no in \"exempt\"",
            own ? "tỉnh xác nhận: ghi by và date của exempt_confirmed"
                : "units.csv ghi no ở cột \"exempt\"",
            tally.codes);
    }
}

void
ask_exemptions(struct loader *l)
{
    const struct catalogue *c = l->c;

    for (size_t i = 0; i < c->target_count; i++) {
        const struct target *t = &c->targets[i];

        if (t->by_exempt && !target_illustrative(c, t) && t->kind != TARGET_INFO &&
            !t->full_marks) {
            ask_target(l, &l->targets[i], t);
        }
    }
}

/* Reports of the years behind the programme's last are refused, so a date there is
 * waited for and never judged. A superseded version is not judged by its date. */
static void
warn_late_date(struct loader *l, const struct origin *o, const struct target *t)
{
    const struct catalogue *c = l->c;
    const struct yaml_node *due = yaml_get(o->node, "due");
    int year = day_rule_year(t->due, c->rule);
    char last[DAY_TEXT_BYTES];
    struct place at;

    if (due == NULL || t->superseded || year <= c->years_to) {
        return;
    }
    at = (struct place){o->from->names[FILE_TARGETS], due->line, due->column};
    day_text(year_last_day(c), last);
    finding_add(
        l->found, FINDING_WARNING, at,
        "target %s: due %s is after the last window whose reports are taken, which "
        "ends "
        "on %s, so it can never be judged; write a due date up to %s, or years to: %d "
        "in programme.yaml",
        "mục tiêu %s: due %s sau kỳ cuối cùng còn nhận báo cáo (kết thúc ngày %s) nên "
        "không bao giờ được đánh giá; ghi due không muộn hơn ngày %s, hoặc to: %d "
        "trong years của "
        "programme.yaml",
        t->id, due->text, last, last, year);
}

void
check_dates(struct loader *l)
{
    for (size_t i = 0; i < l->c->target_count; i++) {
        const struct target *t = &l->c->targets[i];

        if (t->pace == PACE_DUE && t->due != DAY_NONE && t->kind != TARGET_INFO) {
            warn_late_date(l, &l->targets[i], t);
        }
    }
}
