/*
 * specimen_programme - a programme in memory that has one of everything and no mistake:
 * ten units (two codes with two holders each), two groups, a target of each kind but
 * `all`, an exemption list that nobody confirmed.
 */
#ifndef DONDOC_TESTS_SPECIMEN_PROGRAMME_H
#define DONDOC_TESTS_SPECIMEN_PROGRAMME_H

#include "lib/catalogue.h"

#define SPECIMEN_FILES 6
extern const struct catalogue_file SPECIMEN[SPECIMEN_FILES];

#endif
