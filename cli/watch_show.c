/* What a leader sees: a readable block, or one JSON object a line. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "cli/watch.h"
#include "lib/json.h"
#include "lib/mem.h"
#include "lib/refusal.h"
#include "lib/text.h"

#define RULE_COLUMNS_MAX 78u
#define ROW_COLUMNS 100
#define ROWS_BYTES (256u * 1024u)

void
watch_show_greeting(const struct leader_reply *reply)
{
    char *title =
        flow_safe(words(reply->subscribed.title_vi, reply->subscribed.title_en));

    (void)fprintf(stderr,
                  words("%s%s. Số thông báo chưa nhận: %" PRIu64 ".\n",
                        "%s%s. Messages waiting: %" PRIu64 ".\n"),
                  reply->subscribed.simulated ? words("[MÔ PHỎNG] ", "[SIMULATED] ")
                                              : "",
                  title, reply->subscribed.waiting);
    mem_free(&title);
}

static void
rule_print(const char *under)
{
    size_t columns = text_width(under);

    columns = columns > RULE_COLUMNS_MAX ? RULE_COLUMNS_MAX : columns;
    while (columns-- > 0) {
        (void)putchar('-');
    }
    (void)putchar('\n');
}

/* The table, where the text does not hold it already. */
static void
rows_print(const struct wire_alert *alert)
{
    const struct watch_look look = {ROW_COLUMNS, false, 0};
    struct buf page;

    if (alert->row_count > 0) {
        buf_init(&page, ROWS_BYTES);
        watch_rows(alert, &look, &page);
        (void)fputs(buf_str(&page), stdout); /* ferror is asked before it is told */
        buf_fini(&page);
    }
}

void
watch_show_alert(const struct wire_alert *alert)
{
    const char *subject = words(alert->subject_vi, alert->subject_en);
    const char *text = words(alert->text_vi, alert->text_en);

    if (subject[0] == '\0') { /* no programme is in force that could say more */
        subject = alert->id;
    }
    flow_print(stdout, subject, true);
    (void)putchar('\n');
    rule_print(subject);
    flow_print(stdout, text, false);
    (void)putchar('\n');
    rows_print(alert);
    if (alert->acknowledged) {
        (void)printf("%s\n", words("(Đã có người nhận xử lý.)",
                                   "(Somebody has taken this on.)"));
    }
    (void)putchar('\n');
}

static void
member(struct buf *out, const char *name, const char *value)
{
    buf_format(out, ", \"%s\": ", name);
    json_write_text(out, value);
}

static void
row_json(struct buf *out, const struct wire_row *r)
{
    buf_text(out, "{\"code\": ");
    json_write_text(out, r->code);
    member(out, "kind", r->kind);
    member(out, "reason", r->reason);
    member(out, "unit", r->unit);
    member(out, "target", r->target);
    member(out, "unit_vi", r->unit_vi);
    member(out, "unit_en", r->unit_en);
    member(out, "about_vi", r->about_vi);
    member(out, "about_en", r->about_en);
    member(out, "figure_vi", r->figure_vi);
    member(out, "figure_en", r->figure_en);
    member(out, "since_vi", r->since_vi);
    member(out, "since_en", r->since_en);
    buf_format(out, ", \"acknowledged\": %s}", r->acknowledged ? "true" : "false");
}

/* Which way it came to the office, and the table; stable names, always there. */
static void
route_json(struct buf *out, const struct wire_alert *alert)
{
    size_t i;

    buf_format(out,
               ", \"urgent\": %s, \"wait_until_ms\": %" PRId64 ", \"rung\": %" PRIu32
               ", \"held\": %s, \"rows\": [",
               alert->urgent ? "true" : "false", alert->wait_until_ms, alert->rung,
               alert->held ? "true" : "false");
    for (i = 0; i < alert->row_count; i++) {
        buf_text(out, i == 0 ? "" : ", ");
        row_json(out, &alert->rows[i]);
    }
    buf_char(out, ']');
}

void
watch_show_json(const struct wire_alert *alert, struct buf *line)
{
    buf_clear(line);
    buf_format(line, "{\"position\": %" PRIu64, alert->position);
    member(line, "id", alert->id);
    member(line, "code", alert->code);
    member(line, "kind", alert->kind);
    member(line, "reason", alert->reason);
    member(line, "unit", alert->unit);
    member(line, "target", alert->target);
    member(line, "window", alert->window);
    buf_format(line,
               ", \"at_ms\": %" PRId64 ", \"simulated\": %s, \"acknowledged\": %s",
               alert->at_ms, alert->simulated ? "true" : "false",
               alert->acknowledged ? "true" : "false");
    member(line, "subject_vi", alert->subject_vi);
    member(line, "subject_en", alert->subject_en);
    member(line, "text_vi", alert->text_vi);
    member(line, "text_en", alert->text_en);
    member(line, "brief_vi", alert->brief_vi);
    member(line, "brief_en", alert->brief_en);
    route_json(line, alert);
    buf_text(line, "}\n");
    (void)fputs(buf_str(line), stdout); /* ferror is asked before anything is told */
}

void
watch_show_acknowledged(const char *code, uint64_t entry)
{
    if (entry == 0) {
        (void)printf(words("Cảnh báo %s: việc nhận xử lý đã được ghi trước đó.\n",
                           "Alert %s: this was on record before.\n"),
                     code);
    } else {
        (void)printf(words("Cảnh báo %s: đã ghi nhận việc nhận xử lý (mục %" PRIu64
                           " của sổ ghi).\n",
                           "Alert %s: recorded that you take it on (entry %" PRIu64
                           " of the journal).\n"),
                     code, entry);
    }
}

int
watch_show_refusal(const struct wire_refusal *why)
{
    flow_print(stderr, words(why->message_vi, why->message_en), true);
    (void)fputs(" (", stderr);
    flow_print(stderr, why->code, true);
    (void)fputs(")\n", stderr);
    if (refusal_retry(refusal_parse(why->code))) {
        return EXIT_UNAVAILABLE;
    }
    return strcmp(why->code, "bad_act") == 0 ? EXIT_USAGE : EXIT_REFUSED;
}
