/*
 * units.csv: every unit that ever reports, with its days. A code is official but may
 * have had two holders one after the other; each then is a unit of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/catalogue_private.h"

#define UNITS_MAX 20000
#define ID_BYTES 64

static const char *const COLUMNS[COLUMN_COUNT] = {
    "code",     "name_vi", "name_en", "kind",    "level",       "parent", "valid_from",
    "valid_to", "exempt",  "head_vi", "head_en", "code_system", "note",
};
static const char *const EXEMPTS[] = {"no", "yes", "assumed-no", "unknown"};

/* The columns by name, in any order. */
static bool
load_header(struct loader *l)
{
    const struct csv_row *row = &l->csv->rows[0];
    bool good = true;

    for (int k = 0; k < COLUMN_COUNT; k++) {
        l->columns[k] = NONE;
    }
    for (size_t i = 0; i < row->count; i++) {
        int column = find_name(COLUMNS, COLUMN_COUNT, sizeof *COLUMNS, row->fields[i]);
        const char *better;

        if (column != NONE && l->columns[column] == NONE) {
            l->columns[column] = (int)i;
            continue;
        }
        good = false;
        better = column != NONE ? NULL
                                : catalogue_nearest(COLUMNS, COLUMN_COUNT,
                                                    sizeof *COLUMNS, row->fields[i]);
        refuse(l, field_place(l, row, i), "column \"%s\" is %s%.0s%s%s; %s%.0s",
               "cột \"%s\" %.0s%s%s%s; %.0s%s", shown(row->fields[i]).text,
               column != NONE ? "there twice" : "not known",
               column != NONE ? "bị trùng" : "không có", better == NULL ? "" : ": ",
               better == NULL ? "" : better,
               better == NULL ? "take it out" : "write that name",
               better == NULL ? "bỏ đi" : "hãy viết tên đó");
    }
    for (int k = 0; k < COLUMN_SYSTEM; k++) {
        if (l->columns[k] == NONE) {
            good = false;
            refuse(
                l, field_place(l, row, 0),
                "column \"%s\" is missing in the first line; add it (its cells may "
                "stay empty where the README allows)",
                "dòng đầu thiếu cột \"%s\"; hãy thêm (ô được để trống nếu README cho "
                "phép)",
                COLUMNS[k]);
        }
    }
    return good;
}

static const char *
cell(const struct loader *l, const struct csv_row *row, enum unit_column column)
{
    return row->fields[l->columns[column]];
}

static struct place
cell_place(const struct loader *l, const struct csv_row *row, enum unit_column column)
{
    return field_place(l, row, (size_t)l->columns[column]);
}

static const char *
cell_text(struct loader *l, const struct csv_row *row, enum unit_column column,
          bool needed)
{
    const char *text = cell(l, row, column);

    if (needed && text[0] == '\0') {
        refuse(l, cell_place(l, row, column), "%s is empty; fill it in",
               "%s để trống; hãy ghi", COLUMNS[column]);
    }
    if (strlen(text) > TEXT_BYTES_MAX) {
        refuse(l, cell_place(l, row, column), "%s is %zu bytes long, at most %d can be",
               "%s dài %zu byte, nhiều nhất là %d", COLUMNS[column], strlen(text),
               TEXT_BYTES_MAX);
        return "";
    }
    return keep_text(l, text);
}

static int
cell_choice(struct loader *l, const struct csv_row *row, enum unit_column column,
            const char *const *names, int count, const char *list)
{
    const char *text = cell(l, row, column);

    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            return i;
        }
    }
    refuse(l, cell_place(l, row, column), "%s is \"%s\"; write one of: %s",
           "%s là \"%s\"; viết một trong: %s", COLUMNS[column], shown(text).text, list);
    return NONE;
}

static int32_t
cell_day(struct loader *l, const struct csv_row *row, enum unit_column column,
         int32_t empty)
{
    const char *text = cell(l, row, column);
    int32_t day = empty;

    if (text[0] != '\0' && day_parse(text, &day) != ST_OK) {
        refuse(
            l, cell_place(l, row, column),
            "%s is \"%s\", which is no day; write year-month-day, such as 2024-12-31, "
            "or leave it empty",
            "%s là \"%s\", không phải một ngày; viết năm-tháng-ngày, ví dụ 2024-12-31, "
            "hoặc để trống",
            COLUMNS[column], shown(text).text);
        return empty;
    }
    return day;
}

static void
load_kind(struct loader *l, const struct csv_row *row, struct unit *u)
{
    static const char *const KINDS[] = {"province", "department", "district",
                                        "commune"};
    static const char *const LEVELS[] = {"province", "district", "commune"};
    static const enum level OF_KIND[] = {LEVEL_PROVINCE, LEVEL_PROVINCE, LEVEL_DISTRICT,
                                         LEVEL_COMMUNE};
    int kind = cell_choice(l, row, COLUMN_KIND, KINDS, 4,
                           "province, department, district, commune");
    int level = cell_choice(l, row, COLUMN_LEVEL, LEVELS, LEVEL_COUNT,
                            "province, district, commune");

    u->kind = kind == NONE ? KIND_COMMUNE : (enum unit_kind)kind;
    u->level = level == NONE ? OF_KIND[u->kind] : (enum level)level;
    if (kind != NONE && level != NONE && u->level != OF_KIND[kind]) {
        refuse(l, cell_place(l, row, COLUMN_LEVEL),
               "level is %s for the kind %s; a %s has the level %s",
               "level là %s cho loại %s; %s thuộc cấp (level) %s", LEVELS[level],
               KINDS[kind], KINDS[kind], LEVELS[OF_KIND[kind]]);
    }
}

static void
load_unit(struct loader *l, size_t row_index)
{
    const struct csv_row *row = &l->csv->rows[row_index];
    struct unit *u = &l->c->units[l->c->unit_count];
    const char *code = cell(l, row, COLUMN_CODE);

    if (!code_fits(CODE_UNIT, code)) {
        refuse(
            l, cell_place(l, row, COLUMN_CODE),
            "code is \"%s\"; write letters, digits, . and -, at most 32, no accents",
            "code là \"%s\"; viết chữ không dấu, chữ số, . và -, nhiều nhất 32 ký tự",
            shown(code).text);
        l->units_good = false;
        return;
    }
    u->id = u->code = keep_text(l, code);
    u->name_vi = cell_text(l, row, COLUMN_NAME_VI, true);
    u->name_en = cell_text(l, row, COLUMN_NAME_EN, true);
    u->head_vi = cell_text(l, row, COLUMN_HEAD_VI, false);
    u->head_en = cell_text(l, row, COLUMN_HEAD_EN, false);
    load_kind(l, row, u);
    u->from = cell_day(l, row, COLUMN_FROM, DAY_NONE);
    u->to = cell_day(l, row, COLUMN_TO, DAY_OPEN);
    u->parent = NONE;
    if (u->from != DAY_NONE && u->from > u->to) {
        refuse(l, cell_place(l, row, COLUMN_TO),
               "valid_to %s is before valid_from %s; correct one of the two",
               "valid_to %s trước valid_from %s; sửa một trong hai",
               cell(l, row, COLUMN_TO), cell(l, row, COLUMN_FROM));
    }
    if (cell(l, row, COLUMN_EXEMPT)[0] != '\0') {
        int exempt =
            cell_choice(l, row, COLUMN_EXEMPT, EXEMPTS, 4,
                        "no, yes, assumed-no, unknown, or leave it empty for no");

        u->exempt = exempt == NONE ? EXEMPT_NO : (enum exempt)exempt;
    }
    l->unit_rows[l->c->unit_count++] = row_index;
}

void
load_units(struct loader *l)
{
    struct catalogue *c = l->c;

    l->at = FILE_UNITS;
    c->province_unit = NONE;
    if (l->csv->row_count < 2 || l->csv->row_count > UNITS_MAX) {
        refuse(l, file_place(l, FILE_UNITS),
               "units.csv has %zu rows; it needs a first line with the columns and 1 "
               "to %d "
               "units",
               "units.csv có %zu dòng; cần dòng đầu ghi tên cột và từ 1 đến %d đơn vị",
               l->csv->row_count, UNITS_MAX);
        return;
    }
    if (!load_header(l)) {
        return;
    }
    l->units_good = true;
    c->units = mem_alloc(l->csv->row_count * sizeof *c->units);
    l->unit_rows = mem_alloc(l->csv->row_count * sizeof *l->unit_rows);
    for (size_t i = 1; i < l->csv->row_count; i++) {
        const struct csv_row *row = &l->csv->rows[i];

        if (row->count != l->csv->rows[0].count) {
            refuse(
                l, field_place(l, row, 0),
                "%zu cells where the first line has %zu; a text with the separator "
                "inside stands in quotes",
                "có %zu ô trong khi dòng đầu có %zu; văn bản có dấu phân cách phải đặt "
                "trong ngoặc kép",
                row->count, l->csv->rows[0].count);
            l->units_good = false;
            continue;
        }
        load_unit(l, i);
    }
    index_units(l);
    load_parents(l);
}
