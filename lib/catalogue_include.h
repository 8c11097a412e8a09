/*
 * catalogue_include - one included programme while it is taken over. `from` is that
 * programme, read and checked on its own; what is taken of it is appended to l->c. The
 * numbers of measures, groups and indicators there become those here through the maps.
 * Of the files catalogue_include_*.c alone.
 */
#ifndef DONDOC_CATALOGUE_INCLUDE_H
#define DONDOC_CATALOGUE_INCLUDE_H

#include "lib/catalogue_private.h"

struct merge {
    struct loader *l;
    struct include *in;
    const struct catalogue *from;
    const struct origin *targets; /* of `from`, likewise the next three */
    struct origin *measures;
    struct origin *groups;
    struct origin *indicators;
    int *measure;   /* by number there: the number here; NONE: is not taken */
    int *group;     /* likewise */
    int *indicator; /* likewise */
    bool *target;   /* by number there: is it taken */
    bool *info;     /* likewise */
};

/* Where the include, or one key of it, stands in programme.yaml. */
struct place include_place(const struct merge *m, const char *key);

/* The first key in which two of one code differ, `theirs` of m->from and `ours`; NULL:
 * they are the same. */
const char *include_measure_differs(const struct merge *m, const struct measure *theirs,
                                    const struct measure *ours);
const char *include_group_differs(const struct merge *m, const struct group *theirs,
                                  const struct group *ours);
const char *include_indicator_differs(const struct merge *m,
                                      const struct indicator *theirs,
                                      const struct indicator *ours);

/* Which targets are taken; complains when that cannot be. */
void include_choose(struct merge *m);
/* Appends them, when all that they count is there. */
void include_targets(struct merge *m);

#endif
