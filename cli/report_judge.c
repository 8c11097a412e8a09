/* What is wrong with a cell, and what to write instead. */
#include "cli/report_private.h"

#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"

static const struct {
    enum number_verdict verdict;
    const char *code;
    const char *vi;
    const char *en;
} number_faults[] = {
    {NUMBER_POINT, "decimal_point",
     "dấu chấm chỉ dùng để tách từng nhóm ba chữ số (1.204 là một nghìn hai trăm linh "
     "bốn). Số đếm đề nghị ghi 1204 hoặc 1.204; số thập phân đề nghị ghi bằng dấu "
     "phẩy, "
     "như 1,20",
     "a point only parts groups of three digits (1.204 is one thousand two hundred and "
     "four). Please write a count as 1204 or 1.204, and a decimal with a comma, as "
     "1,20"},
    {NUMBER_COMMA, "ambiguous_comma",
     "dấu phẩy với ba chữ số sau có thể là hàng nghìn hoặc số thập phân. Số đếm đề "
     "nghị "
     "ghi 1204 hoặc 1.204; số thập phân đề nghị ghi một, hai hoặc bốn chữ số sau dấu "
     "phẩy, như 1,20",
     "a comma with three digits behind it may be thousands or a decimal. Please write "
     "a "
     "count as 1204 or 1.204, and a decimal with one, two or four digits behind the "
     "comma, as 1,20"},
    {NUMBER_EXPONENT, "exponent",
     "bảng tính đã đổi số sang dạng lũy thừa và có thể đã mất chữ số. Đề nghị định "
     "dạng "
     "ô là Number không có số lẻ và ghi lại đủ chữ số",
     "the spreadsheet turned this into an exponent and may have lost digits. Please "
     "format the cell as a whole number and write all digits"},
    {NUMBER_NEGATIVE, "negative",
     "số âm không được tiếp nhận; đề nghị kiểm tra lại số này",
     "a figure is never negative; please check it"},
    {NUMBER_PERCENT, "percent",
     "tỷ lệ do hệ thống tính; đề nghị ghi số đếm, không ghi phần trăm",
     "ratios are computed here; please write the counts, no percentage"},
    {NUMBER_LARGE, "too_large", "số có hơn 15 chữ số; đề nghị kiểm tra lại",
     "more than 15 digits; please check it"},
    {NUMBER_SHAPE, "not_a_number",
     "không phải là số. Đề nghị ghi chữ số; để trống nếu chưa có số liệu, 0 nếu bằng "
     "không, x nếu không phát sinh",
     "this is no number. Please write digits; leave it empty when it is not reported, "
     "0 "
     "for zero, x when it does not apply"},
};

void
report_number_refuse(struct report_file *f, struct report_row *row, size_t place,
                     const char *name, const char *value, enum number_verdict verdict)
{
    for (size_t i = 0; i < sizeof number_faults / sizeof *number_faults; i++) {
        if (number_faults[i].verdict == verdict) {
            report_fault_add(f, row, place, name, value, number_faults[i].code,
                             "%s%.0s", "%.0s%s", number_faults[i].vi,
                             number_faults[i].en);
            return;
        }
    }
    MUST(!"a verdict on a number");
}

static void
unit_judge(struct report_file *f, struct report_row *row, size_t place)
{
    if (row->unit[0] == '\0') {
        report_fault_add(f, row, place, "unit", "", "missing_unit",
                         "chưa ghi mã đơn vị",
                         "the code of the unit is missing; please write it");
        return;
    }
    switch (unit_read(row->unit)) {
    case UNIT_GOOD:
        break;
    case UNIT_ZERO_LOST:
        report_fault_add(
            f, row, place, "unit", row->unit, "zero_lost",
            "mã đơn vị bốn chữ số: bảng tính có thể đã bỏ số 0 ở đầu (0%s?). "
            "Đề nghị định dạng cột là Text và ghi lại đủ mã",
            "a unit code of four digits: the spreadsheet may have dropped a "
            "leading zero (0%s?). Please format the column as text and "
            "write the whole code",
            row->unit);
        break;
    case UNIT_SHAPE:
        report_fault_add(
            f, row, place, "unit", row->unit, "bad_unit",
            "không phải là mã đơn vị, hoặc bảng tính đã đổi mã thành số. Đề "
            "nghị định dạng cột là Text và ghi mã như 21340",
            "this is no unit code, or the spreadsheet made a number of it. "
            "Please format the column as text and write the code, as 21340");
        break;
    }
}

static void
period_judge(struct report_file *f, struct report_row *row, size_t place)
{
    char better[PERIOD_TEXT_BYTES] = "";

    if (row->period[0] == '\0') {
        report_fault_add(f, row, place, "period", "", "missing_period",
                         "chưa ghi kỳ báo cáo; ví dụ 2023-06",
                         "the period is missing; please write it, as 2023-06");
        return;
    }
    switch (period_read(row->period, better)) {
    case PERIOD_GOOD:
        break;
    case PERIOD_DATE:
        report_fault_add(f, row, place, "period", row->period, "period_date",
                         "bảng tính đã đổi kỳ báo cáo thành ngày tháng. Đề nghị định "
                         "dạng cột là Text "
                         "và ghi mã kỳ, ví dụ 2023-06 cho tháng 6 năm 2023",
                         "the spreadsheet made a date of the period. Please format the "
                         "column as text "
                         "and write the code, as 2023-06 for June 2023");
        break;
    case PERIOD_SHAPE:
        report_fault_add(f, row, place, "period", row->period, "bad_period",
                         "không phải là mã kỳ báo cáo%s%.0s%s. Các dạng được nhận: "
                         "2023-06, 2023-Q3, "
                         "2023-H1, 2023-9M, 2023, 2026@2026-09-26",
                         "this is no period code%.0s%s%s. Codes look like 2023-06, "
                         "2023-Q3, 2023-H1, "
                         "2023-9M, 2023, 2026@2026-09-26",
                         better[0] == '\0' ? "" : "; có thể là ",
                         better[0] == '\0' ? "" : "; perhaps ", better);
        break;
    }
}

static void
day_judge(struct report_file *f, struct report_row *row, size_t place, const char *name,
          const char *value)
{
    int32_t day;

    if (value[0] != '\0' && day_parse(value, &day) != ST_OK) {
        report_fault_add(f, row, place, name, value, "bad_day",
                         "ngày cần ghi theo dạng 2023-06-30 (định dạng cột là Text)",
                         "a day is written as 2023-06-30 (format the column as text)");
    }
}

void
report_row_judge(struct report_file *f, struct report_row *row, const size_t places[5])
{
    unit_judge(f, row, places[0]);
    period_judge(f, row, places[1]);
    day_judge(f, row, places[2], "from", row->from);
    day_judge(f, row, places[3], "to", row->to);
    /* Sent, it could make a message too long to be taken, with all others in it. */
    if (strlen(row->reason) > REPORT_REASON_BYTES) {
        report_fault_add(f, row, places[4], "reason", "", "too_long",
                         "dài hơn %d byte; đề nghị viết ngắn hơn",
                         "longer than %d bytes; please write less",
                         REPORT_REASON_BYTES);
    }
}
