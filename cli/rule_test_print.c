#include "cli/rule_test_print.h"

#include <stdio.h>
#include <string.h>

#include "cli/arithmetic.h"
#include "cli/language.h"
#include "cli/table_print.h"
#include "lib/text.h"

#define ARITHMETIC_BYTES 1024
#define FIELD_COLUMNS 10
#define WANT_COLUMNS 16

/* "verdict", in the columns of `to`. */
static void
padded(const char *text, size_t to)
{
    size_t width = text_width(text);

    (void)printf("%s%*s", text, (int)(width < to ? to - width : 1), "");
}

static void
arithmetic_print(const struct rule_run *run, const struct rule_expect *e,
                 const struct score *s)
{
    const struct arithmetic a = {run->c, &run->c->targets[e->target], s,
                                 language_now() == LANGUAGE_VI};
    static bool (*const LINES[])(const struct arithmetic *, struct buf *) = {
        arithmetic_value, arithmetic_base, arithmetic_required, arithmetic_gap};
    static const char *const VI[] = {"kết quả", "so với", "yêu cầu", "còn thiếu"};
    static const char *const EN[] = {"figure", "compared", "required", "gap"};
    struct buf line;

    buf_init(&line, ARITHMETIC_BYTES);
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        buf_clear(&line);
        if (LINES[i](&a, &line)) {
            (void)printf("    ");
            padded(words(VI[i], EN[i]), FIELD_COLUMNS);
            (void)printf("%s\n", buf_str(&line));
        }
    }
    buf_fini(&line);
}

static void
failure_print(const struct rule_run *run, const struct rule_test *t,
              const struct rule_expect *e, const struct rule_outcome *o)
{
    (void)printf("%s:%d:%d: %s: %s: %s %s, %s\n", run->path, e->line, e->column,
                 words("không đúng", "fails"), t->name, run->c->targets[e->target].id,
                 e->subject_text, e->window.code);
    for (size_t i = 0; i < o->wrong_count; i++) {
        (void)printf("    ");
        padded(o->wrong[i].name, FIELD_COLUMNS);
        (void)printf("%s ", words("cần", "want"));
        padded(o->wrong[i].want, WANT_COLUMNS);
        (void)printf("%s %s\n", words("được", "got"), o->wrong[i].got);
    }
    arithmetic_print(run, e, &o->score);
    if (t->note[0] != '\0') {
        (void)printf("    ");
        padded(words("ghi chú", "note"), FIELD_COLUMNS);
        (void)printf("%s\n", t->note);
    }
}

static void
judge_all(struct rule_run *run)
{
    for (size_t i = 0; i < run->tests->count; i++) {
        const struct rule_test *t = &run->tests->tests[i];

        for (size_t j = 0; j < t->expect_count; j++) {
            struct rule_outcome o;

            rule_judge(run->c, t, &t->expects[j], &o);
            if (o.wrong_count == 0) {
                run->hold++;
                continue;
            }
            run->fail++;
            failure_print(run, t, &t->expects[j], &o);
        }
    }
}

static void
kinds_print(const struct rule_run *run)
{
    struct table_print *p = table_print_new(6);

    table_print_head(p, 0, words("loại", "kind"), TABLE_LEFT);
    table_print_head(p, 1, words("đạt", "met"), TABLE_RIGHT);
    table_print_head(p, 2, words("chưa đạt", "short"), TABLE_RIGHT);
    table_print_head(p, 3, words("miễn", "exempt"), TABLE_RIGHT);
    table_print_head(p, 4, words("sát ngưỡng", "boundary"), TABLE_RIGHT);
    table_print_head(p, 5, words("bài thử", "tests"), TABLE_RIGHT);
    for (int i = 0; i <= TARGET_INFO; i++) {
        const struct rule_kind *k = &run->cover.kinds[i];

        if (!k->used) {
            continue;
        }
        table_print_cell(p, target_kind_name((enum target_kind)i));
        table_print_number(p, k->met);
        table_print_number(p, k->fallen);
        if (k->exempt == 0 && !k->may_exempt) {
            table_print_cell(p, "-"); /* nobody can be */
        } else {
            table_print_number(p, k->exempt);
        }
        table_print_number(p, k->boundary);
        table_print_number(p, k->tests);
    }
    table_print_out(p);
    table_print_free(&p);
}

/* Marked boundary, and far from it. */
static void
edges_print(struct rule_run *run)
{
    for (size_t i = 0; i < run->tests->count; i++) {
        const struct rule_test *t = &run->tests->tests[i];

        if (t->boundary && !rule_on_edge(run->c, t)) {
            run->lacking++;
            (void)printf(
                words("%s:%d:%d: %s: ghi boundary, nhưng thêm hay bớt một đơn vị thì "
                      "kết luận không đổi; chọn số sát ngưỡng hoặc bỏ boundary\n",
                      "%s:%d:%d: %s: marked boundary, but one thing more or less "
                      "changes no verdict; choose figures on the threshold, or take "
                      "boundary out\n"),
                run->path, t->line, t->column, t->name);
        }
    }
}

/* Kinds of which nobody is ever judged. */
static void
ended_print(const struct rule_run *run)
{
    const char *sign = "";

    for (int i = 0; i <= TARGET_INFO; i++) {
        const struct rule_kind *k = &run->cover.kinds[i];

        if (k->used && !k->may_judge) {
            (void)printf("%s%s", sign, target_kind_name((enum target_kind)i));
            sign = ", ";
        }
    }
    if (sign[0] != '\0') {
        (void)printf("%s\n",
                     words(": đến hạn sau khi đơn vị kết thúc;\n"
                           "  on_way tính là đạt khi số liệu đã tới mức, nếu không là "
                           "chưa đạt",
                           ": due after the units have ended;\n"
                           "  on_way counts as met when the figure is there, else as "
                           "short"));
    }
}

static void
lacks_print(struct rule_run *run)
{
    static const char *const EN[] = {"met", "short", "exempt", "boundary"};
    static const char *const VI[] = {"đạt", "chưa đạt", "miễn", "sát ngưỡng"};
    size_t before = run->lacking;

    for (int i = 0; i <= TARGET_INFO; i++) {
        unsigned lacks = rule_kind_lacks(&run->cover.kinds[i]);
        const char *sign = " ";

        if (lacks == 0) {
            continue;
        }
        run->lacking++;
        (void)printf("%s: %s:", words("còn thiếu", "lacking"),
                     target_kind_name((enum target_kind)i));
        for (unsigned bit = 0; bit < sizeof EN / sizeof *EN; bit++) {
            if ((lacks & (1u << bit)) != 0) {
                (void)printf("%s%s", sign, words(VI[bit], EN[bit]));
                sign = ", ";
            }
        }
        (void)printf("\n");
    }
    if (run->lacking > before) {
        (void)printf(
            "%s\n", words("(đạt: met, on_pace; chưa đạt: behind, missed; sát ngưỡng: "
                          "bài thử ghi boundary: true)",
                          "(met: met, on_pace; short: behind, missed; boundary: a test "
                          "with boundary: true)"));
    }
}

void
rule_run_print(struct rule_run *run)
{
    judge_all(run);
    edges_print(run);
    kinds_print(run);
    ended_print(run);
    lacks_print(run);
    (void)printf(words("%s: %zu kết quả đúng, %zu không đúng\n",
                       "%s: %zu expectations hold, %zu fail\n"),
                 run->path, run->hold, run->fail);
}
