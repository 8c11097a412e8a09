/* An expectation against the engine. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/rule_test.h"
#include "lib/diag.h"

/* --- judging --- */

static void
wrong_add(struct rule_outcome *out, const char *name, const char *want, const char *got)
{
    struct rule_field *f;

    MUST(out->wrong_count < RULE_FIELDS_MAX);
    f = &out->wrong[out->wrong_count++];
    f->name = name;
    (void)snprintf(f->want, sizeof f->want, "%s", want); /* long texts are cut */
    (void)snprintf(f->got, sizeof f->got, "%s", got);
}

/* "47.35" without thousands, as a file has it; "none". */
static void
number_text(struct ratio r, int decimals, char out[RULE_TEXT_BYTES])
{
    char text[RATIO_TEXT_BYTES];
    size_t len = 0;

    if (r.den == 0) {
        (void)snprintf(out, RULE_TEXT_BYTES, "none");
        return;
    }
    ratio_text(r, decimals, CUT_DOWN, false, text); /* cut before: nothing is lost */
    for (const char *at = text; *at != '\0'; at++) {
        if (*at != ',') {
            out[len++] = *at;
        }
    }
    out[len] = '\0';
}

static void
numbers_judge(const struct catalogue *c, const struct target *t,
              const struct rule_expect *e, struct rule_outcome *out)
{
    struct shown shown;
    struct ratio got[RULE_NUMBERS];

    score_shown(c, t, &out->score, &shown);
    got[RULE_VALUE] = shown.value;
    got[RULE_REQUIRED] = shown.required;
    got[RULE_GAP] = shown.gap;
    for (int i = 0; i < RULE_NUMBERS; i++) {
        const struct rule_number *n = &e->numbers[i];
        char want[RULE_TEXT_BYTES];
        char text[RULE_TEXT_BYTES];

        if (!n->given ||
            (n->none ? got[i].den == 0
                     : got[i].den != 0 && ratio_compare(got[i], n->want) == 0)) {
            continue;
        }
        number_text(n->none ? ratio_of(0, 0) : n->want, shown.decimals, want);
        number_text(got[i], shown.decimals, text);
        wrong_add(out, RULE_NUMBER_NAMES[i], want, text);
    }
}

static void
counts_judge(const struct rule_expect *e, struct rule_outcome *out)
{
    const struct standing *st = &out->score.standing;
    const int64_t got[RULE_COUNTS] = {
        [RULE_NUM] = st->num,
        [RULE_DEN] = st->den,
        [RULE_NEED_NOW] = out->score.need_now,
        [RULE_NEED_YEAR] = out->score.need_year,
        [RULE_COVERED] = st->covered,
        [RULE_UNITS] = st->units,
    };

    for (int i = 0; i < RULE_COUNTS; i++) {
        char want[RULE_TEXT_BYTES];
        char text[RULE_TEXT_BYTES];

        if (e->counts[i].given && e->counts[i].want != got[i]) {
            (void)snprintf(want, sizeof want, "%" PRId64, e->counts[i].want);
            (void)snprintf(text, sizeof text, "%" PRId64, got[i]);
            wrong_add(out, RULE_COUNT_NAMES[i], want, text);
        }
    }
}

static void
alert_judge(const struct catalogue *c, const struct rule_test *test,
            const struct rule_expect *e, struct rule_outcome *out)
{
    struct wanted wanted;

    if (!e->has_alert) {
        return;
    }
    score_wanted(c, test->facts, &c->targets[e->target], e->subject, e->window.year,
                 test->on, c->simulated, &wanted);
    if (wanted.kind != e->alert) {
        wrong_add(out, "alert", alert_kind_name(e->alert),
                  alert_kind_name(wanted.kind));
    }
}

void
rule_judge(const struct catalogue *c, const struct rule_test *t,
           const struct rule_expect *e, struct rule_outcome *out)
{
    const struct target *target = &c->targets[e->target];

    memset(out, 0, sizeof *out);
    score_subject(c, t->facts, target, e->subject, e->window.year, &e->window,
                  &out->score);
    if (out->score.verdict != e->verdict) {
        wrong_add(out, "verdict", verdict_name(e->verdict),
                  verdict_name(out->score.verdict));
    }
    numbers_judge(c, target, e, out);
    counts_judge(e, out);
    alert_judge(c, t, e, out);
}
