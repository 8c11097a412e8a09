/* nearest - the name that was probably meant. Pure. */
#ifndef DONDOC_CLI_NEAREST_H
#define DONDOC_CLI_NEAREST_H

#include <stddef.h>

/* Of `count` names the one that a typing mistake could have come from; NULL: none. */
const char *nearest_name(const char *text, const char *const *names, size_t count);

#endif
