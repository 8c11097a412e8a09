/*
 * facts_read - all facts of a province from its facts:<unit> lines, as a scorer that
 * takes over, or a command that only looks, needs them.
 */
#ifndef DONDOC_FACTS_READ_H
#define DONDOC_FACTS_READ_H

#include "lib/facts.h"
#include "lib/redis.h"

/*
 * facts_read - into an empty f. Lines this programme cannot read (a group it does not
 * have) are counted in *skipped and left where they are. Of a line with a measure that
 * it dropped, or gave other decimals, the rest is taken (see fact_parse); how many
 * there were is told in one line of diag.
 * Errors: ST_AGAIN  the connection; f is then to be thrown away
 */
MUST_USE enum status facts_read(struct redis *r, const char *province,
                                const struct catalogue *c, struct facts *f,
                                size_t *skipped);

#endif
