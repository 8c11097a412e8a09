/* What is sent: SYNTHETIC reports of the programme that bench/programme writes. */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"

#define FIRST_YEAR 2021
#define LAST_YEAR 2025
#define FLIP_DAYS 20          /* reports of a unit from one alert to the next */
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

static void
day_encode(const struct plan *p, size_t k, const char *replaces, struct arena *a,
           struct buf *out)
{
    size_t n = k % p->share / p->own; /* of its unit: this report's number */
    unsigned unit = (unsigned)(k % p->share % p->own * p->reporters + k / p->share);
    int32_t day = p->first_day + (int32_t)(n % p->days);
    char name[16], date[DAY_TEXT_BYTES], period[PERIOD_TEXT_BYTES];
    int64_t things = 1000 + unit + (int64_t)(day % 365) + (int64_t)(n / p->days);
    bool is_short = ((unsigned)day + unit) / FLIP_DAYS % 2 == 1;
    const struct wire_figure figures[3] = {
        {.measure = "things_1_all", .kind = WIRE_COUNT, .count = things},
        {.measure = "things_1_done",
         .kind = WIRE_COUNT,
         .count = things * (is_short ? 20 : 90) / 100},
        {.measure = "things_1_shown", .kind = WIRE_COUNT, .count = things / 2},
    };
    const struct wire_report report = {.unit = name,
                                       .group = "g1",
                                       .period = period,
                                       .from = "",
                                       .to = "",
                                       .figures = figures,
                                       .figure_count = 3,
                                       .reason = "synthetic",
                                       .made_at_ms = 1767225600000,
                                       .source_system = "bench",
                                       .replaces = replaces};
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = k + 1,
                             .province = p->province,
                             .kind = UNIT_REQUEST_PUSH,
                             .push = {.reports = &report, .count = 1}};

    (void)snprintf(name, sizeof name, "U%06u", unit + 1);
    day_text(day, date);
    (void)snprintf(period, sizeof period, "%d@%.10s", day_year(day), date);
    arena_reset(a);
    unit_request_encode(&q, a, out);
    MUST(!out->cut);
}

void
plan_days(struct plan *p, const char *province, unsigned units, unsigned reporters,
          size_t reports, int from, unsigned skip)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    size_t share = reports / reporters;
    size_t r;
    size_t j;

    if (units % reporters != 0) {
        FAIL("units=%u are no multiple of reporters=%u", units, reporters);
    }
    plan_init(p, province, units, share * reporters);
    p->share = share;
    p->reporters = reporters;
    p->own = units / reporters;
    p->first_day = day_from_civil(from, 1, 1) + (int32_t)skip;
    p->days = (size_t)(day_from_civil(LAST_YEAR, 12, 31) - p->first_day) + 1;
    p->keys = share < p->days * p->own ? share : p->days * p->own;
    p->corrects = share > p->keys;
    for (r = 0; r < reporters; r++) {
        for (j = 0; j < p->keys; j++) {
            p->offsets[r * p->keys + j] = p->bytes.len;
            day_encode(p, r * share + j, "", a, &p->bytes);
        }
    }
    p->offsets[r * p->keys] = p->bytes.len;
    arena_free(&a);
}

size_t
plan_key(const struct plan *p, size_t k)
{
    return p->keys == 0 ? k : k / p->share * p->keys + k % p->share % p->keys;
}

bool
plan_is_correction(const struct plan *p, size_t k)
{
    return p->keys > 0 && k % p->share >= p->keys;
}

void
plan_correct(const struct plan *p, size_t k, const char *replaces, struct arena *a,
             struct buf *out)
{
    day_encode(p, k, replaces, a, out);
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
    size_t at = plan_key(p, k);

    *bytes = p->offsets[at + 1] - p->offsets[at];
    return p->bytes.data + p->offsets[at];
}

void
plan_fini(struct plan *p)
{
    buf_fini(&p->bytes);
    mem_free(&p->offsets);
}
