/*
 * coverage - dondoc check --coverage: is every row of a source's list a target, or left
 * out with a reason? The list is a CSV with a column `id`; left_out.yaml stands beside
 * the programme and is not part of it: nothing is computed from it.
 */
#ifndef DONDOC_CLI_COVERAGE_H
#define DONDOC_CLI_COVERAGE_H

#include <stddef.h>

#include "lib/catalogue.h"

/*
 * coverage_check - compare and print what is missing, what is not in the list, what
 * stands in both, and what is wrong in left_out.yaml.
 * path    the programme's folder.
 * list    file name of the CSV; "" : only left_out.yaml is read, if it is there.
 * prefix  of the ids that are this programme's; NULL: its slug and a point.
 * Returns how many errors were printed.
 */
size_t coverage_check(const struct catalogue *c, const char *path, const char *list,
                      const char *prefix);

#endif
