/* The shipped programmes, and SYNTHETIC reports for them. */
#include "bench/score.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/programme_dir.h"
#include "lib/wire.h"

#define MONTHS 12
#define REPORT_BYTES_MAX 4096u
#define COMES_AFTER_DAYS 3 /* the window's end */
#define HOUR_MS 3600000
#define CIVIL_HOURS 7

/* splitmix64: small, and the same on every machine. */
static uint64_t
random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int64_t
random_between(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(random_next(state) % (uint64_t)(high - low + 1));
}

static struct catalogue *
programme_of(const char *folder)
{
    struct programme_dir dir;
    struct findings found = {0};
    struct catalogue *c = NULL;
    char digest[] = "5e1f0000"; /* lines carry eight characters of one */

    if (programme_dir_read(folder, &dir, &found) != ST_OK ||
        catalogue_load(dir.files, dir.count, &c, &found) != ST_OK) {
        FAIL("folder=%s why=\"%s\"", folder,
             found.count > 0 ? found.items[0].text : "cannot be read");
    }
    memcpy(c->digest, digest, sizeof digest);
    programme_dir_fini(&dir);
    findings_fini(&found);
    return c;
}

/* A part is 60 to 100 percent of its whole, so that some are behind and most are not;
 * places in the group in any order: wholes first, then their parts, then theirs. */
static void
figures_make(const struct catalogue *c, const struct group *g, struct fact *fact,
             uint64_t *seed)
{
    size_t left = g->measure_count;
    size_t i;

    while (left > 0) {
        size_t before = left;

        for (i = 0; i < g->measure_count; i++) {
            const struct measure *m = &c->measures[g->measures[i]];
            struct figure *figure = &fact->figures[i];
            int whole = m->part_of == NONE ? NONE : group_measure_place(g, m->part_of);

            if (figure->state == FIGURE_NUMBER ||
                (whole != NONE && fact->figures[whole].state != FIGURE_NUMBER)) {
                continue;
            }
            figure->state = FIGURE_NUMBER;
            figure->scaled = whole != NONE ? fact->figures[whole].scaled *
                                                 random_between(seed, 60, 100) / 100
                             : m->pool > 0 ? random_between(seed, 1, m->pool)
                                           : random_between(seed, 100, 2000);
            left--;
        }
        MUST(left < before); /* the check refuses circles */
    }
}

int64_t
report_day(const struct window *w)
{
    return (int64_t)(w->last + COMES_AFTER_DAYS) * 24;
}

static void
month_fill(struct province *p, int year, int month, uint64_t *seed)
{
    const struct catalogue *c = p->catalogue;
    size_t u;
    size_t g;

    for (u = 0; u < c->unit_count; u++) {
        bool any = false;

        for (g = 0; g < c->group_count; g++) {
            struct filled *r;
            struct window w;

            window_make(PERIOD_MONTH, year, month, c->groups[g].rule, &w);
            if ((c->groups[g].reported_by & (1u << c->units[u].kind)) == 0 ||
                !unit_valid_on(&c->units[u], w.last)) {
                continue;
            }
            mem_array_room((void **)&p->reports, p->report_count, &p->report_room,
                           sizeof *p->reports);
            r = &p->reports[p->report_count++];
            r->unit = (int)u;
            r->group = (int)g;
            r->fact.window = w;
            r->fact.revision = 1;
            r->fact.entry = p->report_count;
            r->fact.received_at_ms = (report_day(&w) - CIVIL_HOURS) * HOUR_MS;
            figures_make(c, &c->groups[g], &r->fact, seed);
            any = true;
        }
        p->unit_years += any && month == MONTHS;
    }
}

void
province_fill(struct province *p, const char *folder, const char *slug, uint64_t seed)
{
    int year;
    int month;

    memset(p, 0, sizeof *p);
    p->slug = slug;
    p->catalogue = programme_of(folder);
    for (year = p->catalogue->years_to - SCORE_YEARS + 1;
         year <= p->catalogue->years_to; year++) {
        for (month = 1; month <= MONTHS; month++) {
            month_fill(p, year, month, &seed);
        }
    }
}

struct facts *
province_facts(const struct province *p)
{
    struct facts *f = facts_new(p->catalogue);
    size_t i;

    for (i = 0; i < p->report_count; i++) {
        const struct filled *r = &p->reports[i];

        MUST(facts_put(f, r->unit, r->group, &r->fact, NULL) == ST_OK);
    }
    return f;
}

/* ---- entries ---- */

static struct sealed *
entry_add(struct province *p, bool tick)
{
    struct sealed *e;

    mem_array_room((void **)&p->entries, p->entry_count, &p->entry_room,
                   sizeof *p->entries);
    e = &p->entries[p->entry_count++];
    e->at = p->bodies.len;
    e->tick = tick;
    return e;
}

static void
record_add(struct province *p, const struct filled *in, struct arena *a)
{
    static const uint8_t hash[16];
    const struct catalogue *c = p->catalogue;
    const struct group *g = &c->groups[in->group];
    struct figure_record figures[GROUP_MEASURES_MAX];
    struct report_record r = {.unit = c->units[in->unit].id,
                              .group = g->code,
                              .period = in->fact.window.code,
                              .first_day = in->fact.window.first,
                              .last_day = in->fact.window.last,
                              .revision = in->fact.revision,
                              .figures = figures,
                              .figure_count = g->measure_count,
                              .received_at_ms = in->fact.received_at_ms,
                              .principal = "bench",
                              .reason = "",
                              .source_system = "synthetic",
                              .hash = hash};
    size_t i;

    for (i = 0; i < g->measure_count; i++) {
        figures[i] = (struct figure_record){.measure = c->measures[g->measures[i]].code,
                                            .scaled = in->fact.figures[i].scaled};
    }
    arena_reset(a);
    report_record_encode(&r, a, &p->bodies);
    MUST(!p->bodies.cut);
}

void
province_seal(struct province *p, size_t reports_an_entry)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct sealed *e = NULL;
    int64_t hour = 0;
    size_t in_entry = 0;
    size_t i;

    buf_fini(&p->bodies);
    buf_init(&p->bodies, (p->report_count + 1) * REPORT_BYTES_MAX);
    p->entry_count = 0;
    for (i = 0; i < p->report_count; i++) {
        const struct filled *r = &p->reports[i];

        if (report_day(&r->fact.window) > hour) {
            struct tick_record t = {.hour = report_day(&r->fact.window)};

            hour = t.hour;
            e = entry_add(p, true);
            tick_encode(&t, &p->bodies);
            e->bytes = p->bodies.len - e->at;
            in_entry = reports_an_entry;
        }
        if (in_entry == reports_an_entry) {
            e = entry_add(p, false);
            in_entry = 0;
        }
        MUST(e != NULL);
        record_add(p, r, a);
        e->bytes = p->bodies.len - e->at;
        in_entry++;
    }
    arena_free(&a);
}

void
province_fini(struct province *p)
{
    mem_free(&p->reports);
    mem_free(&p->entries);
    buf_fini(&p->bodies);
    catalogue_free(&p->catalogue);
}
