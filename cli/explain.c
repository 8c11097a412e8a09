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
#include "cli/language.h"
#include "lib/mem.h"
#include "lib/text.h"

#define LINE_BYTES 512

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"year", CONF_INT, "0", 0, 2100, "năm của chỉ tiêu (mặc định: mới nhất)",
     "year of the target (default: the latest)"},
    {"window", CONF_TEXT, "", 0, 0, "kỳ báo cáo, ví dụ 2023-09 (mặc định: mới nhất)",
     "window, such as 2023-09 (default: the latest)"},
    ARCHIVE_ROW,
};

static const struct option_spec spec = {
    .command = "explain",
    .synopsis = "UNIT TARGET [--year 2023] [--window 2023-09] [--archive DIR]",
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

static void
heading_print(const struct explain *x)
{
    const struct score *s = &x->score;
    char subject[SUBJECT_WORDS_BYTES];
    char first[DAY_TEXT_BYTES];
    char last[DAY_TEXT_BYTES];

    explain_subject_words(x, subject);
    reading_marks(&x->reading);
    (void)printf("%s · %s %s\n", subject, x->t->id,
                 words(x->t->title_vi, x->t->title_en));
    explain_label(words("Kỳ:", "Window:"));
    day_say(s->window.first, first);
    day_say(s->window.last, last);
    (void)printf(words("%s (%s đến %s)", "%s (%s to %s)"), s->window.code, first, last);
    if (x->c->rule == CALENDAR_STATUTORY) {
        (void)fputs(words("; năm tính theo Nghị định 09/2019/NĐ-CP",
                          "; the year is the statutory one, Decree 09/2019/NĐ-CP"),
                    stdout);
    }
    (void)putchar('\n');
}

static void
verdict_print(const struct explain *x)
{
    const struct score *s = &x->score;

    explain_label(words("Kết luận:", "Verdict:"));
    (void)fputs(verdict_words(s->verdict, x->t->full_marks), stdout);
    if (s->verdict == VERDICT_MISSED ||
        (s->verdict == VERDICT_MET && !x->t->full_marks)) {
        (void)printf(" %d", s->year);
    }
    if (x->subject.unit != NONE && x->c->units[x->subject.unit].to < x->today &&
        s->verdict != VERDICT_MISSED) {
        (void)fputs(
            words("; kết thúc do sắp xếp đơn vị hành chính", "; closed with the unit"),
            stdout);
    }
    (void)putchar('\n');
}

static void
figure_print(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    const struct standing *st = &x->score.standing;
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    char day[DAY_TEXT_BYTES];

    buf_clear(line);
    explain_label(words("Số liệu:", "Figure:"));
    if (!arithmetic_value(a, line)) {
        (void)puts(st->not_applicable ? words("không phát sinh", "not applicable")
                                      : words("chưa có", "none"));
        return;
    }
    (void)printf("%s  (%s)\n", buf_str(line), words(ind->name_vi, ind->name_en));
    buf_clear(line);
    if (arithmetic_range(a, line)) {
        explain_label("");
        (void)printf(words("nếu các tỉnh không có điểm đều đứng trên: %s\n",
                           "if every province without a score stands above: %s\n"),
                     buf_str(line));
    }
    if (st->units > 1) {
        explain_label("");
        (void)printf(
            words("%u/%u đơn vị có số liệu\n", "%u of %u units have a figure\n"),
            st->covered, st->units);
    } else if (!st->complete) {
        day_say(st->covered_to, day);
        explain_label("");
        (void)printf(words("số liệu chỉ đến ngày %s\n", "figures only up to %s\n"),
                     day);
    }
}

static void
text_print(const char *name, const char *text)
{
    if (text[0] != '\0') {
        explain_label(name);
        (void)puts(text);
    }
}

static void
clause_print(const struct explain *x)
{
    const struct target *t = x->t;

    explain_label(words("Căn cứ:", "Clause:"));
    (void)printf("%s, %s %s\n", words(t->document_vi, t->document_en),
                 words("mục", "section"), t->section);
    if (t->responsible_vi != NULL) {
        text_print(words("Cơ quan phụ trách:", "In charge:"),
                   words(t->responsible_vi, t->responsible_en));
    }
    if (t->versions) {
        explain_label(words("Phiên bản:", "Version:"));
        (void)printf(words("%d, áp dụng cho các năm %d đến %d\n",
                           "%d, for the years %d to %d\n"),
                     t->version, target_year_first(x->c, t), target_year_last(x->c, t));
    }
    text_print(words("Cách hiểu:", "Our reading:"),
               words(t->reading_vi, t->reading_en));
    text_print(words("Không chọn cách hiểu:", "Reading not taken:"),
               words(t->rejected_vi, t->rejected_en));
    explain_label(words("Chương trình:", "Programme:"));
    (void)printf(
        words("%s, phiên bản %d, mã băm %.12s\n", "%s, version %d, digest %.12s\n"),
        x->c->slug, x->c->version, x->c->digest);
}

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
    if (!x->chosen && stored != NULL &&
        strncmp(stored, buf_str(&line), strcspn(buf_str(&line), "\n")) != 0) {
        (void)printf(words("Lưu ý: dịch vụ chấm điểm đang ghi khác: %s\n",
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
    heading_print(x);
    verdict_print(x);
    figure_print(x, &a, &line);
    if (x->t->kind != TARGET_INFO && x->score.verdict != VERDICT_EXEMPT) {
        explain_required(x, &a, &line);
    }
    clause_print(x);
    buf_fini(&line);
    code = explain_sources(x);
    told = explain_told(x);
    code = code != EXIT_DONE ? code : told;
    told = stored_print(x);
    return code != EXIT_DONE ? code : told;
}

/* A target without an indicator: there is nothing to work out. */
static bool
info_print(const struct catalogue *c, const char *id)
{
    for (size_t i = 0; i < c->info_count; i++) {
        const struct explain listed = {.c = c, .t = &c->infos[i]};

        if (strcmp(c->infos[i].id, id) == 0) {
            (void)printf("%s %s\n", id, words(listed.t->title_vi, listed.t->title_en));
            explain_label(words("Kết luận:", "Verdict:"));
            (void)puts(verdict_words(VERDICT_INFO, false));
            clause_print(&listed);
            return true;
        }
    }
    return false;
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
    int code = reading_facts(&x->reading);
    int target;

    if (code != EXIT_DONE) {
        return code;
    }
    x->c = x->reading.catalogue;
    x->today = reading_today(&x->reading);
    target = target_asked(x->c, o->operands[1], (int)conf_int(o->conf, "year"),
                          conf_text(o->conf, "window"));
    if (target == NONE && info_print(x->c, o->operands[1])) {
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
    if (!explain_window(x, (int)conf_int(o->conf, "year"),
                        conf_text(o->conf, "window"))) {
        return EXIT_DATA;
    }
    return all_print(x);
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
    } else {
        code = reading_open(&x.reading, &o);
        if (code == EXIT_DONE) {
            history_init(&x.history, &x.reading, conf_text(o.conf, "archive"));
            code = explain_run(&x, &o);
            history_fini(&x.history);
            reading_close(&x.reading);
        }
    }
    options_fini(&o);
    return code;
}
