/*
 * dondoc explain: what is not in the figure, and why. Of a whole these are units, of a
 * unit its reports.
 */
#include <stdio.h>
#include <string.h>

#include "cli/explain.h"
#include "cli/language.h"
#include "lib/subject.h"

#define MORE "…"

const char *
excluded_name(enum excluded_why why)
{
    static const char *const names[] = {
        [EXCLUDED_EXEMPT] = "exempt",
        [EXCLUDED_NO_FIGURE] = "no_figure",
        [EXCLUDED_NOT_APPLICABLE] = "not_applicable",
        [EXCLUDED_NOT_VALID] = "not_valid_on_that_day",
        [EXCLUDED_INCOMPLETE] = "measure_missing",
        [EXCLUDED_COVERED] = "inside_a_wider_report",
        [EXCLUDED_BEHIND_GAP] = "behind_gap",
        [EXCLUDED_OLDER_WINDOW] = "older_window",
        [EXCLUDED_LATER_WINDOW] = "later_window",
        [EXCLUDED_REVISION] = "replaced_revision",
    };

    return names[why];
}

static const char *
excluded_words(enum excluded_why why)
{
    static const char *const said[][2] = {
        [EXCLUDED_EXEMPT] = {"đơn vị thuộc diện loại trừ", "units are exempt"},
        [EXCLUDED_NO_FIGURE] = {"đơn vị chưa có đủ số liệu của kỳ",
                                "units have no complete figure of the window"},
        [EXCLUDED_NOT_APPLICABLE] = {"đơn vị báo không phát sinh",
                                     "units say that it does not apply"},
        [EXCLUDED_NOT_VALID] = {"đơn vị không tồn tại vào ngày cuối kỳ",
                                "units do not exist on the window's last day"},
        [EXCLUDED_INCOMPLETE] = {"báo cáo thiếu số đo của chỉ số",
                                 "reports lack a measure of the indicator"},
        [EXCLUDED_COVERED] = {"báo cáo đã nằm trong báo cáo rộng hơn",
                              "reports lie inside a wider one"},
        [EXCLUDED_BEHIND_GAP] = {"báo cáo đứng sau kỳ còn thiếu: chưa cộng được",
                                 "reports lie behind a window that is missing: not "
                                 "added yet"},
        [EXCLUDED_OLDER_WINDOW] = {"báo cáo của kỳ trước: chỉ lấy số mới nhất",
                                   "reports of earlier windows: the newest counts"},
        [EXCLUDED_LATER_WINDOW] = {"báo cáo của kỳ kết thúc sau kỳ này",
                                   "reports of windows that end later"},
        [EXCLUDED_REVISION] = {"lần gửi trước đã được thay thế",
                               "earlier revisions were replaced"},
    };

    return words(said[why][0], said[why][1]);
}

static void
name_add(struct excluded *e, const char *name)
{
    size_t len = strlen(e->names);
    size_t room = sizeof e->names - sizeof MORE;

    e->count++;
    if (len + 2 + strlen(name) <= room) {
        (void)snprintf(e->names + len, sizeof e->names - len, "%s%s",
                       len == 0 ? "" : ", ", name);
    } else if (len < sizeof MORE ||
               strcmp(e->names + len - sizeof MORE + 1, MORE) != 0) {
        (void)snprintf(e->names + len, sizeof e->names - len, MORE);
    }
}

/* --- units of a whole --- */

static bool
is_exempt_member(const struct explain *x, int unit)
{
    struct target all = *x->t;

    all.by_exempt = false;
    return subject_has_member(x->c, &all, x->subject, unit);
}

static void
unit_look(const struct explain *x, int unit, struct excluded *of)
{
    const struct unit *u = &x->c->units[unit];
    enum excluded_why why;
    struct standing st;

    if (!subject_has_member(x->c, x->t, x->subject, unit)) {
        if (is_exempt_member(x, unit) && unit_valid_on(u, x->score.window.last)) {
            name_add(&of[EXCLUDED_EXEMPT], u->id);
        }
        return;
    }
    if (!unit_valid_on(u, x->score.window.last)) {
        name_add(&of[EXCLUDED_NOT_VALID], u->id);
        return;
    }
    score_standing(x->c, x->reading.facts, x->t->indicator, unit, x->score.year,
                   &x->score.window, &st);
    if (st.covered == 1 && !st.not_applicable) {
        return;
    }
    why =
        st.complete && st.not_applicable ? EXCLUDED_NOT_APPLICABLE : EXCLUDED_NO_FIGURE;
    name_add(&of[why], u->id);
}

/* --- reports of a unit --- */

static bool
is_behind(const struct behind *b, const struct fact *fact)
{
    size_t i;

    for (i = 0; i < b->count; i++) {
        if (b->facts[i] == fact) {
            return true;
        }
    }
    return false;
}

static void
report_look(const struct explain *x, const struct fact *fact, bool counts,
            struct excluded *of)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    bool flow = x->c->measures[ind->numerator[0]].nature == NATURE_FLOW;
    enum excluded_why why = flow ? EXCLUDED_COVERED : EXCLUDED_OLDER_WINDOW;

    if (counts) {
        of[EXCLUDED_REVISION].count += fact->revision - 1;
        return;
    }
    if (fact->window.last > x->score.window.last) {
        why = EXCLUDED_LATER_WINDOW;
    } else if (!explain_usable(x, fact)) {
        why = EXCLUDED_INCOMPLETE;
    } else if (flow && fact->window.last > x->score.standing.covered_to) {
        why = EXCLUDED_BEHIND_GAP;
    }
    name_add(&of[why], fact->window.code);
}

static void
reports_look(const struct explain *x, struct excluded *of)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    const struct series *s =
        facts_series(x->reading.facts, x->subject.unit, ind->group);
    struct behind behind;
    size_t i;

    explain_behind(x, x->subject.unit, &x->score.standing, &behind);
    for (i = 0; i < s->count; i++) {
        if (s->facts[i].window.year == x->score.year) {
            report_look(x, &s->facts[i], is_behind(&behind, &s->facts[i]), of);
        }
    }
    if (subject_exempt(x->c, x->t, x->subject)) {
        name_add(&of[EXCLUDED_EXEMPT], x->name);
    }
}

size_t
explain_excluded(const struct explain *x, struct excluded *out)
{
    bool whole = subject_is_whole(x->c, x->t, x->subject);
    struct excluded all[EXCLUDED_COUNT];
    size_t count = 0;
    size_t i;

    memset(all, 0, sizeof all);
    for (i = 0; whole && i < x->c->unit_count; i++) {
        unit_look(x, (int)i, all);
    }
    if (!whole) {
        reports_look(x, all);
    }
    for (i = 0; i < EXCLUDED_COUNT; i++) {
        if (all[i].count > 0) {
            all[i].why = (enum excluded_why)i;
            all[i].units = i <= EXCLUDED_NOT_VALID;
            out[count++] = all[i];
        }
    }
    return count;
}

void
explain_excluded_print(const struct explain *x)
{
    struct excluded all[EXCLUDED_COUNT];
    size_t count = explain_excluded(x, all);
    size_t i;

    for (i = 0; i < count; i++) {
        const struct excluded *e = &all[i];

        wrapped_label(i == 0 ? words("Không tính:", "Left out:") : "", "%zu %s%s%s%s",
                      e->count, excluded_words(e->why), e->names[0] == '\0' ? "" : " (",
                      e->names, e->names[0] == '\0' ? "" : ")");
    }
}
