/*
 * records - are two report records that were read the same? Here, for fuzzers, too,
 * which link no support.
 */
#ifndef DONDOC_TESTS_RECORDS_H
#define DONDOC_TESTS_RECORDS_H

#include <string.h>

#include "lib/wire.h"

static inline bool
records_same(const struct report_record *a, const struct report_record *b)
{
    size_t i;

    for (i = 0; a->figure_count == b->figure_count && i < a->figure_count; i++) {
        const struct figure_record *f = &a->figures[i];
        const struct figure_record *g = &b->figures[i];

        if (strcmp(f->measure, g->measure) != 0 || f->scaled != g->scaled ||
            f->not_applicable != g->not_applicable) {
            return false;
        }
    }
    return a->figure_count == b->figure_count && strcmp(a->unit, b->unit) == 0 &&
           strcmp(a->group, b->group) == 0 && strcmp(a->period, b->period) == 0 &&
           a->first_day == b->first_day && a->last_day == b->last_day &&
           a->revision == b->revision && a->received_at_ms == b->received_at_ms &&
           a->due_day == b->due_day && a->on_time == b->on_time &&
           strcmp(a->principal, b->principal) == 0 &&
           strcmp(a->reason, b->reason) == 0 && a->made_at_ms == b->made_at_ms &&
           strcmp(a->source_system, b->source_system) == 0 &&
           memcmp(a->hash, b->hash, 16) == 0 &&
           a->first_received_at_ms == b->first_received_at_ms;
}

#endif
