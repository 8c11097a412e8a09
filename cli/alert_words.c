#include "cli/alert_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/language.h"
#include "cli/reading.h"

#define SCALE_DIGITS 4
#define LEVEL_PREFIX "level-"

/* --- severity --- */

static const char *const severities[SEVERITY_COUNT] = {
    [SEVERITY_MISSED] = "missed",     [SEVERITY_OVERDUE] = "overdue",
    [SEVERITY_BEHIND] = "behind",     [SEVERITY_FALLING] = "falling",
    [SEVERITY_REMINDER] = "reminder", [SEVERITY_OTHER] = "other",
};

enum severity
alert_severity(const char *kind)
{
    int s = SEVERITY_MISSED;

    while (s < SEVERITY_OTHER && strcmp(kind, severities[s]) != 0) {
        s++;
    }
    return (enum severity)s;
}

const char *
severity_name(enum severity s)
{
    return severities[s];
}

const char *
alert_state_words(const struct board_alert *a)
{
    if (a->open) {
        return words("đang mở", "open");
    }
    return strcmp(a->reason, "withdrawn") == 0 ? words("đã thu hồi", "withdrawn")
                                               : words("đã đóng", "closed");
}

void
working_days_words(int days, char out[DAYS_WORDS_BYTES])
{
    (void)snprintf(out, DAYS_WORDS_BYTES,
                   days == 1 ? words("%02d ngày làm việc", "%d working day")
                             : words("%02d ngày làm việc", "%d working days"),
                   days);
}

/* --- the figure --- */

static int64_t
word_number(const char *line, const char *name)
{
    char text[24];

    return board_word(line, name, text, sizeof text) ? strtoll(text, NULL, 10) : 0;
}

void
alert_figure_line(const char *line, struct alert_figure *out)
{
    char text[24];

    memset(out, 0, sizeof *out);
    (void)board_word(line, "value", out->value, sizeof out->value);
    if (!board_word(line, "required", out->required, sizeof out->required)) {
        (void)board_word(line, "step", out->required, sizeof out->required);
    }
    (void)board_word(line, "gap", out->gap, sizeof out->gap);
    (void)board_word(line, "window", out->window, sizeof out->window);
    out->counts = board_word(line, "den", text, sizeof text);
    out->num = word_number(line, "num");
    out->den = word_number(line, "den");
    out->rank = word_number(line, "rank");
}

static void
plain(struct ratio r, int decimals, char *out)
{
    char text[RATIO_TEXT_BYTES];
    char *to = out;
    const char *at;

    *out = '\0';
    if (r.den == 0) {
        return;
    }
    ratio_text(r, decimals, CUT_DOWN, false, text); /* cut before: nothing is lost */
    for (at = text; *at != '\0'; at++) {
        if (*at != ',') { /* without a thousands sign */
            *to++ = *at;
        }
    }
    *to = '\0';
}

static int64_t
power_of_ten(int n)
{
    int64_t power = 1;

    while (n-- > 0) {
        power *= 10;
    }
    return power;
}

/* Places a year since the baseline, as the score has it. */
static struct ratio
places_a_year(const struct target *t, const struct alert_event *ev)
{
    int years = ev->year - t->baseline_year;
    struct window w;

    if (window_parse(ev->window, CALENDAR_CIVIL, &w, NULL) == ST_OK) {
        years = w.year - t->baseline_year;
    }
    return years > 0 ? ratio_of(t->baseline_value - ev->numerator, years)
                     : ratio_of(0, 0);
}

void
alert_figure_event(const struct catalogue *c, const struct target *t,
                   const struct alert_event *ev, struct alert_figure *out)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    struct score s = {.required = ev->required, .step = ev->step};
    struct ratio against;
    struct shown shown;

    memset(out, 0, sizeof *out);
    (void)snprintf(out->window, sizeof out->window, "%s", ev->window);
    if (ev->denominator <= 0) {
        return;
    }
    if (t->kind == TARGET_RANK_GAIN) {
        s.value = places_a_year(t, ev);
        out->rank = ev->numerator;
    } else if (ind->is_value) {
        s.value = ratio_of(ev->numerator,
                           power_of_ten(c->measures[ind->numerator[0]].decimals));
    } else {
        s.value = ratio_percent(ev->numerator, ev->denominator);
        out->counts = true;
        out->num = ev->numerator;
        out->den = ev->denominator;
    }
    against = s.required.den != 0 ? s.required : s.step;
    if (s.value.den != 0 && against.den != 0) {
        s.gap = target_lower(c, t) ? ratio_sub(s.value, against)
                                   : ratio_sub(against, s.value);
    }
    score_shown(c, t, &s, &shown);
    plain(shown.value, shown.decimals, out->value);
    plain(shown.required, shown.decimals, out->required);
    plain(shown.gap, shown.decimals, out->gap);
}

/* "2386.50" with our decimal sign; marks for thousands only where there are four. */
static void
decimal_words(const char *text, char out[RATIO_TEXT_BYTES])
{
    char *point;

    (void)snprintf(out, RATIO_TEXT_BYTES, "%s", text);
    point = strchr(out, '.');
    if (point != NULL && language_now() == LANGUAGE_VI) {
        *point = ',';
    }
}

/* What is asked, in words that hold for the kind of target. */
static void
required_words(const struct catalogue *c, const struct target *t,
               const struct alert_figure *f, char *out, size_t out_bytes)
{
    const char *before = words("mức cần đạt", "level to reach");
    const char *behind = f->counts ? "%" : "";
    char number[RATIO_TEXT_BYTES];

    decimal_words(f->required, number);
    if (t != NULL && t->kind == TARGET_RANK_AT_MOST) {
        before = words("cần hạng", "wanted: rank");
        behind = words(" trở lên", " or better");
    } else if (t != NULL && target_lower(c, t)) {
        before = target_strict(t) ? words("cần dưới", "wanted: less than")
                                  : words("cần không quá", "wanted: at most");
    } else if (t != NULL) {
        before = target_strict(t) ? words("cần trên", "wanted: more than")
                                  : words("cần tối thiểu", "wanted: at least");
    }
    (void)snprintf(out, out_bytes, ", %s %s%s", before, number, behind);
}

void
alert_figure_words(const struct catalogue *c, const struct target *t,
                   const struct alert_figure *f, char out[FIGURE_WORDS_BYTES])
{
    char value[RATIO_TEXT_BYTES];
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];
    int len;

    out[0] = '\0';
    if (f->value[0] == '\0') {
        return;
    }
    decimal_words(f->value, value);
    if (f->counts) {
        count_say(f->num, num);
        count_say(f->den, den);
        len = snprintf(out, FIGURE_WORDS_BYTES, "%s%% (%s/%s)", value, num, den);
    } else if (f->rank > 0) {
        len = snprintf(out, FIGURE_WORDS_BYTES,
                       words("hạng %" PRId64 ", bình quân %s bậc mỗi năm",
                             "rank %" PRId64 ", %s places a year on average"),
                       f->rank, value);
    } else {
        len = snprintf(
            out, FIGURE_WORDS_BYTES, "%s%s",
            t != NULL && t->kind == TARGET_RANK_AT_MOST ? words("hạng ", "rank ") : "",
            value);
    }
    if (f->required[0] != '\0' && len > 0 && len < FIGURE_WORDS_BYTES) {
        required_words(c, t, f, out + len, FIGURE_WORDS_BYTES - (size_t)len);
    }
}

int64_t
alert_gap_scaled(const char *text)
{
    char *end;
    int64_t scaled = strtoll(text, &end, 10) * power_of_ten(SCALE_DIGITS);
    int64_t part = power_of_ten(SCALE_DIGITS);
    int digits;

    if (*end == '.') {
        for (digits = 0; digits < SCALE_DIGITS && end[1] >= '0' && end[1] <= '9';
             digits++) {
            end++;
            part /= 10;
            scaled += (*end - '0') * part;
        }
    }
    return scaled;
}

/* --- names --- */

static const char *
level_phrase(const char *level)
{
    if (strcmp(level, "province") == 0) {
        return words("cấp tỉnh", "provincial level");
    }
    if (strcmp(level, "district") == 0) {
        return words("cấp huyện", "district level");
    }
    if (strcmp(level, "commune") == 0) {
        return words("cấp xã", "commune level");
    }
    return strcmp(level, "all") == 0 ? words("toàn tỉnh", "the whole province") : NULL;
}

void
alert_subject_words(const struct catalogue *c, const char *subject,
                    char out[ALERT_NAME_BYTES])
{
    size_t prefix = sizeof LEVEL_PREFIX - 1;
    int unit = c == NULL ? NONE : catalogue_unit(c, subject);
    const char *level = strncmp(subject, LEVEL_PREFIX, prefix) == 0
                            ? level_phrase(subject + prefix)
                            : NULL;

    if (level != NULL) {
        (void)snprintf(out, ALERT_NAME_BYTES, words("%s (tính chung)", "%s as a whole"),
                       level);
    } else {
        (void)snprintf(out, ALERT_NAME_BYTES, "%s",
                       unit == NONE ? subject : unit_words(&c->units[unit]));
    }
}

static const char *
either(const char *vi, const char *en)
{
    const char *text = words(vi, en);

    return text == NULL || text[0] == '\0' ? (vi == NULL ? "" : vi) : text;
}

const char *
alert_title(const struct catalogue *c, const char *target, const char *group)
{
    int at;

    if (c == NULL) {
        return "";
    }
    if (group[0] != '\0') {
        at = catalogue_group(c, group);
        return at == NONE ? "" : either(c->groups[at].name_vi, c->groups[at].name_en);
    }
    at = catalogue_target(c, target);
    return at == NONE ? "" : either(c->targets[at].title_vi, c->targets[at].title_en);
}

const char *
alert_about(const struct catalogue *c, const struct board_alert *a)
{
    const char *title = alert_title(c, a->target, a->group);
    int at = c == NULL ? NONE : catalogue_measure(c, a->measure);

    if (title[0] != '\0') {
        return title;
    }
    if (at != NONE) {
        return either(c->measures[at].name_vi, c->measures[at].name_en);
    }
    if (a->missing) {
        return a->group;
    }
    return a->target[0] != '\0' ? a->target : a->measure;
}

const char *
office_words(const struct catalogue *c, const char *leader)
{
    int at = c == NULL ? NONE : catalogue_leader(c, leader);

    return at == NONE ? leader
                      : either(c->leaders[at].title_vi, c->leaders[at].title_en);
}
