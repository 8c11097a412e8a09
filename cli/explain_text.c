/* dondoc explain: whom, which window, the verdict, the figure, and the clause. */
#include <stdio.h>
#include <string.h>

#include "cli/explain.h"
#include "cli/language.h"
#include "lib/subject.h"

#define NAMES_BYTES 1024

const char *
percent_sign(const struct measure *m)
{
    return strcmp(m->count_vi, "%") == 0 ? "%" : "";
}

bool
explain_before_gain(const struct explain *x)
{
    return x->t->kind == TARGET_RANK_GAIN && x->score.standing.has &&
           arithmetic_year(x->c, &x->score) <= x->t->baseline_year;
}

enum closing
explain_closing(const struct explain *x)
{
    return closing_of(x->c, x->t, x->subject, &x->score, x->today);
}

/* A window in which the subject was no unit any more. */
static void
ended_print(const struct explain *x)
{
    char day[DAY_TEXT_BYTES];
    int32_t first;
    int32_t last;

    subject_days(x->c, x->t, x->subject, &first, &last);
    if (last >= x->score.window.last) {
        return;
    }
    day_say(last, day);
    wrapped_label("",
                  words("đã kết thúc: ngày cuối cùng là %s, trước khi kỳ này kết thúc",
                        "had ended: its last day is %s, before this window ended"),
                  day);
}

static void
verdict_print(const struct explain *x)
{
    const struct score *s = &x->score;
    const char *name = verdict_words(s->verdict, x->t->full_marks);
    char verdict[CLOSING_BYTES];
    char text[CLOSING_BYTES];

    if (s->verdict == VERDICT_MISSED ||
        (s->verdict == VERDICT_MET && !x->t->full_marks)) {
        (void)snprintf(verdict, sizeof verdict, "%s %d", name,
                       x->met.code[0] != '\0' ? x->met.year : s->year);
        name = verdict;
    }
    closing_say(explain_closing(x), s, name, text);
    wrapped_label(words("Kết luận:", "Verdict:"), "%s", text);
    ended_print(x);
    if (x->met.code[0] != '\0') {
        wrapped_label(
            "",
            words("đã xét một lần ở kỳ %s; số liệu giảm sau đó không làm thay "
                  "đổi kết luận",
                  "judged once, at the window %s; a later fall does not change "
                  "it"),
            x->met.code);
    }
}

static void
at_print(const struct explain *x)
{
    char day[DAY_TEXT_BYTES];

    if (x->at == DAY_NONE) {
        return;
    }
    day_say(x->at, day);
    wrapped_label(words("Tại ngày:", "As of:"),
                  words("%s: các kỳ đã kết thúc và các báo cáo đã tiếp nhận đến hết "
                        "ngày này, tính theo chương trình hiện nay",
                        "%s: windows that had ended and reports that had been received "
                        "by the end of this day, under today's programme"),
                  day);
    if (x->later > 0 || x->earlier > 0) {
        wrapped_label("",
                      words("%zu báo cáo tiếp nhận sau ngày này không được tính; %zu "
                            "báo cáo lấy theo lần gửi có hiệu lực khi đó",
                            "%zu reports that came later are not in this; %zu reports "
                            "are taken at the revision that stood then"),
                      x->later, x->earlier);
    }
}

static void
window_print(const struct explain *x)
{
    const struct score *s = &x->score;
    char first[DAY_TEXT_BYTES];
    char last[DAY_TEXT_BYTES];
    int32_t year_first;
    int32_t year_last;

    day_say(s->window.first, first);
    day_say(s->window.last, last);
    wrapped_label(words("Kỳ:", "Window:"), words("%s (%s đến %s)%s", "%s (%s to %s)%s"),
                  s->window.code, first, last,
                  x->c->rule == CALENDAR_STATUTORY
                      ? words("; năm tính theo Nghị định 09/2019/NĐ-CP",
                              "; the year is the statutory one, Decree 09/2019/NĐ-CP")
                      : "");
    year_bounds(s->year, x->c->rule, &year_first, &year_last);
    if (s->window.last >= year_first && s->window.last <= year_last) {
        wrapped_label(
            "", words("đã qua %d/%d ngày của năm %d", "%d of %d days of %d are over"),
            (int)(s->window.last - year_first + 1), (int)(year_last - year_first + 1),
            s->year);
    }
}

void
explain_heading(const struct explain *x)
{
    char subject[SUBJECT_WORDS_BYTES];

    explain_subject_words(x, subject);
    reading_marks_about(&x->reading, x->t);
    wrapped_indent(0, "%s · %s %s", subject, x->t->id,
                   words(x->t->title_vi, x->t->title_en));
    at_print(x);
    window_print(x);
    verdict_print(x);
}

/* --- the indicator and its figure --- */

static void
names_add(const struct catalogue *c, const int *measures, size_t count, char *out)
{
    size_t len = 0;
    size_t i;

    out[0] = '\0';
    for (i = 0; i < count && len < NAMES_BYTES; i++) {
        const struct measure *m = &c->measures[measures[i]];
        int more = snprintf(out + len, NAMES_BYTES - len, "%s%s", i == 0 ? "" : " + ",
                            words(m->name_vi, m->name_en));

        len += more > 0 ? (size_t)more : 0;
    }
}

static void
definition_print(const struct explain *x)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    char above[NAMES_BYTES];
    char below[NAMES_BYTES];

    wrapped_label(words("Chỉ số:", "Indicator:"), "%s (%s)",
                  words(ind->name_vi, ind->name_en), ind->id);
    names_add(x->c, ind->numerator, ind->numerator_count, above);
    names_add(x->c, ind->denominator, ind->denominator_count, below);
    if (ind->is_value) {
        wrapped_label("", words("lấy từ số đo: %s", "taken from the measure: %s"),
                      above);
    } else {
        wrapped_label("", "(%s) / (%s)", above, below);
    }
    if (ind->legal_basis != NULL && ind->legal_basis[0] != '\0') {
        wrapped_label("", words("theo %s", "after %s"), ind->legal_basis);
    }
    if (x->c->measures[ind->numerator[0]].pool > 0) {
        wrapped_label(
            "",
            words("hạng trong %d tỉnh, thành phố; không so sánh với hạng tính "
                  "trên số tỉnh, thành phố khác",
                  "a place among %d provinces; not compared with places among "
                  "another number of them"),
            x->c->measures[ind->numerator[0]].pool);
    }
    if (!ind->is_value && ind->min_denominator > 0) {
        wrapped_label("",
                      words("mẫu số dưới %lld thì chỉ nêu số lượng, không đánh giá",
                            "below a denominator of %lld counts are shown, nothing is "
                            "judged"),
                      (long long)ind->min_denominator);
    }
}

static void
coverage_print(const struct explain *x)
{
    const struct standing *st = &x->score.standing;
    char day[DAY_TEXT_BYTES];

    if (st->units > 1) {
        wrapped_label("",
                      words("%u/%u đơn vị có số liệu", "%u of %u units have a figure"),
                      st->covered, st->units);
    } else if (!st->complete && st->covered_to == DAY_NONE) {
        wrapped_label("", words("kỳ này chưa có báo cáo đầy đủ",
                                "there is no complete report of this window"));
    } else if (!st->complete) {
        day_say(st->covered_to, day);
        wrapped_label("", words("số liệu chỉ đến ngày %s", "figures only up to %s"),
                      day);
    }
}

/* "hạng 43/63": a rank says nothing without the number of those that were ranked. */
static void
figure_print(const struct explain *x, const char *text)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];
    const struct measure *m = &x->c->measures[ind->numerator[0]];
    const char *label = words("Số liệu:", "Figure:");

    if (ind->is_value && m->pool > 0 &&
        (x->t->kind != TARGET_RANK_GAIN || x->score.value.den == 0)) {
        wrapped_label(label, words("hạng %s/%d", "rank %s of %d"), text, m->pool);
    } else {
        wrapped_label(label, "%s%s", text, ind->is_value ? percent_sign(m) : "");
    }
    if (explain_before_gain(x)) {
        wrapped_label("",
                      words("năm gốc là năm %d: năm này chỉ làm mốc, không đánh giá",
                            "the baseline is %d: this year is not judged"),
                      x->t->baseline_year);
    }
}

/* 0 / 0 is no share; the programme says what it counts as. */
static void
empty_print(const struct explain *x)
{
    const struct indicator *ind = &x->c->indicators[x->t->indicator];

    if (ind->is_value || x->score.standing.den != 0) {
        return;
    }
    wrapped_label("",
                  ind->empty == EMPTY_FULL
                      ? words("mẫu số bằng 0, không phát sinh: chương trình quy định "
                              "tính ở mức thuận lợi nhất, %s (empty: full)",
                              "the denominator is 0, there was nothing to count: the "
                              "programme takes that as the best there is, %s (empty: "
                              "full)")
                      : words("mẫu số bằng 0, không phát sinh: chương trình quy định "
                              "tính ở mức bất lợi nhất, %s (empty: zero)",
                              "the denominator is 0, there was nothing to count: the "
                              "programme takes that as the worst there is, %s (empty: "
                              "zero)"),
                  x->score.value.num == 0 ? "0%" : "100%");
}

void
explain_figure(const struct explain *x, const struct arithmetic *a, struct buf *line)
{
    definition_print(x);
    buf_clear(line);
    if (!arithmetic_value(a, line)) {
        wrapped_label(words("Số liệu:", "Figure:"), "%s",
                      x->score.standing.not_applicable
                          ? words("không phát sinh", "not applicable")
                          : words("chưa có", "none"));
        return;
    }
    figure_print(x, buf_str(line));
    buf_clear(line);
    if (arithmetic_range(a, line)) {
        wrapped_label("",
                      words("nếu các tỉnh không có điểm đều đứng trên: %s",
                            "if every province without a score stands above: %s"),
                      buf_str(line));
    }
    empty_print(x);
    coverage_print(x);
}

/* --- the clause --- */

static void
text_print(const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        wrapped_label(name, "%s", text);
    }
}

void
explain_clause(const struct explain *x)
{
    const struct target *t = x->t;
    char from[DAY_TEXT_BYTES];

    wrapped_label(words("Căn cứ:", "Clause:"), "%s, %s %s",
                  words(t->document_vi, t->document_en), words("mục", "section"),
                  t->section);
    text_print(words("Phụ trách:", "In charge:"),
               words(t->responsible_vi == NULL ? "" : t->responsible_vi,
                     t->responsible_en == NULL ? "" : t->responsible_en));
    if (t->versions) {
        day_say(t->valid_from, from);
        wrapped_label(words("Phiên bản:", "Version:"),
                      words("%d của %s %s, áp dụng cho các năm %d đến %d%s%s",
                            "%d of the %s %s, for the years %d to %d%s%s"),
                      t->version, words(x->c->word_vi, x->c->word_en), t->id,
                      target_year_first(x->c, t), target_year_last(x->c, t),
                      t->valid_from == DAY_NONE ? "" : words(", từ ngày ", ", since "),
                      t->valid_from == DAY_NONE ? "" : from);
    } else {
        wrapped_label(words("Phiên bản:", "Version:"),
                      words("%d của %s %s", "%d of the %s %s"), t->version,
                      words(x->c->word_vi, x->c->word_en), t->id);
    }
    text_print(words("Cách hiểu:", "Our reading:"),
               words(t->reading_vi, t->reading_en));
    text_print(words("Không chọn:", "Not taken:"),
               words(t->rejected_vi, t->rejected_en));
    wrapped_label(
        words("Chương trình:", "Programme:"),
        words("%s, phiên bản %d, mã băm %.12s", "%s, version %d, digest %.12s"),
        x->c->slug, x->c->version, x->c->digest);
}
