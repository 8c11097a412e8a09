/* What a leader sees: a readable block, or one JSON object a line. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/watch.h"
#include "lib/json.h"
#include "lib/refusal.h"
#include "lib/text.h"

#define RULE_COLUMNS_MAX 78u

void
watch_show_greeting(const struct leader_reply *reply)
{
    (void)fprintf(stderr,
                  words("%s%s. Số thông báo chưa nhận: %" PRIu64 ".\n",
                        "%s%s. Messages waiting: %" PRIu64 ".\n"),
                  reply->subscribed.simulated ? words("[MÔ PHỎNG] ", "[SIMULATED] ")
                                              : "",
                  words(reply->subscribed.title_vi, reply->subscribed.title_en),
                  reply->subscribed.waiting);
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

void
watch_show_alert(const struct wire_alert *alert)
{
    const char *subject = words(alert->subject_vi, alert->subject_en);
    const char *text = words(alert->text_vi, alert->text_en);

    if (subject[0] == '\0') { /* no programme is in force that could say more */
        subject = alert->id;
    }
    (void)printf("%s\n", subject);
    rule_print(subject);
    (void)printf("%s\n", text);
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
    (void)fprintf(stderr, "%s (%s)\n", words(why->message_vi, why->message_en),
                  why->code);
    if (refusal_retry(refusal_parse(why->code))) {
        return EXIT_UNAVAILABLE;
    }
    return strcmp(why->code, "bad_act") == 0 ? EXIT_USAGE : EXIT_REFUSED;
}
