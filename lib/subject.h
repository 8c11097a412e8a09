/*
 * subject - whom a reference of score.h means: one unit, or a whole and its members.
 * Shared by standing.c, score.c and wanted.c; nobody else needs it.
 */
#ifndef DONDOC_SUBJECT_H
#define DONDOC_SUBJECT_H

#include "lib/score.h"

/* The group that holds the target's measures. */
const struct group *subject_group(const struct catalogue *c, const struct target *t);

/* A sum over units; else s.unit itself. */
bool subject_is_whole(const struct catalogue *c, const struct target *t,
                      struct subject_ref s);

/* Belongs the unit to the whole, on the days on which it is valid? Left out: units
 * whose kind does not report the group, and exempt ones. */
bool subject_has_member(const struct catalogue *c, const struct target *t,
                        struct subject_ref s, int unit);

/* Does the target judge this subject, or only show it? */
bool subject_judged(const struct catalogue *c, const struct target *t,
                    struct subject_ref s);

/* Is it a unit that the target's list leaves out? */
bool subject_exempt(const struct catalogue *c, const struct target *t,
                    struct subject_ref s);

/* First and last day on which the subject, or any member of the whole, is valid;
 * *from > *to when there is nobody. */
void subject_days(const struct catalogue *c, const struct target *t,
                  struct subject_ref s, int32_t *from, int32_t *to);

#endif
