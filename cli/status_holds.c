/* What keeps messages back, on `dondoc status`: since when, until when, why, how many,
 * and what opens it. Nothing is ill, so the exit status is the same. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/flow.h"
#include "cli/holds.h"
#include "cli/language.h"
#include "cli/reading.h"
#include "cli/status.h"
#include "lib/json.h"

#define COLUMNS 100
#define INDENT 6
#define LINE_BYTES 4096u

static void
day_words(const char *iso, char out[DAY_TEXT_BYTES])
{
    int32_t day;

    (void)snprintf(out, DAY_TEXT_BYTES, "%s", iso[0] == '\0' ? "-" : iso);
    if (day_parse(iso, &day) == ST_OK) {
        day_say(day, out);
    }
}

static void
hold_print(const struct overview *v, const struct board_hold *h, struct buf *line,
           struct buf *out)
{
    char since[DAY_TEXT_BYTES];
    char until[DAY_TEXT_BYTES];
    bool person = board_hold_of_person(h);

    day_words(h->since, since);
    day_words(h->until, until);
    buf_clear(line);
    buf_format(line, "%s: ", words("TẠM GIỮ", "HELD"));
    buf_text(line, person ? words("mọi thông báo, ", "every message, ")
                          : words("tự động: ", "by itself: "));
    hold_cause_words(h, line);
    buf_format(line, words("; từ %s, đến hết %s", "; since %s, up to and with %s"),
               since, until);
    buf_text(line, person ? words(" thì tự mở", ", then it opens")
                          : words(" thì tự gia hạn", ", then it is prolonged"));
    buf_format(line,
               words("; đang giữ %zu; để xem và gửi: dondoc release %s %s",
                     "; %zu held; to see and send: dondoc release %s %s"),
               h->held, v->health.province, h->id);
    buf_clear(out);
    flow_add(out, buf_str(line), 0, INDENT, COLUMNS);
    (void)fputs(buf_str(out), stdout); /* main checks stdout */
}

void
overview_holds_text(const struct overview *v)
{
    struct buf line;
    struct buf out;
    size_t i;

    buf_init(&line, LINE_BYTES);
    buf_init(&out, 2 * LINE_BYTES);
    for (i = 0; i < v->holds.count; i++) {
        hold_print(v, &v->holds.items[i], &line, &out);
    }
    buf_fini(&line);
    buf_fini(&out);
}

static void
member(struct buf *out, const char *name, const char *text)
{
    buf_format(out, ",\"%s\":", name);
    json_write_text(out, text);
}

void
overview_holds_json(const struct overview *v, struct buf *out)
{
    size_t i;

    buf_text(out, ",\"holds\":[");
    for (i = 0; i < v->holds.count; i++) {
        const struct board_hold *h = &v->holds.items[i];

        buf_text(out, i == 0 ? "{\"id\":" : ",{\"id\":");
        json_write_text(out, h->id);
        member(out, "since", h->since);
        member(out, "until", h->until);
        member(out, "level", h->level);
        buf_format(out, ",\"units\":%" PRId64 ",\"of\":%" PRId64, h->units, h->of);
        member(out, "by", h->by);
        member(out, "reason", h->reason);
        buf_format(out, ",\"held\":%zu}", h->held);
    }
    buf_format(out, "],\"held\":%zu", v->holds.held_count);
}
