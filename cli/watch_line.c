/* One message on one line of a terminal, and its whole text. Pure. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/alert_words.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "cli/reading.h"
#include "cli/watch_desk.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/text.h"

#define LINE_BYTES 4096
#define BRIEF_MIN 20u /* columns; less is not worth a line of its own */
#define INDENT 4
#define MINUTE_MS 60000
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * (int64_t)HOUR_MS)

bool
watch_day(const char *text, char out[DAY_TEXT_BYTES])
{
    int year;
    int month;
    int mday;
    int used = 0;
    int32_t day;

    (void)snprintf(out, DAY_TEXT_BYTES, "%.12s", text);
    if (text[0] == '\0') {
        return true;
    }
    if (sscanf(text, "%2d/%2d/%4d%n", &mday, &month, &year, &used) == 3 &&
        text[used] == '\0' && year >= CALENDAR_YEAR_MIN && year <= CALENDAR_YEAR_MAX &&
        month >= 1 && month <= 12 && mday >= 1 && mday <= month_days(year, month)) {
        day_text(day_from_civil(year, month, mday), out);
        return true;
    }
    return day_parse(text, &day) == ST_OK;
}

bool
watch_passes(const struct watch_filter *f, const struct wire_alert *a)
{
    return (f->unit[0] == '\0' || strcmp(f->unit, a->unit) == 0) &&
           (f->kind[0] == '\0' || strcmp(f->kind, a->kind) == 0) &&
           a->at_ms >= f->since_ms;
}

void
watch_age(const struct wire_alert *a, int64_t now_ms, char out[AGE_BYTES])
{
    int64_t ms = now_ms - a->at_ms;
    char day[DAY_TEXT_BYTES];

    if (a->simulated || ms < 0) {
        day_say(instant_day((struct instant){a->at_ms}), day);
        (void)snprintf(out, AGE_BYTES, "%s", day);
    } else if (ms < HOUR_MS) {
        (void)snprintf(out, AGE_BYTES, words("%d phút", "%d min"),
                       (int)(ms / MINUTE_MS));
    } else if (ms < 2 * DAY_MS) {
        (void)snprintf(out, AGE_BYTES, words("%d giờ", "%d h"), (int)(ms / HOUR_MS));
    } else {
        (void)snprintf(out, AGE_BYTES, words("%" PRId64 " ngày", "%" PRId64 " days"),
                       ms / DAY_MS);
    }
}

/* What a server sends is shown, never obeyed by the terminal. */
static void
plain_add(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == 0xc2 && text[1] != '\0' && (unsigned char)text[1] < 0xa0) {
            buf_char(out, '?'); /* C1 controls, two bytes */
            text++;
        } else {
            buf_char(out, (c < ' ' && c != '\n') || c == 0x7f ? '?' : *text);
        }
    }
}

static bool
is_over(const struct wire_alert *a)
{
    return strcmp(a->reason, "resolved") == 0 || strcmp(a->reason, "withdrawn") == 0;
}

static const char *
colour_of(const struct wire_alert *a)
{
    if (is_over(a)) {
        return "\033[32m";
    }
    switch (alert_severity(a->kind)) {
    case SEVERITY_MISSED:
        return "\033[1;31m";
    case SEVERITY_OVERDUE:
        return "\033[31m";
    case SEVERITY_BEHIND:
        return "\033[33m";
    case SEVERITY_REMINDER:
        return "\033[36m";
    case SEVERITY_OTHER:
    case SEVERITY_COUNT:
        break;
    }
    return "\033[1m";
}

static void
tag_make(const struct wire_alert *a, struct buf *out)
{
    buf_char(out, '[');
    if (a->simulated) {
        buf_text(out, words("mô phỏng · ", "simulated · "));
    }
    plain_add(out, kind_words(a->kind));
    if (strcmp(a->reason, "new") != 0) {
        buf_text(out, ", ");
        plain_add(out, reason_words(a->reason));
    }
    buf_char(out, ']');
}

void
watch_line(const struct wire_alert *a, size_t number, const struct watch_look *k,
           struct buf *out)
{
    const char *brief = words(a->brief_vi, a->brief_en);
    char age[AGE_BYTES];
    struct buf tag;
    struct buf middle;
    struct buf tail;
    size_t taken;
    size_t room;
    char *fit;

    buf_init(&tag, LINE_BYTES);
    buf_init(&middle, LINE_BYTES);
    buf_init(&tail, LINE_BYTES);
    tag_make(a, &tag);
    plain_add(&middle, brief[0] != '\0' ? brief : words(a->subject_vi, a->subject_en));
    watch_age(a, k->now_ms, age);
    buf_format(&tail, "%s%s · ", age,
               a->acknowledged ? words(" · đã nhận xử lý", " · acknowledged") : "");
    plain_add(&tail, a->id);
    taken = (size_t)snprintf(NULL, 0, "#%zu ", number) + text_width(buf_str(&tag)) + 1;
    room = k->columns > taken + 3 + text_width(buf_str(&tail))
               ? k->columns - taken - 3 - text_width(buf_str(&tail))
               : 0;
    if (room < BRIEF_MIN && room < text_width(buf_str(&middle))) {
        fit = flow_fit(buf_str(&middle), k->columns > taken ? k->columns - taken : 1);
        taken = 0; /* the tail goes below */
    } else {
        fit = flow_fit(buf_str(&middle), room);
    }
    buf_format(out, "#%zu %s%s%s %s", number, k->colour ? colour_of(a) : "",
               buf_str(&tag), k->colour ? "\033[0m" : "", fit);
    if (taken == 0) {
        buf_char(out, '\n');
        flow_add(out, buf_str(&tail), INDENT, INDENT, k->columns);
    } else {
        buf_format(out, " · %s\n", buf_str(&tail));
    }
    mem_free(&fit);
    buf_fini(&tag);
    buf_fini(&middle);
    buf_fini(&tail);
}

void
watch_details(const char *subject, const char *text, const struct watch_look *k,
              struct buf *out)
{
    struct buf plain;

    buf_init(&plain, 16u * LINE_BYTES);
    plain_add(&plain, subject);
    flow_add(out, buf_str(&plain), INDENT, INDENT, k->columns);
    buf_clear(&plain);
    plain_add(&plain, text);
    flow_add(out, buf_str(&plain), INDENT, INDENT, k->columns);
    buf_fini(&plain);
}
