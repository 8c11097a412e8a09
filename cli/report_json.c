/*
 * A report file in JSON: [{"unit": "21340", "period": "2023-06", "reason": "…",
 * "figures": {"results_in_force": 1204, "points": "41.09", "papi_rank": "x",
 * "payments": null}}, …]. A number is a whole number; decimals are texts, so that no
 * floating point ever touches them.
 */
#include "cli/report_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/mem.h"

#define WHY_BYTES 300
#define COUNT_MAX INT64_C(999999999999999) /* 15 digits, as in a CSV */

/* The member `name` as text; "" when absent; a fault when it is no text. */
static char *
text_member(struct report_file *f, struct report_row *row, const struct json_node *item,
            const char *name)
{
    const struct json_node *node = json_get(item, name);

    if (node == NULL || node->type == JSON_NULL) {
        return mem_copy_text("");
    }
    if (node->type != JSON_TEXT) {
        report_fault_add(f, row, 0, name, "", "not_a_text",
                         "cần là một chuỗi trong ngoặc kép, ví dụ \"21340\"",
                         "a text in quotes is expected, as \"21340\"");
        return mem_copy_text("");
    }
    return mem_copy_text(node->text);
}

static void
figure_real(struct report_file *f, struct report_row *row, const char *name)
{
    report_fault_add(
        f, row, 0, name, "", "real_number",
        "số có phần thập phân hoặc lũy thừa không giữ được chính xác; số đếm "
        "đề nghị ghi là số nguyên, số thập phân ghi trong ngoặc kép: \"12.34\"",
        "a number with a fraction or an exponent is not kept exactly; please "
        "write a count as a whole number, a decimal in quotes: \"12.34\"");
}

static void
figure_take(struct report_file *f, struct report_row *row, const char *name,
            const struct json_node *node)
{
    struct number n = {.kind = WIRE_COUNT};
    enum number_verdict verdict = NUMBER_GOOD;
    char digits[24] = "";

    switch (node->type) {
    case JSON_NULL:
        return; /* not reported */
    case JSON_INTEGER:
        n.count = node->integer;
        verdict = node->integer < 0           ? NUMBER_NEGATIVE
                  : node->integer > COUNT_MAX ? NUMBER_LARGE
                                              : NUMBER_GOOD;
        (void)snprintf(digits, sizeof digits, "%" PRId64, node->integer);
        break;
    case JSON_TEXT:
        verdict = number_read_json(node->text, &n);
        break;
    case JSON_REAL:
        figure_real(f, row, name);
        return;
    case JSON_BOOL:
    case JSON_LIST:
    case JSON_OBJECT:
        verdict = NUMBER_SHAPE;
        break;
    }
    if (verdict != NUMBER_GOOD) {
        report_number_refuse(f, row, 0, name,
                             node->type == JSON_TEXT ? node->text : digits, verdict);
        return;
    }
    report_figure_add(row, report_column(f, name, 0), &n);
}

static void
names_judge(struct report_file *f, struct report_row *row, const struct json_node *item)
{
    static const char *const names[] = {"unit", "period", "from",
                                        "to",   "reason", "figures"};

    for (size_t i = 0; i < item->count; i++) {
        size_t k = 0;

        while (k < sizeof names / sizeof *names &&
               strcmp(item->names[i], names[k]) != 0) {
            k++;
        }
        if (k == sizeof names / sizeof *names) {
            report_fault_add(f, row, 0, item->names[i], "", "unknown_member",
                             "không có trường này; các trường được nhận: unit, period, "
                             "from, to, reason, figures",
                             "there is no such member; known are unit, period, from, "
                             "to, reason, figures");
        }
    }
}

static void
item_take(struct report_file *f, const struct json_node *item, size_t number)
{
    static const size_t places[5] = {0};
    const struct json_node *figures = json_get(item, "figures");
    struct report_row *row = report_row_add(f, number);

    if (item->type == JSON_OBJECT) {
        names_judge(f, row, item);
    }
    row->unit = text_member(f, row, item, "unit");
    row->period = text_member(f, row, item, "period");
    row->from = text_member(f, row, item, "from");
    row->to = text_member(f, row, item, "to");
    row->reason = text_member(f, row, item, "reason");
    if (figures == NULL || figures->type != JSON_OBJECT) {
        report_fault_add(f, row, 0, "figures", "", "missing_figures",
                         "mỗi mục cần có \"figures\": {\"mã số liệu\": số, …}",
                         "each item needs \"figures\": {\"measure\": number, …}");
        return;
    }
    for (size_t i = 0; i < figures->count; i++) {
        figure_take(f, row, figures->names[i], figures->items[i]);
    }
    if (row->figure_count > 0 || row->refused) {
        report_row_judge(f, row, places);
    }
}

void
report_json_parse(struct report_file *f, const char *text, size_t bytes)
{
    struct json *json = NULL;
    const struct json_node *root;
    char why[WHY_BYTES] = "";
    int line = 0;

    /* Windows editors put a byte order mark before everything. */
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    if (json_parse(text, bytes, &json, &line, why, sizeof why) != ST_OK) {
        report_fault_add(f, NULL, 0, "", "", "not_json",
                         "không đọc được tệp JSON, dòng %d: %s",
                         "the file cannot be read as JSON, line %d: %s", line, why);
        return;
    }
    root = json_root(json);
    if (root->type != JSON_LIST) {
        report_fault_add(f, NULL, 0, "", "", "not_a_list",
                         "tệp JSON cần là một danh sách [{\"unit\": …, \"period\": …, "
                         "\"figures\": {…}}]",
                         "the JSON is to be a list [{\"unit\": …, \"period\": …, "
                         "\"figures\": {…}}]");
    } else {
        for (size_t i = 0; i < root->count; i++) {
            item_take(f, root->items[i], i + 1);
        }
        if (root->count == 0) {
            report_fault_add(f, NULL, 0, "", "", "empty_file",
                             "danh sách không có mục nào", "the list is empty");
        }
    }
    json_free(&json);
}
