#include "cli/push_plan.h"

#include <stdio.h>
#include <string.h>

#include "cli/nearest.h"
#include "lib/diag.h"
#include "lib/table.h"

#define PLAN_BYTES_MAX (2048u * 1024u * 1024u)
#define REPORT_OVERHEAD 320 /* bytes of a report besides its texts, from above */
#define FIGURE_OVERHEAD 24
#define HELD_BYTES 512 /* of a receipt that goes with a report, from above */

void
plan_empty(struct plan *out)
{
    memset(out, 0, sizeof *out);
    out->arena = arena_new(PLAN_BYTES_MAX);
}

void
plan_fini(struct plan *p)
{
    arena_free(&p->arena);
    mem_free(&p->items);
}

const char *
plan_text(struct plan *p, const char *text)
{
    const char *copy = arena_text(p->arena, text == NULL ? "" : text);

    MUST(copy != NULL);
    return copy;
}

struct planned *
plan_room(struct plan *p)
{
    struct planned *item;

    mem_array_room((void **)&p->items, p->count, &p->room, sizeof *p->items);
    item = &p->items[p->count++];
    *item = (struct planned){.group = "",
                             .replaces = "",
                             .changes = "",
                             .reason = "",
                             .source_system = "",
                             .unit = "",
                             .hash = "",
                             .due = ""};
    return item;
}

size_t
planned_key(const struct planned *item, char out[PLANNED_KEY_BYTES])
{
    const char *unit = item->row->unit;
    int len = snprintf(out, PLANNED_KEY_BYTES, "%.*s/%s/%s", (int)strcspn(unit, "@"),
                       unit, item->group, item->row->period);

    return (size_t)len < PLANNED_KEY_BYTES ? (size_t)len : PLANNED_KEY_BYTES - 1;
}

/* --- columns --- */

static bool
group_has(const struct wire_group_info *g, const char *measure)
{
    for (size_t i = 0; i < g->measure_count; i++) {
        if (strcmp(g->measures[i], measure) == 0) {
            return true;
        }
    }
    return false;
}

static bool
measure_known(const struct wire_server_info *info, const char *measure)
{
    for (size_t i = 0; i < info->group_count; i++) {
        if (group_has(&info->groups[i], measure)) {
            return true;
        }
    }
    return false;
}

/* All measures that the server takes, then the columns that are no measure. */
static const char **
names_all(const struct wire_server_info *info, size_t *count)
{
    static const char *const others[] = {"from", "to", "reason"};
    const char **names;
    size_t room = sizeof others / sizeof *others;
    size_t n = 0;

    for (size_t i = 0; i < info->group_count; i++) {
        room += info->groups[i].measure_count;
    }
    names = mem_alloc(room * sizeof *names);
    for (size_t i = 0; i < info->group_count; i++) {
        for (size_t k = 0; k < info->groups[i].measure_count; k++) {
            names[n++] = info->groups[i].measures[k];
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        names[n++] = others[i];
    }
    *count = n;
    return names;
}

static void
columns_judge(struct report_file *file, const struct wire_server_info *info)
{
    size_t count;
    const char **names = names_all(info, &count);

    for (size_t i = 0; i < file->column_count; i++) {
        const char *name = file->columns[i];
        const char *near;

        if (measure_known(info, name)) {
            continue;
        }
        near = nearest_name(name, names, count);
        report_fault_add(
            file, NULL, file->places[i], name, "", "unknown_column",
            "chương trình không có số liệu mang mã này%s%.0s%s. Đề nghị sửa "
            "tên cột hoặc xóa cột; dondoc push --template cho biết các mã",
            "the programme has no measure of this code%.0s%s%s. Please mend "
            "the name of the column or remove it; dondoc push --template "
            "shows the codes",
            near == NULL ? "" : "; có thể là ", near == NULL ? "" : "; perhaps ",
            near == NULL ? "" : near);
    }
    mem_free(&names);
}

/* --- rows --- */

/* A code that is in our scope once it gets its zeros back. */
static void
unit_judge(struct report_file *file, struct report_row *row,
           const struct wire_server_info *info)
{
    size_t len = strlen(row->unit);

    for (size_t i = 0; i < info->scope_count; i++) {
        if (strcmp(info->scope[i], row->unit) == 0) {
            return;
        }
    }
    for (size_t i = 0; i < info->scope_count; i++) {
        const char *code = info->scope[i];
        size_t zeros = strspn(code, "0");
        size_t code_len = strlen(code);

        if (len < code_len && code_len - len <= zeros &&
            strcmp(code + (code_len - len), row->unit) == 0) {
            report_fault_add(
                file, row, 0, "unit", row->unit, "zero_lost",
                "mã đơn vị của chúng ta là %s: bảng tính đã bỏ số 0 ở đầu. "
                "Đề nghị định dạng cột là Text và ghi lại đủ mã",
                "the code of our unit is %s: the spreadsheet dropped the "
                "leading zero. Please format the column as text and write "
                "the whole code",
                code);
            return;
        }
    }
}

static size_t
figures_in_group(const struct report_file *file, const struct report_row *row,
                 const struct wire_group_info *g, struct wire_figure *out)
{
    size_t count = 0;

    for (size_t i = 0; i < row->figure_count; i++) {
        const struct report_figure *f = &row->figures[i];
        const char *measure = file->columns[f->column];

        if (!group_has(g, measure)) {
            continue;
        }
        if (out != NULL) {
            out[count] = (struct wire_figure){measure, f->kind, f->count, f->decimal};
        }
        count++;
    }
    return count;
}

size_t
planned_bytes(const struct planned *item)
{
    const struct report_row *row = item->row;
    size_t bytes = REPORT_OVERHEAD + strlen(row->unit) + strlen(row->period) +
                   strlen(row->reason) + strlen(item->group);

    for (size_t i = 0; i < item->figure_count; i++) {
        const struct wire_figure *f = &item->figures[i];

        bytes += FIGURE_OVERHEAD + strlen(f->measure) +
                 (f->decimal == NULL ? 0 : strlen(f->decimal));
    }
    return item->offered == NULL ? bytes : bytes + HELD_BYTES;
}

static void
planned_add(struct plan *p, const struct report_file *file,
            const struct report_row *row, const struct wire_group_info *g,
            size_t figure_count)
{
    struct planned *item = plan_room(p);

    item->row = row;
    item->group = plan_text(p, g->code);
    item->figure_count = figure_count;
    item->unit = row->unit;
    item->figures = arena_take(p->arena, figure_count * sizeof *item->figures);
    MUST(item->figures != NULL);
    (void)figures_in_group(file, row, g, item->figures);
    item->bytes = planned_bytes(item);
}

/* Two rows of one file for the same report: which of them is meant nobody knows. */
static void
doubles_judge(struct report_file *file, const struct plan *p)
{
    struct table *seen = table_new(p->count + 1, 1);

    for (size_t i = 0; i < p->count; i++) {
        const struct planned *item = &p->items[i];
        struct report_row *row = &file->rows[item->row - file->rows];
        char key[PLANNED_KEY_BYTES];
        union table_value at;
        /* (the whole unit: a code may have had two holders within one window) */
        int len =
            snprintf(key, sizeof key, "%s/%s/%s", row->unit, item->group, row->period);
        size_t key_bytes = (size_t)len < sizeof key ? (size_t)len : sizeof key - 1;

        if (!table_get(seen, key, key_bytes, &at)) {
            MUST(table_put_number(seen, key, key_bytes, i) == ST_OK);
            continue;
        }
        for (int k = 0; k < 2; k++) {
            struct report_row *one =
                k == 0 ? &file->rows[p->items[at.number].row - file->rows] : row;
            const struct report_row *other = k == 0 ? row : p->items[at.number].row;

            if (one->refused) {
                continue; /* by another group of the same row */
            }
            report_fault_add(
                file, one, 0, "", "", "same_report",
                "trùng đơn vị và kỳ báo cáo với dòng %zu; đề nghị chỉ giữ "
                "một dòng",
                "the same unit and period as in row %zu; please keep one of "
                "the two",
                other->line);
        }
    }
    table_free(&seen);
}

/* Takes out what was refused after it was planned. */
static void
refused_drop(struct plan *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->count; i++) {
        if (!p->items[i].row->refused) {
            p->items[kept++] = p->items[i];
        }
    }
    p->count = kept;
}

void
plan_make(struct report_file *file, const struct wire_server_info *info,
          struct plan *out)
{
    plan_empty(out);
    columns_judge(file, info);
    if (file->refused) {
        return;
    }
    for (size_t i = 0; i < file->row_count; i++) {
        struct report_row *row = &file->rows[i];

        if (!row->refused && row->figure_count == 0) {
            out->empty_rows++;
            continue;
        }
        if (!row->refused) {
            unit_judge(file, row, info);
        }
        for (size_t k = 0; !row->refused && k < info->group_count; k++) {
            size_t count = figures_in_group(file, row, &info->groups[k], NULL);

            if (count > 0) {
                planned_add(out, file, row, &info->groups[k], count);
            }
        }
    }
    doubles_judge(file, out);
    refused_drop(out);
}

static bool
figure_equal(const struct wire_figure *a, const struct wire_figure *b)
{
    return strcmp(a->measure, b->measure) == 0 && a->kind == b->kind &&
           a->count == b->count &&
           strcmp(a->decimal == NULL ? "" : a->decimal,
                  b->decimal == NULL ? "" : b->decimal) == 0;
}

bool
planned_equal(const struct planned *a, const struct planned *b, const char *reason)
{
    struct wire_report x;
    struct wire_report y;

    planned_report(a, reason, 0, &x);
    planned_report(b, reason, 0, &y);
    for (size_t i = 0; i < x.figure_count && i < y.figure_count; i++) {
        if (!figure_equal(&x.figures[i], &y.figures[i])) {
            return false;
        }
    }
    return x.figure_count == y.figure_count && strcmp(x.unit, y.unit) == 0 &&
           strcmp(x.group, y.group) == 0 && strcmp(x.period, y.period) == 0 &&
           strcmp(x.from, y.from) == 0 && strcmp(x.to, y.to) == 0 &&
           strcmp(x.reason, y.reason) == 0;
}

void
planned_report(const struct planned *item, const char *reason, int64_t made_at_ms,
               struct wire_report *out)
{
    const struct report_row *row = item->row;

    *out = (struct wire_report){
        .unit = row->unit,
        .group = item->group,
        .period = row->period,
        .from = row->from,
        .to = row->to,
        .figures = item->figures,
        .figure_count = item->figure_count,
        .reason = item->file != NULL       ? item->reason
                  : row->reason[0] != '\0' ? row->reason
                                           : reason,
        .made_at_ms = item->file != NULL ? item->made_at_ms : made_at_ms,
        .source_system = item->source_system,
        .replaces = item->replaces,
        .offered = item->offered,
    };
}
