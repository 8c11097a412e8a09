/* dondoc test --json: one line a file. Names are stable. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/arithmetic.h"
#include "cli/rule_test_print.h"
#include "lib/json.h"

#define JSON_BYTES (16u << 20)

static void
text_add(struct buf *out, const char *name, const char *text)
{
    buf_format(out, "\"%s\":", name);
    json_write_text(out, text);
}

static void
arithmetic_add(const struct rule_run *run, const struct rule_expect *e,
               const struct score *s, struct buf *out)
{
    const struct arithmetic a = {run->c, &run->c->targets[e->target], s, false};
    static bool (*const LINES[])(const struct arithmetic *, struct buf *) = {
        arithmetic_value, arithmetic_base, arithmetic_required, arithmetic_gap};
    bool first = true;
    struct buf line;

    buf_init(&line, JSON_BYTES);
    buf_text(out, ",\"arithmetic\":[");
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        buf_clear(&line);
        if (LINES[i](&a, &line)) {
            buf_text(out, first ? "" : ",");
            json_write_text(out, buf_str(&line));
            first = false;
        }
    }
    buf_char(out, ']');
    buf_fini(&line);
}

static void
failure_add(const struct rule_run *run, const struct rule_test *t,
            const struct rule_expect *e, const struct rule_outcome *o, struct buf *out)
{
    buf_text(out, run->fail == 0 ? "{" : ",{");
    text_add(out, "test", t->name);
    buf_char(out, ',');
    text_add(out, "target", run->c->targets[e->target].id);
    buf_char(out, ',');
    text_add(out, "subject", e->subject_text);
    buf_char(out, ',');
    text_add(out, "window", e->window.code);
    buf_format(out, ",\"line\":%d,\"column\":%d,\"wrong\":[", e->line, e->column);
    for (size_t i = 0; i < o->wrong_count; i++) {
        buf_text(out, i == 0 ? "{" : ",{");
        text_add(out, "field", o->wrong[i].name);
        buf_char(out, ',');
        text_add(out, "want", o->wrong[i].want);
        buf_char(out, ',');
        text_add(out, "got", o->wrong[i].got);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    arithmetic_add(run, e, &o->score, out);
    buf_char(out, '}');
}

static void
failures_add(struct rule_run *run, struct buf *out)
{
    buf_text(out, ",\"failures\":[");
    for (size_t i = 0; i < run->tests->count; i++) {
        const struct rule_test *t = &run->tests->tests[i];

        for (size_t j = 0; j < t->expect_count; j++) {
            struct rule_outcome o;

            rule_judge(run->c, t, &t->expects[j], &o);
            if (o.wrong_count == 0) {
                run->hold++;
            } else {
                failure_add(run, t, &t->expects[j], &o, out);
                run->fail++;
            }
        }
    }
    buf_char(out, ']');
}

static void
kinds_add(struct rule_run *run, struct buf *out)
{
    static const char *const LACKS[] = {"met", "short", "exempt", "boundary"};
    bool first = true;

    buf_text(out, ",\"kinds\":[");
    for (int i = 0; i <= TARGET_INFO; i++) {
        const struct rule_kind *k = &run->cover.kinds[i];
        unsigned lacks = rule_kind_lacks(k);
        bool begun = false;

        if (!k->used) {
            continue;
        }
        run->lacking += lacks != 0 ? 1 : 0;
        buf_text(out, first ? "{" : ",{");
        first = false;
        text_add(out, "kind", target_kind_name((enum target_kind)i));
        buf_format(out,
                   ",\"met\":%zu,\"short\":%zu,\"exempt\":%zu,\"boundary\":%zu,"
                   "\"tests\":%zu,\"lacking\":[",
                   k->met, k->fallen, k->exempt, k->boundary, k->tests);
        for (unsigned bit = 0; bit < sizeof LACKS / sizeof *LACKS; bit++) {
            if ((lacks & (1u << bit)) != 0) {
                buf_format(out, "%s\"%s\"", begun ? "," : "", LACKS[bit]);
                begun = true;
            }
        }
        buf_text(out, "]}");
    }
    buf_char(out, ']');
}

/* Names of the tests that are marked boundary and are not. */
static void
edges_add(struct rule_run *run, struct buf *out)
{
    bool first = true;

    buf_text(out, ",\"not_boundary\":[");
    for (size_t i = 0; i < run->tests->count; i++) {
        const struct rule_test *t = &run->tests->tests[i];

        if (t->boundary && !rule_on_edge(run->c, t)) {
            buf_text(out, first ? "" : ",");
            json_write_text(out, t->name);
            first = false;
            run->lacking++;
        }
    }
    buf_char(out, ']');
}

static void
line_out(struct buf *out)
{
    (void)printf("%s\n", buf_str(out)); /* main looks at the stream's state */
    buf_fini(out);
}

void
rule_run_json(struct rule_run *run)
{
    struct buf out;

    buf_init(&out, JSON_BYTES);
    buf_char(&out, '{');
    text_add(&out, "file", run->path);
    failures_add(run, &out);
    edges_add(run, &out);
    kinds_add(run, &out);
    buf_format(&out, ",\"hold\":%zu,\"fail\":%zu,\"complete\":%s}", run->hold,
               run->fail, run->lacking == 0 ? "true" : "false");
    line_out(&out);
}

void
rule_findings_json(const char *path, const struct findings *found)
{
    struct buf out;
    bool first = true;

    buf_init(&out, JSON_BYTES);
    buf_char(&out, '{');
    text_add(&out, "file", path);
    buf_text(&out, ",\"errors\":[");
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *f = &found->items[i];

        if (f->kind != FINDING_ERROR) {
            continue;
        }
        buf_text(&out, first ? "{" : ",{");
        first = false;
        text_add(&out, "file", f->file);
        buf_format(&out, ",\"line\":%d,\"column\":%d,", f->line, f->column);
        text_add(&out, "en", f->text);
        buf_char(&out, ',');
        text_add(&out, "vi", f->text_vi);
        buf_char(&out, '}');
    }
    buf_text(&out, "]}");
    line_out(&out);
}
