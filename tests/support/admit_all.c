#include "tests/support/admit_all.h"

bool
admit_all(void *context, const char *domain, const char *key)
{
    (void)context;
    (void)domain;
    (void)key;
    return true;
}
