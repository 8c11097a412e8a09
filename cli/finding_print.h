/* finding_print - what a check found, as file:line:column with the line and a caret. */
#ifndef DONDOC_CLI_FINDING_PRINT_H
#define DONDOC_CLI_FINDING_PRINT_H

#include <stddef.h>

#include "lib/catalogue.h"

/* On stdout. path: the folder of the files, "" none. */
void finding_print(const char *path, const struct catalogue_file *files, size_t count,
                   const struct finding *f);

#endif
