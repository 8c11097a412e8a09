/* dondoc explain: the reports behind a figure, as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "lib/subject.h"

#define LINE_BYTES 8192
#define INDENT 2
#define INDENT_MORE 6

static void
figures_print(const struct explain *x, const struct fact *fact)
{
    const struct group *g = subject_group(x->c, x->t);
    char text[RATIO_TEXT_BYTES];
    struct buf line;
    size_t i;

    buf_init(&line, LINE_BYTES);
    for (i = 0; i < g->measure_count; i++) {
        if (fact->figures[i].state != FIGURE_ABSENT) {
            figure_say(x->c, g->measures[i], &fact->figures[i], text);
            buf_format(&line, " %s=%s", x->c->measures[g->measures[i]].code, text);
        }
    }
    wrapped_indent(INDENT_MORE, "%s", buf_str(&line));
    buf_fini(&line);
}

static void
record_print(const struct report_record *r)
{
    struct buf line;

    buf_init(&line, LINE_BYTES);
    buf_format(&line, words("người gửi: %s%s%s; %s", "sent by: %s%s%s; %s"),
               r->principal, r->source_system[0] == '\0' ? "" : ", ", r->source_system,
               r->due_day == 0 ? words("không có hạn gửi", "no due date")
               : r->on_time    ? words("đúng hạn", "on time")
                               : words("sau hạn", "after the due date"));
    if (r->first_received_at_ms != 0) {
        char first[WHEN_BYTES];

        when_say(r->first_received_at_ms, first);
        buf_format(&line,
                   words("; gửi lại sau sự cố, nhận lần đầu %s",
                         "; offered again after a loss, first received %s"),
                   first);
    }
    if (r->reason[0] != '\0') {
        buf_format(&line, words("; lý do: %s", "; reason: %s"), r->reason);
    }
    wrapped_indent(INDENT_MORE, "%s", buf_str(&line));
    buf_fini(&line);
}

static void
source_print(const struct explain *x, const struct source *s, void *context)
{
    const struct fact *fact = s->fact;
    char when[WHEN_BYTES];

    (void)context;
    when_say(fact->received_at_ms, when);
    wrapped_indent(
        INDENT,
        words("%" PRIu64 ":%" PRIu32 " %s, kỳ %s, lần %" PRIu32 ", tiếp nhận %s: %s%s",
              "%" PRIu64 ":%" PRIu32 " %s, window %s, revision %" PRIu32
              ", received %s: %s%s"),
        fact->entry, fact->index, x->c->units[s->unit].id, fact->window.code,
        fact->revision, when,
        s->looked_up ? "" : words("KHÔNG XEM ĐƯỢC: ", "CANNOT BE LOOKED UP: "),
        s->looked_up && s->problem[0] == '\0'
            ? words("khớp với sổ ghi", "same as the journal")
            : s->problem);
    figures_print(x, fact);
    if (s->record != NULL) {
        record_print(s->record);
    }
}

int
explain_sources_print(struct explain *x)
{
    size_t left;
    int code;

    (void)puts(words("Báo cáo làm căn cứ:", "Reports behind it:"));
    if (!x->score.standing.has && !x->score.standing.not_applicable) {
        wrapped_indent(INDENT, "%s", words("chưa có", "none"));
        return EXIT_DONE;
    }
    code = explain_sources(x, source_print, NULL, &left);
    if (left > 0) {
        wrapped_indent(INDENT,
                       words("… và %zu đơn vị nữa; tất cả: dondoc table %s --period %s",
                             "… and %zu more units; all: dondoc table %s --period %s"),
                       left, x->t->id, x->score.window.code);
    }
    return code;
}
