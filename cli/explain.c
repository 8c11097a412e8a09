/*
 * dondoc explain UNIT TARGET - where a verdict comes from: the figure, the requirement,
 * the arithmetic, the clause, the reports behind it as the journal holds them, and what
 * leaders were told. Everything is computed here again from the facts that stand.
 */
#include "cli/explain.h"

#include <stdio.h>
#include <string.h>

#include "cli/arithmetic.h"
#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "lib/mem.h"

#define LINE_BYTES 512

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"year", CONF_INT, "0", 0, 2100, "năm của chỉ tiêu (mặc định: mới nhất)",
     "year of the target (default: the latest)"},
    {"window", CONF_TEXT, "", 0, 0, "kỳ báo cáo, ví dụ 2023-09 (mặc định: mới nhất)",
     "window, such as 2023-09 (default: the latest)"},
    {"at", CONF_TEXT, "", 0, 0,
     "tình trạng đến hết ngày này, ví dụ 2023-09-30: kỳ đã kết thúc, báo cáo đã nhận",
     "the state at the end of a day, such as 2023-09-30: windows that had ended, "
     "reports that had come"},
    {"json", CONF_SWITCH, "false", 0, 0, "in một đối tượng JSON", "as one JSON object"},
    ARCHIVE_ROW,
};

static const struct option_spec spec = {
    .command = "explain",
    .synopsis = "UNIT TARGET [--year 2023] [--window 2023-09] [--at 2023-10-05] "
                "[--json] [--archive DIR]",
    .vi = "Giải thích một kết luận: số liệu, yêu cầu, phép tính, căn cứ, báo cáo trong "
          "sổ ghi, cảnh báo đã gửi.\n"
          "UNIT là mã đơn vị, province, level-province, level-district hoặc "
          "level-commune.\n",
    .en =
        "Where a verdict comes from: figure, requirement, arithmetic, clause, reports "
        "in the\njournal, alerts told. UNIT is a unit's code, province, "
        "level-province, level-district\nor level-commune.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

/* The scorer's own line must be what we computed, or it stands somewhere else. */
static int
stored_print(const struct explain *x)
{
    struct board_lines lines;
    struct buf line;
    char field[96];
    const char *stored;
    int first;
    int last;

    target_span(x->c, x->t, x->score.year, &first, &last);
    (void)snprintf(field, sizeof field, "%s/%d", x->t->id, last);
    if (board_scores(x->reading.redis, x->reading.province, x->name, &lines) != ST_OK) {
        board_lines_fini(&lines);
        return reading_broken(&x->reading);
    }
    stored = board_line(&lines, field);
    if (x->reading.scorer.seq < x->reading.head.seq) {
        (void)printf(
            words("Lưu ý: dịch vụ chấm điểm mới đọc đến mục %llu trên %llu; "
                  "báo cáo mới hơn chưa được tính.\n",
                  "Note: the scorer stands at entry %llu of %llu; newer reports "
                  "are not in this.\n"),
            (unsigned long long)x->reading.scorer.seq,
            (unsigned long long)x->reading.head.seq);
    }
    buf_init(&line, LINE_BYTES);
    score_line(x->c, x->t, &x->score, &line);
    if (!x->chosen && stored != NULL && !score_line_same(stored, buf_str(&line))) {
        flow_printf(stdout,
                    words("Lưu ý: dịch vụ chấm điểm đang ghi khác: %s\n",
                          "Note: the scorer has written something else: %s\n"),
                    stored);
    }
    buf_fini(&line);
    board_lines_fini(&lines);
    return EXIT_DONE;
}

static int
all_print(struct explain *x)
{
    struct arithmetic a = {x->c, x->t, &x->score, language_now() == LANGUAGE_VI};
    struct buf line;
    int code;
    int told;

    buf_init(&line, LINE_BYTES);
    explain_heading(x);
    explain_figure(x, &a, &line);
    explain_fell_print(x);
    if (x->t->kind != TARGET_INFO && x->score.verdict != VERDICT_EXEMPT) {
        explain_required(x, &a, &line);
        if (explain_closing(x) == CLOSING_NONE) {
            explain_ahead(x); /* who has ended goes nowhere */
        }
    }
    explain_excluded_print(x);
    explain_clause(x);
    buf_fini(&line);
    code = explain_sources_print(x);
    told = explain_told_print(x);
    code = code != EXIT_DONE ? code : told;
    told = x->at == DAY_NONE ? stored_print(x) : EXIT_DONE;
    return code != EXIT_DONE ? code : told;
}

/* A target without an indicator: there is nothing to work out. */
static bool
info_print(struct explain *x, const char *id, bool json)
{
    for (size_t i = 0; i < x->c->info_count; i++) {
        if (strcmp(x->c->infos[i].id, id) != 0) {
            continue;
        }
        x->t = &x->c->infos[i];
        if (json) {
            explain_info_json(x);
            return true;
        }
        wrapped_indent(0, "%s %s", id, words(x->t->title_vi, x->t->title_en));
        wrapped_label(words("Kết luận:", "Verdict:"), "%s",
                      verdict_words(VERDICT_INFO, false));
        explain_clause(x);
        return true;
    }
    return false;
}

/* "2023-09-30"; false: said. */
static bool
at_take(struct explain *x, const char *text)
{
    x->at = DAY_NONE;
    if (text[0] == '\0' || day_parse(text, &x->at) == ST_OK) {
        return true;
    }
    (void)options_usage("explain",
                        words("--at: “%s” không phải là ngày, ví dụ 2023-09-30",
                              "--at: “%s” is not a day, such as 2023-09-30"),
                        text);
    return false;
}

/* The reports, of that day if one was named. */
static int
reports_take(struct explain *x, const char *target)
{
    int code = reading_facts(&x->reading);

    if (code != EXIT_DONE) {
        return code;
    }
    x->c = x->reading.catalogue;
    x->today = reading_today(&x->reading);
    if (x->at != DAY_NONE && x->at < x->today) {
        x->today = x->at;
        code = explain_at(x, target);
    }
    return code;
}

/* The version that speaks of the year asked for, else the newest. */
static int
target_asked(const struct catalogue *c, const char *id, int year, const char *window)
{
    struct window w;

    if (window_parse(window, c->rule, &w, NULL) == ST_OK) {
        year = w.year;
    }
    return year == 0 ? catalogue_target(c, id) : catalogue_target_at(c, id, year);
}

static int
explain_run(struct explain *x, const struct options *o)
{
    const char *window = conf_text(o->conf, "window");
    int year = (int)conf_int(o->conf, "year");
    bool json = conf_switch(o->conf, "json");
    int code = reports_take(x, o->operands[1]);
    int target;

    if (code != EXIT_DONE) {
        return code;
    }
    target = target_asked(x->c, o->operands[1], year, window);
    if (target == NONE && info_print(x, o->operands[1], json)) {
        return EXIT_DONE;
    }
    if (target == NONE) {
        return target_unknown(x->c, o->operands[1]);
    }
    x->t = &x->c->targets[target];
    if (!explain_subject(x, o->operands[0])) {
        return EXIT_DATA;
    }
    subject_name(x->c, x->t, x->subject, x->name);
    if (!explain_window(x, o->operands[0], year, window)) {
        return EXIT_DATA;
    }
    explain_at_count(x);
    projection_subject(x->c, x->reading.facts, x->t, x->subject, &x->score,
                       &x->projection);
    projection_need(x->c, x->t, &x->score, &x->need);
    return json ? explain_json(x) : all_print(x);
}

int
cli_explain(int argc, char **argv)
{
    struct explain x = {0};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count != 2) {
        code = options_usage(
            "explain", "%s",
            words("cần một đơn vị và một chỉ tiêu", "a unit and a target are needed"));
    } else if (!at_take(&x, conf_text(o.conf, "at"))) {
        code = EXIT_USAGE;
    } else {
        code = reading_open(&x.reading, &o);
        if (code == EXIT_DONE) {
            history_init(&x.history, &x.reading, conf_text(o.conf, "archive"));
            code = explain_run(&x, &o);
            history_fini(&x.history);
            facts_free(&x.now);
            reading_close(&x.reading);
        }
    }
    options_fini(&o);
    return code;
}
