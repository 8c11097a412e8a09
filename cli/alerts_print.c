/* `dondoc alerts` for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/alerts.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "lib/text.h"

#define COLUMNS 100
#define INDENT 4
#define SEPARATOR 3 /* " · " */
#define PIECE_BYTES 512
#define ALERT_BYTES 4096

/* --- for people --- */

static void
piece_add(struct buf *line, const char *text)
{
    if (text[0] != '\0') {
        buf_format(line, "%s%s", line->len == 0 ? "" : " · ", text);
    }
}

/* What a report that is not there has instead of a figure. */
static void
due_words(const struct alert_row *row, char out[PIECE_BYTES])
{
    char due[DAY_TEXT_BYTES] = "-";
    char days[DAYS_WORDS_BYTES];
    int32_t day;

    if (day_parse(row->alert->due, &day) == ST_OK) {
        day_say(day, due);
    }
    if (row->severity == SEVERITY_OVERDUE && row->late > 0) {
        working_days_words(row->late, days);
        (void)snprintf(out, PIECE_BYTES,
                       words("chưa nhận được báo cáo; hạn gửi %s, đã quá %s",
                             "report not received; it was due on %s, %s ago"),
                       due, days);
    } else {
        (void)snprintf(out, PIECE_BYTES,
                       words("chưa nhận được báo cáo; hạn gửi %s",
                             "report not received; due on %s"),
                       due);
    }
}

static void
figure_piece(const struct alert_list *l, const struct alert_row *row,
             char out[PIECE_BYTES])
{
    const struct catalogue *c = l->reading.catalogue;
    int target = c == NULL ? NONE : catalogue_target(c, row->alert->target);
    char figure[FIGURE_WORDS_BYTES];
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];

    out[0] = '\0';
    if (row->alert->missing) {
        due_words(row, out);
        return;
    }
    alert_figure_words(c, target == NONE ? NULL : &c->targets[target], &row->figure,
                       figure);
    if (figure[0] == '\0' && row->alert->den > 0) { /* as it was told */
        count_say(row->alert->num, num);
        count_say(row->alert->den, den);
        (void)snprintf(out, PIECE_BYTES, "%s/%s", num, den);
    } else {
        (void)snprintf(out, PIECE_BYTES, "%s", figure);
    }
}

static void
age_words(const struct alert_row *row, char out[PIECE_BYTES])
{
    char when[WHEN_BYTES];
    char days[DAYS_WORDS_BYTES];

    when_say(row->alert->opened_at_ms, when);
    if (row->age < 0) {
        (void)snprintf(out, PIECE_BYTES, words("mở lúc %s", "opened %s"), when);
    } else if (row->age == 0) {
        (void)snprintf(out, PIECE_BYTES, "%s",
                       words("mở trong ngày làm việc này", "opened this working day"));
    } else {
        working_days_words(row->age, days);
        (void)snprintf(out, PIECE_BYTES, words("mở %s", "open for %s"), days);
    }
}

static void
acknowledged_words(const struct alert_list *l, const struct alert_row *row,
                   char out[PIECE_BYTES])
{
    const struct board_alert *a = row->alert;
    char until[DAY_TEXT_BYTES] = "";
    int32_t day;

    if (!a->open) {
        (void)snprintf(out, PIECE_BYTES, "%s", alert_state_words(a));
        return;
    }
    if (a->ack_by[0] == '\0') {
        (void)snprintf(out, PIECE_BYTES, "%s",
                       words("chưa có chức danh nhận xử lý", "not acknowledged"));
        return;
    }
    if (a->ack_until[0] != '\0' && day_parse(a->ack_until, &day) == ST_OK) {
        day_say(day, until);
    }
    (void)snprintf(out, PIECE_BYTES,
                   words("%s đã nhận xử lý%s%s", "acknowledged by %s%s%s"),
                   office_words(l->reading.catalogue, a->ack_by),
                   until[0] == '\0' ? "" : words(", đến ", ", until "), until);
}

/* What keeps it quiet, and how far it has climbed. */
static void
marks_words(const struct alert_list *l, const struct alert_row *row,
            char out[PIECE_BYTES])
{
    const struct board_alert *a = row->alert;
    char until[DAY_TEXT_BYTES];
    int32_t day;
    size_t len = 0;

    out[0] = '\0';
    if (a->open && alert_paused(a, l->today_iso) &&
        day_parse(a->paused, &day) == ST_OK) {
        day_say(day, until);
        len += (size_t)snprintf(out + len, PIECE_BYTES - len,
                                words("tạm dừng đến hết %s", "paused until %s"), until);
    }
    if (a->hold[0] != '\0') {
        len += (size_t)snprintf(out + len, PIECE_BYTES - len, "%s%s (%s)",
                                len == 0 ? "" : " · ", words("đang tạm giữ", "held"),
                                a->hold);
    }
    if (a->open && a->rung > 1) {
        (void)snprintf(out + len, PIECE_BYTES - len,
                       words("%sđã báo cáo cấp trên, bậc %d", "%sclimbed to rung %d"),
                       len == 0 ? "" : " · ", a->rung);
    }
}

static void
row_print(const struct alert_list *l, const struct alert_row *row, struct buf *out)
{
    const struct board_alert *a = row->alert;
    const struct catalogue *c = l->reading.catalogue;
    char name[ALERT_NAME_BYTES];
    char piece[PIECE_BYTES];
    struct buf line;

    buf_init(&line, ALERT_BYTES);
    alert_subject_words(c, a->subject, name);
    buf_format(&line, "[%s] %s: %s, %s %s", kind_words(a->kind), name,
               alert_about(c, a), words("kỳ", "window"),
               row->figure.window[0] != '\0' ? row->figure.window : a->window);
    buf_clear(out);
    flow_add(out, buf_str(&line), 0, INDENT, COLUMNS);
    buf_clear(&line);
    figure_piece(l, row, piece);
    piece_add(&line, piece);
    age_words(row, piece);
    piece_add(&line, piece);
    acknowledged_words(l, row, piece);
    piece_add(&line, piece);
    marks_words(l, row, piece);
    piece_add(&line, piece);
    if (INDENT + text_width(buf_str(&line)) + SEPARATOR + strlen(a->code) > COLUMNS) {
        flow_add(out, buf_str(&line), INDENT, INDENT, COLUMNS);
        buf_clear(&line); /* the code is copied: it stands in one piece */
    }
    piece_add(&line, a->code);
    flow_add(out, buf_str(&line), INDENT, INDENT, COLUMNS);
    (void)fputs(buf_str(out), stdout); /* main checks stdout */
    buf_fini(&line);
}

void
alert_counts_make(const struct alert_list *l, struct alert_counts *n)
{
    size_t i;

    memset(n, 0, sizeof *n);
    for (i = 0; i < l->count; i++) {
        const struct alert_row *row = &l->rows[i];

        n->held += row->alert->hold[0] != '\0';
        if (row->alert->open) {
            n->open[row->severity]++;
            n->all_open++;
            n->acknowledged += row->alert->ack_by[0] != '\0';
            n->paused += alert_paused(row->alert, l->today_iso);
        } else {
            n->closed++;
        }
    }
}

static void
counts_print(const struct alert_list *l, struct buf *out)
{
    struct alert_counts n;
    struct buf line;
    int s;

    alert_counts_make(l, &n);
    buf_init(&line, ALERT_BYTES);
    buf_format(&line, words("Đang mở: %zu", "Open: %zu"), n.all_open);
    for (s = SEVERITY_MISSED; s < SEVERITY_OTHER; s++) {
        buf_format(&line, "%s%s %zu", s == SEVERITY_MISSED ? " (" : ", ",
                   kind_words(severity_name((enum severity)s)), n.open[s]);
    }
    buf_format(&line,
               words("); đã có chức danh nhận xử lý: %zu", "); acknowledged: %zu"),
               n.acknowledged);
    if (n.paused > 0) {
        buf_format(&line, words("; tạm dừng: %zu", "; paused: %zu"), n.paused);
    }
    buf_char(&line, '.');
    if (n.held > 0) {
        buf_format(&line,
                   words(" Đang tạm giữ: %zu; xem và mở: dondoc release %s.",
                         " Held: %zu; to see and open: dondoc release %s."),
                   n.held, l->reading.province);
    }
    if (n.closed > 0) {
        buf_format(&line, words(" Đã đóng: %zu.", " Closed: %zu."), n.closed);
    }
    if (l->shown < l->count) {
        buf_format(&line,
                   words("\nDanh sách trên chưa in %zu cảnh báo nhẹ hơn; in tất cả: "
                         "--top 0.",
                         "\nThe list above leaves out %zu that are less grave; all of "
                         "them: --top 0."),
                   l->count - l->shown);
    }
    buf_clear(out);
    flow_add(out, buf_str(&line), 0, 0, COLUMNS);
    (void)fputs(buf_str(out), stdout);
    buf_fini(&line);
}

void
alerts_print_text(const struct alert_list *l)
{
    struct buf out;
    size_t i;

    buf_init(&out, 2 * ALERT_BYTES);
    reading_marks(&l->reading);
    for (i = 0; i < l->shown; i++) {
        row_print(l, &l->rows[i], &out);
    }
    if (l->shown > 0) {
        (void)putchar('\n');
    }
    counts_print(l, &out);
    buf_fini(&out);
}
