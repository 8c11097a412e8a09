/* The results of a push for programs: one JSON object on stdout. */
#include "cli/push.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/buf.h"
#include "lib/json.h"

#define JSON_BYTES (512u * 1024u * 1024u)

static void
member(struct buf *out, const char *name, const char *value)
{
    buf_format(out, ", \"%s\": ", name);
    json_write_text(out, value == NULL ? "" : value);
}

static void
receipt_json(struct buf *out, const struct planned *item, bool before)
{
    buf_format(out, "{\"row\": %zu", item->row->line);
    if (before) {
        member(out, "file", item->file);
    }
    member(out, "unit", item->unit);
    member(out, "group", item->group);
    member(out, "period", item->row->period);
    member(out, "outcome",
           item->outcome == OUTCOME_NONE ? "NO_ANSWER" : outcome_name(item->outcome));
    buf_format(out,
               ", \"revision\": %u, \"entry\": %" PRIu64 ", \"index\": %u, "
               "\"received_at_ms\": %" PRId64 ", \"on_time\": %s",
               item->revision, item->entry, item->index, item->received_at_ms,
               item->on_time ? "true" : "false");
    member(out, "hash", item->hash);
    member(out, "due", item->due);
    member(out, "changes", item->changes);
    if (item->aside > 0) {
        buf_format(out, ", \"aside\": \"refused/%010" PRIu64 ".json\"", item->aside);
    }
    if (item->refusal.code != NULL) {
        member(out, "code", item->refusal.code);
        member(out, "field", item->refusal.field);
        member(out, "value", item->refusal.value);
        member(out, "message_vi", item->refusal.message_vi);
        member(out, "message_en", item->refusal.message_en);
    }
    buf_char(out, '}');
}

static void
fault_json(struct buf *out, const struct report_fault *f)
{
    buf_format(out, "{\"row\": %zu, \"column\": %zu", f->line, f->column);
    member(out, "name", f->name);
    member(out, "value", f->value);
    member(out, "code", f->code);
    member(out, "message_vi", f->vi);
    member(out, "message_en", f->en);
    buf_char(out, '}');
}

static void
receipts_json(struct buf *out, const char *name, const struct plan *plan, bool before)
{
    buf_format(out, ",\n\"%s\": [", name);
    for (size_t i = 0; i < plan->count; i++) {
        buf_text(out, i == 0 ? "\n" : ",\n");
        receipt_json(out, &plan->items[i], before);
    }
    buf_char(out, ']');
}

static void
box_json(struct buf *out, const struct push *p)
{
    const struct push_offered *o = &p->offered;

    receipts_json(out, "before", outbox_waiting(p->box), true);
    buf_text(out, ",\n\"outbox\": {\"folder\": ");
    json_write_text(out, outbox_dir(p->box));
    buf_format(out,
               ", \"kept\": %zu, \"offered\": %zu, \"stand\": %zu, \"overtaken\": %zu"
               ", \"refused\": %zu, \"left\": %zu}",
               outbox_count(p->box), o->count, o->stand, o->overtaken, o->refused,
               o->left);
}

void
push_show_json(const struct push *p)
{
    struct buf out;

    buf_init(&out, JSON_BYTES);
    buf_format(&out,
               "{\"dry_run\": %s, \"simulated\": %s, \"rows_without_figures\": %zu",
               p->dry_run ? "true" : "false", p->info.simulated ? "true" : "false",
               p->plan.empty_rows);
    receipts_json(&out, "receipts", &p->plan, false);
    if (p->box != NULL) {
        box_json(&out, p);
    }
    buf_text(&out, ",\n\"faults\": [");
    for (size_t i = 0; p->file != NULL && i < p->file->fault_count; i++) {
        buf_text(&out, i == 0 ? "\n" : ",\n");
        fault_json(&out, &p->file->faults[i]);
    }
    buf_text(&out, "]}\n");
    (void)fputs(buf_str(&out), stdout); /* flushed and judged at the end of main */
    buf_fini(&out);
}
