/* `dondoc status` for people. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/alert_words.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "cli/status.h"
#include "cli/table_print.h"
#include "cli/wrapped.h"
#include "lib/subject.h"

#define CLOSED_BYTES 16384
#define LINE_BYTES 8192
#define COLUMNS 100
#define INDENT 4
#define COUNTERS_COLUMN 4
#define COUNTERS_LEAST 20
#define ALERTS_SHOWN 20u
#define VERDICT_COUNT (VERDICT_INFO + 1)

static void
cause_print(const struct health_cause *c, const char *state)
{
    flow_printf(stdout, "%s  %s", state, words(c->vi, c->en));
    if (c->command[0] != '\0') {
        flow_printf(stdout, words("; đề nghị chạy: %s", "; please type: %s"),
                    c->command);
    }
    (void)putchar('\n');
}

/* The state, what is held, then the other causes. */
static void
causes_print(const struct overview *v)
{
    const struct health_report *r = &v->report;
    size_t i;

    if (r->count == 0) {
        (void)printf(words("OK  %s: mọi dịch vụ chạy, không có gì tồn đọng\n",
                           "OK  %s: every service runs, nothing is left behind\n"),
                     v->health.province);
    } else {
        cause_print(&r->causes[0], health_name(r->state));
    }
    overview_holds_text(v);
    for (i = 1; i < r->count; i++) {
        cause_print(&r->causes[i], "    ");
    }
}

static void
heading(const char *text)
{
    (void)printf("\n%s\n", text);
}

/* --- services --- */

static void
counters_text(const struct board_instance *i, char *out, size_t out_bytes)
{
    static const char *const shown[] = {
        "accepted", "replaced",     "rejected",  "retry_later", "waiting", "ack_p99_us",
        "reports",  "alerts",       "parked",    "events",      "sent",    "sessions",
        "denied",   "acknowledged", "mail_sent", "web_sent",    "dead",
    };
    size_t len = 0;
    size_t k;

    out[0] = '\0';
    for (k = 0; k < sizeof shown / sizeof shown[0]; k++) {
        int64_t number;

        if (board_counter(i, shown[k], &number) && number > 0 && len < out_bytes) {
            len += (size_t)snprintf(out + len, out_bytes - len, "%s%s=%" PRId64,
                                    len == 0 ? "" : " ", shown[k], number);
        }
    }
}

static const char *
instance_state(const struct board_instance *i)
{
    int64_t ready = 0;
    int64_t stopped = 0;

    if (!i->alive) {
        return words("KHÔNG CHẠY", "NOT RUNNING");
    }
    if (board_counter(i, "stopped", &stopped) && stopped > 0) {
        return words("ĐÃ DỪNG", "STOPPED");
    }
    return board_counter(i, "ready", &ready) && ready == 1
               ? words("sẵn sàng", "ready")
               : words("chưa sẵn sàng", "not ready");
}

/* A line each below the table: they are long, and few. */
static void
errors_print(const struct overview *v)
{
    struct buf line;
    struct buf out;
    size_t i;

    buf_init(&line, LINE_BYTES);
    buf_init(&out, LINE_BYTES);
    for (i = 0; i < v->health.instances.count; i++) {
        const struct board_instance *at = &v->health.instances.items[i];

        if (at->last_error[0] == '\0') {
            continue;
        }
        buf_clear(&line);
        buf_clear(&out);
        buf_format(&line, words("lỗi gần nhất của %s/%s: ", "last error of %s/%s: "),
                   at->service, at->instance);
        flow_plain(&line, at->last_error, true);
        flow_add(&out, buf_str(&line), 0, INDENT, COLUMNS);
        (void)fputs(buf_str(&out), stdout); /* main checks stdout */
    }
    buf_fini(&line);
    buf_fini(&out);
}

static void
services_print(const struct overview *v)
{
    struct table_print *t = table_print_new(5);
    size_t i;

    table_print_head(t, 0, words("dịch vụ", "service"), TABLE_LEFT);
    table_print_head(t, 1, words("trạng thái", "state"), TABLE_LEFT);
    table_print_head(t, 2, words("từ lúc", "since"), TABLE_LEFT);
    table_print_head(t, 3, words("phiên bản", "version"), TABLE_LEFT);
    table_print_head(t, 4, words("số đếm", "counters"), TABLE_LEFT);
    for (i = 0; i < v->health.instances.count; i++) {
        const struct board_instance *at = &v->health.instances.items[i];
        char text[512];

        (void)snprintf(text, sizeof text, "%s/%s", at->service, at->instance);
        table_print_cell(t, text);
        table_print_cell(t, instance_state(at));
        table_print_cell(t, at->started);
        table_print_cell(t, at->version);
        counters_text(at, text, sizeof text);
        table_print_cell(t, text);
    }
    table_print_fit(t, COUNTERS_COLUMN, COLUMNS, COUNTERS_LEAST);
    if (table_print_rows(t) > 0) {
        heading(words("Dịch vụ", "Services"));
        table_print_out(t);
        errors_print(v);
    }
    table_print_free(&t);
}

/* --- journal --- */

static void
journal_print(const struct overview *v)
{
    const struct health *h = &v->health;
    char hour[WHEN_BYTES];

    hour_say(h->head.tick, hour);
    heading(words("Sổ ghi", "Journal"));
    (void)printf(words("mục cuối %" PRIu64 ", giờ cuối %s, chương trình %.12s\n",
                       "last entry %" PRIu64 ", last tick %s, programme %.12s\n"),
                 h->head.seq, hour,
                 h->head.programme[0] != '\0' ? h->head.programme : "-");
    (void)printf(words("chấm điểm còn %" PRIu64 " mục, gửi cảnh báo còn %" PRIu64
                       " mục, bị treo %" PRId64 "\n",
                       "scorer behind by %" PRIu64 ", notifier by %" PRIu64
                       ", parked %" PRId64 "\n"),
                 health_scorer_lag(h), health_notifier_lag(h), h->parked);
}

/* --- verdicts --- */

bool
summary_field(const char *field, char *target, char *level, enum verdict *v)
{
    char name[32];

    return sscanf(field, "%63[^/]/%63[^/]/%31s", target, level, name) == 3 &&
           verdict_parse(name, v) == ST_OK;
}

static void
verdict_row(const struct overview *v, struct table_print *t, const char *target,
            const char *level)
{
    long long counts[VERDICT_COUNT] = {0};
    char other[64];
    char where[64];
    char text[24];
    enum verdict verdict;
    size_t i;

    for (i = 0; i < v->summary.count; i++) {
        if (summary_field(v->summary.items[i].field, other, where, &verdict) &&
            strcmp(other, target) == 0 && strcmp(where, level) == 0) {
            counts[verdict] += strtoll(v->summary.items[i].value, NULL, 10);
        }
    }
    table_print_cell(t, target);
    table_print_cell(t, level);
    for (i = 0; i < VERDICT_COUNT; i++) {
        (void)snprintf(text, sizeof text, "%lld", counts[i]);
        table_print_cell(t, counts[i] != 0 ? text : "");
    }
}

/* Is a target counted as on the way though everybody it speaks of has ended? */
static bool
is_closed(const struct overview *v, const struct board_line *counted)
{
    const struct catalogue *c = v->reading.catalogue;
    char id[64];
    char level[64];
    enum verdict verdict;
    int32_t from;
    int32_t to;
    int target;

    if (!summary_field(counted->field, id, level, &verdict) ||
        verdict != VERDICT_ON_WAY || strtoll(counted->value, NULL, 10) == 0) {
        return false;
    }
    target = catalogue_target(c, id);
    if (target == NONE) {
        return false;
    }
    subject_days(c, &c->targets[target],
                 (struct subject_ref){NONE, c->targets[target].level, false}, &from,
                 &to);
    return to < reading_today(&v->reading);
}

static void
closed_print(const struct overview *v)
{
    struct buf ids;

    if (v->reading.catalogue == NULL) {
        return;
    }
    buf_init(&ids, CLOSED_BYTES);
    for (size_t i = 0; i < v->summary.count; i++) {
        const char *field = v->summary.items[i].field;

        if (is_closed(v, &v->summary.items[i])) {
            buf_format(&ids, "%s%.*s", ids.len == 0 ? "" : ", ",
                       (int)strcspn(field, "/"), field);
        }
    }
    if (ids.len > 0) {
        wrapped_indent(0,
                       words("on_way mà đơn vị đã kết thúc: chưa đánh giá do sắp xếp "
                             "đơn vị hành chính: %s",
                             "on_way, and the units have ended: closed, not judged: "
                             "%s"),
                       buf_str(&ids));
    }
    buf_fini(&ids);
}

static void
verdicts_print(const struct overview *v)
{
    struct table_print *t = table_print_new(2 + VERDICT_COUNT);
    char last[64] = "";
    char last_level[64] = "";
    int k;
    size_t i;

    table_print_head(t, 0, words("chỉ tiêu", "target"), TABLE_LEFT);
    table_print_head(t, 1, words("cấp", "level"), TABLE_LEFT);
    for (k = 0; k < VERDICT_COUNT; k++) {
        table_print_head(t, (size_t)k + 2, verdict_name((enum verdict)k), TABLE_RIGHT);
    }
    for (i = 0; i < v->summary.count;
         i++) { /* sorted: a target's fields lie together */
        char target[64];
        char level[64];
        enum verdict verdict;

        if (summary_field(v->summary.items[i].field, target, level, &verdict) &&
            (strcmp(target, last) != 0 || strcmp(level, last_level) != 0)) {
            verdict_row(v, t, target, level);
            memcpy(last, target, sizeof last);
            memcpy(last_level, level, sizeof last_level);
        }
    }
    if (table_print_rows(t) > 0) {
        heading(
            words("Kết luận theo chỉ tiêu (số đơn vị)", "Verdicts by target (units)"));
        table_print_out(t);
        closed_print(v);
    }
    table_print_free(&t);
}

/* --- alerts --- */

static void
alert_row(const struct overview *v, const struct board_alert *a, struct table_print *t)
{
    char name[ALERT_NAME_BYTES];
    char when[WHEN_BYTES];

    alert_subject_words(v->reading.catalogue, a->subject, name);
    when_say(a->opened_at_ms, when);
    table_print_cell(t, a->code);
    table_print_cell(t, name);
    table_print_cell(t, kind_words(a->kind));
    table_print_cell(t, a->window);
    table_print_cell(t, when);
    table_print_cell(t, a->ack_by);
}

static void
alerts_left_out(size_t left, size_t reminders)
{
    if (left > 0) {
        (void)printf(words("còn %zu cảnh báo nữa", "%zu more"), left);
    }
    if (reminders > 0) {
        (void)printf(words("%ssắp đến hạn gửi báo cáo: %zu", "%sreminders: %zu"),
                     left > 0 ? "; " : "", reminders);
    }
    if (left + reminders > 0) {
        (void)puts(
            words("; xem tất cả: dondoc alerts", "; all of them: dondoc alerts"));
    }
}

/* The gravest kinds, as far as a first look takes them in. */
static void
alerts_print(const struct overview *v)
{
    struct table_print *t = table_print_new(6);
    size_t reminders = 0;
    size_t left = 0;
    size_t i;
    int s;

    table_print_head(t, 0, words("mã", "code"), TABLE_LEFT);
    table_print_head(t, 1, words("về", "about"), TABLE_LEFT);
    table_print_head(t, 2, words("loại", "kind"), TABLE_LEFT);
    table_print_head(t, 3, words("kỳ", "window"), TABLE_LEFT);
    table_print_head(t, 4, words("mở lúc", "opened"), TABLE_LEFT);
    table_print_head(t, 5, words("người nhận việc", "taken on by"), TABLE_LEFT);
    for (s = SEVERITY_MISSED; s < SEVERITY_COUNT; s++) {
        for (i = 0; i < v->alerts.count; i++) {
            const struct board_alert *a = &v->alerts.items[i];

            if (!a->open || alert_severity(a->kind) != (enum severity)s) {
                continue;
            }
            if (s == SEVERITY_REMINDER) {
                reminders++;
            } else if (table_print_rows(t) < ALERTS_SHOWN) {
                alert_row(v, a, t);
            } else {
                left++;
            }
        }
    }
    heading(words("Cảnh báo đang mở", "Open alerts"));
    if (table_print_rows(t) > 0) {
        table_print_out(t);
    } else {
        (void)puts(words("không có", "none"));
    }
    alerts_left_out(left, reminders);
    table_print_free(&t);
}

void
overview_text(const struct overview *v)
{
    causes_print(v);
    if (v->health.redis_why[0] != '\0') {
        return;
    }
    reading_marks(&v->reading);
    services_print(v);
    journal_print(v);
    verdicts_print(v);
    alerts_print(v);
    overview_silent_text(v);
}
