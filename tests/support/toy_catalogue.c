#include "tests/support/toy_catalogue.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

static struct unit
toy_unit(const char *id, enum unit_kind kind, int parent, enum exempt exempt)
{
    static const enum level levels[] = {
        [KIND_PROVINCE] = LEVEL_PROVINCE,
        [KIND_DEPARTMENT] = LEVEL_PROVINCE,
        [KIND_DISTRICT] = LEVEL_DISTRICT,
        [KIND_COMMUNE] = LEVEL_COMMUNE,
    };

    return (struct unit){.id = id,
                         .code = id,
                         .name_vi = id,
                         .name_en = id,
                         .kind = kind,
                         .level = levels[kind],
                         .parent = parent,
                         .from = DAY_NONE,
                         .to = DAY_OPEN,
                         .exempt = exempt,
                         .head_vi = "",
                         .head_en = ""};
}

static void
units_make(struct unit *u)
{
    int32_t end = day_from_civil(2025, 6, 30);

    u[TOY_PROVINCE] = toy_unit("51", KIND_PROVINCE, NONE, EXEMPT_NO);
    u[TOY_DEPARTMENT] = toy_unit("D51-SNV", KIND_DEPARTMENT, TOY_PROVINCE, EXEMPT_NO);
    u[TOY_DISTRICT] = toy_unit("530", KIND_DISTRICT, TOY_PROVINCE, EXEMPT_NO);
    u[TOY_DISTRICT_B] = toy_unit("531", KIND_DISTRICT, TOY_PROVINCE, EXEMPT_NO);
    u[TOY_COMMUNE] = toy_unit("21040", KIND_COMMUNE, TOY_DISTRICT, EXEMPT_NO);
    u[TOY_COMMUNE_B] = toy_unit("21043", KIND_COMMUNE, TOY_DISTRICT, EXEMPT_NO);
    u[TOY_COMMUNE_C] = toy_unit("21046", KIND_COMMUNE, TOY_DISTRICT, EXEMPT_NO);
    u[TOY_EXEMPT] = toy_unit("21049", KIND_COMMUNE, TOY_DISTRICT, EXEMPT_YES);
    u[TOY_UNKNOWN] = toy_unit("21052", KIND_COMMUNE, TOY_DISTRICT_B, EXEMPT_UNKNOWN);
    u[TOY_ASSUMED] = toy_unit("21055", KIND_COMMUNE, TOY_DISTRICT_B, EXEMPT_ASSUMED_NO);
    u[TOY_YOUNG] = toy_unit("21061", KIND_COMMUNE, TOY_DISTRICT_B, EXEMPT_NO);
    u[TOY_DISTRICT].to = end;
    u[TOY_DISTRICT_B].to = end;
    u[TOY_YOUNG].from = day_from_civil(2025, 3, 1);
}

static void
measures_make(struct measure *m)
{
    static const struct {
        const char *codes[2];
        enum nature nature;
    } pairs[TOY_GROUP_COUNT] = {
        {{"results_in_force", "results_in_force_digitised"}, NATURE_STOCK},
        {{"work_files", "work_files_online"}, NATURE_FLOW},
        {{"dossiers", "dossiers_digitised"}, NATURE_FLOW},
        {{"papi_rank", "papi_scored"}, NATURE_VALUE},
        {{"points", "points_spare"}, NATURE_VALUE},
    };
    size_t i;

    for (i = 0; i < TOY_GROUP_COUNT; i++) {
        m[2 * i] = (struct measure){.code = pairs[i].codes[0],
                                    .name_vi = "",
                                    .name_en = "",
                                    .count_vi = "",
                                    .count_en = "",
                                    .nature = pairs[i].nature,
                                    .part_of = NONE};
        m[2 * i + 1] = m[2 * i];
        m[2 * i + 1].code = pairs[i].codes[1];
    }
    m[2 * TOY_INDICES].pool = 63;
    m[2 * TOY_POINTS].decimals = 2;
    m[2 * TOY_POINTS + 1].decimals = 2;
}

static void
groups_make(struct group *g)
{
    const unsigned all =
        1u << KIND_DEPARTMENT | 1u << KIND_DISTRICT | 1u << KIND_COMMUNE;
    int i;

    for (i = 0; i < TOY_GROUP_COUNT; i++) {
        g[i] = (struct group){.name_vi = "",
                              .name_en = "",
                              .measures = {2 * i, 2 * i + 1},
                              .measure_count = 2,
                              .reported_by = all,
                              .cadence = CADENCE_MONTHLY,
                              .due = {.working_days = 5},
                              .source = ""};
    }
    g[TOY_DIGITISATION].code = "digitisation";
    g[TOY_WORK].code = "work";
    g[TOY_WORK].cumulative = true;
    g[TOY_PORTAL].code = "portal";
    g[TOY_PORTAL].cumulative = true;
    g[TOY_PORTAL].cadence = CADENCE_NONE;
    g[TOY_PORTAL].due.working_days = 0;
    g[TOY_INDICES].code = "indices";
    g[TOY_INDICES].cadence = CADENCE_YEARLY;
    g[TOY_INDICES].due = (struct due_rule){.next_year_month = 4, .next_year_mday = 30};
    g[TOY_INDICES].reported_by = 1u << KIND_PROVINCE;
    g[TOY_POINTS].code = "points";
    g[TOY_POINTS].cadence = CADENCE_YEARLY;
}

/* One for each group: the second measure over the first, or the first as a value. */
static void
indicators_make(struct indicator *ind)
{
    static const char *const ids[TOY_GROUP_COUNT] = {"digitised", "work_online",
                                                     "portal", "papi", "points"};
    int i;

    for (i = 0; i < TOY_GROUP_COUNT; i++) {
        bool value = i == TOY_INDICES || i == TOY_POINTS;

        ind[i] = (struct indicator){.id = ids[i],
                                    .name_vi = "",
                                    .name_en = "",
                                    .group = i,
                                    .is_value = value,
                                    .numerator = {value ? 2 * i : 2 * i + 1},
                                    .numerator_count = 1,
                                    .denominator = {2 * i},
                                    .denominator_count = value ? 0 : 1,
                                    .ranked = NONE,
                                    .better_up = i != TOY_INDICES,
                                    .min_denominator = 30,
                                    .legal_basis = ""};
    }
    ind[TOY_INDICES].ranked = 2 * TOY_INDICES + 1;
}

static struct target
toy_target(const char *id, int indicator, enum subject subject, enum level level,
           enum target_kind kind, enum pace pace)
{
    return (struct target){.id = id,
                           .indicator = indicator,
                           .subject = subject,
                           .level = level,
                           .kind = kind,
                           .pace = pace,
                           .due = pace == PACE_DUE ? day_from_civil(2025, 12, 31)
                                                   : DAY_NONE,
                           .open_windows = 2,
                           .open_points = {200, 100},
                           .open_things = 5,
                           .title_vi = "",
                           .title_en = "",
                           .document_vi = "",
                           .document_en = "",
                           .section = "",
                           .reading_vi = "",
                           .reading_en = "",
                           .rejected_vi = "",
                           .rejected_en = ""};
}

static void
steps_set(struct target *t, const int steps[5])
{
    int i;

    for (i = 0; i < 5; i++) {
        t->steps[i] = (struct ratio){steps[i], 1};
    }
}

static void
targets_make(struct target *t)
{
    t[TOY_7A] = toy_target("7a", TOY_DIGITISATION, SUBJECT_EACH, LEVEL_PROVINCE,
                           TARGET_STEPS, PACE_LINEAR);
    steps_set(&t[TOY_7A], (const int[]){30, 50, 70, 90, 100});
    t[TOY_7B] = toy_target("7b", TOY_DIGITISATION, SUBJECT_EACH, LEVEL_DISTRICT,
                           TARGET_STEPS, PACE_LINEAR);
    steps_set(&t[TOY_7B], (const int[]){20, 40, 60, 80, 100});
    t[TOY_7C] = toy_target("7c", TOY_DIGITISATION, SUBJECT_EACH, LEVEL_COMMUNE,
                           TARGET_STEPS, PACE_LINEAR);
    steps_set(&t[TOY_7C], (const int[]){15, 35, 55, 75, 95});
    t[TOY_7C].by_exempt = true;
    t[TOY_WORK_C] = toy_target("work-c", TOY_WORK, SUBJECT_EACH, LEVEL_COMMUNE,
                               TARGET_AT_LEAST, PACE_FLAT);
    t[TOY_WORK_C].threshold = (struct ratio){60, 1};
    t[TOY_9C] = toy_target("9c", TOY_WORK, SUBJECT_LEVEL, LEVEL_COMMUNE,
                           TARGET_AT_LEAST, PACE_DUE);
    t[TOY_9C].threshold = (struct ratio){60, 1};
    t[TOY_10C] = toy_target("10c", TOY_WORK, SUBJECT_PROVINCE, LEVEL_ALL,
                            TARGET_AT_LEAST, PACE_DUE);
    t[TOY_10C].threshold = (struct ratio){50, 1};
    t[TOY_1B] = toy_target("1b", TOY_INDICES, SUBJECT_PROVINCE, LEVEL_PROVINCE,
                           TARGET_RANK_GAIN, PACE_FLAT);
    t[TOY_1B].threshold = (struct ratio){5, 1};
    t[TOY_1B].baseline_year = 2020;
    t[TOY_1B].baseline_value = 60;
    t[TOY_1D] = toy_target("1d", TOY_INDICES, SUBJECT_PROVINCE, LEVEL_PROVINCE,
                           TARGET_RANK_AT_MOST, PACE_DUE);
    t[TOY_1D].threshold = (struct ratio){30, 1};
    t[TOY_FULL] = toy_target("full", TOY_PORTAL, SUBJECT_EACH, LEVEL_COMMUNE,
                             TARGET_AT_LEAST, PACE_FLAT);
    t[TOY_FULL].threshold = (struct ratio){80, 1};
    t[TOY_FULL].full_marks = true;
    t[TOY_INFO] = toy_target("info", TOY_PORTAL, SUBJECT_EACH, LEVEL_COMMUNE,
                             TARGET_INFO, PACE_FLAT);
    t[TOY_SCORE] = toy_target("score", TOY_POINTS, SUBJECT_EACH, LEVEL_COMMUNE,
                              TARGET_AT_LEAST, PACE_FLAT);
    t[TOY_SCORE].threshold = (struct ratio){705, 10};
    t[TOY_ALL] = toy_target("all", TOY_WORK, SUBJECT_EACH, LEVEL_PROVINCE, TARGET_ALL,
                            PACE_FLAT);
}

struct catalogue *
toy_catalogue_new(void)
{
    struct catalogue *c = mem_alloc(sizeof *c);

    *c = (struct catalogue){.slug = "toy",
                            .prefix = "TOY",
                            .title_vi = "",
                            .title_en = "",
                            .word_vi = "",
                            .word_en = "",
                            .contact_vi = "",
                            .contact_en = "",
                            .version = 1,
                            .years_from = 2021,
                            .history_from = 2021,
                            .years_to = 2025,
                            .rule = CALENDAR_CIVIL,
                            .alerts_from = day_from_civil(2021, 1, 1),
                            .province_unit = TOY_PROVINCE,
                            .digest = "1f2e3d4c5b6a",
                            .unit_count = TOY_UNIT_COUNT,
                            .measure_count = (size_t)2 * TOY_GROUP_COUNT,
                            .group_count = TOY_GROUP_COUNT,
                            .indicator_count = TOY_GROUP_COUNT,
                            .target_count = TOY_TARGET_COUNT};
    c->units = mem_alloc(c->unit_count * sizeof *c->units);
    c->measures = mem_alloc(c->measure_count * sizeof *c->measures);
    c->groups = mem_alloc(c->group_count * sizeof *c->groups);
    c->indicators = mem_alloc(c->indicator_count * sizeof *c->indicators);
    c->targets = mem_alloc(c->target_count * sizeof *c->targets);
    units_make(c->units);
    measures_make(c->measures);
    groups_make(c->groups);
    indicators_make(c->indicators);
    targets_make(c->targets);
    return c;
}

void
toy_catalogue_free(struct catalogue **c)
{
    if (*c == NULL) {
        return;
    }
    mem_free(&(*c)->units);
    mem_free(&(*c)->measures);
    mem_free(&(*c)->groups);
    mem_free(&(*c)->indicators);
    mem_free(&(*c)->targets);
    mem_free(c);
}

static struct figure
toy_figure(int64_t scaled)
{
    if (scaled == TOY_ABSENT) {
        return (struct figure){.state = FIGURE_ABSENT};
    }
    if (scaled == TOY_NOT_APPLICABLE) {
        return (struct figure){.state = FIGURE_NOT_APPLICABLE};
    }
    return (struct figure){.state = FIGURE_NUMBER, .scaled = scaled};
}

struct window
toy_window(const char *period)
{
    struct window w;

    MUST(window_parse(period, CALENDAR_CIVIL, &w, NULL) == ST_OK);
    return w;
}

/* The place of a report is how many there were before it, plus one. */
void
toy_report(const struct catalogue *c, struct facts *f, int unit, int group,
           const char *period, int64_t a, int64_t b)
{
    const struct series *own = facts_series(f, unit, group);
    struct fact fact = {.window = toy_window(period), .revision = 1};
    size_t i;
    int u;
    int g;

    for (i = 0; i < own->count; i++) {
        if (strcmp(own->facts[i].window.code, period) == 0) {
            fact.revision = own->facts[i].revision + 1;
        }
    }
    fact.entry = 1;
    for (u = 0; u < (int)c->unit_count; u++) {
        for (g = 0; g < (int)c->group_count; g++) {
            const struct series *s = facts_series(f, u, g);

            for (i = 0; i < s->count; i++) {
                fact.entry += s->facts[i].revision;
            }
        }
    }
    fact.received_at_ms = (int64_t)fact.entry * 1000;
    fact.figures[0] = toy_figure(a);
    fact.figures[1] = toy_figure(b);
    MUST(facts_put(f, unit, group, &fact, NULL) == ST_OK);
}
