/* What the files of `dondoc keys` share. Nobody else includes this. */
#ifndef DONDOC_CLI_KEYS_H
#define DONDOC_CLI_KEYS_H

#include "cli/options.h"

/* invite.c: the file that a unit joins with; the exit status. */
int keys_invite(const struct options *o, const char *unit);

#endif
