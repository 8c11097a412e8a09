/* Which kinds of targets are tested, and which tests stand on a threshold. */
#include <string.h>

#include "cli/rule_test.h"
#include "lib/subject.h"

/* --- the edge --- */

/* What is asked for now, or where nothing is, at the end. */
static struct ratio
asked(const struct score *s)
{
    return s->required.den != 0 ? s->required : s->step;
}

static bool
falls_short(const struct catalogue *c, const struct target *t, const struct score *s)
{
    return s->value.den != 0 && asked(s).den != 0 &&
           score_is_short(c, t, s->value, asked(s));
}

/* Would other figures be judged otherwise? */
static bool
differs_with(const struct catalogue *c, const struct rule_expect *e,
             const struct score *s, int64_t num, int64_t den)
{
    const struct target *t = &c->targets[e->target];
    struct standing st = s->standing;
    struct score other;

    st.num = num;
    st.den = den;
    score_judge(c, t, subject_judged(c, t, e->subject), false, s->year, &s->window, &st,
                &other);
    return other.verdict != s->verdict ||
           falls_short(c, t, &other) != falls_short(c, t, s);
}

static bool
expect_on_edge(const struct catalogue *c, const struct rule_test *t,
               const struct rule_expect *e)
{
    const struct target *target = &c->targets[e->target];
    const struct standing *st;
    struct score s;

    score_subject(c, t->facts, target, e->subject, e->window.year, &e->window, &s);
    st = &s.standing;
    if (!st->has || s.verdict == VERDICT_EXEMPT) {
        return false;
    }
    if (s.value.den != 0 && asked(&s).den != 0 &&
        ratio_compare(s.value, asked(&s)) == 0) {
        return true;
    }
    if (differs_with(c, e, &s, st->num + 1, st->den) ||
        (st->num > 0 && differs_with(c, e, &s, st->num - 1, st->den))) {
        return true;
    }
    return !c->indicators[target->indicator].is_value &&
           (differs_with(c, e, &s, st->num, st->den + 1) ||
            (st->den > st->num && st->den > 1 &&
             differs_with(c, e, &s, st->num, st->den - 1)));
}

bool
rule_on_edge(const struct catalogue *c, const struct rule_test *t)
{
    for (size_t i = 0; i < t->expect_count; i++) {
        if (expect_on_edge(c, t, &t->expects[i])) {
            return true;
        }
    }
    return false;
}

/* --- completeness --- */

/* Is some unit that the target speaks of exempt from it? */
static bool
may_exempt(const struct catalogue *c, const struct target *t)
{
    for (size_t i = 0; t->by_exempt && i < c->unit_count; i++) {
        if (c->units[i].exempt == EXEMPT_YES && target_concerns(c, t, &c->units[i])) {
            return true;
        }
    }
    return false;
}

static bool
has_subject(const struct catalogue *c, const struct target *t, int32_t day)
{
    const struct subject_ref whole = {NONE, t->level, false};

    for (size_t i = 0; i < c->unit_count; i++) {
        if (unit_valid_on(&c->units[i], day) &&
            (t->subject == SUBJECT_EACH ? target_concerns(c, t, &c->units[i])
                                        : subject_has_member(c, t, whole, (int)i))) {
            return true;
        }
    }
    return false;
}

/* The last day of the first window that ends on or after the due day. */
static int32_t
judged_on(const struct catalogue *c, const struct target *t)
{
    const struct group *g = subject_group(c, t);
    struct window w;

    for (int year = day_year(t->due); year <= day_year(t->due) + 1; year++) {
        for (size_t i = 0; i < cadence_count(g->cadence); i++) {
            cadence_window(g->cadence, year, i, g->rule, &w);
            if (w.last >= t->due) {
                return w.last;
            }
        }
    }
    return t->due;
}

/* Is anybody there when the target is judged? */
static bool
may_judge(const struct catalogue *c, const struct target *t)
{
    return t->pace != PACE_DUE || has_subject(c, t, judged_on(c, t));
}

static void
cover_on_way(const struct catalogue *c, const struct rule_test *test,
             const struct rule_expect *e, struct rule_kind *k)
{
    const struct target *t = &c->targets[e->target];
    struct score s;

    score_subject(c, test->facts, t, e->subject, e->window.year, &e->window, &s);
    if (s.value.den == 0 || asked(&s).den == 0) {
        return;
    }
    if (falls_short(c, t, &s)) {
        k->fallen++;
    } else {
        k->met++;
    }
}

static void
cover_expect(const struct catalogue *c, const struct rule_test *test,
             const struct rule_expect *e, struct rule_kind *k)
{
    switch (e->verdict) {
    case VERDICT_MET:
    case VERDICT_ON_PACE:
        k->met++;
        break;
    case VERDICT_BEHIND:
    case VERDICT_MISSED:
        k->fallen++;
        break;
    case VERDICT_EXEMPT:
        k->exempt++;
        break;
    case VERDICT_NOT_APPLICABLE:
        k->exempt += k->may_exempt ? 0 : 1;
        break;
    case VERDICT_ON_WAY:
        if (!k->may_judge) {
            cover_on_way(c, test, e, k);
        }
        break;
    case VERDICT_NO_DATA:
    case VERDICT_TOO_SMALL:
    case VERDICT_INFO:
        break;
    }
}

void
rule_cover(const struct catalogue *c, const struct rule_tests *t,
           struct rule_cover *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < c->target_count; i++) {
        struct rule_kind *k = &out->kinds[c->targets[i].kind];

        k->used = c->targets[i].kind != TARGET_INFO;
        k->may_judge = k->may_judge || may_judge(c, &c->targets[i]);
        k->may_exempt = k->may_exempt || may_exempt(c, &c->targets[i]);
    }
    for (size_t i = 0; i < t->count; i++) {
        const struct rule_test *test = &t->tests[i];
        struct rule_kind *k;

        for (size_t j = 0; j < test->expect_count; j++) {
            k = &out->kinds[c->targets[test->expects[j].target].kind];
            cover_expect(c, test, &test->expects[j], k);
        }
        if (test->expect_count > 0) {
            k = &out->kinds[c->targets[test->expects[0].target].kind];
            k->tests++;
            k->boundary += test->boundary && rule_on_edge(c, test) ? 1 : 0;
        }
    }
}

unsigned
rule_kind_lacks(const struct rule_kind *k)
{
    unsigned lacks = 0;

    if (!k->used) {
        return 0;
    }
    lacks |= k->met == 0 ? RULE_LACKS_MET : 0u;
    lacks |= k->fallen == 0 ? RULE_LACKS_SHORT : 0u;
    lacks |= k->exempt == 0 && k->may_exempt ? RULE_LACKS_EXEMPT : 0u;
    lacks |= k->boundary == 0 ? RULE_LACKS_BOUNDARY : 0u;
    return lacks;
}
