/* Figures of a report that stands in the journal, for a sender's eyes. */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>

static void
figure_show(const struct figure_record *f, const struct catalogue *c, struct arena *a,
            struct wire_figure *out)
{
    int measure = c == NULL ? NONE : catalogue_measure(c, f->measure);
    int decimals = measure == NONE ? 0 : c->measures[measure].decimals;
    char text[32];
    int64_t scale = 1;
    int i;

    out->measure = arena_text(a, f->measure);
    if (f->not_applicable) {
        out->kind = WIRE_NOT_APPLICABLE;
        return;
    }
    if (decimals == 0) {
        out->kind = WIRE_COUNT;
        out->count = f->scaled;
        return;
    }
    for (i = 0; i < decimals; i++) {
        scale *= 10;
    }
    (void)snprintf(text, sizeof text, "%" PRId64 ".%0*" PRId64, f->scaled / scale,
                   decimals, f->scaled % scale);
    out->kind = WIRE_DECIMAL;
    out->decimal = arena_text(a, text);
}

enum status
figures_of_entry(const struct journal_entry *entry, uint32_t index,
                 const struct catalogue *c, struct arena *a,
                 const struct wire_figure **out, size_t *count)
{
    struct journal_cursor cur = {entry->body, entry->body_bytes};
    struct report_record rec;
    struct wire_figure *figures;
    const uint8_t *record;
    size_t bytes;
    uint32_t i;
    enum status st = ST_OK;

    for (i = 0; st == ST_OK && i <= index; i++) {
        st = journal_record_next(&cur, &record, &bytes);
    }
    if (st == ST_OK) {
        st = report_record_decode(record, bytes, a, &rec);
    }
    if (st != ST_OK) {
        return st;
    }
    figures = arena_take(a, (rec.figure_count + 1) * sizeof *figures);
    if (figures == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < rec.figure_count; i++) {
        figure_show(&rec.figures[i], c, a, &figures[i]);
    }
    *out = figures;
    *count = rec.figure_count;
    return ST_OK;
}
