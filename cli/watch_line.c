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

/* It is about the unit, or one line of its table is. */
static bool
is_about(const struct wire_alert *a, const char *unit)
{
    bool found = strcmp(unit, a->unit) == 0;
    size_t i;

    for (i = 0; i < a->row_count && !found; i++) {
        found = strcmp(unit, a->rows[i].unit) == 0;
    }
    return found;
}

bool
watch_passes(const struct watch_filter *f, const struct wire_alert *a)
{
    return (f->unit[0] == '\0' || is_about(a, f->unit)) &&
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

bool
watch_is_list(const char *kind)
{
    return strcmp(kind, "digest") == 0 || strcmp(kind, "hold") == 0 ||
           strcmp(kind, "progress") == 0;
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
    case SEVERITY_FALLING:
        return "\033[33m";
    case SEVERITY_REMINDER:
        return "\033[36m";
    case SEVERITY_OTHER:
    case SEVERITY_COUNT:
        break;
    }
    return "\033[1m";
}

/* The notice of a hold has words of its own: it does not climb, and is no alert. */
static const char *
reason_of(const struct wire_alert *a)
{
    if (strcmp(a->kind, "hold") == 0 && strcmp(a->reason, "escalated") == 0) {
        return words("gia hạn", "prolonged");
    }
    if (strcmp(a->kind, "hold") == 0 && is_over(a)) {
        return words("kết thúc", "ended");
    }
    return reason_words(a->reason);
}

static void
tag_make(const struct wire_alert *a, struct buf *out)
{
    buf_char(out, '[');
    if (a->simulated) {
        buf_text(out, words("mô phỏng · ", "simulated · "));
    }
    flow_plain(out, kind_words(a->kind), true);
    if (strcmp(a->reason, "new") != 0) {
        buf_text(out, ", ");
        flow_plain(out, reason_of(a), true);
    }
    if (a->rung > 0 && strcmp(a->reason, "escalated") != 0) {
        buf_format(out, ", %s", reason_words("escalated"));
    }
    if (a->held) {
        buf_text(out, words(", đã tạm giữ", ", was held"));
    }
    if (a->row_count > 0) {
        buf_format(out, words(", %zu mục", ", %zu lines"), a->row_count);
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
    flow_plain(&middle, brief[0] != '\0' ? brief : words(a->subject_vi, a->subject_en),
               true);
    watch_age(a, k->now_ms, age);
    buf_format(&tail, "%s%s · ", age,
               a->acknowledged ? words(" · đã nhận xử lý", " · acknowledged") : "");
    flow_plain(&tail, a->id, true);
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

/* Paragraphs are wrapped; a line of a table begins with two blanks and stays as it is,
 * from the first column on, or its columns would be gone. */
static void
text_add(const char *text, size_t columns, struct buf *out)
{
    while (*text != '\0') {
        size_t bytes = strcspn(text, "\n");
        char *line = mem_copy(text, bytes);

        if (strncmp(line, "  ", 2) == 0 && text_width(line) <= columns) {
            buf_format(out, "%s\n", line);
        } else {
            flow_add(out, line, INDENT, INDENT, columns);
        }
        mem_free(&line);
        text += bytes + (text[bytes] != '\0' ? 1 : 0);
    }
}

void
watch_details(const char *subject, const char *text, const struct watch_look *k,
              struct buf *out)
{
    struct buf plain;

    buf_init(&plain, 16u * LINE_BYTES);
    flow_plain(&plain, subject, false);
    flow_add(out, buf_str(&plain), INDENT, INDENT, k->columns);
    buf_clear(&plain);
    flow_plain(&plain, text, false);
    text_add(buf_str(&plain), k->columns, out);
    buf_fini(&plain);
}

/* Its parts in the order in which they are read; what is not there is left out. */
static void
row_part(struct buf *line, const char *vi, const char *en, const char *sign)
{
    const char *text = words(vi, en);

    text = text[0] != '\0' ? text : vi;
    if (text[0] != '\0') {
        buf_text(line, line->len == 0 ? "" : sign);
        flow_plain(line, text, true);
    }
}

static void
row_add(const struct wire_row *r, size_t columns, struct buf *out)
{
    struct buf line;

    buf_init(&line, LINE_BYTES);
    row_part(&line, r->unit_vi, r->unit_en, "");
    row_part(&line, r->about_vi, r->about_en, ": ");
    row_part(&line, r->figure_vi, r->figure_en, ": ");
    row_part(&line, r->since_vi, r->since_en, "; ");
    flow_add(out, buf_str(&line), INDENT, 2 * INDENT, columns);
    buf_clear(&line);
    if (r->kind[0] != '\0') {
        buf_char(&line, '[');
        flow_plain(&line, kind_words(r->kind), true);
        if (r->reason[0] != '\0') {
            buf_text(&line, ", ");
            flow_plain(&line, reason_words(r->reason), true);
        }
        buf_text(&line, "] ");
    }
    flow_plain(&line, r->code, true);
    if (r->acknowledged) {
        buf_text(&line, words(" · đã nhận xử lý", " · acknowledged"));
    }
    flow_add(out, buf_str(&line), 2 * INDENT, 2 * INDENT, columns);
    buf_fini(&line);
}

void
watch_rows(const struct wire_alert *a, const struct watch_look *k, struct buf *out)
{
    const char *text = words(a->text_vi, a->text_en);
    size_t i;

    for (i = 0; i < a->row_count; i++) {
        const struct wire_row *r = &a->rows[i];

        /* (a progress report's rows have no code; its text always holds the table) */
        if (r->code[0] != '\0' && strstr(text, r->code) == NULL) {
            row_add(r, k->columns, out);
        }
    }
}
