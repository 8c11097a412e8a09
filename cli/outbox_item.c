/* One report of the outbox as JSON, and back. Pure: no input or output. */
#include "cli/outbox_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/json.h"

/* --- writing --- */

static void
member(struct buf *out, const char *name, const char *value)
{
    buf_format(out, "\"%s\": ", name);
    json_write_text(out, value);
}

/* Left out when it is empty. */
static void
member_more(struct buf *out, const char *name, const char *value)
{
    if (value[0] != '\0') {
        buf_text(out, ", ");
        member(out, name, value);
    }
}

static void
figure_write(struct buf *out, const struct wire_figure *f)
{
    buf_char(out, '{');
    member(out, "measure", f->measure);
    switch (f->kind) {
    case WIRE_COUNT:
        buf_format(out, ", \"count\": %" PRId64, f->count);
        break;
    case WIRE_DECIMAL:
        buf_text(out, ", ");
        member(out, "decimal", f->decimal);
        break;
    case WIRE_NOT_APPLICABLE:
        buf_text(out, ", \"not_applicable\": true");
        break;
    case WIRE_NOTHING:
        break;
    }
    buf_char(out, '}');
}

static void
report_write(struct buf *out, const struct wire_report *r)
{
    buf_char(out, '{');
    member(out, "unit", r->unit);
    member_more(out, "group", r->group);
    member_more(out, "period", r->period);
    member_more(out, "from", r->from);
    member_more(out, "to", r->to);
    buf_text(out, ",\n  \"figures\": [");
    for (size_t i = 0; i < r->figure_count; i++) {
        buf_text(out, i == 0 ? "" : ", ");
        figure_write(out, &r->figures[i]);
    }
    buf_format(out, "],\n  \"made_at_ms\": %" PRId64, r->made_at_ms);
    member_more(out, "reason", r->reason);
    member_more(out, "source_system", r->source_system);
    member_more(out, "replaces", r->replaces);
    buf_char(out, '}');
}

static void
receipt_write(struct buf *out, const struct planned *item)
{
    char seal[2 * WIRE_SEAL_BYTES + 1];

    crypto_hex(item->seal, sizeof item->seal, seal);
    buf_text(out, ",\n \"receipt\": {");
    member(out, "outcome", outcome_name(item->outcome));
    if (!outbox_taken(item)) {
        member_more(out, "code", item->refusal.code == NULL ? "" : item->refusal.code);
        member_more(out, "stands",
                    item->outcome == OUTCOME_SUPERSEDED ? item->changes : "");
    }
    member_more(out, "unit", item->unit);
    member_more(out, "group", item->group);
    member_more(out, "period", item->row->period);
    buf_format(out,
               ", \"revision\": %u, \"entry\": %" PRIu64
               ", \"index\": %u, \"received_at_ms\": %" PRId64 ", \"on_time\": %s",
               item->revision, item->entry, item->index, item->received_at_ms,
               item->on_time ? "true" : "false");
    member_more(out, "hash", item->hash);
    member_more(out, "due", item->due);
    member_more(out, "seal", outbox_taken(item) ? seal : "");
    buf_char(out, '}');
}

void
outbox_item_write(const struct planned *item, const char *province, struct buf *out)
{
    struct wire_report report;

    planned_report(item, "", 0, &report);
    buf_text(out, "{");
    member(out, "province", province);
    buf_format(out, ", \"row\": %zu, ", item->row->line);
    member(out, "file", item->file);
    buf_format(out, ", \"asked\": %s,%s\n \"report\": ", item->asked ? "true" : "false",
               item->newer ? " \"newer\": true," : "");
    report_write(out, &report);
    if (outbox_taken(item) || item->aside > 0) {
        receipt_write(out, item);
    }
    buf_text(out, "}\n");
}

/* --- reading --- */

struct reading {
    struct plan *plan;
    bool good;
};

static char *
text_of(struct reading *r, const struct json_node *node, const char *name)
{
    const struct json_node *at = json_get(node, name);
    char *copy;

    if (at != NULL && at->type != JSON_TEXT) {
        r->good = false;
    }
    copy = arena_text(r->plan->arena, at == NULL ? "" : at->text);
    MUST(copy != NULL);
    return copy;
}

static int64_t
number_of(struct reading *r, const struct json_node *node, const char *name,
          int64_t most)
{
    const struct json_node *at = json_get(node, name);

    if (at == NULL) {
        return 0;
    }
    if (at->type != JSON_INTEGER || at->integer < 0 || at->integer > most) {
        r->good = false;
        return 0;
    }
    return at->integer;
}

static bool
truth_of(const struct json_node *node, const char *name)
{
    const struct json_node *at = json_get(node, name);

    return at != NULL && at->type == JSON_BOOL && at->truth;
}

static void
figure_read(struct reading *r, const struct json_node *node, struct wire_figure *f)
{
    const struct json_node *count = json_get(node, "count");

    f->measure = text_of(r, node, "measure");
    if (count != NULL) {
        f->kind = WIRE_COUNT;
        f->count = number_of(r, node, "count", INT64_MAX);
    } else if (json_get(node, "decimal") != NULL) {
        f->kind = WIRE_DECIMAL;
        f->decimal = text_of(r, node, "decimal");
    } else if (truth_of(node, "not_applicable")) {
        f->kind = WIRE_NOT_APPLICABLE;
    } else {
        r->good = false;
    }
    r->good = r->good && f->measure[0] != '\0';
}

static void
report_read(struct reading *r, const struct json_node *node, size_t line,
            struct planned *item)
{
    const struct json_node *figures = json_get(node, "figures");
    struct report_row *row = arena_take(r->plan->arena, sizeof *row);

    MUST(row != NULL);
    row->line = line;
    row->unit = text_of(r, node, "unit");
    row->period = text_of(r, node, "period");
    row->from = text_of(r, node, "from");
    row->to = text_of(r, node, "to");
    row->reason = text_of(r, node, "reason");
    item->row = row;
    item->reason = row->reason;
    item->unit = row->unit;
    item->group = text_of(r, node, "group");
    item->made_at_ms = number_of(r, node, "made_at_ms", INT64_MAX);
    item->source_system = text_of(r, node, "source_system");
    item->replaces = text_of(r, node, "replaces");
    if (figures == NULL || figures->type != JSON_LIST || row->unit[0] == '\0' ||
        row->period[0] == '\0' || item->group[0] == '\0') {
        r->good = false;
        return;
    }
    item->figures = arena_take(r->plan->arena, figures->count * sizeof *item->figures);
    MUST(item->figures != NULL);
    item->figure_count = figures->count;
    for (size_t i = 0; i < figures->count; i++) {
        figure_read(r, figures->items[i], &item->figures[i]);
    }
}

static bool
seal_parse(const char *hex, uint8_t out[WIRE_SEAL_BYTES])
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(hex) != 2u * WIRE_SEAL_BYTES) {
        return false;
    }
    for (size_t i = 0; i < WIRE_SEAL_BYTES; i++) {
        const char *high = strchr(digits, hex[2 * i]);
        const char *low = strchr(digits, hex[2 * i + 1]);

        if (high == NULL || low == NULL) {
            return false;
        }
        out[i] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return true;
}

static void
receipt_read(struct reading *r, const struct json_node *node, struct planned *item)
{
    struct wire_held *held = arena_take(r->plan->arena, sizeof *held);

    MUST(held != NULL);
    held->unit = text_of(r, node, "unit");
    held->group = text_of(r, node, "group");
    held->period = text_of(r, node, "period");
    held->revision = (uint32_t)number_of(r, node, "revision", UINT32_MAX);
    held->hash = text_of(r, node, "hash");
    held->entry = (uint64_t)number_of(r, node, "entry", INT64_MAX);
    held->index = (uint32_t)number_of(r, node, "index", UINT32_MAX);
    held->received_at_ms = number_of(r, node, "received_at_ms", INT64_MAX);
    held->due = text_of(r, node, "due");
    held->on_time = truth_of(node, "on_time");
    if (!seal_parse(text_of(r, node, "seal"), held->seal)) {
        r->good = false;
    }
    item->offered = held;
}

static bool
item_read(const struct json_node *root, bool kept, struct plan *p)
{
    struct reading r = {.plan = p, .good = true};
    const struct json_node *report = json_get(root, "report");
    const struct json_node *receipt = json_get(root, "receipt");
    struct planned *item = &p->items[p->count - 1];
    size_t line = (size_t)number_of(&r, root, "row", INT32_MAX);

    if (report == NULL || report->type != JSON_OBJECT || (kept && receipt == NULL)) {
        return false;
    }
    item->file = text_of(&r, root, "file");
    item->asked = kept || truth_of(root, "asked");
    item->newer = !kept && truth_of(root, "newer");
    report_read(&r, report, line, item);
    if (kept) {
        receipt_read(&r, receipt, item);
    }
    item->bytes = planned_bytes(item);
    return r.good;
}

enum status
outbox_item_read(const char *text, size_t bytes, const char *province, bool kept,
                 uint64_t number, struct plan *p, char *why, size_t why_bytes)
{
    const struct json_node *root;
    const struct json_node *of;
    struct json *json = NULL;
    enum status st = ST_OK;
    int line;

    if (json_parse(text, bytes, &json, &line, why, why_bytes) != ST_OK) {
        return ST_BAD;
    }
    root = json_root(json);
    of = json_get(root, "province");
    (void)plan_room(p);
    p->items[p->count - 1].number = number;
    if (of == NULL || of->type != JSON_TEXT || !item_read(root, kept, p)) {
        (void)snprintf(why, why_bytes, "not a report of an outbox");
        st = ST_BAD;
    } else if (strcmp(of->text, province) != 0) {
        (void)snprintf(why, why_bytes, "%s", of->text);
        st = ST_DENIED;
    }
    if (st != ST_OK) {
        p->count--;
    }
    json_free(&json);
    return st;
}
