/* How every target of a year stands: the newest score of each subject, counted. */
#include <string.h>

#include "cli/closing.h"
#include "cli/progress.h"
#include "lib/look.h"
#include "lib/mem.h"
#include "lib/subject.h"

/* The newest score of the year, as the scorer shows it; what is promised over several
 * years, a rank by 2025, shows the newest up to the year. False: nothing yet. */
static bool
score_take(const struct progress *p, const struct target *t, struct subject_ref s,
           struct score *out)
{
    struct look look;
    int first;
    int last;

    target_span(p->reading->catalogue, t, p->year, &first, &last);
    look_begin(&look, p->reading->catalogue, p->reading->facts, t, s, p->today);
    return look_latest(&look, first < p->year ? first : p->year, p->year, out);
}

/* Is it a unit on any day of the year so far? */
static bool
is_of_year(const struct progress *p, const struct unit *u)
{
    int32_t first;
    int32_t last;

    year_bounds(p->year, p->reading->catalogue->rule, &first, &last);
    last = p->today < last ? p->today : last;
    return u->to >= first && (u->from == DAY_NONE || u->from <= last);
}

static void
verdict_count(struct progress_row *row, enum verdict v)
{
    row->units++;
    row->counts[v]++;
    row->good += v == VERDICT_MET || v == VERDICT_ON_PACE ? 1 : 0;
    row->judged += v == VERDICT_MET || v == VERDICT_ON_PACE || v == VERDICT_BEHIND ||
                           v == VERDICT_MISSED
                       ? 1
                       : 0;
}

/* The largest gap is the worst; a gap below 0 is a unit that is there. */
static void
worst_keep(struct progress_row *row, int unit, const struct score *s)
{
    if (s->gap.den == 0) {
        return;
    }
    if (!row->has_score || ratio_compare(s->gap, row->score.gap) > 0) {
        row->has_score = true;
        row->score = *s;
        row->worst = unit;
    }
}

/* Gone before it was judged, or before its last report: nothing more is waited for.
 * What it had reached by then is counted. */
static bool
is_closed(const struct progress *p, const struct target *t, struct subject_ref subject,
          const struct score *s)
{
    enum closing closing = closing_of(p->reading->catalogue, t, subject, s, p->today);

    return closing == CLOSING_NOT_JUDGED ||
           (closing == CLOSING_WITH_UNIT && s->verdict == VERDICT_NO_DATA);
}

/* Nothing was reported and nothing is due; false: that is how it is shown. */
static bool
score_or_none(const struct progress *p, const struct target *t, struct subject_ref s,
              struct score *out)
{
    memset(out, 0, sizeof *out);
    out->year = p->year;
    out->ends = DAY_NONE;
    return score_take(p, t, s, out);
}

static void
unit_add(const struct progress *p, struct progress_row *row, int unit)
{
    struct subject_ref s = {unit, row->target->level, false};
    struct score score;
    bool has;

    if (subject_exempt(p->reading->catalogue, row->target, s)) {
        verdict_count(row, VERDICT_EXEMPT);
        return;
    }
    has = score_or_none(p, row->target, s, &score);
    if (is_closed(p, row->target, s, &score)) {
        row->units++;
        row->closed++;
        return;
    }
    if (!has) {
        verdict_count(row, VERDICT_NO_DATA);
        row->of++;
        return;
    }
    verdict_count(row, score.verdict);
    row->of += score.verdict != VERDICT_NOT_APPLICABLE ? 1 : 0;
    row->covered += score.standing.covered == 1 ? 1 : 0;
    worst_keep(row, unit, &score);
}

static void
whole_add(const struct progress *p, struct progress_row *row)
{
    struct subject_ref s = {NONE, row->target->level, false};

    row->whole = true;
    row->has_score = score_or_none(p, row->target, s, &row->score);
    if (is_closed(p, row->target, s, &row->score)) {
        row->units++;
        row->closed++;
    } else {
        verdict_count(row, row->has_score ? row->score.verdict : VERDICT_NO_DATA);
    }
    row->covered = row->has_score ? row->score.standing.covered : 0;
    row->of = row->has_score ? row->score.standing.units : 0;
}

static void
row_fill(const struct progress *p, struct progress_row *row, const struct target *t)
{
    const struct catalogue *c = p->reading->catalogue;
    size_t i;

    *row = (struct progress_row){.target = t, .worst = NONE};
    if (t->subject != SUBJECT_EACH) {
        whole_add(p, row);
        return;
    }
    for (i = 0; i < c->unit_count; i++) {
        if (target_concerns(c, t, &c->units[i]) && is_of_year(p, &c->units[i])) {
            unit_add(p, row, (int)i);
        }
    }
}

static int
year_near(const struct catalogue *c, int32_t today)
{
    int year = c->years_to;
    int32_t first;
    int32_t last;

    for (; year > c->years_from; year--) {
        year_bounds(year, c->rule, &first, &last);
        if (first <= today) {
            break;
        }
    }
    return year;
}

void
progress_make(struct progress *p, const struct reading *r, int year, int32_t today)
{
    const struct catalogue *c = r->catalogue;
    size_t i;

    memset(p, 0, sizeof *p);
    p->reading = r;
    p->today = today;
    p->year = year != 0 ? year : year_near(c, today);
    p->rows = mem_alloc((c->target_count + 1) * sizeof *p->rows);
    p->infos = mem_alloc((c->target_count + 1) * sizeof *p->infos);
    p->elsewhere = mem_alloc((c->target_count + 1) * sizeof(struct target *));
    for (i = 0; i < c->target_count; i++) {
        const struct target *t = &c->targets[i];

        if (!target_governs(c, t, p->year)) {
            continue;
        }
        if (p->year < target_year_first(c, t) || p->year > target_year_last(c, t)) {
            p->elsewhere[p->elsewhere_count++] = t;
        } else if (t->kind == TARGET_INFO) {
            row_fill(p, &p->infos[p->info_count++], t);
        } else {
            row_fill(p, &p->rows[p->count++], t);
        }
    }
}

void
progress_fini(struct progress *p)
{
    mem_free(&p->rows);
    mem_free(&p->infos);
    mem_free(&p->elsewhere);
}
