/* What a replay found, for people and as JSON: one line a difference, then a summary.
 */
#include "cli/flow.h"
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/table_print.h"
#include "lib/calendar.h"
#include "lib/json.h"

#define SHOWN_MAX 200u
#define VALUE_SHOWN                                                                    \
    240u /* bytes of a value that are shown, from near the difference                  \
          */
#define VALUE_BEFORE 60u
#define VALUE_TEXT (4u * VALUE_SHOWN + 64u)
#define LINE_BYTES 65536u
#define PROGRESS_US 2000000
#define SECOND_US 1000000.0
#define NAME_BYTES 96

int
say_scratch_broken(struct replay *x)
{
    if (scratch_alive(&x->scratch) == EXIT_DONE) {
        (void)fprintf(stderr,
                      words("Redis tạm để tính lại báo lỗi: %s\nMáy còn đủ bộ nhớ "
                            "không?\n",
                            "The Redis for computing failed: %s\nIs there memory "
                            "enough?\n"),
                      redis_error(x->scratch.redis));
    }
    return EXIT_UNAVAILABLE;
}

void
say_progress(struct replay *x, uint64_t done, uint64_t all)
{
    if (mono_since_us(x->said) < PROGRESS_US) {
        return;
    }
    x->said = mono_now();
    (void)fprintf(stderr,
                  words("Tính lại: mục %" PRIu64 " / %" PRIu64 "\n",
                        "Computing: entry %" PRIu64 " of %" PRIu64 "\n"),
                  done, all);
}

double
say_rate(const struct replay *x)
{
    double seconds = (double)x->took_us / SECOND_US;

    return seconds > 0 ? (double)x->done / seconds : 0;
}

/* --- one difference --- */

static size_t
common(const struct computed_line *a, const struct computed_line *b)
{
    size_t i = 0;

    if (a == NULL || b == NULL) {
        return 0;
    }
    while (i < a->bytes && i < b->bytes && a->value[i] == b->value[i]) {
        i++;
    }
    return i;
}

/* Short values whole, long ones from near where they differ; what is no text in hex. */
static void
value_text(const struct computed_line *line, size_t same, char out[VALUE_TEXT])
{
    size_t from =
        line->bytes > VALUE_SHOWN && same > VALUE_BEFORE ? same - VALUE_BEFORE : 0;
    size_t to = line->bytes - from > VALUE_SHOWN ? from + VALUE_SHOWN : line->bytes;
    size_t len = 0;
    size_t i;

    len += (size_t)snprintf(out, VALUE_TEXT, "%s", from > 0 ? "…" : "");
    for (i = from; i < to; i++) {
        unsigned char c = (unsigned char)line->value[i];

        len += (size_t)snprintf(out + len, VALUE_TEXT - len,
                                c >= ' ' && c <= '~' ? "%c" : "\\x%02x", c);
    }
    if (to < line->bytes) {
        (void)snprintf(out + len, VALUE_TEXT - len, "… (%zu byte)", line->bytes);
    }
}

static void
value_json(struct buf *out, const char *name, const struct computed_line *line,
           const char *text)
{
    buf_format(out, ",\"%s\":", name);
    if (line == NULL) {
        buf_text(out, "null");
    } else {
        json_write_text(out, text);
    }
}

void
say_difference(struct replay *x, const char *key, const char *field,
               const struct computed_line *stored, const struct computed_line *computed)
{
    char was[VALUE_TEXT] = "-";
    char is[VALUE_TEXT] = "-";
    size_t same = common(stored, computed);
    struct buf line;

    if (x->differences++ >= SHOWN_MAX) {
        return; /* counted */
    }
    if (stored != NULL) {
        value_text(stored, same, was);
    }
    if (computed != NULL) {
        value_text(computed, same, is);
    }
    if (!x->json) {
        flow_printf(stdout, "%s %s\n  %s %s\n  %s %s\n", key, field,
                    words("đang lưu:", "stored:    "), was,
                    words("tính lại:", "recomputed:"), is);
        return;
    }
    buf_init(&line, LINE_BYTES);
    buf_text(&line, "{\"key\":");
    json_write_text(&line, key);
    buf_text(&line, ",\"field\":");
    json_write_text(&line, field);
    value_json(&line, "stored", stored, was);
    value_json(&line, "recomputed", computed, is);
    (void)printf("%s}\n", buf_str(&line));
    buf_fini(&line);
}

/* --- the state of a side --- */

/* "7c/commune/behind" into its three parts. */
static bool
summary_parts(const char *field, char target[NAME_BYTES], char level[NAME_BYTES],
              enum verdict *v)
{
    const char *slash = strchr(field, '/');
    const char *last = strrchr(field, '/');

    if (slash == NULL || last == slash || slash - field >= NAME_BYTES ||
        last - slash > NAME_BYTES || verdict_parse(last + 1, v) != ST_OK) {
        return false;
    }
    (void)snprintf(target, NAME_BYTES, "%.*s", (int)(slash - field), field);
    (void)snprintf(level, NAME_BYTES, "%.*s", (int)(last - slash - 1), slash + 1);
    return true;
}

static void
state_row(const struct replay *x, const struct board_line *item, struct table_print *t)
{
    char target[NAME_BYTES];
    char level[NAME_BYTES];
    enum verdict v;

    if (!summary_parts(item->field, target, level, &v) ||
        strcmp(item->value, "0") == 0) {
        return;
    }
    if (!x->json) {
        table_print_cell(t, target);
        table_print_cell(t, level);
        table_print_cell(t, verdict_words(v, false));
        table_print_cell(t, item->value);
        return;
    }
    (void)printf(
        "{\"target\":\"%s\",\"level\":\"%s\",\"verdict\":\"%s\",\"units\":%s}\n",
        target, level, verdict_name(v), item->value);
}

static size_t
open_count(const struct board_alerts *alerts)
{
    size_t open = 0;
    size_t i;

    for (i = 0; i < alerts->count; i++) {
        open += alerts->items[i].open;
    }
    return open;
}

int
say_state(struct replay *x, size_t side)
{
    const char *slug = x->sides[side].slug;
    struct board_lines lines = {0};
    struct board_alerts alerts = {0};
    struct table_print *t = table_print_new(4);
    int code = EXIT_DONE;
    size_t i;

    if (board_summary(x->scratch.redis, slug, &lines) != ST_OK ||
        board_alerts(x->scratch.redis, slug, &alerts) != ST_OK) {
        code = say_scratch_broken(x);
    }
    table_print_head(t, 0, words("mục tiêu", "target"), TABLE_LEFT);
    table_print_head(t, 1, words("cấp", "level"), TABLE_LEFT);
    table_print_head(t, 2, words("kết luận", "verdict"), TABLE_LEFT);
    table_print_head(t, 3, words("đơn vị", "units"), TABLE_RIGHT);
    for (i = 0; code == EXIT_DONE && i < lines.count; i++) {
        state_row(x, &lines.items[i], t);
    }
    if (code == EXIT_DONE && !x->json) {
        table_print_out(t);
        (void)printf(words("Cảnh báo đang mở: %zu.\n", "Open alerts: %zu.\n"),
                     open_count(&alerts));
    } else if (code == EXIT_DONE) {
        (void)printf("{\"open_alerts\":%zu}\n", open_count(&alerts));
    }
    table_print_free(&t);
    board_lines_fini(&lines);
    board_alerts_fini(&alerts);
    return code;
}

/* --- the end --- */

static void
summary_json(const struct replay *x)
{
    (void)printf(
        "{\"province\":\"%s\",\"entries\":%" PRIu64 ",\"milliseconds\":%" PRId64
        ",\"keys\":%" PRIu64 ",\"values\":%" PRIu64
        ",\"notifier_behind\":%s,\"other_programme\":%" PRIu64
        ",\"differences\":%" PRIu64 "}\n",
        x->reading.province, x->done, x->took_us / 1000, x->keys, x->lines,
        x->notifier_behind ? "true" : "false", x->other_programme, x->differences);
}

void
say_summary(struct replay *x)
{
    if (x->json) {
        summary_json(x);
        return;
    }
    if (x->differences > SHOWN_MAX) {
        (void)printf(words("… và %" PRIu64 " chỗ khác nhau nữa.\n",
                           "… and %" PRIu64 " more differences.\n"),
                     x->differences - SHOWN_MAX);
    }
    (void)printf(words("%s: tính lại từ %" PRIu64
                       " mục trong %.1f giây (%.0f mục/giây); "
                       "so sánh %" PRIu64 " khóa, %" PRIu64 " giá trị.\n",
                       "%s: computed again from %" PRIu64 " entries in %.1f s (%.0f a "
                       "second); %" PRIu64 " keys, %" PRIu64 " values compared.\n"),
                 x->reading.province, x->done, (double)x->took_us / SECOND_US,
                 say_rate(x), x->keys, x->lines);
    if (x->notifier_behind) {
        (void)puts(words("Notifier chưa theo kịp: phần do notifier ghi chưa được so "
                         "sánh; khi notifier chạy, đề nghị chạy lại.",
                         "The notifier has not caught up: what it writes was not "
                         "compared; please run this again when it is at work."));
    }
    if (x->other_programme > 0) {
        (void)printf(words("%" PRIu64 " dòng kết luận chỉ khác mã chương trình đã dùng "
                           "để tính (programme=), nội dung giống nhau.\n",
                           "%" PRIu64 " lines of scores say the same and name another "
                           "programme (programme=).\n"),
                     x->other_programme);
    }
    if (x->differences > 0) {
        (void)printf(words("KHÁC NHAU: %" PRIu64 " giá trị.\n",
                           "DIFFERENT: %" PRIu64 " values.\n"),
                     x->differences);
    } else if (x->other_programme > 0) {
        (void)puts(words("Ngoài ra giống nhau từng byte.",
                         "Otherwise the same, byte for byte."));
    } else {
        (void)puts(words("Giống nhau từng byte.", "The same, byte for byte."));
    }
}
