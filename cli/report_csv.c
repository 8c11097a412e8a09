/* A report file as a table: headings, then a row a unit and period. */
#include "cli/report_private.h"

#include <string.h>

#include "cli/nearest.h"
#include "lib/csv.h"
#include "lib/mem.h"
#include "lib/text.h"

#define WHY_BYTES 400

/* Columns that are no measure, in the order of struct report_row. */
enum head { HEAD_UNIT, HEAD_PERIOD, HEAD_FROM, HEAD_TO, HEAD_REASON, HEAD_COUNT };
static const char *const heads[HEAD_COUNT] = {"unit", "period", "from", "to", "reason"};

/* A number that shows how thousands are written, to find two ways in one file. */
struct style_place {
    size_t line;
    const char *name;
    const char *value;
};

struct csv_reader {
    struct report_file *file;
    const struct csv *csv;
    size_t first;              /* index of the first row under the headings */
    size_t places[HEAD_COUNT]; /* columns from 1; 0: not there */
    size_t *measures;          /* for each column its index into columns + 1, or 0 */
    struct style_place dotted;
    struct style_place plain;
};

/* --- headings --- */

/* A heading that only differs in case or by a slip from one of ours. */
static void
head_missing(struct report_file *f, const struct csv_row *row, enum head which)
{
    const char *near = NULL;

    for (size_t i = 0; i < row->count && near == NULL; i++) {
        char *folded = text_fold(row->fields[i]);

        if (nearest_name(folded, &heads[which], 1) != NULL) {
            near = row->fields[i];
        }
        mem_free(&folded);
    }
    if (near != NULL) {
        report_fault_add(
            f, NULL, 0, heads[which], near, "missing_column",
            "không có cột “%s”; cột “%s” có phải là cột này không? Đề nghị "
            "ghi đúng tên cột bằng chữ thường",
            "there is no column “%s”; is the column “%s” meant? Please "
            "write its name exactly, in small letters",
            heads[which], near);
    } else {
        report_fault_add(
            f, NULL, 0, heads[which], "", "missing_column",
            "không có cột “%s”; dòng đầu của tệp phải ghi tên các cột (xem "
            "dondoc push --template)",
            "there is no column “%s”; the first line of the file names the "
            "columns (see dondoc push --template)",
            heads[which]);
    }
}

static bool
column_has_text(const struct csv_reader *r, size_t column)
{
    for (size_t i = r->first; i < r->csv->row_count; i++) {
        const struct csv_row *row = &r->csv->rows[i];

        if (column < row->count && row->fields[column][0] != '\0') {
            return true;
        }
    }
    return false;
}

static void
head_take(struct csv_reader *r, const struct csv_row *row, size_t column)
{
    struct report_file *f = r->file;
    const char *name = row->fields[column];
    size_t which = 0;

    if (name[0] == '\0') {
        if (column_has_text(r, column)) {
            report_fault_add(f, NULL, column + 1, "", "", "unnamed_column",
                             "có số liệu dưới cột không có tên; đề nghị ghi tên cột "
                             "hoặc xóa cột này",
                             "there is something under a column without a name; please "
                             "name the column or clear it");
        }
        return;
    }
    for (size_t i = 0; i < column; i++) {
        if (strcmp(row->fields[i], name) == 0) {
            report_fault_add(f, NULL, column + 1, name, "", "duplicate_column",
                             "cột này đã có ở cột thứ %zu; đề nghị chỉ giữ một cột",
                             "this column stands in place %zu already; please keep one "
                             "of them",
                             i + 1);
            return;
        }
    }
    while (which < HEAD_COUNT && strcmp(name, heads[which]) != 0) {
        which++;
    }
    if (which < HEAD_COUNT) {
        r->places[which] = column + 1;
    } else {
        r->measures[column] = report_column(f, name, column + 1) + 1;
    }
}

static void
heads_take(struct csv_reader *r, const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        head_take(r, row, i);
    }
    for (int which = HEAD_UNIT; which <= HEAD_PERIOD; which++) {
        if (r->places[which] == 0) {
            head_missing(r->file, row, (enum head)which);
        }
    }
    if (r->file->column_count == 0 && !r->file->refused) {
        report_fault_add(
            r->file, NULL, 0, "", "", "missing_column",
            "không có cột số liệu nào; mỗi số liệu cần một cột mang mã của "
            "số liệu đó (xem dondoc push --template)",
            "there is no column with figures; each measure needs one, named "
            "by its code (see dondoc push --template)");
    }
}

/* --- rows --- */

static const char *
field(const struct csv_reader *r, const struct csv_row *row, enum head which)
{
    size_t place = r->places[which];

    return place == 0 || place > row->count ? "" : row->fields[place - 1];
}

static void
style_note(struct style_place *place, const struct csv_row *row, size_t column,
           const char *name)
{
    if (place->line == 0) {
        *place = (struct style_place){row->line, name, row->fields[column]};
    }
}

static void
cell_take(struct csv_reader *r, struct report_row *out, const struct csv_row *row,
          size_t column)
{
    struct report_file *f = r->file;
    const char *value = row->fields[column];
    const char *name;
    struct number n;
    enum number_verdict verdict;
    size_t measure;

    if (column >= r->csv->rows[r->first - 1].count) {
        if (value[0] != '\0') {
            report_fault_add(f, out, column + 1, "", value, "extra_field",
                             "dòng này có nhiều ô hơn dòng tên cột; một dấu phân cách "
                             "trong ô cần đặt trong ngoặc kép",
                             "this row has more cells than there are columns; a "
                             "separator inside a cell needs quotes around the cell");
        }
        return;
    }
    if (r->measures[column] == 0 || value[0] == '\0') {
        return;
    }
    measure = r->measures[column] - 1;
    name = f->columns[measure];
    verdict = number_read(value, &n);
    if (verdict != NUMBER_GOOD) {
        report_number_refuse(f, out, column + 1, name, value, verdict);
        return;
    }
    if (n.dotted) {
        style_note(&r->dotted, row, column, name);
    }
    if (n.plain) {
        style_note(&r->plain, row, column, name);
    }
    report_figure_add(out, measure, &n);
}

static void
row_take(struct csv_reader *r, const struct csv_row *row)
{
    struct report_row *out = report_row_add(r->file, row->line);

    out->unit = mem_copy_text(field(r, row, HEAD_UNIT));
    out->period = mem_copy_text(field(r, row, HEAD_PERIOD));
    out->from = mem_copy_text(field(r, row, HEAD_FROM));
    out->to = mem_copy_text(field(r, row, HEAD_TO));
    out->reason = mem_copy_text(field(r, row, HEAD_REASON));
    for (size_t i = 0; i < row->count; i++) {
        cell_take(r, out, row, i);
    }
    /* A row of a template that nobody filled in is no mistake. */
    if (out->figure_count > 0 || out->refused) {
        report_row_judge(r->file, out, r->places);
    }
}

static void
style_judge(struct csv_reader *r)
{
    const struct style_place *a = &r->dotted;
    const struct style_place *b = &r->plain;

    if (a->line == 0 || b->line == 0) {
        return;
    }
    report_fault_add(
        r->file, NULL, 0, "", "", "mixed_grouping",
        "tệp viết hàng nghìn theo hai cách: “%s” ở dòng %zu, cột %s và “%s” ở dòng "
        "%zu, "
        "cột %s; đề nghị viết thống nhất một cách trong cả tệp (có hoặc không có dấu "
        "chấm) và kiểm tra lại hai số này",
        "the file writes thousands in two ways: “%s” in row %zu, column %s, and “%s” "
        "in "
        "row %zu, column %s; please write all of them in one way (with points or "
        "without) and look at these two again",
        a->value, a->line, a->name, b->value, b->line, b->name);
}

static void
csv_take(struct report_file *f, const struct csv *csv)
{
    struct csv_reader r = {.file = f, .csv = csv, .first = 1};
    const struct csv_row *row = &csv->rows[0];

    /* Excel's own first line that names the separator. */
    if (strncmp(row->fields[0], "sep=", 4) == 0 && csv->row_count > 1) {
        r.first = 2;
        row = &csv->rows[1];
    }
    r.measures = mem_alloc((row->count + 1) * sizeof *r.measures);
    heads_take(&r, row);
    if (!f->refused) {
        for (size_t i = r.first; i < csv->row_count; i++) {
            row_take(&r, &csv->rows[i]);
        }
        style_judge(&r);
    }
    mem_free(&r.measures);
}

void
report_csv_parse(struct report_file *f, const char *text, size_t bytes)
{
    struct csv *csv = NULL;
    char why[WHY_BYTES] = "";

    if (csv_file_parse(text, bytes, &csv, why, sizeof why) != ST_OK) {
        report_fault_add(f, NULL, 0, "", "", "not_a_table",
                         "không đọc được tệp như một bảng CSV: %s. Đề nghị lưu lại từ "
                         "bảng tính theo dạng “CSV UTF-8”",
                         "the file cannot be read as a CSV table: %s. Please save it "
                         "again from the spreadsheet as “CSV UTF-8”",
                         why);
        return;
    }
    if (csv->row_count == 0) {
        report_fault_add(f, NULL, 0, "", "", "empty_file",
                         "tệp không có nội dung; dondoc push --template tạo tệp mẫu",
                         "the file is empty; dondoc push --template makes one to fill "
                         "in");
    } else {
        csv_take(f, csv);
    }
    csv_file_free(&csv);
}
