/*
 * dondoc alerts - what is open in a province, the gravest first: kind, subject, figure
 * with its counts, age in working days, who has taken it on. It reads what services
 * wrote and computes nothing of its own but the order and the ages.
 */
#include "cli/alerts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/nearest.h"
#include "lib/mem.h"

#define YEAR_CHARS 4
#define TOP "50"

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"open", CONF_SWITCH, "false", 0, 0, "chỉ những cảnh báo đang mở (mặc định)",
     "only what is open (the default)"},
    {"all", CONF_SWITCH, "false", 0, 0, "cả những cảnh báo đã đóng",
     "what is closed, too"},
    {"unit", CONF_TEXT, "", 0, 0,
     "mã đơn vị (cả các đơn vị trực thuộc), hoặc level-commune …",
     "a unit (and what lies under it), or level-commune …"},
    {"kind", CONF_TEXT, "", 0, 0,
     "một loại: missed, overdue, behind, falling hoặc reminder",
     "one kind: missed, overdue, behind, falling or reminder"},
    {"held", CONF_SWITCH, "false", 0, 0, "chỉ những cảnh báo đang được tạm giữ",
     "only what is kept back"},
    {"paused", CONF_SWITCH, "false", 0, 0, "chỉ những cảnh báo đang tạm dừng",
     "only what is paused"},
    {"top", CONF_INT, TOP, 0, 1000000, "số cảnh báo được in; 0: tất cả",
     "how many are printed; 0: all"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON, đủ mọi cảnh báo",
     "one JSON object with all of them"},
    {"csv", CONF_SWITCH, "false", 0, 0, "bảng CSV, đủ mọi cảnh báo",
     "a CSV table with all of them"},
};

static const struct option_spec spec = {
    .command = "alerts",
    .synopsis = "[--open|--all] [--unit U] [--kind K] [--held] [--paused] [--top 50]\n"
                "[--json|--csv]",
    .vi = "Các cảnh báo đang mở, nặng nhất trước: không đạt, quá hạn gửi báo cáo, chậm "
          "tiến độ, giảm\nso với kỳ trước, nhắc gửi báo cáo; rồi đến mức chênh lệch và "
          "số "
          "ngày làm việc đã mở. Có ghi\nrõ: đã nhận xử lý, tạm dừng đến ngày nào, tạm "
          "giữ, đã báo cáo đến bậc nào. Toàn bộ quá\ntrình của một cảnh báo: dondoc "
          "history MÃ.\n",
    .en =
        "What is open, the gravest first: missed, report overdue, behind, falling, "
        "reminder; then the\nwider gap, then the older one. With it: acknowledged, "
        "paused until when, held, climbed to\nwhich rung. The whole life of an alert: "
        "dondoc history CODE.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

/* --- which, and in which order --- */

bool
alert_paused(const struct board_alert *a, const char *today)
{
    return a->paused[0] != '\0' && strcmp(a->paused, today) >= 0; /* ISO days sort */
}

bool
alert_passes(const struct catalogue *c, const struct alert_filter *f,
             const struct board_alert *a)
{
    int unit;
    int above;

    if ((!a->open && !f->closed && !(f->held && a->hold[0] != '\0')) ||
        ((f->held || f->paused) && !(f->held && a->hold[0] != '\0') &&
         !(f->paused && alert_paused(a, f->today))) ||
        (f->kind[0] != '\0' && strcmp(a->kind, f->kind) != 0) ||
        (f->level[0] != '\0' && strcmp(a->subject, f->level) != 0)) {
        return false;
    }
    if (f->unit[0] == '\0' || strcmp(a->subject, f->unit) == 0) {
        return true;
    }
    unit = c == NULL ? NONE : catalogue_unit(c, a->subject);
    above = c == NULL ? NONE : catalogue_unit(c, f->unit);
    return unit != NONE && above != NONE && unit_under(c, unit, above);
}

int
alert_row_compare(const void *a, const void *b)
{
    const struct alert_row *x = a;
    const struct alert_row *y = b;

    if (x->alert->open != y->alert->open) {
        return x->alert->open ? -1 : 1;
    }
    if (x->severity != y->severity) {
        return x->severity < y->severity ? -1 : 1;
    }
    if (x->gap != y->gap) {
        return x->gap > y->gap ? -1 : 1;
    }
    if (x->age != y->age) {
        return x->age > y->age ? -1 : 1;
    }
    return strcmp(x->alert->code, y->alert->code);
}

/* --- figures and ages --- */

/* The line under scores:<subject> of the target in the alert's year. */
static enum status
figure_read(struct alert_list *l, const struct board_alert *a, struct alert_figure *out)
{
    struct board_lines lines;
    char field[sizeof a->target + YEAR_CHARS + 2];
    const char *line;
    enum status st;

    st = board_scores(l->reading.redis, l->reading.province, a->subject, &lines);
    (void)snprintf(field, sizeof field, "%s/%.*s", a->target, YEAR_CHARS, a->window);
    line = st == ST_OK ? board_line(&lines, field) : NULL;
    if (line != NULL) {
        alert_figure_line(line, out);
    }
    board_lines_fini(&lines);
    return st;
}

static void
ages_fill(const struct alert_list *l, struct alert_row *row)
{
    const struct catalogue *c = l->reading.catalogue;
    int32_t due;

    row->age = -1;
    row->late = -1;
    if (c == NULL || l->today == DAY_NONE) {
        return;
    }
    if (row->alert->opened_at_ms > 0) {
        row->age = workdays_between(
            &c->workdays, instant_day((struct instant){row->alert->opened_at_ms}),
            l->today);
    }
    if (row->alert->missing && day_parse(row->alert->due, &due) == ST_OK &&
        due < l->today) {
        row->late = workdays_between(&c->workdays, due, l->today);
    }
}

static enum status
rows_fill(struct alert_list *l, const struct alert_filter *f)
{
    enum status st = ST_OK;
    size_t i;

    l->rows = mem_alloc((l->alerts.count + 1) * sizeof *l->rows);
    for (i = 0; st == ST_OK && i < l->alerts.count; i++) {
        const struct board_alert *a = &l->alerts.items[i];
        struct alert_row *row = &l->rows[l->count];

        if (!alert_passes(l->reading.catalogue, f, a)) {
            continue;
        }
        row->alert = a;
        row->severity = alert_severity(a->kind);
        if (!a->missing) {
            st = figure_read(l, a, &row->figure);
        }
        row->gap = alert_gap_scaled(row->figure.gap);
        ages_fill(l, row);
        l->count++;
    }
    if (l->count > 0) {
        qsort(l->rows, l->count, sizeof *l->rows, alert_row_compare);
    }
    return st;
}

/* --- the command --- */

static int
unit_take(const struct reading *r, const char *text, struct alert_filter *f)
{
    int unit;

    if (strncmp(text, "level-", 6) == 0) {
        f->level = text;
        return EXIT_DONE;
    }
    if (text[0] == '\0' || r->catalogue == NULL) {
        f->unit = text;
        return EXIT_DONE;
    }
    unit = strcmp(text, "province") == 0 ? r->catalogue->province_unit
                                         : unit_find(r->catalogue, text);
    if (unit == NONE) {
        return unit_unknown(r->catalogue, text);
    }
    f->unit = r->catalogue->units[unit].id;
    return EXIT_DONE;
}

static int
kind_check(const char *kind)
{
    const char *names[SEVERITY_OTHER];
    const char *near;
    size_t i;

    if (kind[0] == '\0' || alert_severity(kind) != SEVERITY_OTHER) {
        return EXIT_DONE;
    }
    for (i = 0; i < SEVERITY_OTHER; i++) {
        names[i] = severity_name((enum severity)i);
    }
    near = nearest_name(kind, names, SEVERITY_OTHER);
    return options_usage("alerts",
                         words("--kind: “%s” không phải missed, overdue, behind, "
                               "falling hoặc reminder%s%s%s",
                               "--kind: “%s” is not missed, overdue, behind, falling "
                               "or reminder%s%s%s"),
                         kind,
                         near == NULL ? "" : words("; có phải là ", "; did you mean "),
                         near == NULL ? "" : near, near == NULL ? "" : "?");
}

static int
list_run(struct alert_list *l, const struct options *o)
{
    struct alert_filter f = {.closed = conf_switch(o->conf, "all"),
                             .kind = conf_text(o->conf, "kind"),
                             .unit = "",
                             .level = "",
                             .held = conf_switch(o->conf, "held"),
                             .paused = conf_switch(o->conf, "paused"),
                             .today = l->today_iso};
    long top = conf_int(o->conf, "top");
    int code;

    if (l->reading.head.programme[0] != '\0') {
        (void)reading_programme(&l->reading); /* has said why; ids will do */
    }
    code = unit_take(&l->reading, conf_text(o->conf, "unit"), &f);
    if (code != EXIT_DONE) {
        return code;
    }
    l->today = reading_today(&l->reading);
    if (l->today != DAY_NONE) {
        day_text(l->today, l->today_iso);
    }
    if (board_alerts(l->reading.redis, l->reading.province, &l->alerts) != ST_OK ||
        rows_fill(l, &f) != ST_OK) {
        return reading_broken(&l->reading);
    }
    l->shown = top > 0 && (size_t)top < l->count ? (size_t)top : l->count;
    if (conf_switch(o->conf, "json")) {
        alerts_print_json(l);
    } else if (conf_switch(o->conf, "csv")) {
        alerts_print_csv(l);
    } else {
        alerts_print_text(l);
    }
    return EXIT_DONE;
}

int
cli_alerts(int argc, char **argv)
{
    struct alert_list l = {.today = DAY_NONE};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    code = kind_check(conf_text(o.conf, "kind"));
    if (code == EXIT_DONE && o.operand_count > 0) {
        code = options_usage("alerts", words("“%s” thừa", "“%s” is too much"),
                             o.operands[0]);
    } else if (code == EXIT_DONE &&
               ((conf_switch(o.conf, "open") && conf_switch(o.conf, "all")) ||
                (conf_switch(o.conf, "json") && conf_switch(o.conf, "csv")))) {
        code = options_usage("alerts", "%s",
                             words("--open hoặc --all, --json hoặc --csv: chỉ một",
                                   "--open or --all, --json or --csv: only one"));
    } else if (code == EXIT_DONE) {
        code = reading_open(&l.reading, &o);
        if (code == EXIT_DONE) {
            code = list_run(&l, &o);
            mem_free(&l.rows);
            board_alerts_fini(&l.alerts);
            reading_close(&l.reading);
        }
    }
    options_fini(&o);
    return code;
}
