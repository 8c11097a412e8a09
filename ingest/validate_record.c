/* A report that is right: resolved, with its key and the hash of its content. */
#include "ingest/validate.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/put.h"

static void
figures_fill(const struct group *g, const struct placed *p, struct arena *a,
             struct report_record *r)
{
    struct figure_record *figures = arena_room(a, g->measure_count * sizeof *figures);
    size_t count = 0;
    size_t i;

    MUST(figures != NULL);
    for (i = 0; i < g->measure_count; i++) {
        if (p->given[i]) {
            figures[count++] = (struct figure_record){p->measure[i], p->scaled[i],
                                                      p->not_applicable[i]};
        }
    }
    r->figures = figures;
    r->figure_count = count;
}

/* Of words, and of bytes at the end. Who chooses keys to collide wins a few
 * comparisons: keys are the programme's. */
static uint32_t
key_hash(const char *key, size_t bytes)
{
    uint64_t hash = bytes;
    uint64_t word;

    for (; bytes >= sizeof word; bytes -= sizeof word, key += sizeof word) {
        memcpy(&word, key, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (word = 0; bytes > 0; bytes--) {
        word = word << 8 | (uint8_t)key[bytes - 1];
    }
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(hash >> 32);
}

static void
key_fill(struct checked *out)
{
    const struct report_record *r = &out->record;
    struct put key;

    put_begin(&key, out->key, sizeof out->key);
    put_text(&key, r->unit);
    put_char(&key, '/');
    put_text(&key, r->group);
    put_char(&key, '/');
    put_text(&key, r->period);
    put_end(&key);
    MUST(!key.cut);
    out->key_hash = key_hash(out->key, (size_t)(key.at - out->key));
}

/* The text that came, when it is the programme's, since that may go. */
static const char *
text_kept(const char *ours, const char *came, struct arena *a)
{
    const char *kept = strcmp(ours, came) == 0 ? came : arena_text(a, ours);

    MUST(kept != NULL);
    return kept;
}

void
checked_fill(const struct checks *k, const struct known_period *p, const struct unit *u,
             const struct principal *who, const struct wire_report *in,
             const struct placed *placed, struct instant now, int32_t today,
             struct arena *a, struct checked *out)
{
    bool past_due = p->due != DAY_NONE && today > p->due;

    out->past_due = past_due;
    out->by_office = who->role == ROLE_OFFICE;
    out->replaces = in->replaces;
    out->offered = 0;
    out->record = (struct report_record){
        .unit = text_kept(u->id, in->unit, a),
        .group = in->group,
        .period = in->period, /* a code has one way to be written */
        .first_day = p->window.first,
        .last_day = p->window.last,
        .received_at_ms = now.ms,
        .due_day = p->due == DAY_NONE ? 0 : p->due,
        .on_time = !past_due,
        .principal = who->name,
        .reason = in->reason,
        .made_at_ms = in->made_at_ms,
        .source_system = in->source_system,
    };
    figures_fill(&k->catalogue->groups[p->group], placed, a, &out->record);
    key_fill(out);
    report_key_hash(out->key, p->days, out->record.figures, out->record.figure_count,
                    out->hash);
}
