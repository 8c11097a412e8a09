/*
 * dondoc progress PROVINCE - how every target of a year stands: how many units have met
 * it, are on pace or behind, who is most short of it, and how what is set for a level
 * or the province as a whole stands. Computed at reading from the facts that stand.
 */
#include "cli/progress.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"year", CONF_INT, "0", 0, 2100, "năm (mặc định: năm nay)",
     "the year (default: this year)"},
    {"json", CONF_SWITCH, "false", 0, 0, "in một đối tượng JSON", "as one JSON object"},
    {"csv", CONF_SWITCH, "false", 0, 0, "in CSV, mỗi mục tiêu một dòng",
     "as CSV, a line a target"},
};

static const struct option_spec spec = {
    .command = "progress",
    .synopsis = "PROVINCE [--year 2023] [--json | --csv]",
    .vi = "Tình hình thực hiện tất cả mục tiêu của tỉnh trong một năm: số đơn vị đạt, "
          "đúng tiến độ,\nchậm, chưa có số liệu; đơn vị thiếu nhiều nhất hoặc vượt ít "
          "nhất; "
          "số chung của cấp và của tỉnh.\n",
    .en =
        "How all targets of the province stand in a year: units met, on pace, behind, "
        "without\ndata; the unit most short of, or least beyond, each; the figures of "
        "levels and of the "
        "province.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

static int
progress_run(struct reading *r, const struct options *o)
{
    struct progress p;
    int code = reading_facts(r);

    if (code != EXIT_DONE) {
        return code;
    }
    progress_make(&p, r, (int)conf_int(o->conf, "year"), reading_today(r));
    if (conf_switch(o->conf, "json")) {
        progress_json(&p);
    } else if (conf_switch(o->conf, "csv")) {
        progress_csv(&p);
    } else {
        progress_print(&p);
    }
    progress_fini(&p);
    return EXIT_DONE;
}

/* PROVINCE is the setting of that name. */
static bool
province_take(const struct options *o)
{
    char why[256];

    return o->operand_count == 0 || conf_set(o->conf, "province", o->operands[0],
                                             CONF_FROM_FLAG, why, sizeof why) == ST_OK;
}

int
cli_progress(int argc, char **argv)
{
    struct reading r;
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 1 || !province_take(&o)) {
        code = options_usage("progress", "%s",
                             words("cần mã của một tỉnh", "the slug of one province"));
    } else if (conf_switch(o.conf, "json") && conf_switch(o.conf, "csv")) {
        code = options_usage(
            "progress", "%s",
            words("--json hoặc --csv, không cả hai", "--json or --csv, not both"));
    } else {
        code = reading_open(&r, &o);
        if (code == EXIT_DONE) {
            code = progress_run(&r, &o);
            reading_close(&r);
        }
    }
    options_fini(&o);
    return code;
}
