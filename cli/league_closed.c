/* The verdict of a unit in a table: as explain gives it, also after the unit's end. */
#include <stdio.h>

#include "cli/closing.h"
#include "cli/language.h"
#include "cli/league.h"
#include "cli/table_print.h"
#include "cli/wrapped.h"
#include "lib/buf.h"

#define LIST_MAX 10
#define NAMES_BYTES 1024

static struct subject_ref
subject_of(const struct league *l, const struct member *m)
{
    return (struct subject_ref){m->unit, l->target->level, false};
}

bool
league_judges(const struct league *l)
{
    return l->target != NULL && l->target->subject == SUBJECT_EACH &&
           l->target->kind != TARGET_INFO;
}

void
league_score(const struct league *l, const struct member *m, struct score *out)
{
    const struct catalogue *c = &l->catalogue;
    const struct facts *f = l->reading.facts;
    struct subject_ref s = subject_of(l, m);
    struct standing st = m->standings[0];
    struct score met;

    score_base(c, f, l->target, s, l->year, &st);
    score_judge(c, l->target, league_judges(l), false, l->year, &l->window, &st, out);
    out->ends = score_ends(c, f, l->target, s, out);
    if ((out->verdict == VERDICT_MISSED || out->verdict == VERDICT_BEHIND) &&
        score_was_met(c, f, l->target, s, l->window.last, &met)) {
        out->verdict = VERDICT_MET; /* judged once, at an earlier window */
        out->gap = ratio_of(0, 0);
    }
}

enum closing
league_closing(const struct league *l, const struct member *m, const struct score *s)
{
    return league_judges(l)
               ? closing_of(&l->catalogue, l->target, subject_of(l, m), s, l->today)
               : CLOSING_NONE;
}

void
league_verdict_cell(const struct league *l, struct table_print *t,
                    const struct member *m, const struct score *s)
{
    char text[CLOSING_BYTES];

    closing_say_short(league_closing(l, m, s),
                      verdict_words(s->verdict, l->target->full_marks), text);
    table_print_cell(t, text);
}

/* --- below the table: who ended, and when --- */

static bool
is_closed(const struct league *l, const struct member *m)
{
    struct score s;

    if (m->state != MEMBER_IN) {
        return false; /* no verdict of it stands in the table */
    }
    league_score(l, m, &s);
    return league_closing(l, m, &s) != CLOSING_NONE;
}

static void
day_print(const struct league *l, int32_t day)
{
    char text[DAY_TEXT_BYTES];
    struct buf names;
    size_t count = 0;
    size_t i;

    buf_init(&names, NAMES_BYTES);
    for (i = 0; i < l->member_count; i++) {
        const struct unit *u = &l->catalogue.units[l->members[i].unit];

        if (u->to == day && is_closed(l, &l->members[i])) {
            count++;
            if (count <= LIST_MAX) {
                buf_format(&names, "%s%s", count == 1 ? "" : ", ", u->id);
            }
        }
    }
    day_say(day, text);
    wrapped_indent(0,
                   words("Kết thúc do sắp xếp đơn vị hành chính (ngày cuối cùng: %s): "
                         "%zu đơn vị (%s%s)",
                         "Closed with the unit (its last day: %s): %zu (%s%s)"),
                   text, count, buf_str(&names), count > LIST_MAX ? ", …" : "");
    buf_fini(&names);
}

void
league_closed_print(const struct league *l)
{
    int32_t before = DAY_NONE;

    while (league_judges(l)) { /* one day after the other */
        int32_t day = DAY_OPEN;
        size_t i;

        for (i = 0; i < l->member_count; i++) {
            int32_t to = l->catalogue.units[l->members[i].unit].to;

            if (to > before && to < day && is_closed(l, &l->members[i])) {
                day = to;
            }
        }
        if (day == DAY_OPEN) {
            return;
        }
        day_print(l, day);
        before = day;
    }
}
