/*
 * effects_private - what the files of effects share.
 */
#ifndef DONDOC_EFFECTS_PRIVATE_H
#define DONDOC_EFFECTS_PRIVATE_H

#include "lib/follow.h"

void effects_hashes_init(struct effects *e);
void effects_hashes_fini(struct effects *e);
/* Place of a key, as dd_apply counts. */
size_t effects_key(struct effects *e, const struct follow *f, const char *name,
                   const char *part);
void effects_hashes_args(const struct effects *e, struct args *a);

#endif
