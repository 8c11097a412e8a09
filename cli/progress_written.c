/* `dondoc progress` for other programs: JSON and CSV with the same facts. */
#include <stdio.h>

#include "cli/progress.h"
#include "cli/written.h"

#define OUT_BYTES (16u << 20)

static const char *const subjects[] = {"each", "level", "province"};

static struct shown
row_shown(const struct progress *p, const struct progress_row *row)
{
    struct shown shown = {0};

    if (row->has_score) {
        score_shown(p->reading->catalogue, row->target, &row->score, &shown);
    }
    return shown;
}

static struct ratio
row_share(const struct progress_row *row)
{
    if (row->whole || row->judged == 0) {
        return ratio_of(0, 0);
    }
    return ratio_cut(ratio_percent((int64_t)row->good, (int64_t)row->judged), 2,
                     CUT_DOWN);
}

static void
score_json(const struct progress *p, const struct progress_row *row, struct buf *out)
{
    const struct catalogue *c = p->reading->catalogue;
    struct shown shown = row_shown(p, row);
    const char *name = row->whole ? "whole" : "worst";

    if (!row->has_score) {
        json_text(out, name, NULL);
        return;
    }
    json_open(out, name, '{');
    if (!row->whole) {
        json_text(out, "unit", c->units[row->worst].id);
        json_text(out, "name_vi", c->units[row->worst].name_vi);
        json_text(out, "name_en", c->units[row->worst].name_en);
    }
    json_text(out, "verdict", verdict_name(row->score.verdict));
    json_text(out, "window", row->score.window.code);
    json_decimal(out, "value", shown.value, shown.decimals);
    json_decimal(out, "required", shown.required, shown.decimals);
    json_decimal(out, "gap", shown.gap, shown.decimals);
    json_int(out, "num", row->score.standing.num);
    json_int(out, "den", row->score.standing.den);
    json_close(out, '}');
}

static void
head_json(const struct progress *p, const struct target *t, struct buf *out)
{
    json_next(out);
    buf_char(out, '{');
    json_text(out, "target", t->id);
    json_int(out, "version", t->version);
    json_text(out, "level", level_name(t->level));
    json_text(out, "subject", subjects[t->subject]);
    json_text(out, "kind", target_kind_name(t->kind));
    json_bool(out, "illustrative", target_illustrative(p->reading->catalogue, t));
    json_text(out, "title_vi", t->title_vi);
    json_text(out, "title_en", t->title_en);
}

static void
row_json(const struct progress *p, const struct progress_row *row, struct buf *out)
{
    size_t i;

    head_json(p, row->target, out);
    json_int(out, "units", (int64_t)row->units);
    for (i = 0; i < PROGRESS_VERDICTS; i++) {
        json_int(out, verdict_name((enum verdict)i), (int64_t)row->counts[i]);
    }
    json_int(out, "closed", (int64_t)row->closed);
    json_int(out, "good", (int64_t)row->good);
    json_int(out, "judged", (int64_t)row->judged);
    json_decimal(out, "share", row_share(row), 2);
    json_int(out, "covered", (int64_t)row->covered);
    json_int(out, "of", (int64_t)row->of);
    score_json(p, row, out);
    json_close(out, '}');
}

void
progress_json(const struct progress *p)
{
    const struct catalogue *c = p->reading->catalogue;
    struct buf out;
    size_t i;

    buf_init(&out, OUT_BYTES);
    buf_char(&out, '{');
    json_text(&out, "province", p->reading->province);
    json_bool(&out, "simulated", p->reading->simulated);
    json_int(&out, "year", p->year);
    json_day(&out, "as_of", p->today);
    json_text(&out, "programme", c->digest);
    json_open(&out, "targets", '[');
    for (i = 0; i < p->count; i++) {
        row_json(p, &p->rows[i], &out);
    }
    json_close(&out, ']');
    json_open(&out, "info", '[');
    for (i = 0; i < p->info_count; i++) {
        row_json(p, &p->infos[i], &out);
    }
    for (i = 0; i < c->info_count; i++) {
        head_json(p, &c->infos[i], &out);
        json_close(&out, '}');
    }
    json_close(&out, ']');
    json_open(&out, "not_of_this_year", '[');
    for (i = 0; i < p->elsewhere_count; i++) {
        head_json(p, p->elsewhere[i], &out);
        json_close(&out, '}');
    }
    json_close(&out, ']');
    json_close(&out, '}');
    (void)puts(buf_str(&out));
    buf_fini(&out);
}

static void
row_csv(const struct progress *p, const struct progress_row *row, struct buf *out)
{
    const struct catalogue *c = p->reading->catalogue;
    struct shown shown = row_shown(p, row);
    size_t i;

    csv_cell(out, row->target->id);
    csv_int(out, row->target->version);
    csv_cell(out, level_name(row->target->level));
    csv_cell(out, subjects[row->target->subject]);
    csv_int(out, (int64_t)row->units);
    for (i = 0; i < PROGRESS_VERDICTS; i++) {
        csv_int(out, (int64_t)row->counts[i]);
    }
    csv_int(out, (int64_t)row->closed);
    csv_decimal(out, row_share(row), 2);
    csv_int(out, (int64_t)row->covered);
    csv_int(out, (int64_t)row->of);
    csv_cell(out, row->worst == NONE ? "" : c->units[row->worst].id);
    csv_cell(out, row->worst == NONE ? "" : unit_words(&c->units[row->worst]));
    csv_cell(out, row->has_score ? verdict_name(row->score.verdict) : "");
    csv_cell(out, row->has_score ? row->score.window.code : "");
    csv_decimal(out, shown.value, shown.decimals);
    csv_decimal(out, shown.required, shown.decimals);
    csv_decimal(out, shown.gap, shown.decimals);
    csv_end(out);
}

void
progress_csv(const struct progress *p)
{
    struct buf out;
    size_t i;

    buf_init(&out, OUT_BYTES);
    buf_text(&out, "target,version,level,subject,units");
    for (i = 0; i < PROGRESS_VERDICTS; i++) {
        buf_format(&out, ",%s", verdict_name((enum verdict)i));
    }
    buf_text(&out,
             ",closed,share,covered,of,worst,name,verdict,window,value,required,gap\n");
    for (i = 0; i < p->count; i++) {
        row_csv(p, &p->rows[i], &out);
    }
    for (i = 0; i < p->info_count; i++) {
        row_csv(p, &p->infos[i], &out);
    }
    (void)fputs(buf_str(&out), stdout);
    buf_fini(&out);
}
