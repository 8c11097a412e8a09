/* The results of a push for people: a table, the refusals in full sentences, a sum. */
#include "cli/push_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "cli/table_print.h"
#include "lib/calendar.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/refusal.h"

struct sum {
    size_t by_outcome[OUTCOME_VALID + 1];
    size_t late;
};

const char *
outcome_words(enum outcome o)
{
    switch (o) {
    case OUTCOME_ACCEPTED:
        return words("đã tiếp nhận", "accepted");
    case OUTCOME_REPLACED:
        return words("đã tiếp nhận, thay thế số liệu trước", "accepted, replaces");
    case OUTCOME_DUPLICATE:
        return words("đã tiếp nhận trước đó, không thay đổi",
                     "stands already, unchanged");
    case OUTCOME_SUPERSEDED:
        return words("chưa tiếp nhận, đã có số liệu mới hơn",
                     "not taken: newer figures");
    case OUTCOME_REJECTED:
        return words("chưa tiếp nhận, đề nghị kiểm tra", "refused");
    case OUTCOME_RETRY_LATER:
        return words("chưa tiếp nhận lúc này", "not taken now");
    case OUTCOME_VALID:
        return words("hợp lệ, chưa gửi", "valid, not sent");
    case OUTCOME_NONE:
        break;
    }
    return words("chưa có trả lời", "no answer");
}

static bool
answered(const struct planned *item)
{
    return item->outcome != OUTCOME_NONE;
}

/* Of an earlier run: it has its final answer, and no later report has won (that one was
 * shown; the log of the outbox has a line) unless nobody has seen that yet. */
bool
planned_is_news(const struct planned *item)
{
    return answered(item) && item->outcome != OUTCOME_RETRY_LATER &&
           (item->outcome != OUTCOME_SUPERSEDED || item->aside > 0);
}

static void
day_show(const char *iso, char out[DAY_TEXT_BYTES])
{
    int32_t day;

    (void)snprintf(out, DAY_TEXT_BYTES, "%.10s", iso);
    if (language_now() == LANGUAGE_VI && day_parse(iso, &day) == ST_OK) {
        day_text_vi(day, out);
    }
}

/* Which row of which file: a report of an earlier run names its file. */
static void
row_cell(struct table_print *t, const struct planned *item, bool before)
{
    char place[128];

    if (before) {
        (void)snprintf(place, sizeof place, "%.100s:%zu", item->file, item->row->line);
        table_print_cell(t, place);
    } else {
        table_print_number(t, item->row->line);
    }
}

static void
table_row(struct table_print *t, const struct planned *item, bool before)
{
    char due[DAY_TEXT_BYTES];
    bool taken = item->outcome == OUTCOME_ACCEPTED ||
                 item->outcome == OUTCOME_REPLACED ||
                 item->outcome == OUTCOME_DUPLICATE;

    day_show(item->due, due);
    row_cell(t, item, before);
    table_print_cell(t, item->unit);
    table_print_cell(t, item->group);
    table_print_cell(t, item->row->period);
    table_print_cell(t, outcome_words(item->outcome));
    if (item->revision > 0) {
        table_print_number(t, item->revision);
    } else {
        table_print_cell(t, "");
    }
    table_print_cell(t, due);
    table_print_cell(t, due[0] == '\0' || !taken ? ""
                        : item->on_time          ? words("đúng hạn", "on time")
                                                 : words("quá hạn", "late"));
    table_print_cell(t, item->outcome == OUTCOME_SUPERSEDED ? "" : item->changes);
}

void
push_show_table(const struct push *p, const struct plan *plan, bool before)
{
    struct table_print *t = table_print_new(9);
    size_t at = 0;

    table_print_head(t, at++,
                     before          ? words("tệp", "file")
                     : p->file->json ? words("mục", "item")
                                     : words("dòng", "row"),
                     before ? TABLE_LEFT : TABLE_RIGHT);
    table_print_head(t, at++, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, at++, words("nhóm", "group"), TABLE_LEFT);
    table_print_head(t, at++, words("kỳ", "period"), TABLE_LEFT);
    table_print_head(t, at++, words("kết quả", "outcome"), TABLE_LEFT);
    table_print_head(t, at++, words("lần", "revision"), TABLE_RIGHT);
    table_print_head(t, at++, words("hạn gửi", "due"), TABLE_LEFT);
    table_print_head(t, at++, "", TABLE_LEFT);
    table_print_head(t, at, words("số liệu thay đổi", "figures changed"), TABLE_LEFT);
    for (size_t i = 0; i < plan->count; i++) {
        if (!before || planned_is_news(&plan->items[i])) {
            table_row(t, &plan->items[i], before);
        }
    }
    if (table_print_rows(t) > 0) {
        table_print_out(t);
    }
    table_print_free(&t);
}

/* "C" for 3, "AB" for 28, as a spreadsheet names its columns. */
static void
column_letters(size_t column, char out[8])
{
    char back[8];
    size_t n = 0;
    size_t i;

    for (; column > 0 && n < sizeof back - 1; column = (column - 1) / 26) {
        back[n++] = (char)('A' + (column - 1) % 26);
    }
    for (i = 0; i < n; i++) {
        out[i] = back[n - 1 - i];
    }
    out[i] = '\0';
}

static void
place_show(const struct push *p, size_t line, const char *name, size_t column)
{
    char letters[8];

    if (line > 0) {
        (void)printf(p->file->json ? words("Mục %zu", "Item %zu")
                                   : words("Dòng %zu", "Row %zu"),
                     line);
    } else {
        (void)printf("%s", words("Tệp", "File"));
    }
    if (name[0] != '\0') {
        char *plain = flow_safe(name);

        (void)printf(words(", cột %s", ", column %s"), plain);
        mem_free(&plain);
    }
    if (column > 0) {
        column_letters(column, letters);
        (void)printf(name[0] != '\0' ? " (%s)" : words(", cột %s", ", column %s"),
                     letters);
    }
}

static void
fault_show(const struct push *p, const struct report_fault *f)
{
    place_show(p, f->line, f->name, f->column);
    if (f->value[0] != '\0') { /* from a file that somebody else may have made */
        char *value = flow_safe(f->value);

        (void)printf(words(", giá trị “%s”", ", value “%s”"), value);
        mem_free(&value);
    }
    (void)printf(": %s.\n", words(f->vi, f->en));
}

/* The column of the file that a field of a refusal names; 0: none. */
static size_t
column_of(const struct push *p, const char *field)
{
    for (size_t i = 0; i < p->file->column_count; i++) {
        if (strcmp(p->file->columns[i], field) == 0) {
            return p->file->places[i];
        }
    }
    return 0;
}

/* Where it lies now, and what a person can do. */
static void
aside_show(const struct push *p, const struct planned *item)
{
    char when[INSTANT_TEXT_BYTES];

    if (item->outcome == OUTCOME_SUPERSEDED) {
        instant_text_short((struct instant){item->received_at_ms}, when);
        (void)printf(
            words(
                "    Báo cáo này chờ trong hộp thư đi và chưa gửi được lần nào; trước "
                "đó máy chủ đã nhận số liệu khác từ nơi khác (%s), nên báo cáo này "
                "không được ghi nhận.\n"
                "    Nếu số liệu của báo cáo này mới đúng: đề nghị ghi riêng dòng này "
                "vào một tệp rồi gửi bằng tay: dondoc push TỆP\n",
                "    It waited in the outbox and was never sent before; other figures "
                "reached the server first (%s), from elsewhere, and this report was "
                "not taken.\n"
                "    If its figures are the right ones, please put this row alone "
                "into a file and send it by hand: dondoc push FILE\n"),
            when);
    }
    (void)printf(words("    Báo cáo được giữ lại trong %s/refused/%010" PRIu64
                       ".json\n",
                       "    The report is kept in %s/refused/%010" PRIu64 ".json\n"),
                 outbox_dir(p->box), item->aside);
}

void
push_show_refusal(const struct push *p, const struct planned *item, bool before)
{
    const struct wire_refusal *why = &item->refusal;
    const char *field = why->field == NULL ? "" : why->field;
    char *message;

    if (item->outcome == OUTCOME_NONE || why->code == NULL) {
        return;
    }
    if (before) {
        char *file = flow_safe(item->file);

        (void)printf(words("Tệp %s, dòng %zu", "File %s, row %zu"), file,
                     item->row->line);
        mem_free(&file);
    } else {
        place_show(p, item->row->line, field, column_of(p, field));
    }
    message = flow_safe(words(why->message_vi, why->message_en));
    flow_printf(stdout, words(", nhóm %s: %s (%s)\n", ", group %s: %s (%s)\n"),
                item->group, message, why->code);
    mem_free(&message);
    if (refusal_parse(why->code) == REFUSAL_REASON_NEEDED) {
        (void)printf("    %s\n",
                     words("Ghi lý do vào cột reason, hoặc thêm --reason \"…\".",
                           "In a file that is the column reason; or add "
                           "--reason \"…\"."));
    }
    if (item->outcome == OUTCOME_SUPERSEDED && item->changes[0] != '\0') {
        flow_printf(stdout,
                    words("    Số liệu hiện có (lần %u): %s\n",
                          "    What stands (revision %u): %s\n"),
                    item->revision, item->changes);
    }
    if (item->aside > 0) {
        aside_show(p, item);
    }
}

static void
sum_make(const struct push *p, struct sum *s)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < p->plan.count; i++) {
        s->by_outcome[p->plan.items[i].outcome]++;
    }
}

static void
sum_show(const struct push *p, const struct sum *s, size_t bad_rows)
{
    const size_t *n = s->by_outcome;

    if (p->dry_run) {
        (void)printf(
            words("Kiểm tra thử, chưa gửi: %zu báo cáo hợp lệ, %zu báo cáo chưa "
                  "đạt",
                  "Dry run, nothing was stored. Reports: %zu valid, %zu refused"),
            n[OUTCOME_VALID], n[OUTCOME_REJECTED]);
    } else {
        (void)printf(
            words("Đã tiếp nhận %zu báo cáo (%zu thay thế số liệu trước, %zu đã "
                  "có từ trước); %zu báo cáo chưa được tiếp nhận",
                  "Reports: %zu stand (%zu replaced earlier figures, %zu stood "
                  "before), %zu refused"),
            n[OUTCOME_ACCEPTED] + n[OUTCOME_REPLACED] + n[OUTCOME_DUPLICATE],
            n[OUTCOME_REPLACED], n[OUTCOME_DUPLICATE],
            n[OUTCOME_REJECTED] + n[OUTCOME_SUPERSEDED]);
    }
    if (n[OUTCOME_RETRY_LATER] + n[OUTCOME_NONE] > 0) {
        (void)printf(words("; %zu báo cáo cần gửi lại", ", %zu to be sent again"),
                     n[OUTCOME_RETRY_LATER] + n[OUTCOME_NONE]);
    }
    if (bad_rows > 0) {
        (void)printf(
            words("; %zu dòng bị loại ngay tại đây", "; rows refused here: %zu"),
            bad_rows);
    }
    if (p->plan.empty_rows > 0) {
        (void)printf(
            words("; %zu dòng không có số liệu", "; rows without figures: %zu"),
            p->plan.empty_rows);
    }
    (void)printf(".\n");
    if (p->info.simulated) {
        (void)printf("%s\n",
                     words("Máy chủ chạy mô phỏng: đây không phải là số liệu thật.",
                           "The server runs a simulation: these are no real "
                           "figures."));
    }
}

void
push_show_faults(const struct push *p)
{
    for (size_t i = 0; i < p->file->fault_count; i++) {
        fault_show(p, &p->file->faults[i]);
    }
}

int
push_show(const struct push *p, bool json)
{
    struct sum s;
    size_t bad_rows = 0;

    sum_make(p, &s);
    for (size_t i = 0; i < p->file->row_count; i++) {
        bad_rows += p->file->rows[i].refused ? 1 : 0;
    }
    if (json) {
        push_show_json(p);
    } else {
        push_show_table(p, &p->plan, false);
        push_show_faults(p);
        for (size_t i = 0; i < p->plan.count; i++) {
            if (answered(&p->plan.items[i])) {
                push_show_refusal(p, &p->plan.items[i], false);
            }
        }
        if (p->file->refused) {
            (void)printf("%s\n", words("Chưa có báo cáo nào được gửi.",
                                       "Nothing of this file was sent."));
        } else {
            sum_show(p, &s, bad_rows);
        }
    }
    if (s.by_outcome[OUTCOME_NONE] > 0) {
        return EXIT_UNAVAILABLE;
    }
    if (s.by_outcome[OUTCOME_RETRY_LATER] > 0) {
        return EXIT_AGAIN;
    }
    return p->file->fault_count > 0 || s.by_outcome[OUTCOME_REJECTED] > 0 ||
                   s.by_outcome[OUTCOME_SUPERSEDED] > 0
               ? EXIT_DATA
               : EXIT_DONE;
}
