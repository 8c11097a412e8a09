/*
 * check_ladder - who would hear of what, as a table of dondoc check: by level the
 * offices that hear at once, and those to which an alert climbs. Of check.c alone.
 */
#ifndef DONDOC_CLI_CHECK_LADDER_H
#define DONDOC_CLI_CHECK_LADDER_H

#include "lib/catalogue.h"

void check_ladder_print(const struct catalogue *c);

#endif
