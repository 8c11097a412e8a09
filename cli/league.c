/*
 * dondoc table - sums over units and league tables, computed at reading from the facts
 * that stand. A unit counts on both sides of a fraction, or on neither; coverage is
 * said with every sum; a figure that the province states about itself stands beside
 * ours with the difference.
 */
#include "cli/league.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/mem.h"

#define STATED_FILE "stated.csv"
#define STATED_BYTES (1u << 20)

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"year", CONF_INT, "0", 0, 2100, "năm (mặc định: mới nhất)",
     "the year (default: the newest)"},
    {"period", CONF_TEXT, "", 0, 0, "kỳ, ví dụ 2023-09 hoặc 2026@2026-09-26",
     "window, such as 2023-09 or 2026@2026-09-26"},
    {"measure", CONF_TEXT, "", 0, 0,
     "một số đo thay cho chỉ số, ví dụ dossiers_overdue",
     "a single measure instead of an indicator, such as dossiers_overdue"},
    {"with", CONF_TEXT, "", 0, 0, "các số đo ghi kèm, cách nhau bằng dấu phẩy",
     "measures to show beside it, with commas"},
    {"top", CONF_INT, "0", 0, 100000, "số đơn vị trong bảng; 0: tất cả",
     "how many units of the table; 0: all"},
    {"min", CONF_INT, "-1", -1, 2147483647,
     "mẫu số nhỏ nhất được xếp hạng (-1: theo chỉ số)",
     "smallest denominator that is ranked (-1: the indicator's)"},
    {"reverse", CONF_SWITCH, "false", 0, 0, "đảo thứ tự", "the other end first"},
    {"stated", CONF_TEXT, "", 0, 0, "tệp số tỉnh công bố (mặc định: của chương trình)",
     "file of stated figures (default: the programme's)"},
    {"check-stated", CONF_SWITCH, "false", 0, 0,
     "mã thoát 65 nếu tổng đủ đơn vị khác số công bố",
     "exit status 65 when a sum over all units is not what is stated"},
};

static const struct option_spec spec = {
    .command = "table",
    .synopsis =
        "INDICATOR|TARGET [--period W] [--top 10] [--min 30] [--with MEASURE,…]\n"
        "--measure MEASURE [--period W]",
    .vi = "Tổng hợp một chỉ số qua các đơn vị, theo cấp, có số đơn vị đã báo cáo; rồi "
          "xếp "
          "thứ tự các đơn vị.\nSố tỉnh tự công bố được ghi bên cạnh với phần chênh "
          "lệch.\n",
    .en = "Sums an indicator over the units and levels, with coverage, then ranks the "
          "units.\nWhat the province states about itself stands beside, with the "
          "difference.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

/* From --stated, else from the programme in force, else none. */
static int
stated_take(struct league *l, const char *path)
{
    char why[512] = "";
    struct buf text;
    char *file = NULL;
    size_t bytes = 0;
    enum status st = ST_OK;

    buf_init(&text, STATED_BYTES);
    if (path[0] != '\0') {
        file = options_file_read(path, STATED_BYTES, &bytes, why, sizeof why);
        if (file == NULL) {
            st = ST_BAD;
        }
    } else if (board_file(l->reading.redis, l->reading.province,
                          l->reading.catalogue->digest, STATED_FILE, &text) == ST_OK) {
        file = mem_copy(buf_str(&text), text.len);
        bytes = text.len;
    }
    if (file != NULL) {
        st = stated_parse(file, bytes, &l->stated, why, sizeof why);
    }
    mem_free(&file);
    buf_fini(&text);
    if (st != ST_OK) {
        (void)fprintf(stderr,
                      words("Không đọc được số tỉnh công bố: %s\n",
                            "The stated figures cannot be read: %s\n"),
                      why);
        return EXIT_DATA;
    }
    return EXIT_DONE;
}

static int
table_run(struct league *l, const struct options *o, const struct league_ask *ask)
{
    int code = reading_facts(&l->reading);

    if (code == EXIT_DONE) {
        code = stated_take(l, conf_text(o->conf, "stated"));
    }
    if (code == EXIT_DONE) {
        code = league_fill(l, ask);
    }
    if (code == EXIT_DONE) {
        code = league_print(l, (size_t)conf_int(o->conf, "top"),
                            conf_switch(o->conf, "check-stated"));
    }
    return code;
}

int
cli_table(int argc, char **argv)
{
    struct league l = {0};
    struct league_ask ask;
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    ask = (struct league_ask){.what = o.operand_count == 1 ? o.operands[0] : "",
                              .measure = conf_text(o.conf, "measure"),
                              .with = conf_text(o.conf, "with"),
                              .period = conf_text(o.conf, "period"),
                              .year = (int)conf_int(o.conf, "year"),
                              .min = conf_int(o.conf, "min"),
                              .reverse = conf_switch(o.conf, "reverse"),
                              .level = LEVEL_ALL,
                              .command = "table"};
    if (o.operand_count > 1 || (ask.what[0] == '\0') == (ask.measure[0] == '\0')) {
        code = options_usage("table", "%s",
                             words("cần một chỉ số hoặc chỉ tiêu, hoặc --measure",
                                   "either an indicator or target, or --measure"));
    } else {
        code = reading_open(&l.reading, &o);
        if (code == EXIT_DONE) {
            code = table_run(&l, &o, &ask);
            league_free(&l);
        }
    }
    options_fini(&o);
    return code;
}
