/* `dondoc progress` as tables: counts, then who is worst and how wholes stand. */
#include <stdio.h>
#include <string.h>

#include "cli/language.h"
#include "cli/progress.h"
#include "cli/table_print.h"
#include "cli/wrapped.h"

#define NAME_LEAST 10
#define MARK "•"
#define LABEL_BYTES 80

static const char *
level_short(enum level level)
{
    static const char *const said[][2] = {
        [LEVEL_PROVINCE] = {"tỉnh", "province"},
        [LEVEL_DISTRICT] = {"huyện", "district"},
        [LEVEL_COMMUNE] = {"xã", "commune"},
        [LEVEL_ALL] = {"chung", "all"},
    };

    return words(said[level][0], said[level][1]);
}

/* Not a promise, among others that are; the mark above all says it otherwise. */
static bool
is_starred(const struct catalogue *c, const struct target *t)
{
    return !c->illustrative && target_illustrative(c, t);
}

/* "7c", and a star where it is an illustration. */
static void
id_cell(const struct progress *p, struct table_print *t, const struct target *target)
{
    char text[LABEL_BYTES];

    (void)snprintf(text, sizeof text, "%s%s", target->id,
                   is_starred(p->reading->catalogue, target) ? "*" : "");
    table_print_cell(t, text);
}

static void
count_cell(struct table_print *t, const struct progress_row *row, size_t count)
{
    if (row->whole) {
        table_print_cell(t, count > 0 ? MARK : "");
    } else {
        table_print_number(t, count);
    }
}

static void
coverage_cell(struct table_print *t, const struct progress_row *row)
{
    char text[48];

    (void)snprintf(text, sizeof text, "%zu/%zu", row->covered, row->of);
    table_print_cell(t, text);
}

/* --- counts --- */

static void
counts_heads(struct table_print *t)
{
    static const char *const said[][2] = {
        {"mã", "target"},      {"cấp", "level"},        {"đạt", "met"},
        {"đúng", "on pace"},   {"chậm", "behind"},      {"không đạt", "missed"},
        {"chưa hạn", "to go"}, {"chưa có", "none"},     {"khác", "other"},
        {"tỷ lệ", "share"},    {"số liệu", "coverage"},
    };
    size_t i;

    for (i = 0; i < sizeof said / sizeof *said; i++) {
        table_print_head(t, i, words(said[i][0], said[i][1]),
                         i < 2 ? TABLE_LEFT : TABLE_RIGHT);
    }
    table_print_fit(t, 0, WRAPPED_COLUMNS, NAME_LEAST);
}

static void
share_cell(struct table_print *t, const struct progress_row *row)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (!row->whole && row->judged > 0) {
        percent_say(ratio_percent((int64_t)row->good, (int64_t)row->judged), CUT_DOWN,
                    text);
    }
    table_print_cell(t, text);
}

static void
counts_row(const struct progress *p, struct table_print *t,
           const struct progress_row *row)
{
    static const enum verdict shown[] = {VERDICT_MET,    VERDICT_ON_PACE,
                                         VERDICT_BEHIND, VERDICT_MISSED,
                                         VERDICT_ON_WAY, VERDICT_NO_DATA};
    size_t other = row->units;
    size_t i;

    id_cell(p, t, row->target);
    table_print_cell(t, level_short(row->target->level));
    for (i = 0; i < sizeof shown / sizeof *shown; i++) {
        count_cell(t, row, row->counts[shown[i]]);
        other -= row->counts[shown[i]];
    }
    count_cell(t, row, other);
    share_cell(t, row);
    coverage_cell(t, row);
}

static void
counts_print(const struct progress *p)
{
    struct table_print *t = table_print_new(11);
    size_t i;

    counts_heads(t);
    for (i = 0; i < p->count; i++) {
        counts_row(p, t, &p->rows[i]);
    }
    table_print_out(t);
    table_print_free(&t);
    wrapped_indent(
        0, "%s",
        words(
            "Số đơn vị theo kết luận. đúng: đúng tiến độ; chưa hạn: đang thực hiện; "
            "chưa có: chưa có số liệu; khác: số lượng ít, không phát sinh, loại trừ, "
            "đã kết thúc hoặc chỉ theo dõi; tỷ lệ: đạt và đúng tiến độ trên số đơn vị "
            "đã kết luận; số liệu: đơn vị có đủ số liệu; " MARK
            ": đặt chung cho cả cấp hoặc cả tỉnh.",
            "Units by verdict. to go: not due yet; none: no data; other: too small, "
            "not applicable, exempt, closed or only shown; share: met and on pace, of "
            "those with a verdict; coverage: units with a full figure; " MARK
            ": set for the level or the province as a whole."));
}

/* --- who is worst, and wholes --- */

static void
number_cell(const struct progress *p, struct table_print *t,
            const struct target *target, struct ratio r, int decimals)
{
    bool value = p->reading->catalogue->indicators[target->indicator].is_value;
    char text[RATIO_TEXT_BYTES] = "";
    size_t len;

    if (r.den != 0) {
        ratio_text(r, decimals, CUT_DOWN, language_now() == LANGUAGE_VI, text);
        len = strlen(text);
        if (!value && len + 1 < sizeof text) {
            memcpy(text + len, "%", 2);
        }
    }
    table_print_cell(t, text);
}

/* Points of a percentage are no percentage. */
static void
gap_cell(struct table_print *t, const struct shown *shown)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (shown->gap.den != 0) {
        ratio_text(shown->gap, shown->decimals, CUT_DOWN, language_now() == LANGUAGE_VI,
                   text);
    }
    table_print_cell(t, text);
}

static void
worst_row(const struct progress *p, struct table_print *t,
          const struct progress_row *row)
{
    const struct catalogue *c = p->reading->catalogue;
    struct shown shown;

    if (!row->has_score || row->score.value.den == 0) {
        return;
    }
    score_shown(c, row->target, &row->score, &shown);
    id_cell(p, t, row->target);
    table_print_cell(t, level_short(row->target->level));
    table_print_cell(t, row->whole ? words("(chung)", "(whole)")
                                   : unit_words(&c->units[row->worst]));
    number_cell(p, t, row->target, shown.value, shown.decimals);
    number_cell(p, t, row->target, shown.required, shown.decimals);
    gap_cell(t, &shown);
    table_print_cell(t, row->score.window.code);
    table_print_cell(t, verdict_words(row->score.verdict, row->target->full_marks));
}

static void
worst_print(const struct progress *p)
{
    static const char *const said[][2] = {
        {"mã", "target"},      {"cấp", "level"},        {"đơn vị", "unit"},
        {"kết quả", "figure"}, {"yêu cầu", "required"}, {"thiếu", "gap"},
        {"kỳ", "window"},      {"kết luận", "verdict"},
    };
    struct table_print *t = table_print_new(8);
    size_t i;

    for (i = 0; i < sizeof said / sizeof *said; i++) {
        table_print_head(t, i, words(said[i][0], said[i][1]),
                         i >= 3 && i <= 5 ? TABLE_RIGHT : TABLE_LEFT);
    }
    table_print_fit(t, 2, WRAPPED_COLUMNS, NAME_LEAST);
    for (i = 0; i < p->count; i++) {
        worst_row(p, t, &p->rows[i]);
    }
    if (table_print_rows(t) > 0) {
        (void)puts(words(
            "\nĐơn vị còn thiếu nhiều nhất, hoặc vượt ít nhất, so với yêu cầu; số "
            "chung của cấp hoặc của tỉnh",
            "\nThe unit that is most short of, or least beyond, what is required; "
            "wholes as a whole"));
        table_print_out(t);
    }
    table_print_free(&t);
}

/* --- what is only shown --- */

static void
info_row(const struct progress *p, struct table_print *t,
         const struct progress_row *row)
{
    struct shown shown;

    id_cell(p, t, row->target);
    table_print_cell(t, level_short(row->target->level));
    if (row->whole && row->has_score) {
        score_shown(p->reading->catalogue, row->target, &row->score, &shown);
        number_cell(p, t, row->target, shown.value, shown.decimals);
    } else {
        table_print_cell(t, "");
    }
    coverage_cell(t, row);
    table_print_cell(t, words(row->target->title_vi, row->target->title_en));
}

static void
infos_print(const struct progress *p)
{
    const struct catalogue *c = p->reading->catalogue;
    struct table_print *t = table_print_new(5);
    size_t i;

    for (i = 0; i < p->info_count; i++) {
        info_row(p, t, &p->infos[i]);
    }
    for (i = 0; i < c->info_count; i++) {
        id_cell(p, t, &c->infos[i]);
        table_print_cell(t, level_short(c->infos[i].level));
        table_print_cell(t, "");
        table_print_cell(t, "");
        table_print_cell(t, words(c->infos[i].title_vi, c->infos[i].title_en));
    }
    if (table_print_rows(t) > 0) {
        table_print_head(t, 0, words("mã", "target"), TABLE_LEFT);
        table_print_head(t, 1, words("cấp", "level"), TABLE_LEFT);
        table_print_head(t, 2, words("kết quả", "figure"), TABLE_RIGHT);
        table_print_head(t, 3, words("số liệu", "coverage"), TABLE_RIGHT);
        table_print_head(t, 4, words("nội dung", "title"), TABLE_LEFT);
        table_print_fit(t, 4, WRAPPED_COLUMNS, NAME_LEAST);
        (void)puts(words("\nTheo dõi, không đánh giá (văn bản không nêu mức)",
                         "\nShown, not judged (the document sets no number)"));
        table_print_out(t);
    }
    table_print_free(&t);
}

static void
elsewhere_print(const struct progress *p)
{
    size_t column = 0;
    size_t i;

    if (p->elsewhere_count == 0) {
        return;
    }
    column = (size_t)printf(
        words("\nKhông đặt mức cho năm %d:", "\nNothing is set for %d:"), p->year);
    for (i = 0; i < p->elsewhere_count; i++) {
        const char *id = p->elsewhere[i]->id;

        if (column + strlen(id) + 1 > WRAPPED_COLUMNS) {
            (void)fputs("\n ", stdout);
            column = 1;
        }
        column += (size_t)printf(" %s", id);
    }
    (void)putchar('\n');
}

void
progress_print(const struct progress *p)
{
    const struct catalogue *c = p->reading->catalogue;
    bool stars = false;
    char day[DAY_TEXT_BYTES];
    size_t i;

    reading_marks(p->reading);
    day_say(p->today, day);
    wrapped_indent(0, "%s", words(c->title_vi, c->title_en));
    (void)printf(words("Năm %d, tính đến %s\n\n", "Year %d, as of %s\n\n"), p->year,
                 day);
    if (p->count > 0) {
        counts_print(p);
        worst_print(p);
    } else {
        (void)printf(words("Không có mục tiêu nào đặt mức cho năm %d.\n",
                           "No target is set for %d.\n"),
                     p->year);
    }
    infos_print(p);
    elsewhere_print(p);
    for (i = 0; i < c->target_count; i++) {
        stars = stars || is_starred(c, &c->targets[i]);
    }
    if (stars) {
        (void)puts(words("* minh họa, không phải chỉ tiêu của tỉnh",
                         "* an illustration, not a target of the province"));
    }
}
