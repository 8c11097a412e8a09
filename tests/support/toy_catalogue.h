/*
 * A small province, built by hand: every rule of the engine has a unit, a group or a
 * target here that needs it. Nothing of it is the resolution's; the ladder of steps is.
 */
#ifndef DONDOC_TOY_CATALOGUE_H
#define DONDOC_TOY_CATALOGUE_H

#include "lib/catalogue.h"
#include "lib/facts.h"

enum toy_unit {
    TOY_PROVINCE,   /* 51 */
    TOY_DEPARTMENT, /* D51-SNV */
    TOY_DISTRICT,   /* 530, to 30/6/2025 */
    TOY_DISTRICT_B, /* 531, to 30/6/2025 */
    TOY_COMMUNE,    /* 21040 in 530 */
    TOY_COMMUNE_B,  /* 21043 in 530 */
    TOY_COMMUNE_C,  /* 21046 in 530 */
    TOY_EXEMPT,     /* 21049 in 530 */
    TOY_UNKNOWN,    /* 21052 in 531: exemption not known */
    TOY_ASSUMED,    /* 21055 in 531: assumed not to be exempt */
    TOY_YOUNG,      /* 21061 in 531, from 1/3/2025 */
    TOY_UNIT_COUNT
};

/* Each group has two measures, in this order. */
enum toy_group {
    TOY_DIGITISATION, /* monthly: results_in_force, results_in_force_digitised (stock)
                       */
    TOY_WORK,         /* monthly and cumulative: work_files, work_files_online (flow) */
    TOY_PORTAL,       /* cumulative only: dossiers, dossiers_digitised (flow) */
    TOY_INDICES,      /* yearly, by the province: papi_rank, papi_scored (value) */
    TOY_POINTS,       /* yearly: points (two decimals), points_spare */
    TOY_GROUP_COUNT
};

enum toy_target {
    TOY_7A,     /* digitised, province level, steps 30 50 70 90 100 */
    TOY_7B,     /* district, 20 40 60 80 100 */
    TOY_7C,     /* commune, 15 35 55 75 95, by_exempt */
    TOY_WORK_C, /* work files online, each commune, at least 60, flat */
    TOY_9C,     /* the same, communes as a whole, due 31/12/2025 */
    TOY_10C,    /* the same, 50, the province over all levels, due 31/12/2025 */
    TOY_1B,     /* rank gain 5 a year since 60th in 2020 */
    TOY_1D,     /* rank at most 30, due 31/12/2025 */
    TOY_FULL,   /* portal, each commune, at least 80, flat, full marks */
    TOY_INFO,   /* portal, each commune */
    TOY_SCORE,  /* points, each commune, at least 70,50, flat */
    TOY_ALL,    /* work files online, each department, all, flat */
    TOY_TARGET_COUNT
};

/* Fresh, may be changed by the test; free it after the facts. */
struct catalogue *toy_catalogue_new(void);
void toy_catalogue_free(struct catalogue **c);

#define TOY_ABSENT (-1)
#define TOY_NOT_APPLICABLE (-2)

/*
 * toy_report - put a report in; a second one of the same period is the next revision.
 * a, b  the group's two figures, scaled; or one of the two words above.
 */
void toy_report(const struct catalogue *c, struct facts *f, int unit, int group,
                const char *period, int64_t a, int64_t b);

/* The window of a code under the group's rule; fails the test when there is none. */
struct window toy_window(const char *period);

#endif
