/* The smallest programme that uses each part of the format, as files in memory. */
#ifndef DONDOC_TESTS_SMALL_PROGRAMME_H
#define DONDOC_TESTS_SMALL_PROGRAMME_H

#include "lib/catalogue.h"

#define SMALL_FILES 6

/* In the order of their names: holidays leaders measures programme targets units. */
extern const struct catalogue_file SMALL_PROGRAMME[SMALL_FILES];

#endif
