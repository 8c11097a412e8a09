/* What is sent: SYNTHETIC reports of the programme that bench/programme writes. */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"

#define FIRST_YEAR 2021
#define REQUEST_BYTES_MAX 400 /* generous; one is about 130 */

struct figures {
    unsigned unit; /* from 0 */
    unsigned group;
    unsigned month;
    bool is_short; /* 20 of 100 done instead of 90 */
};

static void
plan_init(struct plan *p, const char *province, unsigned units, size_t count)
{
    memset(p, 0, sizeof *p);
    p->province = province;
    p->units = units;
    p->count = count;
    p->offsets = mem_alloc((count + 1) * sizeof *p->offsets);
    buf_init(&p->bytes, count * REQUEST_BYTES_MAX);
}

static void
plan_add(struct plan *p, size_t k, const struct figures *f, struct arena *a)
{
    char unit[16], group[8], period[16], all[24], done[24];
    int64_t things = 1000 + f->unit + f->month; /* no two reports need be alike */
    const struct wire_figure figures[2] = {
        {.measure = all, .kind = WIRE_COUNT, .count = things},
        {.measure = done,
         .kind = WIRE_COUNT,
         .count = things * (f->is_short ? 20 : 90) / 100},
    };
    const struct wire_report report = {.unit = unit,
                                       .group = group,
                                       .period = period,
                                       .from = "",
                                       .to = "",
                                       .figures = figures,
                                       .figure_count = 2,
                                       .reason = "synthetic", /* it is late */
                                       .made_at_ms = 1767225600000,
                                       .source_system = "bench",
                                       .replaces = ""};
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = k + 1,
                             .province = p->province,
                             .kind = UNIT_REQUEST_PUSH,
                             .push = {.reports = &report, .count = 1}};

    (void)snprintf(unit, sizeof unit, "U%04u", f->unit + 1);
    (void)snprintf(group, sizeof group, "g%u", f->group + 1);
    (void)snprintf(period, sizeof period, "%u-%02u", FIRST_YEAR + f->month / 12,
                   f->month % 12 + 1);
    (void)snprintf(all, sizeof all, "things_%u_all", f->group + 1);
    (void)snprintf(done, sizeof done, "things_%u_done", f->group + 1);
    arena_reset(a);
    p->offsets[k] = p->bytes.len;
    unit_request_encode(&q, a, &p->bytes);
    p->offsets[k + 1] = p->bytes.len;
    MUST(!p->bytes.cut);
}

void
plan_flood(struct plan *p, const char *province, unsigned units, unsigned reporters,
           size_t reports)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    size_t share = reports / reporters;
    unsigned own = units / reporters;
    size_t r;
    size_t j;

    if (units % reporters != 0 || share > (size_t)own * PLAN_GROUPS * PLAN_MONTHS) {
        FAIL("units=%u do not make %zu different reports for %u reporters", units,
             reports, reporters);
    }
    plan_init(p, province, units, share * reporters);
    for (r = 0; r < reporters; r++) {
        for (j = 0; j < share; j++) {
            struct figures f = {.unit = (unsigned)(j % own * reporters + r),
                                .group = (unsigned)(j / own % PLAN_GROUPS),
                                .month = (unsigned)(j / own / PLAN_GROUPS)};

            f.is_short = f.unit % 20 == 0 && f.group == 0;
            plan_add(p, r * share + j, &f, a);
        }
    }
    arena_free(&a);
}

void
plan_paced(struct plan *p, const char *province, unsigned units, size_t reports)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    size_t k;

    if (reports > (size_t)units * PLAN_MONTHS) {
        FAIL("units=%u do not make %zu different reports", units, reports);
    }
    plan_init(p, province, units, reports);
    for (k = 0; k < reports; k++) {
        struct figures f = {.unit = (unsigned)(k % units),
                            .month = (unsigned)(k / units)};

        f.is_short = f.month % 2 == 0;
        plan_add(p, k, &f, a);
    }
    arena_free(&a);
}

size_t
plan_paced_find(const struct plan *p, const char *unit, const char *window)
{
    unsigned long u = unit[0] == 'U' ? strtoul(unit + 1, NULL, 10) : 0;
    unsigned long year = strtoul(window, NULL, 10);
    unsigned long month = strlen(window) == 7 ? strtoul(window + 5, NULL, 10) : 0;
    size_t k;

    if (u < 1 || u > p->units || year < FIRST_YEAR || month < 1 || month > 12) {
        return p->count;
    }
    k = ((year - FIRST_YEAR) * 12 + month - 1) * p->units + u - 1;
    return k < p->count ? k : p->count;
}

const void *
plan_request(const struct plan *p, size_t k, size_t *bytes)
{
    *bytes = p->offsets[k + 1] - p->offsets[k];
    return p->bytes.data + p->offsets[k];
}

void
plan_fini(struct plan *p)
{
    buf_fini(&p->bytes);
    mem_free(&p->offsets);
}
