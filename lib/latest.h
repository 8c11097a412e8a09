/* latest - the verdict that a summary counts: of a subject's newest year that has one.
 */
#ifndef DONDOC_LATEST_H
#define DONDOC_LATEST_H

#include "lib/score.h"

/*
 * latest_verdict - from the year of `today`, or the programme's last, backwards.
 * year     out; the last year of the span that the verdict speaks of
 * False: no year has one; nothing is set.
 */
bool latest_verdict(const struct catalogue *c, const struct facts *f,
                    const struct target *t, struct subject_ref s, int32_t today,
                    bool simulated, int *year, enum verdict *verdict);

#endif
