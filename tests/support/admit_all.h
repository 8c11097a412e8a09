/* admit_all - for bus_new: every key may use every domain, where a test is not about
 * that. */
#ifndef DONDOC_TESTS_ADMIT_ALL_H
#define DONDOC_TESTS_ADMIT_ALL_H

#include <stdbool.h>

bool admit_all(void *context, const char *domain, const char *key);

#endif
