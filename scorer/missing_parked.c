/* Reports that came and that nobody could apply: their units are not to blame. */
#include "scorer/missing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"

#define PARKED "parked/"
#define FIELD_BYTES 192

static bool
report_name(const char *unit, const char *group, const char *window,
            char out[FIELD_BYTES])
{
    int len = snprintf(out, FIELD_BYTES, "%s/%s/%s", unit, group, window);

    return len > 0 && len < FIELD_BYTES;
}

bool
missing_is_parked(const struct missing *m, const char *unit, const char *group,
                  const char *window)
{
    char report[FIELD_BYTES];
    union table_value count;

    return m->parked_full ||
           (table_count(m->parked) > 0 && report_name(unit, group, window, report) &&
            table_get(m->parked, report, strlen(report), &count) && count.number > 0);
}

/* More than can be known: then nobody is missing. */
void
missing_parked_add(struct missing *m, const char *place, const char *report)
{
    union table_value count = {.number = 0};
    char *kept;

    if (table_pointer(m->places, place, strlen(place)) != NULL) {
        return;
    }
    kept = mem_copy_text(report);
    if (table_put_pointer(m->places, place, strlen(place), kept) != ST_OK) {
        mem_free(&kept);
        m->parked_full = true;
        return;
    }
    (void)table_get(m->parked, report, strlen(report), &count);
    if (table_put_number(m->parked, report, strlen(report), count.number + 1) !=
        ST_OK) {
        m->parked_full = true;
    }
}

static const char *
place_field(uint64_t entry, uint32_t index, char out[FIELD_BYTES])
{
    (void)snprintf(out, FIELD_BYTES, PARKED "%" PRIu64 ":%" PRIu32, entry, index);
    return out + sizeof PARKED - 1;
}

void
missing_parked_put(struct state *s, const char *unit, const char *group,
                   const char *window, uint64_t entry, uint32_t index)
{
    char report[FIELD_BYTES];
    char field[FIELD_BYTES];

    if (report_name(unit, group, window, report)) {
        missing_parked_add(s->missing, place_field(entry, index, field), report);
        effects_hset(&s->effects, &s->follow, KEY_DUE, NULL, field, report,
                     strlen(report));
    }
}

void
missing_parked_forget(struct state *s, uint64_t entry, uint32_t index)
{
    struct missing *m = s->missing;
    union table_value count;
    char field[FIELD_BYTES];
    const char *place;
    char *report;

    if (table_count(m->places) == 0) {
        return;
    }
    place = place_field(entry, index, field);
    report = table_pointer(m->places, place, strlen(place));
    if (report == NULL) {
        return;
    }
    if (table_get(m->parked, report, strlen(report), &count) && count.number > 0) {
        MUST(table_put_number(m->parked, report, strlen(report), count.number - 1) ==
             ST_OK);
    }
    (void)table_remove(m->places, place, strlen(place), NULL);
    mem_free(&report);
    effects_hdel(&s->effects, &s->follow, KEY_DUE, NULL, field);
}
